"""The versions of a document for one scope: what it was before, to look at and to put back."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, JsonValue, TypeAdapter

from fleet_server.assets import store as assets
from fleet_server.documents import contents, scopes, store
from fleet_server.documents.desired import CourtName, Named, OfKind, check_sees, wide
from fleet_server.entrance import CallerNow, PartsNow
from fleet_server.parts import Parts
from telemetry.words import Document

router = APIRouter(prefix="/api/v1", tags=["documents"])

_JSON: Final[TypeAdapter[JsonValue]] = TypeAdapter(JsonValue)

Cursor = Annotated[int | None, Query(ge=0)]
Limit = Annotated[int, Query(ge=1, le=100)]


class VersionOut(BaseModel):
    """One version, without secrets; `note` is why it was made."""

    version: int = Field(examples=[7])
    made_at: datetime
    who: str = Field(examples=["admin"])
    note: str = Field(examples=["新打印机"])
    content: JsonValue


class Versions(BaseModel):
    """Made for this very scope, newest first; `next` is the cursor of the page behind.

    To put one back, send its content as a new version: versions only grow.
    """

    items: list[VersionOut]
    next: int | None


@router.get("/documents/{name}/versions", operation_id="list_fleet_versions")
def list_fleet_versions(
    name: Named,
    caller: CallerNow,
    parts: PartsNow,
    kind: OfKind = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Versions:
    """What was made for all assets, or all of a kind."""
    return _listed(parts, name, wide(kind), cursor, limit)


@router.get("/courts/{court}/documents/{name}/versions", operation_id="list_court_versions")
def list_court_versions(
    court: CourtName,
    name: Named,
    caller: CallerNow,
    parts: PartsNow,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Versions:
    """What was made for the assets of a court."""
    check_sees(caller, court)
    return _listed(parts, name, scopes.of_court(court), cursor, limit)


@router.get("/assets/{asset}/documents/{name}/versions", operation_id="list_asset_versions")
def list_asset_versions(
    asset: str,
    name: Named,
    caller: CallerNow,
    parts: PartsNow,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Versions:
    """What was made for one asset alone."""
    with parts.database.reading() as session:
        assets.find(session, caller, asset)
    return _listed(parts, name, asset, cursor, limit)


def _listed(parts: Parts, name: Named, scope: str, cursor: int | None, limit: int) -> Versions:
    document = Document(name)
    with parts.database.reading() as session:
        found = store.versions(session, name, scope, cursor, limit)
    return Versions(
        items=[
            VersionOut(
                version=one.version,
                made_at=one.made_at,
                who=one.who,
                note=one.note,
                content=_JSON.validate_json(contents.shown(document, one.body)),
            )
            for one in found
        ],
        next=found[-1].version if len(found) == limit else None,
    )
