"""Samples for the link class from a file: a drive trace with pings, or a CSV of link tests."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from simulators import recordings
from simulators.errors import NotARecording
from simulators.recordings import Recording
from telemetry.rules.link_class import Sample

AT: Final = "seconds"
_FIELDS: Final = {
    "link_rtt_seconds": "rtt_seconds",
    "link_jitter_up_seconds": "jitter_up_seconds",
    "link_jitter_down_seconds": "jitter_down_seconds",
    "link_loss_up_percent": "loss_up_percent",
    "link_loss_down_percent": "loss_down_percent",
    "link_uplink_bits_per_second": "uplink_bits_per_second",
}
_DEVIATIONS: Final = 1.645
"""From the mean of a normal distribution to its p95."""


def read(path: Path) -> list[Sample]:
    """The samples in a file, in the order of their time; `at` counts from the file's first moment.

    Raises:
        NotARecording: unreadable, of neither kind, or nothing in it says anything about the link.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise NotARecording(f"{path} cannot be read: {error}.") from error
    header = lines[0].split(",") if lines else []
    is_table = AT in header and any(name in _FIELDS for name in header)
    found = _tested(path, lines) if is_table else _pinged(recordings.read(path))
    if not found:
        raise NotARecording(f"{path} says nothing about a link: it holds neither pings nor tests.")
    return found


def _pinged(recording: Recording) -> list[Sample]:
    """A sample for each ping of a drive trace, about every 14 s.

    Round trip is about the p95 of the ping's packets; what a ping lost may have been lost in either
    direction. Jitter of one way and the uplink stay unknown: a download's uplink is its acks.
    """
    found = []
    for row in recording.rows:
        mean, loss = row.metrics.get("ping_mean_seconds"), row.metrics.get("ping_loss_percent")
        if mean is None and loss is None:
            continue
        spread = _DEVIATIONS * float(row.metrics.get("ping_deviation_seconds", 0.0))
        lost = None if loss is None else float(loss)
        found.append(
            Sample(
                row.offset_seconds,
                None if mean is None else float(mean) + spread,
                loss_up_percent=lost,
                loss_down_percent=lost,
            )
        )
    return sorted(found, key=lambda sample: sample.at)


def _tested(path: Path, lines: Sequence[str]) -> list[Sample]:
    found = []
    for number, row in enumerate(csv.DictReader(lines), start=2):
        try:
            given = {name: float(row[key]) for key, name in _FIELDS.items() if row.get(key)}
            found.append(Sample(float(row[AT]), **given))
        except (TypeError, ValueError) as error:
            raise NotARecording(f"{path}, line {number}: {error}.") from error
    return sorted(found, key=lambda sample: sample.at)
