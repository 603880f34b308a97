#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The tables of corpus/recipes/reader/README.md, from the recipes.

    hostile_tables.py [--update]

Each recipe has a section of its name there: what the log is, in the recipe's
words; what goes wrong with it, which is written by hand; and who does what, in
a table. Without --update: whether the first and the last are as the recipes say.
Exit status 0 they are, 1 not.
"""

import difflib
import json
import os
import pathlib
import sys
import textwrap

SRC = pathlib.Path(os.environ.get("VHDXLOG_SRC", "."))
FOLDER = SRC / "corpus/recipes/reader"
README = FOLDER / "README.md"
WIDTH = 84

# What never replays does the same with every log; README.md says so once.
ALWAYS = {
    **dict.fromkeys(
        "libvhdi dissect go-vhdx ccl-vhdx cloud-hypervisor aaru 7-zip".split(),
        "ignore",
    ),
    "virtualbox": "refuse",
}


def quote(text):
    """A paragraph of README.md that stands for the recipe's own words."""
    lines = textwrap.wrap(text, WIDTH - 2, break_on_hyphens=False)
    return "\n".join("> " + line for line in lines)


def table(readers):
    """Who does what; those that do the same in one line, in their order."""
    groups = {}
    for name, words in readers.items():
        if ALWAYS.get(name) != words:
            groups.setdefault(words, []).append(name)
    lines = [f"| {words} | {', '.join(names)} |" for words, names in groups.items()]
    return "\n".join(["| does | readers |", "|---|---|", *lines])


def by_hand(section):
    """The lines of a section that are neither quoted nor a table."""
    lines = [line for line in section.splitlines() if line[:1] not in (">", "|")]
    return "\n".join(lines).strip()


def made(name, section):
    recipe = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    parts = [quote(recipe["about"]), by_hand(section)]
    parts.append(table(recipe["expect"]["readers"]))
    return "\n\n".join(part for part in parts if part)


def remade(text):
    """README.md as it should be, and what it has to say of too many or few logs."""
    start, end = text.index("## The logs\n"), text.index("## Licence\n")
    sections = {}
    for section in text[start:end].split("\n### ")[1:]:
        name, _, rest = section.partition("\n")
        sections[name] = rest
    recipes = sorted(path.stem for path in FOLDER.glob("*.json"))
    if list(sections) != recipes:
        odd = sorted(set(sections) ^ set(recipes)) or ["their order"]
        raise SystemExit(f"{README}: sections and recipes differ: {', '.join(odd)}")
    logs = [f"### {name}\n\n{made(name, sections[name])}\n" for name in recipes]
    return text[:start] + "\n".join(["## The logs\n", *logs]) + "\n" + text[end:]


def main():
    before = README.read_text(encoding="utf-8")
    after = remade(before)
    if sys.argv[1:] == ["--update"]:
        README.write_text(after, encoding="utf-8")
        return 0
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), "README.md", "recipes", lineterm=""
    )
    print("\n".join(lines))
    return 0 if before == after else 1


if __name__ == "__main__":
    sys.exit(main())
