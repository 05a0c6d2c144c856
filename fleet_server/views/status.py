"""The server's own state, and the description of its API."""

from datetime import datetime
from importlib.metadata import version

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from fleet_server.assets import store as assets
from fleet_server.entrance import CallerNow, Now, PartsNow
from fleet_server.intake.model import Presence
from fleet_server.openapi import described
from fleet_server.parts import Parts

router = APIRouter(prefix="/api/v1", tags=["status"])


class BrokerOut(BaseModel):
    """The broker that this server runs."""

    port: int
    is_running: bool
    restarts: int
    oversized: int


class MirrorOut(BaseModel):
    """The InfluxDB mirror: reports still to be copied, points refused, and what is wrong now."""

    behind: int
    refused: int
    error: str


class IntakeOut(BaseModel):
    """What intake did since the server started, all courts together."""

    messages: int
    reports: int
    events: int
    stored: int
    applied: int
    duplicates_ignored: int
    unreadable: int
    held: int
    elsewhere: int
    silenced: int
    waiting_messages: int
    waiting_bytes: int
    set_aside: dict[str, int]
    refused: dict[str, int]


class StatusOut(BaseModel):
    """One server, and how many of the caller's assets are live."""

    version: str
    demo: bool
    started_at: datetime
    at: datetime
    assets: int
    live: int
    reports_per_minute: float
    intake: IntakeOut
    broker: BrokerOut | None
    mirror: MirrorOut | None


@router.get("/status", operation_id="read_status")
def read_status(caller: CallerNow, parts: PartsNow, now: Now) -> StatusOut:
    """How the server does."""
    with parts.database.reading() as session:
        seen = assets.courts(session, caller)
    views = [view for name, view in parts.intake.views().items() if name in seen]
    broker = parts.broker
    return StatusOut(
        version=version("courtfleet"),
        demo=parts.settings.demo,
        started_at=parts.started_at,
        at=now,
        assets=len(seen),
        live=sum(view.presence is Presence.ONLINE for view in views),
        reports_per_minute=round(sum(view.reports_per_minute for view in views), 1),
        intake=IntakeOut.model_validate(parts.intake.counts(), from_attributes=True),
        broker=None
        if broker is None
        else BrokerOut(
            port=broker.port,
            is_running=broker.pid is not None,
            restarts=broker.restarts,
            oversized=broker.oversized,
        ),
        mirror=_mirror(parts),
    )


def _mirror(parts: Parts) -> MirrorOut | None:
    status = parts.mirroring.status if parts.mirroring is not None else None
    if status is None:
        return None
    return MirrorOut(behind=status.behind, refused=status.refused, error=status.error)


@router.get("/openapi.json", operation_id="read_openapi")
def read_openapi(request: Request) -> JSONResponse:
    """This API in OpenAPI's words, for generated clients."""
    return JSONResponse(described(request.app))
