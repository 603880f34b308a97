#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Show dirty logs to other readers, and compare what they do with what is said
of them.

    run.py [--peer NAME]... [--seed N] [--count N] [--keep FOLDER]

The logs are those of corpus/recipes/reader and --count random ones. Each peer
that was built (`make oracle-peers`) opens an image of each; what it shows of the
pages that the log writes is compared with

  * the report's row of that policy, if it has one,
  * the model of that reader in models.py.

--keep leaves the recipes of logs about which there is no agreement in FOLDER.

The environment says where things are: VHDXLOG, VHDXLOG_CORPUS (programs),
VHDXLOG_SRC (sources), VHDXLOG_PEERS (what was built), TMPDIR. Exit status 0 all
peers do what row and model say, 1 not, 2 usage.
"""

import argparse
import collections
import dataclasses
import functools
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # leave nothing in the sources
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent))
import difference  # noqa: E402
import models  # noqa: E402
from logs import Log  # noqa: E402
from random_logs import TARGETS, recipes  # noqa: E402

SRC = pathlib.Path(os.environ.get("VHDXLOG_SRC", "."))
VHDXLOG = os.environ.get("VHDXLOG", str(SRC / "build/vhdxlog"))
CORPUS = os.environ.get("VHDXLOG_CORPUS", str(SRC / "build/vhdxlog-corpus"))
BUILT = pathlib.Path(os.environ.get("VHDXLOG_PEERS", SRC / "build/peers"))
PATIENCE = 5
SHORT = 1  # where a hang is expected, else they take most of the time
SIZE = 4 << 20
RUST = BUILT / "rust/release"
VENV = BUILT / "python/bin/python3"


@dataclasses.dataclass
class Peer:
    """A reader: how its driver is started, and what is said of it.

    writes: replays in the file, so it gets a copy, and the copy is looked at.
    payload: what the log writes may be a block of the guest. show: how it shows
    the entries it applied, where that is not the file with the entries applied.
    """

    command: list
    model: object
    policy: str | None
    writes: bool = False
    payload: bool = True
    show: object = None

    def there(self):
        if not shutil.which(str(self.command[0])):
            return False
        return self.policy != "7-zip" or shutil.which("7zz") is not None


def script(name):
    return HERE / name / "driver.py"


PEERS = {
    # The report's row is that of a writable image.
    "vhdx-rs": Peer(
        [RUST / "peer-vhdx-rs"], models.vhdx_rs, None, show=models.vhdx_rs_blank
    ),
    "vhdx-rs-write": Peer(
        [RUST / "peer-vhdx-rs", "write"], models.vhdx_rs_write, "vhdx-rs", writes=True
    ),
    "rust-img": Peer([RUST / "peer-rust-img"], models.rust_img, "rust-img", writes=True),
    "virtdisk": Peer(
        [RUST / "peer-virtdisk"],
        models.virtdisk,
        "virtdisk",
        writes=True,
        payload=False,
    ),
    "calebf": Peer([RUST / "peer-calebf"], models.calebf, "calebf", writes=True),
    "vhdx-core": Peer([RUST / "peer-vhdx-core"], models.vhdx_core, None),
    "dissect": Peer([VENV, script("dissect")], models.never, "dissect"),
    "libvhdi": Peer([VENV, script("libvhdi")], models.never, "libvhdi"),
    "libvhdi-debian": Peer(
        ["/usr/bin/python3", script("libvhdi")], models.never, "libvhdi"
    ),
    "7-zip": Peer(["/usr/bin/python3", script("7-zip")], models.never, "7-zip"),
}


# -------------------------------------------------------------------- asking


@dataclasses.dataclass
class Seen:
    """What a peer did: `opens`, `refuses`, `crashes` or `hangs`."""

    did: str
    error: str | None = None
    guest: bytes | None = None
    length: int | None = None
    result: str | None = None  # digest of what differs in a copy, see there


class Driver:
    """A peer that answers one question after the other, and is started anew
    when it crashed or hung."""

    def __init__(self, peer, folder):
        self.peer = peer
        self.out = folder / "guest"
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [str(word) for word in self.peer.command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        )
        self.pending = b""

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.communicate()
        self.process = None

    def line(self, until):
        """The next line it says; empty at its end, None when time is up."""
        while b"\n" not in self.pending:
            left = max(0, until - time.monotonic())
            if not select.select([self.process.stdout], [], [], left)[0]:
                return None
            more = os.read(self.process.stdout.fileno(), 1 << 16)
            if not more:
                return b""
            self.pending += more
        line, _, self.pending = self.pending.partition(b"\n")
        return line or b" "

    def answer(self, image, patience):
        """Some readers talk as well; an answer is a line of JSON."""
        until = time.monotonic() + patience
        self.process.stdin.write(f"{image}\t{self.out}\n".encode())
        self.process.stdin.flush()
        while (line := self.line(until)) and not line.startswith(b"{"):
            pass
        return line

    def ask(self, image, patience):
        if not self.process:
            self.start()
        self.out.unlink(missing_ok=True)
        line = self.answer(image, patience)
        if not line:
            self.stop()
            return Seen("hangs" if line is None else "crashes")
        said = json.loads(line)
        if not said["opened"]:
            return Seen("refuses", said["error"])
        guest = self.out.read_bytes() if said["guest"] else None
        return Seen("opens", said["error"], guest)


def observe(driver, image, patience, folder):
    """What the peer does, with what it shows of the pages that logs write."""
    if not driver.peer.writes:
        return driver.ask(image, patience)
    copy = folder / "copy.vhdx"
    shutil.copyfile(image, copy)
    seen = driver.ask(copy, patience)
    with open(copy, "rb") as file:
        file.seek(TARGETS)
        pages = file.read(SIZE)
    if seen.guest is not None and not pages.startswith(seen.guest[: len(pages)]):
        seen.error = "the guest is not what the file holds"
    seen.guest, seen.length = pages, copy.stat().st_size
    seen.result = result(image, copy)
    return seen


def result(image, copy):
    """Digest of what was made of an image, as the report's rows have it."""
    with open(image, "rb") as file:
        log = Log(file.read())
    elsewhere, _ = difference.difference(
        image, copy, (log.offset, log.offset + log.ring_length)
    )
    return difference.digest(elsewhere)


