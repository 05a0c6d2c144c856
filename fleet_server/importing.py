"""Routes to assets in spreadsheets: preview, import, export, and an empty sheet to begin with."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.orm import Session

from fleet_server.access.model import Caller
from fleet_server.assets import store as assets
from fleet_server.assets.model import Asset
from fleet_server.assets.store import Retired
from fleet_server.basemap.rules import to_wgs84
from fleet_server.courts import rules as court_rules
from fleet_server.courts import store as courts
from fleet_server.entrance import CallerNow, Now, PartsNow, language_of
from fleet_server.errors import Conflict, TooLarge
from fleet_server.imports import planner, rules
from fleet_server.imports.api import (
    ColumnOut,
    CountsOut,
    FieldChangeOut,
    ImportedOut,
    PreviewOut,
    ProblemOut,
    RowOut,
)
from fleet_server.imports.model import Column, Plan, Problem, Verdict
from fleet_server.sentences import say
from fleet_server.sheets import answer, reading
from fleet_server.sheets.answer import Format
from fleet_server.sheets.table import MOST_BYTES, Cell, SheetRow

router = APIRouter(prefix="/api/v1", tags=["import"])

_PAGE: Final = 1000
_BODY: Final = {
    "requestBody": {
        "required": True,
        "description": "The file itself: xlsx, or CSV in UTF-8, UTF-16 or GB18030",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


async def uploaded(request: Request) -> bytes:
    """The body, as far as it may be.

    Raises:
        TooLarge: it goes on; the rest is not read.
    """
    parts = bytearray()
    async for chunk in request.stream():
        parts += chunk
        if len(parts) > MOST_BYTES:
            raise TooLarge("body_too_large", limit=MOST_BYTES)
    return bytes(parts)


Uploaded = Annotated[bytes, Depends(uploaded)]
FileName = Annotated[str, Query(max_length=200, examples=["资产.xlsx"])]


@router.post("/assets/import/preview", operation_id="preview_import", openapi_extra=_BODY)
def preview_import(
    content: Uploaded, caller: CallerNow, parts: PartsNow, request: Request, filename: FileName = ""
) -> PreviewOut:
    """What a file would do, row by row. Changes nothing."""
    rows = reading.rows(content)
    with parts.database.reading() as session:
        made = _planned(session, caller, rows)
    return _shown(made, language_of(request))


@router.post("/assets/import", operation_id="apply_import", openapi_extra=_BODY)
def apply_import(
    content: Uploaded,
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    digest: Annotated[str, Query(max_length=64)],
    filename: FileName = "",
) -> ImportedOut:
    """Do what was previewed, all of it or nothing; refused rows are left out, none is deleted."""
    rows = reading.rows(content)
    with parts.database.unit(caller, now) as unit:
        made = _planned(unit.session, caller, rows)
        if made.digest != digest:
            raise Conflict("import_differs")
        planner.carry_out(unit, made, PurePath(filename).name[:200])
    done = {Verdict.NEW, Verdict.CHANGED}
    items = [step.asset for step in made.steps if step.verdict in done]
    return ImportedOut(counts=_counts(made), items=items)


@router.get("/assets/export", operation_id="export_assets", response_class=Response)
def export_assets(
    caller: CallerNow,
    parts: PartsNow,
    request: Request,
    format: Annotated[Format, Query()] = "xlsx",
    retired: Retired = Retired.EXCLUDE,
    asset: Annotated[list[str] | None, Query(max_length=1000)] = None,
) -> Response:
    """The caller's assets, or those named, as a file that the import takes back."""
    language = language_of(request)
    found: list[Asset] = []
    with parts.database.reading() as session:
        chosen = None if asset is None else set(assets.visible(session, caller, asset))
        while page := assets.page(
            session, caller, found[-1].id if found else "", _PAGE, retired=retired
        ):
            found += page
    rows = [_cells(one, language) for one in found if chosen is None or one.id in chosen]
    return answer.as_file(_heads(language), rows, format, "courtfleet-assets")


@router.get("/assets/template", operation_id="import_template", response_class=Response)
def import_template(
    caller: CallerNow, request: Request, format: Annotated[Format, Query()] = "xlsx"
) -> Response:
    """An empty sheet with the headings that the import understands."""
    language = language_of(request)
    return answer.as_file(_heads(language), [], format, "courtfleet-assets-template")


def _planned(session: Session, caller: Caller, rows: Sequence[SheetRow]) -> Plan:
    known = frozenset(courts.names(session))
    others = rules.Understanding(
        court=lambda text: court_rules.meant(text, known), from_gcj02=to_wgs84
    )
    return planner.plan(session, caller, rows, others)


def _heads(language: str) -> list[str]:
    return [rules.HEADS[column][language == "zh-CN"] for column in Column]


def _cells(asset: Asset, language: str) -> list[Cell]:
    home = asset.home
    return [
        asset.id,
        say(f"kind_{asset.kind}", language),
        asset.name,
        asset.court,
        asset.plate,
        asset.note,
        " ".join(asset.tags),
        None if home is None else home.latitude_degrees,
        None if home is None else home.longitude_degrees,
        None if home is None else "WGS-84",
    ]


def _counts(made: Plan) -> CountsOut:
    return CountsOut(**{str(verdict): count for verdict, count in made.counts().items()})


def _told(problem: Problem, language: str) -> str:
    """The problem in a sentence, its own words of ours translated too."""
    facts = dict(problem.facts)
    if "field" in facts:
        facts["field"] = rules.HEADS[Column(str(facts["field"]))][language == "zh-CN"]
    if problem.code == "kind_fixed":
        facts["kind"] = say(f"kind_{facts['kind']}", language)
    return say(problem.code, language, **facts)


def _shown(made: Plan, language: str) -> PreviewOut:
    return PreviewOut(
        digest=made.digest,
        columns=[ColumnOut(heading=one.heading, field=one.field) for one in made.columns],
        rows=[
            RowOut(
                line=step.line,
                asset=step.asset,
                verdict=step.verdict,
                changes=[
                    FieldChangeOut(field=one.field, before=one.before, after=one.after)
                    for one in step.changes
                ],
                problems=[
                    ProblemOut(code=one.code, detail=_told(one, language)) for one in step.problems
                ],
            )
            for step in made.steps
        ],
        counts=_counts(made),
    )
