"""The document `settings` of the fleet and of single assets."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from fleet_server.assets import store as assets
from fleet_server.documents import scopes, store
from fleet_server.entrance import CallerNow, Now, PartsNow
from fleet_server.parts import Parts
from telemetry.words import Document

router = APIRouter(prefix="/api/v1", tags=["documents"])

Seconds = Annotated[float, Field(ge=1, le=86_400)]


class SettingsBody(BaseModel):
    """How an asset reports; the same as `telemetry.wire.documents.Settings`."""

    model_config = ConfigDict(extra="forbid")

    report_moving_seconds: Seconds = 10.0
    report_standing_seconds: Seconds = 10.0
    message_seconds: Seconds = 30.0
    track_fixes: bool = False
    outbox_megabytes: Annotated[int, Field(ge=4, le=65_536)] = 512
    keep_hours: Annotated[float, Field(ge=0, le=24 * 30)] = 24.0


class SettingsIn(BaseModel):
    """New settings; `version` is the one they change, null to overwrite whichever there is."""

    settings: SettingsBody
    version: Annotated[int | None, Field(ge=0)] = None


class SettingsOut(BaseModel):
    """What an asset should hold, and what it says it holds (null: not heard of yet).

    Version 0 is the agent's own default. `own`: made for this asset alone, not for the fleet.
    """

    version: int
    held: int | None
    own: bool
    settings: SettingsBody
    made_at: datetime | None
    who: str


@router.get("/documents/settings", operation_id="show_fleet_settings")
def show_fleet_settings(caller: CallerNow, parts: PartsNow) -> SettingsOut:
    """The settings of all assets that have none of their own."""
    return _shown(parts, scopes.FLEET)


@router.put("/documents/settings", operation_id="put_fleet_settings")
def put_fleet_settings(
    body: SettingsIn, caller: CallerNow, parts: PartsNow, now: Now
) -> SettingsOut:
    """Change the settings of all assets that have none of their own."""
    with parts.database.unit(caller, now) as unit:
        store.put(
            unit,
            Document.SETTINGS,
            scopes.FLEET,
            body.settings.model_dump_json(),
            expected=body.version,
            above=parts.sender.highest_held(Document.SETTINGS),
        )
    parts.sender.reload()
    return _shown(parts, scopes.FLEET)


@router.get("/assets/{asset}/documents/settings", operation_id="show_settings")
def show_settings(asset: str, caller: CallerNow, parts: PartsNow) -> SettingsOut:
    """The settings that an asset should hold, and what it holds."""
    with parts.database.reading() as session:
        assets.find(session, caller, asset)
    return _shown(parts, asset)


@router.put("/assets/{asset}/documents/settings", operation_id="put_settings")
def put_settings(
    asset: str, body: SettingsIn, caller: CallerNow, parts: PartsNow, now: Now
) -> SettingsOut:
    """Give an asset settings of its own; they are sent until it holds them."""
    with parts.database.unit(caller, now) as unit:
        found = assets.find(unit.session, caller, asset)
        store.put(
            unit,
            Document.SETTINGS,
            found.id,
            body.settings.model_dump_json(),
            court=found.court,
            expected=body.version,
            above=parts.sender.highest_held(Document.SETTINGS),
        )
    parts.sender.reload()
    return _shown(parts, asset)


def _shown(parts: Parts, asset: str) -> SettingsOut:
    held = parts.sender.held(asset) if asset != scopes.FLEET else None
    desired = parts.sender.desired(asset).get(Document.SETTINGS)
    return SettingsOut(
        version=desired.version if desired else 0,
        held=held.get(Document.SETTINGS, 0) if held is not None else None,
        own=desired.own if desired else False,
        settings=(SettingsBody.model_validate_json(desired.body) if desired else SettingsBody()),
        made_at=desired.made_at if desired else None,
        who=desired.who if desired else "",
    )
