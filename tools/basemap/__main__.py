"""Writes the layers, the same bytes each time: `python -m tools.basemap ECHARTS.tgz FOLDER`."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import shapely

from tools.basemap import areas, names, places, rivers, sources

_ECHARTS: Final = "Apache ECharts"
_GSHHG: Final = "GSHHG/WDBII"
_GEONAMES: Final = "GeoNames (CC BY 4.0)"


def main(archive: Path, folder: Path) -> None:
    """Make all layers anew in `folder`."""
    provinces = {name: sources.outlines(archive, file) for name, file in names.FILES.items()}
    districts, neighbours = areas.made(sources.outlines(archive, "chongqing"), provinces)
    water = rivers.made(sources.courses(rivers.BOX), districts)
    named = places.made(sources.towns(places.BOX), districts)

    _write(folder / "districts.geojson", _ECHARTS, map(_area, districts))
    _write(folder / "neighbours.geojson", _ECHARTS, map(_area, neighbours))
    _write(folder / "rivers.geojson", _GSHHG, map(_river, water))
    _write(folder / "places.geojson", _GEONAMES, map(_place, named))


def _area(one: areas.Area) -> dict[str, object]:
    division = one.division
    facts = {"adcode": division.adcode, "name_zh": division.name_zh, "name_en": division.name_en}
    return _feature({**facts, "label": _rounded(one.label)}, one.shape)


def _river(one: rivers.River) -> dict[str, object]:
    facts = {} if one.name is None else {"name_zh": one.name.zh, "name_en": one.name.en}
    return _feature({**facts, "size": one.size}, one.shape)


def _place(one: places.Named) -> dict[str, object]:
    facts = {"name_zh": one.name_zh, "name_en": one.name_en, "kind": one.kind, "rank": one.rank}
    return _feature(facts, shapely.Point(_rounded(one.at)))


def _feature(properties: dict[str, object], shape: shapely.Geometry) -> dict[str, object]:
    geometry = json.loads(shapely.to_geojson(shapely.normalize(shape)))
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _rounded(at: tuple[float, float]) -> list[float]:
    return [round(degrees, areas.DIGITS) for degrees in at]


def _write(path: Path, attribution: str, features: Iterable[dict[str, object]]) -> None:
    """A feature a line, so that a change can be read."""
    pack = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    head = f'{{"type":"FeatureCollection","attribution":{pack(attribution)},"features":[\n'
    text = head + ",\n".join(pack(feature) for feature in features) + "\n]}\n"
    path.write_text(text, encoding="utf-8")
    print(f"{path.name}: {len(text.encode()):,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
