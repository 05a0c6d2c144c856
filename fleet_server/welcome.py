"""What the console must know before anybody has signed in."""

from importlib.metadata import version

from fastapi import APIRouter
from pydantic import BaseModel, Field

from fleet_server.basemap.model import MapSource
from fleet_server.basemap.rules import Layer
from fleet_server.basemap.tiles import OVERLAY
from fleet_server.entrance import PartsNow
from fleet_server.settings import TileSource

router = APIRouter(prefix="/api/v1", tags=["console"])

_OFFLINE = MapSource(
    id="offline",
    name_en="Built-in map",
    name_zh="内置底图",
    kind="offline",
    url="",
    overlay_url=None,
    datum="wgs84",
    attribution="",
    min_zoom=0,
    max_zoom=22,
)
_PMTILES = MapSource(
    id="pmtiles",
    name_en="Detailed map",
    name_zh="详细底图",
    kind="pmtiles",
    url="/api/v1/basemap/pmtiles",
    overlay_url=None,
    datum="wgs84",
    attribution="",
    min_zoom=0,
    max_zoom=22,
)


class ConsoleOut(BaseModel):
    """What server this is, and the maps to choose from; the first is there always.

    `demo`: every asset here is a simulated one. `layers` were imported, and stand for those that
    the console carries. `review_number` (审图号) belongs beside the map, "" when there is none.
    """

    version: str = Field(examples=["0.1.0"])
    demo: bool
    name: str = Field(examples=["重庆车载便民法庭"])
    sources: list[MapSource]
    layers: list[Layer] = Field(examples=[["districts"]])
    review_number: str = Field(examples=["GS(2024)0650号"])


@router.get("/console", operation_id="show_console")
def show_console(parts: PartsNow) -> ConsoleOut:
    """What the console shows before anybody has signed in; open to everybody."""
    settings = parts.settings
    sources = [_OFFLINE]
    if parts.basemap.pmtiles() is not None:
        sources.append(_PMTILES)
    return ConsoleOut(
        version=version("courtfleet"),
        demo=settings.demo,
        name=settings.name,
        sources=[*sources, *map(_raster, parts.tiles.sources)],
        layers=parts.basemap.layers(),
        review_number=settings.map.review_number,
    )


def _raster(source: TileSource) -> MapSource:
    """Without its address: the key stands in it."""
    path = "/api/v1/tiles/{}/{{z}}/{{x}}/{{y}}"
    return MapSource(
        id=source.id,
        name_en=source.name_en or source.id,
        name_zh=source.name_zh or source.name_en or source.id,
        kind="raster",
        url=path.format(source.id),
        overlay_url=path.format(source.id + OVERLAY) if source.overlay_url else None,
        datum=source.datum,
        attribution=source.attribution,
        min_zoom=source.min_zoom,
        max_zoom=source.max_zoom,
    )
