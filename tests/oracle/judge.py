# SPDX-License-Identifier: MIT
"""One image: what the model says of QEMU, and what qemu-img really does.

qemu-img works on a copy. What it did is told from the copy and from its exit
status alone, never from what the program under test thinks of the image.
"""

import dataclasses
import json
import os
import pathlib
import re
import subprocess

import difference
import headers

QEMU_IMG = os.environ.get("QEMU_IMG", "qemu-img")
HANG = 2  # seconds on a small image
SURELY = 20  # when the model says that it ends
ZEROED = 8 << 20  # bytes in a second, at the least: it flushes after each page
ENOUGH = 300  # seconds in any case
CHECKED = (0, 2, 3)  # exit statuses of a check that could open the image


class Failed(Exception):
    """The image could not be built, scanned or given to qemu-img."""


@dataclasses.dataclass
class Seen:
    """What became of the copy."""

    outcome: str  # clean, replay, ignore, failed, hang
    result: str  # digest of what differs outside headers and log
    length: int
    changed: bool  # any byte outside the headers, or the length
    touched: bool  # the headers
    dirty: bool  # the LogGuid of the newest header is set
    opens: bool  # the image, once the log was looked at


def run(command, limit=None):
    """Exit status and standard error; None: no end within the limit."""
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, timeout=limit
        )
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stderr.decode(errors="replace")


def check(image, limit, *options):
    command = [QEMU_IMG, "check", "-f", "vhdx", *options, str(image)]
    status, message = run(command, limit)
    if status not in (None, 1, *CHECKED):
        raise Failed(f"qemu-img: exit status {status}: {message}")
    return status


def repair(image, limit):
    """Replays the log, in place."""
    return check(image, limit, "-r", "all")


def opens(image):
    """Whether qemu-img opens it as it is, to read only."""
    return check(image, SURELY) in CHECKED


def is_dirty(slots):
    newest = headers.current(slots)
    return newest is not None and newest.log_guid != headers.NO_GUID


def cleared(slots):
    """Both slots say that there is no log: only the end of a replay does that."""
    none = all(slot.log_guid == headers.NO_GUID for slot in slots)
    return none and headers.current(slots) is not None


def outcome(status, was_dirty, before, after):
    if status is None:
        return "hang"
    touched = [slot.raw for slot in before] != [slot.raw for slot in after]
    if was_dirty and touched and cleared(after):
        return "replay"
    if status in CHECKED:
        return "ignore" if was_dirty else "clean"
    return "failed"


def witness(image, copy, limit):
    """Let qemu-img replay a copy of the image."""
    difference.copy(image, copy)
    before = headers.read(image)
    current = headers.current(before)
    log = (0, 0)
    if current:
        log = (current.log_offset, current.log_offset + current.log_length)
    status = repair(copy, limit)
    after = headers.read(copy)
    elsewhere, in_log = difference.difference(image, copy, log)
    length = os.stat(copy).st_size
    seen = Seen(
        outcome=outcome(status, is_dirty(before), before, after),
        result=difference.digest(elsewhere),
        length=length,
        changed=bool(elsewhere or in_log) or length != os.stat(image).st_size,
        touched=[s.raw for s in before] != [s.raw for s in after],
        dirty=is_dirty(after),
        opens=status in CHECKED,
    )
    # A replayed image may fail to open for what the log put there, but then it
    # does so for ever.
    if seen.outcome == "replay" and status not in CHECKED:
        if repair(copy, limit) in CHECKED:
            seen.outcome = "failed"
    return seen


# ------------------------------------------------------------------ the model


