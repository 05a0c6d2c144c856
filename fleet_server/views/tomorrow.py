"""Who was asked to check itself for tomorrow, and what came of it."""

from fastapi import APIRouter, Request

from fleet_server.entrance import CallerNow, Now, PartsNow, language_of
from fleet_server.sentences.waking import STATES
from fleet_server.views.api import Tomorrow, WokenOut
from telemetry.sentences.telling import tell

router = APIRouter(prefix="/api/v1", tags=["readiness"])


@router.get("/readiness/tomorrow", operation_id="show_tomorrow")
def show_tomorrow(caller: CallerNow, parts: PartsNow, now: Now, request: Request) -> Tomorrow:
    """The caller's assets that were asked for a wake-up check, and what came of it."""
    language = language_of(request)
    now_ms = round(now.timestamp() * 1000)
    items = []
    for asset, woken in parts.waking.tomorrow(caller, now):
        profile, _ = parts.readiness.documents(asset.id)
        items.append(
            WokenOut(
                asset=asset.id,
                kind=asset.kind,
                name=asset.name,
                court=asset.court,
                state=woken.state,
                word=STATES[woken.state].said(language),
                broken=[tell(one, profile, language, now_ms).reason for one in woken.broken],
                services=list(woken.ask.services),
                asked_at=woken.ask.asked_at,
                use_at=woken.ask.use_at,
                checked_at=woken.checked_at,
            )
        )
    return Tomorrow(items=items)
