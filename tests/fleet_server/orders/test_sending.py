"""Orders are numbered without gaps, sent one at a time, and again until they are there."""

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from fleet_server.access.model import SYSTEM
from fleet_server.assets import store as assets
from fleet_server.assets.model import NewAsset
from fleet_server.authority.store import Authority
from fleet_server.errors import Conflict, TooLarge
from fleet_server.orders.rules import AGAIN, PATIENCE, SKEW, UNDO, UNTOLD
from telemetry.wire.orders import CANCEL, Cancel, CheckNow, Order, RunBundle
from telemetry.wire.signed import Opened
from telemetry.words import AssetKind
from tests.fleet_server.orders.vehicle import Vehicle


def _said(found: list[Opened]) -> list[tuple[int, str]]:
    """Number and name of each message."""
    return [(one.header.number, one.header.name) for one in found]


def test_an_order_is_sent_signed_addressed_and_valid_as_long_as_it_is_of_use(
    vehicle: Vehicle, authority: Authority
) -> None:
    placed = vehicle.place()

    [found] = vehicle.is_sent()

    public = serialization.load_pem_public_key(authority.signing_pem.encode())
    assert isinstance(public, ed25519.Ed25519PublicKey)
    public.verify(found.signature, found.signed)
    header = found.header
    assert (header.asset, header.family, header.name) == ("veh-001", "order", "check_now")
    assert header.number == 1
    assert header.not_after == placed.valid_until.timestamp() * 1000
    assert msgspec.json.decode(found.body, type=Order) == Order(placed.id, CheckNow())


def test_it_is_sent_again_until_the_header_says_that_it_is_there(vehicle: Vehicle) -> None:
    placed = vehicle.place()
    sent = [len(vehicle.is_sent(seconds=10)) for _ in range(7)]
    vehicle.take(placed)

    assert sent == [1, 0, 0, 1, 0, 0, 1]
    assert [vehicle.is_sent(seconds=10) for _ in range(7)] == [[]] * 7
    assert vehicle.states(placed) == ["queued", "sent", "accepted"]


def test_one_at_a_time_and_the_next_when_the_one_before_has_ended(vehicle: Vehicle) -> None:
    first, second = vehicle.place(), vehicle.place()
    assert _said(vehicle.is_sent()) == [(1, "check_now")]
    vehicle.take(first)
    vehicle.order("running", first, attempt=1)
    assert vehicle.is_sent() == []
    assert vehicle.number_of(second) is None
    vehicle.order("succeeded", first, attempt=1)

    assert _said(vehicle.is_sent()) == [(2, "check_now")]


def test_a_withdrawn_order_leaves_no_gap_and_is_never_sent(vehicle: Vehicle) -> None:
    first, second, third = vehicle.place(), vehicle.place(), vehicle.place()
    vehicle.is_sent()
    assert vehicle.cancel(second).state == "cancelled"
    vehicle.take(first)
    vehicle.order("failed", first, "play", attempt=1)
    vehicle.is_sent()

    assert vehicle.number_of(third) == 2
    with pytest.raises(Conflict):
        vehicle.cancel(second)


def test_what_a_person_ordered_can_be_taken_back_at_first(vehicle: Vehicle) -> None:
    placed = vehicle.place(source="")

    assert vehicle.is_sent(seconds=UNDO.total_seconds() - 1) == []
    assert len(vehicle.is_sent()) == 1
    assert vehicle.number_of(placed) == 1


def test_an_asset_that_is_not_heard_gets_nothing_and_its_orders_no_number(
    vehicle: Vehicle,
) -> None:
    placed = vehicle.place()
    vehicle.clock.move(minutes=30)
    vehicle.parts.intake.tick(round(vehicle.clock.now.timestamp() * 1000))
    vehicle.parts.orders.step(vehicle.clock.now)

    assert vehicle.parts.orders.waiting() == []
    assert vehicle.number_of(placed) is None
    assert len(vehicle.is_sent()) == 1


def test_a_cancel_goes_at_once_and_again_until_the_order_has_ended(vehicle: Vehicle) -> None:
    placed = vehicle.place()
    vehicle.is_sent()
    vehicle.take(placed)
    vehicle.cancel(placed)
    found = [vehicle.is_sent(seconds=10) for _ in range(4)]
    vehicle.order("cancelled", placed)

    assert [len(one) for one in found] == [1, 0, 0, 1]
    assert _said(found[0]) == [(1, CANCEL)]
    assert msgspec.json.decode(found[0][0].body, type=Cancel) == Cancel(placed.id)
    assert vehicle.is_sent(seconds=31) == []
    assert vehicle.state(placed) == "cancelled"


def test_what_nobody_took_in_its_time_expires_and_its_number_is_free(vehicle: Vehicle) -> None:
    vehicle.clock.now = vehicle.clock.now.replace(hour=19, minute=59)
    first, second = vehicle.place(), vehicle.place()
    vehicle.is_sent()
    vehicle.is_sent(minutes=1)

    assert (vehicle.state(first), vehicle.state(second)) == ("sent", "expired")
    assert vehicle.is_sent(seconds=AGAIN.total_seconds()) == []
    vehicle.is_sent(seconds=SKEW.total_seconds())
    assert (vehicle.state(first), vehicle.number_of(first)) == ("expired", None)
    vehicle.clock.now = vehicle.clock.now.replace(hour=8)
    vehicle.place()
    assert _said(vehicle.is_sent()) == [(1, "check_now")]


