"""Orders through the whole agent: taken, refused, deferred, followed, cancelled, remembered."""

from collections.abc import Sequence

import msgspec
import pytest

from edge_agent.crew.acts import BeginSitting, EndSitting
from edge_agent.inputs import Checked, CrewAct, FromCentre, Input, Reading
from edge_agent.orders.book import UNANSWERED_SECONDS, OrderBook
from telemetry.wire import events
from telemetry.wire.orders import CheckNow, Conditions
from telemetry.wire.signed import Sealed
from telemetry.words import Deferral, OrderFault, OrderRefusal, OrderState
from tests.edge_agent.in_memory_server import START, Drive, StartAgent
from tests.edge_agent.orders.letters import (
    AT_ONCE,
    BUNDLE,
    SIGNATURE,
    Asked,
    cancel,
    note,
    order,
)

NOW_MS = round(START.timestamp() * 1000) + 1_000_000


def given(drive: Drive, *inputs: Input | bytes) -> None:
    """Each in a tick of its own; bytes are a message of the topic of orders."""
    for item in inputs:
        drive.tick(FromCentre("order", item) if isinstance(item, bytes) else item)
        drive.up += 0.2


def told(drive: Drive) -> list[events.OrderChanged]:
    drive.connect()
    drive.run(8)
    return [event for event in drive.server.events() if isinstance(event, events.OrderChanged)]


def states(drive: Drive) -> list[tuple[str, str]]:
    return [(event.state, event.code) for event in told(drive)]


def last_order(drive: Drive) -> int:
    told(drive)
    return drive.server.headers[-1].last_order


def sits(drive: Drive, act: BeginSitting | EndSitting) -> None:
    drive.tick(CrewAct("judge-1", act, lambda denial: None))
    drive.up += 0.2


def test_an_order_is_taken_stored_and_then_begun(start: StartAgent) -> None:
    asked = Asked()
    drive = start(executor=asked)
    given(drive, order(1))

    assert asked.begun == [(1, 0)]
    assert states(drive) == [("accepted", "")]
    assert drive.server.headers[-1].last_order == 1


def test_what_the_executor_says_is_told_once_until_the_end(start: StartAgent) -> None:
    drive = start(executor=Asked())
    said = [OrderState.RUNNING, OrderState.DOWNLOADING, OrderState.RUNNING, OrderState.VERIFYING]
    notes = [note(at, state) for at, state in enumerate([*said, OrderState.SUCCEEDED])]
    given(drive, order(1), *notes, *notes)

    assert [state for state, _ in states(drive)] == ["accepted", *said, "succeeded"]


@pytest.mark.parametrize(
    ("payload", "genuine", "code", "takes"),
    [
        (order(1), False, OrderRefusal.SIGNATURE, False),
        (order(1, asset="veh-002"), True, OrderRefusal.ADDRESSEE, False),
        (order(1, family="desired"), True, OrderRefusal.ADDRESSEE, False),
        (order(1, validity=(2 * NOW_MS, 3 * NOW_MS)), True, OrderRefusal.NOT_YET_VALID, True),
        (order(1, validity=(0, NOW_MS - 1_000_000)), True, OrderRefusal.EXPIRED, True),
        (order(1, body=b'{"id":"x","task":{"type":"reboot"}}'), True, OrderRefusal.CONTENT, True),
        (order(1, body=b'{"id":"x","unknown":1}'), True, OrderRefusal.CONTENT, True),
        (order(1, body=b"[" * 5000), True, OrderRefusal.CONTENT, True),
        (order(1, name="check_now"), True, OrderRefusal.CONTENT, True),
    ],
)
def test_every_refusal_has_its_own_reason(
    start: StartAgent, payload: bytes, genuine: bool, code: OrderRefusal, takes: bool
) -> None:
    asked = Asked()
    drive = start(executor=asked, check=lambda signed, signature: genuine)
    given(drive, payload, payload)

    assert states(drive) == [("refused", code)]
    assert asked.begun == []
    assert last_order(drive) == int(takes)


def test_a_changed_body_or_header_is_refused(start: StartAgent) -> None:
    good = msgspec.json.decode(order(1), type=Sealed)
    body = msgspec.json.encode(Sealed(good.header, good.signature, good.body.replace("disk", "x")))
    header = msgspec.json.encode(
        Sealed(good.header.replace('"number":1', '"number":2'), good.signature, good.body)
    )
    genuine = good.header.encode()
    drive = start(executor=Asked(), check=lambda signed, signature: signed == genuine)
    given(drive, body, header)

    assert states(drive) == [("refused", "hash"), ("refused", "signature")]


