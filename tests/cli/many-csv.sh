#!/bin/bash
# SPDX-License-Identifier: MIT
#
# csv: one heading, one row an image with the same columns, which say what the JSON
# says; read by a program that knows RFC 4180. What a spreadsheet would take for a
# formula begins with an apostrophe.
. "$VHDXLOG_SRC/tests/cli/_many.sh"

every_recipe all '' 3
image shape/clean '=clean"x,y.vhdx'
cp all/* .
image - creator.vhdx <<'END'
{"about": "a creator that is a formula", "image": {"creator": "=1+cmd|'/c calc'!A0"}}
END
run 3 scan -j 2 -f csv --hash ./*.vhdx =* missing.vhdx
mv out csv
run 3 scan -j 2 -f jsonl --hash ./*.vhdx =* missing.vhdx
python3 - csv out <<'END' || exit 1
import csv, json, sys, collections

def number(value):
    return "" if value is None else str(value)

def facts(records):
    image = records["image"][0]
    findings = [f["class"] for f in records["finding"]]
    errors = [f["id"] for f in records["finding"] if f["class"] == "error"]
    verdicts = [e["verdict"] for e in records["entry"]]
    active = [s for s in records["sequence"] if s["active"]]
    meta = image["image"]["metadata"] or {}
    disks = {s["result"] for s in records["selection"]
             if s["outcome"] == "replay" and s["result"]}
    state = image["verdict"]["state"]
    yield "state", state
    yield "size", number(image["source"]["size"])
    yield "summary", image["verdict"]["summary"]
    if records["image"][0]["source"]["size"] is None:
        yield "exit_status", "3"
        return
    yield "exit_status", "3" if state in ("not-vhdx", "unreadable") else (
        str(int(image["verdict"]["needs_decision"])))
    for kind in "error", "warning", "info":
        yield kind + "s", str(findings.count(kind))
    yield "first_error", errors[0] if errors else ""
    yield "creator", image["image"]["creator"] or ""
    yield "virtual_size", number(meta.get("virtual_disk_size"))
    yield "block_size", number(meta.get("block_size"))
    yield "log_guid", image["log"]["guid"] or ""
    yield "log_offset", number(image["log"]["offset"])
    yield "log_length", number(image["log"]["length"])
    for verdict in "valid", "stale", "invalid":
        yield "entries_" + verdict, str(verdicts.count(verdict))
    yield "sequences", str(len(records["sequence"]))
    if active:
        yield "active_sequence", active[0]["id"]
        yield "active_entries", str(active[0]["entries"])
    yield "reader_disks", str(len(disks))
    yield "sha256", image["source"]["sha256"]["image"] or ""

def plain(text):
    return text[1:] if text[:2] in ("'=", "'+", "'-", "'@") else text

rows = list(csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8"), strict=True))
of = collections.defaultdict(lambda: collections.defaultdict(list))
order = []
for line in open(sys.argv[2], encoding="utf-8"):
    record = json.loads(line)
    of[record["path"]][record["type"]].append(record)
    if record["type"] == "image":
        order.append(record["path"])
assert [plain(row["path"]) for row in rows] == order, "other images"
wrong = 0
for row in rows:
    assert None not in row and None not in row.values(), row
    for name, want in facts(of[plain(row["path"])]):
        if plain(row[name]) != want:
            wrong += 1
            print(row["path"], name, row[name], want)
for row in rows:
    for name in "path", "creator", "parent", "summary":
        assert row[name][:1] not in ("=", "+", "-", "@"), row
assert any(row["path"].startswith("'=") for row in rows)
assert any(row["creator"].startswith("'=1+cmd") for row in rows), "no creator"
assert sum(row["state"] == "unreadable" for row in rows) >= 1
sys.exit(wrong > 0)
END