def reports(vhdxlog, images, *options):
    """What a scan says of each image, by path: some of its records."""
    command = [vhdxlog, "scan", "-f", "jsonl", *options, *map(str, images)]
    done = subprocess.run(command, capture_output=True, check=False)
    found = {
        str(image): {"image": None, "rows": {}, "entries": [], "sequences": []}
        for image in images
    }
    for line in done.stdout.splitlines():
        record = json.loads(line)
        report = found[record["path"]]
        if record["type"] == "image":
            report["image"] = record
        if record["type"] == "selection":
            report["rows"][record["policy"]] = record
        if record["type"] == "entry":
            report["entries"].append(record)
        if record["type"] == "sequence":
            report["sequences"].append(record)
    if done.returncode not in (0, 1, 3):
        message = done.stderr.decode(errors="replace").strip()
        raise Failed(f"scan: exit status {done.returncode}: {message}")
    return found


def writes_headers(entries):
    """Whether any descriptor of the log is aimed at the headers' 128 KiB."""
    for entry in entries:
        for descriptor in entry["descriptors"]:
            if descriptor["file_offset"] is None:  # of no known kind
                continue
            begin = int(descriptor["file_offset"])
            end = begin + int(descriptor["length"])
            if begin < difference.HEADERS[1] and end > difference.HEADERS[0]:
                return True
    return False


def unlike(row, seen, entries):
    """Everything in which the model is wrong, in words."""
    said = row["outcome"]
    if not row["known"] and said == "refuse":
        return  # any end
    if said in ("refuse", "partial"):
        really = "failed"
    else:
        really = said
    if really != seen.outcome:
        yield f"outcome: {said}, but qemu-img: {seen.outcome}"
        return
    if said == "hang":
        return
    if said in ("replay", "partial"):
        if row["result"] != seen.result:
            yield f"result: {row['result']}, but qemu-img left {seen.result}"
        if row["result_length"] != str(seen.length):
            yield f"length: {row['result_length']}, but {seen.length}"
        if not seen.touched:
            yield f"{said}, but qemu-img left the headers as they were"
    elif seen.changed:
        yield f"{said}, but qemu-img changed the image"
    if said in ("clean", "ignore") and seen.touched:
        yield f"{said}, but qemu-img wrote headers"
    should = said in ("partial", "refuse", "ignore")
    if said == "refuse" and not seen.touched:
        return  # not looked at, so as it was
    if seen.length < difference.HEADERS[1] or writes_headers(entries):
        return  # what the log put there, or what was cut off
    if seen.dirty != should:
        yield f"{said}, but the newest header is {'' if seen.dirty else 'not '}dirty"


def time_for(entries):
    """Seconds in which these entries are surely replayed."""
    zeroed = sum(
        int(descriptor["length"])
        for entry in entries
        for descriptor in entry["descriptors"]
        if descriptor["kind"] == "zero"
    )
    return min(SURELY + zeroed // ZEROED, ENOUGH)


def patiently(image, copy, report, policy):
    """witness() with all the time that it needs, where it is said to end."""
    seen = witness(image, copy, HANG)
    if seen.outcome == "hang" and report["rows"][policy]["outcome"] != "hang":
        seen = witness(image, copy, time_for(report["entries"]))
    return seen


def judge(image, report, policy, scratch):
    """(outcomes, complaints) of one image, given what the scan said of it."""
    row = report["rows"].get(policy)
    if row is None:
        return ["none"], ["the scan has no row of this policy"]
    before = os.stat(image)
    copy = pathlib.Path(scratch) / (pathlib.Path(image).name + ".copy")
    try:
        seen = patiently(image, copy, report, policy)
    finally:
        copy.unlink(missing_ok=True)
    complaints = list(unlike(row, seen, report["entries"]))
    after = os.stat(image)
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        complaints.append("the source was changed")
    return [row["outcome"]], complaints


def version():
    """Of the installed qemu-img, or None where there is none."""
    try:
        done = subprocess.run(
            [QEMU_IMG, "--version"], capture_output=True, check=False, text=True
        )
    except FileNotFoundError:
        return None
    found = re.search(r"version ([0-9.]+)", done.stdout)
    return found.group(1) if found else None
