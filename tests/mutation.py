#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Make each check of the catalogue always pass, and see that a test notices.

    mutation.py [--quick] [--table FILE] [CHECK...]

The programs in BUILD/mutation are the product's own objects with one check blinded
(tests/mutation/blind.c). The tests likeliest to notice are asked first: the recipe
of the check's name, other recipes that expect it to fail, unit tests and scripts
that speak of it, and where none of those does, all unit tests and all scripts. A
test counts only if it passes with nothing blinded.

Looks for two tests that notice, the second only among those that speak of the
check. --quick: recipes of the check's name alone, of checks that have one. --table
writes what noticed what, with the score.

The environment is that of tests/checks/run.sh. Exit status 0 each check is missed
by a test, 1 not, 2 usage.
"""

import argparse
import concurrent.futures
import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # leave nothing in the sources
SRC = pathlib.Path(os.environ["VHDXLOG_SRC"])
BUILD = pathlib.Path(os.environ["VHDXLOG_BUILD"])
BLINDED = BUILD / "mutation"
# Before recipes.py takes them over.
os.environ["VHDXLOG"] = str(BLINDED / "vhdxlog")
os.environ["VHDXLOG_REPLAY"] = str(BLINDED / "vhdxlog-replay")
sys.path.insert(0, str(SRC / "tests"))
import recipes  # noqa: E402
from validate import validator  # noqa: E402

JOBS = 2
WANTED = 2
SECONDS = 600
ASKS_RECIPES = argparse.Namespace(keep=None, update=False)


@functools.cache
def catalogue():
    os.environ.pop("VHDXLOG_BLIND", None)
    return recipes.explained()


@functools.cache
def schemas():
    return {
        name: validator(SRC / f"reports/vhdxlog.{name}-1.schema.json")
        for name in ("scan", "replay")
    }


@functools.cache
def expectations():
    """Of each recipe, the checks that it expects to fail."""
    all_of = {}
    for path in sorted(recipes.RECIPES.rglob("*.json")):
        expect = json.loads(path.read_text(encoding="utf-8")).get("expect", {})
        fails = [*expect.get("fails", {}).values()]
        fails.append(expect.get("replay", {}).get("fails", []))
        all_of[path] = set(sum(fails, []))
    return all_of


# ------------------------------------------------------------- tests to ask
# Each is a name and a function of a folder that says whether it fails.


def blinded(check):
    """The environment with check blinded; with none, where it is ''."""
    return {**os.environ, "VHDXLOG_BLIND": check}


def recipe_fails(path, check, folder):
    """What it says must be about the check, or that the scan died of it: an image
    that cannot be built proves nothing."""
    explanations = catalogue()
    os.environ["VHDXLOG_BLIND"] = check
    try:
        wrong = recipes.examine(path, ASKS_RECIPES, schemas(), explanations, folder)
    finally:
        os.environ["VHDXLOG_BLIND"] = ""
    return check in wrong or wrong.startswith("scan: exit status -")


def fails(command, check, folder):
    with tempfile.TemporaryDirectory(dir=folder) as own:
        try:
            done = subprocess.run(
                command,
                cwd=own,
                env={**blinded(check), "TMPDIR": own, "HOME": own},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return True
    return done.returncode not in (0, 77)


@functools.cache
def passes_unblinded(command, folder):
    return not fails(command, "", folder)


def command_fails(command, check, folder):
    return fails(command, check, folder) and passes_unblinded(command, folder)


def recipe_test(path):
    name = path.relative_to(recipes.RECIPES).with_suffix("")
    return f"recipes: {name}", functools.partial(recipe_fails, path)


def unit_test(suite):
    command = (str(BLINDED / "unit"), "--jobs", "1", "--filter", suite + "/*")
    return f"unit/{suite}", functools.partial(command_fails, command)


def script_test(path):
    command = ("bash", str(path))
    return f"cli/{path.stem}", functools.partial(command_fails, command)


@functools.cache
def texts(pattern):
    return {
        path: path.read_text(encoding="utf-8")
        for path in sorted((SRC / "tests").glob(pattern))
        if not path.name.startswith(("_", "mutation", "recipes"))
    }


def suites_of(text):
    return sorted(set(re.findall(r"^Test\((\w+),", text, re.M)))


def speaks_of(text, check):
    token = "VLC_" + check.replace("-", "_")
    return re.search(rf"\b{token}\b|(?<![\w-]){check}(?![\w-])", text)


def own_recipe(check):
    path = recipes.RECIPES / "check" / f"{check}.json"
    return [recipe_test(path)] if path.exists() else []


def near(check):
    """The tests that speak of a check, its own recipe apart."""
    own = recipes.RECIPES / "check" / f"{check}.json"
    for path, expected in expectations().items():
        if check in expected and path != own:
            yield recipe_test(path)
    for text in texts("unit/*.c").values():
        if speaks_of(text, check):
            yield from map(unit_test, suites_of(text))
    for path, text in texts("cli/*.sh").items():
        if speaks_of(text, check):
            yield script_test(path)


def far(check):
    """All the others."""
    told = {name for name, _ in near(check)}
    suites = {s for text in texts("unit/*.c").values() for s in suites_of(text)}
    every = [*map(unit_test, sorted(suites)), *map(script_test, texts("cli/*.sh"))]
    return (test for test in every if test[0] not in told)


# ------------------------------------------------------------------ looking


def look(check, quick, folder):
    """The names of tests that fail with a check blinded."""
    found = []
    rounds = [own_recipe] if quick else [own_recipe, near, far]
    for tests in rounds:
        if tests is far and found:
            break
        for name, test in tests(check):
            if len(found) < WANTED and test(check, folder):
                found.append(name)
    return check, found


def own_folder(folder, check):
    """Recipes of two checks may build the same parent: not in each other's way."""
    own = pathlib.Path(folder) / check
    own.mkdir()
    return own


