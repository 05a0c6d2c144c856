"""Agent and server come to the same facts, whatever order and however often reports arrive."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.rules.facts import (
    SEAT_SECONDS,
    Facts,
    LinkFact,
    Look,
    here,
    looked,
    with_event,
    with_hung,
    with_report,
)
from telemetry.rules.readiness import Outlook, expect, judge
from telemetry.wire import events
from telemetry.wire.catalogue import Need, Service
from telemetry.wire.messages import Report, Value
from telemetry.wire.profile import (
    ByAddress,
    ByIpp,
    BySupply,
    ByVideo,
    DeviceSpec,
    ManualItem,
    Platform,
    Profile,
)
from telemetry.words import (
    DeviceFault,
    DeviceKind,
    DeviceState,
    LinkClass,
    PlatformState,
    Readiness,
    Seat,
)

PROFILE = Profile(
    "van",
    [
        DeviceSpec("camera", DeviceKind.CAMERA, ByVideo("/dev/video0")),
        DeviceSpec("printer", DeviceKind.PRINTER, ByIpp("ipp://printer.example/ipp/print")),
        DeviceSpec("tablet", DeviceKind.TABLET, ByAddress("a.example", 5555), may_be_off=True),
        DeviceSpec("battery", DeviceKind.BATTERY, BySupply()),
    ],
    [ManualItem("seal", "印章", "Seal")],
    [Platform("mediation", "调解平台", "Mediation platform", "mediation.example")],
)
NOW = 1_700_000_000_000
_DEVICES = [spec.name for spec in PROFILE.devices]


def _seen(
    name: str, state: str, faults: str = "", at: int = NOW, facts: Facts | None = None
) -> Facts:
    values: dict[str, Value] = {"device_state": state}
    if faults:
        values["device_faults"] = faults
    return with_report(facts or Facts(), PROFILE, Report({}, {name: values}), at)


device_values = st.fixed_dictionaries(
    {"device_state": st.sampled_from([*DeviceState, "of a later version"])},
    optional={"device_faults": st.sampled_from(["", "jammed", "not_answering,hung", "nonsense"])},
)
platform_values = st.fixed_dictionaries({"platform_state": st.sampled_from([*PlatformState, "?"])})
reports = st.builds(
    lambda devices, platforms: Report({}, {**devices, **platforms}),
    st.dictionaries(st.sampled_from([*_DEVICES, "stranger"]), device_values),
    st.dictionaries(st.just("platform-mediation"), platform_values),
)


@given(st.lists(st.tuples(st.integers(NOW, NOW + 9), reports), max_size=8), st.data())
def test_the_order_and_repetition_of_reports_make_no_difference(
    told: list[tuple[int, Report]], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(told))) if told else []
    shuffled = data.draw(st.permutations([*told, *again]))

    agent, server = Facts(), Facts()
    for at, report in told:
        agent = with_report(agent, PROFILE, report, at)
    for at, report in shuffled:
        server = with_report(server, PROFILE, report, at)

    assert server == agent


@given(st.lists(st.tuples(st.integers(NOW, NOW + 9), reports), max_size=4))
def test_facts_survive_being_written_down(told: list[tuple[int, Report]]) -> None:
    facts = Facts()
    for at, report in told:
        facts = with_report(facts, PROFILE, report, at)

    assert msgspec.json.decode(msgspec.json.encode(facts), type=Facts) == facts


def test_a_device_that_a_report_does_not_name_was_not_looked_at() -> None:
    facts = _seen("camera", "ok")

    assert (
        _seen("printer", "ok", at=NOW + 1, facts=facts).devices["camera"]
        == (facts.devices["camera"])
    )
    assert "tablet" not in facts.devices


@pytest.mark.parametrize(
    ("state", "faults", "found"),
    [
        ("absent", "not_found", DeviceState.OFF),
        ("fault", "not_answering", DeviceState.OFF),
        ("fault", "battery_out", DeviceState.FAULT),
        ("fault", "not_answering,battery_out", DeviceState.FAULT),
        ("fault", "", DeviceState.FAULT),
    ],
)
def test_what_may_be_off_and_is_not_reached_is_off(
    state: str, faults: str, found: DeviceState
) -> None:
    last = _seen("tablet", state, faults).devices["tablet"].last

    assert last is not None
    assert last.state is found


def test_a_printer_that_must_be_on_and_is_not_there_is_absent() -> None:
    last = _seen("printer", "absent", "not_found").devices["printer"].last

    assert last == Look(DeviceState.ABSENT, (DeviceFault.NOT_FOUND,), NOW)


def test_a_question_that_hangs_leaves_what_was_known() -> None:
    facts = _seen("printer", "fault", "jammed")

    hung = with_hung(facts, PROFILE, ["printer"], NOW + 1).devices["printer"]

    assert hung.last == Look(DeviceState.UNKNOWN, (DeviceFault.HUNG,), NOW + 1)
    assert hung.told == Look(DeviceState.FAULT, (DeviceFault.JAMMED,), NOW)


def test_what_was_known_of_another_kind_is_void() -> None:
    camera = looked(DeviceKind.CAMERA, None, Look(DeviceState.OK, (), NOW))

    printer = looked(DeviceKind.PRINTER, camera, Look(DeviceState.UNKNOWN, (), NOW + 1))

    assert printer.told is None
    assert printer.proven_at is None


def test_a_check_proves_what_passed_and_shows_what_failed() -> None:
    steps = [
        events.Checked("camera", "passed"),
        events.Checked("printer", "failed", "paper_out"),
        events.Checked("platform-mediation", "failed", "blocked"),
        events.Checked("item-seal", "failed"),
        events.Checked("tablet", "skipped"),
        events.Checked("of a later version", "passed"),
    ]

    facts = with_event(Facts(), PROFILE, events.CheckDone("wang", "departure", steps), NOW)

    assert facts.devices["camera"].proven_at == NOW
    assert facts.devices["printer"].told == Look(DeviceState.FAULT, (DeviceFault.PAPER_OUT,), NOW)
    assert facts.platforms["mediation"].state is PlatformState.BLOCKED
    assert not facts.items["seal"].is_there
    assert set(facts.devices) == {"camera", "printer"}


def test_people_take_seats_and_leave_them() -> None:
    told: list[events.Event] = [
        events.SeatTaken("wang", "judge"),
        events.SeatTaken("wang", "judge"),
        events.SeatTaken("li", "clerk"),
        events.SeatTaken("zhao", "of a later version"),
        events.SeatLeft("li", "clerk"),
    ]
    facts = Facts()
    for event in told:
        facts = with_event(facts, PROFILE, event, NOW)

    assert [(one.who, one.seat) for one in facts.seated] == [("wang", Seat.JUDGE)]


def test_a_sitting_keeps_fresh_what_was_proven_when_it_began() -> None:
    service = Service("s", "业务", "Service", needs=[Need([DeviceKind.CAMERA])], fresh_seconds=60.0)
    begun = with_event(_seen("camera", "ok"), PROFILE, events.SittingBegan("crew"), NOW + 30_000)
    ended = with_event(begun, PROFILE, events.SittingEnded("crew"), NOW + 7_200_000)

    during = judge(service, PROFILE, begun, NOW + 7_200_000)
    after = judge(service, PROFILE, ended, NOW + 7_200_000)

    assert during.readiness is Readiness.READY
    assert after.readiness is Readiness.NOT_PROVEN
    assert after.proven_at == NOW


def test_power_is_that_of_the_newest_report_that_tells_it() -> None:
    facts = with_report(Facts(), PROFILE, Report({"mains_power": True}), NOW)
    facts = with_report(facts, PROFILE, Report({"power_minutes": 9.0}), NOW - 1)
    facts = with_report(facts, PROFILE, Report({"cpu_used_percent": 9.0}), NOW + 1)

    assert facts.power is not None
    assert facts.power.is_on_mains
    assert facts.power.at == NOW


def test_a_seat_that_nobody_left_is_empty_after_half_a_day() -> None:
    facts = with_event(Facts(), PROFILE, events.SeatTaken("wang", "judge"), NOW)
    until = NOW + round(SEAT_SECONDS * 1000)

    assert [one.who for one in here(facts, until)] == ["wang"]
    assert here(facts, until + 1) == ()
    again = with_event(facts, PROFILE, events.SeatTaken("wang", "judge"), until)
    assert [one.since for one in again.seated] == [until]
    assert here(again, until + 1) == again.seated


def test_nobody_loses_a_seat_during_a_sitting() -> None:
    facts = with_event(Facts(), PROFILE, events.SeatTaken("wang", "judge"), NOW)
    sitting = with_event(facts, PROFILE, events.SittingBegan("crew"), NOW + 1)
    late = NOW + 2 * round(SEAT_SECONDS * 1000)

    assert here(sitting, late) == facts.seated
    assert here(with_event(sitting, PROFILE, events.SittingEnded("crew"), late), late) == ()


def test_a_clock_far_ahead_fills_no_seat() -> None:
    ahead = NOW + 3_600_000
    facts = with_event(Facts(), PROFILE, events.SeatTaken("wang", "judge"), ahead)

    assert here(facts, NOW) == ()
    assert here(facts, ahead) == facts.seated


SELF_CHECK = events.CheckDone(
    "wang",
    "self_check",
    [
        events.Checked("camera", "passed"),
        events.Checked("printer", "failed", "paper_out"),
        events.Checked("tablet", "refused", "not_allowed"),
        events.Checked("link", "passed"),
    ],
    40.0,
    "B",
)


def test_a_check_in_a_browser_proves_and_is_remembered_as_such() -> None:
    facts = with_event(Facts(), PROFILE, SELF_CHECK, NOW)

    assert facts.devices["camera"].proven_at == NOW
    assert "tablet" not in facts.devices
    assert facts.link == LinkFact(LinkClass.B, is_sure=True, at=NOW)
    assert facts.self_checked == {"camera": NOW, "printer": NOW, "link": NOW}


def test_only_a_check_in_a_browser_says_what_the_link_is() -> None:
    departure = msgspec.structs.replace(SELF_CHECK, why="departure")
    facts = with_event(Facts(), PROFILE, departure, NOW)

    assert facts.link is None
    assert facts.self_checked == {}


def test_a_verdict_is_marked_as_long_as_it_rests_on_a_check_in_a_browser() -> None:
    filming = Service("a", "甲", "A", needs=[Need([DeviceKind.CAMERA])])
    talking = Service("b", "乙", "B", link=LinkClass.C)
    facts = with_event(Facts(), PROFILE, SELF_CHECK, NOW)
    seen = _seen("camera", "ok", at=NOW + 1, facts=facts)

    def marks(known: Facts) -> list[int | None]:
        return [judge(one, PROFILE, known, NOW + 2).self_checked_at for one in (filming, talking)]

    assert marks(facts) == [NOW, NOW]
    assert marks(seen) == [None, NOW]
    assert expect(filming, PROFILE, facts, NOW + 9, NOW, Outlook()).self_checked_at == NOW
    assert judge(Service("c", "丙", "C"), PROFILE, facts, NOW).self_checked_at is None
