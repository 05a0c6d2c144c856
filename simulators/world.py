"""A pretended world: what the devices of each asset would say at a moment.

Plausible, not measured: vehicles drive to villages and back, radio comes and goes with masts and
hills, batteries drain. The same seed, asset and moment always give the same readings; nothing is
stored. Second 0 is twenty past nine on a working morning; seconds before it have been, too.
"""

import math
from functools import lru_cache
from typing import Final

from edge_agent.inputs import Reading
from simulators import courtroom
from simulators.days import Days, Whereabouts
from simulators.fleet import Member
from simulators.noise import between, key_of, unit, wave
from simulators.radio import Network, Reception
from simulators.ways import METRES_PER_DEGREE
from telemetry.wire.messages import Value
from telemetry.words import AssetKind

PROBE: Final = "world"
"""The one pretended probe, which answers for all of an asset's devices."""

_HILL_DEGREES: Final = 1_500 / METRES_PER_DEGREE
_HILLS_DB: Final = 15.0
_PAST_SECONDS: Final = 7 * 86_400
_VIDEO_BITS_PER_SECOND: Final = 4e6
_DRIVING_BITS_PER_SECOND: Final = 1.5e6
_IDLE_BITS_PER_SECOND: Final = 8e4
_WIRED_BITS_PER_SECOND: Final = 4e7
_FULL_DISK: Final = "sta-007"
_FAR_AWAY: Final = "cli-005"
"""A clinic that is reached by satellite."""

_SETTLED: Final = frozenset({AssetKind.CLINIC, AssetKind.STATION})


