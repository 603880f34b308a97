# SPDX-License-Identifier: MIT
"""The question and answer of all drivers, for those written in Python.

driver/src/lib.rs says what it looks like.
"""

import json
import sys

PAGE = 4096
MOST = 8 << 20


def pages(read, size):
    """What a guest sees, read a page at a time as the other drivers do."""
    for offset in range(0, min(size, MOST), PAGE):
        yield read(offset, PAGE)


def answer(show, image, out):
    """show(IMAGE) gives the guest's pages and an error that did not stop it."""
    try:
        guest, error = show(image)
        with open(out, "wb") as file:
            file.writelines(guest)
    except Exception as failed:  # whatever the reader makes of a broken image
        return {"opened": False, "guest": False, "error": str(failed)}
    return {"opened": True, "guest": True, "error": error}


def serve(show):
    """Answers all questions of standard input."""
    for line in sys.stdin:
        image, out = line.rstrip("\n").split("\t")
        print(json.dumps(answer(show, image, out)), flush=True)
