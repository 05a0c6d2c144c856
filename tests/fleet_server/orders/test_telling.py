"""What assets say of their orders: each state once, and nothing hostile does any harm."""

import base64
import hashlib

import pytest
import zstandard
from msgspec.structs import replace

from fleet_server.access.model import SYSTEM
from fleet_server.journal.model import JournalRow
from fleet_server.orders import rules, store
from fleet_server.orders.model import PlacedOrder
from fleet_server.parts import Parts
from telemetry.wire.events import OrderChanged, OrderOutput, Recap
from telemetry.wire.output import MAX_OUTPUT_BYTES, MAX_PARTS, cut_output
from telemetry.words import FINAL_STATES, OrderState
from tests.fleet_server.asking import Api
from tests.fleet_server.conftest import Clock
from tests.fleet_server.orders.vehicle import Vehicle


@pytest.fixture
def placed(vehicle: Vehicle) -> PlacedOrder:
    """An order that veh-001 has accepted."""
    placed = vehicle.place()
    vehicle.is_sent()
    vehicle.take(placed)
    return placed


def _ended(parts: Parts) -> list[str]:
    with parts.database.reading() as session:
        rows = session.query(JournalRow).filter(JournalRow.what == "order_ended")
        return [str(row.after) for row in rows]


def _content(vehicle: Vehicle, placed: PlacedOrder) -> bytes | None:
    with vehicle.parts.database.reading() as session:
        found = store.output(session, placed.id)
    return None if found is None else found.content


def test_a_whole_life_is_kept_step_by_step(vehicle: Vehicle, placed: PlacedOrder) -> None:
    vehicle.order("deferred", placed, "in_sitting")
    vehicle.order("deferred", placed, "battery")
    vehicle.order("downloading", placed, attempt=1)
    vehicle.order("running", placed, attempt=1)
    vehicle.order("running", placed, attempt=2)
    vehicle.order("verifying", placed, attempt=2)
    recap = Recap(ok=4, failed=1, failed_task="Verify that it answers", message="no answer")
    vehicle.tell(OrderChanged(placed.id, 1, "rolled_back", attempt=2, recap=recap))

    with vehicle.parts.database.reading() as session:
        steps = [(str(one.state), one.code, one.attempt) for one in store.steps(session, placed.id)]
    assert steps == [
        ("queued", "", 0),
        ("sent", "", 0),
        ("accepted", "", 0),
        ("deferred", "in_sitting", 0),
        ("deferred", "battery", 0),
        ("downloading", "", 1),
        ("running", "", 1),
        ("running", "", 2),
        ("verifying", "", 2),
        ("rolled_back", "", 2),
    ]
    assert vehicle.now(placed).recap == recap


def test_only_the_end_stands_in_the_journal(vehicle: Vehicle, placed: PlacedOrder) -> None:
    vehicle.order("running", placed, attempt=1)
    assert _ended(vehicle.parts) == []
    vehicle.order("failed", placed, "time_limit", attempt=1)

    [said] = _ended(vehicle.parts)
    assert '"code":"time_limit"' in said
    assert '"state":"failed"' in said


@pytest.mark.parametrize("end", sorted(FINAL_STATES))
def test_after_the_end_nothing_comes(
    vehicle: Vehicle, placed: PlacedOrder, end: OrderState
) -> None:
    state = "refused" if end is OrderState.EXPIRED else str(end)
    vehicle.order(state, placed, "expired" if state == "refused" else "")
    ended = vehicle.now(placed)
    for later in OrderState:
        vehicle.order(str(later), placed, attempt=3)

    assert vehicle.now(placed) == ended
    assert len(_ended(vehicle.parts)) == 1
    assert vehicle.aside() == 0


@pytest.mark.parametrize("end", ["succeeded", "failed", "rolled_back"])
def test_what_a_restored_server_cancelled_in_its_queue_may_turn_out_to_be_carried_out(
    vehicle: Vehicle, end: str
) -> None:
    placed = vehicle.place()
    vehicle.cancel(placed)
    for state in ("accepted", "running", "refused", end, "cancelled", "succeeded"):
        vehicle.order(state, placed, attempt=1)

    assert vehicle.states(placed) == ["queued", "cancelled", end]
    cancelled, carried_out = _ended(vehicle.parts)
    assert '"state":"cancelled"' in cancelled
    assert f'"state":"{end}"' in carried_out


def test_a_state_that_is_told_twice_is_kept_once(vehicle: Vehicle, placed: PlacedOrder) -> None:
    for _ in range(3):
        vehicle.order("running", placed, attempt=1)

    assert vehicle.states(placed).count("running") == 1


def test_an_order_of_another_asset_is_not_this_ones_to_tell(
    api: Api, vehicle: Vehicle, clock: Clock, placed: PlacedOrder
) -> None:
    api.add("veh-002")
    other = Vehicle(vehicle.parts, clock, "veh-002")
    other.order("succeeded", placed)
    other.tell(*cut_output(placed.id, "text/plain", b"lies", is_cut=False))
    other.tell(OrderChanged("nobodys", 1, "succeeded"))

    assert vehicle.state(placed) == "accepted"
    assert _content(vehicle, placed) is None
    assert other.aside() == 0


