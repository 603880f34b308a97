# SPDX-License-Identifier: MIT
"""A dump with images in it: where, and what is left of each."""

import dataclasses
import os
import pathlib
import subprocess

import carve_truth
from carve_truth import KIB, MIB

UNIT = 512
WHOLE, FRAGMENTS = 7, 3


@dataclasses.dataclass
class Piece:
    """The bytes [start, end) of an image, put at `at`."""

    image: carve_truth.Image
    at: int
    start: int
    end: int
    later: list = dataclasses.field(default_factory=list)  # spans written over it

    @property
    def base(self):
        """Where the image begins, or would."""
        return self.at - self.start

    @property
    def whole(self):
        return self.start == 0 and self.end == self.image.size

    @property
    def span(self):
        return self.at, self.at + self.end - self.start

    def alone(self, dump):
        """The image in a file of its own, which ends where the dump does."""
        path = pathlib.Path(f"{dump}.alone")
        size = os.path.getsize(dump) - self.base
        write(path, [Piece(self.image, 0, 0, self.image.size)], size)
        return path

    def survives(self, structure):
        """Whether all bytes of it are there."""
        for low, high in structure.pieces:
            if low < self.start or high > self.end:
                return False
            low, high = low + self.base, high + self.base
            if any(low < to and high > begin for begin, to in self.later):
                return False
        return True

    def left(self):
        return [each for each in self.image.found if self.survives(each)]


def aligned(value):
    return value // UNIT * UNIT


# ------------------------------------------------------------------- choosing


def slices(dice, images):
    """Three pieces, the second over the end of the first, and so on."""
    at = 0
    for i in range(FRAGMENTS):
        image = dice.one_of(images)
        start = dice.weighted(
            (2, 0),
            (2, aligned(dice.below(min(image.size // 2, 3 * MIB)))),
            (1, aligned(dice.below(image.size // 2))),
        )
        most = min(image.size - start, 24 * MIB)
        length = max(aligned(dice.between(most // 4, most)), UNIT)
        yield image, at, start, start + length
        at += aligned(dice.between(length // 4, length - 1))


def find_place(dice, size, taken, length, room):
    """An offset at which nothing is yet, with some room around."""
    for _ in range(10000):
        at = aligned(dice.below(size - length))
        if all(at + length + room <= a or b + room <= at for a, b in taken):
            taken.append((at, at + length))
            return at
    raise ValueError("the dump is too small for its images")


def pieces(dice, images, size):
    """In the order in which they are written."""
    taken, made = [], []
    parts = list(slices(dice, images))
    length = max(at + end - start for _, at, start, end in parts)
    origin = find_place(dice, size, taken, length, 0)
    for image, at, start, end in parts:
        made.append(Piece(image, origin + at, start, end))
    for _ in range(WHOLE):
        image = dice.one_of(images)
        room = dice.weighted((1, 0), (1, dice.below(4 * MIB)))
        at = find_place(dice, size, taken, image.size, room)
        made.append(Piece(image, at, 0, image.size))
    for i, piece in enumerate(made):
        piece.later = [each.span for each in made[i + 1 :]]
    return made


# -------------------------------------------------------------------- writing


def extents(file, start, end):
    """What is no hole."""
    at = start
    while at < end:
        try:
            low = os.lseek(file, at, os.SEEK_DATA)
        except OSError:
            return
        at = min(os.lseek(file, low, os.SEEK_HOLE), end)
        if low < end:
            yield low, at


def put(dump, piece):
    """Holes stay holes, also where something else was before."""
    low, high = piece.span
    subprocess.run(
        ["fallocate", "-p", "-o", str(low), "-l", str(high - low), f"/proc/self/fd/{dump}"],
        check=True,
        pass_fds=[dump],
    )
    source = os.open(piece.image.path, os.O_RDONLY)
    for begin, end in extents(source, piece.start, piece.end):
        while begin < end:
            data = os.pread(source, min(end - begin, 4 * MIB), begin)
            os.pwrite(dump, data, begin + piece.base)
            begin += len(data)
    os.close(source)


def fill(dump, size):
    """Noise, of which no two stretches are the same."""
    noise = bytearray(os.urandom(4 * MIB + 4 * KIB))
    for at in range(0, size, 4 * MIB):
        skip = at // MIB % (4 * KIB)
        os.pwrite(dump, memoryview(noise)[skip : skip + min(4 * MIB, size - at)], at)


def write(path, made, size, noisy=False):
    dump = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
    os.ftruncate(dump, size)
    if noisy:
        fill(dump, size)
    for piece in made:
        put(dump, piece)
    os.close(dump)
