#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Crash states: what the model says of an image that QEMU was writing to.

    crash.py [--workload NAME]... [--subsets N] [--torn N] [--every N]
             [--jobs J] [--keep FOLDER]

Real writes are recorded while qemu-io makes them. For each prefix of the record
the image is made as it would be after a crash there: everything up to the last
flush, and of what came after it every subset up to 2^6 of them, beyond that N
subsets picked by a seeded choice (--subsets); and some in which writes are torn
into 512 bytes (--torn). Each state comes twice, as the record does not have the
growth of the file: as long as the writes that reached it, and as long as it was in
the end. Each is judged as in oracle.py. --every looks at every N-th state only.

Exit status 0 all agree, 1 not, 2 usage, 77 no qemu-img or no qemu-io.
"""

import argparse
import collections
import concurrent.futures
import hashlib
import itertools
import os
import pathlib
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True  # leave nothing in the sources
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import difference  # noqa: E402
import generate  # noqa: E402
import judge  # noqa: E402
import oracle  # noqa: E402
import writes  # noqa: E402

WHOLE = 6  # of so many unflushed writes every subset is looked at
SEED = 1

# Options and size of the image; commands of qemu-io for each opening of it.
WORKLOADS = {
    "one": ("block_size=1M", "64M", [["write -P 1 0 4k"]]),
    "blocks": (
        "block_size=1M",
        "64M",
        [["write -P 1 0 4k", "write -P 2 5M 64k", "write -P 3 9M 4k"]],
    ),
    "again": (
        "block_size=1M",
        "64M",
        [["write -P 1 0 64k", "write -P 2 4k 8k", "write -P 3 512 512"]],
    ),
    "zeroes": (
        "block_size=1M,block_state_zero=off",
        "64M",
        [["write -P 1 1M 64k", "write -z 1M 1M", "write -z 7M 64k"]],
    ),
    "tables": (
        "block_size=1M",
        "3G",
        [["write -P 1 0 4k", "write -P 2 1G 4k", "write -P 3 2G 4k"]],
    ),
    "across": ("block_size=1M", "64M", [["write -P 1 1020k 8k"]]),
    "twice": (
        "block_size=1M",
        "64M",
        [["write -P 1 0 4k", "write -P 2 2M 4k"], ["write -P 3 4M 4k"]],
    ),
    "wraps": (
        "block_size=1M",
        "256M",
        [[f"write -P {1 + i % 255} {i}M 4k" for i in range(136)]],
    ),
    "large": (
        "block_size=32M,log_size=2M",
        "1G",
        [["write -P 1 0 4k", "write -P 2 100M 4k"]],
    ),
}


class Disk:
    """A workload, recorded: the image before, and the openings' epochs."""

    def __init__(self, name, folder):
        options, size, openings = WORKLOADS[name]
        self.base = folder / f"{name}.base"
        image, record = folder / f"{name}.live", folder / f"{name}.trace"
        create = ["qemu-img", "create", "-q", "-f", "vhdx", "-o", options]
        subprocess.run([*create, str(image), size], check=True)
        difference.copy(image, self.base)
        self.epochs = []
        for commands in openings:
            writes.record(image, record, commands)
            self.epochs += writes.epochs(record)
        self.length = os.stat(image).st_size
        image.unlink()
        record.unlink()


def torn(epoch, count, dice):
    """Some of the 512 bytes that were to be written."""
    parts = list(writes.pieces(epoch))
    for _ in range(count if len(parts) > 1 else 0):
        often = dice.between(5, 95)
        yield tuple(part for part in parts if dice.chance(often))


def subsets(epoch, limit, dice):
    """Of the writes since the last flush, those that reached the disk."""
    if len(epoch) <= WHOLE:
        for size in range(len(epoch) + 1):
            yield from itertools.combinations(epoch, size)
        return
    for end in range(len(epoch) + 1):  # the prefixes, at least
        yield tuple(epoch[:end])
    for _ in range(limit):
        yield tuple(write for write in epoch if dice.chance(50))


def states(disk, arguments):
    """Paths of images, one for each crash; the caller removes them.

    The base moves on with each epoch. No state is given twice.
    """
    dice = generate.Dice(SEED)
    seen, count = set(), 0
    for number, epoch in enumerate(disk.epochs):
        parts = itertools.chain(
            subsets(epoch, arguments.subsets, dice),
            torn(epoch, arguments.torn, dice),
        )
        for part, whole in itertools.product(parts, (False, True)):
            count += 1
            key = key_of(number, part, whole)
            if count % arguments.every == 0 and key not in seen:
                seen.add(key)
                yield state(disk, part, whole, count)
        writes.apply(disk.base, epoch)


def key_of(number, part, whole):
    """Tells states apart; all of an epoch is the next one with nothing."""
    total = hashlib.sha256(repr((number, whole)).encode())
    for write in part:
        total.update(repr((write.offset, write.length)).encode())
        total.update(write.data or b"")
    return total.digest()


def state(disk, part, whole, count):
    image = disk.base.with_name(f"{disk.base.stem}-{count}.vhdx")
    difference.copy(disk.base, image)
    writes.apply(image, part)
    if whole and os.stat(image).st_size < disk.length:
        os.truncate(image, disk.length)
    return image


def show(image, complaints, keep):
    """What is wrong with a state; there is nothing smaller to be had."""
    print(f"{image.stem}: " + "\n  ".join(complaints))
    if keep:
        keep.mkdir(exist_ok=True)
        difference.copy(image, keep / image.name)


def survey(name, look, arguments, folder, pool):
    """Every state of one workload: outcomes, how many states, and disagree."""
    tally, count, wrong = collections.Counter(), 0, 0
    every = states(Disk(name, folder), arguments)
    while group := list(itertools.islice(every, oracle.BATCH * arguments.jobs)):
        parts = [group[i :: arguments.jobs] for i in range(arguments.jobs)]
        work = [p for p in parts if p]
        answers = [pool.submit(look, p, arguments, str(folder)) for p in work]
        for part, answer in zip(work, answers):
            for image, (outcomes, complaints) in zip(part, answer.result()):
                tally.update(outcomes)
                count += 1
                if complaints:
                    wrong += 1
                    show(image, complaints, arguments.keep)
                image.unlink()
    return tally, count, wrong


def parser():
    made = argparse.ArgumentParser()
    made.add_argument("--workload", action="append", choices=WORKLOADS)
    made.add_argument("--subsets", type=int, default=64)
    made.add_argument("--torn", type=int, default=4)
    made.add_argument("--every", type=int, default=1)
    made.add_argument("--jobs", type=int, default=os.cpu_count())
    made.add_argument("--keep", type=pathlib.Path)
    made.add_argument("--policy", default="qemu-7.2")
    return made


def run(look, arguments):
    """Look at the states of all workloads, and say what was seen; the status."""
    version = judge.version()
    if not version or not shutil.which("qemu-io"):
        print("no qemu-img or no qemu-io")
        return 77
    total, wrong = 0, 0
    with oracle.scratch_folder() as scratch, concurrent.futures.ProcessPoolExecutor(
        arguments.jobs
    ) as pool:
        for name in arguments.workload or WORKLOADS:
            tally, count, bad = survey(
                name, look, arguments, pathlib.Path(scratch), pool
            )
            print(f"{name}: {oracle.listed(tally)}; {bad} disagree")
            total, wrong = total + count, wrong + bad
    print(f"{total} crash states against qemu-img {version}; {wrong} disagree")
    return 1 if wrong or not total else 0


if __name__ == "__main__":
    sys.exit(run(oracle.judged, parser().parse_args()))