# --------------------------------------------------------------------- images


def apart(entry):
    """An entry that is repeated, as entries that write a page each."""
    for index in range(entry.get("repeat", 1)):
        one = {k: v for k, v in entry.items() if k != "repeat"}
        if index:
            one = {k: v for k, v in one.items() if k not in ("at", "sequence")}
        one["writes"] = [moved(write, index) for write in entry.get("writes", [])]
        yield one


def moved(write, index):
    """A write of another page, and of other bytes."""
    kind = "page" if "page" in write else "zero"
    if index == 0 or kind not in write:
        return write
    write = dict(write)
    write[kind] = f"{write[kind]}+{index * 4096}"
    if kind == "page":
        write["fill"] = (write.get("fill", 0) + index) % 256
    return write


def made_visible(recipe, payload):
    """The recipe, with blocks of the guest (or a region that nobody knows)
    where the log writes, which are not zero."""
    recipe = {k: v for k, v in recipe.items() if k != "expect"}
    region = {"guid": "target", "offset": TARGETS, "length": SIZE}
    blocks = {str(i): f"present@{12 + i}M" for i in range(SIZE >> 20)}
    image = {"blocks": blocks} if payload else {"regions": [region]}
    image |= {"virtual_size": SIZE, "log": recipe["image"].get("log", {})}
    log = dict(recipe["log"])
    log["entries"] = [one for e in log.get("entries", []) for one in apart(e)]
    base = {"fill": f"file+{TARGETS}", "byte": 0xEE, "length": SIZE}
    damage = [base, *recipe.get("damage", [])]
    return recipe | {"image": image, "log": log, "damage": damage}


