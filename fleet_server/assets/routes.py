"""Assets over the API."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from fleet_server.assets import store
from fleet_server.assets.model import Asset, NewAsset
from fleet_server.entrance import CallerNow, Now, PartsNow
from fleet_server.live import Live, shown
from fleet_server.parts import Parts
from telemetry.words import AssetKind

router = APIRouter(prefix="/api/v1", tags=["assets"])


class AssetIn(BaseModel):
    """A new asset. Its id goes into its certificate and never changes."""

    id: str = Field(max_length=80, examples=["veh-001"])
    kind: AssetKind
    name: Annotated[str, Field(max_length=80)] = ""
    court: Annotated[str, Field(min_length=1, max_length=80, pattern="^[^,]+$")]


class AssetsIn(BaseModel):
    """Assets to add, all or none of them."""

    assets: Annotated[list[AssetIn], Field(min_length=1, max_length=1000)]


class AssetOut(BaseModel):
    """An asset and what is known of it now; `live` is null until it was first heard of."""

    id: str
    kind: AssetKind
    name: str
    court: str
    made_at: datetime
    live: Live | None


class AssetPage(BaseModel):
    """Assets in order of id; `next` is the cursor of the page behind, null on the last."""

    items: list[AssetOut]
    next: str | None


class InvitationOut(BaseModel):
    """What to run the agent's `enrol` with: one use, 24 hours. It is not shown again."""

    asset: str
    enrolment_string: str


class Invitations(BaseModel):
    """One invitation an asset, in the order asked for."""

    items: list[InvitationOut]


@router.get("/assets", operation_id="list_assets")
def list_assets(
    caller: CallerNow,
    parts: PartsNow,
    cursor: Annotated[str, Query(max_length=80)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    kind: AssetKind | None = None,
    court: Annotated[str | None, Query(max_length=80)] = None,
) -> AssetPage:
    """Assets of the caller's courts, with their live views."""
    with parts.database.reading() as session:
        found = store.page(session, caller, cursor, limit, kind, court)
    return AssetPage(
        items=[asset_out(parts, asset) for asset in found],
        next=found[-1].id if len(found) == limit else None,
    )


@router.post("/assets", operation_id="add_assets", status_code=201)
def add_assets(body: AssetsIn, caller: CallerNow, parts: PartsNow, now: Now) -> Invitations:
    """Add assets and invite each to enrol."""
    items = []
    with parts.database.unit(caller, now) as unit:
        for new in body.assets:
            asset = store.add(unit, NewAsset(new.id, new.kind, new.name, new.court))
            string = parts.enrolment.invite(unit, asset.id, asset.court)
            items.append(InvitationOut(asset=asset.id, enrolment_string=string))
    return Invitations(items=items)


@router.get("/assets/{asset}", operation_id="show_asset")
def show_asset(asset: str, caller: CallerNow, parts: PartsNow) -> AssetOut:
    """One asset."""
    with parts.database.reading() as session:
        return asset_out(parts, store.find(session, caller, asset))


@router.post("/assets/{asset}/invitations", operation_id="invite_asset", status_code=201)
def invite_asset(asset: str, caller: CallerNow, parts: PartsNow, now: Now) -> InvitationOut:
    """A new enrolment string for an asset; an unused one from before is withdrawn."""
    with parts.database.unit(caller, now) as unit:
        found = store.find(unit.session, caller, asset)
        string = parts.enrolment.invite(unit, found.id, found.court)
    return InvitationOut(asset=asset, enrolment_string=string)


def asset_out(parts: Parts, asset: Asset) -> AssetOut:
    """An asset as the API gives it."""
    view = parts.intake.views().get(asset.id)
    return AssetOut(
        id=asset.id,
        kind=asset.kind,
        name=asset.name,
        court=asset.court,
        made_at=asset.made_at,
        live=None if view is None else shown(view),
    )
