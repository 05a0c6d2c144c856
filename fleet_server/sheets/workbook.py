"""Excel workbooks (xlsx), read as text and written without formulas; the only user of openpyxl."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell as XlsxCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from fleet_server.errors import Malformed, TooLarge
from fleet_server.sheets.table import (
    MOST_COLUMNS,
    MOST_LINES,
    Cell,
    SheetRow,
    defused,
    text_of,
)

MOST_UNPACKED_BYTES: Final = 60 * 1024 * 1024
_MOST_FILES: Final = 2000
_WIDTH: Final = 18


def rows(content: bytes) -> Iterator[SheetRow]:
    """The lines of the first sheet that is shown; a formula is its own text, never its result.

    Raises:
        Malformed: not a workbook that can be read.
        TooLarge: it unpacks to too much, or goes on for too many lines.
    """
    _check_size(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        try:
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            for sheet in shown[:1]:
                # What the file says of its own size may be wrong in either direction.
                sheet.reset_dimensions()
                yield from _lines(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True))
        finally:
            book.close()
    except TooLarge:
        raise
    except Exception as error:  # openpyxl lets through whatever a broken file wakes in it
        raise Malformed("sheet_unreadable", problem=type(error).__name__) from error


def _check_size(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Malformed("sheet_unreadable", problem=type(error).__name__) from error
    unpacked = sum(file.file_size for file in files)
    if unpacked > MOST_UNPACKED_BYTES or len(files) > _MOST_FILES:
        raise TooLarge("sheet_too_large", limit=MOST_UNPACKED_BYTES // 1024 // 1024)


def _lines(found: Iterator[Sequence[object]]) -> Iterator[SheetRow]:
    for line, values in enumerate(found, start=1):
        if line > MOST_LINES:
            raise TooLarge("too_many_lines", limit=MOST_LINES)
        yield SheetRow(line, [_text(value) for value in values])


def _text(value: object) -> str:
    if value is None or isinstance(value, str | int | float | bool | date | datetime | time):
        return text_of(value)
    # An array formula, or a data table's: openpyxl wraps it.
    return str(getattr(value, "text", "") or "")


def written(heads: Sequence[str], found: Sequence[Sequence[Cell]], title: str) -> bytes:
    """A workbook with one sheet: a bold first line that stays in sight, and `found` below it."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for column in range(1, len(heads) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTH
    sheet.append([_cell(sheet, head, is_head=True) for head in heads])
    for row in found:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: WriteOnlyWorksheet, value: Cell, *, is_head: bool = False) -> XlsxCell:
    cell = WriteOnlyCell(sheet, value=None)
    cell.value = defused(value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
    if is_head:
        cell.font = Font(bold=True)
    return cell
