"""Orders on PostgreSQL: wide numbers, rows that are kept, and two that write at once."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from fleet_server import schema
from fleet_server.access.model import SYSTEM
from fleet_server.assets import store as assets
from fleet_server.assets.model import NewAsset
from fleet_server.authority.store import Authority
from fleet_server.database import Database
from fleet_server.intake.model import Absence, AssetView, Presence
from fleet_server.orders import store
from fleet_server.orders.engine import OrderEngine
from fleet_server.orders.model import NewOrder, PlacedOrder
from telemetry.wire.events import OrderChanged
from telemetry.wire.orders import CheckNow
from telemetry.wire.output import cut_output
from telemetry.words import AssetKind
from tests.fleet_server.conftest import Clock
from tests.services.postgres import postgres

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("postgres")]

_ASSETS = [f"veh-{number:03}" for number in range(20)]


class Online:
    """The live views of assets that have all just been heard."""

    def __init__(self, last_order: int) -> None:
        self.last_order = last_order

    def view(self, asset: str) -> AssetView:
        return AssetView(
            asset, Presence.ONLINE, Absence.NONE, boot="b1", last_order=self.last_order
        )


@pytest.fixture
def database(clock: Clock) -> Iterator[Database]:
    with postgres() as url:
        made = Database(url)
        schema.upgrade(made, clock.now)
        with made.unit(SYSTEM, clock.now) as unit:
            for asset in _ASSETS:
                assets.add(unit, NewAsset(asset, AssetKind.VEHICLE, "", "c"))
        yield made
        made.close()


def _place(database: Database, clock: Clock, asset: str) -> PlacedOrder:
    new = NewOrder(CheckNow(), "", clock.now + timedelta(days=1), source="rollout:1")
    with database.unit(SYSTEM, clock.now) as unit:
        return store.place(unit, asset, new)


def _tell(database: Database, clock: Clock, asset: str, event: OrderChanged) -> None:
    with database.unit(SYSTEM, clock.now) as unit:
        store.tell(unit, asset, event, clock.now)


def test_an_order_goes_its_way_whatever_numbers_an_asset_has(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    asset, last = _ASSETS[0], 2**53 - 1
    engine = OrderEngine(
        database, Authority(tmp_path / "authority", ["localhost"], clock.now), Online(last)
    )
    placed = _place(database, clock, asset)
    engine.step(clock.now)
    [_] = engine.waiting()
    for state in ("accepted", "running", "succeeded"):
        _tell(database, clock, asset, OrderChanged(placed.id, 2**53, state, attempt=2**53))
    with database.unit(SYSTEM, clock.now) as unit:
        for part in cut_output(placed.id, "text/plain", "已完成".encode(), is_cut=False):
            store.take_output(unit, asset, part)

    with database.reading() as session:
        found = store.by_id(session, [placed.id])[placed.id]
        output = store.output(session, placed.id)
    assert (found.state, found.number) == ("succeeded", 2**53)
    assert output is not None
    assert output.content.decode() == "已完成"


def test_who_sends_and_who_takes_in_never_wait_for_each_other(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    engine = OrderEngine(
        database, Authority(tmp_path / "authority", ["localhost"], clock.now), Online(0)
    )
    placed = [_place(database, clock, asset) for asset in _ASSETS]
    failures: list[Exception] = []

    def take_in() -> None:
        # In another order than the one in which they are sent, all of them in one unit.
        try:
            for state in ("accepted", "running", "succeeded"):
                with database.unit(SYSTEM, clock.now) as unit:
                    for one in reversed(placed):
                        event = OrderChanged(one.id, 1, state, attempt=1)
                        store.tell(unit, one.asset, event, clock.now)
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=take_in)
    thread.start()
    while thread.is_alive():
        engine.step(clock.now)
    thread.join()

    assert failures == []
    with database.reading() as session:
        found = store.by_id(session, [one.id for one in placed])
    assert {str(one.state) for one in found.values()} == {"succeeded"}
