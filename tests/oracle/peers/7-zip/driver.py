# SPDX-License-Identifier: MIT
"""7-Zip, which says that it replays no log and shows the disk without."""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from common import serve  # noqa: E402

# Exit statuses: complaints, and nothing more than complaints.
COMPLAINED = {0, 1, 2}


def complaints(text):
    """What 7-Zip says is wrong, in one line."""
    lines = text.partition("ERRORS:")[2].split("\n")
    return "; ".join(line for line in lines if line.strip()) or None


def show(image):
    command = ["7zz", "x", "-so", "-tvhdx", image]
    done = subprocess.run(command, capture_output=True, check=False)
    error = complaints(done.stderr.decode(errors="replace"))
    if done.returncode not in COMPLAINED or not done.stdout:
        raise ValueError(error or f"exit status {done.returncode}")
    return [done.stdout], error


if __name__ == "__main__":
    serve(show)
