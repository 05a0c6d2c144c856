"""What a recording holds, whichever program wrote it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from telemetry.metrics import CATALOGUE
from telemetry.wire.messages import Value


@dataclass(frozen=True, slots=True)
class Row:
    """The readings of one moment; `offset_seconds` since the recording's earliest row.

    Several rows may share a moment. `metrics` are in the catalogue's units, missing values absent.
    """

    line: int
    offset_seconds: float
    metrics: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line that cannot be read, and why."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Recording:
    """Every readable row of one file, in the file's order."""

    path: Path
    rows: tuple[Row, ...]
    refused: tuple[BadRow, ...] = ()
    ignored_columns: tuple[str, ...] = field(default=())

    @property
    def seconds(self) -> float:
        """From the earliest row to the latest."""
        return max((row.offset_seconds for row in self.rows), default=0.0)


def cleaned(values: Mapping[str, Value]) -> dict[str, Value]:
    """`values` as the catalogue stores them; those that mean "no value" are left out."""
    kept = {key: CATALOGUE[key].cleaned(value) for key, value in values.items()}
    return {key: value for key, value in kept.items() if value is not None}
