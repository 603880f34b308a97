#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""QEMU's shifted BAT: never seen where it is not, and told right where it is.

    shift.py healthy|shifted [--seed S] [--count N] [--jobs J] [--keep FOLDER]

healthy: random work of the installed qemu-io, whose bug is fixed, is scanned after
each opening. None of it may be taken for a shifted page.

shifted: images as QEMU with the bug writes them (shifting.py). What is told has to
be true of all of them; and where the log or the disk shows it, it has to be told of
every block that is misplaced.

Image i of N is that of seed S + i. --keep leaves those that are told wrong in
FOLDER. The environment says where things are: VHDXLOG, VHDXLOG_CORPUS (programs),
ORACLE_TMP (scratch). Exit status 0 all is right, 1 not, 2 usage, 77 no qemu-io.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True  # leave nothing in the sources
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import difference  # noqa: E402
import judge  # noqa: E402
import oracle  # noqa: E402
import shifting  # noqa: E402
import workloads  # noqa: E402


def told(image):
    """What the finding names: BAT entries, in order; None: it is not there."""
    command = [oracle.VHDXLOG, "scan", "-f", "json", "--no-hash", str(image)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise judge.Failed(done.stderr.decode(errors="replace").strip())
    report = json.loads(done.stdout)
    for finding in report["findings"]:
        if finding["id"] == "bat-shifted-page":
            if done.returncode != 1 or finding["class"] != "error":
                raise judge.Failed("it is found, and is no error")
            return [int(name.removeprefix("bat:")) for name in finding["where"]]
    return None


# -------------------------------------------------------------------- healthy


def run(*command):
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    if done.returncode != 0 or "failed" in done.stdout + done.stderr:
        raise judge.Failed(f"{command[0]}: {done.stdout}{done.stderr}")


def healthy(seed, image):
    """Tally and complaints of the work of a seed."""
    tally = collections.Counter()
    work = workloads.workload(seed)
    create = ["qemu-img", "create", "-q", "-f", "vhdx", "-o", work.options]
    run(*create, str(image), str(work.size))
    for number, commands in enumerate(work.openings, 1):
        words = [word for command in commands for word in ("-c", command)]
        run("qemu-io", "-t", "unsafe", "-f", "vhdx", *words, str(image))
        tally["openings"] += 1
        tally["commands"] += len(commands)
        seen = told(image)
        if seen is not None:
            return tally, [f"after opening {number}: it is taken for shifted: {seen}"]
    return tally, []


# -------------------------------------------------------------------- shifted


def named(misplaced, number):
    """The BAT entries that are to be named of a page, and of which block."""
    return {
        (own if index is None else index, index is None): own
        for own, index in misplaced.items()
        if own // shifting.PER_PAGE == number
    }


def kind(writer, number):
    """How the shift of a page can be known; "hidden" where it cannot."""
    if writer.told_in_full(number):
        return "told in full"
    if writer.told_by_older(number):
        return "told by an older page"
    return "told by the disk" if writer.told_by_disk(number) else "hidden"


def compare_page(seen, writer, number, how):
    """Complaints about one page: what of it was seen, what should have been."""
    expected = named(writer.misplaced(), number)
    moved = sorted(index for index, lost in expected if not lost)
    every = sorted(index for index, lost in expected)
    for index in set(seen) - set(every):
        yield f"page {number}: bat:{index} is not of a misplaced block"
    if how == "told in full" and sorted(seen) != every:
        yield f"page {number}: {every} are misplaced, {sorted(seen)} told"
    if how != "hidden" and not set(moved) <= set(seen):
        yield f"page {number}: {moved} were moved, {sorted(seen)} told"


def shifted(seed, image):
    writer, recipe = shifting.shifted(seed)
    tally = collections.Counter()
    oracle.build(recipe, image)
    seen = told(image) or []
    complaints = []
    misplaced = writer.misplaced()
    for number in range(writer.blocks // shifting.PER_PAGE + 1):
        mine = [i for i in seen if i // shifting.PER_PAGE == number]
        there = bool(named(misplaced, number))
        how = kind(writer, number) if there else "untouched"
        tally[how] += 1
        complaints += compare_page(mine, writer, number, how)
    tally["blocks"] += len(misplaced)
    tally["lost"] += sum(index is None for index in misplaced.values())
    return tally, complaints


# -------------------------------------------------------------------- running


def examine(look, seed, arguments, folder):
    image = pathlib.Path(folder) / f"{seed}.vhdx"
    try:
        tally, complaints = look(seed, image)
    except (judge.Failed, KeyError, ValueError) as failed:
        tally, complaints = collections.Counter(), [f"{failed}"]
    if complaints and arguments.keep and image.exists():
        arguments.keep.mkdir(exist_ok=True)
        difference.copy(image, arguments.keep / image.name)
    image.unlink(missing_ok=True)
    return tally, complaints


def parser():
    made = argparse.ArgumentParser()
    made.add_argument("kind", choices=("healthy", "shifted"))
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--count", type=int, default=100)
    made.add_argument("--jobs", type=int, default=os.cpu_count())
    made.add_argument("--keep", type=pathlib.Path)
    return made


def main():
    arguments = parser().parse_args()
    look = {"healthy": healthy, "shifted": shifted}[arguments.kind]
    if look is healthy and not (judge.version() and shutil.which("qemu-io")):
        print("no qemu-img or no qemu-io")
        return 77
    total, wrong = collections.Counter(), 0
    seeds = range(arguments.seed, arguments.seed + arguments.count)
    with oracle.scratch_folder() as scratch, concurrent.futures.ProcessPoolExecutor(
        arguments.jobs
    ) as pool:
        answers = [pool.submit(examine, look, s, arguments, scratch) for s in seeds]
        for seed, answer in zip(seeds, answers):
            tally, complaints = answer.result()
            total.update(tally)
            wrong += bool(complaints)
            if complaints:
                print(f"{seed}: " + "\n  ".join(complaints), flush=True)
    print(
        f"{arguments.count} {arguments.kind}: {oracle.listed(total)}; {wrong} wrong"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
