"""Recorders: how many hours the disk under their folder still has room for."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from edge_agent.inputs import Reading
from edge_agent.probes.devices import Found, Snapshot, judged, missing, names, read_devices
from telemetry.wire.profile import ByFolder, DeviceSpec
from telemetry.words import DeviceFault

LOW_HOURS: Final = 8.0
"""Less than a long day in court: somebody should make room before the next one."""
OUT_HOURS: Final = 1.0


class RecorderProbe:
    """Asks the file system of each recorder's folder."""

    name = "recorder"
    every = timedelta(seconds=60)
    limit = timedelta(seconds=10)
    streams = False

    def __init__(self, profile: Snapshot) -> None:
        self._profile = profile

    def is_needed(self) -> bool:
        return names(self._profile(), ByFolder)

    def read(self) -> Iterator[Reading]:
        return read_devices(self.name, self._profile(), ByFolder, look)

    def close(self) -> None: ...


def look(spec: DeviceSpec, reach: ByFolder) -> Found:
    """The recorder as its disk shows it; a folder that is not there is a disk not plugged in."""
    try:
        disk = os.statvfs(reach.path)
    except OSError:
        return missing(spec)
    return room(disk.f_bavail * disk.f_frsize, reach.bytes_an_hour)


def room(free_bytes: int, bytes_an_hour: int) -> Found:
    """What this much free room means for recording."""
    hours = free_bytes / bytes_an_hour
    faults: tuple[DeviceFault, ...] = ()
    if hours < OUT_HOURS:
        faults = (DeviceFault.SPACE_OUT,)
    elif hours < LOW_HOURS:
        faults = (DeviceFault.SPACE_LOW,)
    return judged(faults, {"recorder_free_hours": min(hours, 1e5)})
