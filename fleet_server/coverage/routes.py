"""Coverage over the API.

Coverage is filtered for nobody: which network a place has is the fleet's common knowledge, which
names no asset and no court, and a court that sees only its own trips could not plan new ones.
"""

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from fleet_server.coverage import rules
from fleet_server.coverage.model import Measured
from fleet_server.entrance import CallerNow, Now, PartsNow
from fleet_server.errors import Malformed
from telemetry.store.port import Box

router = APIRouter(prefix="/api/v1", tags=["coverage"])

Longitude = Annotated[float | None, Query(ge=-180, le=180)]
Latitude = Annotated[float | None, Query(ge=-90, le=90)]


class Reading(BaseModel):
    """`value` in the metric's unit: the percentile asked for of `count` samples."""

    value: float = Field(examples=[-91.5])
    count: int = Field(examples=[128])


class Ring(BaseModel):
    """One closed ring of longitude and latitude, WGS-84."""

    type: Literal["Polygon"] = "Polygon"
    coordinates: list[list[tuple[float, float]]] = Field(
        examples=[[[(106.55, 29.56), (106.56, 29.56), (106.56, 29.57), (106.55, 29.56)]]]
    )


class HexagonOut(BaseModel):
    """One hexagon; `id` is its H3 index."""

    type: Literal["Feature"] = "Feature"
    id: str = Field(examples=["894113a5a4fffff"])
    geometry: Ring
    properties: Reading


class CoverageOut(BaseModel):
    """GeoJSON, ready for a map."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[HexagonOut]


@router.get("/coverage", operation_id="show_coverage", response_model=CoverageOut)
def show_coverage(
    request: Request,
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    metric: Measured = Measured.RSRP,
    resolution: Annotated[int, Query(ge=rules.COARSEST, le=rules.FINEST)] = 8,
    days: Annotated[int, Query(ge=1, le=400)] = 7,
    percentile: Annotated[int, Query(ge=1, le=99)] = 50,
    west: Longitude = None,
    south: Latitude = None,
    east: Longitude = None,
    north: Latitude = None,
) -> Response:
    """What the fleet measured, by hexagon: the median of the last days, or another percentile.

    An asset that stands counts once in half an hour, a moving one with each report. Give a box to
    get the hexagons whose centre lies in it.
    """
    box = _box(west, south, east, north)
    first = (now - timedelta(days=days - 1)).timestamp() // (rules.DAY_MS / 1000)
    headers = {
        "cache-control": "private, no-cache",
        "etag": f'W/"{parts.coverage.revision}-{first:.0f}"',
    }
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    found = parts.coverage.hexagons(metric, resolution, int(first), percentile / 100, box)
    features = [
        {
            "type": "Feature",
            "id": one.name,
            "geometry": {"type": "Polygon", "coordinates": [one.outline]},
            "properties": {"value": one.value, "count": one.samples},
        }
        for one in found
    ]
    body = msgspec.json.encode({"type": "FeatureCollection", "features": features})
    return Response(body, media_type="application/json", headers=headers)


def _box(
    west: float | None, south: float | None, east: float | None, north: float | None
) -> Box | None:
    """The box asked for, None for everywhere.

    Raises:
        Malformed: a side is missing.
    """
    if west is None and south is None and east is None and north is None:
        return None
    if west is None or south is None or east is None or north is None:
        raise Malformed("half_a_box")
    return Box(west, south, east, north)
