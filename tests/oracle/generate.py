# SPDX-License-Identifier: MIT
"""Random logs as recipes of the corpus: the same seed, the same recipe.

Every entry says where it lies and which number, tail and LogGuid it has, so
that one can be dropped without moving the others (see shrink.py). Only
Random.random() is used, whose numbers are the same in every Python.
"""

import random

KIB, MIB = 1 << 10, 1 << 20
SECTOR = 4096
RING = 256  # sectors of a log of 1 MiB
PER_SECTOR = 126  # descriptors in the first sector of an entry
SIZE = 16 * MIB
TARGET = 12 * MIB  # pages that nothing else uses
BLOCK = 4 * MIB  # payload block 0
TOP = 1 << 64

IMAGE = {"file_size": "16M", "blocks": {"0": "present@4M"}}


class Dice:
    """Choices out of one stream of numbers."""

    def __init__(self, seed):
        self.random = random.Random(seed).random

    def below(self, count):
        return int(self.random() * count)

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def chance(self, percent):
        return self.random() * 100 < percent

    def one_of(self, values):
        return values[self.below(len(values))]

    def weighted(self, *pairs):
        """One of (weight, value)."""
        left = self.random() * sum(weight for weight, _ in pairs)
        for weight, value in pairs:
            left -= weight
            if left < 0:
                return value
        return pairs[-1][1]


# -------------------------------------------------------------------- targets


def unused(dice):
    return TARGET + dice.below(64) * SECTOR


def payload(dice):
    return BLOCK + dice.below(256) * SECTOR


def tables(dice):
    """BAT and metadata: replaying there may spoil what comes after."""
    return dice.between(2, 3) * MIB + dice.below(256) * SECTOR


def structures(dice):
    """Identifier, headers, region tables and what lies between them."""
    places = (0, 4, 64, 68, 128, 132, 188, 192, 256, 320, 512)
    return dice.one_of(places) * KIB


def in_the_log(dice):
    return MIB + dice.below(24) * SECTOR


def beyond(dice):
    return SIZE + dice.below(2048) * SECTOR


def far(dice):
    return dice.one_of((1 << 63, TOP - SECTOR, (1 << 63) - SECTOR))


def target(dice):
    place = dice.weighted(
        (75, unused),
        (8, payload),
        (6, beyond),
        (3, tables),
        (4, structures),
        (3, in_the_log),
        (0.5, far),
    )
    return str(place(dice))


# -------------------------------------------------------------------- entries


def data_sector(sequence, fill):
    """A data sector with the right number, for a log that writes into itself."""
    high, low = sequence >> 32, sequence & 0xFFFFFFFF
    return (
        b"data"
        + high.to_bytes(4, "little")
        + bytes([fill]) * 4084
        + low.to_bytes(4, "little")
    ).hex()


def write(dice, sequence):
    if dice.chance(22):
        length = dice.weighted((70, 1), (10, 0), (20, dice.between(2, 40)))
        return {"zero": target(dice), "length": str(length * SECTOR)}
    page = {"page": target(dice), "fill": dice.between(1, 255)}
    if dice.chance(3):
        return {"page": page["page"], "current": True}
    if MIB <= int(page["page"]) < 2 * MIB and dice.chance(60):
        number = (sequence + dice.below(2)) % TOP
        return {"page": page["page"], "bytes": data_sector(number, page["fill"])}
    if dice.chance(4):
        page["repeat"] = dice.between(2, 12)
    return page


def many(dice):
    """Descriptors that go on into a second sector, or nearly."""
    count = dice.weighted(
        (3, PER_SECTOR), (1, PER_SECTOR + 1), (2, dice.between(120, 140))
    )
    return [{"zero": str(TARGET), "repeat": count}]


def writes(dice, sequence):
    if dice.chance(1):
        return many(dice)
    count = dice.weighted((12, 0), (60, 1), (18, 2), (10, dice.between(3, 6)))
    return [write(dice, sequence) for _ in range(count)]


def length_of(entry):
    """Sectors that an entry takes."""
    records = [w.get("repeat", 1) for w in entry["writes"]]
    pages = [w.get("repeat", 1) for w in entry["writes"] if "page" in w]
    descriptors = (sum(records) + 2 + 127) // 128
    return descriptors + sum(pages) + entry.get("pad", 0)


def tail(dice, at, first):
    return dice.weighted(
        (50, f"E{first}"),
        (30, "self"),
        (8, f"E{dice.below(RING)}"),
        (4, str(dice.below(RING * SECTOR))),
        (4, str(RING * SECTOR + dice.below(64) * SECTOR)),
        (4, str(at * SECTOR + 2048)),
    )


