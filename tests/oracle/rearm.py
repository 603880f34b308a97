# SPDX-License-Identifier: MIT
"""A sequence re-armed and replayed by qemu-img against the same one applied.

Both have to come to the same bytes outside headers and log, and to the same
length but for the growth that QEMU forgets: it makes no file longer for a
LastFileOffset that is a multiple of 1 MiB. And every reader that would replay
the re-armed copy would come to that, too.
"""

import dataclasses
import os
import pathlib

import difference
import headers
import judge
import oracle
import program

MIB = 1 << 20
DESCRIPTORS = 126  # of an entry; QEMU reads no more
SPOILT = ("damaged", "not-vhdx", "headers-lost", "truncated")


@dataclasses.dataclass
class Pair:
    """A sequence, applied to one copy and the active one of another."""

    name: str
    applied: pathlib.Path
    rearmed: pathlib.Path


# --------------------------------------------------------------- what to try


def by_sector(report):
    """The sound entries by where they begin; of nested ones each has its own."""
    return {
        entry["sector"]: entry
        for entry in report["entries"]
        if entry["verdict"] in ("valid", "stale")
    }


def entries_of(sequence, entries, sectors):
    """The entries of a sequence, in order."""
    at = int(sequence["id"][1:].split("-")[0])
    found = []
    for _ in range(sequence["entries"]):
        found.append(entries[at])
        at = (at + entries[at]["sectors"]) % sectors
    return found


def halves(found):
    """The ends of a sequence as sequences of their own."""
    middle = len(found) // 2
    if middle:
        for part in (found[:middle], found[middle:]):
            yield f"S{part[0]['sector']}-{part[-1]['sector']}"


