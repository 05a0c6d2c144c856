"""Values that go into the outbox and come out of it."""

from collections.abc import Iterator
from typing import Final, NamedTuple, TypeVar

import msgspec

from telemetry.words import ClockTrust, DropReason, EpochReason, Stream


class Stamp(NamedTuple):
    """When: `up_ms` since the boot, and the instant (ms since 1970) where it is known already.

    `trust` is None as long as the instant is not fixed; `ClockTrust.NONE` once it never will be.
    """

    boot: str
    up_ms: int
    measured_at: int | None = None
    trust: ClockTrust | None = None


class Draft(NamedTuple):
    """A record that has no number yet."""

    stream: Stream
    stamp: Stamp
    body: bytes


class Row(NamedTuple):
    """A record in the outbox. `id` is the outbox's own name for it; ids ascend with age."""

    id: int
    epoch: str
    number: int
    crc: int
    stamp: Stamp
    body: bytes


class Anchor(NamedTuple):
    """What the clock said when its boot began (ms since 1970), and who says so."""

    began_at: int
    trust: ClockTrust


class HeldDocument(NamedTuple):
    """A desired document that was verified."""

    name: str
    version: int
    body: bytes


class Wanted(NamedTuple):
    """Numbers that the server asks for again, both ends included."""

    stream: Stream
    epoch: str
    low: int
    high: int


class Given(NamedTuple):
    """Reports to give up, and why."""

    ids: tuple[int, ...]
    why: DropReason


class Fixed(NamedTuple):
    """The instant of a record, before it is first sent."""

    id: int
    measured_at: int | None
    trust: ClockTrust


_PORTION: Final = 300
"""So many records change some forty pages, in a log that holds 64 before it is written back."""


class Work(msgspec.Struct):
    """All that one tick changes in the outbox, in this order; written as `parts` says."""

    anchors: dict[str, Anchor] = {}
    settled: list[int] = []
    refused: int = 0
    wanted: list[Wanted] = []
    openings: dict[Stream, EpochReason] = {}
    forked: list[int] = []
    given_up: list[Given] = []
    fixed: list[Fixed] = []
    held: list[HeldDocument] = []
    facts: dict[str, bytes] = {}
    drafts: list[Draft] = []
    unwritten: int = 0
    """Reports of earlier ticks that found no room: numbered and declared as soon as there is.

    `refused` only counts what the server holds aside: such records are settled like any other.
    `facts` are small states that outlive a restart, by name; the latest of each is kept.
    """

    def __bool__(self) -> bool:
        return bool(
            self.anchors
            or self.settled
            or self.refused
            or self.wanted
            or self.openings
            or self.forked
            or self.given_up
            or self.fixed
            or self.held
            or self.facts
            or self.drafts
            or self.unwritten
        )

    def before(self, later: "Work") -> "Work":
        """This work and then `later`, as one."""
        if not self:
            return later
        return Work(
            anchors={**self.anchors, **later.anchors},
            # What is settled and could not be written is sent again, and settled again.
            settled=list(dict.fromkeys(self.settled + later.settled)),
            refused=self.refused + later.refused,
            wanted=self.wanted + later.wanted,
            openings={**self.openings, **later.openings},
            forked=self.forked + later.forked,
            given_up=self.given_up + later.given_up,
            fixed=self.fixed + later.fixed,
            held=self.held + later.held,
            facts={**self.facts, **later.facts},
            drafts=self.drafts + later.drafts,
            unwritten=self.unwritten + later.unwritten,
        )

    def without_reports(self) -> "Work":
        """The same without its new reports, which are counted instead."""
        events = [draft for draft in self.drafts if draft.stream is Stream.EVENTS]
        return Work(
            anchors=self.anchors,
            settled=self.settled,
            refused=self.refused,
            wanted=self.wanted,
            openings=self.openings,
            forked=self.forked,
            given_up=self.given_up,
            fixed=self.fixed,
            held=self.held,
            facts=self.facts,
            drafts=events,
            unwritten=self.unwritten + len(self.drafts) - len(events),
        )

    def parts(self) -> list["Work"]:
        """The same in transactions, each small enough for what a full disk's reserve gives back.

        One, as long as the tick was an ordinary one. Otherwise what is settled goes before the
        rest and reports after it, in portions; what is wanted again can be all there is, and is
        last, so that it keeps nothing else waiting.
        """
        reports = [draft for draft in self.drafts if draft.stream is Stream.REPORTS]
        settled = list(_portions(self.settled))
        drafts = list(_portions(reports))
        if len(settled) <= 1 and len(drafts) <= 1 and not self.wanted:
            return [self]
        rest = msgspec.structs.replace(
            self,
            settled=[],
            wanted=[],
            drafts=[draft for draft in self.drafts if draft.stream is not Stream.REPORTS],
        )
        parts = [
            *(Work(settled=some) for some in settled),
            rest,
            *(Work(drafts=some) for some in drafts),
            Work(wanted=self.wanted),
        ]
        return [part for part in parts if part]

    def for_a_new_file(self) -> "Work":
        """What of it still means something when the file it was meant for is gone."""
        return Work(
            anchors=self.anchors,
            held=self.held,
            facts=self.facts,
            drafts=self.drafts,
            unwritten=self.unwritten,
        )


_Item = TypeVar("_Item")


def _portions(items: list[_Item]) -> Iterator[list[_Item]]:
    return (items[at : at + _PORTION] for at in range(0, len(items), _PORTION))
