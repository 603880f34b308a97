#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Readers that never replay: that they ignore the log as their row says.

    readers.py [--count N] [IMAGE|RECIPE...]

Each image is read by 7-Zip and by libvhdi, as far as they are installed, and
also by qemu-img after its LogGuid was cleared and nothing replayed. A reader
that ignores the log shows the same bytes. Without names: the recipes of
tests/oracle/stale/, whose logs change what a guest sees, the 25 hostile logs
and N random ones.

Of an image of which no such third opinion can be had only counts whether a
reader opens it. Exit status 0 all as the rows say, 1 not, 77 nothing to run.
"""

import argparse
import collections
import json
import pathlib
import sys

sys.dont_write_bytecode = True  # leave nothing in the sources
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import difference  # noqa: E402
import generate  # noqa: E402
import guest  # noqa: E402
import headers  # noqa: E402
import judge  # noqa: E402
import oracle  # noqa: E402

WARNING = "non-empty LOG was not replayed"  # of 7-Zip


def without_log(image, copy):
    """A copy whose valid headers name no log; nothing else changes."""
    difference.copy(image, copy)
    with open(copy, "r+b") as file:
        for offset, slot in zip(headers.SLOTS, headers.read(image)):
            if slot.valid():
                file.seek(offset)
                file.write(headers.sealed(slot.raw, 48, headers.NO_GUID))


def disks(image, scratch):
    """What a guest sees before and after the replay by qemu-img, or None."""
    copy = pathlib.Path(scratch) / "copy.vhdx"
    without_log(image, copy)
    stale, _ = guest.qemu(str(copy))
    difference.copy(image, copy)
    judge.repair(copy, judge.HANG)
    fresh, _ = guest.qemu(str(copy))
    copy.unlink()
    return stale, fresh


def unlike(policy, row, digest, said, stale, log_length):
    """In what a row is wrong. 7-Zip is silent about a log without a length."""
    warns = row["outcome"] == "ignore" and log_length > 0
    outcome = row["outcome"]
    if outcome == "refuse":
        if digest is not None:
            yield "refuse, but it opens the image"
        return
    if digest is None:
        yield f"{outcome}, but it does not open the image: {said.strip()[-200:]}"
        return
    if stale and digest != stale:
        yield f"{outcome}, but it does not show the disk as it is without the log"
    if policy == "7-zip" and (WARNING in said) != warns:
        yield f"{outcome}, but of the log it says: {said.strip()[-200:]}"


def examine(image, scratch, tally):
    """Every complaint about one image."""
    stale, fresh = disks(image, scratch)
    current = headers.current(headers.read(image))
    length = current.log_length if current else 0
    differs = stale is not None and fresh is not None and stale != fresh
    rows = judge.reports(oracle.VHDXLOG, [image])[str(image)]["rows"]
    for policy, read, _ in guest.versions():
        if policy not in rows:
            yield f"{policy}: no row"
            continue
        row = rows[policy]
        digest, said = read(str(image))
        tally[policy, row["outcome"]] += 1
        tally[policy, "stale"] += differs and digest == stale
        for complaint in unlike(policy, row, digest, said, stale, length):
            yield f"{policy}: {complaint}"


def small(recipe):
    """The same log on a disk that is quickly read."""
    recipe["image"] = {**recipe.get("image", {}), "virtual_size": "8M"}
    return recipe


def recipes(arguments):
    for folder in ("tests/oracle/stale", "corpus/recipes/reader"):
        for path in sorted((oracle.SRC / folder).glob("*.json")):
            yield path.stem, small(json.loads(path.read_text(encoding="utf-8")))
    for seed in range(1, arguments.count + 1):
        yield f"seed {seed}", small(generate.recipe(seed))


def images(arguments, scratch):
    """(name, path) of each image, built where it has to be."""
    for path in arguments.images:
        if path.suffix != ".json":
            yield str(path), path
            continue
        yield from built(path.name, json.loads(path.read_text()), scratch)
    if not arguments.images:
        for name, recipe in recipes(arguments):
            yield from built(name, recipe, scratch)


def built(name, recipe, scratch):
    image = pathlib.Path(scratch) / "image.vhdx"
    recipe.pop("expect", None)
    oracle.build(recipe, image)
    yield name, image
    image.unlink()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("images", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    there = [f"{policy} {version}" for policy, _, version in guest.versions()]
    if not there or not judge.version():
        print("neither 7-Zip nor libvhdi, or no qemu-img")
        return 77
    tally, wrong = collections.Counter(), 0
    with oracle.scratch_folder() as scratch:
        for name, image in images(arguments, scratch):
            for complaint in examine(image, scratch, tally):
                print(f"{name}: {complaint}")
                wrong += 1
    counts = ", ".join(f"{p} {o} {n}" for (p, o), n in sorted(tally.items()))
    print(f"{'; '.join(there)}: {counts}; {wrong} disagree")
    if not tally or not all(tally[p, "stale"] for p, _, _ in guest.versions()):
        print("no image showed a reader other bytes than the replayed disk")
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
