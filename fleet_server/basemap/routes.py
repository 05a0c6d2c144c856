"""Base maps over the API: a court's own layers, PMTiles by range, tiles from elsewhere.

A map is no secret: whoever is signed in sees all of it.
"""

import asyncio
from email.utils import formatdate
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, Response

from fleet_server.basemap import store
from fleet_server.basemap.api import LayerImported
from fleet_server.basemap.rules import Datum, Layer
from fleet_server.entrance import CallerNow, Now, PartsNow
from fleet_server.errors import NotFound, TooLarge

router = APIRouter(prefix="/api/v1", tags=["basemap"])

_GEOJSON = "application/geo+json"
_PMTILES = "application/vnd.pmtiles"
_PICTURES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/png": {}}, "description": "The tile."}
}


@router.get("/basemap/pmtiles", operation_id="read_pmtiles", response_class=FileResponse)
def read_pmtiles(caller: CallerNow, parts: PartsNow) -> FileResponse:
    """The file `basemap.pmtiles`, whole or by `Range`; 404 when there is none."""
    path = parts.basemap.pmtiles()
    if path is None:
        raise NotFound("not_found")
    headers = {"cache-control": "private, no-cache"}
    return FileResponse(path, media_type=_PMTILES, headers=headers)


@router.get("/basemap/{layer}", operation_id="show_basemap", response_class=FileResponse)
def show_basemap(layer: Layer, request: Request, caller: CallerNow, parts: PartsNow) -> Response:
    """A layer that was imported here, GeoJSON in WGS-84; 404: the console's own is to be used."""
    path = parts.basemap.layer(layer)
    if path is None:
        raise NotFound("not_found")
    headers = {"cache-control": "private, no-cache", **_marks(path)}
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, media_type=_GEOJSON, headers=headers)


@router.put(
    "/basemap/{layer}",
    operation_id="import_basemap",
    openapi_extra={"requestBody": {"content": {_GEOJSON: {"schema": {"type": "object"}}}}},
)
async def import_basemap(
    layer: Layer,
    request: Request,
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    datum: Annotated[Datum, Query(description="What the file's degrees mean")],
) -> LayerImported:
    """Use a court's own GeoJSON for a layer; it is kept in WGS-84."""
    body = await _read(request, store.MOST_BYTES)

    def keep() -> int:
        with parts.database.unit(caller, now) as unit:
            return parts.basemap.put(unit, layer, datum, body)

    return LayerImported(layer=layer, features=await asyncio.to_thread(keep))


@router.delete("/basemap/{layer}", operation_id="remove_basemap", status_code=204)
def remove_basemap(layer: Layer, caller: CallerNow, parts: PartsNow, now: Now) -> Response:
    """Show the console's own layer again."""
    with parts.database.unit(caller, now) as unit:
        parts.basemap.remove(unit, layer)
    return Response(status_code=204)


@router.get(
    "/tiles/{source}/{z}/{x}/{y}",
    operation_id="show_tile",
    response_class=Response,
    responses=_PICTURES,
)
async def show_tile(
    source: str, z: int, x: int, y: int, caller: CallerNow, parts: PartsNow
) -> Response:
    """A tile of a map source from elsewhere, fetched and kept by this server."""
    tile = await parts.tiles.tile(source, z, x, y)
    headers = {"cache-control": "private, max-age=86400", "x-content-type-options": "nosniff"}
    return Response(tile.body, media_type=tile.media_type, headers=headers)


async def _read(request: Request, most: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise TooLarge("body_too_large", limit=most)
    return bytes(body)


def _marks(path: Path) -> dict[str, str]:
    """What a browser asks with whether its copy is still good."""
    found = path.stat()
    mark = sha256(f"{found.st_mtime_ns}-{found.st_size}".encode()).hexdigest()[:16]
    return {"etag": f'W/"{mark}"', "last-modified": formatdate(found.st_mtime, usegmt=True)}
