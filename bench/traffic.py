"""Reports and messages as a vehicle on the road sends them; the same ones in every run."""

import random
from collections.abc import Sequence

import msgspec

from telemetry.wire import codec
from telemetry.wire.messages import Header, Mark, Record, Report, Value
from telemetry.words import Document

EPOCH = "k3f9a2c1"


def reports(seed: int, count: int) -> list[Report]:
    """Consecutive reports of one vehicle: 22 metrics, one network interface."""
    rng = random.Random(seed)
    latitude, longitude = 29.3 + rng.random(), 106.2 + rng.random()
    received = sent = rng.randrange(10**8)
    found = []
    for _ in range(count):
        latitude += rng.uniform(-1e-3, 1e-3)
        longitude += rng.uniform(-1e-3, 1e-3)
        received += rng.randrange(50_000)
        sent += rng.randrange(9_000)
        metrics: dict[str, Value] = {
            "latitude_degrees": round(latitude, 6),
            "longitude_degrees": round(longitude, 6),
            "altitude_metres": round(rng.uniform(180, 900), 1),
            "speed_metres_per_second": round(rng.uniform(0, 22), 2),
            "heading_degrees": round(rng.uniform(0, 360), 1),
            "position_error_metres": round(rng.uniform(2, 12), 1),
            "satellites_used": rng.randrange(6, 15),
            "satellites_seen": rng.randrange(12, 22),
            "fix_dimensions": 3,
            "cpu_used_percent": round(rng.uniform(1, 30), 1),
            "load_1min": round(rng.uniform(0, 2), 2),
            "memory_used_percent": round(rng.uniform(25, 40), 1),
            "memory_available_bytes": rng.randrange(5 * 10**9, 6 * 10**9),
            "disk_used_percent": 41.3,
            "disk_free_bytes": 61_234_567_168 - received,
            "cpu_celsius": round(rng.uniform(40, 60), 1),
            "processes": rng.randrange(130, 160),
            "agent_rss_bytes": 28_311_552,
            "agent_cpu_seconds": round(received / 1e7, 2),
            "tcp_rtt_seconds": round(rng.uniform(0.02, 0.2), 4),
            "tcp_rtt_variance_seconds": round(rng.uniform(0.001, 0.05), 4),
            "tcp_retransmits": rng.randrange(4),
        }
        counters: dict[str, Value] = {
            "received_bytes": received,
            "sent_bytes": sent,
            "receive_errors": 0,
        }
        found.append(Report(metrics, {"wwan0": {"interface_up": True, **counters}}))
    return found


def header(now: int, head: int, kept: int, greets: bool = False) -> Header:
    """A heartbeat of a vehicle with a fix."""
    return Header(
        sent_at=now,
        trust="gnss",
        boot="b00t1",
        up_ms=head * 1000,
        reports=[Mark(EPOCH, head, kept)],
        events=[Mark(EPOCH, 0, 1)],
        every_seconds=10.0,
        greets=greets,
        held=dict.fromkeys(Document, 1_000),  # newer than any that a server has to send
        link_class="B",
        machine="0123456789abcdef" if greets else "",
    )


def greeting(now: int, head: int) -> bytes:
    """The message that opens a connection."""
    return codec.encode_batch("greeting", "reports", EPOCH, [], header(now, head, 1, True), [])


def messages(
    seed: int, count: int, reports_each: int, now: int, first: int = 1, step_ms: int = 0
) -> list[bytes]:
    """`count` payloads with the numbers from `first` on, each measured `step_ms` after the last."""
    known = reports(seed, 50)
    found = []
    number = first
    for index in range(count):
        last = number + reports_each - 1
        at = now + index * step_ms
        records = [
            _record(known[(number + step) % len(known)], at, number + step)
            for step in range(reports_each)
        ]
        found.append(
            codec.encode_batch(
                f"m{seed}-{index}",
                "reports",
                EPOCH,
                [(number, last)],
                header(at, last, number),
                records,
            )
        )
        number = last + 1
    return found


def _record(report: Report, now: int, number: int) -> Record:
    body = codec.encode_report(report)
    crc = codec.record_crc("b00t1", number * 1000, body)
    return Record(crc, now, "gnss", "b00t1", number * 1000, msgspec.Raw(body))


def report_bytes(payloads: Sequence[bytes], reports_each: int) -> float:
    """Mean payload of one report."""
    return sum(map(len, payloads)) / len(payloads) / reports_each
