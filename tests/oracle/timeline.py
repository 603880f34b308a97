#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Random work of qemu-io, recorded: what a timeline says of it, against the record.

    timeline.py [--seed S] [--count N] [--states N] [--crashes N] [--jobs J]
                [--keep FOLDER]

Work i of N is that of seed S + i. Of each image its events, sessions and what is
applied are compared, and the BAT as of some entries (--states); then the same of
the image as a crash would have left it after some of the writes (--crashes).
Nothing may ever be taken for QEMU's shifted BAT. --keep leaves the images of
disagreements in FOLDER.

The environment says where things are: VHDXLOG (the program), ORACLE_TMP (scratch).
Exit status 0 all agree, 1 not, 2 usage, 77 no qemu-img or no qemu-io.
"""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True  # leave nothing in the sources
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import allocations  # noqa: E402
import bat  # noqa: E402
import difference  # noqa: E402
import headers  # noqa: E402
import judge  # noqa: E402
import oracle  # noqa: E402
import told  # noqa: E402
import workloads  # noqa: E402
import writes  # noqa: E402
from generate import Dice  # noqa: E402
from history import History  # noqa: E402

SHOWN = 6  # complaints of one image
LATE = 1 << 32  # so that the choices differ from those of the work itself


# ----------------------------------------------------------------------- work


class Work:
    """A workload that was done, with the record of it."""

    def __init__(self, seed, folder):
        work = workloads.workload(seed)
        self.image = folder / f"{seed}.vhdx"
        self.base = folder / f"{seed}.base"
        create = ["qemu-img", "create", "-q", "-f", "vhdx", "-o", work.options]
        subprocess.run([*create, str(self.image), str(work.size)], check=True)
        difference.copy(self.image, self.base)
        self.shape = bat.geometry(self.image)
        self.created = bat.pages(self.image, self.shape)
        current = headers.current(headers.read(self.image))
        begin = current.log_offset
        self.log = (begin, begin + current.log_length)
        self.openings = [self.recorded(commands) for commands in work.openings]
        self.entries = allocations.entries(self.openings, self.log, self.shape)
        self.writes = [write for opening in self.openings for write in opening]

    def recorded(self, commands):
        path = self.image.with_suffix(".trace")
        writes.record(self.image, path, commands)
        made = [write for _, write in writes.entries(path) if write.length]
        path.unlink()
        return made

    def history(self, image, steps):
        """After so many writes of the record."""
        about = (self.shape, self.log, self.created, self.entries)
        return History(image, *about, steps)

    def crashed(self, steps, path):
        """The image after so many writes; as long as it was in the end."""
        difference.copy(self.base, path)
        writes.apply(path, self.writes[:steps])
        os.truncate(path, max(path.stat().st_size, self.image.stat().st_size))

    def remove(self):
        self.image.unlink()
        self.base.unlink()


def crash_points(work, dice, count):
    """Numbers of writes: any, and those around entries that wait."""
    for _ in range(count):
        if work.entries and dice.chance(60):
            yield min(
                dice.one_of(work.entries).step + dice.between(-2, 3),
                len(work.writes),
            )
        else:
            yield dice.below(len(work.writes) + 1)


def keep(folder, image):
    if folder:
        folder.mkdir(exist_ok=True)
        difference.copy(image, folder / image.name)


def complaints(kind, history, image, dice, arguments, tally):
    """Of one image; it is kept where there are any."""
    found = []
    try:
        found.extend(told.compare(history, image, dice, arguments.states, tally))
    except (judge.Failed, allocations.Unexpected, KeyError, TypeError) as failed:
        found.append(f"{type(failed).__name__}: {failed}")
    if found:
        keep(arguments.keep, image)
    return [f"{kind}: {text}" for text in found[:SHOWN]]


def examine(seed, arguments, folder):
    """Tally and complaints of the work of a seed."""
    tally = collections.Counter()
    work = Work(seed, pathlib.Path(folder))
    dice = Dice(seed + LATE)
    history = work.history(work.image, len(work.writes))
    if bat.pages(work.image, work.shape) != (
        history.pages(work.entries[-1]) if work.entries else work.created
    ):
        raise allocations.Unexpected("the BAT is not what was logged last")
    found = complaints("done", history, work.image, dice, arguments, tally)
    for steps in sorted(set(crash_points(work, dice, arguments.crashes))):
        image = work.image.with_name(f"{seed}-{steps}.vhdx")
        work.crashed(steps, image)
        history = work.history(image, steps)
        found += complaints(steps, history, image, dice, arguments, tally)
        tally["crashes"] += 1
        image.unlink()
    work.remove()
    return tally, found


def parser():
    made = argparse.ArgumentParser()
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--count", type=int, default=100)
    made.add_argument("--states", type=int, default=5)
    made.add_argument("--crashes", type=int, default=3)
    made.add_argument("--jobs", type=int, default=os.cpu_count())
    made.add_argument("--keep", type=pathlib.Path)
    return made


def run(arguments):
    """Do all the work, and say what was seen; the exit status."""
    version = judge.version()
    if not version or not shutil.which("qemu-io"):
        print("no qemu-img or no qemu-io")
        return 77
    total, wrong = collections.Counter(), 0
    seeds = range(arguments.seed, arguments.seed + arguments.count)
    with oracle.scratch_folder() as scratch, concurrent.futures.ProcessPoolExecutor(
        arguments.jobs
    ) as pool:
        answers = [pool.submit(examine, s, arguments, scratch) for s in seeds]
        for seed, answer in zip(seeds, answers):
            tally, found = answer.result()
            total.update(tally)
            wrong += bool(found)
            if found:
                print(f"{seed}: " + "\n  ".join(found), flush=True)
    print(
        f"{arguments.count} workloads of qemu-io {version}: "
        f"{oracle.listed(total)}; {wrong} disagree"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(run(parser().parse_args()))
