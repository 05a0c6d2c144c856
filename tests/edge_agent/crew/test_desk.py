"""What the crew does, through the whole agent: each act an event with its person, none lost."""

from pathlib import Path
from queue import SimpleQueue

import pytest

from edge_agent.crew.acts import (
    Act,
    BeginCheck,
    BeginSitting,
    BeginWork,
    EndSitting,
    EndWork,
    LeaveSeat,
    Override,
    TakeSeat,
    TickItems,
)
from edge_agent.crew.desk import CrewDesk
from edge_agent.documents import DocumentBook
from edge_agent.errors import Denial
from edge_agent.inputs import CrewAct, PinAsked, PinRight, Reading
from edge_agent.ports import NO_TRIALS
from edge_agent.sitting import Allowed, Deferred
from telemetry.wire import events
from telemetry.wire.people import Booking, Day
from telemetry.words import ClockTrust, Deferral, LinkClass, Readiness, ReadinessReason, Seat
from tests.edge_agent.crew.people import ALL, hold
from tests.edge_agent.in_memory_server import START, Drive, StartAgent, moment

CREW_KINDS = (
    events.SeatTaken
    | events.SeatLeft
    | events.SittingBegan
    | events.SittingEnded
    | events.Disturbed
    | events.ManualTicked
    | events.Maintenance
    | events.CheckDone
)
WORKING = Reading("printers", {}, {"printer": {"device_state": "ok"}})
IN_USE = Reading("media", {}, {"bench": {"device_in_use": True}})


@pytest.fixture
def drive(start: StartAgent, tmp_path: Path) -> Drive:
    hold(tmp_path / "outbox.sqlite", *ALL)
    return start()


def do(drive: Drive, act: Act, who: str = "p-judge") -> Denial | None:
    """Act, as the page does; what it is answered after the tick."""
    answers = SimpleQueue[Denial | None]()
    drive.tick(CrewAct(who, act, answers.put))
    drive.up += 1
    return answers.get_nowait()


def told(drive: Drive) -> list[events.Event | events.Unknown]:
    """The events of the crew as they reached the server."""
    drive.connect()
    drive.run(10)
    return [event for event in drive.server.events() if isinstance(event, CREW_KINDS)]


def test_every_act_is_an_event_with_its_person(drive: Drive) -> None:
    acts: list[Act] = [
        TakeSeat(Seat.JUDGE),
        TickItems(["emblem", "unknown"]),
        BeginSitting("hearing"),
        EndSitting(),
        BeginSitting(),
        Override("the hall burns"),
        BeginWork("new disk"),
        EndWork(),
        LeaveSeat(Seat.JUDGE),
    ]
    answers = [do(drive, act) for act in acts]

    assert answers == [None] * len(acts)
    assert told(drive) == [
        events.SeatTaken("p-judge", "judge"),
        events.ManualTicked("p-judge", ["emblem"]),
        events.SittingBegan("crew", "p-judge", "hearing", 4 * 3600.0),
        events.SittingEnded("crew", "p-judge"),
        events.SittingBegan("crew", "p-judge", "", 4 * 3600.0),
        events.SittingEnded("overridden", "p-judge", "the hall burns"),
        events.Maintenance(True, "p-judge", "new disk"),
        events.Maintenance(False, "p-judge"),
        events.SeatLeft("p-judge", "judge"),
    ]


@pytest.mark.parametrize(
    ("act", "denial"),
    [
        (TakeSeat(Seat.BAILIFF), Denial.NOT_THEIR_SEAT),
        (BeginSitting("teleport"), Denial.UNKNOWN_SERVICE),
        (EndSitting(), Denial.NOT_IN_SITTING),
        (Override("why not"), Denial.NOT_IN_SITTING),
        (EndWork(), Denial.NOT_IN_MAINTENANCE),
        (BeginWork("  "), Denial.NO_REASON),
    ],
    ids=str,
)
def test_an_act_that_makes_no_sense_is_refused_and_is_no_event(
    drive: Drive, act: Act, denial: Denial
) -> None:
    assert do(drive, act) is denial
    assert told(drive) == []


def test_the_heartbeat_says_that_court_is_held(drive: Drive) -> None:
    drive.connect()
    drive.run(5)
    before = drive.server.headers[-1].in_sitting
    do(drive, BeginSitting("hearing"))
    drive.run(40)

    assert not before
    assert drive.server.headers[-1].in_sitting
    assert drive.agent.view().in_sitting


def test_the_lock_survives_a_kill_between_any_two_ticks(drive: Drive, start: StartAgent) -> None:
    do(drive, BeginSitting("hearing"))
    drive.agent.may_disturb("update")
    again = start(drive.server, up=drive.up)
    again.tick()

    sitting = again.agent.crew_view().sitting
    assert sitting is not None
    assert (sitting.owner, sitting.who) == ("crew", "p-judge")
    assert again.agent.may_disturb("update") == Deferred(Deferral.IN_SITTING)


