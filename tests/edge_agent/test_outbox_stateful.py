"""The outbox against a plain list of what it accepted, in any order of things that happen."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from edge_agent.outbox import Outbox
from edge_agent.records import Draft, Row, Stamp, Wanted, Work
from telemetry.wire import events
from telemetry.words import ClockTrust, EpochReason, Stream

NOW = Stamp("boot1", 1000, 1_796_000_000_000, ClockTrust.SERVER)
PARTS = ("", "-wal")


class OutboxMachine(RuleBasedStateMachine):
    """`accepted` holds every body by number; each must be here, settled, or declared."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.accepted: dict[str, int] = {}
        self.settled: set[str] = set()
        self.given = 0
        self.copy: tuple[dict[str, int], set[str]] | None = None

    @initialize()
    def begin(self) -> None:
        self.outbox = self.opened()

    def opened(self) -> Outbox:
        path = self.folder / "outbox.sqlite"
        return Outbox(path, machine="m", asset="a", synchronous="OFF", megabytes=1)

    @rule(count=st.integers(1, 40), size=st.sampled_from([10, 900, 9000]))
    def emit(self, count: int, size: int) -> None:
        fresh = [f"{self.given + at:08d}".ljust(size, ".") for at in range(count)]
        self.given += count
        self.outbox.commit(
            Work(drafts=[Draft(Stream.REPORTS, NOW, body.encode()) for body in fresh]), NOW
        )
        self.accepted.update((body[:8], size) for body in fresh)

    @rule()
    def emit_event(self) -> None:
        body = events.encode(events.ProbeHung(f"{self.given:08d}"))
        self.outbox.commit(Work(drafts=[Draft(Stream.EVENTS, NOW, body)]), NOW)
        self.accepted[f"event{self.given:08d}"] = 0
        self.given += 1

    @rule(newest=st.booleans(), most=st.integers(1, 30), stream=st.sampled_from(Stream))
    def settle(self, newest: bool, most: int, stream: Stream) -> None:
        rows = self.outbox.select(stream, (), newest=newest, most_records=most, most_bytes=1 << 20)
        self.settled |= {name(row) for row in rows}
        self.outbox.commit(Work(settled=[row.id for row in rows]), NOW)

    @rule()
    def forget(self) -> None:
        self.outbox.forget_kept(1 << 60)

    @rule(low=st.integers(1, 50), count=st.integers(0, 50), stream=st.sampled_from(Stream))
    def want(self, low: int, count: int, stream: Stream) -> None:
        epoch = self.outbox.head(stream).name
        self.outbox.commit(Work(wanted=[Wanted(stream, epoch, low, low + count)]), NOW)

    @rule(stream=st.sampled_from(Stream), most=st.integers(1, 5))
    def fork(self, stream: Stream, most: int) -> None:
        rows = self.outbox.select(stream, (), newest=False, most_records=most, most_bytes=1 << 20)
        if rows:
            work = Work(openings={stream: EpochReason.FORKED}, forked=[row.id for row in rows])
            self.outbox.commit(work, NOW)

    @rule()
    def kill(self) -> None:
        self.outbox.close()
        self.outbox = self.opened()

    @rule()
    def back_up(self) -> None:
        for part in PARTS:
            shutil.copy(self.folder / f"outbox.sqlite{part}", self.folder / f"copy{part}")
        self.copy = (dict(self.accepted), set(self.settled))

    @precondition(lambda self: self.copy is not None)
    @rule()
    def restore(self) -> None:
        assert self.copy is not None
        self.outbox.close()
        for part in PARTS:
            shutil.copy(self.folder / f"copy{part}", self.folder / f"outbox.sqlite{part}")
        self.outbox = self.opened()
        self.accepted = dict(self.copy[0])
        self.settled = set(self.copy[1])

    @invariant()
    def nothing_disappears_in_silence(self) -> None:
        if not hasattr(self, "outbox"):
            return
        here = {name(row) for stream in Stream for row in rows_of(self.outbox, stream)}
        gone = set(self.accepted) - here - self.settled

        assert len(gone) == self.outbox.counts().dropped
        assert not any(body.startswith("event") for body in gone)

    @invariant()
    def the_count_of_what_waits_is_right(self) -> None:
        if hasattr(self, "outbox"):
            for stream in Stream:
                assert self.outbox.waiting(stream) == len(rows_of(self.outbox, stream))

    def teardown(self) -> None:
        if hasattr(self, "outbox"):
            self.outbox.close()
        shutil.rmtree(self.folder)


def rows_of(outbox: Outbox, stream: Stream) -> list[Row]:
    found: list[Row] = []
    seen: set[int] = set()
    while rows := outbox.select(
        stream, seen, newest=False, most_records=1 << 20, most_bytes=1 << 40
    ):
        found += rows
        seen |= {row.id for row in rows}
    return found


def name(row: Row) -> str:
    if not row.body.startswith(b"{"):
        return row.body[:8].decode()
    event = events.decode(row.body)
    return f"event{event.probe}" if isinstance(event, events.ProbeHung) else ""


OutboxMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
test_the_outbox_never_loses_anything_in_silence = OutboxMachine.TestCase
