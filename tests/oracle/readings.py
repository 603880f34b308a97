#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Readers that cannot be run here: their rows against a second restatement.

    readings.py [--seed S] [--count N] [--jobs J] [--policy NAME]... [RECIPE...]

reading_models.py says once more, plainly, what each does. The rows have to agree
in outcome, in the entries chosen and applied, in the result and in the file's
length. Log i of N is the one of seed S + i (generate.py), so
`--seed X --count 1` is log X again. With RECIPE: these instead, and what they
expect of these readers has to be what the restatement says.

The environment says where things are: VHDXLOG, VHDXLOG_CORPUS (programs),
VHDXLOG_SRC, ORACLE_TMP (scratch). Exit status 0 all agree, 1 not, 2 usage.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True  # leave nothing in the sources
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import generate  # noqa: E402
import headers  # noqa: E402
import judge  # noqa: E402
import oracle  # noqa: E402
import reading_models  # noqa: E402
import replayed  # noqa: E402
from reading_logs import Image, sealed  # noqa: E402

SHOWN = 40  # disagreements


def rows(images, policies):
    """The rows of some policies of each image: {path: {policy: row}}."""
    asked = [word for policy in policies for word in ("--policy", policy)]
    command = [oracle.VHDXLOG, "scan", "-f", "jsonl", *asked, *map(str, images)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode not in (0, 1, 3):
        message = done.stderr.decode(errors="replace").strip()
        raise judge.Failed(f"scan: exit status {done.returncode}: {message}")
    found = {str(image): {} for image in images}
    for line in done.stdout.splitlines():
        record = json.loads(line)
        if record["type"] == "selection":
            found[record["path"]][record["policy"]] = record
    return found


def names(entries):
    return [f"E{entry.sector}" for entry in entries]


def log_area(image):
    """Where the log is, for what counts as a difference."""
    slot = headers.current(image.slots)
    slot = slot or reading_models.newest(image.slots, sealed)
    if slot is None:
        return (0, 0)
    return (slot.log_offset, slot.log_offset + slot.log_length)


def said(answer, image):
    """An answer in the form of a row."""
    row = {
        "outcome": answer.outcome,
        "aborts": answer.aborts,
        "entries": names(answer.chosen),
        "applied_entries": names(answer.applied),
    }
    if answer.applied:
        entries, log = answer.applied, log_area(image)
        row["result"] = replayed.result(image.fd, entries, answer.zeroes_first, log)
        length = replayed.length_after(image.fd, entries, answer.last)
        row["result_length"] = str(length)
    return row


def unlike(policy, answer, row, image):
    """In what a row is wrong, both sides of it."""
    if row is None:
        return f"{policy}: no row"
    restated = said(answer, image)
    wrong = [key for key, value in restated.items() if row[key] != value]
    if not wrong:
        return None
    pairs = [f"{key} {row[key]}, restated {restated[key]}" for key in wrong]
    return f"{policy}: " + "; ".join(pairs)


def outline(answer):
    """As a recipe expects it."""
    entries = names(answer.applied)
    words = answer.outcome
    if len(entries) == 1:
        words += f" {entries[0]}"
    elif entries:
        words += f" {entries[0]}..{entries[-1]} ({len(entries)})"
    return words + ", crash" * answer.aborts


def compare(path, found, expected, tally):
    """Complaints about one image, of every policy."""
    with open(path, "rb") as file:
        image = Image(file.fileno())
        for policy, row in found.items():
            answer = reading_models.ask(policy, image)
            if answer.limit:
                tally[policy, f"limit: {answer.limit}"] += 1
                continue
            tally[policy, answer.outcome] += 1
            wrong = unlike(policy, answer, row, image)
            if wrong:
                yield wrong
            want = expected.get(policy, outline(answer))
            if want != outline(answer):
                yield f"{policy}: expected {want}, restated {outline(answer)}"


def examine(named, policies, scratch):
    """Build, scan and compare some recipes: complaints by name, and a tally."""
    images, wrong, tally = {}, [], collections.Counter()
    for number, (name, recipe) in enumerate(named):
        image = pathlib.Path(scratch) / f"{os.getpid()}-{number}.vhdx"
        expected = recipe.get("expect", {}).get("readers", {})
        oracle.build({k: v for k, v in recipe.items() if k != "expect"}, image)
        images[str(image)] = name, expected
    for image, found in rows(images, policies).items():
        name, expected = images[image]
        missing = dict.fromkeys(policies) | found
        for complaint in compare(image, missing, expected, tally):
            wrong.append((name, complaint))
        os.unlink(image)
    return wrong, tally


def logs(arguments):
    """(name, recipe) of each log."""
    for path in arguments.recipes:
        yield path.stem, json.loads(path.read_text(encoding="utf-8"))
    for seed in range(arguments.seed, arguments.seed + arguments.count):
        yield f"seed {seed}", generate.recipe(seed)


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--policy", action="append", choices=reading_models.MODELS)
    parser.add_argument("recipes", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.policy = arguments.policy or list(reading_models.MODELS)
    return arguments


def show(tally):
    """How often each answer was given, by policy."""
    for policy in reading_models.MODELS:
        counts = {what: n for (name, what), n in tally.items() if name == policy}
        if counts:
            parts = [f"{n} {what}" for what, n in sorted(counts.items())]
            print(f"{policy}: " + ", ".join(parts))


def main():
    arguments = parse()
    wrong, tally = [], collections.Counter()
    with oracle.scratch_folder() as scratch:
        with concurrent.futures.ProcessPoolExecutor(arguments.jobs) as pool:
            futures = [
                pool.submit(examine, batch, arguments.policy, scratch)
                for batch in oracle.batches(logs(arguments))
            ]
            for future in futures:
                more, counts = future.result()
                wrong += more
                tally += counts
    for name, complaint in wrong[:SHOWN]:
        print(f"{name}: {complaint}")
    show(tally)
    print(f"{sum(tally.values())} answers; {len(wrong)} disagree")
    return 1 if wrong or not tally else 0


if __name__ == "__main__":
    sys.exit(main())
