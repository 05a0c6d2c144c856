"""Assets over the API."""

from typing import Annotated

from fastapi import APIRouter, Query

from fleet_server.assets import store
from fleet_server.assets.api import (
    AssetIn,
    AssetOut,
    AssetPage,
    AssetsIn,
    ChangeIn,
    InvitationOut,
    Invitations,
    PlaceIO,
    TagsIn,
)
from fleet_server.assets.model import Asset, Change, NewAsset
from fleet_server.assets.store import Retired
from fleet_server.enrolment import qr
from fleet_server.enrolment.store import Invited
from fleet_server.entrance import CallerNow, Now, PartsNow
from fleet_server.parts import Parts
from fleet_server.views.live import shown
from telemetry.words import AssetKind

router = APIRouter(prefix="/api/v1", tags=["assets"])


@router.get("/assets", operation_id="list_assets")
def list_assets(
    caller: CallerNow,
    parts: PartsNow,
    cursor: Annotated[str, Query(max_length=80)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    kind: AssetKind | None = None,
    court: Annotated[str | None, Query(max_length=80)] = None,
    retired: Retired = Retired.EXCLUDE,
    tag: Annotated[str | None, Query(max_length=32)] = None,
) -> AssetPage:
    """Assets of the caller's courts, with their live views."""
    with parts.database.reading() as session:
        found = store.page(session, caller, cursor, limit, kind, court, retired, tag)
    return AssetPage(
        items=[asset_out(parts, asset) for asset in found],
        next=found[-1].id if len(found) == limit else None,
    )


@router.post("/assets", operation_id="add_assets", status_code=201)
def add_assets(body: AssetsIn, caller: CallerNow, parts: PartsNow, now: Now) -> Invitations:
    """Add assets and invite each to enrol."""
    with parts.database.unit(caller, now) as unit:
        items = [
            parts.enrolment.invite(unit, asset.id, asset.court)
            for asset in [store.add(unit, _new(one)) for one in body.assets]
        ]
    return Invitations(items=[invitation_out(one) for one in items])


@router.get("/assets/{asset}", operation_id="show_asset")
def show_asset(asset: str, caller: CallerNow, parts: PartsNow) -> AssetOut:
    """One asset, retired or not."""
    with parts.database.reading() as session:
        return asset_out(parts, store.find(session, caller, asset))


@router.patch("/assets/{asset}", operation_id="change_asset")
def change_asset(
    asset: str, body: ChangeIn, caller: CallerNow, parts: PartsNow, now: Now
) -> AssetOut:
    """Change name, plate, note, home or all of its tags."""
    wish = Change(
        name=body.name,
        plate=body.plate,
        note=body.note,
        home=None if body.home is None else body.home.place(),
        clears_home="home" in body.model_fields_set and body.home is None,
        tags=None if body.tags is None else tuple(body.tags),
    )
    with parts.database.unit(caller, now) as unit:
        return asset_out(parts, store.change(unit, asset, wish))


@router.post("/assets/{asset}/tags", operation_id="tag_asset")
def tag_asset(asset: str, body: TagsIn, caller: CallerNow, parts: PartsNow, now: Now) -> AssetOut:
    """Add and remove tags, whatever others it has."""
    with parts.database.unit(caller, now) as unit:
        return asset_out(parts, store.tag(unit, asset, body.add, body.remove))


@router.post("/assets/{asset}/invitations", operation_id="invite_asset", status_code=201)
def invite_asset(asset: str, caller: CallerNow, parts: PartsNow, now: Now) -> InvitationOut:
    """A new enrolment string for an asset; an unused one from before is withdrawn."""
    with parts.database.unit(caller, now) as unit:
        found = store.in_use(unit, asset)
        return invitation_out(parts.enrolment.invite(unit, found.id, found.court))


def asset_out(parts: Parts, asset: Asset) -> AssetOut:
    """An asset as the API gives it."""
    view = parts.intake.view(asset.id)
    home = asset.home
    return AssetOut(
        id=asset.id,
        kind=asset.kind,
        name=asset.name,
        court=asset.court,
        plate=asset.plate,
        note=asset.note,
        home=None
        if home is None
        else PlaceIO(
            latitude_degrees=home.latitude_degrees, longitude_degrees=home.longitude_degrees
        ),
        made_at=asset.made_at,
        retired_at=asset.retired_at,
        tags=list(asset.tags),
        live=None if view.seen_at is None else shown(view),
    )


def invitation_out(made: Invited) -> InvitationOut:
    """An invitation as the API gives it."""
    return InvitationOut(
        asset=made.asset,
        enrolment_string=made.string,
        command=made.command,
        qr_svg=qr.svg(made.string),
        expires_at=made.expires_at,
    )


def _new(one: AssetIn) -> NewAsset:
    home = None if one.home is None else one.home.place()
    tags = tuple(one.tags)
    return NewAsset(one.id, one.kind, one.name, one.court, one.plate, one.note, home, tags)