@pytest.mark.parametrize("years", [-56.0, 500.0])
def test_a_wall_clock_that_jumps_by_years_releases_nothing(drive: Drive, years: float) -> None:
    do(drive, BeginSitting("hearing"))
    for _ in range(5):
        drive.up += 10
        now = moment(drive.up, ClockTrust.NTP)
        wall = now.wall.replace(year=now.wall.year + round(years))
        drive.tick(now=type(now)(wall, now.up, now.boot, now.trust))

    sitting = drive.agent.crew_view().sitting
    assert sitting is not None
    assert sitting.left_seconds == pytest.approx(4 * 3600 - 51, abs=2)


def test_a_camera_in_use_takes_the_lock(drive: Drive) -> None:
    drive.tick(IN_USE)

    assert drive.agent.may_disturb("burst") == Deferred(Deferral.IN_SITTING)


def test_a_booking_takes_the_lock_once_the_clock_is_trusted(
    start: StartAgent, tmp_path: Path
) -> None:
    began_at = round(START.timestamp() * 1000)
    booking = Booking("b-1", "hearing", began_at, began_at + 36_000_000)
    hold(tmp_path / "outbox.sqlite", Day([booking]))
    drive = start()
    drive.tick()
    untrusted = drive.agent.may_disturb("update")
    drive.tick(now=moment(drive.up + 1, ClockTrust.NTP))

    assert untrusted == Allowed()
    assert drive.agent.may_disturb("update") == Deferred(Deferral.IN_SITTING)
    assert drive.agent.crew_view().next_booking == booking


def test_a_check_is_an_event_that_proves_what_passed(drive: Drive, start: StartAgent) -> None:
    drive.tick()
    denied = [do(drive, BeginCheck({"emblem": True})), do(drive, BeginCheck())]
    drive.run(32, read=[WORKING])
    (done,) = [event for event in told(drive) if isinstance(event, events.CheckDone)]
    again = start(drive.server, up=drive.up)
    again.tick()

    view = again.agent.crew_view()
    printer = next(device.fact for device in view.devices if device.name == "printer")
    outcomes = {step.name: step.outcome for step in done.steps}
    assert denied == [None, Denial.CHECK_RUNNING]
    assert (done.who, done.why) == ("p-judge", "departure")
    assert outcomes["printer"] == outcomes["item-emblem"] == "passed"
    assert outcomes["bench"] == outcomes["item-seal"] == "skipped"
    assert outcomes["link"] == "failed"
    assert printer is not None
    assert printer.proven_at is not None
    assert view.last_check is not None
    assert view.last_check.done == done


def test_a_check_asks_every_probe_at_once(drive: Drive) -> None:
    drive.tick()
    before = len(drive.radio.asked)
    do(drive, BeginCheck())
    drive.tick()

    assert len(drive.radio.asked) == before + 1


def test_a_burst_on_arrival_waits_for_the_end_of_the_sitting(
    start: StartAgent, tmp_path: Path
) -> None:
    hold(tmp_path / "outbox.sqlite", *ALL)
    drive = start(on_arrival=["link_burst"])
    drive.tick(Reading("position", {"speed_metres_per_second": 12.0}))
    do(drive, BeginSitting("hearing"))
    drive.run(60)
    during = list(drive.radio.asked)
    do(drive, EndSitting())
    drive.run(5)

    assert "link_burst" not in during
    assert drive.radio.asked.count("link_burst") == 1
    assert [event for event in told(drive) if isinstance(event, events.Disturbed)] == [
        events.Disturbed("link-burst", "deferred", "in_sitting"),
        events.Disturbed("link-burst", "allowed"),
    ]


def test_the_class_of_the_link_counts_for_readiness(drive: Drive) -> None:
    drive.tick(Reading("link_test", {"link_rtt_seconds": 0.9, "link_loss_up_percent": 0.0}))
    drive.tick()
    view = drive.agent.crew_view()
    codes = [reason.code for reason in view.services[0].verdict.reasons]

    assert view.link is not None
    assert view.link.link_class is LinkClass.NONE
    assert ReadinessReason.LINK_NONE in codes


def test_seats_that_are_taken_count_for_readiness(drive: Drive) -> None:
    drive.tick(WORKING)
    do(drive, TakeSeat(Seat.JUDGE))
    do(drive, TakeSeat(Seat.CLERK), "p-clerk")
    view = drive.agent.crew_view()
    hearing = next(one.verdict for one in view.services if one.verdict.service == "hearing")
    mediation = next(one.verdict for one in view.services if one.verdict.service == "mediation")

    assert [seat.who for seat in view.seated] == ["p-judge", "p-clerk"]
    assert all(reason.seat is None for reason in hearing.reasons)
    assert mediation.readiness is Readiness.READY


