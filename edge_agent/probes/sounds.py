"""Microphones and speakers: there or not. What they hear and play is tried on demand only.

A sound card is looked for in /proc, which disturbs nobody; a name of ALSA's configuration that
names no card is opened for a moment, every ten minutes.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Final, NamedTuple

from edge_agent.inputs import Reading
from edge_agent.looks import Looks
from edge_agent.probes.devices import UNKNOWN, Found, Snapshot, judged, missing, names, read_devices
from edge_agent.sound import OPEN_SECONDS, NoSound, open_briefly
from telemetry.wire.profile import BySound, DeviceSpec
from telemetry.words import DeviceFault

_OPEN_EVERY_SECONDS: Final = 600.0
_OPEN_AGAIN_SECONDS: Final = 60.0
_CARD: Final = re.compile(
    r"(?:default|dmix|dsnoop|front|hdmi|hw|plughw|sysdefault):(?:CARD=)?(?P<card>[A-Za-z0-9_-]+)(?:,(?:DEV=)?(?P<device>\d+))?"
)
"""hw:1,0 plughw:CARD=Device,DEV=0 sysdefault:CARD=Device"""


class _Opened(NamedTuple):
    found: Found
    again_at: float


class SoundsProbe:
    """Looks for each of them; `asound` is where the kernel lists its sound cards.

    What has to be opened has `seconds` for it.
    """

    name = "sounds"
    every = timedelta(seconds=30)
    limit = timedelta(seconds=60)
    streams = False

    def __init__(
        self,
        profile: Snapshot,
        looks: Looks,
        asound: Path = Path("/proc/asound"),
        up: Callable[[], float] = monotonic,
        seconds: float = OPEN_SECONDS,
    ) -> None:
        self._profile = profile
        self._looks = looks
        self._asound = asound
        self._up = up
        self._seconds = seconds
        self._opened: dict[BySound, _Opened] = {}

    def is_needed(self) -> bool:
        return names(self._profile(), BySound)

    def read(self) -> Iterator[Reading]:
        return read_devices(self.name, self._profile(), BySound, self._look)

    def close(self) -> None: ...

    def _look(self, spec: DeviceSpec, reach: BySound) -> Found:
        is_there = is_on_card(reach, self._asound)
        if is_there is not None:
            return judged() if is_there else missing(spec)
        opened = self._opened.get(reach)
        if opened is None or self._up() >= opened.again_at:
            found, wait = self._open(spec, reach)
            opened = self._opened[reach] = _Opened(found, self._up() + wait)
        return opened.found

    def _open(self, spec: DeviceSpec, reach: BySound) -> tuple[Found, float]:
        """What came of opening it, and after how many seconds to do that again."""
        try:
            open_briefly(self._looks, reach, self._seconds)
        except NoSound as error:
            if error.is_in_use:
                return judged(), _OPEN_EVERY_SECONDS
            if error.fault is None:
                return UNKNOWN, _OPEN_AGAIN_SECONDS
            if error.fault is DeviceFault.NOT_FOUND:
                return missing(spec), _OPEN_AGAIN_SECONDS
            return judged((error.fault,)), _OPEN_AGAIN_SECONDS
        return judged(), _OPEN_EVERY_SECONDS


def is_on_card(reach: BySound, asound: Path) -> bool | None:
    """Whether the card is there and captures or plays as it should; None: it names no card."""
    named = _CARD.fullmatch(reach.pcm)
    if named is None:
        return None
    card = named["card"]
    folder = asound / (f"card{card}" if card.isdigit() else card)
    device = named["device"] or "*"
    return any(folder.glob(f"pcm{device}{'c' if reach.captures else 'p'}"))
