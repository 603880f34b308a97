# SPDX-License-Identifier: MIT
"""A VHDX log as bytes: its entries, and what applying them does to a file.

Written apart from lib/, so that a mistake there is not made twice.
"""

import functools
import struct

SECTOR = 4096
MIB = 1 << 20
HEADERS = (64 << 10, 128 << 10)


def _table():
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        yield value


CRC_TABLE = list(_table())


@functools.lru_cache(maxsize=1 << 14)
def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def sealed(data):
    """Whether a header's or an entry's checksum, at byte 4, is right."""
    stored = struct.unpack_from("<I", data, 4)[0]
    return crc32c(data[:4] + bytes(4) + data[8:]) == stored


class Descriptor:
    """A descriptor and, of a data descriptor, its sector."""

    def __init__(self, raw, sector):
        self.kind, self.low, self.high, self.target, self.sequence = struct.unpack(
            "<4s4s8sQQ", raw
        )
        self.sector = sector

    @property
    def known(self):
        return self.kind in (b"desc", b"zero")

    @property
    def length(self):
        """Of the range it writes."""
        if self.kind == b"desc":
            return SECTOR
        return struct.unpack("<Q", self.high)[0]

    @property
    def data_sequence(self):
        """The number that its data sector bears, None where that is none."""
        if len(self.sector) < SECTOR or self.sector[:4] != b"data":
            return None
        high = struct.unpack_from("<I", self.sector, 4)[0]
        return high << 32 | struct.unpack_from("<I", self.sector, SECTOR - 4)[0]

    def data(self):
        """The bytes it writes."""
        if self.kind == b"zero":
            return bytes(self.length)
        return self.high + self.sector[8:-4] + self.low


class Entry:
    """What begins with `loge` at a sector of the ring."""

    def __init__(self, ring, sector):
        self.sector = sector
        self.offset = sector * SECTOR
        self.ring_length = len(ring)
        head = ring[self.offset : self.offset + 64]
        (
            self.signature,
            _,
            self.length,
            self.tail,
            self.sequence,
            self.count,
            self.reserved,
            self.guid,
            self.flushed,
            self.last,
        ) = struct.unpack("<4sIIIQII16sQQ", head)
        self.bytes = self._read(ring)

    def _read(self, ring):
        length = min(self.length, len(ring))
        return (ring[self.offset :] + ring)[:length]

    @property
    def name(self):
        return f"E{self.sector}"

    @property
    def wraps(self):
        return self.offset + self.length > self.ring_length

    @property
    def end(self):
        """Where the next entry would begin."""
        return (self.offset + self.length) % self.ring_length

    @property
    def table_length(self):
        """The sectors of header and descriptors, in bytes."""
        return -(-(64 + 32 * self.count) // SECTOR) * SECTOR

    @functools.cached_property
    def sound(self):
        """Right length and checksum: what nearly all readers ask for."""
        fits = SECTOR <= self.length <= self.ring_length
        return fits and self.length % SECTOR == 0 and sealed(self.bytes)

    @functools.cached_property
    def descriptors(self):
        """All that lie in the entry."""
        most = min(self.count, (len(self.bytes) - 64) // 32)
        found, data = [], self.table_length
        for index in range(most):
            raw = self.bytes[64 + 32 * index : 96 + 32 * index]
            found.append(Descriptor(raw, self.bytes[data : data + SECTOR]))
            data += SECTOR if found[-1].kind == b"desc" else 0
        return found

    @property
    def needed(self):
        """The bytes that header, descriptors and data sectors take."""
        data = sum(d.kind == b"desc" for d in self.descriptors)
        return self.table_length + SECTOR * data


class Log:
    """The current header of an image, and the entries of its ring."""

    def __init__(self, image):
        self.image = image
        headers = [image[at : at + SECTOR] for at in HEADERS]
        current = max(headers, key=lambda h: struct.unpack_from("<Q", h, 8))
        self.guid = current[48:64]
        self.ring_length, self.offset = struct.unpack_from("<IQ", current, 68)
        ring = image[self.offset : self.offset + self.ring_length]
        self.sectors = len(ring) // SECTOR
        self.entries = {
            sector: Entry(ring, sector)
            for sector in range(self.sectors)
            if ring[sector * SECTOR : sector * SECTOR + 4] == b"loge"
        }

    def at(self, offset):
        """The entry at a byte of the ring, if there is any."""
        return None if offset % SECTOR else self.entries.get(offset // SECTOR)


def apply(file, entries):
    """Writes the entries in their order into a bytearray, which may grow."""
    for entry in entries:
        for descriptor in entry.descriptors:
            end = descriptor.target + descriptor.length
            file.extend(bytes(max(0, end - len(file))))
            file[descriptor.target : end] = descriptor.data()
