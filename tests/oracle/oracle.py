#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Random logs: what the model says QEMU does, against the installed qemu-img.

    oracle.py [--seed S] [--count N] [--jobs J] [--keep FOLDER] [RECIPE...]

Log i of N is the one of seed S + i, so `--seed X --count 1` is log X again.
With RECIPE, a file or a folder of them: these instead. Prints each disagreement,
shrunk to the fewest entries that still disagree, and a summary of outcomes. --keep
leaves recipe and image of each disagreement in FOLDER.

The environment says where things are: VHDXLOG, VHDXLOG_CORPUS, QEMU_IMG
(programs), VHDXLOG_SRC, ORACLE_TMP (scratch; a file system in memory, if there
is one). Exit status 0 all agree, 1 not, 2 usage, 77 no qemu-img.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # leave nothing in the sources
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import generate  # noqa: E402
import judge  # noqa: E402
import shrink  # noqa: E402

SRC = pathlib.Path(os.environ.get("VHDXLOG_SRC", "."))
VHDXLOG = os.environ.get("VHDXLOG", str(SRC / "build/vhdxlog"))
CORPUS = os.environ.get("VHDXLOG_CORPUS", str(SRC / "build/vhdxlog-corpus"))
BATCH = 16  # images in one scan
SHOWN = 5  # disagreements that are shrunk and shown


def scratch_folder():
    """Where images are made: in memory, as qemu-img flushes after each page."""
    chosen = os.environ.get("ORACLE_TMP")
    if not chosen and os.access("/dev/shm", os.W_OK):
        chosen = "/dev/shm"
    return tempfile.TemporaryDirectory(prefix="vhdxlog-oracle.", dir=chosen)


def build(recipe, image):
    text = image.with_suffix(".recipe")
    text.write_text(json.dumps(recipe), encoding="utf-8")
    done = subprocess.run(
        [CORPUS, str(text), str(image)], capture_output=True, check=False
    )
    text.unlink()
    if done.returncode != 0:
        raise judge.Failed(done.stderr.decode(errors="replace").strip())


def judged(images, arguments, scratch):
    """What the model says of each image, against qemu-img."""
    reports = judge.reports(VHDXLOG, images)
    return [
        judge.judge(image, reports[str(image)], arguments.policy, scratch)
        for image in images
    ]


def examine(named, look, arguments, scratch):
    """Build some recipes and look at them: name, outcomes, complaints of each.

    look(images, arguments, scratch) gives the last two of each image.
    """
    images = {}
    answers = []
    for number, (name, recipe) in enumerate(named):
        image = pathlib.Path(scratch) / f"{os.getpid()}-{number}.vhdx"
        try:
            build(recipe, image)
            images[name] = image
        except judge.Failed as failed:
            answers.append((name, ["none"], [str(failed)]))
    seen = look(list(images.values()), arguments, scratch)
    for (name, image), (outcomes, complaints) in zip(images.items(), seen):
        answers.append((name, outcomes, complaints))
        image.unlink()
    return answers


def smallest(recipe, look, arguments, scratch):
    def disagrees(smaller):
        ((_, outcomes, complaints),) = examine(
            [("", smaller)], look, arguments, scratch
        )
        return outcomes != ["none"] and bool(complaints)

    return shrink.shrink(recipe, disagrees) if disagrees(recipe) else None


def keep(folder, name, recipe):
    """Recipe and image of a disagreement, for a look."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(recipe, indent=1) + "\n", encoding="utf-8")
    build(recipe, path.with_suffix(".vhdx"))


def show(name, recipe, look, arguments, scratch):
    """One that disagrees, with the fewest entries that still do."""
    small = smallest(recipe, look, arguments, scratch)
    if small is None:
        print("  not so when it is tried again, or not to be built")
        return
    print("  the fewest entries that still disagree:\n  " + json.dumps(small))
    if arguments.keep:
        stem = pathlib.Path(str(name)).stem
        keep(arguments.keep, stem, recipe)
        keep(arguments.keep, f"{stem}-small", small)


def files(paths):
    """Files as they are, and those of folders in their order."""
    for path in paths:
        yield from sorted(path.rglob("*.json")) if path.is_dir() else [path]


def logs(arguments):
    """(name, recipe) of each log."""
    for path in files(arguments.recipes):
        recipe = json.loads(path.read_text(encoding="utf-8"))
        recipe.pop("expect", None)
        yield str(path), recipe
    for seed in range(arguments.seed, arguments.seed + arguments.count):
        yield seed, generate.recipe(seed)


def batches(logs):
    """As many logs at a time as one scan looks at."""
    batch = []
    for log in logs:
        batch.append(log)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def parser():
    made = argparse.ArgumentParser()
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--count", type=int)
    made.add_argument("--jobs", type=int, default=os.cpu_count())
    made.add_argument("--keep", type=pathlib.Path)
    made.add_argument("--policy", default="qemu-7.2")
    made.add_argument("recipes", nargs="*", type=pathlib.Path)
    return made


def survey(look, arguments, scratch):
    """How often each outcome was seen, of how many logs, and those that disagree."""
    tally, count, wrong = collections.Counter(), 0, []
    work = list(batches(logs(arguments)))
    with concurrent.futures.ProcessPoolExecutor(arguments.jobs) as pool:
        futures = [
            pool.submit(examine, batch, look, arguments, scratch) for batch in work
        ]
        for future, batch in zip(futures, work):
            recipes = dict(batch)
            for name, outcomes, complaints in future.result():
                tally.update(outcomes)
                count += 1
                if complaints:
                    wrong.append((name, recipes[name], complaints))
    return tally, count, wrong


def listed(tally):
    return ", ".join(f"{count} {name}" for name, count in tally.most_common())


def run(look, arguments):
    """Look at all the logs, and say what was seen; the exit status."""
    version = judge.version()
    if not version:
        print("no qemu-img")
        return 77
    if arguments.count is None:
        arguments.count = 0 if arguments.recipes else 1000
    with scratch_folder() as scratch:
        tally, count, wrong = survey(look, arguments, scratch)
        for number, (name, recipe, complaints) in enumerate(wrong):
            print(f"{name}: " + "\n  ".join(complaints))
            if number < SHOWN:
                show(name, recipe, look, arguments, scratch)
    print(
        f"{count} logs against qemu-img {version}: {listed(tally)}; "
        f"{len(wrong)} disagree"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(run(judged, parser().parse_args()))
