"""What the agent remembers across restarts: serial numbers, bytes of SIM cards, failed units.

A serial number is inventory: another one is an event, told once, and saved in the transaction of
that event.
"""

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from edge_agent.clock import Clock, up_ms
from edge_agent.inputs import Moment, Reading
from edge_agent.sims import SimBook
from edge_agent.units import UnitBook
from telemetry.wire.events import DeviceChanged, UnitsFailed
from telemetry.wire.messages import Value
from telemetry.wire.profile import Profile

SERIALS: Final = "serials"
SIMS: Final = "sims"
UNITS: Final = "units"

_TOLD_AGAIN_SECONDS: Final = 600.0
"""A device that says another number each time must not fill the outbox with events."""
_MOST_REMEMBERED: Final = 128


class Inventory:
    """Owned by the agent. What it is made of is what `changed` gave some time ago."""

    def __init__(self, serials: bytes | None, sims: bytes | None, units: bytes | None) -> None:
        self._serials = _decoded(serials)
        self._sims = SimBook(sims)
        self._units = UnitBook(units)
        self._told_at: dict[str, float] = {}
        self._is_changed = False

    def take(
        self, reading: Reading, now: Moment, clock: Clock, profile: Profile
    ) -> tuple[Reading, list[DeviceChanged | UnitsFailed]]:
        """The reading, completed by what its SIM cards have used; and what is not as it was."""
        told: list[DeviceChanged | UnitsFailed] = [
            change
            for device, values in reading.devices.items()
            if (change := self._compare(device, values, now.up)) is not None
        ]
        if reading.failed_units is not None:
            changed = self._units.take(reading.failed_units, now.up)
            told += [] if changed is None else [changed]
        now_ms, _ = clock.instant(now.boot, up_ms(now))
        used = self._sims.take(reading.devices, now.boot, now_ms, profile.sims)
        if used:
            devices = {name: {**of, **used.get(name, {})} for name, of in reading.devices.items()}
            reading = replace(reading, devices=devices)
        return reading, told

    def changed(self) -> dict[str, bytes]:
        """What is to be saved since the last call, by the fact's name."""
        facts = {}
        if self._is_changed:
            facts[SERIALS] = msgspec.json.encode(self._serials)
        if (sims := self._sims.changed()) is not None:
            facts[SIMS] = sims
        if (units := self._units.changed()) is not None:
            facts[UNITS] = units
        self._is_changed = False
        return facts

    def _compare(self, device: str, values: Mapping[str, Value], up: float) -> DeviceChanged | None:
        """None for the number that is known, for a first one, and for none at all."""
        serial = str(values.get("device_serial") or values.get("sim_iccid") or "")
        before = self._serials.get(device)
        if not serial or serial == before:
            return None
        if before is not None and up < self._told_at.get(device, 0.0) + _TOLD_AGAIN_SECONDS:
            return None
        self._serials.pop(device, None)  # the newest last
        self._serials[device] = serial
        if len(self._serials) > _MOST_REMEMBERED:
            del self._serials[next(iter(self._serials))]
        self._is_changed = True
        if before is None:
            return None
        self._told_at[device] = up
        return DeviceChanged(device, before, serial)


def _decoded(saved: bytes | None) -> dict[str, str]:
    """Empty for nothing, and for what a later program wrote."""
    try:
        return msgspec.json.decode(saved or b"{}", type=dict[str, str])
    except msgspec.MsgspecError:
        return {}
