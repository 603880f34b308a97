# SPDX-License-Identifier: MIT
"""dissect.hypervisor, which reads no log."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from common import pages, serve  # noqa: E402

from dissect.hypervisor.disk.vhdx import VHDX  # noqa: E402


def show(image):
    disk = VHDX(pathlib.Path(image))

    def read(offset, length):
        disk.seek(offset)
        return disk.read(length)

    return list(pages(read, disk.size)), None


if __name__ == "__main__":
    serve(show)
