"""The demo's fleet: which courts of Chongqing have which assets, and where these belong.

Which court has which asset is made up, and so are the plates (no real plate has this form).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count as count_from
from itertools import islice
from typing import Final, NamedTuple

from simulators.districts import CENTRAL, EVERYWHERE, MOUNTAIN, OUTER, District
from simulators.noise import between, key_of
from simulators.townships import BANAN, Township
from telemetry.words import AssetKind


class Spot(NamedTuple):
    """A place on the ground, WGS-84."""

    latitude_degrees: float
    longitude_degrees: float
    altitude_metres: float


@dataclass(frozen=True, slots=True)
class Member:
    """One asset of the fleet; `number` counts within its kind, from 1.

    A backpack has the number of the vehicle of its court. `stands`: where it is if never moved.
    """

    asset: str
    kind: AssetKind
    name: str
    district: District
    number: int
    plate: str = ""
    stands: Spot | None = None

    @property
    def home(self) -> Spot:
        """Where it belongs: there, or at its court."""
        return self.stands or seat(self.district)


_WORDS: Final = {
    AssetKind.VEHICLE: ("veh", "车载便民法庭"),
    AssetKind.BACKPACK: ("bag", "5G执行背包"),
    AssetKind.CLINIC: ("cli", "e+法官诊所"),
    AssetKind.STATION: ("sta", "调解点"),
}
_VEHICLES: Final = len(OUTER) + len(MOUNTAIN)
_CLINICS: Final = len(MOUNTAIN)
_STATIONS: Final = 51  # as many as Banan has: 28 police stations and 23 legal-service offices
_SCATTER_DEGREES: Final = 0.012


def seat(district: District) -> Spot:
    """Where a district's court is."""
    return Spot(district.latitude_degrees, district.longitude_degrees, district.altitude_metres)


def spot_of(township: Township) -> Spot:
    """A township; most lie higher than the seats in their valleys."""
    return Spot(*township[1:], between(280, 850, key_of("altitude", *township[1:])))


def fleet(count: int | None = None) -> list[Member]:
    """26 vehicles, 26 backpacks, 12 clinics and 51 stations, or `count` of them.

    A smaller fleet has the kinds in about the same proportion, a larger one has more of each, in
    all districts.
    """
    roads = (*OUTER, *MOUNTAIN)
    banan = CENTRAL[-1]
    members = [
        *(_at_the_court(AssetKind.VEHICLE, home, at) for at, home in enumerate(roads, 1)),
        *(_at_the_court(AssetKind.BACKPACK, home, at) for at, home in enumerate(roads, 1)),
        *(_in_a_township(AssetKind.CLINIC, home, at) for at, home in enumerate(MOUNTAIN, 1)),
        *(_in_a_township(AssetKind.STATION, banan, at) for at in range(1, _STATIONS + 1)),
    ]
    if count is None or count == len(members):
        return members
    if count > len(members):
        return [*members, *islice(_further(), count - len(members))]
    return [members[at * len(members) // count] for at in range(count)]


def _further() -> Iterator[Member]:
    """More of each kind, district by district, without end."""
    clinic = station = 0
    for number, home in zip(count_from(_VEHICLES + 1), _round_and_round(), strict=False):
        yield _at_the_court(AssetKind.VEHICLE, home, number)
        yield _at_the_court(AssetKind.BACKPACK, home, number)
        for _ in range(2):
            station += 1
            yield _in_a_township(AssetKind.STATION, home, _STATIONS + station)
        if number % 2:
            clinic += 1
            yield _in_a_township(AssetKind.CLINIC, home, _CLINICS + clinic)


def _round_and_round() -> Iterator[District]:
    while True:
        yield from EVERYWHERE


def _at_the_court(kind: AssetKind, district: District, number: int) -> Member:
    prefix, word = _WORDS[kind]
    plate = f"渝DEMO{number:02d}" if kind is AssetKind.VEHICLE else ""
    one_of_many = f" {number:02d}" if number > _VEHICLES else ""
    name = f"{district.name}{word}{one_of_many}"
    return Member(f"{prefix}-{number:03d}", kind, name, district, number, plate)


def _in_a_township(kind: AssetKind, district: District, number: int) -> Member:
    """A clinic or station: it stands still somewhere in the township, not in its middle."""
    prefix, word = _WORDS[kind]
    townships = BANAN if district.code == "banan" else district.townships
    township = townships[number % len(townships)]
    first = kind is AssetKind.CLINIC and number <= _CLINICS
    one_of_many = "" if first else f" {number:02d}"
    middle = spot_of(township)
    key = key_of("stands", prefix, number)
    home = Spot(
        round(middle.latitude_degrees + between(-_SCATTER_DEGREES, _SCATTER_DEGREES, key, 1), 5),
        round(middle.longitude_degrees + between(-_SCATTER_DEGREES, _SCATTER_DEGREES, key, 2), 5),
        middle.altitude_metres,
    )
    name = f"{district.name}{township.name}{word}{one_of_many}"
    return Member(f"{prefix}-{number:03d}", kind, name, district, number, stands=home)
