"""The devices of an asset that are known so far: those it has reported."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from fleet_server.assets import store as assets
from fleet_server.entrance import CallerNow, PartsNow
from fleet_server.views.live import Values, instant

router = APIRouter(prefix="/api/v1", tags=["readings"])


class DeviceOut(BaseModel):
    """An instrument that an asset has reported, and its newest readings."""

    device: str = Field(examples=["modem0"])
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    metrics: Values


class Devices(BaseModel):
    """In order of name."""

    items: list[DeviceOut]


@router.get("/assets/{asset}/devices", operation_id="list_devices")
def list_devices(asset: str, caller: CallerNow, parts: PartsNow) -> Devices:
    """The devices of an asset, from everything it has reported."""
    with parts.database.reading() as session:
        assets.find(session, caller, asset)
    return Devices(
        items=[
            DeviceOut(
                device=one.device,
                first_seen_at=instant(one.first_at),
                last_seen_at=instant(one.last_at),
                metrics=dict(one.metrics),
            )
            for one in parts.store.devices(asset)
        ]
    )