@pytest.mark.parametrize("state", ["queued", "sent", "expired", "exploded", ""])
def test_what_is_not_an_assets_to_say_changes_nothing(
    vehicle: Vehicle, placed: PlacedOrder, state: str
) -> None:
    vehicle.order(state, placed)

    assert vehicle.state(placed) == "accepted"


def test_numbers_beyond_all_measure_are_borne(vehicle: Vehicle, placed: PlacedOrder) -> None:
    vehicle.tell(OrderChanged(placed.id, 2**53, "running", "x" * 64, "y" * 500, 2**53))
    vehicle.tell(OrderChanged(placed.id, 1, "failed", recap=Recap(ok=2**53)))

    assert vehicle.state(placed) == "failed"


def test_what_runs_cannot_be_refused(vehicle: Vehicle, placed: PlacedOrder) -> None:
    vehicle.order("running", placed, attempt=1)
    vehicle.order("refused", placed, "signature")
    vehicle.order("accepted", placed)

    assert vehicle.state(placed) == "running"


@pytest.mark.parametrize("code", ["older", "signature", "content"])
def test_what_the_executor_does_not_believe_ends_what_was_accepted(
    vehicle: Vehicle, placed: PlacedOrder, code: str
) -> None:
    vehicle.order("deferred", placed, "moving")
    vehicle.order("refused", placed, code)

    assert (vehicle.state(placed), vehicle.now(placed).code) == ("refused", code)


def test_an_order_that_cannot_be_read_is_known_by_its_number(vehicle: Vehicle) -> None:
    first, second = vehicle.place(), vehicle.place()
    vehicle.is_sent()
    vehicle.tell(OrderChanged("-", 7, "refused", "content"))
    assert vehicle.state(first) == "sent"
    vehicle.last_order = 1
    vehicle.tell(OrderChanged("-", 1, "refused", "content"))
    vehicle.tell(OrderChanged("-", 1, "refused", "content"))

    assert vehicle.state(first) == "refused"
    assert vehicle.state(second) == "queued"


def test_an_order_whose_time_ended_while_it_waited_has_expired(
    vehicle: Vehicle, placed: PlacedOrder
) -> None:
    vehicle.order("deferred", placed, "moving")
    vehicle.order("refused", placed, "expired")

    assert vehicle.states(placed)[-2:] == ["deferred", "expired"]


def test_output_comes_in_parts_and_is_whole_with_the_last(
    vehicle: Vehicle, placed: PlacedOrder
) -> None:
    content = b"".join(hashlib.sha256(b"%d" % n).digest() for n in range(2000))
    parts = cut_output(placed.id, "text/plain", content, is_cut=False)
    assert len(parts) == 3
    vehicle.tell(parts[2], parts[0])
    assert (vehicle.now(placed).output, _content(vehicle, placed)) == ("partial", None)
    vehicle.tell(parts[1], parts[1])

    assert (vehicle.now(placed).output, _content(vehicle, placed)) == ("whole", content)
    assert all(len(body) < 300 for body in vehicle.kept_events())


def test_the_output_of_another_run_replaces_the_one_before(
    vehicle: Vehicle, placed: PlacedOrder
) -> None:
    vehicle.tell(*cut_output(placed.id, "text/plain", b"first", is_cut=False))
    vehicle.tell(*cut_output(placed.id, "text/plain", b"second", is_cut=True))

    assert (vehicle.now(placed).output, _content(vehicle, placed)) == ("cut", b"second")


def _part(placed: PlacedOrder, packed: bytes, part: int = 0, parts: int = 1) -> OrderOutput:
    sha256 = hashlib.sha256(packed).hexdigest()
    data = base64.b64encode(packed).decode()
    return OrderOutput(placed.id, part, parts, "text/plain", sha256, data)


def test_outputs_that_lie_are_not_kept(vehicle: Vehicle, placed: PlacedOrder) -> None:
    good = _part(placed, zstandard.compress(b"well"))
    bomb = _part(placed, zstandard.compress(bytes(MAX_OUTPUT_BYTES + 1)))
    for lie in (
        replace(good, sha256="0" * 64),
        replace(good, data="no base64!"),
        replace(good, part=1),
        replace(good, parts=0),
        replace(good, parts=MAX_PARTS + 1),
        replace(good, part=2**53, parts=2**53),
        _part(placed, b"no zstd"),
        _part(placed, zstandard.compress(b"broken off" * 99)[:-4]),
        bomb,
    ):
        vehicle.tell(lie)
        assert (vehicle.now(placed).output, _content(vehicle, placed)) == ("damaged", None)

    assert vehicle.aside() == 0
    vehicle.tell(good)
    assert (vehicle.now(placed).output, _content(vehicle, placed)) == ("whole", b"well")


def test_no_more_is_kept_than_an_output_may_have(vehicle: Vehicle, placed: PlacedOrder) -> None:
    piece = bytes(rules.MOST_PACKED_BYTES // 3)
    for part in range(4):
        event = replace(_part(placed, piece, part, MAX_PARTS), sha256="0" * 64)
        with vehicle.parts.database.unit(SYSTEM, vehicle.clock.now) as unit:
            store.take_output(unit, vehicle.asset, event)

    assert vehicle.now(placed).output == "damaged"
