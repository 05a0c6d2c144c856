"""A vehicle with a printer, known to the server."""

import pytest

from fleet_server.parts import Parts
from tests.fleet_server.asking import Api
from tests.fleet_server.conftest import Clock
from tests.fleet_server.readiness.reporting import CATALOGUE, PROFILE, Vehicle


@pytest.fixture
def vehicle(api: Api, parts: Parts, clock: Clock) -> Vehicle:
    api.add("veh-001")
    api.put("/api/v1/documents/profile?kind=vehicle", {"content": PROFILE})
    api.put("/api/v1/documents/catalogue", {"content": CATALOGUE})
    return Vehicle(parts, clock)
