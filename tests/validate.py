#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Validate reports against a JSON Schema.

    validate.py [--jsonl] SCHEMA FILE...

With --jsonl each line is a document of its own. A schema may refer to others in
its folder; nothing is fetched from anywhere else. Also refused, since a reader
may trip over them: a key given twice, a number that is not an integer, and
bytes or escapes that are not Unicode. Says what is wrong and where; exit status
0 all valid, 1 not, 2 wrong usage.
"""

import argparse
import json
import pathlib
import sys

from jsonschema import Draft202012Validator

MAX_ERRORS = 5  # shown for one document


def refuse(what):
    raise ValueError(what)


def unique(pairs):
    """A dict of the pairs; a key given twice is an error."""
    members = dict(pairs)
    if len(members) != len(pairs):
        refuse(f"a key is given twice among {[key for key, _ in pairs]}")
    return members


def parse(text):
    def no_float(number):
        refuse(f"{number} is not an integer")

    return json.loads(
        text,
        object_pairs_hook=unique,
        parse_float=no_float,
        parse_constant=no_float,
    )


def rebased(schema, base):
    """The schema with its references made to hold where it is put at base."""
    if isinstance(schema, list):
        return [rebased(item, base) for item in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {key: rebased(item, base) for key, item in schema.items()}
    if isinstance(copy.get("$ref"), str):
        file, _, pointer = copy["$ref"].partition("#")
        copy["$ref"] = (f"#/$defs/{file}" if file else base) + pointer
    copy.pop("$id", None)
    return copy


def validator(path):
    """A validator for the schema at path, with those of its folder put in."""
    schemas = {
        file.name: json.loads(file.read_text(encoding="utf-8"))
        for file in path.resolve().parent.glob("*.schema.json")
    }
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    whole = rebased(schemas.pop(path.name), "#")
    for name, schema in schemas.items():
        whole.setdefault("$defs", {})[name] = rebased(schema, f"#/$defs/{name}")
    return Draft202012Validator(whole)


def innermost(error):
    """Of the ways in which an anyOf failed, the one that came closest."""

    def closeness(other):
        return other.validator != "type", len(other.absolute_path)

    while error.context:
        error = max(error.context, key=closeness)
    return error


def documents(path, jsonl):
    """Name and text of each document in the file."""
    data = pathlib.Path(path).read_bytes()
    if not jsonl:
        yield path, data
        return
    if data and not data.endswith(b"\n"):
        yield f"{path}: the last line", b"(is cut)"
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        yield f"{path}:{number}", line


def complaints(schema, text):
    try:
        document = parse(text.decode("utf-8"))
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except ValueError as error:
        return [str(error)]
    return [
        f"{error.json_path}: {error.message[:400]}"
        for error in map(innermost, schema.iter_errors(document))
    ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--jsonl", action="store_true")
    parser.add_argument("schema", type=pathlib.Path)
    parser.add_argument("files", nargs="+")
    arguments = parser.parse_args()
    schema = validator(arguments.schema)
    valid = True
    for path in arguments.files:
        for name, text in documents(path, arguments.jsonl):
            found = complaints(schema, text)
            valid = valid and not found
            for complaint in found[:MAX_ERRORS]:
                print(f"{name}: {complaint}", file=sys.stderr)
    return 0 if valid else 1


if __name__ == "__main__":
    sys.exit(main())
