"""The pretended mobile network: masts, dense at the seats, and what a modem hears of them."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from simulators.districts import EVERYWHERE, District
from simulators.fleet import Spot, seat, spot_of
from simulators.noise import between, key_of, unit
from simulators.townships import ACROSS_THE_BORDER, Township
from simulators.ways import METRES_PER_DEGREE, metres_apart

_GRID_DEGREES: Final = 0.15
_SEAT_MASTS: Final = 8
_ROADSIDE_METRES: Final = 8_000.0
_HANDS_OVER_DBM: Final = -109.0
_WEAKEST_DBM: Final = -126.0
_FIFTH_GENERATION_SHARE: Final = 0.6
_PARTS: Final = (-1, 0, 1)


class Mast(NamedTuple):
    """A base station; not every one has 5G."""

    spot: Spot
    is_5g: bool


@dataclass(frozen=True, slots=True)
class Reception:
    """What a modem says; round trip, jitter, loss (%) and uplink (bit/s) are what that allows."""

    network_mode: str
    rsrp_dbm: float
    rsrq_db: float
    snr_db: float
    rtt_seconds: float
    jitter_seconds: float
    loss_percent: float
    uplink_bits_per_second: float


def rsrp_dbm(metres: float) -> float:
    """Received power at a distance in the hills: 30 dB a decade."""
    return -81.0 - 30.0 * math.log10(max(metres, 120.0) / 1000.0)


class Network:
    """All masts, found by where they stand."""

    def __init__(self, seed: int) -> None:
        self._grid: defaultdict[tuple[int, int], list[Mast]] = defaultdict(list)
        for district in EVERYWHERE:
            for mast in _masts(seed, district):
                self._grid[_cell(mast.spot)].append(mast)

    def heard_at(self, spot: Spot, fade_db: float) -> Reception:
        """What is heard there; `fade_db` is what hills and moments take away."""
        fastest = widest = _WEAKEST_DBM
        for mast in self._near(spot):
            power = rsrp_dbm(metres_apart(spot, mast.spot)) - fade_db
            widest = max(widest, power)
            if mast.is_5g:
                fastest = max(fastest, power - 3.0)
        if fastest >= _HANDS_OVER_DBM:
            return _reception("5G", fastest)
        return _reception("LTE", widest)

    def _near(self, spot: Spot) -> Iterator[Mast]:
        row, column = _cell(spot)
        for up in _PARTS:
            for right in _PARTS:
                yield from self._grid.get((row + up, column + right), ())


def _reception(mode: str, rsrp: float) -> Reception:
    """5G carries more than LTE; both slow down where they are weak."""
    weak = min(max((-88.0 - rsrp) / 36.0, 0.0), 1.0)
    best = 68e6 if mode == "5G" else 21e6
    return Reception(
        mode,
        rsrp,
        rsrq_db=-7.0 - 11.0 * weak,
        snr_db=min(max((rsrp + 116.0) * 0.6, -6.0), 28.0),
        jitter_seconds=0.004 + 0.06 * weak**2,
        loss_percent=14.0 * weak**4,
        rtt_seconds=(0.018 if mode == "5G" else 0.042) + 0.26 * weak**3,
        uplink_bits_per_second=best * (1.0 - weak) ** 2.2 + 2e5,
    )


def _masts(seed: int, district: District) -> Iterator[Mast]:
    key = key_of(seed, "masts", district.code)
    middle = seat(district)
    yield Mast(_aside(middle, 300.0, 0.7), is_5g=True)
    for at in range(_SEAT_MASTS):
        angle = math.tau * (at + unit(key, at)) / _SEAT_MASTS
        yield Mast(_aside(middle, between(1500, 4500, key, 20 + at), angle), is_5g=True)
    for place in _towns(district):
        there = spot_of(place)
        key = key_of(seed, "masts", *place[1:])
        is_5g = unit(key, 1) < _FIFTH_GENERATION_SHARE
        yield Mast(_aside(there, between(200, 1400, key, 2), math.tau * unit(key, 3)), is_5g)
        length = metres_apart(middle, there)
        for at in range(1, int(length / _ROADSIDE_METRES) + 1):
            part = (at + between(-0.3, 0.3, key, 40 + at)) * _ROADSIDE_METRES / length
            roadside = Spot(*(a + part * (b - a) for a, b in zip(middle, there, strict=True)))
            aside = between(300, 3500, key, 60 + at)
            angle = math.tau * unit(key, 80 + at)
            yield Mast(_aside(roadside, aside, angle), unit(key, 100 + at) < 0.4)


def _towns(district: District) -> Iterable[Township]:
    guest = ACROSS_THE_BORDER.get(district.code)
    return district.townships if guest is None else (*district.townships, guest)


def _aside(spot: Spot, metres: float, angle: float) -> Spot:
    stretch = math.cos(math.radians(spot.latitude_degrees))
    return Spot(
        spot.latitude_degrees + metres * math.cos(angle) / METRES_PER_DEGREE,
        spot.longitude_degrees + metres * math.sin(angle) / (METRES_PER_DEGREE * stretch),
        spot.altitude_metres,
    )


def _cell(spot: Spot) -> tuple[int, int]:
    return int(spot.latitude_degrees / _GRID_DEGREES), int(spot.longitude_degrees / _GRID_DEGREES)
