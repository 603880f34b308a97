# SPDX-License-Identifier: MIT
"""What the program tells of an image, against what the record of it says."""

import collections
import json
import subprocess

import allocations
import bat
import judge
import oracle

OF_THE_FILE = ("log-started", "file-grew", "file-shrank")


# ---------------------------------------------------------------- the program


def report(image, *options):
    """The records of a timeline, by their type; "image" is one."""
    command = [oracle.VHDXLOG, "timeline", "-f", "jsonl", *options, str(image)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0 or done.stderr:
        message = done.stderr.decode(errors="replace").strip()
        raise judge.Failed(f"timeline: exit status {done.returncode}: {message}")
    found = collections.defaultdict(list)
    for line in done.stdout.splitlines():
        record = json.loads(line)
        found[record["type"]].append(record)
    return found


def number(value):
    return None if value is None else int(value)


def told(event):
    """What is compared of an event, in the form of History.events()."""
    target = event["target"] or {}
    return {
        **{key: event[key] for key in ("event", "entry", "log_guid")},
        **{key: event[key] for key in ("sequence_number", "before", "after")},
        **{key: event[key] for key in ("inferred", "applied", "overwritten_by")},
        "index": number(target.get("index")),
        "file_offset": number(target.get("file_offset")),
        "length": number(target.get("length")),
        "block": number(event["block"]),
        "virtual_offset": number(event["virtual_offset"]),
        "virtual_length": number(event["virtual_length"]),
    }


# ------------------------------------------------------------------ comparing


def unlike(kind, expected, got):
    """Where two lists begin to differ, and how long they are."""
    if expected == got:
        return
    at = next(
        (i for i, (a, b) in enumerate(zip(expected, got)) if a != b),
        min(len(expected), len(got)),
    )
    want = expected[at] if at < len(expected) else "no more"
    have = got[at] if at < len(got) else "no more"
    if isinstance(want, dict) and isinstance(have, dict):
        keys = [k for k in want if want[k] != have[k]]
        name = f"{have['entry']} " if "entry" in have else ""
        want = {k: want[k] for k in keys}
        have = {k: have[k] for k in keys}
        kind = f"{kind}: {name}"
    yield (
        f"{kind} {at} of {len(got)}: {have}, but the record ({len(expected)}): {want}"
    )


def compare_sessions(history, records, tally):
    """QEMU begins a session for each entry."""
    got = [(s["first"], s["log_guid"]) for s in records["session"]]
    expected = [
        (e["entry"], e["log_guid"])
        for e in (history.about(entry, 0, None, 0) for entry in history.left)
    ]
    yield from unlike("session", expected, got)
    if [s["index"] for s in records["session"]] != list(range(len(got))):
        yield "sessions are not numbered from 0 on"
    for session in records["session"]:
        tally[f"order {session['order']}"] += 1


def compare_events(history, records, tally):
    events = records["event"]
    if [int(e["ordinal"]) for e in events] != list(range(1, len(events) + 1)):
        yield "events are not numbered from 1 on"
    started = [e["entry"] for e in events if e["event"] == "log-started"]
    yield from unlike("log-started", [history.name(e) for e in history.left], started)
    got = [told(e) for e in events if e["event"] not in OF_THE_FILE]
    expected = list(history.events())
    yield from unlike("event", expected, got)
    for event in expected:
        tally[event["event"]] += 1
        tally[f"applied {event['applied']}"] += 1
    sizes = [
        (e["entry"], e["event"], e["before"], e["after"])
        for e in events
        if e["event"].startswith("file-")
    ]
    yield from unlike("size", list(history.sizes()), sizes)


def compare_guesses(history, tally):
    """The record, against what can be told where a page has no earlier version."""
    before = dict(history.created)
    really = {}
    for entry in history.entries:
        page = before.get(entry.page, bytes(bat.PAGE))
        changed = allocations.changed(page, entry.data)
        if len(changed) != 1:
            yield f"{history.name(entry)}: {len(changed)} blocks at once"
        really[entry.guid] = history.shape.first(entry.page) + changed[0][0]
        before[entry.page] = entry.data
    names = {history.name(e): really[e.guid] for e in history.left}
    for event in history.events():
        if event["event"] == "page-first-seen":
            good = names[event["entry"]] == event["index"]
            tally["guessed right" if good else "guessed wrong"] += 1
            if not good and history.grows():
                yield f"{event['entry']}: the newest block is not the one allocated"
        elif names[event["entry"]] != event["index"]:
            tally["seen late"] += 1


def compare_reach(history, records):
    """The last that is on the disk, or was written over, and the first that waits."""
    reach = records["image"][0]["reach"]
    got = (reach["last_applied"], reach["first_missing"])
    if not any(entry.guid == history.current for entry in history.left):
        return
    waits = [history.name(e) for e in history.left if history.waits(e)]
    there = [
        history.name(e)
        for e in history.left
        if history.applied(e)["applied"] in ("yes", "overwritten")
    ]
    want = (there[-1] if there else None, waits[0] if waits else None)
    if want != got:
        yield f"reach: {got}, but the record: {want}"


def row_of(row):
    """What a row of the BAT says, as a BAT entry has it."""
    state = row["state"]
    states = {"present": bat.PRESENT, "partial": bat.PRESENT + 1}
    value = states[state] if state in states else bat.STATES.index(state)
    return int(row["file_offset"] or 0) | value


def compare_rows(history, entry, records, tally):
    """The BAT as of an entry, row by row."""
    name = history.name(entry)
    got = {int(row["index"]): row for row in records["bat"]}
    expected = history.rows(entry)
    seen = history.seen_by(entry)
    for index in sorted(got.keys() | expected.keys()):
        page = history.shape.place(index) // bat.PAGE * bat.PAGE
        row, want = got.get(index), expected.get(index, 0)
        have = row_of(row) if row else 0
        known = row["certainty"] == "known" if row else page in seen
        if page in seen and not known:
            yield f"as of {name}: {index}: inferred, but {name} or one before has it"
        if have == want:
            tally["rows known" if known else "rows inferred"] += 1
        elif not known:
            place = "located" if bat.located(have) or bat.located(want) else "state"
            tally[f"rows inferred wrong ({place})"] += 1
        else:
            yield (
                f"as of {name}: {index}: {bat.text(have)}, "
                f"but the record: {bat.text(want)}"
            )
        if row:
            yield from compare_place(history, name, index, row)


def compare_place(history, name, index, row):
    block = history.shape.block(index)
    want = (block, *history.shape.virtual(block), False)
    got = (row["block"], row["virtual_offset"], row["virtual_length"])
    got = (*map(int, got), row["is_bitmap"])
    if got != want:
        yield f"as of {name}: {index}: {got}, but the record: {want}"


def compare_state(history, entry, image, tally):
    name = history.name(entry)
    records = report(image, "--no-hash", "--as-of", name)
    as_of = records["image"][0]["as_of"]
    if (as_of["entry"], as_of["size"]) != (name, str(entry.size)):
        yield f"as of {name}: it says {as_of['entry']}, {as_of['size']} bytes"
    if records["event"]:
        yield f"as of {name}: there are events"
    yield from compare_rows(history, entry, records, tally)
    for ghost in records["recoverable"]:
        if ghost["certainty"] == "known":
            yield f"as of {name}: block {ghost['block']} was never given up"
    tally["states"] += 1


def side(part):
    """One side of a row of a comparison, as a BAT entry has it."""
    return row_of(part) if part else 0


def compare_two(history, pair, image, tally):
    """Two states side by side; the rows of pages that the ring has of both."""
    a, b = pair
    names = history.name(a), history.name(b)
    where = f"{names[0]} and {names[1]}"
    command = [oracle.VHDXLOG, "compare", "-f", "json", str(image), *names]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode not in (0, 1) or done.stderr:
        message = done.stderr.decode(errors="replace").strip()
        yield f"{where}: exit status {done.returncode}: {message}"
        return
    report = json.loads(done.stdout)
    if report["same"] != (done.returncode == 0):
        yield f"{where}: same: {report['same']}, exit status {done.returncode}"
    shape = history.shape
    sure = history.seen_by(a) & history.seen_by(b)
    got = {
        int(row["index"]): (side(row["a"]), side(row["b"]))
        for page in report["pages"]
        if int(page["file_offset"]) in sure
        for row in page["bat"]
    }
    old, new = history.rows(a), history.rows(b)
    expected = {
        index: (old.get(index, 0), new.get(index, 0))
        for index in sorted(old.keys() | new.keys())
        if old.get(index, 0) != new.get(index, 0)
        and shape.place(index) // bat.PAGE * bat.PAGE in sure
    }
    yield from unlike(where, sorted(expected.items()), sorted(got.items()))
    ranges = [(int(r["offset"]), int(r["length"])) for r in report["virtual"]]
    for index in expected:
        begin, length = shape.virtual(shape.block(index))
        if not any(o <= begin and begin + length <= o + n for o, n in ranges):
            yield f"{where}: the guest's {length} bytes at {begin} are not told"
    tally["pairs"] += 1


def compare_scan(image):
    """No entry of QEMU's is unsound, and none is of a shifted BAT."""
    command = [oracle.VHDXLOG, "scan", "--no-hash", "-f", "jsonl", str(image)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        yield f"scan: exit status {done.returncode}"
        return
    for line in done.stdout.splitlines():
        record = json.loads(line)
        if record["type"] == "finding" and record["id"] == "bat-shifted-page":
            yield f"bat-shifted-page: {record['message']}"


def picked(dice, items, count):
    """Some of a list; its ends among them, where there are two at least."""
    if len(items) <= count or count < 2:
        return items[:count]
    inner = sorted({dice.between(1, len(items) - 2) for _ in range(count - 2)})
    return [items[0], *(items[i] for i in inner), items[-1]]


def compare(history, image, dice, states, tally):
    """Everything in which a timeline is not what the record says."""
    yield from compare_scan(image)
    records = report(image, "--no-hash")
    yield from compare_sessions(history, records, tally)
    yield from compare_events(history, records, tally)
    yield from compare_guesses(history, tally)
    yield from compare_reach(history, records)
    entries = picked(dice, history.left, states)
    for entry in entries:
        yield from compare_state(history, entry, image, tally)
    if len(entries) > 1:
        a = dice.below(len(entries) - 1)
        yield from compare_two(history, entries[a : a + 2], image, tally)
    tally["entries gone"] += len(history.entries) - len(history.left)
    tally["entries left"] += len(history.left)
