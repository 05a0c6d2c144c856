"""Encoding and decoding of messages."""

import time
from collections.abc import Callable

from bench import traffic
from bench.rows import Row
from telemetry.wire import codec

_NOW = 1_790_000_000_000


def run(seconds: float) -> list[Row]:
    """CPU of one message each way, and its size, at one and three reports a message."""
    rows = []
    for each in (1, 3):
        payloads = traffic.messages(seed=each, count=200, reports_each=each, now=_NOW)
        part = seconds / 10
        rows += [
            Row(f"codec decode, {each} a message", _decoding(payloads, part) / each, "us/report"),
            Row(f"codec encode, {each} a message", _encoding(each, part) / each, "us/report"),
            Row(f"payload, {each} a message", traffic.report_bytes(payloads, each), "B/report"),
        ]
    return rows


def _decoding(payloads: list[bytes], seconds: float) -> float:
    def decode() -> None:
        for payload in payloads:
            envelope, packed = codec.decode_envelope(payload)
            for record in codec.decode_batch(envelope, packed).records:
                body = memoryview(record.body)
                codec.record_crc(record.boot, record.up_ms, body)
                codec.decode_report(body)

    return _microseconds(decode, seconds) / len(payloads)


def _encoding(each: int, seconds: float) -> float:
    def encode() -> None:
        traffic.messages(seed=7, count=50, reports_each=each, now=_NOW)

    return _microseconds(encode, seconds) / 50


def _microseconds(step: Callable[[], None], seconds: float) -> float:
    """CPU time of one call, the mean of as many as fit."""
    step()
    calls = 0
    began = time.process_time()
    while (spent := time.process_time() - began) < seconds:
        step()
        calls += 1
    return spent / calls * 1e6
