# SPDX-License-Identifier: MIT
"""vhdxlog-replay on one image, and what has to hold whatever it is asked for.

The image stays as it was; there is an output after exit status 0 and after no
other, and never anything beside it; twice the same gives twice the same bytes.
"""

import os
import pathlib
import re
import subprocess
import tempfile

import difference
import headers
import judge
import oracle

REPLAY = os.environ.get("VHDXLOG_REPLAY", str(oracle.SRC / "build/vhdxlog-replay"))
WRITTEN, REFUSED = 0, 1


def identity(path):
    """What must not change of an image that is only read."""
    seen = os.stat(path)
    return seen.st_ino, seen.st_mtime_ns, seen.st_size, difference.content(path)


class Subject:
    """An image, what is done with it, and what is wrong with that.

    A context: what was written is gone behind it.
    """

    def __init__(self, image, scratch):
        self.image = image
        self.folder = tempfile.TemporaryDirectory(dir=scratch)
        self.copy = pathlib.Path(scratch) / (image.name + ".copy")  # for qemu-img
        self.before = identity(image)
        self.outcomes = []  # to be counted
        self.complaints = []
        self.good = []  # outputs that were not forced: sound images

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()
        self.copy.unlink(missing_ok=True)

    def complain(self, text):
        self.complaints.append(text)

    def replay(self, name, *options):
        """Run the program twice: the output, or None, and what it said."""
        first, said = self.once(name, options)
        again, _ = self.once(name + ".again", options)
        if (first is None) != (again is None):
            self.complain(f"{shown(options)}: written once, and once not")
        if again:
            if first and difference.content(first) != difference.content(again):
                self.complain(f"{shown(options)}: two runs, two different outputs")
            again.unlink()
        return first, said

    def once(self, name, options):
        folder = pathlib.Path(self.folder.name)
        output = folder / name
        there = set(folder.iterdir())
        done = subprocess.run(
            [REPLAY, *options, str(self.image), str(output)],
            capture_output=True,
            check=False,
        )
        said = done.stderr.decode(errors="replace").strip()
        made = set(folder.iterdir()) - there
        want = {output} if done.returncode == WRITTEN else set()
        if done.returncode not in (WRITTEN, REFUSED):
            self.complain(f"{shown(options)}: exit status {done.returncode}: {said}")
        if made != want:
            names = ", ".join(sorted(path.name for path in made)) or "nothing"
            self.complain(
                f"{shown(options)}: exit status {done.returncode}, and it left {names}"
            )
        return (output if output in made else None), said

    def answer(self):
        """Outcomes and complaints, when all is done."""
        if identity(self.image) != self.before:
            self.complain("the image was changed")
        return self.outcomes, self.complaints


def shown(options):
    return " ".join(options)


def reason(said):
    """Why it was refused, the same of all images: without names and numbers."""
    line = said.splitlines()[-1] if said else "no reason"
    line = re.sub(r"^.*\.vhdx: *", "", line)
    return re.sub(r"\b[ESD]?(0x[0-9a-f]+|\d+)(-\d+)?\b", "N", line)


def first_difference(one, other, log=(0, 0)):
    """Where two files differ, headers and log apart, in words; or None."""
    found, _ = difference.difference(one, other, log)
    if not found:
        return None
    at, new = found[0]
    with open(one, "rb") as file:
        old = os.pread(file.fileno(), len(new), at)
    return (
        f"{len(found)} ranges differ, the first at {at}, {len(new)} bytes: "
        f"{new[:8].hex()}.. and should be {old[:8].hex() or 'nothing'}.."
    )


def foreign_to_qemu(image, report):
    """Why qemu-img opens no image such as this one, though it is sound."""
    metadata = report["image"]["image"]["metadata"] or {}
    if metadata.get("has_parent"):
        return "it has a parent"
    if metadata.get("logical_sector_size") != 512:
        return "its sectors are large"
    if not headers.first_table_is_sealed(image):
        return "its first region table is lost"
    return None


def look_at_good(subjects):
    """Outputs that were not forced have to be clean, and qemu-img opens them."""
    outputs = [output for subject in subjects for output in subject.good]
    if not outputs:
        return
    reports = judge.reports(oracle.VHDXLOG, outputs, "-q")
    for subject in subjects:
        for output in subject.good:
            report = reports[str(output)]
            state = report["image"]["verdict"]["state"]
            if state != "clean":
                subject.complain(f"{output.name} was not forced, and is {state}")
            if judge.opens(output):
                subject.outcomes.append("good copy")
                continue
            why = foreign_to_qemu(output, report)
            if why:
                subject.outcomes.append(f"good copy, but QEMU refuses it: {why}")
            else:
                subject.complain(f"{output.name} was not forced, and QEMU refuses it")
