"""The ignition: a contact that a GPIO line, or whoever reads one, shows in a file."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from edge_agent.inputs import Reading
from edge_agent.probes import clean
from edge_agent.probes.devices import (
    UNKNOWN,
    Found,
    Snapshot,
    device_metrics,
    judged,
    missing,
    names,
)
from telemetry.wire.messages import Value
from telemetry.wire.profile import ByInput, DeviceSpec
from telemetry.words import DeviceKind

_CONTACTS: Final = {"1": True, "0": False}
_MOST_CHARACTERS: Final = 8


class IgnitionProbe:
    """Reads the file that the profile names; a thread apart from the batteries, for files hang."""

    name = "ignition"
    every = timedelta(seconds=10)
    limit = timedelta(seconds=5)
    streams = False

    def __init__(self, profile: Snapshot) -> None:
        self._profile = profile

    def is_needed(self) -> bool:
        return names(self._profile(), ByInput)

    def read(self) -> Iterator[Reading]:
        devices: dict[str, dict[str, Value]] = {}
        is_on: bool | None = None
        for spec in self._profile().devices:
            if isinstance(spec.reach, ByInput):
                found, is_closed = look(spec, spec.reach)
                devices[spec.name] = device_metrics(spec, found)
                is_on = is_closed if spec.kind is DeviceKind.IGNITION else is_on
        if devices:
            yield Reading(self.name, clean({"ignition_on": is_on}), devices)

    def close(self) -> None: ...


def look(spec: DeviceSpec, reach: ByInput) -> tuple[Found, bool | None]:
    """The contact, and whether it is closed; None for what is neither 1 nor 0."""
    try:
        with Path(reach.path).open(errors="replace") as file:
            text = file.read(_MOST_CHARACTERS).strip()
    except OSError:
        return missing(spec), None
    is_closed = _CONTACTS.get(text)
    return (UNKNOWN if is_closed is None else judged()), is_closed
