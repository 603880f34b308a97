# SPDX-License-Identifier: MIT
"""What each reader does with a log, as far as its published source tells.

A model takes a Log and answers with a Prediction. Which version of the reader
it is about stands in README.md. Models are witnesses too: where the reader
itself is seen to do otherwise, the model is wrong.
"""

import dataclasses
import functools

from logs import MIB, SECTOR, apply


@dataclasses.dataclass
class Prediction:
    """In the words of a report's `selection`.

    entries: what is applied, in order. length: of the file afterwards, if it
    changes. show: makes of the bytes of the file those that the reader shows,
    where that is not the file with the entries applied.
    """

    outcome: str
    entries: list = dataclasses.field(default_factory=list)
    aborts: bool = False
    length: int | None = None
    show: object = None
    result: str | None = None  # digest of the report

    def shown(self, image):
        file = bytearray(image)
        if self.show:
            return self.show(file)
        apply(file, self.entries)
        return file

    def __str__(self):
        names = [entry.name for entry in self.entries]
        words = [self.outcome, *names[:1]]
        if len(names) > 1:
            words[-1] += f"..{names[-1]} ({len(names)})"
        return " ".join(words + ["(aborts)"] * self.aborts)


REFUSE = functools.partial(Prediction, "refuse")
IGNORE = functools.partial(Prediction, "ignore")
CRASH = functools.partial(Prediction, "refuse", aborts=True)


def never(log):
    """Those that look at no log."""
    return IGNORE()


# -------------------------------------------------------------------- vhdx-rs


def vhdx_rs_entry(log, offset):
    """Neither descriptors, data sectors nor Tail are looked at."""
    entry = log.at(offset)
    if entry is None or entry.wraps or entry.length == 0:
        return None
    good = entry.sound and entry.guid == log.guid and entry.sequence
    return entry if good else None


def vhdx_rs_chain(log, offset):
    """From a sector on, never beyond the end of the ring."""
    chain = []
    while entry := vhdx_rs_entry(log, offset):
        if chain and entry.sequence != chain[-1].sequence + 1:
            break
        chain.append(entry)
        offset = entry.end
        if offset == 0:
            break
    return chain


def vhdx_rs_select(log):
    best, tail = [], 0
    while True:
        chain = vhdx_rs_chain(log, tail)
        valid = chain and chain[-1].tail in [entry.offset for entry in chain]
        if valid and (not best or chain[-1].sequence > best[-1].sequence):
            best = chain
        step = chain[-1].end if valid else (tail + SECTOR) % log.ring_length
        if step <= tail:
            return best
        tail = step


def vhdx_rs_breaks(entry):
    """The first descriptor that it cannot apply, None if it can all."""
    data = 0
    for index, descriptor in enumerate(entry.descriptors):
        data += descriptor.kind == b"desc"
        inside = entry.table_length + SECTOR * data <= entry.length
        if not descriptor.known or (descriptor.kind == b"desc" and not inside):
            return index
    whole = len(entry.descriptors) == entry.count
    return None if whole else len(entry.descriptors)


