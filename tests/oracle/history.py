# SPDX-License-Identifier: MIT
"""What a timeline has to say of an image, by the record of its writer.

Of what QEMU logged, a ring holds the last entries, less those that a later opening
wrote over; what these changed follows from the versions of their pages that are
left. All this is told from bytes: those of the record and those of the file.
"""

import os
import uuid

import allocations
import bat
import headers

SECTOR = allocations.SECTOR
PIECE = 512  # of a page: what is written whole or not at all
NOTHING = bytes(bat.PAGE)


def guid(raw):
    return str(uuid.UUID(bytes_le=raw))


class History:
    """An image as it was created, what was logged since, and the file as it is.

    entries: those of the record, in the order of time; steps: how many of its
    writes were made. An entry may be there before its last sector is written, as
    that can be the same as that of an entry which was there before.
    """

    def __init__(self, image, shape, log, created, entries, steps):
        self.shape, self.log, self.created = shape, log, created
        current = headers.current(headers.read(image))
        self.current = current.log_guid
        with open(image, "rb") as file:
            fd = file.fileno()
            begun = [e for e in entries if e.begun <= steps]
            self.left = [e for e in begun if e.lies_in(fd)]
            self.entries = [e for e in begun if e.step <= steps or e in self.left]
            targets = {e.page for e in self.left}
            self.disk = {p: os.pread(fd, bat.PAGE, p) for p in targets}

    def name(self, entry):
        """As in reports: E and its sector of the ring."""
        return f"E{(entry.at - self.log[0]) // SECTOR}"

    def grows(self):
        """Whether each block was appended; those of a fixed disk have places."""
        sizes = [entry.size for entry in self.entries]
        return all(old < new for old, new in zip(sizes, sizes[1:]))

    def waits(self, entry):
        """Whether it has still to be applied, by header and disk."""
        return entry.guid == self.current and self.disk[entry.page] != entry.data

    # ------------------------------------------------------------- events

    def about(self, entry, index, before, after):
        """What is told of one entry of the BAT."""
        block = self.shape.block(index)
        offset, length = self.shape.virtual(block)
        return {
            "entry": self.name(entry),
            "log_guid": guid(entry.guid),
            "sequence_number": str(entry.number),
            "index": index,
            "block": block,
            "before": before,
            "after": bat.text(after),
            "virtual_offset": offset,
            "virtual_length": length,
        }

    def first_seen(self, entry):
        """Of a page without an earlier version the newest block is offered."""
        found = [
            (bat.offset_of(value), i, value)
            for i, value in enumerate(bat.values(entry.data))
            if bat.located(value)
        ]
        _, i, value = max(found)
        yield {
            **self.about(entry, self.shape.first(entry.page) + i, None, value),
            "event": "page-first-seen",
            "file_offset": entry.page,
            "length": bat.PAGE,
            "inferred": True,
        }

    def gone(self, before, entry):
        """Whether the ring may have lost entries between two that are left.

        It tells of neighbours alone, of one opening: under the beginning of the
        next there may have been another.
        """
        pairs = zip(self.left, self.left[1:])
        between = self.left[self.left.index(before) : self.left.index(entry)]
        return any(
            a in between
            and (
                self.entries.index(b) != self.entries.index(a) + 1
                or b.number != a.number + 1
            )
            for a, b in pairs
        )

    def in_part(self, entry):
        """Whether the file may have a part of a page that waits."""
        disk = self.disk[entry.page]
        pieces = [slice(at, at + PIECE) for at in range(0, bat.PAGE, PIECE)]
        return any(disk[p] == entry.data[p] and any(disk[p]) for p in pieces)

    def allocated(self, entry, page, inferred):
        """A page against the version before it."""
        for i, before, after in allocations.changed(page, entry.data):
            index = self.shape.first(entry.page) + i
            if bat.located(before) or not bat.located(after):
                raise allocations.Unexpected("a block that was moved or freed")
            yield {
                **self.about(entry, index, bat.text(before), after),
                "event": "block-allocated",
                "file_offset": self.shape.place(index),
                "length": 8,
                "inferred": inferred,
            }

    def events(self):
        """Of the BAT, in order; what each is of, too."""
        last = {}
        for entry in self.left:
            before = last.get(entry.page)
            if before:
                gone = self.gone(before, entry)
                found = self.allocated(entry, before.data, gone)
            elif self.waits(entry):
                found = self.allocated(
                    entry, self.disk[entry.page], self.in_part(entry)
                )
            else:
                found = self.first_seen(entry)
            for event in found:
                yield {**event, **self.applied(entry)}
            last[entry.page] = entry

    def sizes(self):
        """Changes of the file's length: entry, before, after."""
        for old, new in zip(self.left, self.left[1:]):
            if old.size != new.size:
                kind = "file-grew" if old.size < new.size else "file-shrank"
                yield self.name(new), kind, str(old.size), str(new.size)

    # ------------------------------------------------------------ applied

    def applied(self, entry):
        """Whether the file has the bytes that an entry wrote."""
        disk = self.disk[entry.page]
        if disk == entry.data:
            return {"applied": "yes", "overwritten_by": None}
        later = self.left[self.left.index(entry) + 1 :]
        over = [e for e in later if (e.page, e.data) == (entry.page, disk)]
        if over:
            return {"applied": "overwritten", "overwritten_by": self.name(over[-1])}
        return {"applied": "no", "overwritten_by": None}

    # ------------------------------------------------------------- states

    def pages(self, entry):
        """Of the BAT, once an entry was applied."""
        found = dict(self.created)
        for e in self.entries[: self.entries.index(entry) + 1]:
            found[e.page] = e.data
        return found

    def rows(self, entry):
        return bat.rows(self.pages(entry), self.shape)

    def last_writers(self, entry):
        """Of each page that was written up to an entry, the last to do so."""
        at = self.entries.index(entry) + 1
        return {e.page: e for e in self.entries[:at]}

    def seen_by(self, entry):
        """Pages as an entry that is left has them, and none may be gone since."""
        last = self.last_writers(entry)
        return {
            page
            for page, e in last.items()
            if e in self.left and not self.gone(e, entry)
        }