def rows(image):
    """What the report says of each reader, by policy."""
    command = [VHDXLOG, "scan", "-f", "json", str(image)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        return {}
    return {row["policy"]: row for row in json.loads(done.stdout)["selection"]}


class Case:
    """A log: its images, one for each sort of peer, and what is said of it."""

    def __init__(self, name, recipe, folder):
        self.name = name
        self.recipe = recipe
        self.images = {}
        for payload in True, False:
            path = folder / ("payload.json" if payload else "region.json")
            path.write_text(json.dumps(made_visible(recipe, payload)))
            self.images[payload] = path.with_suffix(".vhdx")
            subprocess.run([CORPUS, path, self.images[payload]], check=True)
        self.bytes = {k: v.read_bytes() for k, v in self.images.items()}
        self.logs = {k: Log(v) for k, v in self.bytes.items()}
        self.rows = {k: rows(v) for k, v in self.images.items()}

    def row(self, peer):
        """The report's row of a peer as a prediction, if there is one."""
        row = self.rows[peer.payload].get(peer.policy)
        if row is None:
            return None
        entries = self.logs[peer.payload].entries
        applied = [entries[int(name[1:])] for name in row["applied_entries"]]
        show = functools.partial(peer.show, applied) if peer.show and applied else None
        length = row["result_length"] if peer.writes and applied else None
        return models.Prediction(
            row["outcome"],
            applied,
            row["aborts"],
            length=int(length) if length else None,
            show=show,
            result=row["result"],
        )


# ------------------------------------------------------------------ comparing

DOES = {"replay": "opens", "ignore": "opens", "clean": "opens", "hang": "hangs"}


def did(prediction):
    if prediction.aborts:
        return "crashes"
    return DOES.get(prediction.outcome, "refuses")


def visible(prediction, case, peer):
    shown = prediction.shown(case.bytes[peer.payload])
    return bytes(shown[TARGETS : TARGETS + SIZE])


def disagreement(prediction, seen, case, peer):
    """In a few words, or ''."""
    if did(prediction) != seen.did:
        return f"said {prediction}, {seen.did} ({seen.error})"
    if prediction.result and seen.result:
        same = prediction.result == seen.result
        same = same and prediction.length == seen.length
        return "" if same else f"said {prediction}, the result is another"
    expected = visible(prediction, case, peer)
    length = prediction.length
    if length is not None and seen.length not in (None, length):
        return f"said {prediction}: length {length}, not {seen.length}"
    if length is not None:
        expected = expected[: max(0, length - TARGETS)]
    if seen.guest is None or seen.guest == expected:
        return ""
    return f"said {prediction}, shows {shows(seen.guest, expected, case, peer)}"


def shows(guest, expected, case, peer):
    """Who wrote the first page that is not as expected."""
    for at in range(0, min(len(guest), len(expected)), 4096):
        page = guest[at : at + 4096]
        if page != expected[at : at + 4096]:
            entries = case.logs[peer.payload].entries.values()
            writers = [
                entry.name
                for entry in entries
                for d in entry.descriptors
                if d.known and d.target == TARGETS + at and d.data()[:4096] == page
            ]
            return f"{'/'.join(writers) or page[:8].hex()} at {TARGETS + at:#x}"
    return f"{len(guest)} bytes, not {len(expected)}"


class Tally:
    """What agreed and what did not, by peer and by who said it."""

    def __init__(self):
        self.counts = collections.defaultdict(collections.Counter)
        self.outcomes = collections.defaultdict(collections.Counter)
        self.wrong = set()

    def note(self, case, name, by, text):
        self.counts[name][by, not text] += 1
        if text:
            print(f"{case.name}: {name}: {by}: {text}", flush=True)
            self.wrong.add(case.name)

    def show(self):
        for name, counts in self.counts.items():
            parts = []
            for by in "report", "model":
                good, bad = counts[by, True], counts[by, False]
                if good + bad:
                    parts.append(f"{by} {good} of {good + bad}")
            seen = ", ".join(f"{n} {what}" for what, n in self.outcomes[name].items())
            print(f"{name}: {seen}; as said by {', '.join(parts) or 'nobody'}")


def compare(case, name, driver, folder, tally):
    peer = driver.peer
    prediction = peer.model(case.logs[peer.payload])
    patience = SHORT if prediction.outcome == "hang" else PATIENCE
    seen = observe(driver, case.images[peer.payload], patience, folder)
    tally.outcomes[name][seen.did] += 1
    wrong = disagreement(prediction, seen, case, peer)
    tally.note(case, name, "model", wrong)
    row = case.row(peer)
    if row is not None:
        tally.note(case, name, "report", disagreement(row, seen, case, peer))


# -------------------------------------------------------------------- running


def cases(arguments, folder):
    """All logs, each in turn in the same files."""
    for path in sorted((SRC / "corpus/recipes/reader").glob("*.json")):
        yield Case(path.stem, json.loads(path.read_text(encoding="utf-8")), folder)
    for name, recipe in recipes(arguments.seed, arguments.count):
        try:
            yield Case(name, recipe, folder)
        except subprocess.CalledProcessError:
            print(f"{name}: no image")


def present(wanted):
    """The peers to be run; the others are named."""
    for name, peer in PEERS.items():
        if wanted and name not in wanted:
            continue
        if peer.there():
            yield name
        else:
            print(f"{name}: not built, skipped")


def keep(case, folder):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{case.name}.json"
    path.write_text(json.dumps(made_visible(case.recipe, True), indent=1))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer", action="append", choices=PEERS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--keep", type=pathlib.Path)
    arguments = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        drivers = {n: Driver(PEERS[n], folder) for n in present(arguments.peer)}
        for case in cases(arguments, folder):
            for name, driver in drivers.items():
                compare(case, name, driver, folder, tally)
            if arguments.keep and case.name in tally.wrong:
                keep(case, arguments.keep)
        for driver in drivers.values():
            driver.stop()
    tally.show()
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
