# SPDX-License-Identifier: MIT
"""Images to be put into dumps: of other programs, of the corpus, of qemu-io."""

import gzip
import os
import pathlib
import shutil
import subprocess

import carve_truth
from carve_truth import KIB, MIB
from generate import Dice

SRC = pathlib.Path(os.environ.get("VHDXLOG_SRC", "."))
CORPUS = os.environ.get("VHDXLOG_CORPUS", str(SRC / "build/vhdxlog-corpus"))
FOLDERS = ("shape", "timeline", "reader")


def unpacked(folder):
    """What other programs wrote, where it is here."""
    packed = sorted(pathlib.Path(os.environ.get("VHDXLOG_IMAGES") or "/nonexistent").glob("*.vhdx.gz"))
    for each in packed:
        path = folder / each.stem
        with gzip.open(each) as source, open(path, "wb") as target:
            while data := source.read(MIB):
                # Holes again.
                if data.strip(b"\0"):
                    target.write(data)
                else:
                    target.seek(len(data), os.SEEK_CUR)
            target.truncate()
        yield path


def built(folder, dice, count):
    """Recipes whose images are small, chosen at random."""
    recipes = [SRC / "corpus/recipes/demo.json"]
    for name in FOLDERS:
        recipes += sorted((SRC / "corpus/recipes" / name).glob("*.json"))
    for _ in range(count):
        recipe = dice.one_of(recipes)
        path = folder / f"{recipe.stem}.vhdx"
        if path.exists():
            continue
        subprocess.run([CORPUS, str(recipe), str(path)], check=True)
        if path.stat().st_size > 200 * MIB:
            path.unlink()
            continue
        yield path


def written(folder, dice, count):
    """By qemu-io: a pattern for each write, and half of them with a dirty log."""
    for number in range(count):
        path = folder / f"qemu-{number}.vhdx"
        block = dice.one_of((1, 1, 2, 8))
        options = f"subformat=dynamic,block_size={block}M,log_size={dice.one_of((1, 1, 2))}M"
        subprocess.run(
            ["qemu-img", "create", "-q", "-f", "vhdx", "-o", options, path, "1G"],
            check=True,
        )
        writes = [
            f"write -P {dice.between(1, 255)} {dice.below(1 << 14) * 64 * KIB} 64K"
            for _ in range(dice.between(1, 24))
        ]
        dirty = dice.chance(50)
        command = ["qemu-io", "-f", "vhdx"]
        for each in writes + ["abort"] * dirty:
            command += ["-c", each]
        done = subprocess.run([*command, path], capture_output=True, check=False)
        if dirty != (done.returncode < 0):
            raise RuntimeError(f"qemu-io: {done.stderr.decode()}")
        yield path


def images(folder, seed, count):
    """What of them says one thing of itself; the others are no images to find."""
    dice = Dice(seed)
    if not shutil.which("qemu-io"):
        raise FileNotFoundError("no qemu-io")
    paths = [
        *unpacked(folder),
        *built(folder, dice, count),
        *written(folder, dice, count // 2),
    ]
    return [image for path in paths if (image := carve_truth.image(path))]
