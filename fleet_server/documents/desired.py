"""Profile, catalogue and people over the API: of the fleet, a kind, a court or one asset; and the
day, of one asset.
"""

from datetime import datetime
from enum import StrEnum, unique
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field, JsonValue, TypeAdapter

from fleet_server.access.model import Caller
from fleet_server.assets import store as assets
from fleet_server.documents import contents, scopes, store
from fleet_server.documents.model import Desired
from fleet_server.entrance import CallerNow, Now, PartsNow
from fleet_server.errors import Malformed, NotAllowed
from fleet_server.parts import Parts
from telemetry.words import AssetKind, Document

router = APIRouter(prefix="/api/v1", tags=["documents"])

_JSON: Final[TypeAdapter[JsonValue]] = TypeAdapter(JsonValue)


@unique
class Named(StrEnum):
    """The documents that are asked for by name; `settings` has routes of its own."""

    PROFILE = "profile"
    CATALOGUE = "catalogue"
    PEOPLE = "people"
    DAY = "day"


class DocumentIn(BaseModel):
    """New content, one of the schemas Profile, Catalogue, People and Day.

    `version` is the one it changes, null to overwrite whichever there is. A person's `pin` is 6 to
    12 digits, "set" to leave it as it is, "" to take it away. `dry_run`: only say what it would do.
    `note`: why, for the journal and the list of versions.
    """

    content: JsonValue
    version: Annotated[int | None, Field(ge=0)] = None
    dry_run: bool = False
    note: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class DocumentOut(BaseModel):
    """A desired document; `scope` is where it comes from: "" the fleet, `@kind:` or `@court:` with
    a name, or an asset's id. Version 0: nobody has made one, and the content is an empty one's.

    `assets`: those that a document of the scope asked for reaches, because they have none of a
    narrower one. `held`: the version that the asset asked for says it holds; null when it was not
    heard of, or no single asset was asked for.
    """

    name: Named
    version: int
    scope: str
    content: JsonValue
    made_at: datetime | None
    who: str
    note: str
    assets: list[str]
    held: int | None


CourtName = Annotated[str, Path(min_length=1, max_length=80)]
OfKind = Annotated[AssetKind | None, Query()]


@router.get("/documents/{name}", operation_id="show_fleet_document")
def show_fleet_document(
    name: Named, caller: CallerNow, parts: PartsNow, kind: OfKind = None
) -> DocumentOut:
    """What all assets should hold, or all of a kind, that have nothing narrower."""
    return _shown(parts, caller, name, wide(kind))


@router.put("/documents/{name}", operation_id="put_fleet_document")
def put_fleet_document(
    name: Named,
    body: DocumentIn,
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    kind: OfKind = None,
) -> DocumentOut:
    """Change what all assets should hold, or all of a kind."""
    if caller.courts is not None:
        raise NotAllowed("not_whole_fleet")
    return _put(parts, caller, now, name, wide(kind), None, body)


@router.get("/courts/{court}/documents/{name}", operation_id="show_court_document")
def show_court_document(
    court: CourtName, name: Named, caller: CallerNow, parts: PartsNow
) -> DocumentOut:
    """What the assets of a court should hold that have nothing narrower."""
    check_sees(caller, court)
    return _shown(parts, caller, name, scopes.of_court(court))


@router.put("/courts/{court}/documents/{name}", operation_id="put_court_document")
def put_court_document(
    court: CourtName, name: Named, body: DocumentIn, caller: CallerNow, parts: PartsNow, now: Now
) -> DocumentOut:
    """Change what the assets of a court should hold."""
    check_sees(caller, court)
    return _put(parts, caller, now, name, scopes.of_court(court), court, body)


@router.get("/assets/{asset}/documents/{name}", operation_id="show_asset_document")
def show_asset_document(asset: str, name: Named, caller: CallerNow, parts: PartsNow) -> DocumentOut:
    """What an asset should hold, and what it holds."""
    with parts.database.reading() as session:
        assets.find(session, caller, asset)
    return _shown(parts, caller, name, asset)


@router.put("/assets/{asset}/documents/{name}", operation_id="put_asset_document")
def put_asset_document(
    asset: str, name: Named, body: DocumentIn, caller: CallerNow, parts: PartsNow, now: Now
) -> DocumentOut:
    """Give an asset a document of its own; it is sent until the asset holds it."""
    with parts.database.reading() as session:
        found = assets.find(session, caller, asset)
    return _put(parts, caller, now, name, asset, found.court, body)


def wide(kind: AssetKind | None) -> str:
    return scopes.FLEET if kind is None else scopes.of_kind(kind)


def check_sees(caller: Caller, court: str) -> None:
    if not caller.sees(court):
        raise NotAllowed("foreign_court", court=court)


def _put(
    parts: Parts,
    caller: Caller,
    now: datetime,
    name: Named,
    scope: str,
    court: str | None,
    body: DocumentIn,
) -> DocumentOut:
    document = Document(name)
    if document is Document.DAY and scopes.is_shared(scope):
        # Each asset has a day of its own as soon as it is asked to wake up.
        raise Malformed("day_of_one_asset")
    present = parts.sender.all_desired.present(scope, name)
    content = contents.read(document, body.content)
    kept = contents.kept(content, present.body if present else None, parts.access.hashed_pin)
    if body.dry_run:
        version = present.version if present else 0
        return _out(parts, caller, name, scope, Desired(name, version, kept, scope, now, caller.id))
    with parts.database.unit(caller, now) as unit:
        store.put(
            unit,
            document,
            scope,
            kept,
            court=court,
            expected=body.version,
            above=parts.sender.highest_held(document),
            note=body.note,
        )
    parts.sender.reload()
    return _shown(parts, caller, name, scope)


def _shown(parts: Parts, caller: Caller, name: Named, scope: str) -> DocumentOut:
    return _out(parts, caller, name, scope, parts.sender.all_desired.present(scope, name))


def _out(
    parts: Parts, caller: Caller, name: Named, scope: str, found: Desired | None
) -> DocumentOut:
    desired = parts.sender.all_desired
    document = Document(name)
    body = found.body if found else contents.EMPTY
    held = None if scopes.is_shared(scope) else parts.sender.held(scope)
    return DocumentOut(
        name=name,
        version=found.version if found else 0,
        scope=found.scope if found else scopes.FLEET,
        content=_JSON.validate_json(contents.shown(document, body)),
        made_at=found.made_at if found else None,
        who=found.who if found else "",
        note=found.note if found else "",
        assets=[one for one in desired.reached(scope, name) if caller.sees(desired.court_of(one))],
        held=None if held is None else held.get(name, 0),
    )
