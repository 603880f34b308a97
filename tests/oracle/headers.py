# SPDX-License-Identifier: MIT
"""The two headers of an image, read without the program under test."""

import struct

SLOTS = (0x10000, 0x20000)
SIZE = 4096
NO_GUID = bytes(16)


def table():
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        yield value


TABLE = tuple(table())


def crc32c(data):
    """CRC-32C of a few KiB, a byte at a time."""
    value = 0xFFFFFFFF
    for byte in data:
        value = TABLE[(value ^ byte) & 0xFF] ^ value >> 8
    return value ^ 0xFFFFFFFF


def sealed(data, at, value):
    """A header with some bytes replaced, and its checksum made right."""
    data = data[:at] + value + data[at + len(value) :]
    checksum = crc32c(data[:4] + bytes(4) + data[8:])
    return data[:4] + checksum.to_bytes(4, "little") + data[8:]


class Header:
    """One slot, as it is."""

    def __init__(self, data):
        data = data.ljust(SIZE, b"\0")
        self.raw = data
        self.signature = data[:4]
        (self.checksum, self.sequence) = struct.unpack_from("<IQ", data, 4)
        self.log_guid = data[48:64]
        (self.log_version, self.version) = struct.unpack_from("<HH", data, 64)
        (self.log_length, self.log_offset) = struct.unpack_from("<IQ", data, 68)

    def valid(self):
        plain = self.raw[:4] + bytes(4) + self.raw[8:]
        return (
            self.signature == b"head"
            and self.version == 1
            and crc32c(plain) == self.checksum
        )


def read(path):
    """Both slots of an image."""
    slots = []
    with open(path, "rb") as image:
        for offset in SLOTS:
            image.seek(offset)
            slots.append(Header(image.read(SIZE)))
    return slots


def first_table_is_sealed(path):
    """Whether region table 1, the only one that QEMU reads, is whole."""
    with open(path, "rb") as image:
        image.seek(0x30000)
        data = image.read(0x10000)
    return data[:4] == b"regi" and sealed(data, 4, data[4:8]) == data


def has_numbers_left(path):
    """Whether the SequenceNumber can be raised as often as a replay does."""
    newest = current(read(path))
    return newest is not None and newest.sequence < (1 << 64) - 4


def current(slots):
    """The slot that holds, or None; of equal numbers the first one."""
    valid = [slot for slot in slots if slot.valid()]
    return max(valid, key=lambda slot: slot.sequence, default=None)
