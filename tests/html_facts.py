#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What an HTML report says, read back out of it, against JSON of the same image.

    html_facts.py PAGE SCAN [TIMELINE]

PAGE is the report, or what a browser made of it; SCAN and TIMELINE are the JSON
documents. Only text that is seen is compared; ids and classes say where it is.
Exit status 0 the same, 1 not.
"""

import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import html_page  # noqa: E402

UNITS = {"bytes": 1, "byte": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
UNITS |= {"TiB": 2**40, "PiB": 2**50, "EiB": 2**60}
MOST, FEW = 65536, 8192  # rows of a list that a page has
MATCH = 16  # bytes of a match that it shows
AREAS = {  # as JSON names them, and as a person reads them
    "bat": "BAT",
    "payload": "guest data",
    "region": "other region",
    "region-tables": "region tables",
    "reserved": "reserved area",
    "sector-bitmap": "sector bitmap",
}
RING_CELLS = 2048
LETTERS = {"entry": "E", "descriptors": "+", "zero": ".", "padding": "p"}
LETTERS |= {"unreadable": "x", "foreign": "?"}

# ---------------------------------------------------------------------- values


def plain(text):
    """What is shown of evidence, with its escapes as JSON has them."""
    units = re.compile(r"(?:\\u[0-9a-f]{4})+")
    out = bytearray()
    at = 0
    while at < len(text):
        match = units.match(text, at)
        if text.startswith("\\\\", at):
            out += b"\\"
            at += 2
        elif text.startswith("\\x", at):
            out.append(int(text[at + 2 : at + 4], 16))
            at += 4
        elif match:
            raw = bytes.fromhex(match[0].replace("\\u", ""))
            word = raw.decode("utf-16-be", errors="surrogatepass")
            for lone in re.findall("[\ud800-\udfff]", word):
                word = word.replace(lone, "\ufffd")
            out += word.encode()
            at = match.end()
        else:
            out += text[at].encode()
            at += 1
    # As a byte that belongs to no character becomes one mark, whatever follows.
    word = out.decode(errors="surrogateescape")
    return re.sub("[\udc80-\udcff\x00-\x1f\x7f-\x9f]", "\ufffd", word)


def size(text):
    """"36 MiB", "512 bytes" or "0x2400001" in bytes."""
    if text.startswith("0x"):
        return int(text, 16)
    number, _, unit = text.partition(" ")
    return int(number) * UNITS[unit or "bytes"]


def place(text):
    """"1 MiB at 0x100000" as length and offset."""
    length, _, offset = text.partition(" at ")
    return size(length), int(offset, 16)


def number(text):
    return None if text == "-" else int(text)


# ------------------------------------------------------------------ the page


def cells(row):
    """The cells of a row by their class; the last word of several."""
    return {
        c.classes[-1]: c
        for c in row.children
        if isinstance(c, html_page.Node) and c.tag in ("td", "th") and c.classes
    }


def rows(page, table):
    """All rows of the tables of that name, folded ones included."""
    for found in page.find("table", table):
        for body in found.find("tbody"):
            yield from map(cells, body.find("tr"))


def texts(row):
    return {name: cell.text for name, cell in row.items()}


def facts(page, section):
    """The pairs of a section, by key."""
    found = page.one("section", id=section)
    if found is None:
        return None
    return {
        d.attributes["data-fact"]: d.text
        for d in found.find("dd")
        if "data-fact" in d.attributes
    }


def word(node, class_):
    found = node.one("span", class_)
    return found.text if found else None


def checks(node):
    """What did not pass, of a list of checks."""
    return [
        {
            "id": item.one("code").text,
            "status": item.one("b").text,
            "offset": word(item, "at") and str(int(word(item, "at"), 16)),
            "got": word(item, "got"),
            "want": word(item, "want"),
        }
        for item in node.find("li")
        if {"fail", "blocked", "pass", "not-applicable"} & set(item.classes)
    ]


def verdict(page):
    found = {i: page.one(id=i) for i in ("state", "summary", "next", "because")}
    said = {i: node.text if node else None for i, node in found.items()}
    return {
        **said,
        "state": said["state"].lower(),
        "next": said["next"] or "",
        "needs_decision": "it needs a decision" in page.one("p", "because").text,
        "path": plain(page.one(id="path").text),
    }


def findings(page):
    return [
        (
            li.one("code", "id").text,
            li.one("span", "class").text,
            plain(li.one("p", "message").text),
            [c.text for p in li.find("p", "where") for c in p.find("code")],
        )
        for li in page.find("li", "finding")
    ]


def reader(row, title, result):
    said = texts(row)
    entries = re.fullmatch(
        r"(?:none|(\d+)(?: of (\d+))?(?:: (.*?))?(?: and (\d+) more)?)",
        said["entries"],
    )
    applied = int(entries[1] or 0)
    outcome, _, remark = said["outcome"].partition(" (")
    reason, who = row["reason"].children[0], word(row["reason"], "reader")
    return {
        "outcome": outcome,
        "crashes": remark == "crashes)",
        "known": title != "not known",
        "sequence": said["sequence"] or None,
        "applied": applied,
        "chosen": int(entries[2] or applied),
        "first": entries[3] or "",
        "length": size(said["length"]) if said["length"] else None,
        "reason": reason,
        "reader": who,
        "result": result,
    }


def readers(page):
    said = {}
    table = page.one("table", "readers")
    for group in table.find("tbody"):
        heading = group.one("tr", "group")
        result = heading.one("code", "result")
        for row in group.find("tr"):
            if row is not heading:
                policy = row.one("th", "policy").text
                said[policy] = reader(
                    cells(row),
                    heading.one("b").text,
                    result.text if result else None,
                )
    return said


def sequences(page):
    return {
        row["id"].text: {
            **texts(row),
            "fails": checks(row["fails"]),
            "count": int(row["count"].text),
            "effect": row["effect"].text != "",
        }
        for row in rows(page, "sequences")
    }


def entries(page):
    return [
        {
            **texts(row),
            "fails": checks(row["fails"]),
            "size": size(row["size"].text),
        }
        for row in rows(page, "entries")
    ]


def ring(page):
    picture = page.one("svg", "ring")
    section = page.one("section", id="ring")
    if picture is None:
        return None
    return {
        "letters": "".join(t.text for t in picture.find("text", "letters")),
        "runs": [texts(row) for row in rows(page, "runs")],
        "legend": {
            li.one("b").text: int(word(li, "count"))
            for li in section.one("ul", "legend").find("li")
        },
    }


def yara(page):
    """Hits, as the page has them."""
    found = []
    for row in rows(page, "yara"):
        rule = row["rule"]
        hit = texts(row)
        hit["rule"] = rule.one("code").text
        hit["tags"] = [t.text for t in rule.find("span", "tag")]
        hit["meta"] = [t.text for t in rule.find("span", "meta")]
        found.append(hit)
    return found


def sum_of(text):
    stored, _, computed = text.partition(", computed ")
    return {"stored": stored, "computed": computed or stored}


def header(row):
    said = texts(row)
    slot, _, offset = said["slot"].partition(" at ")
    known = said["state"] != "cannot be read"
    length, start = place(said["place"]) if known else (None, None)
    return {
        "slot": int(slot),
        "offset": str(int(offset, 16)),
        "readable": known,
        "valid": said["state"].startswith("valid"),
        "current": said["state"].endswith(", used"),
        "sequence_number": said["number"] if known else None,
        "log_guid": said["log"] if known else None,
        "file_write_guid": said["file"] if known else None,
        "data_write_guid": said["data"] if known else None,
        "log_length": length,
        "log_offset": None if start is None else str(start),
        "checksum": sum_of(said["sum"]) if known else None,
        "checks": checks(row["fails"]),
    }


def table(row):
    said = texts(row)
    slot, _, offset = said["slot"].partition(" at ")
    known = said["state"] != "cannot be read"
    return {
        "table": int(slot),
        "offset": str(int(offset, 16)),
        "readable": known,
        "valid": said["state"].startswith("valid"),
        "chosen": said["state"].endswith(", used"),
        "entry_count": number(said["count"]),
        "checksum": sum_of(said["sum"]) if known else None,
        "checks": checks(row["fails"]),
    }


def region(row):
    said = texts(row)
    return {
        "name": None if said["name"] == "unknown" else said["name"],
        "guid": said["guid"],
        "offset": str(int(said["offset"], 16)),
        "length": size(said["length"]),
        "required_raw": int(said["required"].split("0x")[1][:-1], 16),
    }


def metadata(page):
    said = facts(page, "metadata")
    said["creator"] = plain(said["creator"])
    for key in said:
        said[key] = re.sub(r"^(\d+) bytes$", r"\1", said[key])
    return said


def sessions(page):
    return [texts(row) for row in rows(page, "sessions")]


def guesses(page):
    return [
        {
            "what": row["what"].text,
            "score": int(row["score"].text),
            "assumed": row["use"].text.startswith("used"),
            "certain": "nothing else fits" in row["use"].text,
            "evidence": [plain(li.text) for li in row["evidence"].find("li")],
        }
        for row in rows(page, "guesses")
    ]


def shown(page):
    """All that is compared, as the page says it."""
    said = {"verdict": verdict(page)}
    if page.one("section", id="image") is None:
        return said
    limits = page.one("ul", "limits")
    image, log = page.find("dd", "checks-of")
    return {
        **said,
        "size": facts(page, "image")["size"],
        "unchanged": facts(page, "image")["unchanged"].startswith("unch"),
        "findings": findings(page),
        "readers": readers(page),
        "sequences": sequences(page),
        "entries": entries(page),
        "ring": ring(page),
        "orphans": [texts(row) for row in rows(page, "orphans")],
        "yara": yara(page),
        "headers": list(map(header, rows(page, "headers"))),
        "tables": list(map(table, rows(page, "tables"))),
        "regions": list(map(region, rows(page, "regions"))),
        "metadata": metadata(page),
        "locator": [
            {k: plain(v) for k, v in texts(row).items()}
            for row in rows(page, "locator")
        ],
        "bat": facts(page, "bat"),
        "hashes": facts(page, "hashes"),
        "image checks": checks(image),
        "log checks": checks(log),
        "limits": [li.text for li in limits.find("li")] if limits else [],
        "guesses": guesses(page),
        "sessions": sessions(page),
    }


# ------------------------------------------------------------------- the JSON


def ordered(report):
    """Findings, the gravest first."""
    grave = ["error", "warning", "info"]
    return [
        (f["id"], f["class"], f["message"], f["where"])
        for f in sorted(report["findings"], key=lambda f: grave.index(f["class"]))
    ]


def reader_of(row):
    applied = row["applied_entries"]
    return {
        "outcome": row["outcome"],
        "crashes": row["aborts"],
        "known": row["known"] or row["outcome"] == "replay",
        "sequence": row["sequence"],
        "applied": len(applied),
        "chosen": len(row["entries"]),
        "first": ", ".join(applied[:12]),
        "length": row["result_length"] and int(row["result_length"]),
        "reason": row["reason"],
        "reader": row["reader"],
        "result": (row["result"] or "not known") if applied else None,
    }


def sequence_of(sequence, report):
    stale = not sequence["current"] and report["log"]["guid"] is not None
    more = ", active" if sequence["active"] else ", stale" if stale else ""
    ends = (sequence["first_sequence_number"], sequence["last_sequence_number"])
    return {
        "id": sequence["id"],
        "count": sequence["entries"],
        "verdict": sequence["verdict"] + more,
        "numbers": " to ".join(ends),
        "who": ", ".join(
            row["policy"]
            for row in report["selection"]
            if row["sequence"] == sequence["id"]
        ),
        "effect": sequence["effect"] is not None,
        "fails": sequence["checks"],
    }


def tail_of(entry, sectors):
    sector, rest = divmod(entry["tail"], 4096)
    if not rest and sector in sectors:
        return f"E{sector}"
    return f"0x{entry['tail']:x}"


def entry_of(entry, sectors, numbers, report):
    word_ = entry["verdict"]
    if word_ == "stale" and report["log"]["guid"] is None:
        word_ = "sound"
    session = numbers.get(entry["log_guid"], "-")
    return {
        "id": entry["id"],
        "tail": tail_of(entry, sectors),
        "number": entry["sequence_number"],
        "session": "-" if entry["verdict"] == "invalid" else session,
        "size": int(entry["last_file_offset"]),
        "verdict": word_
        + ", active" * entry["active"]
        + ", wraps" * entry["wraps"],
        "fails": entry["checks"],
    }


def letter_of(run):
    if run["kind"] == "data":
        return "d" if run["owner"] else "o"
    return LETTERS[run["kind"]]


def ring_of(log):
    if not log["sectors"]:
        return None
    runs = log["map"]
    legend = {}
    for run in runs:
        legend[letter_of(run)] = legend.get(letter_of(run), 0) + run["count"]
    return {
        "letters": "".join(letter_of(r) * r["count"] for r in runs),
        "runs": [
            {
                "first": str(run["first"]),
                "count": str(run["count"]),
                "letter": letter_of(run),
                "kind": run["kind"],
                "owner": run["owner"] or "-",
            }
            for run in runs[:FEW]
        ],
        "legend": legend,
    }


def metadata_of(image):
    said = {"creator": image["creator"] or ""}
    for key, value in (image["metadata"] or {}).items():
        if isinstance(value, bool):
            said[key] = "yes" if value else "no"
        elif value is not None and key != "parent_locator":
            said[key] = str(value)
    return said


def locator_of(image):
    locator = (image["metadata"] or {}).get("parent_locator")
    pairs = locator["entries"] if locator else []
    return [{"key": p["key"], "value": p["value"]} for p in pairs]


def session_of(session):
    ends = session["first_sequence_number"], session["last_sequence_number"]
    return {
        "index": str(session["index"]),
        "guid": session["log_guid"],
        "count": str(session["entries"]),
        "where": f"{session['first']} to {session['last']}",
        "numbers": ends[0] if session["entries"] == 1 else " to ".join(ends),
        "order": session["order"],
    }


def hashes_of(source):
    made = {k: v for k, v in source["sha256"].items() if v}
    for key in "image_sha1", "image_md5":
        if source[key]:
            made[key] = source[key]
    return made or None


def hexed(decimal):
    return "" if decimal is None else hex(int(decimal))


def bytes_of(hit):
    """As characters or in hex, of a long one the beginning."""
    if hit["bytes"] is None:
        return ""
    most = bytes.fromhex(hit["bytes"])[:MATCH]
    printable = most and all(0x20 <= b < 0x7F for b in most)
    text = f'"{most.decode()}"' if printable else most.hex()
    return text + (f"... of {hit['length']}" if int(hit["length"]) > MATCH else "")


def yara_of(hit):
    at = hexed(hit["file_offset"])
    if hit["piece_count"] > 1:
        at += f", in {hit['piece_count']} pieces"
    stale = " (stale)" if hit["stale"] else ""
    target = hexed(hit["target_offset"])
    area = AREAS.get(hit["target_region"], hit["target_region"])
    words = {True: "true", False: "false"}
    return {
        "rule": f"{hit['namespace']}:{hit['rule']}",
        "tags": hit["tags"],
        "meta": [
            f"{m['name']} = {words.get(m['value'], m['value'])}"
            for m in hit["meta"]
        ],
        "id": hit["string"] or "",
        "bytes": bytes_of(hit),
        "scope": hit["scope"],
        "entry": hit["entry"] + stale if hit["entry"] else "",
        "ring": hexed(hit["log_offset"]),
        "file": at,
        "target": target and f"{area} {target}",
        "virtual": hexed(hit["virtual_offset"]),
        "sequence": hit["sequence"] or "",
    }


def yara_all(hits):
    """A rule's words stand in the first of its rows."""
    above = None
    for hit in hits:
        rule = hit["namespace"], hit["rule"]
        told = less(hit, "tags", "meta") | {"tags": [], "meta": []}
        yield yara_of(hit if rule != above else told)
        above = rule


