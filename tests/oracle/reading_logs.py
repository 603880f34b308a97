# SPDX-License-Identifier: MIT
"""What the readers of readings.py read of an image: headers, ring and entries.

Written apart from lib/, so that a mistake there is not made twice. Nothing here
is a rule of a reader: it only says what is there.
"""

import functools
import os
import struct

import headers

SECTOR = 4096
MIB = 1 << 20


class Image:
    """An open image."""

    def __init__(self, fd):
        self.fd = fd
        self.size = os.fstat(fd).st_size
        self.identifier = os.pread(fd, 8, 0)
        self.slots = [
            headers.Header(os.pread(fd, SECTOR, offset)) for offset in headers.SLOTS
        ]
        self.rings = {}

    def ring(self, slot):
        """The log that a header names; one object for all that follow it."""
        place = (slot.log_offset, slot.log_length)
        if place not in self.rings:
            self.rings[place] = Ring(self, *place)
        return self.rings[place]


def sealed(slot):
    """Whether a header has its signature and the right checksum."""
    plain = slot.raw[:4] + bytes(4) + slot.raw[8:]
    return slot.signature == b"head" and headers.crc32c(plain) == slot.checksum


class Ring:
    """The log as bytes. whole: no part of it lies behind the file's end."""

    def __init__(self, image, offset, length):
        self.image = image
        self.offset = offset
        self.length = length
        there = offset + length <= image.size
        self.bytes = os.pread(image.fd, length, offset) if there else b""
        self.whole = length > 0 and len(self.bytes) == length
        self.found = {}

    def round(self, at, length):
        """Bytes from a place on, which go on at the start of the ring."""
        return (self.bytes[at:] + self.bytes)[:length]

    def straight(self, at, length):
        """Bytes from a place on, which go on behind the ring."""
        if self.offset + at + length > self.image.size:
            return b""
        return os.pread(self.image.fd, length, self.offset + at)

    def entry(self, at, linear=False):
        """What begins with `loge` at a byte of the ring, else None."""
        key = (at, linear)
        if key not in self.found:
            read = self.straight if linear else self.round
            head = read(at, 64)
            good = head[:4] == b"loge" and len(head) == 64
            self.found[key] = Entry(self, at, head, read) if good else None
        return self.found[key]


class Descriptor:
    """32 bytes that say what is written where."""

    def __init__(self, raw):
        self.kind, self.back, self.front, self.target, self.sequence = struct.unpack(
            "<4s4s8sQQ", raw
        )
        self.is_data = self.kind == b"desc"
        self.is_zero = self.kind == b"zero"
        self.known = self.is_data or self.is_zero
        self.length = SECTOR if self.is_data else struct.unpack("<Q", self.front)[0]
        self.end = self.target + self.length

    def page(self, sector):
        """The bytes that a data descriptor writes."""
        return self.front + sector[8:-4] + self.back


class Entry:
    """An entry's header as it is, and the bytes that it claims."""

    def __init__(self, ring, at, head, read):
        self.ring = ring
        self.at = at
        (
            _,
            self.checksum,
            self.length,
            self.tail,
            self.sequence,
            self.count,
            _,
            self.guid,
            self.flushed,
            self.last,
        ) = struct.unpack("<4sIIIQII16sQQ", head)
        self.read = read

    @property
    def sector(self):
        return self.at // SECTOR

    @property
    def end(self):
        """The byte of the ring behind it."""
        return (self.at + self.length) % self.ring.length

    @property
    def table(self):
        """Bytes of the sectors of header and descriptors."""
        return -(-(64 + 32 * self.count) // SECTOR) * SECTOR

    @functools.cached_property
    def bytes(self):
        return self.read(self.at, self.length)

    @functools.cached_property
    def sealed(self):
        """Whether the checksum over all of EntryLength is right."""
        whole = len(self.bytes) == self.length and self.length >= 64
        plain = self.bytes[:4] + bytes(4) + self.bytes[8:]
        return whole and headers.crc32c(plain) == self.checksum

    @functools.cached_property
    def fits(self):
        """Whether the descriptors lie in the entry."""
        return 64 + 32 * self.count <= self.length

    def descriptors(self):
        """Those that lie in the entry."""
        for index in range(min(self.count, (self.length - 64) // 32)):
            at = 64 + 32 * index
            yield Descriptor(self.bytes[at : at + 32])

    def with_data(self, table=None):
        """Each descriptor with its data sector, b'' where that lies outside."""
        at = self.table if table is None else table
        for descriptor in self.descriptors():
            sector = b""
            if descriptor.is_data:
                sector = self.bytes[at : at + SECTOR]
                at += SECTOR
            yield descriptor, sector if len(sector) == SECTOR else b""

    def needed(self):
        """Bytes that header, descriptors and data sectors take."""
        return self.table + SECTOR * sum(d.is_data for d in self.descriptors())


def is_data_of(sector, sequence):
    """Whether it is a data sector with this number."""
    high, low = sequence >> 32, sequence & 0xFFFFFFFF
    return (
        sector[:4] == b"data"
        and sector[4:8] == high.to_bytes(4, "little")
        and sector[-4:] == low.to_bytes(4, "little")
    )
