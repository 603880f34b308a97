#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Requirements, what is asserted of them, the tests that show it, their results.

    cftt.py --check
    cftt.py RESULTS

In the manner of NIST's Computer Forensics Tool Testing. requirements.txt beside
this says which test shows what. --check: each requirement has tests that exist, and
each test has a requirement. With RESULTS, which tests/checks/run.sh leaves in the
build folder, the list is printed in Markdown.

The environment is that of tests/checks/run.sh. Exit status 0; 1 where --check
complains, or a test of the list failed or has no result.
"""

import fnmatch
import os
import pathlib
import re
import subprocess
import sys

SRC = pathlib.Path(os.environ["VHDXLOG_SRC"])
BUILD = pathlib.Path(os.environ["VHDXLOG_BUILD"])
HERE = pathlib.Path(__file__).resolve().parent
WORST = ["failed", "no result", "skipped", "passed"]


class Row:
    """A requirement: its id and text, what is asserted, globs of tests."""

    def __init__(self, head):
        self.id, _, self.text = head.partition(" ")
        self.asserts = ""
        self.globs = []

    def tests(self, every):
        """Which of all tests show it, in their order, each once."""
        return [
            t for t in every if any(fnmatch.fnmatchcase(t, g) for g in self.globs)
        ]


def read(path):
    """Pairs of the title of a part and its rows."""
    parts = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        word, _, rest = line.partition(" ")
        if not line or line.startswith("#"):
            continue
        if word == "==":
            parts.append((rest, []))
        elif re.fullmatch(r"VL-[A-Z]{2}-[0-9]{2}", word):
            parts[-1][1].append(Row(line))
        elif word == "Asserts:":
            parts[-1][1][-1].asserts = rest
        elif word == "Tests:":
            parts[-1][1][-1].globs = rest.split()
        else:
            raise SystemExit(f"{path}:{number}: what is this: {line}")
    return parts


def suites():
    """The suites of the unit tests, as the program lists them."""
    listed = subprocess.run(
        [BUILD / "unit", "--list"], capture_output=True, text=True, check=True
    )
    return re.findall(r"^(\w+): [0-9]+ tests?$", listed.stdout, re.M)


def scripts(folder):
    for path in sorted((SRC / "tests" / folder).glob("*.sh")):
        if not path.name.startswith("_") and path.stem != "run":
            yield path.stem


def all_tests():
    yield from (f"unit/{name}" for name in sorted(suites()))
    yield from (f"cli/{name}" for name in scripts("cli"))
    yield from (f"check-{name}" for name in scripts("checks"))


def complaints(parts):
    every = list(all_tests())
    rows = [row for _, part in parts for row in part]
    ids = [row.id for row in rows]
    for name in sorted({i for i in ids if ids.count(i) > 1}):
        yield f"{name} is there twice"
    for row in rows:
        if not (row.text and row.asserts):
            yield f"{row.id} says not what is required, or asserted"
        if not row.tests(every):
            yield f"{row.id}: no test shows it"
        for glob in row.globs:
            if "*" not in glob and glob not in every:
                yield f"{row.id}: there is no test {glob}"
    shown = {test for row in rows for test in row.tests(every)}
    for test in every:
        if test not in shown:
            yield f"{test} shows no requirement of tests/cftt/requirements.txt"


# ------------------------------------------------------------------ the list


def read_results(path):
    """Of each test, its result and, of one that was skipped, why."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    split = (line.split("\t", 2) for line in lines)
    return {name: (result, why) for result, name, why in split}


def result_of(tests, results):
    """The worst of them."""
    seen = {results.get(test, ("no result", ""))[0] for test in tests}
    return next(word for word in WORST if word in seen)


def plain(text):
    return text.replace("|", "\\|")


def in_words(test, results):
    result, why = results.get(test, ("no result", ""))
    if result == "passed":
        return test
    return f"{test} (**{result}**{': ' * bool(why)}{plain(why)})"


def show(parts, results):
    every = list(all_tests())
    rows = [row for _, part in parts for row in part]
    told = [result_of(row.tests(every), results) for row in rows]
    print("# What is required, and what shows it\n")
    print(
        "Made by `make cftt`, of tests/cftt/requirements.txt and the last whole "
        "`make check`. The result of a requirement is the worst of its tests."
    )
    counts = ", ".join(f"{told.count(w)} {w}" for w in reversed(WORST) if w in told)
    print(f"\n**{len(rows)} requirements: {counts}.**")
    for title, part in parts:
        print(f"\n## {title}\n")
        print("| id | requirement | assertion | tests | result |")
        print("|---|---|---|---|---|")
        for row in part:
            tests = row.tests(every)
            cells = [row.id, plain(row.text), plain(row.asserts)]
            cells.append(", ".join(in_words(test, results) for test in tests))
            cells.append(result_of(tests, results))
            print(f"| {' | '.join(cells)} |")
    return not {"failed", "no result"} & set(told)


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    parts = read(HERE / "requirements.txt")
    if sys.argv[1] != "--check":
        return 0 if show(parts, read_results(pathlib.Path(sys.argv[1]))) else 1
    wrong = list(complaints(parts))
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
