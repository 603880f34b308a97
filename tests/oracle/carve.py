#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Dumps with ten images in them: what carve finds, against what was put there.

    carve.py [--seed S] [--count N] [--size GIB] [--noisy] [--keep FOLDER]
    carve.py [--seed S] [--size GIB] [--noisy] --make FILE

Dump i of N is made from seed S + i: a sparse file with seven whole images and three
pieces that lie over one another, at random multiples of 512. What is in them is read
by carve_truth.py, which knows nothing of the program. All that is left of it has to
be found and nothing else; and each whole image, scanned in the dump by the command
that carve gives, has to be what a scan of the image by itself says. --keep leaves
dumps of disagreements in FOLDER. With --noisy all else is random bytes, not holes.
--make leaves the first dump in FILE and looks at nothing.

The environment says where things are: VHDXLOG, VHDXLOG_CORPUS (programs),
VHDXLOG_IMAGES (images of other programs; may be empty), ORACLE_TMP (scratch). Exit
status 0 all agree, 1 not, 2 usage, 77 no qemu-io.
"""

import argparse
import collections
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # leave nothing in the sources
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import carve_dump  # noqa: E402
import carve_pool  # noqa: E402
import headers  # noqa: E402
from generate import Dice  # noqa: E402

VHDXLOG = os.environ.get("VHDXLOG", str(carve_pool.SRC / "build/vhdxlog"))
KINDS = {"identifier", "header", "region-table", "metadata", "entry"}
SHOWN = 12  # complaints of one dump


def report(command):
    """A JSON report; None where there is none."""
    done = subprocess.run(command, capture_output=True, check=False)
    return json.loads(done.stdout) if done.stdout else None


def guid_text(raw):
    one = raw[3::-1].hex(), raw[5:3:-1].hex(), raw[7:5:-1].hex(), raw[8:10].hex()
    return "-".join((*one, raw[10:].hex()))


class Found:
    """The items of a report."""

    def __init__(self, dump):
        self.report = report([VHDXLOG, "carve", "-f", "json", str(dump)])
        self.by_kind = collections.defaultdict(list)
        for item in self.report["items"]:
            for key in ("offset", "length", "base", "log_offset"):
                item[key] = None if item[key] is None else int(item[key])
            self.by_kind[item["kind"]].append(item)

    def at(self, kind, offset):
        return [each for each in self.by_kind[kind] if each["offset"] == offset]


class Judge:
    """One dump: what was put there, what was found, and what is wrong with it."""

    def __init__(self, dump, pieces):
        self.dump, self.pieces = dump, pieces
        self.found = Found(dump)
        self.complaints = []
        self.alone = None  # an image by itself, as long as the dump has it

    def complain(self, text):
        self.complaints.append(text)

    # ------------------------------------------------------------- structures

    def look_for(self, piece, structure):
        at = piece.base + structure.offset
        items = self.found.at(structure.kind, at)
        # Of one that wraps the ring must be known to put it together.
        known = any(each.kind == "header" for each in piece.left())
        if structure.inside or structure.odd or (structure.wraps and not known):
            return
        if not any(item["sound"] for item in items):
            self.complain(f"{structure.kind} of {name(piece)} at {at:#x}: not found")
        elif structure.kind == "entry":
            self.look_at_entry(piece, structure, items[0])

    def look_at_entry(self, piece, entry, item):
        want = str(entry.number), guid_text(entry.guid)
        got = item["sequence_number"], item["guid"] or guid_text(headers.NO_GUID)
        if want != got:
            self.complain(f"entry of {name(piece)}: {got}, should be {want}")

    def real(self):
        """Where something sound is; and where something begins like it."""
        sound, likely = set(), set()
        for piece in self.pieces:
            sound |= {(s.kind, piece.base + s.offset) for s in piece.left()}
            likely |= {piece.base + offset for offset in piece.image.likely}
        return sound, likely

    def look_at_structures(self):
        for piece in self.pieces:
            for structure in piece.left():
                self.look_for(piece, structure)
        sound, likely = self.real()
        for kind in KINDS:
            for item in self.found.by_kind[kind]:
                at = item["offset"]
                if item["sound"] and (kind, at) not in sound:
                    self.complain(f"{kind} at {at:#x}: there is none")
                elif not item["sound"] and at not in likely:
                    self.complain(f"unsound {kind} at {at:#x}: nothing like it is there")

    # ------------------------------------------------------------------ images

    def look_at_images(self):
        bases = collections.Counter()
        for item in self.found.by_kind["image"]:
            bases[item["base"]] += 1
            if item["base"] is None:
                continue
            self.look_at_command(item)
            if not any(piece.base == item["base"] for piece in self.pieces):
                self.complain(f"image at {item['base']:#x}: there is none")
        for piece in self.pieces:
            count = bases[piece.base]
            if count > 1:
                self.complain(f"{name(piece)}: {count} images")
            if not count and self.is_telling(piece):
                self.complain(f"{name(piece)} is not found")

    def look_at_command(self, item):
        """What says nothing of the log, which the scan finds by more than carve has."""
        words = shlex.split(item["next"] or "")
        want = ["--offset", str(item["base"])] if item["base"] else []
        if words[:-1] != ["vhdxlog", "scan", *want]:
            self.complain(f"image at {item['base']:#x}: {item['next']}")

    @staticmethod
    def is_telling(piece):
        """Whether enough of it is left to say that an image is there."""
        kinds = {each.kind for each in piece.left()}
        return "header" in kinds and len(kinds - {"entry"}) > 1

    # -------------------------------------------------------------------- logs

    def look_at_logs(self):
        owners = collections.Counter()
        for piece in self.pieces:
            owners.update(self.look_for_log(piece))
        for item in self.found.by_kind["log"]:
            if not owners[item["number"]]:
                self.complain(f"log at {item['offset']:#x}: there is none")

    def look_for_log(self, piece):
        """The numbers of logs that may be its own."""
        start, end = (piece.base + place for place in piece.image.log)
        own = [
            item
            for item in self.found.by_kind["log"]
            if item["offset"] < end and item["offset"] + item["length"] > start
        ]
        entries = [e for e in piece.left() if e.kind == "entry" and not e.odd]
        for entry in entries:
            at = piece.base + entry.offset
            if not any(log_holds(item, at) for item in own):
                self.complain(f"{name(piece)}: the entry at {at:#x} is in no log")
        for item in own:
            if item["base"] is not None and item["base"] != start and piece.whole:
                self.complain(f"{name(piece)}: its log is at {item['base']:#x}?")
        return {item["number"] for item in own}

    # -------------------------------------------------------------------- scans

    def look_at_scans(self):
        for piece in self.pieces:
            if not piece.whole:
                continue
            self.alone = piece.alone(self.dump)
            for item in self.found.by_kind["image"]:
                if item["base"] == piece.base:
                    self.compare_scans(piece, item["next"])
            self.alone.unlink()

    def compare_scans(self, piece, command):
        words = shlex.split(command or "")
        if words[:2] != ["vhdxlog", "scan"]:
            self.complain(f"{name(piece)}: no command to scan it: {command}")
            return
        options = ["-f", "json", "--no-hash"]
        there = report([VHDXLOG, "scan", *options, *words[2:]])
        alone = report([VHDXLOG, "scan", *options, str(self.alone)])
        for key in sorted(alone):
            if alike(key, alone) != alike(key, there):
                self.complain(
                    f"{name(piece)}: {command}: {key} differs: "
                    f"{first_difference(alike(key, alone), alike(key, there))}"
                )

    def judge(self):
        if not self.found.report["done"]:
            self.complain("the pass is not done")
        self.look_at_structures()
        self.look_at_images()
        self.look_at_logs()
        self.look_at_scans()
        return self.complaints


def name(piece):
    kind = "" if piece.whole else f"[{piece.start:#x}, {piece.end:#x}) of "
    return f"{kind}{pathlib.Path(piece.image.path).name} at {piece.at:#x}"


def log_holds(item, at):
    start = item["offset"] if item["base"] is None else min(item["base"], item["offset"])
    return start <= at < item["offset"] + item["length"]


# ----------------------------------------------------------- comparing two scans

# What says where the file is. The image by itself is made as long as the dump is
# behind its start, so that nothing else differs.
PLACE = {"path", "next"}


def alike(key, whole):
    """A part of a report, without what two files with one image differ in."""
    return whole[key]["size"] if key == "source" else without(whole[key])


def without(value):
    if isinstance(value, list):
        return [without(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: without(each) for key, each in value.items() if key not in PLACE}


def first_difference(one, other, path=""):
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():
            if one.get(key) != other.get(key):
                return first_difference(one.get(key), other.get(key), f"{path}.{key}")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for i, (a, b) in enumerate(zip(one, other)):
            if a != b:
                return first_difference(a, b, f"{path}[{i}]")
    return f"{path} {json.dumps(one)[:200]} is {json.dumps(other)[:200]}"


# --------------------------------------------------------------------- the runs


def make(dump, seed, images, asked):
    size = int(asked.size * (1 << 30))
    pieces = carve_dump.pieces(Dice(seed), images, size)
    carve_dump.write(dump, pieces, size, asked.noisy)
    return pieces


def run(seed, images, folder, asked):
    dump = folder / f"dump-{seed}.raw"
    return dump, Judge(dump, make(dump, seed, images, asked)).judge()


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--size", type=float, default=4)
    parser.add_argument("--noisy", action="store_true")
    parser.add_argument("--make", type=pathlib.Path)
    parser.add_argument("--pool", type=int, default=24)
    parser.add_argument("--keep", type=pathlib.Path)
    return parser.parse_args()


def main():
    asked = arguments()
    failed = 0
    with tempfile.TemporaryDirectory(dir=os.environ.get("ORACLE_TMP")) as scratch:
        folder = pathlib.Path(scratch)
        try:
            images = carve_pool.images(folder, asked.seed, asked.pool)
        except FileNotFoundError as why:
            print(why)
            return 77
        if asked.make:
            make(asked.make, asked.seed, images, asked)
            return 0
        for seed in range(asked.seed, asked.seed + asked.count):
            dump, complaints = run(seed, images, folder, asked)
            failed += bool(complaints)
            for text in complaints[:SHOWN]:
                print(f"seed {seed}: {text}")
            if len(complaints) > SHOWN:
                print(f"seed {seed}: {len(complaints) - SHOWN} more")
            if complaints and asked.keep:
                shutil.copy(dump, asked.keep)
            dump.unlink()
    print(f"{asked.count} dumps of {len(images)} images, {failed} wrong")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