def less(thing, *keys):
    return {k: v for k, v in thing.items() if k not in keys}


def expected(report, timeline):
    """The same as JSON says it."""
    source, image, log = report["source"], report["image"], report["log"]
    said = {
        "verdict": {
            **less(report["verdict"], "note"),
            "next": report["verdict"]["next"] or "",
            "path": source["path"],
        }
    }
    if report["verdict"]["state"] == "not-vhdx" and not report["entries"]:
        return said
    told = timeline["sessions"] if timeline else []
    numbers = {s["log_guid"]: str(s["index"]) for s in told}
    sectors = {e["sector"] for e in report["entries"]}
    return {
        **said,
        "size": source["size"] + " bytes",
        "unchanged": source["unchanged"],
        "findings": ordered(report),
        "readers": {r["policy"]: reader_of(r) for r in report["selection"]},
        "sequences": {
            s["id"]: sequence_of(s, report) for s in report["sequences"]
        },
        "entries": [
            entry_of(e, sectors, numbers, report)
            for e in report["entries"][:MOST]
        ],
        "ring": ring_of(log),
        "orphans": [
            {
                "id": o["id"],
                "number": o["sequence_number"],
                "digest": o["sha256"] or "-",
            }
            for o in report["orphans"][:FEW]
        ],
        "headers": [
            {
                **less(h, "log_version", "version"),
                "checksum": h["checksum"] if h["readable"] else None,
            }
            for h in image["headers"]
        ],
        "tables": [
            {
                **less(t, "regions"),
                "checksum": t["checksum"] if t["readable"] else None,
            }
            for t in image["region_tables"]
        ],
        "regions": [
            less(r, "required")
            for t in image["region_tables"]
            for r in t["regions"]
        ],
        "metadata": metadata_of(image),
        "locator": locator_of(image),
        "bat": image["bat"] and {k: str(v) for k, v in image["bat"].items()},
        "hashes": hashes_of(source),
        "image checks": image["checks"],
        "log checks": log["checks"],
        "yara": list(yara_all(report["yara"][:MOST])),
        "limits": report["limitations"],
        "guesses": [
            less(g, "offset", "length", "guid") for g in report["guesses"]
        ],
        "sessions": [session_of(s) for s in told],
    }


