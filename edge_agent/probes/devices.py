"""The devices that a profile names: which a probe looks at, and what it found, as a reading."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias, TypeVar

from edge_agent.inputs import Reading
from edge_agent.probes import clean
from telemetry.wire.messages import Value
from telemetry.wire.profile import DeviceSpec, Profile, Reach
from telemetry.words import DeviceFault, DeviceState

Snapshot: TypeAlias = Callable[[], Profile]
"""Gives the profile in use; it may be another one at each call. Called from probes' threads."""

_R = TypeVar("_R", bound=Reach)

_BEST_FIRST: Final = tuple(DeviceState)
_TOLERABLE: Final = frozenset(
    {
        DeviceFault.PAPER_LOW,
        DeviceFault.TONER_LOW,
        DeviceFault.SPACE_LOW,
        DeviceFault.BATTERY_LOW,
        DeviceFault.OTHER_SERIAL,
    }
)
"""With these a device still does what it is for."""


class Found(NamedTuple):
    """What one device was found to be; `values` are metrics beside its state."""

    state: DeviceState
    faults: tuple[DeviceFault, ...] = ()
    values: Mapping[str, Value | None] = {}


UNKNOWN: Final = Found(DeviceState.UNKNOWN)
"""This machine has nothing to look at the device with: unavailable is not failed."""


def judged(
    faults: tuple[DeviceFault, ...] = (), values: Mapping[str, Value | None] | None = None
) -> Found:
    """A device that is there, with all that is wrong with it."""
    state = DeviceState.OK
    if faults:
        tolerable = _TOLERABLE.issuperset(faults)
        state = DeviceState.LIMITED if tolerable else DeviceState.FAULT
    return Found(state, faults, values or {})


def missing(spec: DeviceSpec, fault: DeviceFault = DeviceFault.NOT_FOUND) -> Found:
    """A device that is not there; no fault of its own where the profile says it may be off."""
    if spec.may_be_off:
        return Found(DeviceState.OFF)
    return Found(DeviceState.ABSENT, (fault,))


def device_metrics(spec: DeviceSpec, found: Found) -> dict[str, Value]:
    """The device's part of a reading."""
    state, faults = found.state, found.faults
    serial = found.values.get("device_serial")
    if spec.serial and serial and serial != spec.serial:
        faults = (*faults, DeviceFault.OTHER_SERIAL)
        state = max(state, DeviceState.LIMITED, key=_BEST_FIRST.index)
    return clean(
        {
            **found.values,
            "device_kind": spec.kind.value,
            "device_state": state.value,
            "device_faults": ",".join(faults) or None,
        }
    )


def names(profile: Profile, reach: type[Reach] | tuple[type[Reach], ...]) -> bool:
    """Whether the profile names a device that is reached so."""
    return any(isinstance(spec.reach, reach) for spec in profile.devices)


def read_devices(
    probe: str,
    profile: Profile,
    reach: type[_R] | tuple[type[_R], ...],
    look: Callable[[DeviceSpec, _R], Found],
) -> Iterator[Reading]:
    """One reading of all devices reached so; none, and no cost, where the profile has none.

    `look` has a deadline of its own for each device, so that one that hangs hides no other.

    Raises:
        Exception: `look` failed; after the reading, in which that device is unknown.
    """
    devices: dict[str, dict[str, Value]] = {}
    failure: Exception | None = None
    for spec in profile.devices:
        if not isinstance(spec.reach, reach):
            continue
        try:
            found = look(spec, spec.reach)
        except Exception as error:  # one device's driver must not hide the devices beside it
            found, failure = UNKNOWN, error
        devices[spec.name] = device_metrics(spec, found)
    if devices:
        yield Reading(probe, {}, devices)
    if failure is not None:
        raise failure
