"""The InfluxDB mirror as a job, and how it does."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # only who has a mirror loads InfluxDB's client
    from telemetry.store.influx_mirror import InfluxMirror, MirrorStatus

_MOST_STEPS: Final = 100


class Mirroring:
    """Stepped by one thread; `status` is for any."""

    def __init__(self, mirror: "InfluxMirror") -> None:
        self._mirror = mirror
        self.status: MirrorStatus | None = None

    def step(self, now: datetime) -> None:
        """Copy what is new, but come back now and then: the server may want to stop."""
        for _ in range(_MOST_STEPS):
            self.status = self._mirror.step(round(now.timestamp() * 1000))
            if not self.status.copied or not self.status.behind:
                return

    def close(self) -> None:
        self._mirror.close()
