#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What a report says to do next can be done.

    next_runs.py [--some N] [--jobs J] RECIPE...

Each recipe's image, whole and without its identifier, its headers, its region tables,
its first MiB or its metadata: `verdict.next`, run as printed, is not refused, and a copy that it
writes is no worse than the image was. It never has --force in it. --some: of these
cases every Nth, so that each recipe has its turn and each damage.

The environment says where things are: VHDXLOG, VHDXLOG_REPLAY, VHDXLOG_CORPUS. Works
in the current folder. Exit status 0 all is right, 1 not.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

MIB = 1 << 20
PLACES = {
    "whole": (),
    "no headers": ((0x10000, 0x20000),),
    "no region tables": ((0x30000, 0x20000),),
    "no first MiB": ((0, MIB),),
    "no identifier": ((0, 8),),
}
METADATA = 64 << 10  # of its table, and its items behind that
# From the worst on, as the library lists them.
STATES = (
    *("not-vhdx", "unreadable", "unstable", "headers-lost", "truncated", "damaged"),
    *("dirty-unreplayable", "dirty-ambiguous", "dirty-noop", "dirty", "clean"),
)


def scan(image, folder):
    command = [os.environ["VHDXLOG"], "scan", "-f", "json", "--no-hash", image]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return json.loads(done.stdout)


def metadata(report):
    """Where the metadata are, for PLACES."""
    for table in report["image"]["region_tables"]:
        for region in table["regions"]:
            if table["valid"] and region["name"] == "metadata":
                return ((int(region["offset"]), METADATA),)
    return None


def without(image, places, folder):
    """A copy that has zeroes there."""
    copy = folder / "image.vhdx"
    subprocess.run(["cp", "--sparse=always", str(image), str(copy)], check=True)
    size = copy.stat().st_size
    with open(copy, "r+b") as file:
        for offset, length in places:
            if offset < size:
                file.seek(offset)
                file.write(bytes(min(length, size - offset)))
    return copy.name


def complaint(image, folder):
    """What is wrong with the next command of an image; or None."""
    before = scan(image, folder)["verdict"]
    command = before["next"]
    if not command:
        return None
    words = shlex.split(command)
    done = subprocess.run(
        command, shell=True, cwd=folder, capture_output=True, check=False, text=True
    )
    said = f"{before['state']}: {command}: "
    if "--force" in words:
        return said + "what is forced is for a person to say"
    if words[0] == "vhdxlog":  # 1: what it shows needs a decision
        if done.returncode not in (0, 1):
            return said + f"{done.returncode}: {done.stderr.strip()[-300:]}"
        return None
    if done.returncode != 0:
        return said + f"{done.returncode}: {done.stderr.strip()[-300:]}"
    after = scan(words[-1], folder)["verdict"]
    (folder / words[-1]).unlink()
    if STATES.index(after["state"]) < STATES.index(before["state"]):
        return said + f"left {after['state']}: {after['summary']}"
    return None


def examine(recipe, cases):
    """Complaints about a recipe's image with these damages, by number."""
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder = pathlib.Path(name).resolve()
        whole = folder / "whole.vhdx"
        subprocess.run([os.environ["VHDXLOG_CORPUS"], recipe, str(whole)], check=True)
        found = []
        places = dict(PLACES)
        places["no metadata"] = metadata(scan(whole.name, folder))
        for number, (what, wiped) in enumerate(places.items()):
            if wiped is None or number not in cases:
                continue
            wrong = complaint(without(whole, wiped, folder), folder)
            if wrong:
                found.append(f"{what}: {wrong}")
        return found


def choose(recipes, some):
    """Each recipe with the damages that it is examined with."""
    every = len(PLACES) + 1
    for at, recipe in enumerate(recipes):
        cases = {k for k in range(every) if (at * every + k) % some == 0}
        if cases:
            yield recipe, cases


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--some", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("recipe", nargs="+")
    arguments = parser.parse_args()
    os.environ["PATH"] = os.pathsep.join(
        (os.path.dirname(os.environ["VHDXLOG_REPLAY"]), os.environ["PATH"])
    )
    wrong = 0
    chosen = list(choose(sorted(arguments.recipe), arguments.some))
    recipes = [recipe for recipe, _ in chosen]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for recipe, found in zip(recipes, pool.map(examine, *zip(*chosen))):
            wrong += bool(found)
            for text in found:
                print(f"{recipe}: {text:.600}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
