"""The pretended world is deterministic, speaks the catalogue, and moves as vehicles do."""

from collections import Counter

import pytest

from simulators.days import BEGINS_SECONDS, DAY_SECONDS
from simulators.fleet import Member, Spot, fleet
from simulators.townships import ACROSS_THE_BORDER, BANAN
from simulators.ways import metres_apart
from simulators.world import World
from telemetry.metrics import CATALOGUE
from telemetry.wire.messages import Value
from telemetry.wire.topics import checked
from telemetry.words import AssetKind

MIDNIGHT = -float(BEGINS_SECONDS)


def vehicle() -> Member:
    return fleet()[0]


def vehicles() -> list[Member]:
    return [member for member in fleet() if member.kind is AssetKind.VEHICLE]


def said(world: World, member: Member, seconds: float) -> dict[str, Value]:
    return dict(world.reading(member, seconds).metrics)


def place(metrics: dict[str, Value]) -> Spot:
    return Spot(float(metrics["latitude_degrees"]), float(metrics["longitude_degrees"]), 0.0)


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


@pytest.mark.parametrize("count", [1, 4, 30, 115, 120, 2000])
def test_a_fleet_of_any_size_has_distinct_assets(count: int) -> None:
    members = fleet(count)

    assert len({checked(member.asset) for member in members}) == count
    assert len({member.name for member in members}) == count


def test_a_small_fleet_has_every_kind() -> None:
    assert {member.kind for member in fleet(12)} == set(AssetKind)


def test_a_large_fleet_is_in_all_districts() -> None:
    assert len({member.district.code for member in fleet(2000)}) == 38


def test_stations_are_spread_over_their_district() -> None:
    stations = [member for member in fleet() if member.kind is AssetKind.STATION]
    homes = [member.home for member in stations]

    assert len({home[:2] for home in homes}) == len(stations)
    assert max(metres_apart(homes[0], home) for home in homes) > 40_000
    for home in homes:
        assert min(metres_apart(home, Spot(*town[1:], 0.0)) for town in BANAN) < 2_500


def test_the_same_seed_gives_the_same_readings_and_another_seed_others() -> None:
    assert World(7).reading(vehicle(), 33.0) == World(7).reading(vehicle(), 33.0)
    assert World(7).reading(vehicle(), 33.0) != World(8).reading(vehicle(), 33.0)


def test_every_reading_is_in_the_catalogue_and_in_its_range() -> None:
    world = World(1)

    for member in fleet():
        for seconds in (-7200.0, 0.0, 17.3, 4000.0):
            for key, value in world.reading(member, seconds).metrics.items():
                assert CATALOGUE[key].cleaned(value) == value


def test_nobody_teleports() -> None:
    world = World(3)

    for member in vehicles()[::6]:
        before: tuple[float, Spot] | None = None
        for seconds in range(int(MIDNIGHT), 2 * DAY_SECONDS, 60):
            metrics = said(world, member, float(seconds))
            if "latitude_degrees" not in metrics:
                continue
            here = place(metrics)
            if before is not None:
                assert metres_apart(before[1], here) <= 40.0 * (seconds - before[0])
            before = (seconds, here)


def test_a_vehicle_moves_as_fast_as_it_says() -> None:
    world, member = World(3), vehicle()

    for second in range(0, 5400, 7):
        here = said(world, member, float(second))
        there = said(world, member, second + 1.0)
        if "latitude_degrees" not in here or "latitude_degrees" not in there:
            continue
        fastest = max(
            float(here["speed_metres_per_second"]), float(there["speed_metres_per_second"])
        )
        assert metres_apart(place(here), place(there)) <= fastest + 2.0


@pytest.mark.parametrize("member", vehicles()[::5], ids=lambda member: member.asset)
def test_a_vehicle_leaves_in_the_morning_and_is_back_at_night(member: Member) -> None:
    world = World(1)
    away = [
        metres_apart(member.home, place(metrics))
        for second in range(0, DAY_SECONDS, 300)
        if "latitude_degrees" in (metrics := said(world, member, MIDNIGHT + second))
    ]

    assert away[0] < 1
    assert max(away) > 5_000
    assert away[-1] < 1


def test_at_the_beginning_some_are_on_the_way_and_some_hold_court() -> None:
    world = World(1)
    moving = sum(world.is_moving(member, 0.0) for member in vehicles())

    assert 6 <= moving <= 20
    assert any(
        float(said(world, one, 0.0).get("uplink_bits_per_second", 0.0)) > 2e6 for one in vehicles()
    )


def test_one_vehicle_holds_court_across_the_border() -> None:
    world = World(1)
    (town,) = ACROSS_THE_BORDER.values()
    far = Spot(*town[1:], 0.0)

    assert any(
        metres_apart(place(said(world, member, 1800.0)), far) < 100
        for member in vehicles()
        if not world.is_cut_off(member, 1800.0)
    )


def test_a_tunnel_takes_position_and_signal_and_ends_soon() -> None:
    world, member = World(1), vehicle()
    dark = [second for second in range(-7200, 10_800) if world.is_cut_off(member, second)]
    ends = [second for second in dark if not world.is_cut_off(member, second + 1)]
    metrics = said(world, member, float(dark[0]))

    assert not metrics.keys() & {"latitude_degrees", "longitude_degrees", "rsrp_dbm"}
    assert metrics["fix_dimensions"] == 0
    assert len(ends) >= 2
    assert 30 * len(ends) <= len(dark) <= 180 * len(ends)


def test_a_backpack_may_ride_on_its_courts_vehicle() -> None:
    world = World(1)
    members = {member.asset: member for member in fleet()}

    for seconds in (0.0, 600.0, 3600.0):
        rider = said(world, members["bag-002"], seconds)
        ridden = said(world, members["veh-002"], seconds)
        assert rider.get("latitude_degrees") == ridden.get("latitude_degrees")


def test_one_disk_is_full_and_one_link_is_long() -> None:
    world = World(1)
    everybody = [said(world, member, 60.0) for member in fleet()]

    assert sum(float(one["disk_used_percent"]) > 90 for one in everybody) == 1
    assert sum(float(one.get("tcp_rtt_seconds", 0.0)) > 0.8 for one in everybody) == 1