def lengths(dice):
    """FlushedFileOffset and LastFileOffset, mostly as the file is."""
    fields = {}
    if dice.chance(6):
        fields["flushed"] = str(
            dice.weighted(
                (4, dice.below(SIZE)),
                (2, 0),
                (3, SIZE + dice.between(1, 8 * MIB)),
                (1, TOP - 1),
            )
        )
    if dice.chance(15):
        fields["last"] = str(
            dice.weighted(
                (4, dice.below(SIZE)),
                (8, dice.between(10, 30) * MIB),
                (8, dice.between(SIZE, 30 * MIB)),
                (2, dice.between(16, 30) * MIB + 512),
                (0.3, dice.one_of((TOP - 1, TOP - MIB + 1, TOP - MIB - 1))),
                (0.3, dice.one_of(((1 << 63) - 1, (1 << 63) + 1))),
            )
        )
    return fields


def entry(dice, at, sequence, guid, first):
    made = {"at": at % RING, "sequence": str(sequence % TOP)}
    made["tail"] = tail(dice, at % RING, first % RING)
    made["guid"] = guid
    made["writes"] = writes(dice, sequence % TOP)
    if dice.chance(6):
        made["pad"] = dice.weighted((9, dice.between(1, 6)), (1, dice.between(7, 120)))
    made.update(lengths(dice))
    return made


# ----------------------------------------------------------------------- runs


def first_number(dice):
    return dice.weighted(
        (80, dice.between(1, 40)),
        (10, (1 << 32) - dice.below(4)),
        (6, dice.between(1, 1 << 62)),
        (2, TOP - 1 - dice.below(4)),
        (2, 0),
    )


def next_number(dice, number):
    return dice.weighted(
        (88, number + 1),
        (3, number),
        (3, number + dice.between(2, 9)),
        (2, number - dice.between(1, 3)),
        (1, 0),
        (3, first_number(dice)),
    )


def place(dice, after):
    """Where a run begins, given where the one before it ended."""
    return dice.weighted(
        (50, after),
        (20, after + dice.between(1, 4)),
        (10, dice.below(12)),
        (10, RING - dice.between(1, 8)),
        (10, dice.below(RING)),
    )


def run(dice, at):
    """Entries one behind the other, and where they end."""
    guid = dice.weighted((86, "current"), (14, "other"))
    first, number = at, first_number(dice)
    made = []
    for _ in range(dice.weighted((85, dice.between(1, 6)), (15, dice.between(7, 30)))):
        made.append(entry(dice, at, number, guid, first))
        at += length_of(made[-1])
        number = next_number(dice, number) % TOP
        if dice.chance(3):
            guid = dice.one_of(("current", "other"))
    return made, at


def runs(dice):
    made, at = [], 0
    if dice.chance(15):
        at = dice.below(RING)
    for _ in range(dice.weighted((40, 1), (30, 2), (20, 3), (10, 4))):
        more, at = run(dice, place(dice, at) if made else at)
        made += more
    return made


def nested(dice, entries):
    """An entry in the padding, or over the data, of another one."""
    outer = dice.one_of(entries)
    room = length_of(outer) - 1
    if room < 1:
        return
    at = (outer["at"] + dice.between(1, room)) % RING
    number = int(outer["sequence"]) + dice.weighted((3, 1), (1, 0), (1, 7))
    inner = entry(dice, at, number, outer["guid"], outer["at"])
    inner["writes"] = inner["writes"][:1]
    inner.pop("pad", None)
    inner["nested"] = True
    if length_of(inner) <= room:
        entries.append(inner)


def full(dice):
    """A ring without a gap, of entries of the same size."""
    size = dice.weighted((1, 1), (12, 2), (3, 4))
    count = RING // size
    newest = dice.weighted((1, 0), (2, dice.below(count)))
    made = []
    for i in range(count):
        number = 1 + (i - newest - 1) % count
        page = {"page": str(TARGET + i * SECTOR), "fill": 1 + number % 255}
        zero = {"zero": page["page"]}
        made.append(
            {
                "at": i * size,
                "sequence": str(number),
                "tail": "self",
                "guid": "current",
                "writes": [zero] if size == 1 else [page] * (size - 1),
            }
        )
    return made


def ring_long(dice):
    """One entry that claims the whole ring."""
    made = entry(dice, dice.below(8), dice.between(1, 9), "current", 0)
    made["writes"] = made["writes"][:2]
    made.pop("pad", None)
    made["pad"] = RING - length_of(made)
    return [made] if made["pad"] >= 0 else []


# --------------------------------------------------------------------- damage


