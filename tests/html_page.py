# SPDX-License-Identifier: MIT
"""An HTML page as a tree, with nothing but the standard library.

The page that vhdxlog writes is XML as well, which parse() insists on; what a
browser makes of it is not, and goes through read().
"""

import html.parser
import xml.etree.ElementTree

VOID = {"meta", "br", "link", "img", "input", "hr", "base"}


class Node:
    """An element; children are elements and strings."""

    def __init__(self, tag, attributes):
        self.tag = tag
        self.attributes = attributes
        self.children = []

    @property
    def classes(self):
        return (self.attributes.get("class") or "").split()

    def walk(self):
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def find(self, tag=None, class_=None, **attributes):
        """All elements below, in order, that are so; _ in a name is a dash."""
        wanted = {k.replace("_", "-"): v for k, v in attributes.items()}
        for node in self.walk():
            if (
                node is not self
                and (tag is None or node.tag == tag)
                and (class_ is None or class_ in node.classes)
                and all(node.attributes.get(k) == v for k, v in wanted.items())
            ):
                yield node

    def one(self, *args, **attributes):
        """The only element that is so, or None."""
        found = list(self.find(*args, **attributes))
        if len(found) > 1:
            raise ValueError(f"{len(found)} elements {args} {attributes}")
        return found[0] if found else None

    @property
    def text(self):
        return "".join(
            c.text if isinstance(c, Node) else c for c in self.children
        )


class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        node = Node(tag, dict(attrs))
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].children.append(Node(tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if self.open[-1].tag != tag:
            raise ValueError(f"</{tag}> closes <{self.open[-1].tag}>")
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].children.append(data)


def read(text):
    """The tree of a page; ValueError where tags do not match."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    if len(reader.open) != 1:
        raise ValueError(f"<{reader.open[-1].tag}> is not closed")
    return reader.root


def parse(text):
    """The same of a page that must be well-formed XML, its names apart."""
    tree = xml.etree.ElementTree.fromstring(text)
    ids = [e.get("id") for e in tree.iter() if e.get("id") is not None]
    twice = sorted({i for i in ids if ids.count(i) > 1}) if len(ids) < 999 else []
    if twice or len(set(ids)) != len(ids):
        raise ValueError(f"an id is given twice: {twice}")
    return read(text)
