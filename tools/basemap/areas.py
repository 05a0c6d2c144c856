"""Districts and neighbouring provinces as one coverage: what touches shares its points exactly."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import shapely

from tools.basemap import names
from tools.basemap.names import Division
from tools.basemap.sources import Outline, Place, polygons

DIGITS: Final = 5  # a metre

# All in degrees. What is narrower than a gap is nobody's land but a fault of the source.
_DISTRICT_GAP: Final = 0.01
_PROVINCE_GAP: Final = 0.03
_FINE: Final = 0.002  # moves a border by 50 m on average, less than the source's own steps
_COARSE: Final = 0.02
_AROUND: Final = shapely.box(90, 18, 122, 44)  # holds all neighbours
_IN_SIGHT: Final = shapely.box(104.6, 27.6, 111, 32.8)  # where a neighbour's name is wanted


class Area(NamedTuple):
    """A district or province; `label` is a point inside it for its name."""

    division: Division
    shape: shapely.Polygon
    label: Place


def made(
    districts: Sequence[Outline], provinces: Mapping[str, Sequence[Outline]]
) -> tuple[list[Area], list[Area]]:
    """Districts and neighbours, simplified together; a neighbour comes as its prefectures."""
    known, around = names.districts(), names.neighbours()
    drawn = {names.RENAMED.get(one.name, one.name): one for one in districts}
    inner = _cleaned([drawn[name].area for name in known], _DISTRICT_GAP)
    outer = [_dissolved(provinces[name]) for name in around]
    fine = shapely.coverage_simplify(_cleaned([*inner, *outer], _PROVINCE_GAP), _FINE)
    inner, outer = list(fine[: len(inner)]), _simplified_far_away(list(fine[len(inner) :]))
    rounded = [_rounded(shape) for shape in (*inner, *outer)]
    if not shapely.coverage_is_valid(rounded) or not all(shape.is_valid for shape in rounded):
        raise ValueError("the simplified areas overlap or gape")
    return (
        [
            Area(division, shape, _seat(drawn[name], shape))
            for (name, division), shape in zip(known.items(), rounded, strict=False)
        ],
        [
            Area(division, shape, _label(shape))
            for division, shape in zip(around.values(), rounded[len(inner) :], strict=True)
        ],
    )


def _cleaned(shapes: Sequence[shapely.MultiPolygon], gap: float) -> list[shapely.Polygon]:
    """No gaps, no overlaps; an overlap belongs to the first. Slivers split off are dropped."""
    clean = shapely.coverage_clean(shapes, gap_width=gap, merge_strategy="min_index")
    largest = [max(polygons(shape).geoms, key=lambda part: part.area) for shape in clean]
    # A sliver that was dropped leaves a gap, which the second pass gives to a neighbour.
    return list(shapely.coverage_clean(largest, gap_width=gap, merge_strategy="min_index"))


def _dissolved(prefectures: Sequence[Outline]) -> shapely.MultiPolygon:
    """One outline without the gaps between prefectures."""
    whole = shapely.union_all([one.area for one in prefectures])
    largest = max(polygons(whole).geoms, key=lambda part: part.area)
    return shapely.MultiPolygon([shapely.Polygon(largest.exterior)])


def _simplified_far_away(provinces: list[shapely.Polygon]) -> list[shapely.Polygon]:
    """Coarse everywhere but along Chongqing, which is the hole in this coverage."""
    # Their outer side becomes an inner border, too, when the rest of the country is there.
    rest = shapely.difference(_AROUND, shapely.Polygon(_city_filled(provinces)))
    simple = shapely.coverage_simplify([*provinces, rest], _COARSE, simplify_boundary=False)
    return list(simple[: len(provinces)])


def _city_filled(provinces: list[shapely.Polygon]) -> shapely.LinearRing:
    whole = shapely.coverage_union_all(provinces)
    return max(polygons(whole).geoms, key=lambda part: part.area).exterior


def _rounded(shape: shapely.Polygon) -> shapely.Polygon:
    return shapely.transform(shape, lambda points: points.round(DIGITS))


def _seat(outline: Outline, shape: shapely.Polygon) -> Place:
    at = names.MOVED_SEATS.get(outline.name, outline.centre)
    if not shapely.contains_xy(shape, *at):
        raise ValueError(f"the seat of {outline.name} lies outside of it")
    return at


def _label(province: shapely.Polygon) -> Place:
    at = shapely.get_parts(shapely.maximum_inscribed_circle(province.intersection(_IN_SIGHT)))[0]
    x, y = at.coords[0]
    return x, y
