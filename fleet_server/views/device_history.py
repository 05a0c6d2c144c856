"""What became of one device so far: how it was found, serial numbers, checks."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet_server.assets import store as assets
from fleet_server.entrance import CallerNow, Now, PartsNow, language_of
from fleet_server.instants import to_ms
from fleet_server.intake.model import EventRow
from fleet_server.sentences import say, tellings
from fleet_server.views.live import instant
from telemetry.errors import Unreadable
from telemetry.rules.facts import faults_of
from telemetry.sentences.names import DEVICE_FAULTS, DEVICE_STATES, PLATFORM_STATES
from telemetry.store.port import DeviceChange
from telemetry.wire import events
from telemetry.words import CheckOutcome, DeviceState, PlatformState, word

router = APIRouter(prefix="/api/v1", tags=["readings"])

_TELLING: Final = ("device_changed", "check_done")
_SEPARATOR: Final = {"en": ", ", "zh-CN": "、"}
_MOST_EVENTS: Final = 500
"""So many events are looked through for one page; most of them speak of other devices."""


class DeviceMoment(BaseModel):
    """Something that happened to a device; `what`: `state`, `serial` or `check`.

    `serial` is the number that it told by then, "" where that is not known.
    """

    at: datetime
    what: str = Field(examples=["state"])
    sentence: str = Field(examples=["故障：缺纸。"])
    serial: str = Field(examples=["X3A-0042"])


class DeviceHistory(BaseModel):
    """Newest first; `next` is the cursor of the page behind, null on the last."""

    items: list[DeviceMoment]
    next: int | None


Moment = tuple[int, DeviceMoment]


@router.get("/assets/{asset}/devices/{device}/history", operation_id="list_device_history")
def list_device_history(
    asset: str,
    device: str,
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    request: Request,
    cursor: Annotated[int | None, Query(ge=0)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    days: Annotated[float, Query(gt=0, le=400)] = 90,
) -> DeviceHistory:
    """How a device or platform was found, which serial numbers it had, and how checks went."""
    language = language_of(request)
    since = to_ms(now - timedelta(days=days))
    until = to_ms(now) + 1 if cursor is None else cursor
    with parts.database.reading() as session:
        assets.find(session, caller, asset)
        happened = list(_events(session, asset, device, until, language))
    changes = parts.store.device_changes(asset, since, until, limit + 1, device)
    told = [(one.at, _found(one, language)) for one in changes]
    moments = [one for one in (*told, *happened) if one[0] >= since]
    return _page(sorted(moments, key=lambda moment: -moment[0]), limit)


def _page(moments: list[Moment], limit: int) -> DeviceHistory:
    """The first `limit`, and what else happened at the instant of the last of them."""
    if len(moments) <= limit:
        return DeviceHistory(items=[one for _, one in moments], next=None)
    last = moments[limit - 1][0]
    shown = [one for at, one in moments if at >= last]
    return DeviceHistory(items=shown, next=last if len(shown) < len(moments) else None)


def _found(change: DeviceChange, language: str) -> DeviceMoment:
    state, platform = word(DeviceState, change.state), word(PlatformState, change.state)
    if change.device.startswith("platform-") and platform is not None:
        said = PLATFORM_STATES[platform].said(language)
    else:
        said = change.state if state is None else DEVICE_STATES[state].said(language)
    faults = [DEVICE_FAULTS[fault].said(language) for fault in faults_of(change.faults)]
    if faults:
        said = say("device_faulty", language, state=said, faults=_SEPARATOR[language].join(faults))
    return _moment(change.at, "state", said, change.serial)


def _events(
    session: Session, asset: str, device: str, until_ms: int, language: str
) -> Iterator[Moment]:
    at = func.coalesce(EventRow.measured_at, EventRow.received_at)
    query = (
        select(EventRow)
        .where(EventRow.asset == asset, EventRow.kind.in_(_TELLING), at < instant(until_ms))
        .order_by(at.desc(), EventRow.id.desc())
        .limit(_MOST_EVENTS)
    )
    for row in session.scalars(query):
        at_ms = to_ms(row.measured_at or row.received_at)
        try:
            event = events.decode(row.body.encode())
        except Unreadable:
            continue
        match event:
            case events.DeviceChanged(device=name, after=after) if name == device:
                body = msgspec.json.decode(row.body)
                said = tellings.of_event(row.kind, body, language)
                yield at_ms, _moment(at_ms, "serial", said, after)
            case events.CheckDone(steps=steps):
                tried = (step for step in steps if step.name == device)
                for step in tried:
                    if step.outcome != CheckOutcome.SKIPPED:
                        yield at_ms, _moment(at_ms, "check", _tried(step, language), "")
            case _:
                pass


def _tried(step: events.Checked, language: str) -> str:
    faults = [DEVICE_FAULTS[fault].said(language) for fault in faults_of(step.fault)]
    if step.outcome == CheckOutcome.PASSED:
        return say("device_tried_well", language)
    if not faults:
        return say("device_tried_badly", language)
    told = _SEPARATOR[language].join(faults)
    return say("device_tried_faulty", language, faults=told)


def _moment(at_ms: int, what: str, sentence: str, serial: str) -> DeviceMoment:
    at = instant(at_ms)
    assert at is not None  # noqa: S101  # made of a number
    return DeviceMoment(at=at, what=what, sentence=sentence, serial=serial)
