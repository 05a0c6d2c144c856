"""Drive traces of G-NetTrack Pro: CSV, about one row a second, `-` where there is no value.

Column meanings: gyokovsolutions.com, G-NetTrack Pro manual. Speed is in km/h, bit rates in kbit/s,
pings in ms. Rows may share a second; each is a reading of its own.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from simulators.recordings.model import BadRow, Recording, Row, cleaned
from telemetry.metrics import CATALOGUE, Kind
from telemetry.wire.messages import Value

_TIMESTAMP: Final = "Timestamp"
_TIMESTAMP_FORM: Final = "%Y.%m.%d_%H.%M.%S"
_MISSING: Final = frozenset({"", "-", "--"})


@dataclass(frozen=True, slots=True)
class _Column:
    """The metric of a column, and what turns the column's unit into the metric's."""

    key: str
    per: float = 1.0
    times: float = 1.0

    def value(self, text: str) -> Value:
        if CATALOGUE[self.key].kind is Kind.TEXT:
            return text
        number = float(text)
        return number if self.per == self.times else round(number * self.times / self.per, 6)


_COLUMNS: Final = {
    "Longitude": _Column("longitude_degrees"),
    "Latitude": _Column("latitude_degrees"),
    "Speed": _Column("speed_metres_per_second", per=3.6),
    "Operatorname": _Column("operator"),
    "CellID": _Column("cell"),
    "NetworkMode": _Column("network_mode"),
    "RSRP": _Column("rsrp_dbm"),
    "RSRQ": _Column("rsrq_db"),
    "SNR": _Column("snr_db"),
    "CQI": _Column("cqi"),
    "RSSI": _Column("rssi_dbm"),
    "DL_bitrate": _Column("downlink_bits_per_second", times=1000.0),
    "UL_bitrate": _Column("uplink_bits_per_second", times=1000.0),
    "State": _Column("transfer_state"),
    "PINGAVG": _Column("ping_mean_seconds", per=1000.0),
    "PINGMIN": _Column("ping_lowest_seconds", per=1000.0),
    "PINGMAX": _Column("ping_highest_seconds", per=1000.0),
    "PINGSTDEV": _Column("ping_deviation_seconds", per=1000.0),
    "PINGLOSS": _Column("ping_loss_percent"),
    "CELLHEX": _Column("cell_hex"),
    "NODEHEX": _Column("cell_node"),
    "LACHEX": _Column("cell_area"),
    "RAWCELLID": _Column("cell_raw"),
    "NRxRSRP": _Column("neighbour_rsrp_dbm"),
    "NRxRSRQ": _Column("neighbour_rsrq_db"),
}


def is_header(line: str) -> bool:
    """Whether a file that begins with `line` is such a trace."""
    names = line.split(",")
    return names[0] == _TIMESTAMP and any(name in _COLUMNS for name in names)


def read(path: Path, lines: Sequence[str]) -> Recording:
    """Every row of the trace; `lines` begin with the header."""
    header = next(csv.reader(lines[:1]))
    found: list[tuple[int, datetime, dict[str, Value]]] = []
    refused: list[BadRow] = []
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        try:
            at, metrics = _row(header, line)
        except ValueError as error:
            refused.append(BadRow(number, str(error)))
        else:
            found.append((number, at, metrics))
    begins_at = min((at for _, at, _ in found), default=datetime.min.replace(tzinfo=UTC))
    return Recording(
        path,
        tuple(Row(line, (at - begins_at).total_seconds(), values) for line, at, values in found),
        tuple(refused),
        tuple(name for name in header if name != _TIMESTAMP and name not in _COLUMNS),
    )


def _row(header: Sequence[str], line: str) -> tuple[datetime, dict[str, Value]]:
    try:
        cells = next(csv.reader([line], strict=True))
    except csv.Error as error:
        raise ValueError(f"not CSV: {error}") from error
    if len(cells) != len(header):
        raise ValueError(f"{len(cells)} columns, the header has {len(header)}")
    at: datetime | None = None
    values: dict[str, Value] = {}
    for name, cell in zip(header, cells, strict=True):
        text = cell.strip()
        if name == _TIMESTAMP:
            # The phone's local time; only differences are used, so the zone does not matter.
            at = datetime.strptime(text, _TIMESTAMP_FORM).replace(tzinfo=UTC)
        elif name in _COLUMNS and text not in _MISSING:
            values[_COLUMNS[name].key] = _value(name, text)
    if at is None:
        raise ValueError("no Timestamp")
    return at, cleaned(values)


def _value(name: str, text: str) -> Value:
    try:
        return _COLUMNS[name].value(text)
    except ValueError as error:
        raise ValueError(f"{name} is {text[:40]!r}, not a number") from error