def test_of_a_silent_asset_nobody_says_that_its_order_expired(vehicle: Vehicle) -> None:
    placed = vehicle.place()
    vehicle.is_sent()
    vehicle.clock.move(days=3)
    vehicle.parts.intake.tick(round(vehicle.clock.now.timestamp() * 1000))
    vehicle.parts.orders.step(vehicle.clock.now)

    assert vehicle.state(placed) == "sent"
    vehicle.last_order = 1
    assert vehicle.is_sent() == []
    assert vehicle.state(placed) == "sent"


def test_a_restored_server_goes_on_from_the_number_in_the_header(vehicle: Vehicle) -> None:
    vehicle.last_order = 7
    placed = vehicle.place()

    assert _said(vehicle.is_sent()) == [(8, "check_now")]
    assert vehicle.number_of(placed) == 8


def test_what_a_restored_server_sends_twice_is_settled_by_its_id(vehicle: Vehicle) -> None:
    placed = vehicle.place()
    vehicle.is_sent()
    vehicle.last_order = 3  # so it has done this order and two more, and nobody here knows it
    assert vehicle.is_sent() == []
    found = vehicle.is_sent(seconds=PATIENCE.total_seconds()) or vehicle.is_sent()

    assert _said(found) == [(4, "check_now")]
    vehicle.last_order = 4
    vehicle.order("refused", placed, "done_already")
    assert vehicle.states(placed) == ["queued", "sent", "queued", "sent", "refused"]


def test_events_that_come_again_settle_what_is_queued(vehicle: Vehicle) -> None:
    placed = vehicle.place()
    vehicle.last_order = 1
    vehicle.order("accepted", placed)
    vehicle.order("succeeded", placed, attempt=1)

    assert vehicle.is_sent() == []
    assert vehicle.states(placed) == ["queued", "accepted", "succeeded"]


def test_what_another_computer_does_not_know_is_queued_again(vehicle: Vehicle) -> None:
    first = vehicle.place()
    vehicle.is_sent()
    vehicle.take(first)
    vehicle.order("running", first, attempt=1)
    vehicle.last_order = 0
    assert vehicle.is_sent() == []
    assert vehicle.state(first) == "running"
    found = vehicle.is_sent(seconds=PATIENCE.total_seconds()) or vehicle.is_sent()

    assert _said(found) == [(1, "check_now")]
    assert vehicle.states(first)[-2:] == ["queued", "sent"]


@pytest.mark.parametrize(("last_order", "state"), [(0, "cancelled"), (5, "sent")])
def test_what_is_to_end_is_not_begun_by_who_forgot_it_and_settled_by_who_went_on(
    vehicle: Vehicle, last_order: int, state: str
) -> None:
    placed = vehicle.place()
    vehicle.is_sent()
    vehicle.take(placed)
    vehicle.cancel(placed)
    vehicle.last_order = last_order
    vehicle.is_sent()
    vehicle.is_sent(seconds=PATIENCE.total_seconds())
    vehicle.is_sent()

    assert vehicle.state(placed) == state


def test_one_late_header_moves_nothing(vehicle: Vehicle) -> None:
    first = vehicle.place()
    vehicle.is_sent()
    vehicle.take(first)
    vehicle.last_order = 0
    vehicle.is_sent(seconds=PATIENCE.total_seconds() - 1)
    vehicle.last_order = 1
    vehicle.is_sent(seconds=2)
    vehicle.last_order = 0
    vehicle.is_sent(seconds=2)

    assert vehicle.state(first) == "accepted"


def test_a_number_that_another_order_took_is_given_up_for_the_next(vehicle: Vehicle) -> None:
    placed = vehicle.place()
    vehicle.is_sent()
    vehicle.last_order = 1  # by an order that this server does not know
    assert vehicle.is_sent() == []
    assert len(vehicle.is_sent(seconds=UNTOLD.total_seconds())) == 1
    vehicle.order("refused", placed, "older")

    assert _said(vehicle.is_sent()) == [(2, "check_now")]


def test_a_server_that_is_started_again_sends_what_was_on_its_way(vehicle: Vehicle) -> None:
    vehicle.place()
    vehicle.is_sent()
    parts = vehicle.parts
    again = type(parts.orders)(parts.database, parts.authority, parts.intake)
    again.step(vehicle.clock.now)

    [(_, payload)] = again.waiting()
    assert b'\\"number\\":1' in payload


def test_an_order_that_no_message_holds_is_refused_when_it_is_placed(vehicle: Vehicle) -> None:
    with pytest.raises(TooLarge):
        vehicle.place(RunBundle("large", "1", "x" * (1 << 20)))


def test_of_many_orders_only_so_many_are_signed_at_a_time(vehicle: Vehicle) -> None:
    parts = vehicle.parts
    others = [Vehicle(parts, vehicle.clock, f"veh-1{n:02}") for n in range(12)]
    with parts.database.unit(SYSTEM, vehicle.clock.now) as unit:
        for one in others:
            assets.add(unit, NewAsset(one.asset, AssetKind.VEHICLE, "", "c"))
    for one in others:
        one.place(RunBundle("large", "1", "x" * 900_000))
    parts.orders.step(vehicle.clock.now)
    first = parts.orders.waiting()
    parts.orders.step(vehicle.clock.now)

    assert 8 <= len(first) < 12
    assert len(first) + len(parts.orders.waiting()) == 12
