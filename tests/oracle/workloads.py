# SPDX-License-Identifier: MIT
"""Random work on a virtual disk, for qemu-io: the same seed, the same work."""

import dataclasses

from generate import KIB, MIB, Dice

GIB = 1 << 30
PER_PAGE = 512  # BAT entries
RING = 126  # allocations that a log of 1 MiB surely has room for


@dataclasses.dataclass(frozen=True)
class Workload:
    """An image and what is done to it, opening by opening."""

    options: str  # for qemu-img create
    size: int  # of the disk, bytes
    openings: tuple  # lists of commands


def indices(block, ratio):
    return block + block // ratio


def block_size(dice):
    return MIB << dice.weighted((60, 0), (12, 1), (8, 3), (20, dice.below(9)))


def disk_size(dice, block):
    """Mostly a few pages of the BAT; often with a last block that is short."""
    blocks = dice.weighted(
        (40, dice.between(2, 64)),
        (30, dice.between(64, 1500)),
        (25, dice.between(1000, 5000)),
        (5, dice.between(5000, 65536)),
    )
    size = min(max(blocks * block, 16 * MIB), 64 * GIB)
    if dice.chance(40):
        size -= dice.weighted((1, 512), (1, dice.below(block // 512) * 512))
    return max(size, 16 * MIB)


def how_many(dice):
    """First writes in one opening."""
    return dice.weighted(
        (60, dice.between(1, 12)),
        (22, dice.between(13, 60)),
        (10, dice.between(61, RING)),
        (8, dice.between(RING + 1, 200)),
    )


class Guest:
    """Picks the blocks that are written: in runs, and at the ends of pages."""

    def __init__(self, dice, size, block):
        self.dice, self.size, self.block = dice, size, block
        self.blocks = -(-size // block)
        self.ratio = (512 << 23) // block
        self.written = []
        self.free = set(range(self.blocks))

    def near(self, page, slot):
        """A block whose BAT entry is at a slot of a page, or the one before."""
        index = min(page * PER_PAGE + slot, indices(self.blocks - 1, self.ratio))
        chunk, at = divmod(index, self.ratio + 1)
        return chunk * self.ratio + min(at, self.ratio - 1)

    def wanted(self):
        dice = self.dice
        pages = indices(self.blocks - 1, self.ratio) // PER_PAGE + 1
        slot = dice.weighted((4, 0), (3, PER_PAGE - 1), (4, dice.below(PER_PAGE)))
        follow = (self.written[-1] + 1) % self.blocks if self.written else 0
        return dice.weighted(
            (35, follow),
            (40, self.near(dice.below(pages), slot)),
            (25, dice.below(self.blocks)),
        )

    def fresh(self):
        """A block that was not written yet."""
        block = self.wanted()
        if block not in self.free:
            block = min((b for b in self.free if b > block), default=min(self.free))
        return block

    def range(self, block):
        """Some bytes of a block, and now and then of the next one too."""
        dice = self.dice
        room = min(self.block, self.size - block * self.block)
        at = dice.below(room // 512) * 512
        length = min(dice.weighted((6, 512), (3, 4096), (1, 64 * KIB)), room - at)
        if dice.chance(6) and block + 1 in self.free:
            at, length = room - 512, min(1024, self.size - block * self.block - at)
        for touched in {block, (block * self.block + at + length - 1) // self.block}:
            self.free.discard(touched)
            self.written.append(touched)
        return block * self.block + at, length

    def command(self):
        again = self.written and (not self.free or self.dice.chance(12))
        block = self.dice.one_of(self.written) if again else self.fresh()
        at, length = self.range(block)
        if self.dice.chance(4):
            return f"write -z {at} {length}"
        return f"write -P {self.dice.between(1, 255)} {at} {length}"

    def opening(self):
        """Commands of one opening; there is one at least."""
        left = len(self.free) - how_many(self.dice)
        made = [self.command()]
        while self.free and len(self.free) > left:
            made.append(self.command())
        return list(self.at_once(made)) if self.dice.chance(25) else made

    def at_once(self, commands):
        """The same, several at a time: which is logged first is open."""
        for command in commands:
            yield f"aio_{command}"
            if self.dice.chance(20):
                yield "aio_flush"
        yield "aio_flush"


def workload(seed):
    dice = Dice(seed)
    block = block_size(dice)
    size = disk_size(dice, block)
    fixed = dice.chance(3)
    if fixed:
        size = min(size, 64 * MIB)
    guest = Guest(dice, size, block)
    words = {
        "block_size": block,
        "log_size": dice.weighted((75, 1), (15, 2), (10, dice.between(1, 4))) * MIB,
        "block_state_zero": dice.one_of(("on", "off")),
        "subformat": "fixed" if fixed else "dynamic",
    }
    openings = dice.weighted((40, 1), (30, 2), (20, 3), (10, 4))
    return Workload(
        options=",".join(f"{key}={value}" for key, value in words.items()),
        size=size,
        openings=tuple(guest.opening() for _ in range(openings)),
    )
