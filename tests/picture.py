#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The picture of a page in the README says which page it is of.

    picture.py take PAGE PNG    Chromium draws the top of PAGE; PNG is made
    picture.py check PAGE PNG   whether PNG was made of that PAGE

The SHA-256 of the page stands in the picture, as the text vhdxlog-page. Exit
status of check: 0 it was, 1 not.
"""

import hashlib
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

KEY = b"vhdxlog-page\0"
WINDOW = "1180,1110"
MOST = 200_000  # bytes, as everybody who clones gets it


def chunks(png):
    """The chunks of a picture, as type and data."""
    at = 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


def joined(parts):
    yield b"\x89PNG\r\n\x1a\n"
    for kind, data in parts:
        checksum = zlib.crc32(kind + data)
        yield struct.pack(">I", len(data)) + kind + data
        yield struct.pack(">I", checksum)


def digest(page):
    return hashlib.sha256(page.read_bytes()).hexdigest().encode()


def smaller(png):
    """What of the picture is needed, packed tighter."""
    parts = list(chunks(png))
    packed = b"".join(data for kind, data in parts if kind == b"IDAT")
    data = zlib.compress(zlib.decompress(packed), 9)
    return [parts[0], (b"IDAT", data), (b"IEND", b"")]


def draw(page, folder):
    """What Chromium makes of it."""
    target = pathlib.Path(folder) / "page.png"
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu"]
    command += [f"--user-data-dir={folder}", "--hide-scrollbars"]
    command += ["--host-resolver-rules=MAP * ~NOTFOUND", "--no-first-run"]
    command += [f"--window-size={WINDOW}", f"--screenshot={target}"]
    done = subprocess.run(
        [*command, page.resolve().as_uri()], capture_output=True, check=False
    )
    if done.returncode or not target.exists():
        sys.exit(f"picture.py: chromium: {done.stderr.decode()[-400:]}")
    return target.read_bytes()


def take(page, png):
    with tempfile.TemporaryDirectory() as folder:
        parts = smaller(draw(page, folder))
    parts.insert(1, (b"tEXt", KEY + digest(page)))
    made = b"".join(joined(parts))
    if len(made) > MOST:
        sys.exit(f"picture.py: {len(made)} bytes are more than {MOST}")
    png.write_bytes(made)


def check(page, png):
    said = [d for k, d in chunks(png.read_bytes()) if k == b"tEXt"]
    if KEY + digest(page) not in said:
        sys.exit(f"{png} is of another page; make picture makes it anew")


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("take", "check"):
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    {"take": take, "check": check}[sys.argv[1]](*map(pathlib.Path, sys.argv[2:]))


if __name__ == "__main__":
    main()