def test_endless_data_is_not_read(start: StartAgent) -> None:
    drive = start(executor=Asked())
    given(drive, b"{" * (2 << 20), b"", b"\xff\xfe", b"[" * 100_000)

    assert states(drive) == []


def test_numbers_are_taken_one_by_one(start: StartAgent) -> None:
    asked = Asked()
    drive = start(executor=asked)
    given(drive, order(4), note(0, OrderState.SUCCEEDED, 4))
    given(drive, order(6), order(4), order(4, "another"), order(5))

    assert asked.begun == [(4, 0), (5, 0)]
    assert states(drive) == [
        ("accepted", ""),
        ("succeeded", ""),
        ("refused", "older"),
        ("accepted", ""),
    ]


def test_one_order_at_a_time(start: StartAgent) -> None:
    asked = Asked()
    drive = start(executor=asked)
    given(drive, order(1), order(2), note(0, OrderState.FAILED, 1), order(2))

    assert asked.begun == [(1, 0), (2, 0)]


def test_the_same_order_by_another_number_was_done_already(start: StartAgent) -> None:
    drive = start(executor=Asked())
    given(drive, order(1), note(0, OrderState.SUCCEEDED), order(2, "order-1"))

    assert states(drive)[-1] == ("refused", "done_already")
    assert last_order(drive) == 2


@pytest.mark.parametrize(("share", "code"), [(0.79, ""), (0.8, OrderRefusal.OUTBOX_FULL)])
def test_an_outbox_that_is_nearly_full_takes_no_orders(share: float, code: str) -> None:
    book = OrderBook("veh-001", lambda name: None, lambda *_: True, Asked(), lambda: share)
    book.receive(order(1), NOW_MS)

    assert [event.code for event in book.news() if isinstance(event, events.OrderChanged)] == [code]


def test_without_an_executor_only_a_check_can_be_ordered(start: StartAgent) -> None:
    drive = start()
    given(drive, order(1), order(2, task=CheckNow()))
    drive.run(60)

    assert states(drive) == [
        ("refused", "no_executor"),
        ("accepted", ""),
        ("running", ""),
        ("succeeded", ""),
    ]
    assert any(isinstance(event, events.CheckDone) for event in drive.server.events())


def test_a_check_that_a_restart_ended_is_made_again_as_often_as_it_may(start: StartAgent) -> None:
    drive = start()
    given(drive, order(1, task=CheckNow(), tries=2))
    drive = start(drive.server, up=2000.0)
    given(drive, Reading("computer", {}))
    drive = start(drive.server, up=3000.0)
    given(drive, Reading("computer", {}))

    found = told(drive)
    assert [event.attempt for event in found if event.state == "running"] == [1, 2]
    assert (found[-1].state, found[-1].code) == ("failed", OrderFault.INTERRUPTED)


def test_during_a_sitting_an_order_waits_and_says_why(start: StartAgent) -> None:
    asked = Asked()
    drive = start(executor=asked)
    sits(drive, BeginSitting(""))
    given(drive, order(1, conditions=Conditions()))
    drive.run(20)
    waited = list(asked.begun)
    sits(drive, EndSitting())
    drive.run(10)

    assert waited == []
    assert asked.begun == [(1, 0)]
    assert states(drive) == [("accepted", ""), ("deferred", Deferral.IN_SITTING)]


def test_while_an_order_that_disturbs_runs_no_sitting_begins(start: StartAgent) -> None:
    drive = start(executor=Asked())
    denials: list[object] = []
    given(drive, order(1, task=BUNDLE, conditions=Conditions()))
    drive.tick(CrewAct("judge-1", BeginSitting(""), denials.append))
    work = drive.agent.crew_view().work
    given(drive, note(0, OrderState.SUCCEEDED))
    drive.tick(CrewAct("judge-1", BeginSitting(""), denials.append))

    assert denials == ["in_maintenance", None]
    assert work is not None
    assert (work.who, work.why) == ("", "configure")