# ------------------------------------------------------------------ comparing


def narrow(got, want):
    """Of what the page says, no more than JSON can confirm."""
    if isinstance(got, dict) and isinstance(want, dict):
        return {k: narrow(v, want.get(k)) for k, v in got.items() if k in want}
    if isinstance(got, list) and isinstance(want, list) and len(got) == len(want):
        return [narrow(g, w) for g, w in zip(got, want)]
    return got


# Where the page may say more than the JSON: words that are made of several keys.
WORDS = {"sequences", "entries", "sessions", "headers", "tables"}


def differences(page, report, timeline):
    got, want = shown(page), expected(report, timeline)
    if report["log"]["sectors"] and report["log"]["sectors"] > RING_CELLS:
        got.get("ring", {}).pop("letters", None)
        want.get("ring", {}).pop("letters", None)
    for key in sorted(got.keys() | want.keys()):
        a, b = got.get(key), want.get(key)
        if key in WORDS and key != "sequences":
            a = narrow(a, b)
        elif key == "sequences" and a is not None and b is not None:
            a = {i: narrow(s, b.get(i, s)) for i, s in a.items()}
        if a != b:
            yield f"{key}:\n  page {first(a, b)}\n  JSON {first(b, a)}"


def first(a, b):
    """Of two things the part of the first in which they begin to differ."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in [*a, *b]:
            if a.get(key) != b.get(key):
                return f"{key}: {first(a.get(key), b.get(key))}"
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        for i in range(max(len(a), len(b))):
            if a[i : i + 1] != b[i : i + 1]:
                return f"[{i}] {first([*a[i:i+1], 0][0], [*b[i:i+1], 0][0])}"
    return repr(a)[:600]


def main():
    page = html_page.read(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    documents = [
        json.loads(pathlib.Path(p).read_bytes().decode(errors="replace"))
        for p in sys.argv[2:]
    ]
    wrong = list(differences(page, documents[0], (documents + [None])[1]))
    for what in wrong:
        print(what)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
