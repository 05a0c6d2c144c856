"""Cameras: there or not, and every few minutes whether their picture is black or frozen.

A camera of the machine's own (V4L2) is only looked for: opening it would take it from a hearing.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Final, NamedTuple

from edge_agent.frames import NoPicture, safe_url, take_picture
from edge_agent.inputs import Reading
from edge_agent.looks import Looks
from edge_agent.probes.devices import Found, Snapshot, judged, missing, names, read_devices
from edge_agent.probes.rtsp import describe
from edge_agent.probes.sockets import Silent, Unreachable
from telemetry.wire.messages import Value
from telemetry.wire.profile import ByRtsp, ByVideo, DeviceSpec
from telemetry.words import DeviceFault

_REACHED: Final[tuple[type[ByRtsp | ByVideo], ...]] = (ByRtsp, ByVideo)
_DEADLINE_SECONDS: Final = 4.0
_PICTURE_EVERY_SECONDS: Final = 300.0
_PICTURE_AGAIN_SECONDS: Final = 60.0  # somebody may be mending it
_FIRST_REFUSAL: Final = 400
_REFUSALS: Final = frozenset({401, 403})
_NOT_FOUND: Final = 404


class _Looked(NamedTuple):
    """How a camera's picture was, and when to look again."""

    fault: DeviceFault | None
    again_at: float


def is_camera_of_the_machine(path: str) -> bool:
    """Whether a character device stands at this path."""
    return Path(path).is_char_device()


class CamerasProbe:
    """Asks every camera, and takes the picture of one of those whose turn it is.

    `is_there` says whether a camera of the machine's own is plugged in at a path. One that streams
    has `seconds` to describe itself.
    """

    name = "cameras"
    every = timedelta(seconds=30)
    limit = timedelta(seconds=90)
    streams = False

    def __init__(
        self,
        profile: Snapshot,
        looks: Looks,
        is_there: Callable[[str], bool] = is_camera_of_the_machine,
        up: Callable[[], float] = monotonic,
        seconds: float = _DEADLINE_SECONDS,
    ) -> None:
        self._profile = profile
        self._looks = looks
        self._is_there = is_there
        self._up = up
        self._seconds = seconds
        self._looked: dict[str, _Looked] = {}
        self._has_turn = True

    def is_needed(self) -> bool:
        return names(self._profile(), _REACHED)

    def read(self) -> Iterator[Reading]:
        self._has_turn = True
        return read_devices(self.name, self._profile(), _REACHED, self._look)

    def close(self) -> None: ...

    def _look(self, spec: DeviceSpec, reach: ByRtsp | ByVideo) -> Found:
        if isinstance(reach, ByVideo):
            return judged() if self._is_there(reach.path) else missing(spec)
        began = self._up()
        found = look(spec, reach, self._seconds)
        if found is not None:
            return found
        values: dict[str, Value | None] = {"answer_seconds": self._up() - began}
        fault = self._picture(spec, reach, values)
        return judged((fault,) if fault else (), values)

    def _picture(
        self, spec: DeviceSpec, reach: ByRtsp, values: dict[str, Value | None]
    ) -> DeviceFault | None:
        """What was wrong with its last picture; takes the next one when that is due."""
        looked = self._looked.get(reach.url)
        if looked is not None and (self._up() < looked.again_at or not self._has_turn):
            return looked.fault
        if not self._has_turn:
            return None
        self._has_turn = False
        try:
            picture = take_picture(self._looks, reach)
        except NoPicture as error:
            fault = error.fault
        else:
            fault = picture.fault
            values["picture_brightness"] = picture.brightness
            values["picture_change"] = picture.change
        wait = _PICTURE_AGAIN_SECONDS if fault else _PICTURE_EVERY_SECONDS
        self._looked[reach.url] = _Looked(fault, self._up() + wait)
        return fault


def look(spec: DeviceSpec, reach: ByRtsp, seconds: float = _DEADLINE_SECONDS) -> Found | None:
    """What keeps the camera from streaming; None when it would."""
    try:
        status = describe(safe_url(reach), seconds)
    except Unreachable:
        return missing(spec, DeviceFault.NOT_ANSWERING)
    except Silent:
        return judged((DeviceFault.NOT_ANSWERING,))
    if status in _REFUSALS:
        return judged((DeviceFault.REFUSED,))
    if status == _NOT_FOUND:
        return missing(spec)
    return judged((DeviceFault.STOPPED,)) if status >= _FIRST_REFUSAL else None
