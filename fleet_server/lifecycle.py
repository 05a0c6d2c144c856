"""Routes to the life of an asset: its enrolment's progress, move, replace, retire, reinstate."""

from datetime import datetime, timedelta
from typing import Final

from fastapi import APIRouter
from fastapi import Request as HttpRequest

from fleet_server.assets import lifecycle, store
from fleet_server.assets.api import (
    AssetOut,
    EnrolmentOut,
    InvitationOut,
    MoveIn,
    RefusalOut,
    RetireIn,
    WhyIn,
)
from fleet_server.assets.routes import asset_out, invitation_out
from fleet_server.documents import scopes
from fleet_server.documents import store as documents
from fleet_server.enrolment import progress
from fleet_server.enrolment.progress import Progress, State
from fleet_server.entrance import CallerNow, Now, PartsNow, language_of
from fleet_server.parts import Parts
from fleet_server.sentences import say
from fleet_server.views.live import instant
from telemetry.words import Document

router = APIRouter(prefix="/api/v1", tags=["assets"])

_SEARCHES: Final = (timedelta(hours=1), timedelta(days=7))
"""So long after its enrolment an asset's first report is looked for: mostly it comes at once."""


@router.get("/assets/{asset}/enrolment", operation_id="show_enrolment")
def show_enrolment(
    asset: str, caller: CallerNow, parts: PartsNow, now: Now, request: HttpRequest
) -> EnrolmentOut:
    """The steps of an enrolment: invited, tried, enrolled, first report, and what failed."""
    with parts.database.reading() as session:
        store.find(session, caller, asset)
        found = progress.found(session, asset, parts.enrolment.strangers.tried_at, now)
    first = _first_report(parts, asset, found)
    state = State.REPORTING if found.state is State.ENROLLED and first else found.state
    language = language_of(request)
    return EnrolmentOut(
        state=state,
        invited_at=found.invited_at,
        expires_at=found.expires_at,
        tries=found.tries,
        tried_at=found.tried_at,
        refusal=_refusal(asset, found, language),
        enrolled_at=found.enrolled_at,
        first_report_at=first,
    )


@router.post("/assets/{asset}/move", operation_id="move_asset")
def move_asset(asset: str, body: MoveIn, caller: CallerNow, parts: PartsNow, now: Now) -> AssetOut:
    """Give an asset to another court; both read it in the journal."""
    with parts.database.unit(caller, now) as unit:
        moved = store.move(unit, asset, body.court, body.why)
        above = parts.sender.highest_held(Document.PEOPLE)
        documents.reissue(
            unit, Document.PEOPLE, scopes.of_court(moved.court), above=above, court=moved.court
        )
    return asset_out(parts, moved)


@router.post("/assets/{asset}/replace", operation_id="replace_asset", status_code=201)
def replace_asset(
    asset: str, body: WhyIn, caller: CallerNow, parts: PartsNow, now: Now
) -> InvitationOut:
    """Another computer gets the asset's name; what the old one still held is lost with it."""
    with parts.database.unit(caller, now) as unit:
        invited = lifecycle.replace(unit, parts.enrolment, asset, body.why)
    parts.revocation.enforce(asset, now)
    return invitation_out(invited)


@router.post("/assets/{asset}/retire", operation_id="retire_asset")
def retire_asset(
    asset: str, body: RetireIn, caller: CallerNow, parts: PartsNow, now: Now
) -> AssetOut:
    """Retire an asset: it may not connect any more, its history stays."""
    with parts.database.unit(caller, now) as unit:
        retired = lifecycle.retire(unit, asset, body.confirm, body.why)
    parts.revocation.enforce(asset, now)
    return asset_out(parts, retired)


@router.post("/assets/{asset}/reinstate", operation_id="reinstate_asset", status_code=201)
def reinstate_asset(
    asset: str, body: WhyIn, caller: CallerNow, parts: PartsNow, now: Now
) -> InvitationOut:
    """Take a retired asset back into use; a computer has to enrol for it."""
    with parts.database.unit(caller, now) as unit:
        return invitation_out(lifecycle.reinstate(unit, parts.enrolment, asset, body.why))


def _refusal(asset: str, found: Progress, language: str) -> RefusalOut | None:
    if not found.refusal:
        return None
    detail = say(found.refusal, language, asset=asset, problem="")
    return RefusalOut(code=found.refusal, detail=detail)


def _first_report(parts: Parts, asset: str, found: Progress) -> datetime | None:
    """When the first report since the enrolment arrived; None when none has."""
    enrolled_at = found.enrolled_at
    if enrolled_at is None:
        return None
    since = round(enrolled_at.timestamp() * 1000)
    for span in _SEARCHES:
        until = since + round(span.total_seconds() * 1000)
        row = next(parts.store.rows([asset], since, until), None)
        if row is not None:
            return instant(row.received_at)
    view = parts.intake.view(asset)
    is_newer = view.received_at is not None and view.received_at >= since
    return instant(view.received_at) if is_newer else None
