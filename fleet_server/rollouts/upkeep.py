"""Maintenance windows of courts, and assets in quarantine, over the API."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from fleet_server.access.model import Caller
from fleet_server.entrance import CallerNow, Now, PartsNow
from fleet_server.errors import NotAllowed
from fleet_server.rollouts import quarantine, windows
from fleet_server.rollouts.api import Quarantine, QuarantinedOut, WeekWindowIO, WindowsIO
from fleet_server.rollouts.model import Window

router = APIRouter(prefix="/api/v1", tags=["rollouts"])

Court = Annotated[str, Query(max_length=80)]


@router.get("/maintenance-windows", operation_id="show_maintenance_windows")
def show_maintenance_windows(
    caller: CallerNow, parts: PartsNow, court: Court = windows.FLEET
) -> WindowsIO:
    """When a court's assets may be worked on; without a court: the fleet's."""
    if court and not caller.sees(court):
        raise NotAllowed("foreign_court", court=court)
    with parts.database.reading() as session:
        found = windows.all_of(session).get(court, ())
    return WindowsIO(
        items=[
            WeekWindowIO(
                days=list(one.days), from_minute=one.from_minute, until_minute=one.until_minute
            )
            for one in found
        ]
    )


@router.put("/maintenance-windows", operation_id="put_maintenance_windows")
def put_maintenance_windows(
    body: WindowsIO, caller: CallerNow, parts: PartsNow, now: Now, court: Court = windows.FLEET
) -> WindowsIO:
    """Change them; rollouts under way heed them at once."""
    _check_may_change(caller, court)
    wanted = [Window(tuple(one.days), one.from_minute, one.until_minute) for one in body.items]
    with parts.database.unit(caller, now) as unit:
        windows.put(unit, court, wanted)
    return show_maintenance_windows(caller, parts, court)


@router.get("/quarantine", operation_id="list_quarantine")
def list_quarantine(caller: CallerNow, parts: PartsNow) -> Quarantine:
    """Assets that failed so often in a row that rollouts leave them out."""
    with parts.database.reading() as session:
        found = quarantine.page(session, caller)
    return Quarantine(
        items=[QuarantinedOut.model_validate(one, from_attributes=True) for one in found]
    )


@router.delete("/quarantine/{asset}", operation_id="release_asset", status_code=204)
def release_asset(
    asset: str,
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    why: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Let rollouts have the asset again."""
    with parts.database.unit(caller, now) as unit:
        quarantine.release(unit, asset, why)
    return Response(status_code=204)


def _check_may_change(caller: Caller, court: str) -> None:
    if court and not caller.sees(court):
        raise NotAllowed("foreign_court", court=court)
    if not court and caller.courts is not None:
        raise NotAllowed("not_whole_fleet")
