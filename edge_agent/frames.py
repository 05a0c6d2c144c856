"""A few small grey frames of a camera, taken by GStreamer in a short-lived process, and judged.

A frame lives for milliseconds in this process: nothing of it is kept, logged or sent.
"""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

from edge_agent.looks import LookFailed, Looks, NoProgram, NoTurn
from telemetry.wire.profile import ByRtsp, ByVideo
from telemetry.words import DeviceFault

WIDTH, HEIGHT = 160, 90
_FRAME_BYTES: Final = WIDTH * HEIGHT
_TAKEN: Final = 2
_BLACK_BELOW: Final = 18.0  # of 255; black itself is 16 in most cameras' signals
_FROZEN_BELOW: Final = 0.05  # of 255, the mean of all points: a living sensor's noise is more

# Only these are loaded: looking through all that may be installed costs 90 MB, and these 20.
_PLUGINS: Final = (
    "coreelements",
    "jpeg",
    "libav",
    "openh264",
    "playback",
    "rtp",
    "rtpmanager",
    "rtsp",
    "typefindfunctions",
    "udp",
    "video4linux2",
    "videoconvert",
    "videoconvertscale",
    "videoparsersbad",
    "videorate",
    "videoscale",
)
_LIBRARIES: Final = Path("/usr/lib")


class Picture(NamedTuple):
    """What two frames, a second apart, were like: brightness and change of 255, on the mean."""

    brightness: float
    change: float

    @property
    def fault(self) -> DeviceFault | None:
        """What is wrong with it; a black picture does not change either."""
        if self.brightness < _BLACK_BELOW:
            return DeviceFault.PICTURE_BLACK
        return DeviceFault.PICTURE_FROZEN if self.change < _FROZEN_BELOW else None


class NoPicture(Exception):
    """The camera gives no frame; `fault` says why.

    None: this machine cannot look, or somebody else uses the camera.
    """

    def __init__(self, fault: DeviceFault | None, why: str) -> None:
        super().__init__(why)
        self.fault = fault


def take_picture(
    looks: Looks,
    reach: ByRtsp | ByVideo,
    *,
    seconds: float = 12.0,
    wait_seconds: float = 10.0,
) -> Picture:
    """Frames of the camera, taken now; blocks for three seconds or so, `seconds` at most.

    `wait_seconds`: how long other looks may keep it waiting before.

    Raises:
        NoPicture: there is none.
    """
    try:
        looked = looks.look(
            _command(reach),
            seconds=seconds,
            wait_seconds=wait_seconds,
            most_bytes=(_TAKEN + 1) * _FRAME_BYTES,
            environment=_environment(looks.folder),
        )
    except (NoProgram, NoTurn) as error:
        raise NoPicture(None, str(error)) from error
    except LookFailed as error:
        raise NoPicture(DeviceFault.NOT_ANSWERING, str(error)) from error
    frames = [
        looked.output[at : at + _FRAME_BYTES]
        for at in range(0, len(looked.output) - _FRAME_BYTES + 1, _FRAME_BYTES)
    ]
    if len(frames) < _TAKEN:
        raise NoPicture(_complained_of(looked.complaint), "no frames")
    return judge(frames)


def judge(frames: Sequence[bytes]) -> Picture:
    """What these frames of eight bits a point are like, two of one size or more."""
    points = len(frames[0])
    changes = (
        sum(abs(before - after) for before, after in zip(*pair, strict=True)) / points
        for pair in pairwise(frames)
    )
    return Picture(max(sum(frame) for frame in frames) / points, max(changes))


def safe_url(reach: ByRtsp) -> str:
    """The address with nothing in it that a pipeline or a request line could take for its own."""
    return quote(reach.url, safe=":/?#[]@$&()*+,;=%")


def _command(reach: ByRtsp | ByVideo) -> list[str]:
    if isinstance(reach, ByRtsp):
        source = ["rtspsrc", f"location={safe_url(reach)}", "protocols=tcp", "latency=100"]
    else:
        source = ["v4l2src", f"device={quote(reach.path)}"]
    scaled = f"video/x-raw,format=GRAY8,width={WIDTH},height={HEIGHT}"
    return [
        *("gst-launch-1.0", "-q", *source, "!", "decodebin", "!"),
        *("videorate", "drop-only=true", "!", "video/x-raw,framerate=1/1", "!"),
        # one point of many, not their mean: a mean has no noise, and looks frozen
        *("videoscale", "method=nearest-neighbour", "!", "videoconvert", "!", scaled, "!"),
        *("identity", f"eos-after={_TAKEN + 1}", "!", "fdsink", "fd=1"),
    ]


def _environment(folder: Path) -> dict[str, str]:
    plugins = folder / "gstreamer"
    plugins.mkdir(exist_ok=True)
    for name in _PLUGINS:
        link = plugins / f"libgst{name}.so"
        installed = next(_LIBRARIES.glob(f"*/gstreamer-1.0/{link.name}"), None)
        if installed is not None and not link.exists():
            link.unlink(missing_ok=True)  # one that points to what is gone
            link.symlink_to(installed)
    return {
        "GST_PLUGIN_SYSTEM_PATH_1_0": str(plugins),
        "GST_REGISTRY": str(folder / "gstreamer.registry"),
        "GST_REGISTRY_FORK": "no",
        "GSETTINGS_BACKEND": "memory",
        "ORC_CODE": "backup",  # the unit forbids code that is made while running
    }


def _complained_of(complaint: str) -> DeviceFault | None:
    """What GStreamer's words mean; they are its own, in English, and not translated here."""
    if any(words in complaint for words in ("missing a plug-in", "no element", "is busy")):
        return None
    if "Unauthorized" in complaint or "Forbidden" in complaint:
        return DeviceFault.REFUSED
    return DeviceFault.NOT_ANSWERING
