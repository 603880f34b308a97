#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Build every recipe of the corpus, scan it, and compare with what it expects.

    recipes.py [--update] [--keep FOLDER] [RECIPE...]
    recipes.py --coverage

Without RECIPE: all of corpus/recipes and the example of corpus/README.md. Also,
every check of the catalogue has a recipe of its name, which is about that check
and nothing else (see alone()).

--update writes what the scan says into the recipes; look at the difference
before you believe it. --keep leaves the images in FOLDER. --coverage only looks
whether every check has its recipe.

The environment says where things are: VHDXLOG, VHDXLOG_CORPUS (programs),
VHDXLOG_SRC (sources), TMPDIR. Exit status 0 all as expected, 1 not, 2 usage.
"""

import argparse
import concurrent.futures
import difflib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # leave nothing in the sources
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from validate import complaints, validator  # noqa: E402

SRC = pathlib.Path(os.environ.get("VHDXLOG_SRC", "."))
VHDXLOG = os.environ.get("VHDXLOG", str(SRC / "build/vhdxlog"))
CORPUS = os.environ.get("VHDXLOG_CORPUS", str(SRC / "build/vhdxlog-corpus"))
REPLAY = os.environ.get("VHDXLOG_REPLAY", str(SRC / "build/vhdxlog-replay"))
RECIPES = SRC / "corpus/recipes"
SLOW = os.environ.get("VHDXLOG_CHECKER") == "valgrind"
JOBS = 2
WIDTH = 80

# Checks that no image can fail: what they are about is not in the image.
NO_RECIPE = {
    "image-structure-unreadable": "a read error; see tests/fault",
    "log-sector-unreadable": "a read error; see tests/fault",
    "replay-source-unstable": "an image that changes; see tests/fault",
}

# Of "expect", what a scan does not say.
KEPT = ("readers", "consequences", "timeline")

# What makes an object unusable. Only one such check of an object fails, unless
# the recipe says under "consequences" why another one must.
STOPS = set("FCEQ")


# ------------------------------------------------------------------- printing


def dense(value):
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def spread(value, indent, deep):
    """A list or object, a member a line, each packed where it fits."""
    members = []
    inner = indent + "  "
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in pairs:
        name = f"{dense(key)}: " if isinstance(value, dict) else ""
        text = layout(member, inner, len(name), deep - 1)
        members.append(inner + name + text)
    ends = "{}" if isinstance(value, dict) else "[]"
    return ends[0] + "\n" + ",\n".join(members) + "\n" + indent + ends[1]


def layout(value, indent="", used=0, deep=1):
    """JSON as a person would write it: on one line where it fits."""
    text = dense(value)
    if not isinstance(value, (dict, list)) or not value:
        return text
    if deep <= 0 and len(indent) + used + len(text) < WIDTH:
        return text
    return spread(value, indent, deep)


# ------------------------------------------------------------------- scanning


def run(command):
    return subprocess.run(command, capture_output=True, check=False)


class Failed(Exception):
    """The recipe could not be built, or the report is no report."""


def build(path, image):
    # What all tests look at together, and nothing writes to: _evidence.sh.
    store = os.environ.get("VHDXLOG_EVIDENCE")
    if store and RECIPES in pathlib.Path(path).parents:
        made = pathlib.Path(store) / pathlib.Path(path).relative_to(RECIPES)
        pathlib.Path(image).unlink(missing_ok=True)
        pathlib.Path(image).symlink_to(made.with_suffix(".vhdx"))
        return
    done = run([CORPUS, str(path), str(image)])
    if done.returncode != 0:
        raise Failed(done.stderr.decode(errors="replace").strip())


def options(recipe, folder):
    """Of the scan; "@other/recipe" is the image of that recipe."""
    for option in recipe.get("scan_options", []):
        if option.startswith("@"):
            image = folder / (option[1:].replace("/", "-") + ".other.vhdx")
            build(RECIPES / (option[1:] + ".json"), image)
            option = str(image)
        yield option


def scan(recipe, image, schema, folder):
    command = [VHDXLOG, "scan", "-f", "json", *options(recipe, folder)]
    done = run([*command, str(image)])
    if done.returncode not in (0, 1):
        message = done.stderr.decode(errors="replace").strip()
        raise Failed(f"scan: exit status {done.returncode}: {message}")
    wrong = complaints(schema, done.stdout)
    if wrong:
        raise Failed("not by the schema: " + "; ".join(wrong[:5]))
    return done.returncode, json.loads(done.stdout)


def replay(recipe, image, schema):
    """What a dry run says of the choice that a recipe makes."""
    command = [REPLAY, "--dry-run", "-f", "json", *recipe["replay"], str(image)]
    done = run(command)
    wrong = complaints(schema, done.stdout)
    if wrong:
        raise Failed("replay: not by the schema: " + "; ".join(wrong[:5]))
    return {
        "exit": done.returncode,
        "forced": run([command[0], "--force", *command[1:]]).returncode,
        "fails": names(json.loads(done.stdout)["checks"], "fail"),
    }


def objects(report):
    """Name and list of checks of everything that is judged."""
    image = report["image"]
    yield "image", image["checks"]
    for header in image["headers"]:
        yield f"header{header['slot']}", header["checks"]
    for table in image["region_tables"]:
        yield f"region-table{table['table']}", table["checks"]
    yield "log", report["log"]["checks"]
    for kind in "entries", "sequences":
        for thing in report[kind]:
            yield thing["id"], thing["checks"]


def names(checks, status):
    return sorted(c["id"] for c in checks if c["status"] == status)


def chosen(row):
    """What a reader does, in one line: "replay E0..E4 (3)", "refuse, crash"."""
    entries = row["applied_entries"]
    words = row["outcome"]
    if len(entries) == 1:
        words += f" {entries[0]}"
    elif entries:
        words += f" {entries[0]}..{entries[-1]} ({len(entries)})"
    return words + ", crash" * row["aborts"]


def rows(report):
    """What each reader that the report models does."""
    return {row["policy"]: chosen(row) for row in report["selection"]}


def whether_applied(descriptor):
    """Of what a descriptor writes: "yes", "torn 0 2", "overwritten by E5"."""
    words = [descriptor["applied"], *map(str, descriptor["torn_pieces"])]
    if descriptor["overwritten_by"]:
        words += ["by", descriptor["overwritten_by"]]
    return " ".join(words)


def applied(report):
    """For each entry, whether what its descriptors write is on the disk."""
    return {
        entry["id"]: list(map(whether_applied, entry["descriptors"]))
        for entry in report["entries"]
    }


def shifted(report):
    """What is said of blocks that are in the wrong entry of the BAT, or null."""
    for finding in report["findings"]:
        if finding["id"] == "bat-shifted-page":
            return finding["message"].partition(": ")[2]
    return None


# What is compared where a recipe expects something of it.
ON_REQUEST = {"applied": applied, "shifted": shifted}


def seen(status, report):
    """What the scan said, in the form of a recipe's "expect"."""
    active = [s["id"] for s in report["sequences"] if s["active"]]
    verdicts = [e["verdict"] for e in report["entries"]]
    return {
        "state": report["verdict"]["state"],
        "exit": status,
        "active": active[0] if active else None,
        "entries": {v: verdicts.count(v) for v in ("valid", "stale", "invalid")},
        "orphans": len(report["orphans"]),
        "fails": {
            name: names(checks, "fail")
            for name, checks in objects(report)
            if names(checks, "fail")
        },
    }


