"""Trails and tracks over the API."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from fastapi import FastAPI

from fleet_server.access.model import SYSTEM, Account
from fleet_server.parts import Parts
from telemetry.store.port import ReportRow
from tests.fleet_server.asking import COURT, OTHER_COURT, Api
from tests.fleet_server.conftest import Clock


@pytest.fixture
def driven(api: Api, parts: Parts, clock: Clock) -> int:
    """Two assets drove for an hour until now (ms), a report every 10 s, 20 minutes ago in a tunnel
    for ten; the last report of each came late."""
    now = round(clock.now.timestamp() * 1000)
    rows = []
    for asset, court in (("veh-001", COURT), ("veh-002", OTHER_COURT)):
        api.add(asset, court)
        for number in range(1, 361):
            at = now - (360 - number) * 10_000
            if 10 * 60_000 < now - at <= 20 * 60_000:
                continue
            metrics = {
                "longitude_degrees": 106.5 + number / 10_000,
                "latitude_degrees": 29.5,
                "rsrp_dbm": -90.0,
                "speed_metres_per_second": 9.0,
            }
            row = ReportRow(
                asset, "e", number, 1, "b", 1, at, "ntp", now, number == 360, metrics, {}
            )
            rows.append(row)
    parts.store.commit(rows, [])
    return now


def test_a_trail_is_thinned_and_its_gap_stays(api: Api, driven: int) -> None:
    said = api.get("/api/v1/trails?minutes=30").json()

    assert said["every_seconds"] == 30.0
    assert {one["asset"] for one in said["items"]} == {"veh-001", "veh-002"}
    points = said["items"][0]["points"]
    assert 38 <= len(points) <= 42
    assert points[-1][2] >= driven - 30_000
    gaps = [later[2] - earlier[2] for earlier, later in pairwise(points)]
    assert sum(gap > 60_000 for gap in gaps) == 1
    assert max(gaps) == pytest.approx(600_000, abs=30_000)


def test_whoever_was_nowhere_has_no_trail(api: Api, driven: int, clock: Clock) -> None:
    clock.move(minutes=2)

    assert len(api.get("/api/v1/trails?minutes=3").json()["items"]) == 2
    assert api.get("/api/v1/trails?minutes=1").json()["items"] == []


def test_a_track_says_what_was_measured_where(api: Api, driven: int) -> None:
    said = api.get("/api/v1/assets/veh-001/track").json()

    points = said["points"]
    assert len(points) == 299
    last = points[-1]
    assert datetime.fromisoformat(last["at"]) == datetime.fromtimestamp(
        (driven - 10_000) / 1000, UTC
    )
    assert (last["longitude"], last["rsrp_dbm"], last["speed_mps"]) == (106.5359, -90.0, 9.0)
    assert last["sinr_db"] is None


def test_a_late_report_is_marked(api: Api, driven: int, clock: Clock) -> None:
    clock.move(seconds=1)

    points = api.get("/api/v1/assets/veh-001/track").json()["points"]

    assert [point["late"] for point in points[-2:]] == [False, True]


def test_a_long_track_is_thinned(api: Api, driven: int) -> None:
    said = api.get("/api/v1/assets/veh-001/track?points=10").json()

    assert len(said["points"]) == 9
    assert said["every_seconds"] == 360.0


def test_trails_and_tracks_of_another_court_are_not_shown(
    app: FastAPI, api: Api, stranger: Api, parts: Parts, clock: Clock, driven: int
) -> None:
    parts.access.make_first_account(parts.settings.data / "initial-password", clock.now)
    stranger.headers["authorization"] = "Bearer " + str(
        api.post("/api/v1/tokens", {"label": "x"}).json()["token"]
    )
    with parts.database.unit(SYSTEM, clock.now) as unit:
        unit.session.get_one(Account, "admin").courts = COURT

    trails = stranger.get("/api/v1/trails").json()["items"]
    track = stranger.get("/api/v1/assets/veh-002/track")

    assert [one["asset"] for one in trails] == ["veh-001"]
    assert track.json()["code"] == "asset_unknown"