@pytest.mark.parametrize(
    ("conditions", "metrics", "reason"),
    [
        (AT_ONCE, {"speed_metres_per_second": 12.0}, Deferral.MOVING),
        (AT_ONCE, {"disk_free_bytes": 10_000_000}, Deferral.DISK),
        (
            Conditions(disturbs=False, least_battery_percent=30),
            {"battery_percent": 20.0, "mains_power": False},
            Deferral.BATTERY,
        ),
        (Conditions(disturbs=False, windows=[(1, 2)]), {}, Deferral.WINDOW),
    ],
)
def test_an_order_is_deferred_until_it_may_begin(
    start: StartAgent, conditions: Conditions, metrics: dict[str, float], reason: Deferral
) -> None:
    asked = Asked()
    drive = start(executor=asked)
    given(drive, Reading("computer", metrics), order(1, conditions=conditions))
    drive.run(30)

    assert asked.begun == []
    assert states(drive) == [("accepted", ""), ("deferred", reason)]


def test_validity_that_ends_while_an_order_waits_ends_it(start: StartAgent) -> None:
    drive = start(executor=Asked())
    told(drive)  # from the greeting it knows the time
    sits(drive, BeginSitting(""))
    given(drive, order(1, conditions=Conditions(), validity=(0, NOW_MS + 20_000)))
    drive.run(40)

    assert states(drive)[-1] == ("refused", OrderRefusal.EXPIRED)


def test_a_cancel_ends_an_order_that_waits_at_once(start: StartAgent) -> None:
    asked = Asked()
    drive = start(executor=asked)
    sits(drive, BeginSitting(""))
    given(drive, order(1, conditions=Conditions()), cancel(1, "another"), cancel(2, "order-1"))
    before = states(drive)
    given(drive, cancel(1), cancel(1))

    assert before[-1] == ("deferred", "in_sitting")
    assert states(drive)[-1] == ("cancelled", "")
    assert asked.cancelled == []


def test_a_cancel_of_a_begun_order_is_the_executors_to_carry_out(start: StartAgent) -> None:
    asked = Asked()
    drive = start(executor=asked)
    given(drive, order(1), note(0, OrderState.RUNNING), cancel(1), cancel(1))
    before = states(drive)
    given(drive, note(1, OrderState.CANCELLED), cancel(1))

    assert asked.cancelled == [1]
    assert before[-1] == ("running", "")
    assert states(drive)[-1] == ("cancelled", "")


@pytest.mark.parametrize(
    "payload", [cancel(1, asset="veh-002"), cancel(1, validity=(0, 1)), cancel(1, "another")]
)
def test_a_cancel_that_is_not_the_orders_does_nothing(start: StartAgent, payload: bytes) -> None:
    asked = Asked()
    drive = start(executor=asked)
    given(drive, order(1), payload)

    assert asked.cancelled == []


def test_a_forged_cancel_does_nothing(start: StartAgent) -> None:
    asked = Asked()
    drive = start(executor=asked, check=lambda signed, signature: b"cancel" not in signed)
    given(drive, order(1), cancel(1))

    assert asked.cancelled == []


@pytest.mark.parametrize(
    ("notes", "heard"),
    [((), 0), ((note(0, OrderState.RUNNING),), 1)],
)
def test_after_a_restart_the_executor_is_asked_for_the_rest(
    start: StartAgent, notes: Sequence[Input], heard: int
) -> None:
    drive = start(executor=Asked())
    given(drive, order(1), *notes)
    asked = Asked()
    drive = start(drive.server, up=2000.0, executor=asked)
    given(drive, order(1), note(heard, OrderState.SUCCEEDED))

    assert asked.begun == [(1, heard)]
    assert [state for state, _ in states(drive)].count("accepted") == 1
    assert states(drive)[-1] == ("succeeded", "")


def test_a_cancel_outlives_a_restart(start: StartAgent) -> None:
    drive = start(executor=Asked())
    given(drive, order(1), cancel(1))
    asked = Asked()
    drive = start(drive.server, up=2000.0, executor=asked)
    drive.tick()

    assert asked.cancelled == [1]


def test_an_executor_that_never_answers_fails_the_order(start: StartAgent) -> None:
    drive = start(executor=Asked())
    given(drive, order(1))
    drive.run(UNANSWERED_SECONDS + 10, step=10)

    assert states(drive)[-1] == ("failed", OrderFault.EXECUTOR)


def test_a_signature_that_is_found_out_later_is_the_same(start: StartAgent) -> None:
    asked = Asked()
    drive = start(executor=asked, check=lambda signed, signature: None)
    given(drive, order(1), order(1))
    before = list(asked.begun)
    given(drive, Checked(SIGNATURE, None), order(1), Checked(SIGNATURE, True))

    assert before == []
    assert asked.begun == [(1, 0)]
