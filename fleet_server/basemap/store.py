"""A court's own base map: layers in the data folder, and an optional PMTiles file beside them."""

import os
from pathlib import Path
from typing import Final

import msgspec

from fleet_server.basemap import rules
from fleet_server.basemap.rules import Datum, Json, Layer
from fleet_server.database import Unit
from fleet_server.errors import Malformed, NotAllowed, NotFound
from fleet_server.journal.model import What

PMTILES: Final = "basemap.pmtiles"
MOST_BYTES: Final = rules.MOST_BYTES


class Basemap:
    """The folder `basemap` of the data folder; may be used from any thread."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "basemap"

    def layers(self) -> list[Layer]:
        """The layers that were imported."""
        return [layer for layer in Layer if self._path(layer).exists()]

    def layer(self, layer: Layer) -> Path | None:
        """The file of an imported layer, WGS-84 GeoJSON; None when there is none."""
        path = self._path(layer)
        return path if path.exists() else None

    def pmtiles(self) -> Path | None:
        """The PMTiles file that somebody put into the folder, None when nobody did."""
        path = self._folder / PMTILES
        return path if path.is_file() else None

    def put(self, unit: Unit, layer: Layer, datum: Datum, body: bytes) -> int:
        """Let `body`, GeoJSON in `datum`, stand for a layer; how many features it has.

        Raises:
            Malformed: it is not that layer; the first reason.
            NotAllowed: the caller does not see the whole fleet, whose map it is.
        """
        _check_sight(unit)
        collection = _read(body)
        for problem in rules.problems(collection, layer):
            raise Malformed(problem.code, **problem.facts)
        count = rules.feature_count(collection)
        moved = rules.moved_metres(collection, datum)
        said = {
            "datum": datum,
            "features": count,
            "bytes": len(body),
            "moved_metres": round(moved, 1),
        }
        unit.journal(What.BASEMAP_IMPORTED, f"basemap:{layer}", None, said)
        self._write(self._path(layer), msgspec.json.encode(rules.converted(collection, datum)))
        return count

    def remove(self, unit: Unit, layer: Layer) -> None:
        """Forget an imported layer, so that the console's own shows again.

        Raises:
            NotFound: none was imported.
            NotAllowed: the caller does not see the whole fleet.
        """
        _check_sight(unit)
        path = self._path(layer)
        if not path.exists():
            raise NotFound("not_found")
        unit.journal(What.BASEMAP_REMOVED, f"basemap:{layer}", None, None)
        path.unlink()

    def _path(self, layer: Layer) -> Path:
        return self._folder / f"{layer}.geojson"

    def _write(self, path: Path, body: bytes) -> None:
        """Whole or not at all, and on the disk."""
        path.parent.mkdir(mode=0o700, exist_ok=True)
        part = path.with_name(path.name + ".part")
        with part.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)


def _check_sight(unit: Unit) -> None:
    if unit.caller.courts is not None:
        raise NotAllowed("not_whole_fleet")


def _read(body: bytes) -> Json:
    try:
        found: Json = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("basemap_not_geojson") from error
    return found
