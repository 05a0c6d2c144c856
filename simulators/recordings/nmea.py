"""Logs of GNSS receivers: NMEA 0183 sentences, of which RMC, GGA and GSA are read.

A row is all that was said about one time of day. A sentence that is cut or whose checksum is wrong
is refused; other sentences are none of ours. What gpsd makes of such a log is another matter: the
agent's own probe is tested against the real one.
"""

import operator
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import Final

from simulators.recordings.model import BadRow, Recording, Row, cleaned
from telemetry.wire.messages import Value

_SENTENCE: Final = re.compile(r"\$[A-Z]{5},[ -~]*\Z")
_CHECKED: Final = re.compile(r"\$(?P<body>[ -~]+)\*(?P<sum>[0-9A-Fa-f]{2})\Z")
_TIME: Final = re.compile(r"([01]\d|2[0-3])([0-5]\d)([0-5]\d(?:\.\d+)?)\Z")
_METRES_PER_SECOND_PER_KNOT: Final = 1852 / 3600
_DAY_SECONDS: Final = 86_400.0


@dataclass(slots=True)
class _Moment:
    """What has been said of one time of day so far."""

    line: int
    time_of_day: float
    values: dict[str, Value] = field(default_factory=dict)
    has_fix: bool = False


def is_sentence(line: str) -> bool:
    """Whether `line` looks like NMEA, damaged or not."""
    return _SENTENCE.match(line.strip()) is not None


def read(path: Path, lines: Sequence[str]) -> Recording:
    """One row a time of day that RMC or GGA named, in order."""
    refused: list[BadRow] = []
    moments = list(_moments(lines, refused))
    rows: list[Row] = []
    midnights = 0.0
    for before, moment in zip([None, *moments[:-1]], moments, strict=True):
        if before is not None and before.time_of_day - moment.time_of_day > _DAY_SECONDS / 2:
            midnights += _DAY_SECONDS
        rows.append(Row(moment.line, midnights + moment.time_of_day, _metrics(moment)))
    begins = min((row.offset_seconds for row in rows), default=0.0)
    shifted = (Row(r.line, round(r.offset_seconds - begins, 3), r.metrics) for r in rows)
    return Recording(path, tuple(shifted), tuple(refused))


def _moments(lines: Sequence[str], refused: list[BadRow]) -> Iterator[_Moment]:
    current: _Moment | None = None
    dimensions = 2
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        try:
            fields = _fields(text)
            if fields[0].endswith("GSA"):
                dimensions = 3 if fields[2] == "3" else 2
            if fields[0][2:] not in {"RMC", "GGA"} or not fields[1]:
                continue
            time_of_day = _time_of_day(fields[1])
            said = _said(fields)
        except (ValueError, IndexError) as error:
            refused.append(BadRow(number, str(error) or "a field is missing"))
            continue
        if current is None or time_of_day != current.time_of_day:
            if current is not None:
                yield current
            current = _Moment(number, time_of_day)
        if said is not None:
            current.has_fix = True
            current.values.update(said)
            current.values["fix_dimensions"] = dimensions
    if current is not None:
        yield current


def _fields(text: str) -> list[str]:
    form = _CHECKED.match(text)
    if form is None:
        raise ValueError("not a whole sentence")
    if reduce(operator.xor, form["body"].encode(), 0) != int(form["sum"], 16):
        raise ValueError("wrong checksum")
    return form["body"].split(",")


def _time_of_day(text: str) -> float:
    form = _TIME.match(text)
    if form is None:
        raise ValueError(f"time {text[:16]!r}")
    return int(form[1]) * 3600 + int(form[2]) * 60 + float(form[3])


def _said(fields: Sequence[str]) -> dict[str, Value] | None:
    """The metrics of one sentence; None when it says that there is no fix."""
    if fields[0].endswith("RMC"):
        if fields[2] != "A":
            return None
        values = _place(fields[3:7])
        if fields[7]:
            speed = float(fields[7]) * _METRES_PER_SECOND_PER_KNOT
            values["speed_metres_per_second"] = round(speed, 3)
        if fields[8]:
            values["heading_degrees"] = float(fields[8])
        return values
    if fields[6] in {"", "0"}:
        return None
    values = _place(fields[2:6])
    if fields[7] and not fields[0].startswith("GL"):  # GLONASS alone would hide the others
        values["satellites_used"] = int(fields[7])
    if fields[9]:
        values["altitude_metres"] = float(fields[9])
    return values


def _place(fields: Sequence[str]) -> dict[str, Value]:
    latitude, north_south, longitude, east_west = fields
    return {
        "latitude_degrees": _degrees(latitude, 2) * (-1 if north_south == "S" else 1),
        "longitude_degrees": _degrees(longitude, 3) * (-1 if east_west == "W" else 1),
    }


def _degrees(text: str, whole: int) -> float:
    """`ddmm.mmmm` as degrees; seven decimals are a centimetre."""
    return round(int(text[:whole]) + float(text[whole:]) / 60, 7)


def _metrics(moment: _Moment) -> dict[str, Value]:
    return cleaned(moment.values if moment.has_fix else {"fix_dimensions": 0})
