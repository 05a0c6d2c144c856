"""A table as it stands in a file, and the text of its cells."""

import re
from datetime import date, datetime, time
from typing import Final

from msgspec import Struct

Cell = str | int | float | bool | date | datetime | time | None
"""What a spreadsheet knows; a date-time has no zone there."""

MOST_ROWS: Final = 5000
MOST_BYTES: Final = 5 * 1024 * 1024
MOST_COLUMNS: Final = 100
MOST_LINES: Final = 2 * MOST_ROWS
"""Empty lines between rows are skipped, but not without end."""

_RUNS: Final = re.compile(r"'*[=+\-@\t\r]")
_DEFUSED: Final = re.compile(r"'+[=+\-@\t\r]")


class SheetRow(Struct, frozen=True):
    """One line of a file, counted from 1; `cells` end where the line does."""

    line: int
    cells: list[str]


def text_of(value: Cell) -> str:
    """A cell as people would type it: no `.0` behind whole numbers, dates by ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        is_whole = value.is_integer() and abs(value) < 1e15
        return str(int(value)) if is_whole else repr(value)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def defused(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe stands before what could be."""
    return f"'{text}" if _RUNS.match(text) else text


def restored(text: str) -> str:
    """What `defused` was given."""
    return text[1:] if _DEFUSED.match(text) else text
