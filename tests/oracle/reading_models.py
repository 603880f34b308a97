# SPDX-License-Identifier: MIT
"""What the readers that cannot be run here do with a log, said once more.

Each is written down as plainly as it was read, with no thought of how long it
takes, and knows nothing of lib/policy. README.md says where a reading had to be
chosen. A model takes an Image and gives an Answer.
"""

import dataclasses

import headers
from reading_logs import MIB, SECTOR, is_data_of, sealed

LOWEST = 192 << 10  # openvmm: the first byte that a log may write
TIB_256 = 1 << 48
GIB = 1 << 30
SIGNED = 1 << 63


@dataclasses.dataclass
class Answer:
    """In the words of a report's `selection`.

    chosen, applied: entries, in order. zeroes_first: how an entry is applied.
    length: of the file afterwards, None as far as the writes go. limit: why the
    row may say something else.
    """

    outcome: str
    chosen: list = dataclasses.field(default_factory=list)
    applied: list = dataclasses.field(default_factory=list)
    aborts: bool = False
    zeroes_first: bool = False
    last: int = 0
    limit: str = ""


class Crash(Exception):
    """It fails in a way that it did not provide for."""


class Limit(Exception):
    """What it does cannot be told, or our row is known not to tell it."""


def refuse(chosen=()):
    return Answer("refuse", list(chosen))


def newest(slots, valid=sealed):
    """The header with the higher number; of the same ones the first."""
    good = [slot for slot in slots if valid(slot)]
    return max(good, key=lambda slot: slot.sequence, default=None)


def dirty(slot):
    return slot.log_guid != headers.NO_GUID


def end_of_writes(size, entries):
    """Length of a file that entries were written to."""
    ends = [d.end for e in entries for d in e.descriptors() if d.length]
    return max([size, *ends])


# -------------------------------------------------------------------- openvmm


def openvmm_slot(image):
    """The header that it goes by; None: it refuses."""
    slot = newest(image.slots)
    if image.identifier != b"vhdxfile" or not slot or slot.version != 1:
        return None
    if dirty(slot) and slot.log_version != 0:
        return None
    if slot.log_offset % MIB or slot.log_length % MIB:
        return None
    if slot.log_length == 0:
        return None if dirty(slot) else slot
    inside = slot.log_offset + slot.log_length <= image.size
    good = slot.log_offset >= MIB and slot.log_length <= GIB and inside
    return slot if good else None


def openvmm_target(ring, descriptor, entry):
    zero_is_whole = not descriptor.is_zero or descriptor.length % SECTOR == 0
    misses_log = (
        descriptor.target >= ring.offset + ring.length
        or descriptor.end <= ring.offset
    )
    return (
        descriptor.known
        and descriptor.target % SECTOR == 0
        and descriptor.target >= LOWEST
        and descriptor.sequence == entry.sequence
        and zero_is_whole
        and descriptor.end < 1 << 64
        and misses_log
    )


def openvmm_entry(ring, guid, at):
    entry = ring.entry(at)
    if not entry or entry.guid != guid or entry.tail >= ring.length:
        return None
    length = entry.length
    if length % SECTOR or not SECTOR <= length < ring.length or not entry.fits:
        return None
    for descriptor, sector in entry.with_data():
        if not openvmm_target(ring, descriptor, entry):
            return None
        if descriptor.is_data and not is_data_of(sector, entry.sequence):
            return None
    return entry if entry.needed() == length and entry.sealed else None


def span(ring, tail, head):
    """Bytes from tail to head: of the same ones the whole ring."""
    return (head - tail) % ring.length or ring.length


def openvmm_goes_on(ring, last, entry):
    """Whether an entry is taken for what follows the last one."""
    return (
        entry.sequence == last.sequence + 1
        and entry.length <= ring.length - span(ring, last.tail, last.end)
        and span(ring, entry.tail, entry.end) <= span(ring, last.tail, entry.end)
    )


def openvmm_chain(ring, guid, at):
    chain = []
    while entry := openvmm_entry(ring, guid, chain[-1].end if chain else at):
        if chain and not openvmm_goes_on(ring, chain[-1], entry):
            break
        chain.append(entry)
    if chain:
        head = chain[-1]
        if span(ring, head.tail, head.end) <= span(ring, at, head.end):
            return chain
    return None


def openvmm_select(ring, guid):
    best, at = None, 0
    while at < ring.length:
        chain = openvmm_chain(ring, guid, at)
        if not chain:
            at += SECTOR
            continue
        if not best or chain[-1].sequence > best[-1].sequence:
            best = chain
        if chain[-1].end <= at:
            break
        at = chain[-1].end
    return best


