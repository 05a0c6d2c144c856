"""Whether a program uses cameras and microphones of this machine: then court may be held.

Read where the kernel tells it to everybody; nothing is opened, so nothing is disturbed. A camera on
the network tells nobody who watches it.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from edge_agent.inputs import Reading
from edge_agent.probes import clean
from edge_agent.probes.devices import Snapshot, names
from telemetry.wire.profile import BySound, ByVideo

_OWNER: Final = re.compile(r"^owner_pid\s*:\s*(\d+)", re.MULTILINE)
_RUNNING: Final = re.compile(r"^state:\s*(RUNNING|DRAINING|PAUSED)", re.MULTILINE)
_PARENT: Final = re.compile(r"^PPid:\s*(\d+)", re.MULTILINE)
_CARD: Final = re.compile(r":(?:CARD=)?([A-Za-z0-9_-]+)")
"""hw:1,0 plughw:CARD=Device,DEV=0"""
_MOST_GENERATIONS: Final = 16


class MediaUseProbe:
    """Looks every ten seconds; `proc` and `sys` are where the kernel tells it."""

    name = "media_use"
    every = timedelta(seconds=10)
    limit = timedelta(seconds=10)
    streams = False

    def __init__(
        self, profile: Snapshot, proc: Path = Path("/proc"), sys: Path = Path("/sys")
    ) -> None:
        self._profile = profile
        self._proc = proc
        self._video = sys / "class" / "video4linux"

    def is_needed(self) -> bool:
        return names(self._profile(), (ByVideo, BySound))

    def read(self) -> Iterator[Reading]:
        found: dict[str, bool | None] = {}
        for spec in self._profile().devices:
            if isinstance(spec.reach, ByVideo):
                found[spec.name] = self._is_filmed_with(Path(spec.reach.path).name)
            elif isinstance(spec.reach, BySound) and spec.reach.captures:
                found[spec.name] = self._is_recorded_with(spec.reach)
        told = {
            name: clean({"device_in_use": is_used})
            for name, is_used in found.items()
            if is_used is not None
        }
        if told:
            yield Reading(self.name, {}, told)

    def close(self) -> None: ...

    def _is_filmed_with(self, node: str) -> bool | None:
        """By the driver, which counts who has one of its cameras open; None: it does not tell."""
        try:
            count = self._video.joinpath(node, "device/driver/module/refcnt").read_text()
            return int(count) > 0
        except (OSError, ValueError):
            return None

    def _is_recorded_with(self, reach: BySound) -> bool | None:
        """Of the card that it names, else of any; what this agent itself records is no use."""
        named = _CARD.search(reach.pcm)
        card = "card*" if named is None else named[1]
        if card.isdigit():
            card = f"card{card}"
        told = False
        for status in self._proc.joinpath("asound").glob(f"{card}/pcm*c/sub*/status"):
            with suppress(OSError):  # unplugged just now
                told = True
                said = status.read_text()
                owner = _OWNER.search(said)
                if _RUNNING.search(said) and not (owner and self._is_ours(int(owner[1]))):
                    return True
        return False if told else None

    def _is_ours(self, pid: int) -> bool:
        """Whether this process is the agent, or one that it started."""
        for _ in range(_MOST_GENERATIONS):
            if pid == os.getpid():
                return True
            try:
                parent = _PARENT.search((self._proc / str(pid) / "status").read_text())
            except OSError:
                return False
            if parent is None:
                return False
            pid = int(parent[1])
        return False
