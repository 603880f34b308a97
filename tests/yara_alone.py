#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Hold what scan --yara says against the yara program.

    yara_alone.py IMAGE SEED

Makes random rules out of what the image holds, puts its stretches together from
the plain JSON report and the image's bytes, each into a file of its own, runs
yara on each with the variables that go with it, and compares: the same rules must
hold of the same places, by the same strings. Exit status 0 they do, 1 not.
"""

import json
import os
import random
import subprocess
import sys
from collections import namedtuple

PAGE = 4096
SCOPES = ("pages", "slack", "foreign", "raw")
Stretch = namedtuple("Stretch", "scope bytes places entry region target stale")


def scan(*arguments):
    done = subprocess.run([os.environ["VHDXLOG"], "scan", "-f", "json",
                           *arguments], stdout=subprocess.PIPE, check=False)
    if done.returncode > 1:
        sys.exit(f"the scan ended with {done.returncode}")
    return json.loads(done.stdout)


class Image:
    """The stretches, from the report and the bytes."""

    def __init__(self, path):
        self.report = scan(path)
        with open(path, "rb") as file:
            self.bytes = file.read()
        self.log = int(self.report["log"]["offset"])
        self.sectors = self.report["log"]["sectors"]

    def sector_at(self, number):
        return self.log + number % self.sectors * PAGE

    def of_entry(self, entry, scope, data, places, region="", target=-1):
        return Stretch(scope, data, places, int(entry["sequence_number"]),
                       region, target, entry["verdict"] == "stale")

    def page(self, descriptor):
        """Bytes of a page, and where each of them lies in the image."""
        at = int(descriptor["offset"])
        data = self.sector_at(descriptor["data_sector"])
        places = [*range(at + 8, at + 16), *range(data + 8, data + 4092),
                  *range(at + 4, at + 8)]
        return bytes(self.bytes[i] for i in places), places

    def pages(self, entry):
        found = sorted((d for d in entry["descriptors"]
                        if d["kind"] == "data"),
                       key=lambda d: int(d["file_offset"]))
        runs = []
        for d in found:
            if runs and int(runs[-1][-1]["file_offset"]) + PAGE == \
                    int(d["file_offset"]):
                runs[-1].append(d)
            else:
                runs.append([d])
        for run in runs:
            parts = [self.page(d) for d in run]
            pages = [self.of_entry(entry, "pages", *part, d["region"],
                                   int(d["file_offset"]))
                     for part, d in zip(parts, run)]
            whole = pages[0]._replace(
                bytes=b"".join(p.bytes for p in pages),
                places=[i for p in pages for i in p.places])
            yield whole, pages if len(pages) > 1 else []

    def slack(self, entry):
        end = 64 + 32 * len(entry["descriptors"])
        used = -(-end // PAGE)
        data = sum(d["kind"] == "data" for d in entry["descriptors"])
        rests = [(used - 1, end % PAGE)] if end % PAGE else []
        rests += [(i, 0) for i in range(used + data, entry["sectors"])]
        places, last = [], None
        for i, skip in [*rests, (None, 0)]:
            at = self.sector_at(entry["sector"] + (i or 0))
            left = i is not None and any(self.bytes[at + skip:at + PAGE])
            if places and not (left and i == last + 1):
                yield self.of_entry(entry, "slack",
                                    bytes(self.bytes[p] for p in places),
                                    places)
                places = []
            if left:
                places += range(at + skip, at + PAGE)
                last = i

    def ring(self, scope, wanted):
        runs, count = [], 0
        for run in [*self.report["log"]["map"], {"count": 0}]:
            if run["count"] and wanted(run):
                first = first if count else run["first"]
                count += run["count"]
                continue
            if count:
                runs.append((first, count))
            count = 0
        # The ring goes round; as it lies it does not.
        if scope == "foreign" and len(runs) > 1 and runs[0][0] == 0 and \
                sum(runs[-1]) == self.sectors:
            runs[-1] = (runs[-1][0], runs[-1][1] + runs.pop(0)[1])
        for first, count in runs:
            places = [p for i in range(first, first + count)
                      for p in range(self.sector_at(i),
                                     self.sector_at(i) + PAGE)]
            yield Stretch(scope, bytes(self.bytes[p] for p in places),
                          places, -1, "", -1, False)

    def stretches(self):
        """Each with the pages that it is made of, if they are several."""
        for entry in self.report["entries"]:
            if entry["verdict"] == "invalid":
                continue
            yield from ((s, []) for s in self.slack(entry))
            yield from self.pages(entry)
        yield from ((s, []) for s in self.ring(
            "foreign", lambda run: run["owner"] is None and
            run["kind"] not in ("zero", "unreadable")))
        yield from ((s, []) for s in self.ring(
            "raw", lambda run: run["kind"] != "unreadable"))


class Rules:
    """Random ones, about strings that are there, and some that are not."""

    def __init__(self, seed, stretches):
        self.random = random.Random(seed)
        self.stretches = [s for s, _ in stretches]
        self.strings = {}

    def string(self):
        for _ in range(64):
            s = self.random.choice(self.stretches)
            at = self.random.randrange(len(s.bytes))
            found = s.bytes[at:at + self.random.randint(3, 12)]
            if len(set(found)) > 2 and sum(
                    t.bytes.count(found) for t in self.stretches) < 40:
                return found
        return self.random.randbytes(6)

    def look(self):
        r, s = self.random, self.random.choice(self.stretches)
        at = r.randrange(len(s.bytes))
        return r.choice([
            "$a", "$b", "not $a", "any of them", "all of them", "#a > 1",
            f"#b == {r.randint(0, 2)}", f"$a at {at}",
            f"$a in ({at}..{at + 900})", "1 of ($a, $b)",
            "for any i in (1..#a) : (@a[i] < 2000)", "@b[1] > 100",
            "not (@a[1] == 8)", "!a[1] > 3", "#a in (0..3000) > 0",
            f'scope == "{s.scope}"', f"entry_sequence == {s.entry}",
            f"entry_sequence > {s.entry}", f'target_region == "{s.region or "bat"}"',
            f"target_offset == {s.target}", f"target_offset < {s.target}",
            "stale", "not stale", f"filesize < {len(s.bytes) + 1}",
            f"uint8({at}) == {s.bytes[at]}", "r0", "not r1", "r2 and $b",
            "for any of ($a, $b) : ($ at 0)", "true", "not any of them"])

    def condition(self, depth):
        if depth == 0:
            return self.look()
        word = self.random.choice(["and", "or", "and not", "or not"])
        return f"({self.condition(depth - 1)} {word} " \
               f"{self.condition(self.random.randrange(depth))})"

    def text(self, count):
        out = []
        for i in range(count):
            a, b = (self.string().hex(" ") for _ in range(2))
            condition = self.condition(self.random.randint(0, 2)) if i > 2 \
                else self.random.choice(["$a", "$a or stale", "$b"])
            kind = "private " if self.random.random() < .05 else ""
            out.append(f"{kind}rule r{i} {{ strings: $a = {{ {a} }} "
                       f"$b = {{ {b} }} condition: ({condition}) and "
                       "($a or $b or true) }\n")
        return "".join(out)


def run_yara(rules, s):
    """{rule: [(string, offset, length)]} of one stretch by itself."""
    with open("stretch", "wb") as file:
        file.write(s.bytes)
    variables = {"scope": s.scope, "entry_sequence": s.entry,
                 "target_region": s.region or " ", "target_offset": s.target,
                 "stale": str(s.stale).lower()}
    # yara takes an empty value for a number; no rule asks for that one.
    defines = [w for k, v in variables.items() for w in ("-d", f"{k}={v}")]
    done = subprocess.run(["yara", "-s", "-L", "-w", *defines, rules, "stretch"],
                          stdout=subprocess.PIPE, check=True, text=True)
    held = {}
    for line in done.stdout.splitlines():
        if line.startswith("0x"):
            at, length, string, _ = line.split(":", 3)
            held[rule].append((string, int(at, 16), int(length)))
        else:
            rule = line.split(" ")[0]
            held[rule] = []
    return held


def told(s, held):
    for rule, found in held.items():
        for string, at, length in found or [(None, 0, len(s.bytes))]:
            yield s.scope, rule, string, s.places[at], length


def main():
    path, seed = sys.argv[1], int(sys.argv[2])
    stretches = list(Image(path).stretches())
    with open("rules.yar", "w", encoding="ascii") as file:
        file.write(Rules(seed, stretches).text(40))
    want = []
    for s, pages in stretches:
        held = run_yara("rules.yar", s)
        want += told(s, held)
        for page in pages:
            alone = run_yara("rules.yar", page)
            want += told(page, {rule: found for rule, found in alone.items()
                                if rule not in held})
    got = [(h["scope"], h["rule"], h["string"], int(h["file_offset"]),
            int(h["length"]))
           for h in scan("--yara", "rules.yar", "--yara-scope",
                         ",".join(SCOPES), path)["yara"]]
    key = lambda t: tuple(str(v) for v in t)
    missing = sorted(set(want) - set(got), key=key)
    extra = sorted(set(got) - set(want), key=key)
    for word, hits in (("not told", missing), ("told, not so", extra)):
        for hit in hits[:10]:
            print(word, hit)
    if len(want) != len(got):
        print(f"{len(got)} hits, want {len(want)}")
    print(f"{len(want)} hits in {len(stretches)} stretches")
    sys.exit(bool(missing or extra or len(want) != len(got) or not want))


main()
