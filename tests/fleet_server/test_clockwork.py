"""Jobs run when they are due."""

from datetime import datetime, timedelta

from fleet_server.clockwork import Clockwork, Job
from tests.fleet_server.conftest import Clock


def _job(ran: list[datetime], seconds: int) -> Job:
    return Job("job", timedelta(seconds=seconds), ran.append)


def test_a_job_runs_at_once_and_then_every_so_often(clock: Clock) -> None:
    ran: list[datetime] = []
    clockwork = Clockwork([_job(ran, 10)])
    begins = clock.now
    for _ in range(25):
        clockwork.run_due(clock.now)
        clock.move(seconds=1)

    assert [round((at - begins).total_seconds()) for at in ran] == [0, 10, 20]


def test_a_clock_put_back_does_not_silence_a_job(clock: Clock) -> None:
    ran: list[datetime] = []
    clockwork = Clockwork([_job(ran, 10)])
    clockwork.run_due(clock.now)
    clock.move(days=-1)
    clockwork.run_due(clock.now)

    assert len(ran) == 2


def test_a_job_that_fails_neither_stops_the_others_nor_itself(clock: Clock) -> None:
    ran: list[datetime] = []

    def fail(now: datetime) -> None:
        raise RuntimeError("no")

    failing = Job("failing", timedelta(seconds=10), fail)
    clockwork = Clockwork([failing, _job(ran, 10)])
    for _ in range(2):
        clockwork.run_due(clock.now)
        clock.move(seconds=10)

    assert len(ran) == 2
    assert clockwork.failures == {"failing": 2, "job": 0}
