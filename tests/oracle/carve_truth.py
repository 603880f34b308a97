# SPDX-License-Identifier: MIT
"""The structures of a VHDX image, read without the program under test."""

import dataclasses
import os
import struct

import headers

KIB, MIB = 1 << 10, 1 << 20
SECTOR = 4096
IDENTIFIER = (0, 64 * KIB)
TABLES = (192 * KIB, 256 * KIB)
TABLE_SIZE = 64 * KIB
BAT = bytes.fromhex("6677c22d23f600429d64115e9bfd4a08")
METADATA = bytes.fromhex("06a27c8b90479a4bb8fe575f050f886e")


@dataclasses.dataclass(frozen=True)
class Structure:
    """Something that a pass should find; places are from the image's start."""

    kind: str
    offset: int
    pieces: tuple  # of its bytes: (from, to), in their order
    inside: bool = False  # in another that is sound
    odd: bool = False  # its checksum is right, what it says is not
    number: int = 0
    guid: bytes = headers.NO_GUID

    @property
    def wraps(self):
        return len(self.pieces) > 1


@dataclasses.dataclass(frozen=True)
class Image:
    """A file and what is in it."""

    path: str
    size: int
    log: tuple  # (from, to)
    bat: tuple
    found: tuple  # of Structure, all sound
    likely: frozenset  # where something begins like a structure

    def entries(self):
        return [each for each in self.found if each.kind == "entry"]


def sum_is_right(data):
    """A structure with its checksum behind the signature."""
    plain = data[:4] + bytes(4) + data[8:]
    return headers.crc32c(plain) == int.from_bytes(data[4:8], "little")


# ----------------------------------------------------------------- what it has


def header_at(read, offset):
    data = read(offset, SECTOR)
    if data[:4] != b"head" or not sum_is_right(data):
        return None, None
    return headers.Header(data), Structure(
        "header", offset, ((offset, offset + SECTOR),)
    )


def table_at(read, offset):
    """Its regions by GUID, and the structure; or neither."""
    data = read(offset, TABLE_SIZE)
    if data[:4] != b"regi" or not sum_is_right(data):
        return None, None
    regions = {}
    for i in range(min(int.from_bytes(data[8:12], "little"), 2047)):
        guid, place, length = struct.unpack_from("<16sQI", data, 16 + 32 * i)
        regions[guid] = (place, length)
    return regions, Structure("region-table", offset, ((offset, offset + TABLE_SIZE),))


def pieces_of(log, sector, length):
    """Of an entry, that may go on at the start of the ring."""
    start, end = log
    first = start + sector * SECTOR
    if first + length <= end:
        return ((first, first + length),)
    return ((first, end), (start, start + length - (end - first)))


def descriptor_is_odd(data, number):
    length, place = struct.unpack_from("<8xQQ", data)
    unaligned = place % SECTOR or (data[:4] == b"zero" and length % SECTOR)
    return (
        data[:4] not in (b"desc", b"zero")
        or int.from_bytes(data[24:32], "little") != number
        or unaligned
        or place < MIB
        or place + length * (data[:4] == b"zero") > 1 << 63
    )


def is_data_of(sector, number):
    high, low = struct.unpack("<I4084xI", sector[4:])
    return sector[:4] == b"data" and (high << 32 | low) == number


def is_odd(data):
    """Whether an entry whose checksum is right breaks another rule."""
    (_, _, number, count) = struct.unpack_from("<IIQI", data, 8)
    sectors = -(-(64 + 32 * count) // SECTOR)
    if sectors * SECTOR > len(data) or not number or data[32:48] == headers.NO_GUID:
        return True
    descriptors = [data[64 + 32 * i :][:32] for i in range(count)]
    if any(descriptor_is_odd(each, number) for each in descriptors):
        return True
    rest = data[sectors * SECTOR :]
    wanted = sum(each[:4] == b"desc" for each in descriptors)
    tail = int.from_bytes(data[12:16], "little")
    return tail % SECTOR != 0 or len(rest) != wanted * SECTOR or not all(
        is_data_of(rest[i * SECTOR :][:SECTOR], number) for i in range(wanted)
    )


def entries_of(read, log):
    """Every sector of the ring that begins an entry whose checksum is right."""
    start, end = log
    ring = read(start, end - start)
    count = (end - start) // SECTOR
    likely, found, owned = set(), [], set()
    for sector in range(count):
        head = ring[sector * SECTOR : sector * SECTOR + 64]
        if head[:4] in (b"loge", b"data"):
            likely.add(start + sector * SECTOR)
        length = int.from_bytes(head[8:12], "little")
        if head[:4] != b"loge" or length % SECTOR or not 0 < length <= end - start:
            continue
        pieces = pieces_of(log, sector, length)
        whole = b"".join(ring[a - start : b - start] for a, b in pieces)
        if not sum_is_right(whole):
            continue
        number = int.from_bytes(head[16:24], "little")
        at = start + sector * SECTOR
        about = (sector in owned, is_odd(whole), number, head[32:48])
        found.append(Structure("entry", at, pieces, *about))
        owned.update((sector + i) % count for i in range(1, length // SECTOR))
    return found, likely


def agreed(values):
    """The one value that all have, or None."""
    return values[0] if values and all(each == values[0] for each in values) else None


def image(path):
    """None where headers or tables do not say one thing, or nothing."""
    size = os.path.getsize(path)
    file = os.open(path, os.O_RDONLY)

    def read(offset, length):
        return os.pread(file, length, offset).ljust(length, b"\0")

    try:
        return examined(str(path), size, read)
    finally:
        os.close(file)


def examined(path, size, read):
    found = []
    logs, tables = [], []
    if read(0, 8) == b"vhdxfile":
        found.append(Structure("identifier", 0, ((0, 512),)))
    for offset in headers.SLOTS:
        header, structure = header_at(read, offset)
        if header:
            found.append(structure)
            logs.append((header.log_offset, header.log_offset + header.log_length))
    for offset in TABLES:
        regions, structure = table_at(read, offset)
        if structure:
            found.append(structure)
            tables.append(regions)
    log, regions = agreed(logs), agreed(tables)
    if not found or not log or not regions or not {BAT, METADATA} <= set(regions):
        return None
    if log[1] > size or log[1] - log[0] > 64 * MIB or log[0] % MIB or log[0] < MIB:
        return None
    place, _ = regions[METADATA]
    if read(place, 8) == b"metadata" and place % MIB == 0 and place >= MIB:
        # Behind its entries nothing tells whether the table is whole.
        end = place + 32 + 32 * int.from_bytes(read(place + 10, 2), "little")
        found.append(Structure("metadata", place, ((place, end),)))
    entries, likely = entries_of(read, log)
    likely.update(each.offset for each in found)
    likely.update((*headers.SLOTS, *TABLES, 0))
    start, length = regions[BAT]
    return Image(
        path, size, log, (start, start + length), (*found, *entries), frozenset(likely)
    )
