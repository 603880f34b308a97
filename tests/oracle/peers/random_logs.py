# SPDX-License-Identifier: MIT
"""Random logs as recipes, the same for the same seed."""

import random

SECTORS = 256
TARGETS = 12 << 20
END = 16 << 20
LONE = TARGETS + 0x80000  # where nothing else is written


class Generator:
    """One log: runs of entries, some of them damaged."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.sector = 0
        self.entries = []
        self.names = []
        self.written = 0

    def chance(self, percent):
        return self.random.randrange(100) < percent

    def target(self):
        """Few enough pages that later entries write again what earlier wrote."""
        if self.chance(1):
            return END + 4096 * self.random.randrange(3)
        return TARGETS + 4096 * self.random.randrange(1, 40)

    def write(self):
        self.written += 1
        if self.chance(25):
            length = 4096 * self.random.choice([1, 1, 2, 5])
            return {"zero": self.target(), "length": length}
        text = f"write {self.written} "
        return {"page": self.target(), "fill": self.written % 256, "text": text}

    def tail(self, run):
        """Mostly one that makes a valid sequence."""
        kind = self.random.randrange(90)
        if kind == 0:
            return 4096 * self.random.randrange(2 * SECTORS)
        if kind == 1:
            return self.random.randrange(SECTORS * 4096)
        if kind < 5 and self.names:
            return self.random.choice(self.names)
        if kind < 20:
            return self.random.choice(run)
        return run[-1] if kind < 35 else run[0]

    def add(self, sequence, run, guid, small=False):
        writes = [self.write() for _ in range(self.random.choice([0, 1, 1, 1, 2, 3]))]
        if small:
            writes = [{"zero": self.target()}]
        data = sum("page" in write for write in writes)
        pad = self.random.randrange(1, 4) if self.chance(4) else 0
        name = f"E{self.sector}"
        run.append(name)
        entry = {"at": self.sector, "sequence": sequence, "tail": self.tail(run)}
        entry |= {"guid": guid, "pad": pad, "writes": writes}
        if self.chance(2):
            entry["last"] = self.random.choice([8, 15, 20]) << 20
        if self.chance(1):
            entry["flushed"] = 17 << 20
        self.entries.append(entry)
        self.names.append(name)
        self.sector = (self.sector + 1 + data + pad) % SECTORS

    def run(self, sequence, count):
        run = []
        guid = "foreign" if self.chance(5) else "current"
        for _ in range(count):
            self.add(sequence, run, guid)
            sequence += 1 if not self.chance(3) else self.random.choice([0, 2, -1])
            sequence = max(1, sequence)

    def sparse(self):
        """A few runs with gaps, perhaps over one another."""
        self.sector = self.random.choice([0, 0, 0, 1, 5, SECTORS - 6, SECTORS - 2])
        sequence = self.random.choice([0, 1, 1, 5, 5, 40, 100, 1 << 40])
        for _ in range(self.random.randrange(1, 5)):
            self.run(sequence, self.random.randrange(1, 8))
            if self.chance(50):
                sequence = self.random.randrange(1, 40)
            else:
                sequence = self.entries[-1]["sequence"] + self.random.randrange(3)
            if self.chance(70):
                self.sector += self.random.randrange(4)
            self.sector %= SECTORS

    def full(self):
        """A ring without a free sector, its newest entry anywhere."""
        small = self.chance(40)
        size = 1 if small else 2
        count = SECTORS // size
        first = self.random.randrange(1, 50)
        start = self.random.choice([0, 0, self.random.randrange(count)])
        live = self.random.randrange(1, count)
        for index in range(count):
            at = (start + index) % count * size
            tail = f"E{at}"
            if index >= count - live and self.chance(90):
                tail = f"E{(start + count - live) % count * size}"
            page = TARGETS + 4096 * (index + 1)
            write = {"page": page, "fill": index % 256, "text": f"write {index} "}
            writes = [{"zero": page}] if small else [write]
            entry = {"at": at, "sequence": first + index, "tail": tail}
            self.entries.append(entry | {"writes": writes})
            self.names.append(f"E{at}")

    def damage(self):
        """One edit of an entry or of what belongs to it."""
        index = self.random.randrange(len(self.entries))
        name, writes = self.names[index], self.entries[index].get("writes")
        page = writes and "page" in writes[0]
        edits = [
            {"set": f"{name}.checksum", "to": "0x12345678"},
            {"set": f"{name}.reserved", "to": 1},
            {"set": f"{name}.last_file_offset", "to": (16 << 20) + 512},
        ]
        if writes:
            edits += [
                {"set": f"{name}.d0.sequence_number", "to": 99},
                {"set": f"{name}.d0.signature", "to": "none"},
                {"set": f"{name}.d0.file_offset", "to": LONE + 512},
                {"set": f"{name}.descriptor_count", "to": 200},
            ]
        if page:
            edits += [
                {"set": f"{name}.s0.sequence_low", "to": 77},
                {"set": f"{name}.s0.signature", "to": "none"},
                {"fill": f"{name}.s0+512", "byte": 0, "length": 512, "seal": False},
            ]
        return self.random.choice(edits)

    def recipe(self):
        if self.chance(8):
            self.full()
        else:
            self.sparse()
        damage = [self.damage()] if self.chance(35) else []
        # What stands behind the ring matters to who reads on through its end.
        place = {"log": {"offset": self.random.choice(["1M", "8M"])}}
        log = {"guid": "current", "entries": self.entries}
        return {"about": "random", "image": place, "log": log, "damage": damage}


def recipes(seed, count):
    """Name and recipe of so many logs."""
    for index in range(count):
        yield f"random-{seed}-{index}", Generator(f"{seed}/{index}").recipe()
