# SPDX-License-Identifier: MIT
"""Make a recipe smaller as long as it still shows what it shows."""

import copy

ENOUGH = 400  # tries


def without(recipe, path, index):
    """The recipe less one element of a list in it."""
    smaller = copy.deepcopy(recipe)
    holder = smaller
    for key in path:
        holder = holder[key]
    del holder[index]
    return smaller


def halves(recipe, path):
    """Less a half, a quarter, ... one element of a list, last ones first."""
    holder = recipe
    for key in path:
        holder = holder[key]
    size = len(holder)
    step = size // 2
    while step > 1:
        for begin in reversed(range(0, size, step)):
            smaller = copy.deepcopy(recipe)
            target = smaller
            for key in path:
                target = target[key]
            del target[begin : begin + step]
            yield smaller
        step //= 2
    for index in reversed(range(size)):
        yield without(recipe, path, index)


SIMPLER = {
    "tail": ("self",),
    "pad": (None, 1),
    "flushed": (None,),
    "last": (None,),
    "nested": (None,),
}


def plainer_entries(recipe):
    for index, entry in enumerate(recipe["log"]["entries"]):
        for key, values in SIMPLER.items():
            for value in values:
                if key not in entry or entry[key] == value:
                    continue
                smaller = copy.deepcopy(recipe)
                changed = smaller["log"]["entries"][index]
                if value is None:
                    del changed[key]
                else:
                    changed[key] = value
                yield smaller


def plainer_writes(recipe):
    for index, entry in enumerate(recipe["log"]["entries"]):
        yield from halves(recipe, ("log", "entries", index, "writes"))
        for at, write in enumerate(entry["writes"]):
            for key in ("repeat", "bytes", "current"):
                if key in write:
                    smaller = copy.deepcopy(recipe)
                    del smaller["log"]["entries"][index]["writes"][at][key]
                    yield smaller


def candidates(recipe):
    """Smaller recipes, the boldest first."""
    yield from halves(recipe, ("damage",))
    yield from halves(recipe, ("log", "entries"))
    yield from plainer_writes(recipe)
    yield from plainer_entries(recipe)


def shrink(recipe, still):
    """The smallest found for which still(recipe) holds. Ends: at ENOUGH tries."""
    recipe = copy.deepcopy(recipe)
    recipe.setdefault("damage", [])
    for entry in recipe.setdefault("log", {}).setdefault("entries", []):
        entry.setdefault("writes", [])
    tries = 0
    found = True
    while found:
        found = False
        for smaller in candidates(recipe):
            tries += 1
            if tries > ENOUGH:
                return recipe
            if still(smaller):
                recipe, found = smaller, True
                break
    return recipe
