"""Sheets come back as they were written, and whatever people's programs made can be read."""

import csv
import io
import zipfile
from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.formula import ArrayFormula

from fleet_server.errors import FleetError, Malformed, TooLarge
from fleet_server.sheets import delimited, reading, workbook
from fleet_server.sheets.table import MOST_BYTES, MOST_LINES, Cell, defused, restored, text_of

# What people can type into a cell and both formats can hold.
TEXTS = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"], include_characters="\n\t"),
    min_size=1,
    max_size=20,
).filter(lambda text: text == text.strip())
DANGEROUS = st.tuples(st.sampled_from(["=", "+", "-", "@", "'=", "''@"]), TEXTS).map("".join)
TABLES = st.lists(st.lists(TEXTS | DANGEROUS, min_size=3, max_size=3), min_size=1, max_size=5)


def _read(content: bytes) -> list[list[str]]:
    return [[restored(cell) for cell in row.cells] for row in reading.rows(content)]


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_csv_gives_back_every_text(table: list[list[str]]) -> None:
    heads, *rows = table

    assert _read(delimited.written(heads, rows)) == table


@settings(max_examples=15, deadline=None)
@given(TABLES)
def test_xlsx_gives_back_every_text(table: list[list[str]]) -> None:
    heads, *rows = table

    assert _read(workbook.written(heads, rows, "x")) == table


@given(TEXTS | DANGEROUS)
def test_no_written_text_is_a_formula(text: str) -> None:
    written = defused(text)

    assert written[0] not in "=+-@\t\r"
    assert restored(written) == text


def test_a_written_text_is_no_formula_in_xlsx_either() -> None:
    content = workbook.written(["a"], [["=1+1"], ["@SUM(A1)"]], "x")

    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert [cell.data_type for row in sheet.iter_rows() for cell in row] == ["s", "s", "s"]


def test_a_formula_in_a_file_is_its_text_and_never_its_result() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "head"
    sheet["A2"] = "=1+1"
    sheet["A3"] = ArrayFormula("A3:A3", "=SUM(1,2)")
    out = io.BytesIO()
    book.save(out)

    assert [row.cells for row in reading.rows(out.getvalue())] == [
        ["head"],
        ["=1+1"],
        ["=SUM(1,2)"],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_whatever_a_program_saved_as_csv_is_read(encoding: str, separator: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    table = [["资产编号", "名称"], ["veh-001", f'有 " {separator} 和\n换行']]
    writer.writerows(table)

    assert _read(out.getvalue().encode(encoding)) == table


def test_excels_own_separator_line_is_understood() -> None:
    assert _read(b"sep=;\r\na;b,c\r\n1;2\r\n") == [["a", "b,c"], ["1", "2"]]


def test_line_numbers_are_those_of_the_file() -> None:
    rows = reading.rows(b'a,b\n\n"two\nlines",x\nlast,y\n')

    assert [row.line for row in rows] == [1, 3, 5]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (1001.0, "1001"),
        (1001, "1001"),
        (0.1, "0.1"),
        (106.5407123, "106.5407123"),
        (True, "true"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1), "2026-03-01"),  # noqa: DTZ001  # a sheet knows no zone
        (datetime(2026, 3, 1, 8, 30), "2026-03-01 08:30:00"),  # noqa: DTZ001  # as above
        (time(8, 30), "08:30:00"),
    ],
)
def test_a_cell_reads_as_people_type_it(value: Cell, text: str) -> None:
    assert text_of(value) == text


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _book(sheet: bytes, strings: bytes | None = None) -> bytes:
    """A workbook whose first sheet is this XML."""
    book = Workbook()
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["xl/worksheets/sheet1.xml"] = sheet
    if strings is not None:
        files["xl/sharedStrings.xml"] = strings
    return _zip(files)


_LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 9)
)
_BILLION = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">' + _LAUGHS + b"]>"
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>&l8;</t></is></c></row></sheetData></worksheet>'
)
_NO_END = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    + b"".join(
        b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (line, line)
        for line in range(1, MOST_LINES + 3)
    )
    + b"</sheetData></worksheet>"
)


@pytest.mark.parametrize(
    ("content", "error", "code"),
    [
        (b"x" * (MOST_BYTES + 1), TooLarge, "body_too_large"),
        (_zip({"bomb": bytes(100_000_000)}), TooLarge, "sheet_too_large"),
        (_zip({f"{n}": b"" for n in range(3000)}), TooLarge, "sheet_too_large"),
        (_zip({"a": b"b"}), Malformed, "sheet_unreadable"),
        (b"PK\x03\x04 cut", Malformed, "sheet_unreadable"),
        (_book(_BILLION), Malformed, "sheet_unreadable"),
        (_book(b"<worksheet><unclosed>"), Malformed, "sheet_unreadable"),
        (_book(_NO_END), TooLarge, "too_many_lines"),
        (b"\n" * (MOST_LINES + 2), TooLarge, "too_many_lines"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Malformed, "sheet_old_format"),
        (b"\x00\x01\x02\x03", Malformed, "sheet_unreadable"),
        (b"\xff\xff\xff", Malformed, "sheet_unreadable"),
        (b'a,b\n"never closed', Malformed, "sheet_unreadable"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else str(value),
)
def test_what_cannot_be_a_sheet_is_refused_in_words(
    content: bytes, error: type[FleetError], code: str
) -> None:
    with pytest.raises(error) as refused:
        reading.rows(content)

    assert refused.value.code == code


@given(st.binary(max_size=300))
def test_whatever_the_bytes_a_file_is_read_or_refused(content: bytes) -> None:
    try:
        rows = reading.rows(content)
    except FleetError:
        return

    assert all(any(row.cells) for row in rows)
