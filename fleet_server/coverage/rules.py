"""Hexagons, bins, and which positions count as a measurement of a place.

The only file that knows H3 (https://h3geo.org): hexagons of a fixed grid, each within seven times
larger ones. Samples are kept at resolution 9, about 350 m across.
"""

import math
from collections.abc import Mapping
from typing import Final

import h3

from fleet_server.coverage.model import Measured, Ruler
from telemetry.rules.link_class import Sample, judge
from telemetry.rules.rhythm import MOVING_METRES_PER_SECOND
from telemetry.store.port import Box, Fix, Widened
from telemetry.words import LinkClass

FINEST: Final = 9
COARSEST: Final = 6
DAY_MS: Final = 86_400_000

STANDING_MS: Final = 30 * 60_000
"""An asset that stands counts once in so long, a moving one with each report: whoever parks at a
court all night must not outvote those who pass."""

BURSTS: Final = frozenset({Measured.UPLINK})
"""Measured once on arrival, so that each counts, also of an asset that was counted just now."""

FEWEST_SAMPLES: Final[Mapping[Measured, int]] = {
    Measured.UPLINK: 3,
    Measured.RTT: 20,
    Measured.LINK_RTT: 20,
}
"""Fewer of them are no experience."""

CAREFUL: Final = 0.25
"""The share of samples that may be worse than what is expected of a place."""

WORST_ERROR_METRES: Final = 150.0
"""A position less exact than that may belong to another hexagon."""

CONTEXT: Final = ("speed_metres_per_second", "position_error_metres", "fix_dimensions")
"""What else a fix must come with to be judged, in this order; the metrics follow."""

RULERS: Final[Mapping[Measured, Ruler]] = {
    # Modems give whole dBm and half or tenths of a dB: these are the middles of bins.
    Measured.RSRP: Ruler(-140.5, -43.5, 97),
    Measured.SINR: Ruler(-23.25, 40.25, 127),
    Measured.RTT: Ruler(0.001, 60.0, 96, is_logarithmic=True),
    Measured.UPLINK: Ruler(1e4, 1e9, 100, is_logarithmic=True),
    Measured.LINK_RTT: Ruler(0.001, 60.0, 96, is_logarithmic=True),
}

# H3 keeps the resolution in bits 52 to 55, and below it a digit of three bits a resolution, 15 of
# them; digits finer than the resolution are 7 (https://h3geo.org/docs/core-library/h3Indexing).
_RESOLUTION_BITS: Final = 52
_DIGITS: Final = 15
# How far the centre of a fine hexagon lies from that of the larger one, in degrees, at most.
_REACH_DEGREES: Final = {6: 0.06, 7: 0.025, 8: 0.01, 9: 0.0}


def bin_of(ruler: Ruler, value: float) -> int:
    """The bin in which a value lies."""
    at = (_scaled(ruler, value) - _scaled(ruler, ruler.low)) / _width(ruler)
    return min(max(int(at), 0), ruler.steps - 1)


def value_of(ruler: Ruler, bin_number: int) -> float:
    """The value in the middle of a bin."""
    at = _scaled(ruler, ruler.low) + (bin_number + 0.5) * _width(ruler)
    return float(f"{10**at:.3g}") if ruler.is_logarithmic else round(at, 2)


def is_exact(fix: Fix) -> bool:
    """Whether a fix says well enough where it was measured; `values` begin as `CONTEXT`."""
    _, error_metres, dimensions = fix.values[:3]
    if isinstance(error_metres, int | float) and error_metres > WORST_ERROR_METRES:
        return False
    if dimensions is not None and dimensions in {0, 1}:
        return False
    return abs(fix.latitude) <= 90 and abs(fix.longitude) <= 180


def is_moving(fix: Fix) -> bool:
    """Whether the asset drove; one that does not know its speed stands."""
    speed = fix.values[0]
    return isinstance(speed, int | float) and speed >= MOVING_METRES_PER_SECOND


def cell_at(longitude: float, latitude: float) -> int:
    """The finest hexagon around a position."""
    return int(h3.str_to_int(h3.latlng_to_cell(latitude, longitude, FINEST)))


def centre_of(cell: int) -> tuple[float, float]:
    """Longitude and latitude, rounded to about a metre."""
    latitude, longitude = h3.cell_to_latlng(name_of(cell))
    return round(longitude, 5), round(latitude, 5)


def around(cell: int, resolution: int) -> int:
    """The hexagon around a fine one at a coarser resolution."""
    how = widened(resolution)
    return (cell & how.keep) | how.fill


def class_of(uplink: float | None, rtt_seconds: float | None) -> LinkClass | None:
    """What a hearing could use of such a link, as far as it was measured; None: it was not."""
    found = judge(Sample(0.0, rtt_seconds=rtt_seconds, uplink_bits_per_second=uplink))
    return None if found is None else found.link_class


def outline_of(cell: int) -> list[tuple[float, float]]:
    """The corners as a closed ring of longitude and latitude, counter-clockwise."""
    corners = h3.cell_to_boundary(name_of(cell))
    ring = [(round(longitude, 5), round(latitude, 5)) for latitude, longitude in corners]
    return [*ring, ring[0]]


def name_of(cell: int) -> str:
    """As H3 writes it."""
    return f"{cell:x}"


def widened(resolution: int) -> Widened:
    """How a hexagon's number becomes that of the one around it at a coarser resolution."""
    finer = sum(7 << 3 * (_DIGITS - digit) for digit in range(resolution + 1, FINEST + 1))
    keep = ~((15 << _RESOLUTION_BITS) | finer)
    fill = (resolution << _RESOLUTION_BITS) | finer
    return Widened(keep, fill, _REACH_DEGREES[resolution])


def is_in(box: Box, cell: int) -> bool:
    """Whether the centre of a hexagon lies in a box."""
    longitude, latitude = centre_of(cell)
    return box.west <= longitude <= box.east and box.south <= latitude <= box.north


def _scaled(ruler: Ruler, value: float) -> float:
    return math.log10(max(value, ruler.low)) if ruler.is_logarithmic else value


def _width(ruler: Ruler) -> float:
    return (_scaled(ruler, ruler.high) - _scaled(ruler, ruler.low)) / ruler.steps
