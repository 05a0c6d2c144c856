"""Where the asset is: follows gpsd over its socket, and doubts the receiver's date."""

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from math import hypot
from threading import Event
from time import monotonic, sleep
from typing import Final

import msgspec

from edge_agent.inputs import Reading
from edge_agent.probes import clean
from edge_agent.probes.gnss_date import date_of_sentence, is_wrapped

logger = logging.getLogger(__name__)

# The receiver's own sentences are asked for too: they hold the date that gpsd may have changed.
_WATCH: Final = b'?WATCH={"enable":true,"json":true,"nmea":true};\n'
_LONGEST_LINE_BYTES: Final = 65_536  # the longest that gpsd writes, a full sky, is about 16,000
_READ_BYTES: Final = 16_384  # the allocator maps and unmaps what is larger, each time
_CONNECT_SECONDS: Final = 5.0
_SILENCE_SECONDS: Final = 15.0  # gpsd without a receiver is silent, a stopped one too
_GATHER_SECONDS: Final = 0.2  # gpsd writes a dozen lines a fix, one by one: wake once for them
_BACK_OFF_SECONDS: Final = (1.0, 60.0)
_REPEAT_SECONDS: Final = 1.0
_YEARS: Final = range(1980, 2100)  # GPS time begins in 1980


class LineTooLong(Exception):
    """What answers at gpsd's port sends lines that gpsd would not."""


class _Sky(msgspec.Struct, tag_field="class", tag="SKY"):
    seen: int | None = msgspec.field(name="nSat", default=None)
    used: int | None = msgspec.field(name="uSat", default=None)
    satellites: list["_Satellite"] = msgspec.field(default_factory=list)


class _Satellite(msgspec.Struct):
    used: bool = False


class _Tpv(msgspec.Struct, tag_field="class", tag="TPV"):
    """gpsd's time-position-velocity; metres, degrees, metres per second."""

    mode: int = 0
    time: str | None = None
    lat: float | None = None
    lon: float | None = None
    altMSL: float | None = None  # noqa: N815 -- gpsd's names
    alt: float | None = None
    speed: float | None = None
    track: float | None = None
    eph: float | None = None
    epx: float | None = None
    epy: float | None = None


_Key = tuple[str | None, int, float | None, float | None]


class Track:
    """What one connection to gpsd has said so far: lines in, a reading for each distinct fix out.

    gpsd reports a fix again with each sentence that adds to it; only the first is given on.
    """

    def __init__(
        self,
        built: date,
        trusted: Callable[[], date | None],
        up: Callable[[], float] = monotonic,
        reports_each_fix: bool = False,
    ) -> None:
        self._built = built
        self._trusted = trusted
        self._up = up
        self._reports_each_fix = reports_each_fix
        self._decode = msgspec.json.Decoder(_Tpv | _Sky).decode
        self._sky = _Sky()
        self._sentence: date | None = None
        self._given: set[_Key] = set()  # of one GNSS instant
        self._given_time: str | None = None
        self._given_at = 0.0

    def take(self, line: bytes) -> Reading | None:
        """The reading that this line completes; None for any other line, garbage included."""
        if line.startswith(b"$"):
            self._sentence = date_of_sentence(line) or self._sentence
            return None
        try:
            said = self._decode(line)
        except msgspec.MsgspecError:  # other classes, and what is not gpsd's at all
            return None
        if isinstance(said, _Sky):
            self._sky = said
            return None
        return self._reading(said) if self._is_new(said) else None

    def _is_new(self, tpv: _Tpv) -> bool:
        """Untimed ones are given on again after a second: they have nothing to tell them apart."""
        now = self._up()
        is_stale = tpv.time is None and now - self._given_at >= _REPEAT_SECONDS
        if tpv.time != self._given_time or is_stale:
            self._given.clear()
        key = (tpv.time, tpv.mode, tpv.lat, tpv.lon)
        if key in self._given:
            return False
        self._given.add(key)
        self._given_time = tpv.time
        self._given_at = now
        return True

    def _reading(self, tpv: _Tpv) -> Reading:
        if tpv.mode < 2:
            return Reading("position", {"fix_dimensions": 0})
        instant = _instant(tpv.time)
        wrapped = None
        if instant is not None:
            wrapped = is_wrapped(instant.date(), self._sentence, self._trusted(), self._built)
        metrics = clean(
            {
                "latitude_degrees": tpv.lat,
                "longitude_degrees": tpv.lon,
                "altitude_metres": tpv.alt if tpv.altMSL is None else tpv.altMSL,
                "speed_metres_per_second": tpv.speed,
                "heading_degrees": tpv.track,
                "position_error_metres": _horizontal_error(tpv),
                "satellites_used": self._satellites_used(),
                "satellites_seen": self._satellites_seen(),
                "fix_dimensions": min(tpv.mode, 3),
                "gnss_unix_seconds": instant.timestamp() if instant else None,
                "gnss_time_wrapped": wrapped,
            }
        )
        return Reading("position", metrics, reports=self._reports_each_fix)

    def _satellites_seen(self) -> int | None:
        return self._sky.seen if self._sky.seen is not None else len(self._sky.satellites) or None

    def _satellites_used(self) -> int | None:
        if self._sky.used is not None:
            return self._sky.used
        return sum(satellite.used for satellite in self._sky.satellites) or None


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant if instant.year in _YEARS else None


