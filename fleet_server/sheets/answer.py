"""A table as the answer to a request."""

from collections.abc import Sequence
from typing import Literal
from urllib.parse import quote

from fastapi import Response

from fleet_server.sheets import delimited
from fleet_server.sheets.table import Cell

Format = Literal["csv", "xlsx"]
_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def as_file(
    heads: Sequence[str], rows: Sequence[Sequence[Cell]], format: Format, name: str
) -> Response:
    """A download called `name`, with its number of rows in `x-courtfleet-rows`."""
    if format == "csv":
        content = delimited.written(heads, rows)
    else:
        from fleet_server.sheets import workbook  # Excel's library takes a while to load

        content = workbook.written(heads, rows, "Courtfleet")
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}.{format}",
        "x-courtfleet-rows": str(len(rows)),
        "cache-control": "no-store",
    }
    return Response(content, media_type=_KINDS[format], headers=headers)
