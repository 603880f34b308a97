#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Build each recipe that expects a timeline, and compare it with what is told.

    timeline_recipes.py [--keep FOLDER] [RECIPE...]

Without RECIPE: all of the corpus whose "expect" has a "timeline". Of each event
the members that the recipe names are compared; what an entry begins or makes of
the file's length is left out.

The environment says where things are: VHDXLOG, VHDXLOG_CORPUS (programs),
VHDXLOG_SRC (sources), TMPDIR. Exit status 0 all as expected, 1 not, 2 usage.
"""

import argparse
import json
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True  # leave nothing in the sources
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import recipes  # noqa: E402

UNITS = {"K": 10, "M": 20, "G": 30, "T": 40}
LEFT_OUT = ("log-started", "file-grew", "file-shrank")
NUMBERS = (
    *("index", "block", "moved_to", "file_offset", "length"),
    *("virtual_offset", "virtual_length"),
)


def number(text):
    """A number of a recipe: "4G+512"."""
    if not isinstance(text, str):
        return text
    total = 0
    for part in text.split("+"):
        shift = UNITS.get(part[-1], 0)
        total += int(part.rstrip("KMGT"), 0) << shift
    return total


def plain(event):
    """An event with its numbers as numbers, and its target's members."""
    event = {**(event.get("target") or {}), **event}
    return {k: number(v) if k in NUMBERS else v for k, v in event.items()}


def events(image):
    done = recipes.run([recipes.VHDXLOG, "timeline", "-f", "json", str(image)])
    if done.returncode != 0:
        message = done.stderr.decode(errors="replace").strip()
        raise recipes.Failed(f"timeline: exit status {done.returncode}: {message}")
    for event in json.loads(done.stdout)["events"]:
        if event["event"] not in LEFT_OUT:
            yield plain(event)


def wrong(expected, image):
    """What is told otherwise, as a difference; '' where nothing is."""
    expected = [plain(event) for event in expected]
    got = list(events(image))
    for i, event in enumerate(got):  # what the recipe has no opinion on
        names = expected[i] if i < len(expected) else ("entry", "event", "message")
        got[i] = {k: event.get(k) for k in names}
    return recipes.difference(expected, got)


def examine(path, folder):
    recipe = json.loads(path.read_text(encoding="utf-8"))
    image = folder / (path.stem + ".vhdx")
    try:
        recipes.build(path, image)
        return wrong(recipe["expect"]["timeline"], image)
    except recipes.Failed as failed:
        return str(failed)


def with_timeline():
    for path in sorted(recipes.RECIPES.rglob("*.json")):
        recipe = json.loads(path.read_text(encoding="utf-8"))
        if "timeline" in recipe.get("expect", {}):
            yield path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("recipes", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    failed = 0
    paths = arguments.recipes or list(with_timeline())
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or pathlib.Path(temporary)
        folder.mkdir(exist_ok=True)
        for path in paths:
            text = examine(path, folder)
            if text:
                failed += 1
                print(f"{path}:\n{text}\n")
    print(f"{len(paths)} recipes, {failed} not as expected")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