# ------------------------------------------------------------------ comparing


def difference(expected, got):
    a = layout(expected, deep=2).splitlines()
    b = layout(got, deep=2).splitlines()
    lines = difflib.unified_diff(a, b, "expected", "scan", lineterm="", n=1)
    return "\n".join(lines)


def depends(check, on, catalogue):
    """Whether a check has another one among its prerequisites, at any depth."""
    needs = catalogue[check]["prerequisites"]
    return on in needs or any(depends(n, on, catalogue) for n in needs)


def alone(check, report, consequences, catalogue):
    """What else a check's own recipe does to the objects that fail it."""
    for name, checks in objects(report):
        if check not in names(checks, "fail"):
            continue
        for other in names(checks, "fail"):
            stops = catalogue[other]["class"] in STOPS
            if other != check and stops and other not in consequences:
                yield f"{name}: {other} fails too"
        for other in names(checks, "blocked"):
            by = {check, *consequences}
            if other not in by and not any(depends(other, b, catalogue) for b in by):
                yield f"{name}: {other} is blocked, but not by {check}"


def fails_anywhere(check, report):
    return any(check in names(checks, "fail") for _, checks in objects(report))


def who(check, report):
    """The policies that a finding names; none where it is not there."""
    where = [f["where"] for f in report["findings"] if f["id"] == check]
    return [w.removeprefix("policy:") for w in sum(where, [])]


def judge_own(
    check, expected, report, consequences, catalogue, expected_replay
):
    """What a check's own recipe must show of it."""
    if catalogue[check]["object"] == "reader":
        if expected != who(check, report):
            yield difference(expected, who(check, report))
        if not who(check, report):
            yield f"{check} is not found"
        return
    if catalogue[check]["object"] == "replay":
        if check not in expected_replay.get("fails", []):
            yield f"{check} does not stand against the replay"
        return
    if not fails_anywhere(check, report):
        yield f"{check} does not fail"
    yield from alone(check, report, consequences, catalogue)


