import pytest

from fleet_server.parts import Parts
from tests.fleet_server.asking import Api
from tests.fleet_server.conftest import Clock
from tests.fleet_server.orders.vehicle import Vehicle


@pytest.fixture
def vehicle(api: Api, parts: Parts, clock: Clock) -> Vehicle:
    """veh-001, online."""
    api.add("veh-001")
    return Vehicle(parts, clock)
