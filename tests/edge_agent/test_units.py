"""Failed units are told when others have failed, across restarts, and not again and again."""

import json
from collections.abc import Sequence

from edge_agent.inputs import Reading
from edge_agent.probes.units import failed_units
from edge_agent.units import UnitBook
from telemetry.wire.events import UnitsFailed
from tests.edge_agent.in_memory_server import Drive, StartAgent

LISTED = r"""cups.service               loaded failed failed CUPS Scheduler
dev-disk-by\x2dlabel.mount loaded failed failed /data
"""


def looked(*failed: str) -> Reading:
    return Reading("units", {"failed_units": len(failed)}, failed_units=failed)


def told(drive: Drive) -> list[UnitsFailed]:
    drive.run(3)
    return [event for event in drive.server.events() if isinstance(event, UnitsFailed)]


def takes(book: UnitBook, *looks: tuple[float, Sequence[str]]) -> list[UnitsFailed | None]:
    return [book.take(failed, up) for up, failed in looks]


def test_units_are_what_systemctl_lists() -> None:
    assert failed_units(LISTED) == ("cups.service", r"dev-disk-by\x2dlabel.mount")
    assert failed_units("") == ()


def test_what_has_failed_is_reported_and_told_once(start: StartAgent) -> None:
    drive = start()
    drive.connect()

    drive.run(3, read=[looked()])
    drive.run(60, read=[looked("cups.service")])

    assert told(drive) == [UnitsFailed(["cups.service"], [])]
    reports = [json.loads(bytes(record.body))["metrics"] for record in drive.server.reports()]
    assert {"failed_units": 1} in reports


def test_what_had_failed_before_anybody_looked_is_no_news() -> None:
    book = UnitBook(None)

    assert takes(book, (0.0, ["a"]), (60.0, ["a"])) == [UnitsFailed(["a"], ["a"]), None]
    assert takes(UnitBook(book.changed()), (0.0, ["a"])) == [None]
    assert takes(UnitBook(b"}"), (0.0, [])) == [None]


def test_a_unit_that_fails_again_and_again_is_told_every_ten_minutes() -> None:
    book = UnitBook(b"[]")
    flapping = [book.take(["a"] if minute % 2 else [], 60.0 * minute) for minute in range(60)]
    other = book.take(["a", "b"], 3600.0)

    assert 5 <= sum(one is not None for one in flapping) <= 7
    assert other is not None
    assert "b" in other.failed
