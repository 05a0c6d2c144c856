"""Events are told apart by their kind; one of tomorrow's is kept, a broken one is unreadable."""

import pytest
from hypothesis import given

from telemetry.errors import Unreadable
from telemetry.wire import events
from tests.telemetry import samples


@given(samples.EVENTS)
def test_an_event_arrives_as_it_was_sent(event: events.Event) -> None:
    assert events.decode(events.encode(event)) == event


def test_every_kind_of_event_is_among_the_samples() -> None:
    kinds = {kind.__struct_config__.tag for kind in events.Event.__args__}

    assert kinds == {
        "epoch_opened",
        "dropped",
        "agent_started",
        "document_held",
        "document_refused",
        "outbox_set_aside",
        "clock_fault",
        "probe_hung",
        "units_failed",
        "device_changed",
        "check_done",
        "manual_ticked",
        "seat_taken",
        "seat_left",
        "sitting_began",
        "sitting_ended",
        "disturbance",
        "maintenance",
        "order",
        "order_output",
        "configured",
    }


def test_an_event_of_tomorrow_is_known_by_its_kind_only() -> None:
    event = events.decode(b'{"kind":"drone_launched","height":12}')

    assert event == events.Unknown("drone_launched")


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"kind":null}',
        b'{"kind":"agent_started"}',
        b'{"kind":"dropped","stream":"reports","epoch":"e","numbers":[[0,1]],"why":"damaged"}',
        b'{"kind":"epoch_opened","stream":"reports","epoch":"NO","after":"","why":"first"}',
        b'{"kind":"document_held","name":"settings","version":-1}',
        b'{"kind":"probe_hung","probe":"' + b"x" * 65 + b'"}',
    ],
)
def test_a_known_event_with_wrong_fields_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        events.decode(body)

    assert caught.value.code == "record"
