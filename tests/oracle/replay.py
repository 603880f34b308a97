#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What vhdxlog-replay writes, against the installed qemu-img.

    replay.py same [options of oracle.py]    as QEMU would leave it: same.py
    replay.py crash [options of crash.py]    ... of images after a crash
    replay.py rearm [--sequences N] [options of oracle.py]
                                             re-armed against applied: rearm.py

A RECIPE may also be a folder of recipes. --sequences: of an image with more
sequences only N. VHDXLOG_REPLAY says where the program is. Exit status 0 all as it
has to be, 1 not, 2 usage, 77 no qemu-img.
"""

import os
import sys

sys.dont_write_bytecode = True  # leave nothing in the sources
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import crash  # noqa: E402
import oracle  # noqa: E402
import rearm  # noqa: E402
import same  # noqa: E402


def main():
    kind = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    if kind == "same":
        return oracle.run(same.look, oracle.parser().parse_args())
    if kind == "crash":
        return crash.run(same.look, crash.parser().parse_args())
    if kind == "rearm":
        parser = oracle.parser()
        parser.add_argument("--sequences", type=int)
        return oracle.run(rearm.look, parser.parse_args())
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
