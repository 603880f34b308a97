#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""JSON and HTML of every recipe of the corpus agree.

    html_recipes.py [RECIPE or IMAGE...]

Without arguments: all of corpus/recipes. Each is built, and scanned in both
formats; the facts are read back out of the page, which must be well-formed, hold
no script and ask for nothing, and the same in another run. An argument that ends
in .vhdx is an image. The environment is that of recipes.py. Exit status 0 all
agree, 1 not.
"""

import argparse
import base64
import concurrent.futures
import hashlib
import json
import pathlib
import re
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import html_facts  # noqa: E402
import html_page  # noqa: E402
import recipes  # noqa: E402

# What a page may have of attributes, whatever was scanned.
ALLOWED = {
    "a": {"class", "href"},
    "meta": {"charset", "http-equiv", "content", "name"},
    "html": {"lang"},
    "nav": {"aria-label"},
    "th": {"scope", "class", "colspan"},
    "dd": {"class", "data-fact", "data-object"},
    "svg": {"class", "viewbox", "role", "aria-labelledby", "aria-hidden"},
    "pattern": {"id", "width", "height", "patternunits"},
    "path": {"class", "d"},
    "circle": {"class", "cx", "cy", "r"},
    "rect": {"class", "x", "y", "width", "height", "fill"},
    "text": {"class", "x", "y"},
}
PLAIN = {"id", "class"}
TAGS = set(ALLOWED) | set(
    """head title style body header main footer section h1 h2 p ul ol li dl div
    dt code span b br table caption thead tbody tr td details summary g defs
    desc tspan""".split()
)
# Rules that hold in most images.
RULES = pathlib.Path(__file__).resolve().parent / "html.yar"
YARA = ["--yara", str(RULES), "--yara-scope", "all"]
POLICY = (
    "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; "
    "form-action 'none'"
)


def complaints(page):
    """What a page that is opened anywhere must not have."""
    for node in page.walk():
        if node.tag and node.tag not in TAGS:
            yield f"an element <{node.tag}>"
        for name, value in node.attributes.items():
            if name not in ALLOWED.get(node.tag, PLAIN):
                yield f"<{node.tag} {name}>"
            if name == "href" and not re.fullmatch("#[a-z]+", value):
                yield f"a link to {value}"
            if name == "fill" and not re.fullmatch(r"url\(#ring-[a-z]+\)", value):
                yield f"a fill of {value}"
    style = page.one("style").text
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = page.one("meta", http_equiv="Content-Security-Policy")
    if policy is None or policy.attributes["content"] != POLICY.format(digest):
        yield "a policy that is not the one for this style"
    for word in "url(", "@import", "http":
        if word in style:
            yield f"a style with {word}"
    names = {n.attributes["id"] for n in page.walk() if "id" in n.attributes}
    for link in page.find("a"):
        if link.attributes["href"][1:] not in names:
            yield f"a link to {link.attributes['href']}, which is not there"


def seen(command):
    done = recipes.run(command)
    if done.returncode not in (0, 1, 3):
        raise recipes.Failed(f"{command}: {done.stderr.decode()}")
    return done.returncode, done.stdout


def timeline(image, options):
    """Where there is one: an image that is none has no sessions."""
    done = recipes.run([recipes.VHDXLOG, "timeline", "-f", "json", *options, image])
    return json.loads(done.stdout) if done.returncode < 2 else None


def judge(image, options):
    """Everything in which the page is not as it should be."""
    command = [recipes.VHDXLOG, "scan", *YARA, *options, image, "-f"]
    status, document = seen([*command, "json"])
    status_, text = seen([*command, "html"])
    if status != status_:
        yield f"exit status {status_}, not {status}"
    if seen([*command, "html"])[1] != text:
        yield "another run gives another page"
    page = html_page.parse(text.decode())
    yield from complaints(page)
    timeless = [o for o in options if o not in ("--unreferenced", "--all-checks")]
    yield from html_facts.differences(
        page, json.loads(document), timeline(image, timeless)
    )


def compared(image):
    """The comparison in a page against the command that makes it."""
    _, text = seen([recipes.VHDXLOG, "scan", "-f", "html", image])
    section = html_page.parse(text.decode()).one("section", id="compare")
    if section is None:
        return
    names = [dt.text for dt in section.find("dt")]
    if not names:
        return
    done = recipes.run([recipes.VHDXLOG, "compare", "-f", "json", image, *names])
    want = json.loads(done.stdout)
    bat = [e for page in want["pages"] for e in page["bat"]]
    said = list(map(html_facts.texts, html_facts.rows(section, "compare-bat")))
    if [(r["index"], state(r["a"]), state(r["b"])) for r in said] != [
        (str(e["index"]), entry(e["a"]), entry(e["b"])) for e in bat
    ]:
        yield f"BAT entries of {names}: {said}"
    pages = list(map(html_facts.texts, html_facts.rows(section, "compare-pages")))
    if [(int(r["offset"], 16), html_facts.size(r["length"])) for r in pages] != [
        (int(p["file_offset"]), int(p["length"])) for p in want["pages"]
    ]:
        yield f"pages of {names}: {pages}"


def state(words):
    """"present at 20 MiB" """
    name, _, where = words.partition(" at ")
    return name, html_facts.size(where) if where else 0


def entry(side):
    if side is None:
        return "-", 0
    return side["state"], int(side["file_offset"])


def examine(path, folder):
    options = []
    image = path
    try:
        if path.suffix == ".json":
            recipe = json.loads(path.read_text(encoding="utf-8"))
            image = folder / (str(path.with_suffix(".vhdx")).replace("/", "-"))
            recipes.build(path, image)
            options = list(recipes.options(recipe, folder))
        wrong = list(judge(str(image), options))
        if not options:
            wrong += compared(str(image))
        return "\n".join(wrong)
    except (recipes.Failed, ValueError, KeyError, SyntaxError) as failed:
        return f"{type(failed).__name__}: {failed}"
    finally:
        if path.suffix == ".json":
            image.unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    paths = arguments.paths or sorted(recipes.RECIPES.rglob("*.json"))
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        with concurrent.futures.ThreadPoolExecutor(recipes.JOBS) as pool:
            answers = pool.map(
                lambda p: examine(p, pathlib.Path(folder)), paths
            )
            for path, wrong in zip(paths, answers):
                if wrong:
                    failed += 1
                    print(f"{path}:\n{wrong}\n")
    print(f"{len(paths)} pages, {failed} not as their JSON")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