def vhdx_rs_blank(chain, file):
    """What of the guest it shows: where the log has nothing, zeroes.

    Below LastFileOffset the file itself is not read; data goes before zeroes,
    and is found where it covers the front of what is read, here a page.
    """
    out = bytearray(min(chain[-1].last, len(file))) + file[chain[-1].last :]
    descriptors = [d for entry in chain for d in entry.descriptors]
    for descriptor in sorted(descriptors, key=lambda d: d.kind == b"desc"):
        front = -(-descriptor.target // SECTOR) * SECTOR
        end = min(descriptor.target + descriptor.length, len(out))
        if front < end:
            data = descriptor.data()
            out[front:end] = data[front - descriptor.target : end - descriptor.target]
    return out


def vhdx_rs(log):
    """In memory."""
    chain = vhdx_rs_select(log)
    if not chain:
        return IGNORE()
    if any(vhdx_rs_breaks(entry) is not None for entry in chain):
        return REFUSE()
    show = functools.partial(vhdx_rs_blank, chain)
    return Prediction("replay", chain, show=show)


def vhdx_rs_write(log):
    """In the file, whose length becomes what the head says, be it less."""
    chain = vhdx_rs_select(log)
    if not chain:
        return IGNORE()
    if len(log.image) < chain[-1].flushed:
        return REFUSE()
    for index, entry in enumerate(chain):
        if vhdx_rs_breaks(entry) is not None:
            return cut_short(chain[:index], entry, vhdx_rs_breaks(entry))
    return Prediction("replay", chain, length=chain[-1].last)


def cut_short(done, entry, index, aborts=False):
    """The entries done, and the descriptors of one more up to an index."""

    def show(file):
        apply(file, done)
        part = dataclasses.make_dataclass("Part", ["descriptors"])
        apply(file, [part(entry.descriptors[:index])])
        return file

    applied = bool(done) or index > 0
    outcome = "partial" if applied else "refuse"
    return Prediction(outcome, done, aborts=aborts, show=show)


# ------------------------------------------------------------------- rust-img

RUST_IMG_PASSES = 4
RUST_IMG_BLOCK = 256 * MIB


def rust_img_good(entry):
    """What it asks of an entry behind the checksum."""
    if 64 + 32 * entry.count > entry.length:
        return False
    data = entry.table_length
    for descriptor in entry.descriptors:
        if descriptor.sequence != entry.sequence or not descriptor.known:
            return False
        if descriptor.kind == b"desc":
            data += SECTOR
            if data > entry.length or descriptor.data_sequence != entry.sequence:
                return False
    return True


def rust_img_discover(log):
    """Entries by offset, None where it runs out of bytes to checksum."""
    found, offset = {}, 0
    budget = RUST_IMG_PASSES * log.ring_length
    while offset < log.ring_length:
        entry = log.at(offset)
        step = SECTOR
        if entry and rust_img_worth(entry, log):
            if budget < entry.length:
                return None
            budget -= entry.length
            if entry.sound and rust_img_good(entry):
                found[offset] = entry
                step = entry.length
        offset += step
    return found


def rust_img_worth(entry, log):
    """Whether it spends a checksum on this."""
    fits = SECTOR <= entry.length <= log.ring_length
    return fits and entry.length % SECTOR == 0 and entry.guid == log.guid


def rust_img_chain(found):
    """From the tail of the highest number on; it may end before that."""
    head = max(found.values(), key=lambda e: (e.sequence, -e.offset))
    chain, offset = [], head.tail
    while entry := found.get(offset):
        if chain and entry.sequence != chain[-1].sequence + 1:
            break
        chain.append(entry)
        offset = entry.end
    return chain


def rust_img(log):
    found = rust_img_discover(log)
    if found is None:
        return REFUSE()
    if not found:
        return IGNORE()
    chain = rust_img_chain(found)
    if not chain:
        return REFUSE()
    descriptors = [d for entry in chain for d in entry.descriptors]
    most = len(log.image) + RUST_IMG_BLOCK * len(descriptors)
    extent = max(len(log.image), min(most, max(e.last for e in chain)))
    if any(d.target + d.length > extent for d in descriptors):
        return REFUSE()
    return Prediction("replay", chain, length=extent)


# ------------------------------------------------------------------- virtdisk

VIRTDISK_LOWEST = 192 << 10


def virtdisk_header(entry, log):
    return (
        SECTOR <= entry.length <= log.ring_length
        and entry.length % SECTOR == 0
        and entry.tail < log.ring_length
        and entry.tail % SECTOR == 0
        and entry.sequence != 0
        and entry.reserved == 0
        and entry.guid == log.guid
        and entry.last % MIB == 0
        and entry.flushed % MIB == 0
        and entry.table_length <= entry.length
    )


def virtdisk_descriptor(descriptor, entry, log):
    if not descriptor.known or descriptor.sequence != entry.sequence:
        return False
    if descriptor.kind == b"desc":
        if descriptor.data_sequence != entry.sequence:
            return False
    elif descriptor.low != bytes(4) or descriptor.length % SECTOR:
        return False
    end = descriptor.target + descriptor.length
    log_end = log.offset + log.ring_length
    return (
        descriptor.target % SECTOR == 0
        and VIRTDISK_LOWEST <= descriptor.target
        and end <= entry.last
        and not (descriptor.target < log_end and log.offset < end)
    )


def virtdisk_good(entry, log):
    return (
        virtdisk_header(entry, log)
        and entry.sound
        and entry.needed == entry.length
        and all(virtdisk_descriptor(d, entry, log) for d in entry.descriptors)
    )


def virtdisk_path(good, start, length):
    """Each longer path from an entry, at most once round the ring."""
    path, used, entry = [], 0, good.get(start)
    while entry and used + entry.length <= length:
        if path and entry.sequence != path[-1].sequence + 1:
            return
        path.append(entry)
        used += entry.length
        yield path
        entry = None if used == length else good.get(entry.end)


def virtdisk(log):
    """Of all paths and their beginnings, the highest head with its tail on it."""
    good = {e.offset: e for e in log.entries.values() if virtdisk_good(e, log)}
    active = []
    for start in sorted(good):
        for path in virtdisk_path(good, start, log.ring_length):
            offsets = [entry.offset for entry in path]
            newer = not active or path[-1].sequence > active[-1].sequence
            if newer and path[-1].tail in offsets:
                active = path[offsets.index(path[-1].tail) :]
    if not active or len(log.image) < active[-1].flushed:
        return REFUSE()
    ends = [d.target + d.length for e in active for d in e.descriptors]
    length = max([len(log.image), active[-1].last, *ends])
    return Prediction("replay", active, length=length)


# -------------------------------------------------------------------- calebf


class Crash(Exception):
    """An assertion of its own fails."""


def calebf_entry(log, offset):
    """What it reads at a byte of the ring, on through its end. No checksum."""
    end = log.offset + offset + 64
    if end > len(log.image):
        raise Crash
    entry = linear(log, offset)
    if entry is None:
        return None
    whole = [
        entry.length % SECTOR == 0,
        entry.tail % SECTOR == 0,
        entry.sequence > 0,
        entry.flushed % MIB == 0,
        entry.last % MIB == 0,
        len(entry.descriptors) == entry.count,
        all(calebf_descriptor(d) for d in entry.descriptors),
        entry.needed == entry.length,
    ]
    if not all(whole):
        raise Crash
    return entry


def linear(log, offset):
    """An entry whose bytes do not wrap."""
    start = log.offset + offset
    if log.image[start : start + 4] != b"loge":
        try:
            log.image[start : start + 4].decode()
        except UnicodeDecodeError:
            raise Crash from None
        return None
    ring = log.image[log.offset :]
    return type(next(iter(log.entries.values())))(ring, offset // SECTOR)


def calebf_descriptor(descriptor):
    if descriptor.kind == b"zero":
        return descriptor.length % SECTOR == 0 and descriptor.target % SECTOR == 0
    data = descriptor.sector[:4] == b"data" and len(descriptor.sector) == SECTOR
    return descriptor.kind == b"desc" and data and descriptor.target % SECTOR == 0


def calebf_chain(log, offset):
    """An entry of another number is passed over, and reading goes on."""
    chain = []
    while entry := calebf_entry(log, offset):
        if entry.guid != log.guid:
            break
        if not chain or entry.sequence == chain[-1].sequence + 1:
            chain.append(entry)
        offset += entry.length
    return chain


def calebf_select(log):
    """Chains by the number of their first entry; None where it hangs."""
    best, tail = [], 0
    while True:
        chain = calebf_chain(log, tail)
        valid = chain and chain[-1].tail in [entry.offset for entry in chain]
        if valid and (not best or chain[0].sequence > best[0].sequence):
            best = chain
        step = chain[-1].offset if valid else (tail + SECTOR) % log.ring_length
        if valid and step == tail:
            return None
        if step < tail:
            return best
        tail = step


def calebf_applies(descriptor, entry, length):
    inside = descriptor.target + descriptor.length < length
    return descriptor.sequence == entry.sequence and inside


def calebf(log):
    try:
        chain = calebf_select(log)
    except Crash:
        return CRASH()
    if chain is None:
        return Prediction("hang")
    if not chain or len(log.image) < chain[-1].flushed:
        return CRASH()
    for count, entry in enumerate(chain):
        for index, descriptor in enumerate(entry.descriptors):
            if not calebf_applies(descriptor, entry, len(log.image)):
                return cut_short(chain[:count], entry, index, aborts=True)
    return Prediction("replay", chain)


# ------------------------------------------------------------------ vhdx-core


def vhdx_core_entries(log):
    """From the ring's first byte on, by the lengths they claim, in any order."""
    found, offset = [], 0
    while entry := log.at(offset):
        if entry.length < 64 or entry.wraps:
            break
        if entry.sound and entry.guid == log.guid:
            found.append(entry)
        offset += entry.length
    return sorted(found, key=lambda entry: entry.sequence)


def vhdx_core_writes(entry):
    """What it makes of an entry, as targets and bytes.

    It takes a data descriptor's number for its target, and for its data what
    follows the descriptors at once, with 12 bytes not put back.
    """
    data = 64 + 32 * entry.count
    for descriptor in entry.descriptors:
        if descriptor.kind == b"zero":
            yield descriptor.target, bytes(descriptor.length)
        elif descriptor.kind == b"desc":
            if data + SECTOR <= entry.length:
                yield descriptor.sequence, entry.bytes[data : data + SECTOR]
            data += SECTOR


def vhdx_core_show(entries, file):
    for entry in entries:
        for target, data in vhdx_core_writes(entry):
            room = max(0, len(file) - target)
            file[target : target + len(data)] = data[:room]
    return file


def vhdx_core(log):
    entries = vhdx_core_entries(log)
    if any(len(entry.descriptors) < entry.count for entry in entries):
        return CRASH()
    show = functools.partial(vhdx_core_show, entries)
    return Prediction("replay" if entries else "ignore", entries, show=show)