def judge(path, recipe, got, report, catalogue):
    """Everything that is not as it should be."""
    expect = dict(recipe["expect"])
    consequences = expect.pop("consequences", {})
    expected_who = expect.pop("who", [])
    expected_rows = expect.pop("readers", None)
    expect.pop("timeline", None)  # for timeline_recipes.py
    for key in ON_REQUEST.keys() & expect.keys():
        want, is_so = expect.pop(key), ON_REQUEST[key](report)
        if want != is_so:
            yield f"{key}:\n{difference(want, is_so)}"
    if expect != got:
        yield difference(expect, got)
    if path.parent.name == "reader" and expected_rows != rows(report):
        yield difference(expected_rows, rows(report))
    if path.parent.name == "check":
        yield from judge_own(
            path.stem,
            expected_who,
            report,
            consequences,
            catalogue,
            got.get("replay", {}),
        )


def update(path, recipe, got, report):
    before = recipe.get("expect", {})
    recipe["expect"] = {
        **got,
        **{k: tell(report) for k, tell in ON_REQUEST.items() if k in before},
        **{k: before[k] for k in KEPT if k in before},
    }
    if path.parent.name == "reader":
        recipe["expect"]["readers"] = rows(report)
    if path.stem.startswith("reader-"):
        recipe["expect"]["who"] = who(path.stem, report)
    path.write_text(layout(recipe) + "\n", encoding="utf-8")


# -------------------------------------------------------------------- running


def examine(path, arguments, schemas, catalogue, folder):
    """One recipe; a text that says what is wrong, or ''."""
    recipe = json.loads(path.read_text(encoding="utf-8"))
    image = folder / (str(path.with_suffix(".vhdx")).replace("/", "-"))
    try:
        build(path, image)
        status, report = scan(recipe, image, schemas["scan"], folder)
        got = seen(status, report)
        if "replay" in recipe:
            got["replay"] = replay(recipe, image, schemas["replay"])
    except Failed as failed:
        return str(failed)
    finally:
        if not arguments.keep:
            image.unlink(missing_ok=True)
    if arguments.update:
        update(path, recipe, got, report)
    recipe.setdefault("expect", {})
    return "\n".join(judge(path, recipe, got, report, catalogue))


def explained():
    done = run([VHDXLOG, "explain", "-f", "json"])
    if done.returncode != 0:
        raise SystemExit("explain: " + done.stderr.decode(errors="replace"))
    return {c["id"]: c for c in json.loads(done.stdout)["checks"]}


def missing(catalogue):
    """Checks without a recipe, and recipes without a check."""
    there = {path.stem for path in (RECIPES / "check").glob("*.json")}
    for check in sorted(set(catalogue) - there - set(NO_RECIPE)):
        yield f"no recipe for {check}"
    for name in sorted(there - set(catalogue)):
        yield f"check/{name}.json is about no check"
    for name in sorted(set(NO_RECIPE) & there):
        yield f"{name} has a recipe, although {NO_RECIPE[name]}"


def whole(path):
    """Whether a recipe is of a whole log: some for a slow run to stand for all."""
    return path.parent.name != "check"


def example(folder):
    """The recipe that corpus/README.md shows, in a file of its own."""
    text = (SRC / "corpus/README.md").read_text(encoding="utf-8")
    path = folder / "README-example.json"
    path.write_text(text.split("```json\n")[1].split("```")[0], encoding="utf-8")
    return path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--coverage", action="store_true")
    parser.add_argument("recipes", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    catalogue = explained()
    schemas = {
        name: validator(SRC / f"reports/vhdxlog.{name}-1.schema.json")
        for name in ("scan", "replay")
    }
    if arguments.coverage:
        wrong = list(missing(catalogue))
        print("\n".join(wrong))
        return 1 if wrong else 0
    failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or pathlib.Path(temporary)
        folder.mkdir(exist_ok=True)
        paths = arguments.recipes or [
            *sorted(p for p in RECIPES.rglob("*.json") if not SLOW or whole(p)),
            example(pathlib.Path(temporary)),
        ]
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            answers = pool.map(
                lambda p: examine(p, arguments, schemas, catalogue, folder), paths
            )
            for path, wrong in zip(paths, answers):
                if wrong:
                    failed += 1
                    print(f"{path}:\n{wrong}\n")
    for wrong in [] if arguments.recipes else missing(catalogue):
        failed += 1
        print(wrong)
    print(f"{len(paths)} recipes, {failed} not as expected")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
