"""One file in: whichever of the two formats it is, by what stands in it and not by its name."""

from collections.abc import Sequence
from typing import Final

from fleet_server.errors import Malformed, TooLarge
from fleet_server.sheets import delimited
from fleet_server.sheets.table import MOST_BYTES, MOST_COLUMNS, SheetRow

_ZIP: Final = b"PK\x03\x04"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"


def rows(content: bytes) -> list[SheetRow]:
    """The lines that are not empty, in order, their cells stripped; formulas are text.

    Raises:
        Malformed: it cannot be read, or is of an old or encrypted Excel format.
        TooLarge: too many bytes or lines.
    """
    if len(content) > MOST_BYTES:
        raise TooLarge("body_too_large", limit=MOST_BYTES)
    if content.startswith(_OLD_OFFICE):
        raise Malformed("sheet_old_format")
    if content.startswith(_ZIP):
        from fleet_server.sheets import workbook  # Excel's library takes a while to load

        found = workbook.rows(content)
    else:
        found = delimited.rows(content)
    stripped = (SheetRow(row.line, _trimmed(row.cells)) for row in found)
    return [row for row in stripped if row.cells]


def _trimmed(cells: Sequence[str]) -> list[str]:
    """Without space around, and without the empty cells at the end."""
    found = [cell.strip() for cell in cells[:MOST_COLUMNS]]
    while found and not found[-1]:
        found.pop()
    return found
