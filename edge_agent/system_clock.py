"""The machine's own clocks."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from edge_agent.inputs import Moment
from telemetry.words import ClockTrust

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class SystemClock:
    """`ntp_marker` is a file that is there once NTP has set the clock in this boot.

    The kernel knows it too, but the service may not ask it: its sandbox bars that system call.
    """

    def __init__(self, ntp_marker: Path) -> None:
        self._ntp_marker = ntp_marker
        self._boot = _BOOT_ID.read_text().strip().replace("-", "")[:16]

    def up(self) -> float:
        """Seconds since the boot, sleep included."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def moment(self) -> Moment:
        """Now."""
        trust = ClockTrust.NTP if os.access(self._ntp_marker, os.F_OK) else ClockTrust.NONE
        return Moment(datetime.now(UTC), self.up(), self._boot, trust)
