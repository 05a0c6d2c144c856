"""When who is asked for a wake-up check, and what is told of it."""

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
import pytest
from pydantic import JsonValue

from fleet_server.parts import Parts
from fleet_server.sentences.waking import STATES
from fleet_server.waking import rules
from fleet_server.waking.model import Use, WakeAsk, WakePlan, WakeState
from telemetry.rules.readiness import Reason, Verdict
from telemetry.store.port import ReportRow
from telemetry.wire import events
from telemetry.wire.people import Booking, Day
from telemetry.wire.profile import Profile
from telemetry.words import Readiness
from telemetry.words import ReadinessReason as Code
from tests.fleet_server.asking import COURT, OTHER_COURT, Api
from tests.fleet_server.conftest import Clock
from tests.fleet_server.intake.speech import Speaker, event

PROFILE: Final[JsonValue] = {
    "devices": [
        {"name": "printer", "kind": "printer", "reach": {"by": "ipp", "uri": "ipp://p.example/"}}
    ]
}
CATALOGUE: Final[JsonValue] = {
    "services": [
        {"name": "printing", "zh": "打印", "en": "Printing", "needs": [{"kinds": ["printer"]}]},
        {"name": "filming", "zh": "摄像", "en": "Filming", "needs": [{"kinds": ["camera"]}]},
    ]
}
PLAN: Final = WakePlan(16 * 60, 9 * 60)
FOUR: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""16:00 by the courts' clocks, where the tests' clock stands."""


@pytest.fixture
def fleet(api: Api, parts: Parts) -> Api:
    api.put("/api/v1/documents/profile?kind=vehicle", {"content": PROFILE})
    api.put("/api/v1/documents/catalogue", {"content": CATALOGUE})
    api.add("veh-001", COURT)
    api.add("veh-002", OTHER_COURT)
    parts.sender.reload()
    return api


def _plan(api: Api, court: str = "", **changes: JsonValue) -> None:
    plan: JsonValue = {"ask_at": "16:00", "use_at": "09:00", **changes}
    answer = api.put(f"/api/v1/wake-plan?court={court}", {"plan": plan})
    assert answer.status_code == 200, answer.text


def _states(api: Api) -> dict[str, str]:
    items = api.get("/api/v1/readiness/tomorrow").json()["items"]
    return {one["asset"]: one["state"] for one in items}


def _prove(parts: Parts, clock: Clock, asset: str) -> Speaker:
    """The asset is on, and its printer works."""
    speaker = Speaker(parts.intake, asset)
    at = speaker.now = round(clock.now.timestamp() * 1000)
    speaker.greet()
    works: dict[str, dict[str, str]] = {"printer": {"device_state": "ok"}}
    row = ReportRow(asset, "e1", 1, 1, "b", 1, at, "ntp", at, False, {}, works)
    parts.readiness.take([row])
    parts.readiness.step(clock.now)
    return speaker


@pytest.mark.parametrize(
    ("minutes", "ran_minutes_ago", "is_due"),
    [(-1, None, False), (0, None, True), (119, None, True), (120, None, False), (5, 4, False)],
)
def test_a_plan_is_carried_out_once_a_day_at_its_time_or_a_little_later(
    minutes: int, ran_minutes_ago: int | None, is_due: bool
) -> None:
    now = FOUR + timedelta(minutes=minutes)
    ran_at = None if ran_minutes_ago is None else now - timedelta(minutes=ran_minutes_ago)

    assert (rules.due_at(PLAN, ran_at, now) is not None) is is_due
    assert rules.due_at(PLAN, FOUR - timedelta(days=1), FOUR) == FOUR


def test_what_is_booked_tomorrow_counts_before_what_is_assumed() -> None:
    eleven = FOUR + timedelta(hours=19)
    ms = round(eleven.timestamp() * 1000)
    booked = Day([Booking("b", "hearing", ms, ms + 1), Booking("c", "filing", ms + 2, ms + 3)])
    today = Day([Booking("b", "hearing", round(FOUR.timestamp() * 1000), ms)])
    cautious = msgspec.structs.replace(PLAN, assumes_use=False)

    assert rules.use_of(PLAN, booked, FOUR) == Use(eleven, ("hearing", "filing"))
    assert rules.use_of(PLAN, today, FOUR) == Use(FOUR + timedelta(hours=17))
    assert rules.use_of(cautious, today, FOUR) is None


def test_who_is_on_and_proven_is_left_alone() -> None:
    def verdict(readiness: Readiness, code: Code) -> Verdict:
        return Verdict("a", readiness, (Reason(code, readiness),))

    broken = verdict(Readiness.NOT_READY, Code.DEVICE_FAULT)
    stale = verdict(Readiness.NOT_PROVEN, Code.DEVICE_STALE)

    assert not rules.must_be_asked([Verdict("a", Readiness.READY), broken], is_online=True)
    assert rules.must_be_asked([stale], is_online=True)
    assert rules.must_be_asked([Verdict("a", Readiness.READY)], is_online=False)


@pytest.mark.parametrize(
    ("outcome", "fault", "state"),
    [
        ("passed", "", WakeState.PROVEN),
        ("failed", "jammed", WakeState.BROKEN),
        ("skipped", "", WakeState.UNCHECKED),
    ],
)
def test_a_check_that_could_try_nothing_proves_nothing(
    outcome: str, fault: str, state: WakeState
) -> None:
    profile = msgspec.convert(PROFILE, Profile)
    steps = [events.Checked("printer", outcome, fault), events.Checked("link", "passed")]
    check = FOUR, events.CheckDone("", "wake_up", steps)
    ask = WakeAsk("veh-001", FOUR, FOUR + timedelta(hours=17), ("printing",))

    assert rules.outcome(ask, FOUR, check, profile, FOUR).state is state


def test_every_state_has_its_word_in_both_languages() -> None:
    assert set(STATES) == set(WakeState)
    assert all(one.en and one.zh for one in STATES.values())


def test_who_is_off_is_asked_and_told_as_not_woken_until_it_checks(
    fleet: Api, parts: Parts, clock: Clock
) -> None:
    _plan(fleet)
    speaker = _prove(parts, clock, "veh-001")
    parts.waking.step(clock.now)
    at_once = _states(fleet)
    clock.move(minutes=20)
    later = _states(fleet)
    other = _prove(parts, clock, "veh-002")
    heard = _states(fleet)
    steps = [events.Checked("printer", "failed", "paper_out")]
    other.say("events", event(1, events.CheckDone("", "wake_up", steps), other.now))
    other.commit()
    [row] = fleet.get("/api/v1/readiness/tomorrow").json()["items"]

    assert speaker.asset not in at_once  # on, and proven
    assert (at_once, later, heard) == (
        {"veh-002": "asked"},
        {"veh-002": "not_woken"},
        {"veh-002": "unchecked"},
    )
    assert (row["state"], row["broken"]) == ("broken", ["Printer: out of paper."])
    assert row["services"] == ["printing"]  # it has no camera, so nobody plans to film with it


def test_asking_is_a_document_that_leaves_the_bookings_as_they_are(
    fleet: Api, parts: Parts, clock: Clock
) -> None:
    tomorrow = round((clock.now + timedelta(hours=17)).timestamp() * 1000)
    booking: JsonValue = {
        "id": "b",
        "service": "printing",
        "begins_at": tomorrow,
        "ends_at": tomorrow + 1,
    }
    day: JsonValue = {"content": {"bookings": [booking]}}
    fleet.put("/api/v1/assets/veh-001/documents/day", day)
    _plan(fleet, assumes_use=False)
    parts.waking.step(clock.now)
    parts.waking.step(clock.now + timedelta(minutes=1))

    found = fleet.get("/api/v1/assets/veh-001/documents/day").json()
    assert found["content"]["check_at"] == round(clock.now.timestamp() * 1000)
    assert [one["id"] for one in found["content"]["bookings"]] == ["b"]
    assert found["version"] == 2
    assert set(_states(fleet)) == {"veh-001"}


def test_a_court_may_have_a_plan_of_its_own(fleet: Api, parts: Parts, clock: Clock) -> None:
    _plan(fleet, ask_at="17:00")
    _plan(fleet, COURT)
    parts.waking.step(clock.now)
    first = _states(fleet)
    clock.move(hours=1)
    parts.waking.step(clock.now)

    assert set(first) == {"veh-001"}
    assert set(_states(fleet)) == {"veh-001", "veh-002"}
    shown = fleet.get(f"/api/v1/wake-plan?court={OTHER_COURT}").json()
    assert (shown["plan"], shown["fleet"]["ask_at"]) == (None, "17:00")


def test_without_a_plan_nobody_is_asked_and_a_wrong_one_is_refused(
    fleet: Api, parts: Parts, clock: Clock
) -> None:
    _plan(fleet)
    fleet.put("/api/v1/wake-plan", {"plan": None})
    parts.waking.step(clock.now)
    wrong = fleet.put("/api/v1/wake-plan", {"plan": {"ask_at": "25:00"}})

    assert _states(fleet) == {}
    assert wrong.status_code == 422
    told = [row["what"] for row in fleet.get("/api/v1/journal").json()["items"]]
    assert told.count("wake_plan_changed") == 2
