"""The pretended instruments of an asset and the platforms it reaches: mostly well, some in trouble.

The same seed, asset and moment always give the same answer. What an asset carries is the bundled
profile of its kind.
"""

from functools import cache
from typing import Final

from fleet_server.descriptions.reading import default_profile
from simulators.fleet import Member
from simulators.noise import between, key_of, unit
from telemetry.wire.messages import Value
from telemetry.wire.profile import PLATFORM_PREFIX, DeviceSpec, Profile
from telemetry.words import (
    AssetKind,
    DeviceFault,
    DeviceKind,
    DeviceState,
    PlatformState,
)

LOOKED_EVERY_SECONDS: Final = 300.0
"""So often all of them are told, as an agent does of what stays as it is."""

_TROUBLED: Final = 0.05
"""The share of instruments that are in trouble at a time."""

_LASTS_SECONDS: Final = 2_400.0
_DARK_PLATFORM: Final = "cli-009"
"""A clinic whose network blocks a platform."""

_TROUBLES: Final = {
    DeviceKind.CAMERA: (DeviceFault.PICTURE_FROZEN, DeviceFault.PICTURE_BLACK),
    DeviceKind.MICROPHONE: (DeviceFault.SILENT,),
    DeviceKind.RECORDER: (DeviceFault.SPACE_LOW, DeviceFault.SPACE_OUT),
    DeviceKind.PRINTER: (DeviceFault.PAPER_LOW, DeviceFault.TONER_LOW, DeviceFault.PAPER_OUT),
    DeviceKind.PORTABLE_PRINTER: (DeviceFault.BATTERY_LOW, DeviceFault.PAPER_OUT),
    DeviceKind.TABLET: (DeviceFault.BATTERY_LOW,),
    DeviceKind.SIGNATURE_PAD: (DeviceFault.NOT_FOUND,),
    DeviceKind.FACE_TERMINAL: (DeviceFault.NOT_ANSWERING,),
}
_MINOR: Final = frozenset(
    {
        DeviceFault.PAPER_LOW,
        DeviceFault.TONER_LOW,
        DeviceFault.SPACE_LOW,
        DeviceFault.BATTERY_LOW,
    }
)
_GONE: Final = frozenset({DeviceFault.NOT_FOUND, DeviceFault.NOT_ANSWERING})
_profile_of: Final = cache(default_profile)


def profile_of(kind: AssetKind) -> Profile:
    """What assets of this kind carry in the pretended world."""
    return _profile_of(kind)


def devices(seed: int, member: Member, seconds: float) -> dict[str, dict[str, Value]]:
    """All instruments and platforms of the asset at that moment, as a report has them."""
    profile = profile_of(member.kind)
    found = {spec.name: _device(seed, member, spec, seconds) for spec in profile.devices}
    for platform in profile.platforms:
        is_blocked = member.asset == _DARK_PLATFORM and platform == profile.platforms[0]
        answer: dict[str, Value] = {"platform_state": PlatformState.OK.value}
        if is_blocked:
            answer["platform_state"] = PlatformState.BLOCKED.value
        found[PLATFORM_PREFIX + platform.name] = answer
    return found


def power_minutes(battery_percent: float) -> int:
    """How long an asset can go on without mains at this charge: full, three hours and a half."""
    return round(battery_percent * 2.1)


def _device(seed: int, member: Member, spec: DeviceSpec, seconds: float) -> dict[str, Value]:
    values: dict[str, Value] = {"device_kind": spec.kind.value}
    fault = _trouble(seed, member, spec, seconds)
    if fault is None:
        return {**values, "device_state": DeviceState.OK.value, **_figures(seed, member, spec)}
    state = DeviceState.FAULT
    if fault in _MINOR:
        state = DeviceState.LIMITED
    elif fault in _GONE:
        state = DeviceState.ABSENT
    return {**values, "device_state": state.value, "device_faults": fault.value}


def _trouble(seed: int, member: Member, spec: DeviceSpec, seconds: float) -> DeviceFault | None:
    possible = _TROUBLES.get(spec.kind, ())
    key = key_of(seed, member.asset, spec.name)
    turn = int((seconds + between(0.0, _LASTS_SECONDS, key)) // _LASTS_SECONDS)
    if not possible or unit(key, turn) >= _TROUBLED:
        return None
    return possible[int(unit(key + 1, turn) * len(possible))]


def _figures(seed: int, member: Member, spec: DeviceSpec) -> dict[str, Value]:
    """What an instrument that is well tells beside that."""
    full = between(35.0, 95.0, key_of(seed, member.asset, spec.name, "full"))
    if spec.kind is DeviceKind.RECORDER:
        return {"recorder_free_hours": round(full)}
    if spec.kind in {DeviceKind.PRINTER, DeviceKind.PORTABLE_PRINTER}:
        return {"toner_percent": round(full)}
    if spec.kind is DeviceKind.TABLET:
        return {"device_battery_percent": round(full)}
    return {}