def torn(dice, entries):
    """Damage that the checksum tells."""
    e = dice.one_of(entries)
    sector = (e["at"] + dice.below(length_of(e))) % RING
    return dice.weighted(
        (3, {"fill": f"log[{sector}]", "byte": dice.below(256), "seal": False}),
        (2, {"set": f"E{e['at']}.checksum", "to": dice.below(1 << 32)}),
        (
            2,
            {
                "fill": f"log[{sector}]+{512 * dice.below(8)}",
                "byte": dice.below(256),
                "length": 512,
                "seal": False,
            },
        ),
    )


def bad_header(dice, e):
    field, value = dice.weighted(
        (3, ("sequence_number", dice.one_of((0, 1, 7, TOP - 1)))),
        (
            4,
            (
                "entry_length",
                dice.one_of((0, 512, 4096, 8192, 12288, 20480, MIB - SECTOR)),
            ),
        ),
        (0.3, ("entry_length", MIB)),
        (0.5, ("entry_length", MIB + SECTOR)),
        (4, ("descriptor_count", dice.one_of((0, 1, 2, 3, 126, 127, 128, 1 << 27)))),
        (2, ("log_guid", dice.one_of(("zero", "other", "current")))),
        (2, ("tail", dice.below(1 << 32))),
        (1, ("reserved", 1)),
        (1, ("flushed_file_offset", dice.below(1 << 26))),
        (1, ("last_file_offset", dice.below(1 << 26))),
    )
    to = str(value) if isinstance(value, int) else value
    return {"set": f"E{e['at']}.{field}", "to": to}


def bad_descriptor(dice, e):
    count = sum(w.get("repeat", 1) for w in e["writes"])
    if not count:
        return bad_header(dice, e)
    at = dice.below(count)
    zero = "zero" in e["writes"][0] and at == 0
    field = dice.one_of(("sequence_number", "file_offset", "signature", "front"))
    where = f"E{e['at']}.d{at}"
    if field == "signature":
        sign = dice.one_of(("desc", "zero", "XXXX"))
        return {"set": where, "bytes": sign.encode().hex()}
    if field == "front":
        return {"set": where + "+8", "bytes": f"{dice.below(1 << 16):04x}"}
    value = dice.below(64) if zero else TARGET + dice.below(64) * 1024
    return {"set": f"{where}.{field}", "to": str(value)}


def bad_data(dice, e):
    count = sum(w.get("repeat", 1) for w in e["writes"] if "page" in w)
    if not count:
        return bad_header(dice, e)
    where = f"E{e['at']}.s{dice.below(count)}"
    field = dice.one_of(("sequence_low", "sequence_high", "signature", "page"))
    if field == "signature":
        return {"set": where, "bytes": "58585858"}
    if field == "page":
        return {"set": where + "+64", "bytes": "a5a5"}
    return {"set": f"{where}.{field}", "to": dice.below(50)}


def bad_file(dice):
    """Rare ones: headers, and the file cut or grown."""
    slot = dice.one_of(("header1", "header2"))
    return dice.weighted(
        (2, {"set": f"{slot}.log_guid", "to": dice.one_of(("zero", "other"))}),
        (1, {"set": f"{slot}.checksum", "to": 1}),
        (1, {"set": slot, "bytes": "00000000"}),
        (1, {"set": f"{slot}.version", "to": dice.below(3)}),
        (1, {"set": f"{slot}.log_version", "to": 1}),
        (0.5, {"set": "headers.log_guid", "to": "zero"}),
        (0.5, {"set": f"{slot}.log_offset", "to": str(dice.below(3) * 20 * MIB)}),
        (0.5, {"set": f"{slot}.log_length", "to": str(dice.below(3) * 512 * KIB)}),
        (4, {"truncate": str(5 * MIB + dice.below(12 * MIB))}),
    )


def damage(dice, entries):
    """Of entries that lie at the same sector, a name means the last one."""
    entries = list({e["at"]: e for e in entries}.values())
    made = []
    while entries and dice.chance(28):
        kind = dice.weighted(
            (5, torn),
            (3, lambda d, _: bad_header(d, d.one_of(entries))),
            (3, lambda d, _: bad_descriptor(d, d.one_of(entries))),
            (3, lambda d, _: bad_data(d, d.one_of(entries))),
        )
        made.append(kind(dice, entries))
    if dice.chance(4):
        made.append(bad_file(dice))
    return made


def recipe(seed):
    """The log of that seed."""
    dice = Dice(seed)
    scene = dice.weighted((97, runs), (2, full), (0.7, ring_long))
    entries = scene(dice)
    while entries and dice.chance(6):
        nested(dice, entries)
    return {
        "about": f"random log {seed}",
        "image": IMAGE,
        "log": {"guid": "current", "entries": entries},
        "damage": damage(dice, entries),
    }
