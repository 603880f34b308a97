#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
`make bench-results`: of the figures of the last `make bench`, and of the machine,
tests/bench/results/VERSION.json and, for people, VERSION.md.

usage: results.py BENCH.JSONL VERSION COMMIT FOLDER
"""
import json
import os
import platform
import re
import subprocess
import sys


def first_line(*command):
    out = subprocess.run(command, capture_output=True, text=True, check=True)
    return out.stdout.splitlines()[0]


def machine():
    with open("/proc/cpuinfo", encoding="ascii") as file:
        cpu = re.search(r"^model name\s*: (.*)$", file.read(), re.M)
    with open("/proc/meminfo", encoding="ascii") as file:
        memory = int(re.search(r"^MemTotal:\s*(\d+) kB$", file.read(),
                               re.M).group(1))
    return {
        "cpu": cpu.group(1) if cpu else platform.machine(),
        "processors": os.cpu_count(),
        "memory_gib": round(memory / 1048576),
        "kernel": platform.release(),
        "qemu": first_line("qemu-img", "--version"),
        "dd": first_line("dd", "--version"),
        "sha256sum": first_line("sha256sum", "--version"),
    }


def table(rows):
    """Rows that have the same keys, as Markdown."""
    keys = list(rows[0])
    yield "| " + " | ".join(keys) + " |"
    yield "|" + "---|" * len(keys)
    for row in rows:
        cells = (row[k] for k in keys)
        yield "| " + " | ".join(
            f"{c:.4g}" if isinstance(c, float) else str(c)
            for c in cells) + " |"


def tables(records):
    """Neighbours with the same keys make a table."""
    group = []
    for record in records + [{}]:
        if group and list(record) != list(group[0]):
            yield from table(group)
            yield ""
            group = []
        group.append(record)


def page(version, commit, facts, records):
    bounds = [r for r in records if "bound" in r]
    yield f"# Benchmarks of vhdxlog {version}"
    yield ""
    yield (f"`make bench` of {commit}: medians, commands that are compared run "
           "by turns, whole processes, files cached.")
    yield ""
    yield from table([facts])
    yield ""
    yield "## Bounds"
    yield ""
    yield "| what | figure | bound | |"
    yield "|---|---:|---:|---|"
    for b in bounds:
        yield (f"| {b['bound']} | {b['figure']:.2f} | "
               f"at {b['at']} {b['limit']} | "
               f"{'ok' if b['held'] else '**OVER**'} |")
    yield ""
    yield "## Figures"
    yield ""
    yield from tables([r for r in records if "bound" not in r])


def main():
    source, version, commit, folder = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    facts = machine()
    os.makedirs(folder, exist_ok=True)
    name = os.path.join(folder, version)
    with open(name + ".json", "w", encoding="utf-8") as file:
        json.dump({"version": version, "commit": commit, "machine": facts,
                   "figures": records}, file, indent=1)
        file.write("\n")
    with open(name + ".md", "w", encoding="utf-8") as file:
        file.write("\n".join(page(version, commit, facts, records)).rstrip()
                   + "\n")


main()
