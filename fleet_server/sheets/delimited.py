"""CSV as people send it: whatever encoding and separator their program chose."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from fleet_server.errors import Malformed, TooLarge
from fleet_server.sheets.table import MOST_LINES, Cell, SheetRow, defused, text_of

_BOMS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SEPARATORS: Final = ",;\t"


def rows(content: bytes) -> Iterator[SheetRow]:
    """The lines of a file in UTF-8 (BOM or not), UTF-16 or GB18030, cut at `,`, `;` or tab.

    Raises:
        Malformed: no text, or quotes that do not fit.
        TooLarge: it goes on for too many lines.
    """
    text = _decoded(content)
    separator, text = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        line = 1
        for cells in reader:
            if line > MOST_LINES:
                raise TooLarge("too_many_lines", limit=MOST_LINES)
            yield SheetRow(line, cells)
            line = reader.line_num + 1  # a quoted cell may hold line breaks
    except csv.Error as error:
        raise Malformed("sheet_unreadable", problem=str(error)) from error


def _decoded(content: bytes) -> str:
    encodings = [name for mark, name in _BOMS if content.startswith(mark)]
    for encoding in encodings or ["utf-8", "gb18030"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise Malformed("sheet_unreadable", problem="no text")


def _separator(text: str) -> tuple[str, str]:
    """The separator, and the text without Excel's own line `sep=;`."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and first.strip()[4:] in {*_SEPARATORS, ""}:
        return first.rstrip("\r")[4:] or ",", "\n" + rest
    outside = "".join(first.split('"')[::2])  # what stands between quotes separates nothing
    return max(_SEPARATORS, key=outside.count), text


def written(heads: Sequence[str], found: Sequence[Sequence[Cell]]) -> bytes:
    """CSV with commas, CRLF and a BOM, without which Chinese Excel shows no Chinese."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([defused(head) for head in heads])
    for row in found:
        writer.writerow([_text(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _text(value: Cell) -> str:
    text = text_of(value)
    return defused(text) if isinstance(value, str) else text