def choices(report, limit):
    """(id, whether it is to be had without --force) of what is tried.

    Spread over all there are, where there are more than the limit.
    """
    entries, sectors = by_sector(report), report["image"]["log"]["sectors"]
    sound, parts = {}, {}
    for sequence in report["sequences"]:
        found = entries_of(sequence, entries, sectors)
        if any(entry["descriptor_count"] > DESCRIPTORS for entry in found):
            continue
        plain = sequence["verdict"] == "valid" and sequence["current"]
        sound[sequence["id"]] = plain
        if sequence["maximal"]:
            parts.update(dict.fromkeys(halves(found), False))
    made = list({**parts, **sound}.items())
    if limit and len(made) > limit:
        made = [made[i * len(made) // limit] for i in range(limit)]
    return made


# ------------------------------------------------------------------ one pair


def apply(subject, name, plain):
    """The sequence on a copy, with --force only where it must be."""
    options = ["--sequence", name]
    if plain:
        output, said = subject.replay(f"{name}-plain", *options)
        if output:
            subject.good.append(output)
            return output, said
    return subject.replay(f"{name}-applied", "--force", *options)


def both(subject, name, plain):
    """The pair, or None where not both are to be had."""
    applied, why = apply(subject, name, plain)
    rearmed, why_not = subject.replay(
        f"{name}-rearmed", "--force", "--rearm", "--sequence", name
    )
    if applied and rearmed:
        return Pair(name, applied, rearmed)
    if rearmed:
        subject.complain(f"{name}: re-armed, and not applied: {why}")
    elif applied:
        subject.outcomes.append(f"not re-armed ({program.reason(why_not)})")
    else:
        subject.outcomes.append(f"neither ({program.reason(why)})")
    return None


def log_of(image):
    current = headers.current(headers.read(image))
    return (current.log_offset, current.log_offset + current.log_length)


def reach(report):
    """Where the last of the targets ends, and LastFileOffset."""
    ends = [0]
    for entry in report["entries"]:
        for part in entry["descriptors"]:
            ends.append(int(part["file_offset"]) + int(part["length"]))
    last = max((int(entry["last_file_offset"]) for entry in report["entries"]))
    return max(ends), last


def forgotten(pair, length, report):
    """Whether QEMU left the file that long because it forgot to let it grow."""
    end, last = reach(report)
    without = max(os.stat(pair.rearmed).st_size, end)
    grown = os.stat(pair.applied).st_size
    return length == without < grown == last and last % MIB == 0


def by_qemu(subject, pair, report, policy):
    """What QEMU makes of the re-armed copy."""
    seen = judge.patiently(pair.rearmed, subject.copy, report, policy)
    if seen.outcome != "replay":
        if seen.outcome != "failed" or judge.opens(pair.applied):
            yield f"qemu-img: {seen.outcome}, and opens the applied copy"
        else:
            subject.outcomes.append("QEMU replays it no more than it opens the copy")
        return
    where = program.first_difference(pair.applied, subject.copy, log_of(pair.rearmed))
    if where:
        yield f"replayed by qemu-img, {where}"
    grown = os.stat(pair.applied).st_size
    if seen.length == grown:
        subject.outcomes.append("same")
    elif forgotten(pair, seen.length, report):
        subject.outcomes.append("same, but QEMU forgets to let the file grow")
    else:
        yield f"replayed by qemu-img, {seen.length} bytes, and applied, {grown}"
    if not seen.opens and judge.opens(pair.applied):
        yield "qemu-img does not open it once replayed, but it opens the applied copy"


def by_rows(pair, report, spoilt):
    """What the scan of the re-armed copy says, of all readers."""
    elsewhere, _ = difference.difference(
        pair.rearmed, pair.applied, log_of(pair.rearmed)
    )
    want = difference.digest(elsewhere)
    state = report["image"]["verdict"]["state"]
    if state not in ("dirty", "dirty-noop") and not (state == "damaged" and spoilt):
        yield f"the re-armed copy is {state}"
    first = report["rows"]["ms-vhdx"]
    if first["outcome"] != "replay":
        yield f"ms-vhdx: {first['outcome']}: {first['reason']}"
    elif first["result_length"] != str(os.stat(pair.applied).st_size):
        yield f"ms-vhdx: {first['result_length']} bytes"
    for policy, row in report["rows"].items():
        # Of more than is worth reading there is no result.
        if row["outcome"] == "replay" and row["result"] not in (want, None):
            yield f"{policy} comes to another result than applying"


def unlike(subject, pair, report, state, policy):
    """In what a pair is wrong, given what scans say of the two."""
    where = program.first_difference(subject.image, pair.rearmed, log_of(pair.rearmed))
    if where:
        yield f"re-arming changed more than headers and log: {where}"
    yield from by_rows(pair, report, state in SPOILT)
    yield from by_qemu(subject, pair, report, policy)


# -------------------------------------------------------------------- images


def examine(subject, report, arguments):
    """One image: all its sequences, or as many as are asked for."""
    if not report["sequences"]:
        state = report["image"]["verdict"]["state"]
        subject.outcomes.append(f"image without a sequence ({state})")
        return
    pairs = [both(subject, *choice) for choice in choices(report, arguments.sequences)]
    pairs = [pair for pair in pairs if pair]
    if not pairs:
        return
    rearmed = judge.reports(oracle.VHDXLOG, [pair.rearmed for pair in pairs])
    applied = judge.reports(oracle.VHDXLOG, [pair.applied for pair in pairs], "-q")
    for pair in pairs:
        state = applied[str(pair.applied)]["image"]["verdict"]["state"]
        report = rearmed[str(pair.rearmed)]
        wrong = unlike(subject, pair, report, state, arguments.policy)
        subject.complaints += [f"{pair.name}: {text}" for text in wrong]


def look(images, arguments, scratch):
    """Outcomes and complaints of each image."""
    reports = judge.reports(oracle.VHDXLOG, images)
    answers = []
    for image in images:
        with program.Subject(image, scratch) as subject:
            examine(subject, reports[str(image)], arguments)
            program.look_at_good([subject])
            answers.append(subject.answer())
    return answers
