"""The mirror against Debian's InfluxDB 1.x, and what it says to a 2.x."""

import random
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from telemetry.store.duckdb_store import DuckDBStore
from telemetry.store.influx_mirror import BODY_BYTES, InfluxMirror, MirrorSettings, bodies
from telemetry.store.port import ReportRow
from tests.services.influx import Influx, influx
from tests.telemetry.store.reports import DAY, NOON, report

pytestmark = pytest.mark.integration

TOO_LONG = 60_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Influx]:
    with influx(tmp_path / "influx") as started:
        yield started


def drain(mirror: InfluxMirror, now: int) -> int:
    """How many steps it took to copy everything."""
    for steps in range(1, 100):
        status = mirror.step(now + steps * TOO_LONG)
        if status.behind == 0 and not status.error:
            return steps
    raise AssertionError("the mirror does not come to an end")


def mirrored(server: Influx) -> list[dict[str, object]]:
    return server.query("SELECT * FROM readings", "courtfleet")


def expected(row: ReportRow) -> dict[str, object]:
    assert row.measured_at is not None
    return {
        "time": row.measured_at * 1_000_000 + row.number,
        "asset": row.asset,
        "epoch": row.epoch,
        "number": row.number,
        **row.metrics,
    }


def by_name(rows: list[dict[str, object]]) -> dict[tuple[object, object], dict[str, object]]:
    return {(row["asset"], row["number"]): row for row in rows}


def test_the_mirror_holds_each_report_once_whatever_is_killed(
    server: Influx, store: DuckDBStore
) -> None:
    dice = random.Random(7)
    rows = [
        report(
            number,
            asset=f"veh-00{number % 3}",
            at=NOON + number // 10,
            metrics={
                "rsrp_dbm": round(dice.uniform(-120, -60), 2),
                "cqi": number % 16,
                "mains_power": number % 2 == 0,
                "operator": '中国"移动',
            },
            devices={"wwan0": {"sent_bytes": number}} if number % 5 == 0 else {},
        )
        for number in range(1, 5001)
    ]
    settings = MirrorSettings(server.url)
    store.commit(rows[:1000], [])

    first = InfluxMirror(store, settings)
    copied = first.step(0).copied
    first.close()
    store.commit(rows[1000:2500], [])
    second = InfluxMirror(store, settings)
    copied += second.step(0).copied
    store.commit(rows[2500:], [])
    server.kill()
    dead = [second.step(now) for now in (0, 500, 1_000, 2_000, 3_000)]
    server.start()
    steps = drain(second, 3_000)
    second.close()
    readings = mirrored(server)
    devices = server.query("SELECT * FROM device_readings", "courtfleet")

    assert copied == 2500
    assert all(status.behind == 2500 and status.copied == 0 for status in dead)
    assert [status.retry_at for status in dead] == [1_000, 1_000, 3_000, 3_000, 7_000]
    assert "refused" in dead[0].error
    assert steps == 1
    assert len(readings) == 5000
    assert by_name(readings) == by_name([expected(row) for row in rows])
    assert sorted((row["number"], row["sent_bytes"]) for row in devices) == [
        (number, number) for number in range(5, 5001, 5)
    ]


def test_what_is_copied_again_is_still_there_once(server: Influx, store: DuckDBStore) -> None:
    rows = [report(number, at=NOON) for number in range(1, 101)]
    store.commit(rows, [])
    mirror = InfluxMirror(store, MirrorSettings(server.url))
    drain(mirror, 0)
    mirror.close()
    store.move_cursor(f"influxdb {server.url} courtfleet", 0)

    again = InfluxMirror(store, MirrorSettings(server.url))
    copied = again.step(0).copied
    again.close()

    assert copied == 100
    assert by_name(mirrored(server)) == by_name([expected(row) for row in rows])
    assert len(mirrored(server)) == 100


