#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Images whose structures are overwritten: what is found all the same, and mended.

    damage.py [--seed S] [--count N] [--crashes PERCENT] [--some N] [--real FOLDER]
              [--jobs J] [--keep FOLDER]

Image i of N is random work of qemu-io of seed S + i, some of them as a crash would
have left them; --real adds the images (*.vhdx.gz) of a folder. Each loses header 1,
header 2, both, region table 1, 2, both, or its first MiB, to zeroes, to random bytes
and to the same place of another image (--some: so many of these 21 at random). A
scan has to find the log and all that it holds as before, and say what it assumed; of
the LogGuid what can be told. What vhdxlog-replay mends has to pass qemu-img check and
to read as the image did, once replayed.

The environment says where things are: VHDXLOG, VHDXLOG_REPLAY (programs), ORACLE_TMP
(scratch). --keep leaves what is told wrong in FOLDER. Exit status 0 all is right, 1
not, 2 usage, 77 no qemu-img or no qemu-io.
"""

import argparse
import collections
import concurrent.futures
import gzip
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True  # leave nothing in the sources
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import difference  # noqa: E402
import headers  # noqa: E402
import judge  # noqa: E402
import oracle  # noqa: E402
import program  # noqa: E402
import timeline  # noqa: E402
from generate import MIB, Dice  # noqa: E402

PARTS = {
    "header 1": (0x10000, 0x20000),
    "header 2": (0x20000, 0x30000),
    "headers": (0x10000, 0x30000),
    "region table 1": (0x30000, 0x40000),
    "region table 2": (0x40000, 0x50000),
    "region tables": (0x30000, 0x50000),
    "first MiB": (0, MIB),
}
CONTENTS = ("zeroes", "random", "foreign")
LATE = 1 << 33  # so that the choices differ from those of the work itself
# What says that a header with a right checksum is not to be believed.
DOUBTS = {"header-foreign", "header-log-misplaced", "log-unapplied"}


def run(*command):
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    return done.returncode, (done.stdout + done.stderr).strip()


def scan(image, *options):
    command = [oracle.VHDXLOG, "scan", "-f", "json", "--no-hash", *options, str(image)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise judge.Failed(f"scan: {done.stderr.decode(errors='replace').strip()}")
    return json.loads(done.stdout)


# --------------------------------------------------------------------- images


class Image:
    """An image as it was, and what a guest has to see of it."""

    def __init__(self, path):
        self.path = path
        self.report = scan(path)
        self.guest = path.with_suffix(".guest")
        difference.copy(path, self.guest)
        if self.is_dirty():
            judge.check(self.guest, judge.ENOUGH, "-r", "all")

    def is_dirty(self):
        return self.report["verdict"]["state"].startswith("dirty")

    def waits(self):
        """Whether a replay changes anything."""
        return self.report["verdict"]["state"] in ("dirty", "dirty-ambiguous")

    def remove(self):
        self.path.unlink(missing_ok=True)
        self.guest.unlink(missing_ok=True)


def worked(seed, crashes, folder):
    """An image of qemu-io's, at its end or in the middle of a write."""
    work = timeline.Work(seed, folder)
    dice = Dice(seed + LATE)
    path = folder / f"{seed}-work.vhdx"
    if work.entries and dice.chance(crashes):
        step = dice.one_of(work.entries).step + dice.between(1, 2)
        work.crashed(min(step, len(work.writes)), path)
    else:
        difference.copy(work.image, path)
    work.remove()
    return Image(path)


def unpacked(packed, folder):
    path = folder / packed.name.removesuffix(".gz")
    with gzip.open(packed) as source, open(path, "wb") as target:
        shutil.copyfileobj(source, target, MIB)
    return Image(path)


OTHERS = (  # that an image may get the first MiB of: the usual layout, and another
    ("block_size=8M,log_size=3M", "3G"),
    ("block_size=1M", "64M"),
    ("log_size=64M,block_size=8M", "1G"),  # all else lies behind the end of most
)


def foreign(dice, folder, real):
    """The first MiB of another image, of qemu-img's making or of a folder's."""
    choices = list(OTHERS) + (sorted(real.glob("*.vhdx.gz")) if real else [])
    chosen = dice.one_of(choices)
    if isinstance(chosen, pathlib.Path):
        with gzip.open(chosen) as file:
            return file.read(MIB)
    options, size = chosen
    path = folder / f"foreign-{os.getpid()}"
    create = ["qemu-img", "create", "-q", "-f", "vhdx", "-o", options]
    subprocess.run([*create, str(path), size], check=True)
    with open(path, "rb") as file:
        return file.read(MIB)


