"""Certificates for simulated assets; only a demo server gives them."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from fleet_server.assets import store as assets
from fleet_server.assets.model import AssetRow, NewAsset, Place
from fleet_server.entrance import CallerNow, Now, PartsNow
from fleet_server.errors import NotAllowed
from telemetry.words import AssetKind

router = APIRouter(prefix="/api/v1/simulation", tags=["simulation"])


class Home(BaseModel):
    """Where an asset belongs, WGS-84, degrees."""

    latitude_degrees: Annotated[float, Field(ge=-90, le=90)]
    longitude_degrees: Annotated[float, Field(ge=-180, le=180)]


class SimulatedAsset(BaseModel):
    """An asset that is pretended, with a signing request (PEM) for its certificate."""

    id: str = Field(max_length=80, examples=["veh-001"])
    kind: AssetKind
    name: Annotated[str, Field(max_length=80)] = ""
    court: Annotated[str, Field(min_length=1, max_length=80, pattern="^[^,]+$")]
    plate: Annotated[str, Field(max_length=20)] = ""
    home: Home | None = None
    csr: Annotated[str, Field(max_length=4096)]


class SimulatedAssets(BaseModel):
    """Assets to add; one that exists gets a further certificate."""

    assets: Annotated[list[SimulatedAsset], Field(min_length=1, max_length=1000)]


class Certified(BaseModel):
    """What an agent needs to connect; the same as `EnrolAnswer` of the enrolment listener."""

    asset: str
    certificate: str
    ca: str
    broker_host: str
    broker_port: int
    signing_key: str


class CertifiedAssets(BaseModel):
    """One entry an asset, in the order asked for."""

    items: list[Certified]


@router.post("/assets", operation_id="certify_simulated_assets", status_code=201)
def certify_simulated_assets(
    body: SimulatedAssets, caller: CallerNow, parts: PartsNow, now: Now
) -> CertifiedAssets:
    """Add simulated assets with their certificates at once, without enrolment strings."""
    if not parts.authority.simulated:
        raise NotAllowed("not_a_demo_server")
    items = []
    with parts.database.unit(caller, now) as unit:
        for new in body.assets:
            if unit.session.get(AssetRow, new.id) is None:
                assets.add(unit, _new(new))
            row = unit.session.get_one(AssetRow, new.id)
            answer = parts.enrolment.certify(unit, row, new.csr)
            items.append(Certified.model_validate(answer, from_attributes=True))
    parts.revocation.admit([item.asset for item in items])
    return CertifiedAssets(items=items)


def _new(one: SimulatedAsset) -> NewAsset:
    home = one.home
    place = None if home is None else Place(home.latitude_degrees, home.longitude_degrees)
    return NewAsset(one.id, one.kind, one.name, one.court, plate=one.plate, home=place)
