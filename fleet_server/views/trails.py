"""Where assets were: short trails of all of them for the map, and one asset's track."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from fleet_server.assets import store as assets
from fleet_server.entrance import CallerNow, Now, PartsNow
from fleet_server.instants import to_ms
from fleet_server.views.live import instant
from fleet_server.views.readings import Since, Until, period
from telemetry.wire.messages import Value

router = APIRouter(prefix="/api/v1", tags=["trails"])

_TRAIL_POINTS: Final = 60
_METRICS: Final = (
    "speed_metres_per_second",
    "heading_degrees",
    "rsrp_dbm",
    "snr_db",
    "tcp_rtt_seconds",
    "uplink_bits_per_second",
)


class Trail(BaseModel):
    """Longitude, latitude and ms since 1970 of each point, oldest first."""

    asset: str = Field(examples=["veh-001"])
    points: list[tuple[float, float, int]] = Field(
        examples=[[(106.551234, 29.563012, 1790000000000)]]
    )


class Trails(BaseModel):
    """A trail of each of the caller's assets that moved or stood anywhere.

    At most one point every `every_seconds`: a longer way between two of them in time is a gap.
    """

    since: datetime
    until: datetime
    every_seconds: float = Field(examples=[30.0])
    items: list[Trail]


class TrackPoint(BaseModel):
    """A position and what was measured there; what is not known is null."""

    at: datetime
    longitude: float = Field(examples=[106.551234])
    latitude: float = Field(examples=[29.563012])
    speed_mps: float | None = Field(examples=[13.9])
    heading: float | None = Field(examples=[87.0])
    rsrp_dbm: float | None = Field(examples=[-91.0])
    sinr_db: float | None = Field(examples=[14.5])
    rtt_seconds: float | None = Field(examples=[0.041])
    uplink_bits_per_second: float | None = Field(examples=[2400000.0])
    late: bool


class TrackOut(BaseModel):
    """The track of one asset, oldest first; `every_seconds` as of trails."""

    asset: str = Field(examples=["veh-001"])
    since: datetime
    until: datetime
    every_seconds: float = Field(examples=[3.6])
    points: list[TrackPoint]


@router.get("/trails", operation_id="list_trails", response_model=Trails)
def list_trails(
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    minutes: Annotated[int, Query(ge=1, le=24 * 60)] = 30,
) -> Response:
    """The last minutes of all of the caller's assets, thinned; gaps stay gaps."""
    with parts.database.reading() as session:
        seen = sorted(assets.courts(session, caller))
    until = to_ms(now) + 1
    since = until - minutes * 60_000
    found = parts.store.tracks(seen, since, until, _TRAIL_POINTS)
    body = {
        "since": instant(since),
        "until": instant(until),
        "every_seconds": minutes * 60 / _TRAIL_POINTS,
        "items": [
            {
                "asset": asset,
                "points": [
                    (round(fix.longitude, 6), round(fix.latitude, 6), fix.instant) for fix in track
                ],
            }
            for asset, track in found.items()
            if track
        ],
    }
    return Response(msgspec.json.encode(body), media_type="application/json")


@router.get("/assets/{asset}/track", operation_id="show_track")
def show_track(
    asset: str,
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    since: Since = None,
    until: Until = None,
    points: Annotated[int, Query(ge=2, le=5000)] = 1000,
) -> TrackOut:
    """Where one asset was and what it measured there, late records in their place."""
    with parts.database.reading() as session:
        assets.find(session, caller, asset)
    since, until = period(since, until, now)
    found = parts.store.tracks([asset], to_ms(since), to_ms(until), points, _METRICS)[asset]
    return TrackOut(
        asset=asset,
        since=since,
        until=until,
        every_seconds=(until - since).total_seconds() / points,
        points=[
            TrackPoint(
                at=datetime.fromtimestamp(fix.instant / 1000, until.tzinfo),
                longitude=fix.longitude,
                latitude=fix.latitude,
                late=fix.late,
                **dict(zip(_NAMES, map(_number, fix.values), strict=True)),
            )
            for fix in found
        ],
    )


_NAMES: Final = (
    "speed_mps",
    "heading",
    "rsrp_dbm",
    "sinr_db",
    "rtt_seconds",
    "uplink_bits_per_second",
)


def _number(value: Value | None) -> float | None:
    return float(value) if isinstance(value, int | float) else None
