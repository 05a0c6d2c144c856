"""Configuration on PostgreSQL, as migrated, and two servers' engines at it."""

from collections.abc import Iterator
from threading import Thread

import pytest

from fleet_server import schema
from fleet_server.configuration.engine import Configurations
from fleet_server.database import Database
from fleet_server.orders import store as orders
from fleet_server.parts import Parts
from fleet_server.rollouts.openings import Openings
from telemetry.wire.events import Configured
from telemetry.words import OrderState
from tests.fleet_server.asking import Api
from tests.fleet_server.configuration.test_configuration import Vehicle, shown, write
from tests.fleet_server.conftest import Clock
from tests.fleet_server.orders.bundling import bundled
from tests.services.postgres import postgres

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("postgres")]


@pytest.fixture
def database(clock: Clock) -> Iterator[Database]:
    with postgres() as url:
        made = Database(url)
        schema.upgrade(made, clock.now)
        yield made
        made.close()


def test_two_engines_set_an_asset_up_once_and_then_it_is_in_step(
    api: Api, parts: Parts, clock: Clock
) -> None:
    api.add("veh-001")
    write(api, "fleet", "clock_timezone: Asia/Shanghai\n")
    write(api, "asset:veh-001", "clock_timezone: null\nclock_servers: [ntp1.example.cn]\n")
    api.put("/api/v1/configuration/policy", {"converge": "when_idle"})
    vehicle = Vehicle(parts)
    engines = [
        Configurations(parts.database, parts.intake, parts.readiness, Openings(), bundled)
        for _ in range(2)
    ]
    for _ in range(3):
        threads = [Thread(target=one.step, args=(clock.now,)) for one in engines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with parts.database.reading() as session:
        placed = [str(one.state) for one in orders.page(session, "veh-001", None, 9)]
    vehicle.ends(clock, OrderState.SUCCEEDED)
    vehicle.says(Configured(str(shown(api)["desired"]), 1, [], []))

    assert placed == ["queued"]
    assert shown(api)["state"] == "in_step"
    assert shown(api)["values"] == {"clock_servers": ["ntp1.example.cn"]}
