"""The pretended world is deterministic, speaks the catalogue, and moves as vehicles do."""

import math
from collections import Counter

import pytest

from simulators.fleet import Member, fleet
from simulators.world import World
from telemetry.metrics import CATALOGUE
from telemetry.wire.topics import checked
from telemetry.words import AssetKind


def vehicle() -> Member:
    return fleet()[0]


def test_the_fleet_is_that_of_the_demo() -> None:
    members = fleet()

    assert Counter(member.kind for member in members) == {
        AssetKind.VEHICLE: 26,
        AssetKind.BACKPACK: 26,
        AssetKind.CLINIC: 12,
        AssetKind.STATION: 51,
    }
    assert len({checked(member.asset) for member in members}) == 115
    assert len({member.name for member in members}) == 115


@pytest.mark.parametrize("count", [1, 4, 30, 115, 120])
def test_a_fleet_of_any_size_has_distinct_assets(count: int) -> None:
    assert len({member.asset for member in fleet(count)}) == count


def test_a_small_fleet_has_every_kind() -> None:
    assert {member.kind for member in fleet(12)} == set(AssetKind)


def test_the_same_seed_gives_the_same_readings_and_another_seed_others() -> None:
    assert World(7).reading(vehicle(), 33.0) == World(7).reading(vehicle(), 33.0)
    assert World(7).reading(vehicle(), 33.0) != World(8).reading(vehicle(), 33.0)


def test_every_reading_is_in_the_catalogue_and_in_its_range() -> None:
    world = World(1)

    for member in fleet():
        for seconds in (0.0, 17.3, 4000.0):
            for key, value in world.reading(member, seconds).metrics.items():
                assert CATALOGUE[key].cleaned(value) == value


def test_a_vehicle_moves_as_fast_as_it_says() -> None:
    world = World(3)
    stretch = math.cos(math.radians(vehicle().district.latitude_degrees))

    for second in range(0, 3600, 7):
        here = world.reading(vehicle(), float(second)).metrics
        there = world.reading(vehicle(), second + 1.0).metrics
        north = float(there["latitude_degrees"]) - float(here["latitude_degrees"])
        east = (float(there["longitude_degrees"]) - float(here["longitude_degrees"])) * stretch
        moved = math.hypot(north, east) * 111_195
        fastest = max(
            float(here["speed_metres_per_second"]), float(there["speed_metres_per_second"])
        )
        assert moved <= fastest + 2.0


def test_vehicles_both_drive_and_stand() -> None:
    world = World(3)

    speeds = {
        world.reading(vehicle(), float(second)).metrics["speed_metres_per_second"]
        for second in range(0, 7200, 60)
    }

    assert 0.0 in speeds
    assert max(float(speed) for speed in speeds) > 5.0
