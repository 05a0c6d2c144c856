"""Reports as InfluxDB's line protocol, in nanoseconds.

    readings,asset=veh-001,epoch=k3f9a2c1 number=7i,rsrp_dbm=-90.5 1763899207000000007
    device_readings,asset=veh-001,epoch=k3f9a2c1,device=wwan0 number=7i,sent_bytes=5i 176…

Two lines of one series and one instant are one point to InfluxDB, so the last six digits of the
time are the report's number modulo 10⁶: milliseconds are what was measured. A field keeps the type
of its first value for good, so that only what the catalogue knows, in its own kind, is copied.
"""

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Final

from telemetry.metrics import CATALOGUE, Kind
from telemetry.store.port import ReportRow
from telemetry.wire.messages import Value

_TYPES: Final[dict[Kind, type]] = {
    Kind.NUMBER: float,
    Kind.COUNTER: int,
    Kind.WHOLE: int,
    Kind.FLAG: bool,
    Kind.TEXT: str,
}
_LAST_INSTANT_MS: Final = 2**63 // 10**6 - 1
_BIGINT: Final = 2**63
# InfluxDB takes texts up to 64 KiB and refuses the line otherwise; a character is at most 4 bytes.
_LONGEST_TEXT: Final = 16_000
_LONGEST_TAG: Final = 256
_NOT_IN_TAG: Final = re.compile(r"[\x00-\x1f\x7f\\]")
_ESCAPED_IN_TAG: Final = re.compile(r"([, =])")


def lines(report: ReportRow) -> Iterator[str]:
    """The report's own line, and one for each of its devices."""
    series = f"asset={report.asset},epoch={report.epoch}"
    number = f"number={report.number}i"
    time = _nanoseconds(report)
    yield f"readings,{series} {number}{_fields(report.metrics)} {time}"
    for device, readings in report.devices.items():
        tag = f"device={_tag(device)}"
        yield f"device_readings,{series},{tag} {number}{_fields(readings)} {time}"


def _nanoseconds(report: ReportRow) -> int:
    """Measured, else received; a clock beyond what 64 bits of nanoseconds reach is not believed."""
    instant = report.measured_at
    if instant is None or not 0 <= instant <= _LAST_INSTANT_MS:
        instant = report.received_at
    return instant * 1_000_000 + report.number % 1_000_000


def _fields(readings: Mapping[str, Value]) -> str:
    found = []
    for key, value in readings.items():
        metric = CATALOGUE.get(key)
        if metric is not None and type(value) is _TYPES[metric.kind]:
            text = _field(value)
            if text is not None:
                found.append(f",{key}={text}")
    return "".join(found)


def _field(value: Value) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value}i" if -_BIGINT <= value < _BIGINT else None
    if isinstance(value, float):
        return repr(value) if isfinite(value) else None
    text = value[:_LONGEST_TEXT].replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _tag(text: str) -> str:
    """A tag can hold no line feed, must not be empty, and a backslash would escape what follows."""
    plain = _NOT_IN_TAG.sub("_", text[:_LONGEST_TAG]) or "_"
    return _ESCAPED_IN_TAG.sub(r"\\\1", plain)
