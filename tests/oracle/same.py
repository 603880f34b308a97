# SPDX-License-Identifier: MIT
"""`vhdxlog-replay --policy` against the real qemu-img, byte by byte.

Outside the headers the two have to be the same, the log included, and equally
long. What QEMU leaves when it gives up half way takes --force; where it replays
nothing, nothing is written.
"""

import contextlib
import dataclasses
import os

import headers
import judge
import oracle
import program

AGREED = ("outcome", "entries", "applied_entries", "result", "result_length")
NEWEST = "qemu"


def unlike(want, output):
    """In what the output differs from what qemu-img left."""
    lengths = os.stat(want).st_size, os.stat(output).st_size
    if lengths[0] != lengths[1]:
        yield f"{lengths[1]} bytes long, and should be {lengths[0]}"
    elsewhere = program.first_difference(want, output)
    if elsewhere:
        yield elsewhere


def model_is_right(subject, report, row, seen):
    """Whether the scan said what qemu-img did; a result may be unknown.

    What is clean has nothing to replay, and may not open for other reasons.
    """
    if row["outcome"] == "clean" and seen.outcome == "failed":
        seen = dataclasses.replace(seen, outcome="clean")
    known = row if row["result"] else {**row, "result": seen.result}
    wrong = list(judge.unlike(known, seen, report["entries"]))
    subject.complaints += [f"the row: {text}" for text in wrong]
    return not wrong


def written(subject, policy, outcome):
    """The output for a policy and its options, with --force where it must be."""
    options = ["--policy", policy]
    output, said = subject.replay("plain", *options)
    if output and outcome == "partial":
        subject.complain(f"not refused, though QEMU stops half way: {said}")
    if output:
        subject.good.append(output)
        return output, options
    options.append("--force")
    output, said = subject.replay("forced", *options)
    if not output and not headers.has_numbers_left(subject.image):
        subject.outcomes.append("refused, as headers have no number left")
    elif not output:
        subject.complain(f"refused with --force: {said}")
    elif outcome == "replay":
        subject.outcomes.append("replay with --force")
    return output, options


def compare(subject, report, policy):
    """One image, of which the policy's reader applies something."""
    row = report["rows"][policy]
    output, options = written(subject, policy, row["outcome"])
    if not output:
        return
    subject.complaints += [
        f"{program.shown(options)}: {text}" for text in unlike(subject.copy, output)
    ]
    other = report["rows"][NEWEST]
    if policy == NEWEST or any(row[key] != other[key] for key in AGREED):
        return
    options[1] = NEWEST
    newest, said = subject.once("newest", options)
    if not newest:
        subject.complain(f"{program.shown(options)}: refused: {said}")
    elif program.first_difference(output, newest):
        subject.complain(f"{NEWEST} and {policy} agree, and give different bytes")


def examine(subject, report, policy):
    row = report["rows"].get(policy)
    if row is None:
        state = report["image"]["verdict"]["state"]
        subject.outcomes.append(f"without a log ({state})")
        return
    seen = judge.patiently(subject.image, subject.copy, report, policy)
    if not model_is_right(subject, report, row, seen):
        return
    subject.outcomes.append(row["outcome"])
    if row["outcome"] in ("replay", "partial"):
        compare(subject, report, policy)
        return
    output, _ = subject.replay("output", "--policy", policy)
    if output:
        subject.complain(f"{row['outcome']}, and yet there is an output")


def look(images, arguments, scratch):
    """Outcomes and complaints of each image."""
    reports = judge.reports(oracle.VHDXLOG, images)
    with contextlib.ExitStack() as stack:
        subjects = [
            stack.enter_context(program.Subject(image, scratch)) for image in images
        ]
        for subject in subjects:
            examine(subject, reports[str(subject.image)], arguments.policy)
        program.look_at_good(subjects)
        return [subject.answer() for subject in subjects]
