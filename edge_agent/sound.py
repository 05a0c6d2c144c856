"""Microphones and speakers through ALSA's own programs, in short-lived processes.

What is recorded lives for milliseconds in this process, as a level; nothing of it is kept or sent.
"""

import math
import sys
from array import array
from typing import Final

from edge_agent.looks import LookFailed, Looks, NoProgram, NoTurn
from telemetry.wire.profile import BySound
from telemetry.words import DeviceFault

OPEN_SECONDS: Final = 3.0

_RATE: Final = 48_000
_FORM: Final = ("-q", "-t", "raw", "-f", "S16_LE", "-r", str(_RATE), "-c", "1")
_FULL: Final = 32_768
_SILENT_BELOW_PERCENT: Final = 0.2
"""A quiet room reaches more through any open microphone; a muted one gives zeros."""
_TONE_HERTZ: Final = 440
_TONE_PERCENT: Final = 25
_TONE_SECONDS: Final = 1
_MEGABYTES: Final = 16  # they are resident with 3
_BUSY: Final = "resource busy"
_COMPLAINTS: Final = {
    "No such file": DeviceFault.NOT_FOUND,
    "No such device": DeviceFault.NOT_FOUND,
    "Unknown PCM": DeviceFault.NOT_FOUND,
    "Permission denied": DeviceFault.REFUSED,
    "not permitted": DeviceFault.REFUSED,
}


class NoSound(Exception):
    """The device could not be used; `fault` says why.

    None: this machine cannot tell, or somebody else uses the device (`is_in_use`).
    """

    def __init__(self, fault: DeviceFault | None, why: str, *, is_in_use: bool = False) -> None:
        super().__init__(why)
        self.fault = fault
        self.is_in_use = is_in_use


def open_briefly(looks: Looks, reach: BySound, seconds: float = OPEN_SECONDS) -> None:
    """Open the device and close it at once: no sound is played, one sample recorded.

    It is given up after so many seconds.

    Raises:
        NoSound: it cannot be opened.
    """
    if reach.captures:
        _run(looks, ["arecord", *_FORM, "-s", "1", "-D", _pcm(reach)], seconds)
    else:
        _run(looks, ["aplay", *_FORM, "-D", _pcm(reach)], seconds)


def record(looks: Looks, reach: BySound, seconds: int = 2) -> float:
    """The loudest moment of so many seconds, in percent of full scale.

    Raises:
        NoSound: nothing could be recorded.
    """
    command = ["arecord", *_FORM, "-d", str(seconds), "-D", _pcm(reach)]
    return peak_percent(_run(looks, command, seconds + 3.0))


def play_tone(looks: Looks, reach: BySound) -> None:
    """A tone of a second that whoever stands beside the speaker hears.

    Raises:
        NoSound: it could not be played.
    """
    file = looks.folder / "tone.raw"
    file.write_bytes(_tone())
    _run(looks, ["aplay", *_FORM, "-D", _pcm(reach), str(file)], _TONE_SECONDS + 3.0)


def peak_percent(samples: bytes) -> float:
    """Half of the way between the highest and the lowest: a constant part is no sound."""
    numbers = array("h", samples[: len(samples) // 2 * 2])
    if sys.byteorder == "big":
        numbers.byteswap()
    if not numbers:
        return 0.0
    return (max(numbers) - min(numbers)) / 2 / _FULL * 100


def is_silent(percent: float) -> bool:
    """Whether a level is that of a microphone which hears nothing."""
    return percent < _SILENT_BELOW_PERCENT


def _run(looks: Looks, command: list[str], seconds: float) -> bytes:
    try:
        looked = looks.look(command, seconds=seconds, wait_seconds=None, megabytes=_MEGABYTES)
    except (NoProgram, NoTurn) as error:
        raise NoSound(None, str(error)) from error
    except LookFailed as error:
        raise NoSound(DeviceFault.NOT_ANSWERING, str(error)) from error
    if looked.status:
        raise _complained(looked.complaint)
    return looked.output


def _complained(complaint: str) -> NoSound:
    """What ALSA's words mean; they are its own, in English, and not translated here."""
    why = complaint.strip().rpartition("\n")[2]
    if _BUSY in complaint:
        return NoSound(None, why, is_in_use=True)
    for words, fault in _COMPLAINTS.items():
        if words in complaint:
            return NoSound(fault, why)
    return NoSound(DeviceFault.NOT_ANSWERING, why)


def _pcm(reach: BySound) -> str:
    """A device that only knows stereo takes our mono through ALSA's converter."""
    return f"plug{reach.pcm}" if reach.pcm.startswith("hw:") else reach.pcm


def _tone() -> bytes:
    step, loud = 2 * math.pi * _TONE_HERTZ / _RATE, _FULL * _TONE_PERCENT / 100
    samples = array("h", (round(loud * math.sin(step * n)) for n in range(_RATE * _TONE_SECONDS)))
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()
