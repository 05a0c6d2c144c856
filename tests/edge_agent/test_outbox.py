"""The outbox file: what it promises about numbers, space and damage."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge_agent import outbox_file
from edge_agent.outbox import Outbox
from edge_agent.records import Anchor, Draft, Given, HeldDocument, Row, Stamp, Wanted, Work
from telemetry.wire import events
from telemetry.words import ClockTrust, DropReason, EpochReason, Stream

NOW = Stamp("boot1", 1000, 1_796_000_000_000, ClockTrust.SERVER)
Open = Callable[..., Outbox]


@pytest.fixture
def open_outbox(tmp_path: Path) -> Iterator[Open]:
    """Opens this test's outbox; again: as after a restart."""
    found: list[Outbox] = []

    def open_outbox(
        path: Path = tmp_path / "outbox.sqlite",
        *,
        machine: str = "m1",
        asset: str = "veh-001",
        megabytes: int = 64,
    ) -> Outbox:
        outbox = Outbox(path, machine=machine, asset=asset, synchronous="OFF", megabytes=megabytes)
        found.append(outbox)
        return outbox

    yield open_outbox
    for outbox in found:
        outbox.close()


def reports(*bodies: str) -> Work:
    return Work(drafts=[Draft(Stream.REPORTS, NOW, body.encode()) for body in bodies])


def waiting(outbox: Outbox, stream: Stream = Stream.REPORTS) -> list[Row]:
    """All that waits, oldest first, whatever its epoch."""
    seen: set[int] = set()
    rows: list[Row] = []
    while found := outbox.select(stream, seen, newest=False, most_records=1000, most_bytes=1 << 30):
        seen |= {row.id for row in found}
        rows += found
    return rows


def bodies(outbox: Outbox) -> list[str]:
    return [row.body.decode() for row in waiting(outbox)]


def told(outbox: Outbox) -> list[events.Event | events.Unknown]:
    return [events.decode(row.body) for row in waiting(outbox, Stream.EVENTS)]


def test_numbers_count_by_one_and_go_on_after_a_restart(open_outbox: Open) -> None:
    first = open_outbox()
    first.commit(reports("a", "b"), NOW)
    first.close()
    second = open_outbox()
    second.commit(reports("c"), NOW)

    assert [row.number for row in waiting(second)] == [1, 2, 3]
    assert bodies(second) == ["a", "b", "c"]


def test_a_new_file_announces_its_epochs(open_outbox: Open) -> None:
    outbox = open_outbox()
    outbox.commit(Work(), NOW)

    assert told(outbox) == [
        events.EpochOpened(s, outbox.head(s).name, "", EpochReason.FIRST) for s in Stream
    ]


def test_epochs_are_announced_even_if_the_first_commit_never_came(open_outbox: Open) -> None:
    open_outbox().close()
    outbox = open_outbox()
    outbox.commit(Work(), NOW)

    assert len(told(outbox)) == 2


def test_settled_records_are_kept_until_they_are_forgotten(open_outbox: Open) -> None:
    outbox = open_outbox()
    outbox.commit(reports("a", "b"), NOW)
    outbox.commit(Work(settled=[waiting(outbox)[0].id]), NOW)
    kept_from = outbox.marks(Stream.REPORTS)[0].kept
    outbox.forget_kept((NOW.measured_at or 0) + 1)

    assert bodies(outbox) == ["b"]
    assert kept_from == 1
    assert outbox.marks(Stream.REPORTS)[0].kept == 2


def test_kept_events_are_forgotten_from_the_oldest_on_without_gaps(open_outbox: Open) -> None:
    outbox = open_outbox()
    hung = events.encode(events.ProbeHung("position"))
    outbox.commit(Work(drafts=[Draft(Stream.EVENTS, NOW, hung)] * 4), NOW)
    rows = waiting(outbox, Stream.EVENTS)
    outbox.commit(Work(settled=[rows[0].id, rows[1].id, rows[3].id]), NOW)
    outbox.forget_kept((NOW.measured_at or 0) + 1)

    assert outbox.marks(Stream.EVENTS)[0].kept == 3
    outbox.commit(Work(wanted=[Wanted(Stream.EVENTS, rows[0].epoch, 1, 9)]), NOW)
    assert [row.number for row in waiting(outbox, Stream.EVENTS)] == [3, 4, 5, 6]