def damaged(image, part, content, dice, folder, real):
    """A copy with some of it overwritten."""
    begin, end = PARTS[part]
    if content == "zeroes":
        filler = bytes(end - begin)
    elif content == "random":
        filler = b"".join(
            dice.below(1 << 64).to_bytes(8, "little") for _ in range((end - begin) // 8)
        )
    else:
        filler = foreign(dice, folder, real)[begin:end]
    path = image.path.with_suffix(f".{part}-{content}".replace(" ", "-"))
    difference.copy(image.path, path)
    with open(path, "r+b") as file:
        file.seek(begin)
        file.write(filler)
    return path


# ----------------------------------------------------------------- what is found


def entries(report):
    """What does not depend on which LogGuid counts."""
    return [
        {
            **{k: e[k] for k in ("id", "sectors", "sequence_number", "tail")},
            **{k: e[k] for k in ("entry_length", "log_guid", "descriptor_count")},
            "sound": e["verdict"] != "invalid",
            "writes": [
                (d["kind"], d["file_offset"], d["length"]) for d in e["descriptors"]
            ],
        }
        for e in report["entries"]
    ]


def sequences(report):
    """Those that some Tail names; runs are of readers, which go by LogGuid."""
    return [
        (s["id"], s["verdict"], s["entries"])
        for s in report["sequences"]
        if s["verdict"] != "run"
    ]


def active(report):
    return [e["id"] for e in report["entries"] if e["active"]]


def place(report):
    return report["log"]["offset"], report["log"]["length"]


def bat(report, content):
    """What is no block's depends on how long the log is."""
    return {
        key: value
        for key, value in (report["image"]["bat"] or {}).items()
        if key != "unowned" or content != "foreign"
    }


def compare(image, report, content):
    """Complaints about the place of the log and what it holds."""
    before = image.report
    aspects = {
        "entries": entries,
        "sequences": sequences,
        "orphans": lambda r: [o["id"] for o in r["orphans"]],
        "metadata": lambda r: r["image"]["metadata"],
    }
    # A foreign header may name another length, and nothing speak against it.
    if content != "foreign":
        aspects["the log's place"] = place
    # What waits is part of the BAT where its LogGuid is known.
    if active(before) == active(report):
        aspects["the BAT"] = lambda r: bat(r, content)
    for what, tell in aspects.items():
        if tell(before) != tell(report):
            yield f"{what}: {tell(before)!s:.300} before, {tell(report)!s:.300} told"


def zero(guid):
    return guid is None or not guid.strip("0-")


def left(image, part):
    """The header that counts of those that were not overwritten, or None."""
    begin, end = PARTS[part]
    slots = [
        slot
        for slot in image.report["image"]["headers"]
        if slot["valid"] and not begin <= int(slot["offset"]) < end
    ]
    return max(slots, key=lambda slot: int(slot["sequence_number"]), default=None)


def compare_guid(image, report, part):
    """Complaints about the LogGuid, where it is not the one that is left."""
    told, whole = report["log"]["guid"], left(image, part)
    before = whole["log_guid"] if whole else image.report["log"]["guid"]
    if told == before:
        if before == image.report["log"]["guid"] and active(report) != active(
            image.report
        ):
            yield f"active: {active(image.report)} before, {active(report)} told"
        return
    if DOUBTS & {finding["id"] for finding in report["findings"]}:
        return
    if image.waits():
        yield f"LogGuid {before} before, {told} told, and what waits is not on the disk"
    elif whole and not zero(told):
        yield f"LogGuid {told} told, though a header is whole that has {before}"


def compare_assumed(report, part, content):
    """Complaints about what should have been said to be assumed."""
    used = {g["what"] for g in report["guesses"] if g["assumed"]}
    headers_lost = report["verdict"]["state"] == "headers-lost"
    if headers_lost and ("log" not in used or not report["log"]["assumed"]):
        yield "no header, and the log's place is not said to be assumed"
    if headers_lost and "log-guid" not in used:
        yield "no header, and the LogGuid is not said to be assumed"
    valid = [table for table in report["image"]["region_tables"] if table["valid"]]
    if not valid and not {"bat", "metadata"} <= used:
        yield "no region table, and the regions are not said to be assumed"
    for guess in report["guesses"]:
        if guess["assumed"] and not guess["evidence"]:
            yield f"{guess['what']} is assumed without evidence"


# ------------------------------------------------------------------------- mend


def mended(image, path, report, output):
    """Mend a copy as a user would: the options, or what is wrong."""
    wanted = []
    findings = {finding["id"] for finding in report["findings"]}
    slots = report["image"]["headers"]
    tables = report["image"]["region_tables"]
    if not all(h["valid"] for h in slots) or findings & DOUBTS - {"log-unapplied"}:
        wanted.append("headers")
    if not all(t["valid"] for t in tables) or findings & {"region-tables-foreign"}:
        wanted.append("region-tables")
    options = []
    if "log-unapplied" in findings and image.waits():
        options += ["--log-guid", image.report["log"]["guid"]]
    if "log-no-valid-sequence" in findings:
        wanted.append("log-guid")
        options.append("--force")
    elif active(report) or options:
        options += ["--policy", "ms-vhdx"]
    if wanted:
        options += ["--fix", ",".join(wanted)]
    if not options:
        difference.copy(path, output)
        return options, ""
    status, said = run(
        program.REPLAY, *options, "-f", "json", str(path), str(output)
    )
    return options, "" if status == 0 else f"exit status {status}: {said[-600:]}"


def suggested(path, report):
    """What the report says to do next, done: the command and the copy; or None."""
    command = report["verdict"]["next"]
    if not command or not command.startswith("vhdxlog-replay "):
        return None
    words = shlex.split(command)
    output = pathlib.Path(words[-1])
    output.unlink(missing_ok=True)
    status, said = run(program.REPLAY, *words[1:])
    return command, output, "" if status == 0 else f"exit status {status}: {said[-600:]}"


def compare_suggested(image, path, report):
    """Complaints about the copy that the report's own command makes."""
    done = suggested(path, report)
    # Of entries that nobody can tell were waiting, a scan with their LogGuid is next.
    if not done or (image.waits() and active(report) != active(image.report)):
        return
    command, output, failed = done
    if failed:
        yield f"{command.replace(str(path), path.name)}: {failed}"
        return
    if "bat-shift" in command:  # which puts back more than was damaged
        output.unlink()
        return
    yield from compare_copy(image, output, "what is suggested")


def compare_mended(image, path, report):
    """Complaints about the copy that is mended."""
    output = path.with_suffix(path.suffix + "-mended")
    options, failed = mended(image, path, report, output)
    named = " ".join(options) or "as it is"
    if failed:
        yield f"vhdxlog-replay {named}: {failed}"
        return
    yield from compare_copy(image, output, named)


def compare_copy(image, output, named):
    """Complaints about a copy as qemu-img sees it; it is removed."""
    status, said = run("qemu-img", "check", "-f", "vhdx", str(output))
    if status != 0:
        yield f"{named}: qemu-img check: {said[-300:]}"
    status, said = run(
        *("qemu-img", "compare", "-f", "vhdx", "-F", "vhdx"),
        *(str(image.guest), str(output)),
    )
    if status != 0:
        yield f"{named}: the guest sees another disk: {said[-300:]}"
    output.unlink()


# ----------------------------------------------------------------------- running


def complaints(image, part, content, path):
    report = scan(path)
    yield from compare(image, report, content)
    yield from compare_guid(image, report, part)
    yield from compare_assumed(report, part, content)
    yield from compare_mended(image, path, report)
    yield from compare_suggested(image, path, report)


def keep(folder, path):
    if folder:
        folder.mkdir(exist_ok=True)
        difference.copy(path, folder / path.name)


def examine(made, seed, arguments, folder):
    """Tally and complaints of an image, damaged in each way."""
    make, what, *rest = made
    image = make(what, *rest, pathlib.Path(folder))
    dice = Dice(seed + LATE + 1)
    ways = [(part, content) for part in PARTS for content in CONTENTS]
    if arguments.some:
        ways = [dice.one_of(ways) for _ in range(arguments.some)]
    tally, found = collections.Counter({image.report["verdict"]["state"]: 1}), []
    for part, content in ways:
        path = damaged(
            image, part, content, dice, pathlib.Path(folder), arguments.real
        )
        try:
            wrong = list(complaints(image, part, content, path))
        except (judge.Failed, KeyError, TypeError) as failed:
            wrong = [f"{type(failed).__name__}: {failed}"]
        if wrong:
            keep(arguments.keep, path)
        found += [f"{part}, {content}: {text}" for text in wrong]
        tally["damages"] += 1
        tally["damages told wrong"] += bool(wrong)
        path.unlink()
    image.remove()
    return tally, found


def parser():
    made = argparse.ArgumentParser()
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--count", type=int, default=20)
    made.add_argument("--crashes", type=int, default=40)
    made.add_argument("--some", type=int)
    made.add_argument("--real", type=pathlib.Path)
    made.add_argument("--jobs", type=int, default=os.cpu_count())
    made.add_argument("--keep", type=pathlib.Path)
    return made


def images(arguments):
    """How each image is made, with the seed of what is done to it."""
    if arguments.real:
        for packed in sorted(arguments.real.glob("*.vhdx.gz")):
            yield packed.name, (unpacked, packed), 0
    for seed in range(arguments.seed, arguments.seed + arguments.count):
        yield str(seed), (worked, seed, arguments.crashes), seed


def run_all(arguments):
    """Do all of it, and say what was seen; the exit status."""
    version = judge.version()
    if not version or not shutil.which("qemu-io"):
        print("no qemu-img or no qemu-io")
        return 77
    total, wrong = collections.Counter(), 0
    with oracle.scratch_folder() as scratch, concurrent.futures.ProcessPoolExecutor(
        arguments.jobs
    ) as pool:
        answers = [
            (name, pool.submit(examine, made, seed, arguments, scratch))
            for name, made, seed in images(arguments)
        ]
        for name, answer in answers:
            tally, found = answer.result()
            total.update(tally)
            wrong += bool(found)
            if found:
                print(f"{name}: " + "\n  ".join(found), flush=True)
    print(
        f"{len(answers)} images, qemu-img {version}: {oracle.listed(total)}; "
        f"{wrong} told wrong"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(run_all(parser().parse_args()))
