# SPDX-License-Identifier: MIT
"""What QEMU logged, in order, by a record of its writes (writes.py).

QEMU makes an entry for each block that it allocates: one page of the BAT, which
it then writes to its place. Both are in the record, and have to be the same.
"""

import dataclasses
import os
import struct

import bat
import headers

SECTOR = 4096
HEAD = struct.Struct("<4sIIIQIi16sQQ")
DESCRIPTOR = struct.Struct("<4s4s8sQQ")


class Unexpected(Exception):
    """The record is not of a writer that works as QEMU does."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """One log entry and the page of the BAT that it writes."""

    at: int  # of its first sector, in the file
    sectors: tuple  # offset in the file and bytes of each
    number: int  # SequenceNumber
    guid: bytes  # LogGuid
    size: int  # LastFileOffset
    page: int  # offset in the file
    data: bytes  # of the page
    opening: int  # which run of the writer, from 0
    begun: int  # how many writes of the record were there with its first sector
    step: int  # and when it was whole

    def lies_in(self, fd):
        """Whether all of it is still in a file."""
        return all(os.pread(fd, SECTOR, at) == data for at, data in self.sectors)


def page_of(sectors):
    """Target and page of an entry's one data descriptor."""
    head, data = sectors[0][1], sectors[1][1]
    sign, trailing, leading, target, number = DESCRIPTOR.unpack_from(head, 64)
    (low,) = struct.unpack_from("<I", data, SECTOR - 4)
    (high,) = struct.unpack_from("<I", data, 4)
    if sign != b"desc" or data[:4] != b"data" or number != high << 32 | low:
        raise Unexpected("no data descriptor with a sector of its own")
    return target, leading + data[8:-4] + trailing


def entry_of(sectors, opening, begun, step):
    head = HEAD.unpack_from(sectors[0][1])
    _, checksum, length, _, number, count, _, guid, _, size = head
    raw = b"".join(data for _, data in sectors)
    if (length, count) != (2 * SECTOR, 1):
        raise Unexpected(f"an entry of {length} bytes, {count} descriptors")
    if headers.crc32c(raw[:4] + bytes(4) + raw[8:]) != checksum:
        raise Unexpected("a checksum is wrong")
    target, page = page_of(sectors)
    return Entry(
        at=sectors[0][0],
        sectors=tuple(sectors),
        number=number,
        guid=guid,
        size=size,
        page=target,
        data=page,
        opening=opening,
        begun=begun,
        step=step,
    )


class Reader:
    """Takes writes one after the other, and gives the entries."""

    def __init__(self, log, shape):
        self.log, self.shape = log, shape
        self.entries = []
        self.open, self.begun = [], None  # sectors of an entry that is not whole
        self.waits = None  # an entry whose page was not written yet

    def logged(self, write, opening, step):
        if write.length != SECTOR:
            raise Unexpected(f"{write.length} bytes written to the log")
        if not self.open:
            self.begun = step
        self.open.append((write.offset, write.data))
        if len(self.open) == 2:
            self.waits = entry_of(self.open, opening, self.begun, step)
            self.entries.append(self.waits)
            self.open = []

    def applied(self, write):
        if not self.waits or (write.offset, write.data) != (
            self.waits.page,
            self.waits.data,
        ):
            raise Unexpected("the BAT was written, and not as it was logged")
        self.waits = None

    def take(self, write, opening, step):
        if self.log[0] <= write.offset < self.log[1]:
            self.logged(write, opening, step)
        elif self.shape.has(write.offset):
            self.applied(write)


def entries(openings, log, shape):
    """All that was logged in some openings, each a list of writes."""
    reader, step = Reader(log, shape), 0
    for opening, written in enumerate(openings):
        reader.open, reader.waits = [], None
        for write in written:
            step += 1
            reader.take(write, opening, step)
    return reader.entries


def changed(before, after):
    """Index in the page, value before and after, of each entry that differs."""
    pairs = zip(bat.values(before), bat.values(after))
    return [(i, old, new) for i, (old, new) in enumerate(pairs) if old != new]