def test_wanted_records_wait_again(open_outbox: Open) -> None:
    outbox = open_outbox()
    outbox.commit(reports("a", "b", "c"), NOW)
    rows = waiting(outbox)
    outbox.commit(Work(settled=[row.id for row in rows]), NOW)
    outbox.commit(Work(wanted=[Wanted(Stream.REPORTS, rows[0].epoch, 2, 3)]), NOW)

    assert bodies(outbox) == ["b", "c"]
    assert outbox.waiting(Stream.REPORTS) == 2


def test_forked_reports_get_new_numbers_and_the_old_ones_are_declared(open_outbox: Open) -> None:
    outbox = open_outbox()
    outbox.commit(reports("a", "b", "c"), NOW)
    old = waiting(outbox)
    openings = {Stream.REPORTS: EpochReason.FORKED}
    outbox.commit(Work(openings=openings, forked=[old[1].id, old[2].id]), NOW)

    rows = waiting(outbox)
    assert [(row.epoch == old[0].epoch, row.number) for row in rows] == [
        (True, 1),
        (False, 1),
        (False, 2),
    ]
    assert bodies(outbox) == ["a", "b", "c"]
    renumbered = events.Dropped(Stream.REPORTS, old[0].epoch, [(2, 3)], DropReason.RENUMBERED)
    assert renumbered in told(outbox)


def test_of_forked_events_all_later_ones_follow_in_their_order(open_outbox: Open) -> None:
    outbox = open_outbox()
    named = [events.encode(events.ProbeHung(name)) for name in ("a", "b", "c")]
    outbox.commit(Work(drafts=[Draft(Stream.EVENTS, NOW, body) for body in named]), NOW)
    rows = waiting(outbox, Stream.EVENTS)
    openings = {Stream.EVENTS: EpochReason.FORKED}
    outbox.commit(Work(openings=openings, forked=[rows[3].id]), NOW)

    moved = waiting(outbox, Stream.EVENTS)
    assert [row.body for row in moved if row.body in named] == named
    assert [row.number for row in moved] == [1, 2, 3, 1, 2, 3, 4]


def test_another_machine_counts_anew_and_keeps_what_waits(open_outbox: Open) -> None:
    first = open_outbox(machine="m1")
    first.commit(reports("a"), NOW)
    first.close()
    second = open_outbox(machine="m2")
    second.commit(reports("b"), NOW)

    assert bodies(second) == ["a", "b"]
    assert [mark.head for mark in second.marks(Stream.REPORTS)] == [1, 1]
    assert [e.why for e in told(second) if isinstance(e, events.EpochOpened)][-1] == "other_machine"


def test_another_assets_outbox_is_set_aside(open_outbox: Open, tmp_path: Path) -> None:
    first = open_outbox(asset="veh-001")
    first.commit(reports("secret"), NOW)
    first.close()
    second = open_outbox(asset="veh-002")
    second.commit(Work(), NOW)

    assert bodies(second) == []
    assert events.OutboxSetAside("other_asset") in told(second)
    assert (tmp_path / "outbox-other_asset-1.sqlite").exists()


@pytest.mark.parametrize("garbage", [b"no database at all" * 400, b"SQLite format 3\0" + bytes(90)])
def test_a_damaged_file_is_set_aside_and_never_deleted(
    open_outbox: Open, tmp_path: Path, garbage: bytes
) -> None:
    (tmp_path / "outbox.sqlite").write_bytes(garbage)
    outbox = open_outbox()
    outbox.commit(reports("a"), NOW)

    assert bodies(outbox) == ["a"]
    assert events.OutboxSetAside("outbox_damaged") in told(outbox)
    assert (tmp_path / "outbox-outbox_damaged-1.sqlite").read_bytes() == garbage


