"""Opens a recording with the reader that its first lines ask for."""

from pathlib import Path

from simulators.errors import NotARecording
from simulators.recordings import gnettrack, nmea
from simulators.recordings.model import Recording


def read(path: Path) -> Recording:
    """The recording in `path`, a G-NetTrack Pro CSV or an NMEA log.

    Raises:
        NotARecording: unreadable, of neither kind, or without a single readable row.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise NotARecording(f"{path} cannot be read: {error.strerror}.") from error
    lines = text.splitlines()
    if lines and gnettrack.is_header(lines[0]):
        recording = gnettrack.read(path, lines)
    elif any(nmea.is_sentence(line) for line in lines[:200]):
        recording = nmea.read(path, lines)
    else:
        raise NotARecording(f"{path} is neither a G-NetTrack Pro CSV nor an NMEA log.")
    if not recording.rows:
        raise NotARecording(f"{path} holds no readable row.")
    return recording
