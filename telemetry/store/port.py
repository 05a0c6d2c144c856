"""What a telemetry store promises, whichever engine keeps it.

Records are named by `(asset, epoch, number)` within the stream of reports. Instants are whole
milliseconds since 1970, UTC.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from telemetry.intervals import IntervalSet
from telemetry.wire.messages import Value


class StoreError(Exception):
    """Base of the store's errors."""


class StoreUnavailable(StoreError):
    """Nothing of the commit was stored; the same commit may be tried again later."""


class UnknownMetric(StoreError):
    """A metric that is not in the catalogue was asked for."""


class ReportRow(Struct, frozen=True, gc=False):
    """One report as it is stored; `measured_at` is None when its boot never learnt the time.

    `late`: it was not live when it arrived. `metrics` and `devices` may hold keys that the
    catalogue does not know; a value of another kind than the catalogue's counts as unknown too.
    """

    asset: str
    epoch: str
    number: int
    crc: int
    boot: str
    up_ms: int
    measured_at: int | None
    trust: str
    received_at: int
    late: bool
    metrics: Mapping[str, Value]
    devices: Mapping[str, Mapping[str, Value]]


class AsideRow(Struct, frozen=True):
    """What could not be read, with its reason; epoch and number where they are known.

    With an epoch and a number it counts as taken: the same number coming again is a repeat.
    """

    asset: str
    epoch: str | None
    number: int | None
    crc: int | None
    code: str
    detail: str
    body: bytes
    received_at: int


class Fate(StrEnum):
    """What `commit` did with one row."""

    STORED = "stored"
    REPEATED = "repeated"
    FORKED = "forked"


class Point(Struct, frozen=True):
    """One bucket of a history; without readings (`count` 0) its values are None: a gap."""

    begins_at: int
    count: int
    lowest: float | None
    mean: float | None
    highest: float | None
    last: Value | None


class DeviceSeen(Struct, frozen=True):
    """A device that reports named, when first and last (ms), and its newest readings."""

    device: str
    first_at: int
    last_at: int
    metrics: Mapping[str, Value]


class DeviceChange(Struct, frozen=True):
    """A device, or a platform, was found in another state, or with other faults, than before.

    `faults` are words with commas between; `serial` the serial number told last by then, "" none.
    """

    device: str
    at: int
    state: str
    faults: str
    serial: str


class Fix(Struct, frozen=True, gc=False):
    """Where an asset was at an instant (WGS-84 degrees); `values` of the metrics asked for."""

    instant: int
    longitude: float
    latitude: float
    late: bool
    values: tuple[Value | None, ...]


Track = list[Fix]
"""Of one asset, in the order of instants, late ones in their place."""


class CellRow(Struct, frozen=True, gc=False):
    """How many samples of a metric fell into one bin in one cell of the map on one day.

    `day` counts days since 1970 (UTC); `cell` is any number of 63 bits, its centre in degrees.
    """

    day: int
    metric: str
    cell: int
    longitude: float
    latitude: float
    bin: int
    samples: int


class Box(Struct, frozen=True):
    """Degrees; borders belong to it."""

    west: float
    south: float
    east: float
    north: float


class Widened(Struct, frozen=True):
    """How a cell's number becomes that of the larger cell around it: `number & keep | fill`.

    `degrees` is how far outside of a box the centre of a cell may be whose larger one is in it.
    """

    keep: int
    fill: int
    degrees: float


class Cell(Struct, frozen=True, gc=False):
    """A cell, the bin in which the quantile lies, and how many samples there are."""

    cell: int
    bin: int
    samples: int


class TelemetryStore(Protocol):
    """One writer at a time; readers may run beside it, a cursor each. All calls block."""

    def commit(
        self, reports: Sequence[ReportRow], aside: Sequence[AsideRow]
    ) -> tuple[list[Fate], list[Fate]]:
        """Store what is new, in one transaction with the record that it was taken.

        Idempotent by number, also within one call: same number and CRC is REPEATED, same number
        and another CRC is FORKED, and neither changes anything. Order follows the arguments.
        Returning means: committed to disk.

        Raises:
            StoreUnavailable: nothing was stored.
        """

    def taken(self) -> Iterator[tuple[str, str, IntervalSet]]:
        """Every asset and epoch with its numbers taken (stored or aside), as of the last commit."""

    def counts(self, asset: str, epoch: str) -> tuple[int, int]:
        """How many numbers of the epoch are stored, and how many are set aside."""

    def history(
        self, asset: str, metric: str, since: int, until: int, buckets: int, device: str = ""
    ) -> list[Point]:
        """`buckets` equal spans between two instants, gaps included, extremes kept.

        Raises:
            UnknownMetric: not in the catalogue.
        """

    def tracks(
        self,
        assets: Sequence[str],
        since: int,
        until: int,
        most_points: int,
        metrics: Sequence[str] = (),
    ) -> dict[str, Track]:
        """The positions of each of these assets between two instants (`until` excluded).

        The span is cut into `most_points` equal parts, of each of which the first position is
        kept: a part without one is a gap. An asset without positions has an empty track.

        Raises:
            UnknownMetric: not one of the catalogue's that assets have.
        """

    def devices(self, asset: str) -> list[DeviceSeen]:
        """Every device that the asset's reports ever named, in order of name."""

    def device_changes(
        self, asset: str, since: int, until: int, most: int, device: str = ""
    ) -> list[DeviceChange]:
        """When the asset's devices, or one of them, changed between two instants, newest first.

        At most `most` of each device. What was told first after `since` counts as a change;
        reports that do not tell a device's state say nothing of it.
        """

    def latest(self, asset: str) -> ReportRow | None:
        """The report measured last, None when there is none."""

    def quantiles(
        self, metric: str, fractions: Sequence[float], since: int, until: int, assets: Sequence[str]
    ) -> list[float | None]:
        """Quantiles of one metric over some assets."""

    def rows(self, assets: Sequence[str], since: int, until: int) -> Iterator[ReportRow]:
        """All reports between two instants (measured, else received), by asset and time."""

    def aside(self, limit: int, before: int | None = None) -> list[tuple[int, AsideRow]]:
        """What was set aside, newest first, each with its id; `before` pages on."""

    def export(self, path: Path, format: str, assets: Sequence[str], since: int, until: int) -> int:
        """Write reports to a file ("csv" with BOM, or "parquet"); how many rows were written."""

    def close(self) -> None:
        """Release the files; a commit under way is finished first."""
