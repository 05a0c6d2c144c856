"""The position probe on a real gpsd that plays real receivers' logs."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import dropwhile
from queue import Queue

import pytest

from edge_agent.inputs import Input, Reading
from edge_agent.probes.position import PositionProbe
from edge_agent.probes.threads import ProbeThreads
from tests.services.gpsd import Gpsd, Witness, gpsd
from tests.services.recordings import recordings
from tests.services.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.integration

BUILT = date(2026, 11, 1)
SECONDS = PATIENCE_SECONDS


@contextmanager
def followed(server: Gpsd, inbox: "Queue[Input]") -> Iterator[None]:
    threads = ProbeThreads([PositionProbe(BUILT, port=server.port)], inbox.put)
    threads.start()
    try:
        yield
    finally:
        threads.close()


def take_fixes(inbox: "Queue[Input]", count: int) -> list[Reading]:
    """As many fixes as asked for, and those that are there besides."""
    fixes: list[Reading] = []
    while len(fixes) < count or not inbox.empty():
        reading = inbox.get(timeout=SECONDS)
        assert isinstance(reading, Reading)
        if reading.metrics["fix_dimensions"]:
            fixes.append(reading)
    return fixes


@pytest.mark.parametrize(
    ("log", "is_wrapped"), [("neo-m8n", True), ("haicom-305N", True), ("sirfstarv-nmea", False)]
)
def test_every_fix_that_another_client_saw_is_given_once_and_wrapped_dates_are_found(
    log: str, is_wrapped: bool
) -> None:
    inbox = Queue[Input]()

    with (
        gpsd(recordings("gnss") / f"{log}.log") as server,
        followed(server, inbox),
        Witness(server.port) as witness,
    ):
        server.play(watchers=2)
        seen = {
            (tpv.get("mode"), tpv.get("lat"), tpv.get("lon"), tpv.get("time"))
            for tpv in witness.watch()
            if tpv.get("mode") in {2, 3}
        }
        fixes = take_fixes(inbox, len(seen))

    keys = ("fix_dimensions", "latitude_degrees", "longitude_degrees")
    given = Counter(tuple(fix.metrics.get(key) for key in keys) for fix in fixes)
    assert given == Counter(fix[:3] for fix in seen)
    assert len(seen) >= 10  # on a busy machine the log has begun before we look
    dated = [fix.metrics for fix in fixes if "gnss_unix_seconds" in fix.metrics]
    # before the receiver's first own date is seen nothing is said, and no date taken as the clock
    judged = list(dropwhile(lambda metrics: "gnss_time_wrapped" not in metrics, dated))
    assert {metrics.get("gnss_time_wrapped") for metrics in judged} == {is_wrapped}


def test_a_gpsd_that_starts_again_is_found_again() -> None:
    log = recordings("gnss") / "neo-m8n.log"
    inbox = Queue[Input]()

    with gpsd(log) as server, followed(server, inbox):
        server.play(watchers=1)
        take_fixes(inbox, 10)
        server.stop()
        server.start()
        server.play(watchers=1)

        assert take_fixes(inbox, 10)
