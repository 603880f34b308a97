# SPDX-License-Identifier: MIT
"""What a file holds once entries are applied, said as a report's `result`.

A plain replay: every descriptor in turn, over the bytes of the file. Only what
can differ is looked at, as a range of zeroes may be enormous.
"""

import os

import difference


def writes(entry, zeroes_first):
    """(target, bytes or None for zeroes, length) of each descriptor, in order."""
    made = []
    for descriptor, sector in entry.with_data():
        data = descriptor.page(sector) if descriptor.is_data else None
        made.append((descriptor.target, data, descriptor.length))
    if zeroes_first:
        made.sort(key=lambda write: write[1] is not None)
    return made


def held(fd):
    """Offsets of the chunks that a file stores."""
    return set(difference.chunks(fd))


def touched(made, stored):
    """Offsets of the chunks in which the writes may make a difference."""
    size = difference.CHUNK
    found = set()
    for target, data, length in made:
        if data is not None:
            found.update({target // size * size, (target + 4095) // size * size})
        else:
            found.update(at for at in stored if target < at + size and at < target + length)
    return sorted(found)


def chunk_after(before, at, made):
    """A chunk with the writes carried out."""
    after = bytearray(before)
    for target, data, length in made:
        begin, end = max(target, at), min(target + length, at + len(after))
        if begin < end:
            zeroes = bytes(end - begin)
            piece = zeroes if data is None else data[begin - target : end - target]
            after[begin - at : end - at] = piece
    return bytes(after)


def old_chunk(fd, at):
    """What is there; nothing lies where no file can be."""
    return difference.read(fd, at) if at < 1 << 62 else bytes(difference.CHUNK)


def result(fd, entries, zeroes_first, log):
    """The digest of what differs outside headers and log."""
    made = [w for entry in entries for w in writes(entry, zeroes_first)]
    pairs = []
    for at in touched(made, held(fd)):
        before = old_chunk(fd, at)
        pairs.append((at, before, chunk_after(before, at, made)))
    found = difference.joined(pairs)
    areas = sorted([difference.HEADERS, log])
    return difference.digest(
        [piece for one in found for piece in difference.outside(*one, areas)]
    )


def length_after(fd, entries, last):
    """Of the file afterwards: as far as the writes go, and to `last` at least."""
    made = [w for entry in entries for w in writes(entry, False)]
    ends = [target + count for target, _, count in made if count]
    return max([os.fstat(fd).st_size, last, *ends])