def test_the_view_never_carries_what_proves_a_person(drive: Drive) -> None:
    drive.tick()
    shown = repr(drive.agent.crew_view())

    assert "王法官" in shown
    assert "argon2" not in shown
    assert "无 PIN 者" not in shown


def test_pin_attempts_are_counted_before_the_answer_and_through_a_restart(
    drive: Drive, start: StartAgent
) -> None:
    waits = SimpleQueue[float]()

    def ask(which: Drive) -> float:
        which.tick(PinAsked("p-judge", waits.put))
        return waits.get_nowait()

    first = [ask(drive) for _ in range(5)]
    again = start(drive.server, up=drive.up)
    after_restart = ask(again)
    again.up += 30
    let_through = ask(again)
    again.tick(PinRight("p-judge"))

    assert first == [0, 0, 0, 0, 30]
    assert after_restart == pytest.approx(30)
    assert let_through == 0
    assert ask(again) == 0


def test_an_act_that_found_no_room_on_the_disk_counts_and_says_so() -> None:
    answers = SimpleQueue[Denial | None]()
    book = DocumentBook("veh-001", {}, lambda text, signature: True)
    desk = CrewDesk(lambda name: None, book, NO_TRIALS)
    desk.take(CrewAct("p-judge", BeginSitting(), answers.put), moment(100.0))
    before = answers.empty()
    desk.answer(is_stored=False)

    assert before
    assert answers.get_nowait() is Denial.UNWRITTEN
    assert desk.lock.sitting is not None


def test_a_seat_has_to_be_taken_again_the_next_day(drive: Drive) -> None:
    do(drive, TakeSeat(Seat.JUDGE))
    do(drive, TakeSeat(Seat.JUDGE))
    drive.up += 13 * 3600
    drive.tick()
    left = drive.agent.crew_view().seated
    do(drive, TakeSeat(Seat.JUDGE))

    assert left == ()
    assert [seat.who for seat in drive.agent.crew_view().seated] == ["p-judge"]
    assert told(drive) == [events.SeatTaken("p-judge", "judge")] * 2


ASKED_AT = round(START.timestamp() * 1000) + 1_100_000
"""A hundred seconds after the agent's first tick."""


def _run_with_clock(drive: Drive, seconds: float, *, trust: ClockTrust = ClockTrust.NTP) -> None:
    until = drive.up + seconds
    while drive.up < until:
        drive.tick(WORKING, now=moment(drive.up, trust))
        drive.up += 1


def _asked(start: StartAgent, folder: Path) -> Drive:
    hold(folder / "outbox.sqlite", *ALL[:-1], Day(check_at=ASKED_AT))
    return start()


def test_an_agent_that_is_asked_to_checks_itself_once_at_its_time(
    start: StartAgent, tmp_path: Path
) -> None:
    drive = _asked(start, tmp_path)
    _run_with_clock(drive, 95)
    before = drive.agent.crew_view().check
    _run_with_clock(drive, 200)
    [done] = told(drive)

    assert before is None
    assert isinstance(done, events.CheckDone)
    assert (done.who, done.why) == ("", "wake_up")
    steps = {step.name: step.outcome for step in done.steps}
    assert (steps["printer"], steps["item-emblem"]) == ("passed", "skipped")
    assert drive.agent.crew_view().last_check is None
    again = start()
    again.up = drive.up
    _run_with_clock(again, 100)
    assert again.agent.crew_view().check is None


def test_an_agent_that_wakes_late_checks_itself_then_and_not_the_day_after(
    start: StartAgent, tmp_path: Path
) -> None:
    checks = []
    for hours in (5, 26):
        path = tmp_path / f"{hours}.sqlite"
        hold(path, *ALL[:-1], Day(check_at=ASKED_AT))
        drive = start(path=path, up=hours * 3600.0)
        _run_with_clock(drive, 2)
        checks.append(drive.agent.crew_view().check is not None)

    assert checks == [True, False]


@pytest.mark.parametrize("act", [BeginSitting(), BeginWork("new disk")], ids=str)
def test_a_wake_up_check_waits_for_the_end_of_a_sitting_or_a_maintenance(
    start: StartAgent, tmp_path: Path, act: Act
) -> None:
    drive = _asked(start, tmp_path)
    drive.tick(now=moment(drive.up, ClockTrust.NTP))
    do(drive, act)
    _run_with_clock(drive, 150)
    meanwhile = drive.agent.crew_view().check
    do(drive, EndSitting() if isinstance(act, BeginSitting) else EndWork())
    _run_with_clock(drive, 2)

    assert meanwhile is None
    assert drive.agent.crew_view().check is not None


def test_a_clock_that_nobody_vouches_for_begins_no_wake_up_check(
    start: StartAgent, tmp_path: Path
) -> None:
    drive = _asked(start, tmp_path)
    _run_with_clock(drive, 200, trust=ClockTrust.NONE)

    assert drive.agent.crew_view().check is None