def _horizontal_error(tpv: _Tpv) -> float | None:
    if tpv.eph is not None:
        return tpv.eph
    if tpv.epx is not None and tpv.epy is not None:
        return hypot(tpv.epx, tpv.epy)
    return None


class PositionProbe:
    """Follows gpsd at `host`:`port` for as long as the agent lives; never raises.

    When gpsd is away, silent or something else altogether, it connects again, first after a
    second, later after a minute. `trusted` is called for each fix and gives today's date by a clock
    that NTP or the centre has set, or None. `reports_each_fix`: each fix becomes a report of its
    own (a track is recorded) instead of the newest joining the next report.
    """

    name = "position"
    every = timedelta(seconds=10)
    limit = timedelta(seconds=60)
    streams = True

    def __init__(
        self,
        built: date,
        trusted: Callable[[], date | None] = lambda: None,
        host: str = "127.0.0.1",
        port: int = 2947,
        *,
        reports_each_fix: bool = False,
        silence_seconds: float = _SILENCE_SECONDS,
    ) -> None:
        self._built = built
        self._trusted = trusted
        self._address = (host, port)
        self._reports_each_fix = reports_each_fix
        self._silence_seconds = silence_seconds
        self._closing = Event()
        self._connection: socket.socket | None = None
        self._is_away = False

    def is_needed(self) -> bool:
        return True

    def read(self) -> Iterator[Reading]:
        pause, longest = _BACK_OFF_SECONDS
        while not self._closing.is_set():
            try:
                with socket.create_connection(self._address, _CONNECT_SECONDS) as connection:
                    self._connection = connection
                    for reading in self._follow(connection):
                        pause = _BACK_OFF_SECONDS[0]
                        yield reading
            except (OSError, LineTooLong) as error:
                self._tell_away(error)
            finally:
                self._connection = None
            self._closing.wait(pause)
            pause = min(2 * pause, longest)

    def close(self) -> None:
        self._closing.set()
        connection = self._connection
        if connection is not None:
            with suppress(OSError):  # it ended by itself in this moment
                connection.shutdown(socket.SHUT_RDWR)

    def _follow(self, connection: socket.socket) -> Iterator[Reading]:
        """Readings until gpsd hangs up.

        Raises:
            OSError: nothing came for `silence_seconds`, or the connection broke.
            LineTooLong: this is not gpsd.
        """
        track = Track(self._built, self._trusted, reports_each_fix=self._reports_each_fix)
        connection.settimeout(self._silence_seconds)
        connection.sendall(_WATCH)
        rest = b""
        while not self._closing.is_set():
            connection.recv(1, socket.MSG_PEEK)  # the first of a dozen lines
            sleep(_GATHER_SECONDS)
            received = connection.recv(_READ_BYTES)
            if not received:
                raise ConnectionResetError("gpsd hung up")
            *lines, rest = (rest + received).split(b"\n")
            if len(rest) > _LONGEST_LINE_BYTES or any(len(x) > _LONGEST_LINE_BYTES for x in lines):
                raise LineTooLong(f"a line of more than {_LONGEST_LINE_BYTES} bytes")
            for line in lines:
                reading = track.take(line)
                if reading is not None:
                    self._tell_back()
                    yield reading

    def _tell_away(self, error: Exception) -> None:
        if not self._is_away and not self._closing.is_set():
            self._is_away = True
            logger.warning("no positions from gpsd", extra={"why": str(error)})

    def _tell_back(self) -> None:
        if self._is_away:
            self._is_away = False
            logger.info("positions from gpsd again")