def openvmm(image):
    slot = openvmm_slot(image)
    if not slot:
        return refuse()
    if not dirty(slot):
        return Answer("clean")
    chain = openvmm_select(image.ring(slot), slot.log_guid)
    if not chain:
        return refuse()
    # From the Tail until it comes to the head's end; where that is the same
    # place, it is done before it began.
    starts = [entry.at for entry in chain]
    if chain[-1].tail == chain[-1].end:
        raise Limit("the head's Tail is its own end")
    if chain[-1].tail not in starts:
        return refuse()
    active = chain[starts.index(chain[-1].tail) :]
    if any(d.end > SIGNED - 1 for e in active for d in e.descriptors()):
        raise Limit("a chosen entry writes at 2^63")
    if chain[-1].last >= SIGNED:
        raise Limit("a LastFileOffset of 2^63 or more")
    return Answer("replay", active, active, last=chain[-1].last)


# ------------------------------------------------------------------ DiscUtils


def discutils_slot(image):
    """Neither version nor place of the log is looked at."""
    return newest(image.slots) if image.identifier == b"vhdxfile" else None


def wrapped(number, bits):
    """As a signed integer of so many bits."""
    number %= 1 << bits
    return number - (1 << bits) if number >> (bits - 1) else number


def discutils_parse(entry):
    """The descriptors in order: the first that is bad makes it no entry, the
    first that is not in memory ends the program."""
    table = wrapped(-(-(wrapped(entry.count * 32, 32) + 64) // SECTOR) * SECTOR, 32)
    first = table if table >= 0 else entry.length  # no place in memory
    for descriptor, sector in entry.with_data(first):
        if not descriptor.known:
            return None
        if descriptor.is_data and not sector:
            raise Crash
        if descriptor.sequence != entry.sequence:
            return None
        if descriptor.is_data and not is_data_of(sector, entry.sequence):
            return None
    if not entry.fits:
        raise Crash
    if table != entry.table:
        raise Limit("a DescriptorCount of 2^26 or more that passes")
    return entry


def discutils_read(ring, at):
    """An entry, of whatever LogGuid."""
    entry = ring.entry(at)
    if not entry or entry.length > ring.length:
        return None
    if entry.length < SECTOR:
        raise Crash
    if not entry.sealed:
        return None
    if entry.length % SECTOR:
        raise Limit("an entry whose EntryLength is no multiple of 4096")
    return discutils_parse(entry)


def ltr_read(ring, at):
    """It reads the header first, and has no limit but that of an int."""
    entry = ring.entry(at)
    if not entry:
        return None
    if entry.length < 64 or entry.length >= 1 << 31:
        raise Crash
    if entry.length > ring.length:
        raise Limit("an EntryLength of more than the ring")
    if not entry.sealed:
        return None
    if entry.length % SECTOR:
        raise Limit("an entry whose EntryLength is no multiple of 4096")
    return discutils_parse(entry)


def discutils_chain(ring, guid, at, read):
    chain = []
    while entry := read(ring, at):
        if entry.guid != guid:
            break
        if chain and entry.sequence != (chain[-1].sequence + 1) % (1 << 64):
            break
        chain.append(entry)
        at = entry.end
    return chain


def discutils_contains(chain):
    """A range of bytes, from the first entry to a sector into the head."""
    first, head = chain[0].at, chain[-1].at
    tail = chain[-1].tail
    if head >= first:
        return first <= tail < head + SECTOR
    return tail >= first or tail < head + SECTOR


def discutils_select(ring, guid, read):
    best, at = [], 0
    while True:
        chain = discutils_chain(ring, guid, at, read)
        highest = best[-1].sequence if best else 0
        if chain and discutils_contains(chain) and chain[-1].sequence > highest:
            best = chain
        step = (chain[-1].at if chain else at) + SECTOR
        if step % ring.length <= at:
            return best
        at = step % ring.length


def discutils(image, read=discutils_read):
    slot = discutils_slot(image)
    if not slot:
        return refuse()
    if not dirty(slot):
        return Answer("clean")
    ring = image.ring(slot)
    chain = ring.whole and discutils_select(ring, slot.log_guid, read)
    if not chain or chain[-1].flushed > image.size:
        return refuse(chain or [])
    if any(d.end > SIGNED - 1 for e in chain for d in e.descriptors()):
        raise Limit("a chosen entry writes at 2^63")
    return Answer("replay", chain, chain)


def ltr_discutils(image):
    return discutils(image, ltr_read)


# -------------------------------------------------------------------- aoiflux

AOIFLUX_PAGES = 65536


def aoiflux_entry(ring, guid, at):
    entry = ring.entry(at)
    if not entry or entry.guid != guid or entry.sequence == 0:
        return None
    sane = SECTOR <= entry.length <= ring.length and entry.length % SECTOR == 0
    tail = entry.tail % SECTOR == 0 and entry.tail < ring.length
    return entry if sane and tail and entry.fits and entry.sealed else None


def aoiflux_walk(ring, guid, newest_entry):
    """From the newest entry's Tail to an entry with its number."""
    chain, at = [], newest_entry.tail
    while entry := aoiflux_entry(ring, guid, at):
        if chain and entry.sequence != chain[-1].sequence + 1:
            return None
        chain.append(entry)
        if entry.sequence == newest_entry.sequence:
            return chain
        at = entry.end
    return None


def aoiflux_applies(descriptor, sector, entry):
    """What it asks of a descriptor when it comes to apply it."""
    data = descriptor.is_data and is_data_of(sector, entry.sequence)
    zero = descriptor.is_zero and descriptor.length % SECTOR == 0
    return (
        (data or zero)
        and descriptor.sequence == entry.sequence
        and descriptor.target % SECTOR == 0
        and descriptor.end < SIGNED
    )


def aoiflux_is_too_much(chain):
    """A run of zeroes that is too long, or too many pages, each counted once."""
    ranges = {(d.target, d.end) for e in chain for d in e.descriptors()}
    if any(end - begin > GIB for begin, end in ranges):
        return True
    if sum(end - begin for begin, end in ranges) <= AOIFLUX_PAGES * SECTOR:
        return False
    return len({at for r in ranges for at in range(*r, SECTOR)}) > AOIFLUX_PAGES


def aoiflux(image):
    slot = newest(image.slots)
    if not slot:
        return refuse()
    if not dirty(slot):
        return Answer("clean")
    ring = image.ring(slot)
    if not ring.whole or ring.length % SECTOR or ring.offset % SECTOR:
        return refuse()
    places = range(0, ring.length, SECTOR)
    found = [aoiflux_entry(ring, slot.log_guid, at) for at in places]
    found = [entry for entry in found if entry]
    if not found:
        return refuse()
    head = max(found, key=lambda e: (e.sequence, -e.at))
    chain = aoiflux_walk(ring, slot.log_guid, head)
    if not chain:
        return refuse()
    for entry in chain:
        if not all(aoiflux_applies(*pair, entry) for pair in entry.with_data()):
            return refuse(chain)
    if aoiflux_is_too_much(chain):
        raise Limit("more zeroes, or more pages, than it allows for")
    return Answer("replay", chain, chain)


# ----------------------------------------------------------------------- xx-c

XX_C_LOG = 32 * MIB
XX_C_DESCRIPTORS = 65536


class Exhausted(Exception):
    """More to check than it allows for."""


def xx_c_header(ring, guid, at):
    """What is asked before the checksum."""
    entry = ring.entry(at)
    if not entry or entry.guid != guid or entry.sequence == 0:
        return None
    sane = SECTOR <= entry.length <= ring.length and entry.length % SECTOR == 0
    tail = entry.tail % SECTOR == 0 and entry.tail < ring.length
    return entry if sane and tail and entry.fits else None


def xx_c_good(entry):
    for descriptor, sector in entry.with_data():
        if not descriptor.known or descriptor.sequence != entry.sequence:
            return False
        if descriptor.target % SECTOR or descriptor.target > TIB_256:
            return False
        if descriptor.is_data and not is_data_of(sector, entry.sequence):
            return False
    return True


def xx_c_slots(ring, guid):
    """Valid entries by place. Each checksum is paid for, four rings in all."""
    left, found = 4 * ring.length, {}
    for at in range(0, ring.length, SECTOR):
        entry = xx_c_header(ring, guid, at)
        if not entry:
            continue
        if entry.length > left:
            raise Exhausted
        left -= entry.length
        if entry.sealed and xx_c_good(entry):
            found[at] = entry
    return found


def xx_c_next(found, entry):
    behind = found.get(entry.end)
    good = behind and behind.sequence == entry.sequence + 1
    return behind if good else None


def xx_c_path(found, head):
    """From the slot of a head's Tail to the head, within one lap; else None."""
    path, used, entry = [], 0, found.get(head.tail)
    while entry:
        path.append(entry)
        used += entry.length
        if used > entry.ring.length:
            return None
        if entry is head:
            return path
        entry = xx_c_next(found, entry)
    return None


def xx_c_select(found):
    best = None
    for at in sorted(found):
        head = found[at]
        if xx_c_next(found, head) or not xx_c_path(found, head):
            continue
        if not best or head.sequence > best.sequence:
            best = head
    return xx_c_path(found, best) if best else None


def xx_c(image):
    slot = newest(image.slots)
    if not slot:
        return refuse()
    if not dirty(slot):
        return Answer("clean")
    ring = image.ring(slot)
    if not 0 < ring.length <= XX_C_LOG:
        return refuse()
    if not ring.whole:
        return Answer("ignore")
    try:
        chain = xx_c_select(xx_c_slots(ring, slot.log_guid))
    except Exhausted:
        return refuse()
    if not chain:
        return Answer("ignore")
    head = chain[-1]
    if head.flushed > image.size or head.last > TIB_256:
        return refuse(chain)
    if sum(entry.count for entry in chain) > XX_C_DESCRIPTORS:
        return refuse(chain)
    if any(d.end > SIGNED - 1 for e in chain for d in e.descriptors()):
        raise Limit("zeroes up to 2^63")
    return Answer("replay", chain, chain, last=head.last)


# ------------------------------------------------------------------- UrBackup


def urbackup_slot(image):
    """The second one only with a number above the first's, be that valid or
    not."""
    first, second = image.slots
    if image.identifier != b"vhdxfile":
        return None
    if sealed(second) and second.sequence > first.sequence:
        return second
    return first if sealed(first) else None


def urbackup_number(entry):
    """A signed one, of which -1 stands for no entry."""
    return wrapped(entry.sequence, 64)


def urbackup_entry(ring, guid, at):
    """Read from the file as it lies there, beyond the end of the ring too."""
    entry = ring.entry(at, linear=True)
    if not entry or entry.guid != guid:
        return None
    if entry.length < 8:
        raise Crash
    if not entry.sealed:
        return None
    if entry.length % SECTOR:
        raise Limit("an entry whose EntryLength is no multiple of 4096")
    for descriptor, sector in entry.with_data():
        if not descriptor.known or descriptor.sequence != entry.sequence:
            return None
        if descriptor.is_data and not sector:
            raise Crash
        if descriptor.is_data and not is_data_of(sector, entry.sequence):
            return None
    if not entry.fits:
        raise Crash
    return entry if urbackup_number(entry) != -1 else None


def urbackup_chain(ring, guid, at):
    """A chain, and where the search goes on."""
    chain = []
    while entry := urbackup_entry(ring, guid, at):
        if chain and entry.sequence != (chain[-1].sequence + 1) % (1 << 64):
            return chain, at
        chain.append(entry)
        at = entry.end
    return chain, at + SECTOR


def urbackup_select(ring, guid):
    """The chain with the highest number, emptied where its Tail is elsewhere;
    None where it never ends."""
    best, highest, at, seen = [], 0, 0, set()
    while at < ring.length:
        if at in seen:
            return None
        seen.add(at)
        chain, at = urbackup_chain(ring, guid, at)
        number = urbackup_number(chain[-1]) if chain else 0
        if chain and chain[-1].tail != chain[0].at:
            chain = []
        if number > highest:
            best, highest = chain, number
    return best


def urbackup_cannot(entry):
    """Whether it cannot carry out a descriptor: a place below zero, or more
    zeroes than it can write at once."""
    for descriptor in entry.descriptors():
        if descriptor.end > SIGNED - 1:
            return True
        if descriptor.is_zero and descriptor.length >= 1 << 32:
            return True
    return False


def urbackup(image):
    slot = urbackup_slot(image)
    if not slot:
        return refuse()
    if not dirty(slot):
        return Answer("clean")
    ring = image.ring(slot)
    if not ring.whole:
        return refuse()
    chain = urbackup_select(ring, slot.log_guid)
    if chain is None:
        return Answer("hang")
    if not chain or wrapped(chain[-1].flushed, 64) > image.size:
        return refuse(chain)
    size, applied = image.size, []
    for entry in chain:
        if wrapped(entry.flushed, 64) > size:
            outcome = "partial" if applied else "refuse"
            return Answer(outcome, chain, applied, zeroes_first=True)
        if urbackup_cannot(entry):
            raise Limit("a chosen entry writes at 2^63, or 4 GiB of zeroes")
        applied.append(entry)
        size = end_of_writes(size, [entry])
    last = max(0, wrapped(chain[-1].last, 64))
    return Answer("replay", chain, applied, zeroes_first=True, last=last)


MODELS = {
    "openvmm": openvmm,
    "discutils": discutils,
    "ltr-discutils": ltr_discutils,
    "aoiflux": aoiflux,
    "xx-c": xx_c,
    "urbackup": urbackup,
}


def ask(policy, image):
    """What a reader does with an image."""
    try:
        return MODELS[policy](image)
    except Crash:
        return Answer("refuse", aborts=True)
    except Limit as why:
        return Answer("", limit=str(why))