def look_at_all(checks, quick):
    with tempfile.TemporaryDirectory() as folder:
        with concurrent.futures.ProcessPoolExecutor(JOBS) as pool:
            tasks = [
                pool.submit(look, check, quick, own_folder(folder, check))
                for check in checks
            ]
            for task in tasks:
                yield task.result()


TABLE = """# What notices a check that always passes

Made by `make mutation`: each check of the catalogue in turn is made to pass,
whatever it sees, and tests are run until one fails that passes otherwise; then
those that speak of the check, for a second one. The score is of checks that at
least one test misses.

**{score} of {count}**; of these {twice} are missed by a second test too.

| check | missed by | and by |
|---|---|---|
"""


def table(noticed):
    lines = TABLE.format(
        score=sum(map(bool, noticed.values())),
        twice=sum(len(found) > 1 for found in noticed.values()),
        count=len(noticed),
    )
    for check, found in noticed.items():
        first, second = [*found, "", ""][:2]
        lines += f"| {check} | {first or '**nothing**'} | {second} |\n"
    return lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--table", type=pathlib.Path)
    parser.add_argument("checks", nargs="*")
    arguments = parser.parse_args()
    checks = arguments.checks or list(catalogue())
    unknown = set(checks) - set(catalogue())
    if unknown:
        parser.error("no such check: " + ", ".join(sorted(unknown)))
    if arguments.quick:
        checks = [c for c in checks if own_recipe(c)]
    noticed = {}
    for check, found in look_at_all(checks, arguments.quick):
        noticed[check] = found
        if not arguments.quick:
            print(f"{check}: {', '.join(found) or 'NOTHING'}", flush=True)
        if not found:
            print(f"{check}: no test fails when it always passes")
    missed = sum(map(bool, noticed.values()))
    print(f"{missed} of {len(noticed)} checks are missed by a test")
    if arguments.table:
        arguments.table.write_text(table(noticed), encoding="utf-8")
    return 0 if missed == len(noticed) else 1


if __name__ == "__main__":
    sys.exit(main())
