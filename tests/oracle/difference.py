# SPDX-License-Identifier: MIT
"""What one file holds that another did not, in the form of a report's `result`.

Files are sparse and may claim to be enormous, so only what is really there is
read: what neither file stores is zero in both.
"""

import hashlib
import os
import re

CHUNK = 65536
ALL_ZERO = 1 << 63
HEADERS = (0x10000, 0x30000)


def stored(fd):
    """The parts of a file that are more than holes: pairs of begin and end."""
    at, size = 0, os.fstat(fd).st_size
    while at < size:
        try:
            begin = os.lseek(fd, at, os.SEEK_DATA)
        except OSError:  # nothing but a hole is left
            return
        at = os.lseek(fd, begin, os.SEEK_HOLE)
        yield begin, at


def copy(source, target):
    """Copy a file, holes included."""
    with open(source, "rb") as old, open(target, "wb") as new:
        size = os.fstat(old.fileno()).st_size
        new.truncate(size)
        for begin, end in stored(old.fileno()):
            for at in range(begin, end, CHUNK):
                length = min(CHUNK, end - at)
                os.pwrite(new.fileno(), os.pread(old.fileno(), length, at), at)


def chunks(*descriptors):
    """Offsets of the chunks that any of the files stores, in order."""
    offsets = set()
    for fd in descriptors:
        for begin, end in stored(fd):
            offsets.update(range(begin // CHUNK * CHUNK, end, CHUNK))
    return sorted(offsets)


def read(fd, offset):
    """A chunk; beyond the end of the file there are zeroes."""
    return os.pread(fd, CHUNK, offset).ljust(CHUNK, b"\0")


def runs(old, new, base):
    """Begin and bytes of each run of bytes of new that differ."""
    if old == new:
        return
    both = int.from_bytes(old, "big") ^ int.from_bytes(new, "big")
    for found in re.finditer(rb"[^\0]+", both.to_bytes(len(old), "big")):
        yield base + found.start(), new[found.start() : found.end()]


def content(path):
    """A digest of a file's length and of all in it that is not zero."""
    total = hashlib.sha256()
    with open(path, "rb") as file:
        fd = file.fileno()
        total.update(os.fstat(fd).st_size.to_bytes(8, "little"))
        for offset in chunks(fd):
            piece = read(fd, offset)
            if piece.strip(b"\0"):
                total.update(offset.to_bytes(8, "little") + piece)
    return total.hexdigest()


def joined(pairs):
    """The maximal ranges in which chunks differ: begin, new bytes.

    pairs: offset, old and new bytes of each chunk, in order.
    """
    begin, held = 0, []
    length = 0
    for offset, old, new in pairs:
        for at, part in runs(old, new, offset):
            if held and at != begin + length:
                yield begin, b"".join(held)
                held = []
            if not held:
                begin, length = at, 0
            held.append(part)
            length += len(part)
    if held:
        yield begin, b"".join(held)


def ranges(old, new):
    """The maximal ranges in which two open files differ: begin, new bytes."""
    offsets = chunks(old, new)
    return joined((at, read(old, at), read(new, at)) for at in offsets)


def outside(begin, part, areas):
    """The pieces of a range that lie in none of the areas."""
    pieces = [(begin, part)]
    for low, high in areas:
        left = []
        for at, piece in pieces:
            end = at + len(piece)
            if at < min(low, end):
                left.append((at, piece[: low - at]))
            if end > max(high, at):
                left.append((max(high, at), piece[max(high - at, 0) :]))
        pieces = left
    return pieces


def digest(pieces):
    """SHA-256 over ranges, as interface.md has it for `result`."""
    total = hashlib.sha256()
    for at, piece in pieces:
        zero = not piece.strip(b"\0")
        length = len(piece) | (ALL_ZERO if zero else 0)
        total.update(at.to_bytes(8, "little") + length.to_bytes(8, "little"))
        if not zero:
            total.update(piece)
    return total.hexdigest()


def difference(source, target, log):
    """Ranges of target that differ from source: (elsewhere, in the log).

    Where target is the shorter one it holds nothing, so nothing that differs.
    """
    with open(source, "rb") as old, open(target, "rb") as new:
        found = list(ranges(old.fileno(), new.fileno()))
    size = os.stat(target).st_size
    found = [(at, part[: size - at]) for at, part in found if at < size]
    areas = sorted([HEADERS, log])
    elsewhere = [p for r in found for p in outside(*r, areas)]
    in_log = [
        r for r in found if r[0] < log[1] and r[0] + len(r[1]) > log[0]
    ]
    return elsewhere, in_log