class World:
    """All devices of a fleet. `seconds` count from any fixed instant, for instance the start."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._days = Days(seed)
        self._network = Network(seed)
        self._key = lru_cache(maxsize=None)(self._key_of)

    def reading(self, member: Member, seconds: float) -> Reading:
        """What the asset's devices say at that moment, complete: a report of its own."""
        where = self._days.whereabouts(member, seconds)
        metrics = self._computer(member, where, seconds)
        if not where.fix.is_in_tunnel:
            metrics.update(self._link(member, where, seconds))
            metrics["latitude_degrees"] = round(where.fix.spot.latitude_degrees, 5)
            metrics["longitude_degrees"] = round(where.fix.spot.longitude_degrees, 5)
        if member.kind is AssetKind.VEHICLE:
            metrics.update(self._receiver(member, where, seconds))
        return Reading(PROBE, metrics, self._interfaces(member, seconds), reports=True)

    def instruments(self, member: Member, seconds: float) -> dict[str, dict[str, Value]]:
        """What its instruments and the platforms it needs are found to be at that moment."""
        return courtroom.devices(self._seed, member, seconds)

    def link_test(self, member: Member, seconds: float, *, with_burst: bool) -> dict[str, Value]:
        """What a test of the link finds at that moment; nothing where nothing gets through."""
        where = self._days.whereabouts(member, seconds)
        if where.fix.is_in_tunnel:
            return {}
        heard = None if member.kind is AssetKind.STATION else self._heard(member, where, seconds)
        jitter = 0.001 if heard is None else heard.jitter_seconds
        found: dict[str, Value] = {
            "link_rtt_seconds": self._rtt(member, heard, seconds),
            "link_jitter_up_seconds": round(jitter, 3),
            "link_jitter_down_seconds": round(0.6 * jitter, 3),
            "link_loss_up_percent": self._lost(member, heard, "up", seconds),
            "link_loss_down_percent": self._lost(member, heard, "down", seconds),
        }
        if with_burst:
            uplink = _WIRED_BITS_PER_SECOND if heard is None else heard.uplink_bits_per_second
            found["link_uplink_bits_per_second"] = int(uplink // 1e5) * 100_000
        return found

    def is_cut_off(self, member: Member, seconds: float) -> bool:
        """Whether nothing gets through to the asset, nor from it: it is in a tunnel."""
        return self._days.whereabouts(member, seconds).fix.is_in_tunnel

    def is_moving(self, member: Member, seconds: float) -> bool:
        """Whether it drives, halts at a light included."""
        where = self._days.whereabouts(member, seconds)
        return where.fix.metres > 0.0

    def is_in_village(self, member: Member, seconds: float) -> bool:
        """Whether it stands in a village, to hold court there."""
        return self._days.whereabouts(member, seconds).is_in_village

    def _receiver(self, member: Member, where: Whereabouts, seconds: float) -> dict[str, Value]:
        """What only a vehicle's GNSS receiver says."""
        fix = where.fix
        if fix.is_in_tunnel:
            return {"satellites_used": 0, "fix_dimensions": 0}
        return {
            "altitude_metres": round(fix.spot.altitude_metres),
            "speed_metres_per_second": round(fix.speed_metres_per_second, 1),
            "heading_degrees": round(fix.heading_degrees) % 360,
            "position_error_metres": 3 + self._whole(member, "error", seconds, 60.0, 9),
            "satellites_used": 8 + self._whole(member, "satellites", seconds, 90.0, 9),
            "fix_dimensions": 3,
        }

    def _computer(self, member: Member, where: Whereabouts, seconds: float) -> dict[str, Value]:
        busy = 26 if where.is_in_village else 4  # a hearing is recorded there
        cpu = busy + self._whole(member, "cpu", seconds, 20.0, 22)
        metrics: dict[str, Value] = {
            "cpu_used_percent": cpu,
            "memory_used_percent": 34 + busy // 2 + self._whole(member, "memory", seconds, 300, 14),
            "disk_used_percent": self._disk(member, seconds),
            "cpu_celsius": 41 + busy // 3 + self._whole(member, "heat", seconds, 240.0, 14),
            "load_1min": round(0.2 + busy / 30 + self._wave(member, "load", seconds, 120.0), 1),
            "processes": 130 + busy + self._whole(member, "processes", seconds, 240.0, 18),
            "mains_power": member.kind in _SETTLED,
        }
        if member.kind not in _SETTLED:
            metrics.update(self._battery(member, where, seconds))
        return metrics

    def _battery(self, member: Member, where: Whereabouts, seconds: float) -> dict[str, Value]:
        """Charged at the court and by the engine; holding court in a village drains it."""
        away = where.is_in_village or where.fix.metres > 0.0
        full = between(88, 100, self._key(member.asset, "battery"))
        drained = 30.0 * self._wave(member, "drain", seconds, 2_700.0) if away else 0.0
        return {"battery_percent": round(full - drained), "mains_power": not away}

    def _link(self, member: Member, where: Whereabouts, seconds: float) -> dict[str, Value]:
        if member.kind is AssetKind.STATION:
            return {"network_mode": "wired", "tcp_rtt_seconds": self._rtt(member, None, seconds)}
        heard = self._heard(member, where, seconds)
        used = min(self._wanted(where, seconds), heard.uplink_bits_per_second)
        return {
            "network_mode": heard.network_mode,
            "tcp_rtt_seconds": self._rtt(member, heard, seconds),
            "tcp_retransmits": self._retransmits(member, seconds),
            "rsrp_dbm": round(heard.rsrp_dbm),
            "rsrq_db": round(heard.rsrq_db),
            "snr_db": round(heard.snr_db),
            "uplink_bits_per_second": int(used // 1e5) * 100_000,
        }

    def _rtt(self, member: Member, heard: Reception | None, seconds: float) -> float:
        """Of the wire (None), or of what is heard; by satellite much longer."""
        if heard is None:
            return round(0.009 + self._whole(member, "rtt", seconds, 30.0, 9) / 1000, 3)
        rtt = heard.rtt_seconds + self._whole(member, "rtt", seconds, 12.0, 14) / 1000
        if member.asset == _FAR_AWAY:
            rtt += 0.82 + 0.5 * self._wave(member, "orbit", seconds, 30.0)
        return round(rtt, 3)

    def _lost(self, member: Member, heard: Reception | None, way: str, seconds: float) -> float:
        """Of the ten packets of a test, %: whole packets, as chance has it."""
        expected = 0.0 if heard is None else heard.loss_percent / 10
        return 10.0 * int(expected + unit(self._key(member.asset, way), int(seconds)))

    def _heard(self, member: Member, where: Whereabouts, seconds: float) -> Reception:
        """By the masts around, less what hills take by place, and what moments do."""
        spot = where.fix.spot
        across = self._key(member.district.code, "hills")
        north = spot.latitude_degrees / _HILL_DEGREES
        east = spot.longitude_degrees / _HILL_DEGREES
        hill = wave(across, north + 0.31 * east) * wave(across + 1, east - 0.27 * north)
        moment = 5.0 * self._wave(member, "fade", seconds, 12.0)
        return self._network.heard_at(spot, _HILLS_DB * hill + moment)

    def _wanted(self, where: Whereabouts, seconds: float) -> float:
        """What somebody uses of the uplink: a hearing's picture and sound, or the road's."""
        if where.is_in_village:
            return _VIDEO_BITS_PER_SECOND * (1.0 + 0.4 * math.sin(seconds / 47.0))
        if where.fix.metres > 0.0:
            return _DRIVING_BITS_PER_SECOND
        return _IDLE_BITS_PER_SECOND + 3e5

    def _retransmits(self, member: Member, seconds: float) -> int:
        """A counter of the connection; more where the air is worse."""
        every = between(20.0, 240.0, self._key(member.asset, "retransmits"))
        return int((_PAST_SECONDS + seconds) / (every / 20 if member.asset == _FAR_AWAY else every))

    def _interfaces(self, member: Member, seconds: float) -> dict[str, dict[str, Value]]:
        name = "eth0" if member.kind is AssetKind.STATION else "wwan0"
        rate = between(200, 3000, self._key(member.asset, "traffic"))
        sent = int(rate * (_PAST_SECONDS + seconds)) // 16_384 * 16_384
        return {name: {"interface_up": True, "received_bytes": 3 * sent, "sent_bytes": sent}}

    def _disk(self, member: Member, seconds: float) -> float:
        """They fill slowly; one is nearly full."""
        if member.asset == _FULL_DISK:
            return 97.0
        held = between(24, 71, self._key(member.asset, "disk"))
        return round(held + 0.25 * (seconds + _PAST_SECONDS) / 86_400 * unit(round(held)), 1)

    def _key_of(self, asset: str, what: str) -> int:
        return key_of(self._seed, asset, what)

    def _wave(self, member: Member, what: str, seconds: float, every_seconds: float) -> float:
        """A value from 0 to 1 that wanders; its knots are `every_seconds` apart."""
        return wave(self._key(member.asset, what), seconds / every_seconds)

    def _whole(
        self, member: Member, what: str, seconds: float, every_seconds: float, below: int
    ) -> int:
        return int(below * self._wave(member, what, seconds, every_seconds))
