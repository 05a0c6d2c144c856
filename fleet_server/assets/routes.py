"""Assets over the API."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, StringConstraints

from fleet_server.assets import store
from fleet_server.assets.model import Asset, Change, NewAsset, Place
from fleet_server.assets.store import Retired
from fleet_server.enrolment import qr
from fleet_server.enrolment.store import Invited
from fleet_server.entrance import CallerNow, Now, PartsNow
from fleet_server.parts import Parts
from fleet_server.views.live import Live, shown
from telemetry.words import AssetKind

router = APIRouter(prefix="/api/v1", tags=["assets"])

Plain = r"^[^\x00-\x1f\x7f]*$"
"""What stands on one line: no control characters."""

Trimmed = StringConstraints(strip_whitespace=True)
Name = Annotated[str, Trimmed, Field(max_length=80, pattern=Plain, examples=["车载便民法庭 1"])]
Plate = Annotated[str, Trimmed, Field(max_length=20, pattern=Plain, examples=["渝DEMO01"])]
Note = Annotated[str, Trimmed, Field(max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
CourtName = Annotated[
    str, Trimmed, Field(min_length=1, max_length=80, pattern=r"^[^,/\x00-\x1f\x7f]+$")
]
"""A court's name; commas separate the courts of an account, a slash ends a path."""


class PlaceIO(BaseModel):
    """A place in WGS-84, degrees."""

    latitude_degrees: Annotated[float, Field(ge=-90, le=90, examples=[29.3825])]
    longitude_degrees: Annotated[float, Field(ge=-180, le=180, examples=[106.5407])]

    def place(self) -> Place:
        return Place(self.latitude_degrees, self.longitude_degrees)


class AssetIn(BaseModel):
    """A new asset. Its id goes into its certificate and never changes."""

    id: str = Field(max_length=80, examples=["veh-001"])
    kind: AssetKind
    name: Name = ""
    court: CourtName
    plate: Plate = ""
    note: Note = ""
    home: PlaceIO | None = None


class AssetsIn(BaseModel):
    """Assets to add, all or none of them."""

    assets: Annotated[list[AssetIn], Field(min_length=1, max_length=1000)]


class ChangeIn(BaseModel):
    """What is to be changed; what is left out stays. `home` null takes the home away."""

    name: Name | None = None
    plate: Plate | None = None
    note: Note | None = None
    home: PlaceIO | None = None


class AssetOut(BaseModel):
    """An asset and what is known of it now; `live` is null until it was first heard of."""

    id: str = Field(examples=["veh-001"])
    kind: AssetKind
    name: str = Field(examples=["车载便民法庭 1"])
    court: str = Field(examples=["重庆市巴南区人民法院"])
    plate: str = Field(examples=["渝DEMO01"])
    note: str
    home: PlaceIO | None
    made_at: datetime
    retired_at: datetime | None
    live: Live | None


class AssetPage(BaseModel):
    """Assets in order of id; `next` is the cursor of the page behind, null on the last."""

    items: list[AssetOut]
    next: str | None


class InvitationOut(BaseModel):
    """What makes a machine the asset: one use, 24 hours. It is not shown again.

    `command` is the line to paste on the machine, `qr_svg` the string as a picture.
    """

    asset: str = Field(examples=["veh-001"])
    enrolment_string: str
    command: str = Field(examples=["courtfleet agent enrol cf1.bG9j...5d2f0c11"])
    qr_svg: str
    expires_at: datetime


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
    retired: Retired = Retired.EXCLUDE,
) -> AssetPage:
    """Assets of the caller's courts, with their live views."""
    with parts.database.reading() as session:
        found = store.page(session, caller, cursor, limit, kind, court, retired)
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
    """Change name, plate, note or home."""
    wish = Change(
        name=body.name,
        plate=body.plate,
        note=body.note,
        home=None if body.home is None else body.home.place(),
        clears_home="home" in body.model_fields_set and body.home is None,
    )
    with parts.database.unit(caller, now) as unit:
        return asset_out(parts, store.change(unit, asset, wish))


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
    return NewAsset(one.id, one.kind, one.name, one.court, one.plate, one.note, home)
