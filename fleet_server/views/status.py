"""The server's own state, and the description of its API."""

from importlib.metadata import version

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from fleet_server.assets import store as assets
from fleet_server.entrance import CallerNow, Now, PartsNow
from fleet_server.intake.model import Presence
from fleet_server.openapi import described
from fleet_server.parts import Parts
from fleet_server.views.api import BrokerOut, IntakeOut, MirrorOut, StatusOut

router = APIRouter(prefix="/api/v1", tags=["status"])


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
