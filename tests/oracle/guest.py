# SPDX-License-Identifier: MIT
"""What a guest sees of an image, by one reader or another.

Each function gives a digest of the virtual disk and a text of what the reader
said, or None and why the reader does not open the image.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile

HANG = 10  # seconds
PIECE = 1 << 20
ZERO = bytes(PIECE)


class Digest:
    """SHA-256 over the pieces of a disk that are not zero; length apart."""

    def __init__(self):
        self.total = hashlib.sha256()
        self.at = 0

    def add(self, piece):
        if piece != ZERO[: len(piece)]:
            self.total.update(self.at.to_bytes(8, "little") + piece)
        self.at += len(piece)

    def text(self):
        return f"{self.total.hexdigest()} of {self.at}"


def of_stream(stream):
    digest = Digest()
    while piece := stream.read(PIECE):
        digest.add(piece)
    return digest.text()


def qemu(image):
    """By qemu-img, which opens no image whose log has anything to replay."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(image)) as folder:
        raw = os.path.join(folder, "raw")
        try:
            done = subprocess.run(
                ["qemu-img", "convert", "-f", "vhdx", "-O", "raw", image, raw],
                capture_output=True,
                check=False,
                timeout=HANG,
            )
        except subprocess.TimeoutExpired:
            return None, "no end"
        if done.returncode != 0:
            return None, done.stderr.decode(errors="replace")
        with open(raw, "rb") as stream:
            return of_stream(stream), ""


def seven_zip(image):
    """By 7-Zip, told to unpack the disk and not what it finds on it."""
    command = ["7zz", "e", "-tVHDX", "-so", image]
    with tempfile.TemporaryFile() as messages:
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=messages
        ) as process:
            digest = of_stream(process.stdout)
        messages.seek(0)
        said = messages.read().decode(errors="replace")
    if digest.endswith(" of 0"):
        return None, said
    return digest, said


def libvhdi(image):
    """By libvhdi, through its Python module."""
    import pyvhdi  # not everywhere

    disk = pyvhdi.file()
    try:
        disk.open(image)
    except OSError as error:
        return None, str(error)
    digest = Digest()
    left = disk.get_media_size()
    while left:
        piece = disk.read_buffer(min(PIECE, left))
        digest.add(piece)
        left -= len(piece)
    disk.close()
    return digest.text(), ""


def versions():
    """Policy, reader and version of each that is installed."""
    if shutil.which("7zz"):
        done = subprocess.run(["7zz"], capture_output=True, check=False, text=True)
        yield "7-zip", seven_zip, done.stdout.split("(z)")[-1].split()[0]
    try:
        import pyvhdi
    except ImportError:
        return
    yield "libvhdi", libvhdi, pyvhdi.get_version()
