"""Sound devices for a machine without a sound card: ALSA's `file` and `null` PCMs."""

import math
from array import array
from pathlib import Path

RATE = 48_000
_SECONDS = 4


def write_asoundrc(home: Path, peak_percent: float = 27.5) -> Path:
    """PCMs in this home: `tone` hears one, `quiet` nothing, `speaker` plays into the file returned.

    `stuck` never opens: it waits for a writer at a pipe.
    """
    loud = peak_percent / 100 * 32_768
    samples = (round(loud * math.sin(n / 20)) for n in range(RATE * _SECONDS))
    (home / "tone.in").write_bytes(array("h", samples).tobytes())
    (home / "quiet.in").write_bytes(bytes(2 * RATE * _SECONDS))
    played = home / "played.out"
    (home / ".asoundrc").write_text(
        "pcm.nowhere { type null }\n"
        + _reads("tone", home / "tone.in")
        + _reads("quiet", home / "quiet.in")
        + _reads("stuck", home / "stuck.in")
        + f'pcm.speaker {{ type file slave.pcm nowhere file "{played}" format raw }}\n'
    )
    return played


def _reads(name: str, file: Path) -> str:
    both = f'file /dev/null infile "{file}" format raw'
    return f"pcm.{name} {{ type file slave.pcm nowhere {both} }}\n"
