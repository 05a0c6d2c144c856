"""The month's bytes of each SIM card: whatever restarts, and whoever turns the clock."""

from datetime import UTC, date, datetime

import pytest

from edge_agent.inputs import Moment, Reading
from edge_agent.sims import CHINA, SimBook, month_began
from telemetry.wire import codec
from telemetry.wire.messages import Value
from telemetry.wire.profile import Sim
from telemetry.words import ClockTrust
from tests.edge_agent.in_memory_server import Drive, StartAgent, moment

CARD, OTHER = "89860000000000000017", "89860000000000000025"
PLAN = [Sim(CARD, quota_bytes=10_000, reset_day=5)]


def at(year: int, month: int, day: int, hour: int = 12) -> int:
    """ms since 1970 of that time in Shanghai."""
    return round(datetime(year, month, day, hour, tzinfo=CHINA).timestamp() * 1000)


def modem(carried: int, iccid: str = CARD) -> dict[str, dict[str, Value]]:
    return {"modem": {"sim_iccid": iccid, "received_bytes": carried, "sent_bytes": 0}}


def used(book: SimBook, carried: int, boot: str, now_ms: int | None, iccid: str = CARD) -> Value:
    """What the card has used by then."""
    said = book.take(modem(carried, iccid), boot, now_ms, PLAN)
    return said.get("modem", {}).get("sim_month_bytes", "unknown")


NOON = at(2026, 11, 10)


def test_bytes_of_before_the_agent_are_not_counted() -> None:
    book = SimBook(None)

    assert [used(book, carried, "b1", NOON) for carried in (7000, 7400, 9000)] == [0, 400, 2000]


def test_restart_and_reboot_go_on_counting() -> None:
    book = SimBook(None)
    used(book, 1000, "b1", NOON)
    used(book, 1600, "b1", NOON)

    restarted = SimBook(book.changed())
    after_restart = used(restarted, 1700, "b1", NOON)
    rebooted = SimBook(restarted.changed())

    # In another boot the kernel began at 0, even where it has passed the old count already.
    assert (after_restart, used(rebooted, 2000, "b2", NOON)) == (700, 2700)


def test_a_modem_that_was_replugged_begins_at_nothing() -> None:
    book = SimBook(None)
    used(book, 5000, "b1", NOON)

    assert used(book, 300, "b1", NOON) == 300


def test_each_card_pays_for_itself() -> None:
    book = SimBook(None)
    used(book, 0, "b1", NOON)
    used(book, 500, "b1", NOON)
    used(book, 700, "b1", NOON, OTHER)

    assert (used(book, 700, "b1", NOON, OTHER), used(book, 700, "b1", NOON)) == (200, 500)


def test_the_reset_day_begins_anew_at_midnight_in_shanghai() -> None:
    book = SimBook(None)
    used(book, 0, "b1", at(2026, 12, 4))
    before = used(book, 900, "b1", at(2026, 12, 4, 23))
    after = used(book, 1000, "b1", at(2026, 12, 5, 0))

    assert (before, after) == (900, 100)


def test_while_nobody_knows_the_day_the_count_stands_and_is_caught_up_with() -> None:
    book = SimBook(None)
    used(book, 0, "b1", NOON)
    used(book, 900, "b1", NOON)

    rebooted = SimBook(book.changed())
    unknown = used(rebooted, 150, "b2", None)
    known = used(rebooted, 200, "b2", at(2026, 12, 6))

    assert (unknown, known) == (900, 200)


def test_a_plan_says_how_much_of_it_is_used() -> None:
    book = SimBook(None)
    used(book, 0, "b1", NOON)

    said = book.take(modem(2500), "b1", NOON, PLAN)
    without = SimBook(None).take(modem(2500), "b1", NOON, [])

    assert said["modem"] == {"sim_month_bytes": 2500, "sim_quota_percent": 25.0}
    assert without["modem"] == {"sim_month_bytes": 0}


def test_what_did_not_move_is_not_saved_again() -> None:
    book = SimBook(None)
    used(book, 0, "b1", NOON)
    assert book.changed() is not None

    used(book, 0, "b1", NOON)

    assert book.changed() is None


@pytest.mark.parametrize(
    ("now", "reset_day", "began"),
    [
        (at(2026, 11, 5, 0), 5, date(2026, 11, 5)),
        (at(2026, 11, 4, 23), 5, date(2026, 10, 5)),
        (at(2027, 1, 4), 5, date(2026, 12, 5)),
        (at(2027, 3, 1, 0), 28, date(2027, 2, 28)),
        (at(2027, 3, 1, 0), 1, date(2027, 3, 1)),
    ],
)
def test_a_month_begins_at_its_reset_day(now: int, reset_day: int, began: date) -> None:
    assert month_began(now, Sim(CARD, reset_day=reset_day)) == began


def month_bytes(drive: Drive) -> list[Value]:
    """Of the reports that the server has."""
    reports = [codec.decode_report(bytes(record.body)) for record in drive.server.reports()]
    return [one.devices["modem"]["sim_month_bytes"] for one in reports if "modem" in one.devices]


def test_the_agent_counts_across_a_reboot_in_1970(start: StartAgent) -> None:
    drive = start()
    drive.connect()
    drive.run(60, read=[Reading("modem", {}, modem(1000))])
    drive.run(60, read=[Reading("modem", {}, modem(4000))])

    rebooted = start(drive.server, up=5.0)
    past = datetime(1970, 1, 1, tzinfo=UTC)
    for second in range(60):
        reading = Reading("modem", {}, modem(500))
        rebooted.tick(reading, now=Moment(past, 5.0 + second, "boot2", ClockTrust.NONE))
    rebooted.connect()
    for second in range(120):
        wall = moment(0).wall if second > 30 else past
        trust = ClockTrust.NTP if second > 30 else ClockTrust.NONE
        now = Moment(wall, 65.0 + second, "boot2", trust)
        rebooted.tick(Reading("modem", {}, modem(800)), now=now)

    assert month_bytes(rebooted)[-1] == 3800
