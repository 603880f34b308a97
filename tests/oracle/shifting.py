# SPDX-License-Identifier: MIT
"""QEMU before April 2023, as a model: what it logs, and which blocks it misplaces.

Its bug is done here as it is described, to pages of the BAT; nothing is known of
how it is found. The same seed gives the same recipe of the corpus.
"""

import dataclasses

from generate import Dice

PER_PAGE = 512  # BAT entries
FIRST_PLACE = 8  # MiB of the file: what is before it is the image's own


@dataclasses.dataclass
class Version:
    """A page of the BAT that an entry of the log wrote."""

    number: int  # of the page
    content: dict  # BAT index: MiB of the file
    before: dict  # likewise, of the version that it was made of
    shifts: bool


class Writer:
    """QEMU on a disk of blocks of 1 MiB, without sector bitmaps."""

    def __init__(self, dice, blocks):
        self.dice, self.blocks = dice, blocks
        self.disk = {}  # BAT index: MiB of the file
        self.owner = {}  # MiB: index of the block's own BAT entry
        self.entries = []  # of the recipe
        self.ring = {}  # sector: Version, as long as nothing is written over it

    def page(self, number):
        first = number * PER_PAGE
        return {i: at for i, at in self.disk.items() if 0 <= i - first < PER_PAGE}

    def wanted(self):
        """Often the first block of a page, or the last."""
        page = self.dice.below((self.blocks - 1) // PER_PAGE + 1)
        any_slot = self.dice.below(PER_PAGE)
        slot = self.dice.weighted((2, 0), (2, PER_PAGE - 1), (6, any_slot))
        return min(page * PER_PAGE + slot, self.blocks - 1)

    def log(self, version, sector, sequence):
        before, content = version.before, version.content
        page = {str(i): "not-present" for i in before if i not in content}
        page |= {
            str(i): f"present@{at}M"
            for i, at in content.items()
            if before.get(i) != at
        }
        self.ring[sector] = version
        self.entries.append(
            {
                "at": sector,
                "guid": f"{len(self.entries):08x}-1c49-0f4b-8f0f-0123456789ab",
                "sequence": sequence,
                "tail": "self",
                "writes": [{"bat": page}],
                "applied": True,
            }
        )

    def allocate(self, index, sector, sequence):
        number, slot = divmod(index, PER_PAGE)
        place = FIRST_PLACE + len(self.owner)
        before = self.page(number)
        content = dict(before)
        if slot == 0:  # the bug: the new entry, and the page's first 4088 bytes
            last = index + PER_PAGE - 1
            content = {i + 1: at for i, at in before.items() if i < last}
        content[index] = place
        self.owner[place] = index
        version = Version(number, content, before, slot == 0 and bool(before))
        self.log(version, sector, sequence)
        for i in before:
            del self.disk[i]
        self.disk |= content

    def session(self, count):
        """From one opening to the next; what it knows of the BAT is right."""
        known = set(self.disk)
        sector = 0
        for index in (self.wanted() for _ in range(count)):
            if index not in known:
                known.add(index)
                self.allocate(index, sector, 1 + sector // 2)
                sector += 2

    # What is wrong in the end.

    def misplaced(self):
        """Of each block that is not in its own BAT entry, the one it is in."""
        where = {at: i for i, at in self.disk.items()}
        return {
            own: where.get(at)
            for at, own in self.owner.items()
            if where.get(at) != own
        }

    def versions(self, number):
        """Of a page, in the order of the ring."""
        return [v for _, v in sorted(self.ring.items()) if v.number == number]

    def told_in_full(self, number):
        """Whether the log has the shift, and right before it what was shifted."""
        versions = self.versions(number)
        return any(
            v.shifts and v.before == versions[k - 1].content
            for k, v in enumerate(versions)
        )

    def told_by_disk(self, number):
        """Whether a block is behind the last entry."""
        return self.blocks % PER_PAGE and self.blocks in self.page(number)

    def told_by_older(self, number):
        """Whether the log has a block in its own entry that is not there now."""
        return any(
            self.owner[at] == own and self.disk.get(own + 1) == at
            for v in self.versions(number)
            if number * PER_PAGE not in v.content
            for own, at in v.content.items()
        )


def shifted(seed):
    """The writer when it is done, and the recipe of the image."""
    dice = Dice(seed)
    blocks = dice.one_of((16, 64, 300, 511, 512, 513, 700, 1024, 1500))
    writer = Writer(dice, blocks)
    few, some = dice.between(1, 6), dice.between(1, 20)
    for _ in range(dice.between(1, 6)):
        writer.session(dice.weighted((5, few), (4, some), (1, 60)))
    return writer, {
        "about": f"seed {seed}",
        "image": {
            "virtual_size": f"{blocks}M",
            "file_size": f"{FIRST_PLACE + len(writer.owner)}M",
        },
        "log": {"guid": "zero", "entries": writer.entries},
    }
