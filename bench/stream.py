"""What the live stream costs: glances of a fleet that changes every second, for several readers."""

import json
import time
from collections.abc import Callable

from bench.rows import Row, at_most, compared
from fleet_server.intake.live import Live
from fleet_server.views.glances import Glances
from telemetry.store.port import ReportRow
from telemetry.wire.messages import Header, Mark

_NOW = 1_790_000_000_000
_ASSETS = 2000
_READERS = 3
_MOST_MS = 30.0


def run(seconds: float) -> list[Row]:
    """CPU of one second of stream, beside `json.dumps` of the same content, once a reader."""
    live = Live()
    glances = Glances(live)
    seen = frozenset(_name(number) for number in range(_ASSETS))
    cursors = [0] * _READERS

    def read() -> list[list[bytes]]:
        told = []
        for reader in range(_READERS):
            cursors[reader], texts = glances.since(cursors[reader], seen)
            told.append(texts)
            b"event: assets\ndata: [" + b",".join(texts) + b"]\n\n"
        return told

    _drive(live, 0)
    content = [json.loads(text) for text in read()[0]]
    spent = _milliseconds(lambda step: _drive(live, step), read, seconds / 4)
    quiet = _milliseconds(lambda step: None, read, seconds / 8)
    plain = _milliseconds(
        lambda step: None, lambda: [json.dumps(content) for _ in range(_READERS)], seconds / 8
    )
    name = f"stream, {_ASSETS} assets changed, {_READERS} readers"
    return [
        at_most(compared(name, spent, "CPU ms/s", plain), _MOST_MS),
        at_most(Row(f"stream, nothing changed, {_READERS} readers", quiet, "CPU ms/s"), 2.0),
    ]


def _drive(live: Live, step: int) -> None:
    """A header and a report of every asset."""
    now = _NOW + step * 1000
    for number in range(_ASSETS):
        asset = _name(number)
        header = Header(now, "ntp", "b1", 5, [Mark("e1", 0, 1)], [], link_class="B")
        live.hear(asset, header, now)
        metrics = {
            "longitude_degrees": 106.5 + number / 7001 + step / 10_000,
            "latitude_degrees": 29.5 + number / 9001,
            "speed_metres_per_second": 13.88,
            "heading_degrees": 87.4,
            "rsrp_dbm": -91.0,
            "snr_db": 14.5,
            "tcp_rtt_seconds": 0.0412,
            "uplink_bits_per_second": 2_400_000.0,
        }
        row = ReportRow(asset, "e1", step, 1, "b1", 5, now, "ntp", now, False, metrics, {})
        live.arrive(asset, 1, row, now)


def _name(number: int) -> str:
    return f"veh-{number:04}"


def _milliseconds(
    change: Callable[[int], None], step: Callable[[], object], seconds: float
) -> float:
    """CPU of one `step`, the mean of as many as fit; `change` before each is not counted."""
    spent, count = 0.0, 0
    until = time.monotonic() + seconds
    while time.monotonic() < until or not count:
        change(count + 1)
        began = time.process_time()
        step()
        spent += time.process_time() - began
        count += 1
    return spent / count * 1000
