"""A pretended world: what the devices of each asset would say at a moment.

Plausible, not measured: vehicles drive out of town and back, radio comes and goes with the valleys,
batteries drain. The same seed, asset and moment always give the same readings; nothing is stored.
"""

import math
import random
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from edge_agent.inputs import Reading
from simulators.fleet import Member
from telemetry.wire.messages import Value
from telemetry.words import AssetKind

PROBE: Final = "world"
"""The one pretended probe, which answers for all of an asset's devices."""

_METRES_PER_DEGREE: Final = 111_195.0
_LEG_METRES: Final = 400.0
_LEGS: Final = 16
_CRUISE_METRES_PER_SECOND: Final = 11.0
_VALLEY_SECONDS: Final = 40.0


@dataclass(frozen=True, slots=True)
class _Place:
    latitude_degrees: float
    longitude_degrees: float
    heading_degrees: float
    speed_metres_per_second: float


@dataclass(frozen=True, slots=True)
class _Road:
    """A way out of town, driven there and back without end; `stop_seconds` at either end."""

    points: tuple[tuple[float, float], ...]  # north and east of the seat, metres
    marks: tuple[float, ...]  # metres from the seat at each point
    stop_seconds: float

    def at(self, seconds: float) -> tuple[float, float, float, float]:
        """North, east (metres), heading (degrees) and speed (m/s)."""
        length = self.marks[-1]
        drive = length / _CRUISE_METRES_PER_SECOND
        phase = seconds % (2 * (drive + self.stop_seconds))
        if phase < drive:
            return self._on(phase * _CRUISE_METRES_PER_SECOND, homeward=False)
        if phase < drive + self.stop_seconds:
            return (*self.points[-1], 0.0, 0.0)
        if phase < 2 * drive + self.stop_seconds:
            gone = (phase - drive - self.stop_seconds) * _CRUISE_METRES_PER_SECOND
            return self._on(length - gone, homeward=True)
        return (*self.points[0], 0.0, 0.0)

    def _on(self, metres: float, *, homeward: bool) -> tuple[float, float, float, float]:
        leg = min(int(metres // _LEG_METRES), len(self.points) - 2)
        (north, east), (next_north, next_east) = self.points[leg], self.points[leg + 1]
        part = (metres - self.marks[leg]) / (self.marks[leg + 1] - self.marks[leg])
        heading = math.degrees(math.atan2(next_east - east, next_north - north))
        return (
            north + part * (next_north - north),
            east + part * (next_east - east),
            (heading + (180.0 if homeward else 0.0)) % 360.0,
            _CRUISE_METRES_PER_SECOND,
        )


class World:
    """All devices of a fleet. `seconds` count from any fixed instant, for instance the start."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._roads: dict[str, _Road] = {}

    def reading(self, member: Member, seconds: float) -> Reading:
        """What the asset's devices say at that moment, complete: a report of its own."""
        metrics: dict[str, Value] = {**self._computer(member, seconds)}
        metrics.update(self._link(member, seconds))
        place = self._place(member, seconds)
        metrics["latitude_degrees"] = round(place.latitude_degrees, 5)
        metrics["longitude_degrees"] = round(place.longitude_degrees, 5)
        if member.kind is AssetKind.VEHICLE:
            metrics["altitude_metres"] = member.district.altitude_metres
            metrics["speed_metres_per_second"] = place.speed_metres_per_second
            metrics["heading_degrees"] = round(place.heading_degrees)
            metrics["position_error_metres"] = 3 + self._whole(member, "error", seconds, 20.0, 9)
            metrics["satellites_used"] = 8 + self._whole(member, "satellites", seconds, 30.0, 6)
            metrics["fix_dimensions"] = 3
        return Reading(PROBE, metrics, self._interfaces(member, seconds), reports=True)

    def _place(self, member: Member, seconds: float) -> _Place:
        home = member.district
        stretch = math.cos(math.radians(home.latitude_degrees))
        if member.kind in {AssetKind.CLINIC, AssetKind.STATION}:
            scatter = self._random(member, "place")
            north, east = scatter.uniform(-9000, 9000), scatter.uniform(-9000, 9000)
            heading = speed = 0.0
        elif member.kind is AssetKind.BACKPACK and member.number % 2:
            north = east = heading = speed = 0.0  # in its cupboard at the court
        else:
            north, east, heading, speed = self._road(member).at(seconds + self._lead(member))
        return _Place(
            home.latitude_degrees + north / _METRES_PER_DEGREE,
            home.longitude_degrees + east / (_METRES_PER_DEGREE * stretch),
            heading,
            speed,
        )

    def _computer(self, member: Member, seconds: float) -> dict[str, Value]:
        mains = member.kind in {AssetKind.CLINIC, AssetKind.STATION}
        metrics: dict[str, Value] = {
            "cpu_used_percent": 3 + self._whole(member, "cpu", seconds, 5.0, 20),
            "memory_used_percent": 30 + self._whole(member, "memory", seconds, 60.0, 20),
            "disk_used_percent": self._disk(member),
            "cpu_celsius": 42 + self._whole(member, "heat", seconds, 60.0, 15),
            "load_1min": self._whole(member, "load", seconds, 15.0, 150) / 100,
            "processes": 130 + self._whole(member, "processes", seconds, 30.0, 40),
            "mains_power": mains,
        }
        if not mains:
            full = 60 + self._random(member, "battery").random() * 40
            metrics["battery_percent"] = round(max(5.0, full - seconds / 300))
        return metrics

    def _link(self, member: Member, seconds: float) -> dict[str, Value]:
        rtt = 0.02 + self._whole(member, "rtt", seconds, 4.0, 60) / 1000
        if member.kind is AssetKind.STATION:
            return {"network_mode": "wired", "tcp_rtt_seconds": round(rtt, 3)}
        depth = self._smooth(member, "valley", seconds, _VALLEY_SECONDS)
        rsrp = round(-78 - 40 * depth)
        return {
            "network_mode": "5G" if depth < 0.55 else "LTE",
            "tcp_rtt_seconds": round(rtt + 0.1 * depth, 3),
            "rsrp_dbm": rsrp,
            "rsrq_db": round(-8 - 9 * depth),
            "snr_db": round(22 - 26 * depth),
        }

    def _interfaces(self, member: Member, seconds: float) -> dict[str, dict[str, Value]]:
        name = "eth0" if member.kind is AssetKind.STATION else "wwan0"
        rate = self._random(member, "traffic").uniform(200, 3000)
        sent = int(rate * (86_400 + seconds)) // 64 * 64
        return {name: {"interface_up": True, "received_bytes": 3 * sent, "sent_bytes": sent}}

    def _disk(self, member: Member) -> int:
        """Most disks are half full; one in eleven is nearly so."""
        scatter = self._random(member, "disk")
        return 97 if scatter.random() < 1 / 11 else scatter.randrange(25, 70)

    def _road(self, member: Member) -> _Road:
        # A backpack rides on its court's vehicle and takes the same road.
        road = self._roads.get(member.district.code)
        if road is None:
            scatter = random.Random(f"{self._seed}|{member.district.code}|road")
            heading = scatter.uniform(0, 2 * math.pi)
            points = [(0.0, 0.0)]
            for _ in range(_LEGS):
                heading += scatter.uniform(-0.7, 0.7)
                north, east = points[-1]
                points.append(
                    (
                        north + _LEG_METRES * math.cos(heading),
                        east + _LEG_METRES * math.sin(heading),
                    )
                )
            marks = accumulate((math.dist(a, b) for a, b in pairwise(points)), initial=0.0)
            road = _Road(tuple(points), tuple(marks), scatter.uniform(120, 900))
            self._roads[member.district.code] = road
        return road

    def _lead(self, member: Member) -> float:
        """So that not all vehicles leave at once; the same for all of a district."""
        return random.Random(f"{self._seed}|{member.district.code}|lead").uniform(0, 2000)

    def _random(self, member: Member, what: str) -> random.Random:
        return random.Random(f"{self._seed}|{member.asset}|{what}")

    def _whole(
        self, member: Member, what: str, seconds: float, every_seconds: float, below: int
    ) -> int:
        return int(below * self._smooth(member, what, seconds, every_seconds))

    def _smooth(self, member: Member, what: str, seconds: float, every_seconds: float) -> float:
        """A value between 0 and 1 that wanders; its knots are `every_seconds` apart."""
        knot = math.floor(seconds / every_seconds)
        here = random.Random(f"{self._seed}|{member.asset}|{what}|{knot}").random()
        there = random.Random(f"{self._seed}|{member.asset}|{what}|{knot + 1}").random()
        return here + (there - here) * (seconds / every_seconds - knot)