def test_a_mirror_behind_for_days_reads_them_from_sealed_files(
    server: Influx, store: DuckDBStore
) -> None:
    rows = [report(n, at=NOON + n * DAY // 10, devices={"d": {"cqi": 1}}) for n in range(1, 40)]
    store.commit(rows, [])
    store.seal_days(NOON + 3 * DAY)
    mirror = InfluxMirror(store, MirrorSettings(server.url))

    drain(mirror, 0)
    mirror.close()

    assert by_name(mirrored(server)) == by_name([expected(row) for row in rows])


def test_a_point_that_influxdb_turns_down_does_not_stop_the_others(
    server: Influx, store: DuckDBStore
) -> None:
    settings = MirrorSettings(server.url)
    mirror = InfluxMirror(store, settings)
    store.commit([report(1, at=NOON, metrics={})], [])
    mirror.step(0)
    # somebody else made the field a text
    line = f'readings,asset=x,epoch=x rsrp_dbm="strong" {NOON}000000'
    answer = server.write(line, "courtfleet")
    store.commit(
        [report(2, at=NOON), report(3, at=NOON, metrics={"cqi": 1}), report(4, at=2**53)], []
    )

    status = mirror.step(1)
    found = server.query("SELECT number FROM readings WHERE asset = 'veh-001'", "courtfleet")
    mirror.close()

    assert answer == 204
    assert (status.copied, status.behind, status.error) == (3, 0, "")
    assert status.refused > 0
    assert {1, 3} <= {row["number"] for row in found}


def test_a_database_that_was_dropped_is_made_again(server: Influx, store: DuckDBStore) -> None:
    mirror = InfluxMirror(store, MirrorSettings(server.url, bucket='odd "name"'))
    store.commit([report(1)], [])
    mirror.step(0)
    server.query('DROP DATABASE "odd \\"name\\""', "")
    store.commit([report(2)], [])

    lost = mirror.step(1)
    found = mirror.step(TOO_LONG)
    mirror.close()

    assert "database not found" in lost.error
    assert (found.copied, found.error) == (1, "")


def test_another_bucket_begins_with_the_first_report(server: Influx, store: DuckDBStore) -> None:
    store.commit([report(1), report(2)], [])
    first = InfluxMirror(store, MirrorSettings(server.url))
    first.step(0)
    first.close()

    second = InfluxMirror(store, MirrorSettings(server.url, bucket="other"))
    copied = second.step(0).copied
    second.close()

    assert copied == 2


def test_bodies_are_bounded_and_leave_nothing_out() -> None:
    rows = [report(n, metrics={"operator": "x" * 15_000}) for n in range(1, 1001)]

    found = list(bodies(rows))

    assert len(found) == 4
    assert max(map(len, found)) < BODY_BYTES + 16_000
    assert sum(body.count(b"\n") + 1 for body in found) == 1000


class Influx2(BaseHTTPRequestHandler):
    """Answers as InfluxDB 2.7 does, and keeps what it is asked."""

    asked: ClassVar[list[tuple[str, dict[str, list[str]], str, bytes]]] = []

    def do_GET(self) -> None:
        self.send_response(204)
        self.send_header("X-Influxdb-Version", "v2.7.11")
        self.end_headers()

    def do_POST(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((url.path, parse_qs(url.query), self.headers["Authorization"], body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


def test_a_server_of_the_second_generation_gets_its_own_api(store: DuckDBStore) -> None:
    Influx2.asked.clear()
    store.commit([report(1, at=NOON)], [])
    with ThreadingHTTPServer(("127.0.0.1", 0), Influx2) as listener:
        thread = threading.Thread(target=listener.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{listener.server_port}"
        mirror = InfluxMirror(store, MirrorSettings(url, "fleet", "courts", "secret"))

        status = mirror.step(0)

        mirror.close()
        listener.shutdown()
        thread.join()

    assert (status.copied, status.error) == (1, "")
    assert Influx2.asked == [
        (
            "/api/v2/write",
            {"org": ["courts"], "bucket": ["fleet"], "precision": ["ns"]},
            "Token secret",
            b"readings,asset=veh-001,epoch=e1 number=1i,rsrp_dbm=-90.5 1763899200000000001",
        )
    ]
