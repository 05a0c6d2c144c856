"""Turns readings into reports: when a report is due, and what it joins."""

from collections.abc import Mapping
from typing import Final

from edge_agent.inputs import Reading
from telemetry.rules.rhythm import report_every_seconds
from telemetry.wire.documents import Settings
from telemetry.wire.messages import Report, Value
from telemetry.words import DeviceFault, DeviceState

_SPEED_COUNTS_SECONDS: Final = 30.0
_FIRST_AFTER_SECONDS: Final = 2.0
_TOLD_AGAIN_SECONDS: Final = 300.0
"""A device or platform that stays as it is is told so often: it proves that it works still."""
_STANDING: Final = (
    "device_state",
    "device_faults",
    "device_serial",
    "device_in_use",
    "platform_state",
)
_FIX: Final = (
    "gnss_unix_seconds",
    "fix_dimensions",
    "latitude_degrees",
    "longitude_degrees",
)


class Reporting:
    """What was read since the last report. Instants are `up` seconds.

    A probe that has not answered since then leaves its keys absent: missing stays missing.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._latest: dict[str, Reading] = {}
        self._kinds: dict[str, dict[str, Value]] = {}
        self._reported_at: float | None = None
        self._speed: tuple[float, float] | None = None
        self._tracked: tuple[Value | None, ...] | None = None
        self._told: dict[str, tuple[float, tuple[Value | None, ...]]] = {}

    def take(self, reading: Reading, up: float) -> bool:
        """Take a reading; whether it is to be a report of its own, at once."""
        speed = reading.metrics.get("speed_metres_per_second")
        if isinstance(speed, int | float):
            self._speed = (float(speed), up)
        if reading.reports or (self.settings.track_fixes and self._is_new_fix(reading.metrics)):
            return True
        self._latest[reading.probe] = reading
        kinds = {
            name: values["device_kind"]
            for name, values in reading.devices.items()
            if "device_kind" in values
        }
        if kinds:
            self._kinds[reading.probe] = kinds
        return False

    def hang(self, probe: str) -> None:
        """The next report tells of the probe's devices that the question did not come back."""
        unknown = {
            "device_state": DeviceState.UNKNOWN.value,
            "device_faults": DeviceFault.HUNG.value,
        }
        devices = {
            name: {"device_kind": kind, **unknown}
            for name, kind in self._kinds.get(probe, {}).items()
        }
        self._latest[probe] = Reading(probe, {}, devices)

    def join(self, up: float) -> Report | None:
        """All that was read since the last report, when one is due and there is something."""
        if up < self.next_due(up):
            return None
        self._reported_at = up
        metrics: dict[str, Value] = {}
        devices: dict[str, dict[str, Value]] = {}
        for reading in self._latest.values():
            metrics.update(reading.metrics)
            for name, values in reading.devices.items():
                if self._is_news(name, values, up):
                    devices.setdefault(name, {}).update(values)
        self._latest.clear()
        return Report(metrics, devices) if metrics or devices else None

    def next_due(self, up: float) -> float:
        """When the next report is due."""
        if self._reported_at is None:
            # The first one soon after the start, when the probes have answered.
            self._reported_at = up + _FIRST_AFTER_SECONDS - self.every_seconds(up)
        return self._reported_at + self.every_seconds(up)

    def every_seconds(self, up: float) -> float:
        """The rhythm of reports at the present speed."""
        speed = None
        if self._speed is not None and up - self._speed[1] <= _SPEED_COUNTS_SECONDS:
            speed = self._speed[0]
        return report_every_seconds(self.settings, speed)

    def _is_news(self, device: str, values: Mapping[str, Value], up: float) -> bool:
        """Whether it is not a device or platform in the state that was told a short while ago."""
        standing = tuple(values.get(key) for key in _STANDING)
        told_at, told = self._told.get(device, (-_TOLD_AGAIN_SECONDS, None))
        if any(standing) and standing == told and up - told_at < _TOLD_AGAIN_SECONDS:
            return False
        self._told[device] = (up, standing)
        return True

    def _is_new_fix(self, metrics: Mapping[str, Value]) -> bool:
        if "latitude_degrees" not in metrics:
            return False
        fix = tuple(metrics.get(key) for key in _FIX)
        if fix == self._tracked:
            return False
        self._tracked = fix
        return True


def alone(reading: Reading) -> Report:
    """The report of one reading by itself."""
    return Report(
        dict(reading.metrics), {name: dict(values) for name, values in reading.devices.items()}
    )