def test_a_file_that_breaks_while_it_runs_is_replaced_and_nothing_new_is_lost(
    open_outbox: Open, tmp_path: Path
) -> None:
    outbox = open_outbox()
    for number in range(200):
        outbox.commit(reports(f"{number:04d}" * 200), NOW)
    other = sqlite3.connect(tmp_path / "outbox.sqlite")
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    other.close()
    with (tmp_path / "outbox.sqlite").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 100 * 4096)
    for number in range(200, 300):
        outbox.commit(reports(f"{number:04d}" * 200), NOW)

    assert outbox.generation == 1
    assert bodies(outbox)[-1].startswith("0299")
    assert events.OutboxSetAside("outbox_damaged") in told(outbox)


def test_anchors_and_documents_outlive_a_restart(open_outbox: Open) -> None:
    first = open_outbox()
    anchor = Anchor(5, ClockTrust.GNSS)
    document = HeldDocument("settings", 3, b"{}")
    first.commit(Work(anchors={"boot1": anchor}, held=[document]), NOW)
    first.commit(Work(held=[HeldDocument("settings", 2, b"[]")]), NOW)
    first.close()
    second = open_outbox()

    assert second.anchors() == {"boot1": anchor}
    assert second.held() == {"settings": document}


def test_what_is_given_up_is_declared(open_outbox: Open) -> None:
    outbox = open_outbox()
    outbox.commit(reports("a", "b"), NOW)
    rows = waiting(outbox)
    outbox.commit(Work(given_up=[Given((rows[0].id,), DropReason.TOO_LARGE)]), NOW)

    assert bodies(outbox) == ["b"]
    assert outbox.counts().dropped == 1
    assert events.Dropped("reports", rows[0].epoch, [(1, 1)], "too_large") in told(outbox)


def test_a_full_outbox_forgets_what_is_kept_before_it_drops_anything(open_outbox: Open) -> None:
    outbox = open_outbox(megabytes=4)
    for number in range(3000):
        outbox.commit(reports(f"{number:06d}" * 160), NOW)
        rows = outbox.select(Stream.REPORTS, (), newest=False, most_records=9, most_bytes=1 << 20)
        outbox.commit(Work(settled=[row.id for row in rows]), NOW)

    assert outbox.counts().dropped == 0
    assert outbox.marks(Stream.REPORTS)[0].kept > 1


def test_a_full_outbox_thins_all_of_its_time_and_declares_each_number(open_outbox: Open) -> None:
    outbox = open_outbox(megabytes=4)
    for number in range(12_000):
        outbox.commit(reports(f"{number:06d}" * 160), NOW)

    left = [row.number for row in waiting(outbox)]
    dropped = {
        number
        for event in told(outbox)
        if isinstance(event, events.Dropped)
        for low, high in event.numbers
        for number in range(low, high + 1)
    }
    assert dropped | set(left) == set(range(1, 12_001))
    assert dropped.isdisjoint(left)
    assert len(left) > 2000
    assert sum(number <= 6000 for number in left) > 300
    assert left[-1] == 12_000
    assert outbox.waiting(Stream.REPORTS) == len(left)


def test_events_push_reports_out_and_are_never_dropped(open_outbox: Open) -> None:
    outbox = open_outbox(megabytes=4)
    for number in range(3000):
        outbox.commit(reports(f"{number:06d}" * 160), NOW)
    hung = events.encode(events.ProbeHung("x" * 64))
    for _ in range(300):
        outbox.commit(Work(drafts=[Draft(Stream.EVENTS, NOW, hung)] * 40), NOW)

    assert sum(isinstance(event, events.ProbeHung) for event in told(outbox)) == 12_000
    assert outbox.is_writable


def test_an_outbox_needs_no_file(open_outbox: Open) -> None:
    outbox = open_outbox(outbox_file.MEMORY)
    outbox.commit(reports("a"), NOW)

    assert bodies(outbox) == ["a"]


def test_only_events_that_wait_take_of_the_room_for_events(open_outbox: Open) -> None:
    outbox = open_outbox(megabytes=1)
    event = events.encode(events.ProbeHung("modem"))
    outbox.commit(Work(drafts=[Draft(Stream.EVENTS, NOW, event)] * 1000), NOW)
    full = outbox.events_share()
    outbox.commit(Work(settled=[row.id for row in waiting(outbox, Stream.EVENTS)]), NOW)

    assert 0.6 < full < 0.9
    assert outbox.events_share() == 0
