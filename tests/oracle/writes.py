# SPDX-License-Identifier: MIT
"""What QEMU wrote, in order: a record in the layout of dm-log-writes.

Sector 0 of the record holds u64 magic, u64 version, u64 number of entries and
u32 sector size. Each entry is a sector with u64 target sector, u64 sectors, u64
flags and u64 length of its data, followed by the data (none for a discard).
"""

import dataclasses
import os
import struct
import subprocess

MAGIC = 0x6A736677736872
FLUSH, FUA, DISCARD = 1, 2, 4


@dataclasses.dataclass(frozen=True)
class Write:
    """Bytes that were written somewhere; data None: that many were discarded."""

    offset: int
    length: int
    data: bytes | None


def entries(path):
    """Flags and write of each entry of a record."""
    with open(path, "rb") as record:
        head = record.read(28)
        magic, _, count, size = struct.unpack("<QQQI", head)
        if magic != MAGIC:
            raise ValueError("not a record of writes")
        at = size
        for _ in range(count):
            record.seek(at)
            sector, sectors, flags, _ = struct.unpack("<4Q", record.read(32))
            at += size
            length = sectors * size
            data = None
            if not flags & DISCARD:
                record.seek(at)
                data = record.read(length)
                at += length
            yield flags, Write(sector * size, length, data)


def epochs(path):
    """Lists of writes; between two of them everything reached the disk."""
    epoch = []
    for flags, write in entries(path):
        if flags & FLUSH and epoch:
            yield epoch
            epoch = []
        if write.length:
            epoch.append(write)
        if flags & FUA and epoch:
            yield epoch
            epoch = []
    if epoch:
        yield epoch


def pieces(epoch, size=512):
    """The same writes, as the disk may tear them."""
    for write in epoch:
        for at in range(0, write.length, size):
            data = write.data and write.data[at : at + size]
            yield Write(write.offset + at, min(size, write.length - at), data)


def record(image, path, commands):
    """Run commands of qemu-io on the image, each of its writes recorded."""
    with open(path, "wb"):
        pass
    options = (
        "driver=vhdx,file.driver=blklogwrites,file.file.driver=file,"
        f"file.file.filename={image},file.log.driver=file,file.log.filename={path}"
    )
    words = [word for command in commands for word in ("-c", command)]
    done = subprocess.run(
        ["qemu-io", "--image-opts", options, *words],
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode != 0 or "failed" in done.stdout + done.stderr:
        raise RuntimeError(f"qemu-io: {done.stdout}{done.stderr}")


def apply(image, writes):
    """What reached the disk; a write past the end makes the file longer."""
    fd = os.open(image, os.O_RDWR)
    try:
        for write in writes:
            data = write.data
            if data is None:  # a discarded range may read as zeroes
                data = bytes(write.length)
            os.pwrite(fd, data, write.offset)
    finally:
        os.close(fd)
