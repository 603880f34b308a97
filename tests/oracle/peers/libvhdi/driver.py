# SPDX-License-Identifier: MIT
"""libvhdi by its Python bindings, which reads no log."""

import pathlib
import sys

import pyvhdi

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from common import pages, serve  # noqa: E402


def show(image):
    disk = pyvhdi.file()
    disk.open(image)

    def read(offset, length):
        return disk.read_buffer_at_offset(length, offset)

    guest = list(pages(read, disk.get_media_size()))
    disk.close()
    return guest, None


if __name__ == "__main__":
    serve(show)
