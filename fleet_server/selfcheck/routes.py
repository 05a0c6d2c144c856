"""Station keys for operators, and what whoever holds one may send."""

import secrets
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from fleet_server.enrolment import qr
from fleet_server.entrance import CallerNow, Now, PartsNow, StationNow
from fleet_server.errors import TooLarge
from fleet_server.parts import Parts
from fleet_server.selfcheck import rules, store
from fleet_server.selfcheck.api import (
    KeyIn,
    KeyMade,
    KeyOut,
    KeyShown,
    Received,
    SelfCheckDone,
    SelfCheckIn,
)
from fleet_server.selfcheck.engine import Use
from fleet_server.selfcheck.model import MOST_BYTES, DoneStep, LinkFigures, SelfCheck, StationKey
from telemetry.rules.facts import LINK_STEP
from telemetry.wire import events
from telemetry.words import CheckOutcome, LinkClass

router = APIRouter(prefix="/api/v1", tags=["self-check"])

PAGE: Final = "self-check"
_BLOCK: Final = 65_536


@router.post("/assets/{asset}/station-key", operation_id="make_station_key", status_code=201)
def make_station_key(
    asset: str, body: KeyIn, caller: CallerNow, parts: PartsNow, now: Now, request: Request
) -> KeyMade:
    """A new key for an asset's self-checks; the one from before is worthless."""
    with parts.database.unit(caller, now) as unit:
        secret, key = store.make(unit, asset, body.days)
    address = (body.address or str(request.base_url)).rstrip("/")
    link = f"{address}/{PAGE}#{secret}"
    return KeyMade(asset=asset, link=link, qr_svg=qr.svg(link), expires_at=key.expires_at)


@router.get("/assets/{asset}/station-key", operation_id="show_station_key")
def show_station_key(asset: str, caller: CallerNow, parts: PartsNow) -> KeyShown:
    """Whether an asset has a key, who made it, and when it was used."""
    with parts.database.reading() as session:
        found = store.find(session, caller, asset)
    key = None if found is None else KeyOut.model_validate(found, from_attributes=True)
    return KeyShown(key=key)


@router.delete("/assets/{asset}/station-key", operation_id="withdraw_station_key", status_code=204)
def withdraw_station_key(asset: str, caller: CallerNow, parts: PartsNow, now: Now) -> None:
    """Make the asset's key worthless."""
    with parts.database.unit(caller, now) as unit:
        store.withdraw(unit, asset)


@router.post("/self-check", operation_id="do_self_check", status_code=201)
def do_self_check(body: SelfCheckIn, key: StationNow, parts: PartsNow, now: Now) -> SelfCheckDone:
    """Keep what a check came to; it proves readiness, marked as self-checked."""
    parts.self_checks.use(key, Use.RESULTS, 1, now)
    profile, _ = parts.readiness.documents(key.asset)
    done = rules.done(profile, _given(body))
    found: list[events.Event] = [done]
    if body.seat is not None:
        found.append(events.SeatTaken(body.who, body.seat))
    with parts.database.unit(key.caller, now) as unit:
        store.keep(unit, key, found)
    outcomes = [step.outcome for step in done.steps]
    is_measured = all(
        step.outcome != CheckOutcome.SKIPPED for step in done.steps if step.name == LINK_STEP
    )
    return SelfCheckDone(
        passed=outcomes.count(CheckOutcome.PASSED),
        failed=outcomes.count(CheckOutcome.FAILED),
        refused=outcomes.count(CheckOutcome.REFUSED),
        skipped=outcomes.count(CheckOutcome.SKIPPED),
        link_class=LinkClass(done.link_class) if is_measured else None,
    )


@router.get("/self-check/bytes", operation_id="send_self_check_bytes", response_class=Response)
def send_self_check_bytes(
    key: StationNow,
    parts: PartsNow,
    now: Now,
    count: Annotated[int, Query(ge=0, le=MOST_BYTES)] = 0,
) -> Response:
    """So many bytes that cannot be packed, to measure the way down; none, for the round trip."""
    _count_bytes(parts, key, count, now)
    block = secrets.token_bytes(min(count, _BLOCK))
    body = (block * (count // _BLOCK + 1))[:count]
    headers = {"cache-control": "no-store"}
    return Response(body, media_type="application/octet-stream", headers=headers)


@router.post("/self-check/bytes", operation_id="take_self_check_bytes")
async def take_self_check_bytes(
    key: StationNow, parts: PartsNow, now: Now, request: Request
) -> Received:
    """Take bytes and forget them, to measure the way up."""
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > MOST_BYTES:
            raise TooLarge("body_too_large", limit=MOST_BYTES)
    _count_bytes(parts, key, received, now)
    return Received(bytes=received)


def _count_bytes(parts: Parts, key: StationKey, count: int, now: datetime) -> None:
    parts.self_checks.use(key, Use.BYTES, count + 1000, now)


def _given(body: SelfCheckIn) -> SelfCheck:
    link = body.link
    return SelfCheck(
        who=body.who,
        steps=tuple(DoneStep(one.name, one.outcome, one.fault) for one in body.steps),
        link=None
        if link is None
        else LinkFigures(link.down_bits_per_second, link.up_bits_per_second, link.rtt_seconds),
        took_seconds=body.took_seconds,
    )
