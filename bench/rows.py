"""A measured row, and how rows are shown and kept."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct


class Row(Struct, frozen=True):
    """One figure. `ratio` is value to baseline; `limit` is what must hold of it, "" for nothing."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    limit: str = ""
    holds: bool = True


def compared(name: str, value: float, unit: str, baseline: float) -> Row:
    """A figure beside the one that a plain tool needs for the same."""
    return Row(name, value, unit, baseline, value / baseline)


def at_most(row: Row, limit: float | None = None, times_baseline: float | None = None) -> Row:
    """The same row, which must not be above `limit`, nor above so many times its baseline."""
    words = []
    holds = row.holds
    if limit is not None:
        words.append(f"<= {limit:g}")
        holds = holds and row.value <= limit
    if times_baseline is not None and row.ratio is not None:
        words.append(f"<= {times_baseline:g} x")
        holds = holds and row.ratio <= times_baseline
    return msgspec.structs.replace(row, limit=", ".join(words), holds=holds)


def at_least(row: Row, limit: float) -> Row:
    """The same row, which must not be below `limit`."""
    return msgspec.structs.replace(row, limit=f">= {limit:g}", holds=row.value >= limit)


def table(rows: Sequence[Row]) -> str:
    """The rows as lines of text, columns aligned."""
    head = ("name", "value", "unit", "baseline", "ratio", "must")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[index]) for line in lines) for index in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if index in {1, 3, 4} else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def save(rows: Sequence[Row], path: Path) -> None:
    """Write the rows as JSON, one an entry."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")


def _cells(row: Row) -> tuple[str, ...]:
    verdict = "" if not row.limit else f"{row.limit} {'ok' if row.holds else 'FAILED'}"
    return (
        row.name,
        f"{row.value:,.2f}",
        row.unit,
        "" if row.baseline is None else f"{row.baseline:,.2f}",
        "" if row.ratio is None else f"{row.ratio:.2f}",
        verdict,
    )
