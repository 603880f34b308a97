# SPDX-License-Identifier: MIT
"""The BAT of an image, read without the program under test.

Of images that have no log to be replayed, and whose first region table is whole.
"""

import dataclasses
import os
import struct

PAGE = 4096
MIB = 1 << 20
REGIONS = 0x30000
BAT = bytes.fromhex("6677c22d23f600429d64115e9bfd4a08")
METADATA = bytes.fromhex("06a27c8b90479a4bb8fe575f050f886e")
FILE_PARAMETERS = bytes.fromhex("3767a1ca36fa434db3b633f0aa44e76b")
DISK_SIZE = bytes.fromhex("2442a52f1bcd7648b2115dbed83bf4b8")
SECTOR_SIZE = bytes.fromhex("1dbf41816fa90947ba47f233a8faab5f")

STATES = ("not-present", "undefined", "zero", "unmapped", "4", "5")
PRESENT = 6


def located(value):
    """Whether a BAT entry says that the block is in the file."""
    return value & 7 >= PRESENT


def offset_of(value):
    """Where in the file."""
    return value & ~(MIB - 1)


def text(value):
    """A BAT entry as reports have it."""
    state = value & 7
    if state < PRESENT:
        return STATES[state]
    return ("present", "partial")[state - PRESENT] + f"@{offset_of(value)}"


def values(page):
    """The entries of a page."""
    return struct.unpack("<512Q", page)


@dataclasses.dataclass(frozen=True)
class Geometry:
    """Where an image's BAT lies and what its entries are of; lengths in bytes."""

    offset: int  # of the BAT in the file
    length: int  # of its region
    block_size: int
    sector_size: int
    disk_size: int

    @property
    def ratio(self):
        return (self.sector_size << 23) // self.block_size

    @property
    def blocks(self):
        return -(-self.disk_size // self.block_size)

    @property
    def entries(self):
        """Of a disk without a parent."""
        return self.blocks + (self.blocks - 1) // self.ratio

    def index(self, block):
        """The BAT entry of a payload block."""
        return block + block // self.ratio

    def block(self, index):
        """The payload block of a BAT entry that is no sector bitmap's."""
        chunk, slot = divmod(index, self.ratio + 1)
        if slot == self.ratio:
            raise ValueError(f"BAT entry {index} is of a sector bitmap")
        return chunk * self.ratio + slot

    def virtual(self, block):
        """Offset and length of a block for the guest; the last may be short."""
        begin = block * self.block_size
        return begin, min(self.block_size, self.disk_size - begin)

    def place(self, index):
        """Of a BAT entry, in the file."""
        return self.offset + 8 * index

    def has(self, place):
        """Whether that offset of the file is in the BAT."""
        return self.offset <= place < self.offset + self.length

    def first(self, page):
        """The index of the first entry of the page at an offset of the file."""
        return (page - self.offset) // 8


def regions(data):
    """Offset and length of each region of a table, by GUID."""
    (count,) = struct.unpack_from("<I", data, 8)
    for i in range(count):
        guid, offset, length, _ = struct.unpack_from("<16sQII", data, 16 + 32 * i)
        yield guid, (offset, length)


def items(table):
    """Offset and length of each item of a metadata table, by GUID."""
    (count,) = struct.unpack_from("<H", table, 10)
    for i in range(count):
        guid, offset, length, _, _ = struct.unpack_from("<16s4I", table, 32 + 32 * i)
        yield guid, (offset, length)


def geometry(path):
    """Of an image, by the structures as they lie in the file."""
    with open(path, "rb") as image:
        fd = image.fileno()
        place = dict(regions(os.pread(fd, 0x10000, REGIONS)))
        metadata = place[METADATA][0]
        item = dict(items(os.pread(fd, 0x10000, metadata)))

        def number(guid, form):
            at = metadata + item[guid][0]
            return struct.unpack("<" + form, os.pread(fd, item[guid][1], at))[0]

        return Geometry(
            *place[BAT],
            block_size=number(FILE_PARAMETERS, "I4x"),
            sector_size=number(SECTOR_SIZE, "I"),
            disk_size=number(DISK_SIZE, "Q"),
        )


def pages(path, shape):
    """The pages of the BAT that are not all zero, by their offsets in the file."""
    found = {}
    end = shape.offset + -(-shape.entries * 8 // PAGE) * PAGE
    with open(path, "rb") as image:
        for at in range(shape.offset, end, PAGE):
            page = os.pread(image.fileno(), PAGE, at)
            if page.strip(b"\0"):
                found[at] = page.ljust(PAGE, b"\0")
    return found


def rows(found, shape):
    """The entries of those pages that are not zero, by index."""
    return {
        shape.first(at) + i: value
        for at, page in found.items()
        for i, value in enumerate(values(page))
        if value
    }
