"""Readiness over the API: of an asset, of all, later, and over time."""

from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request

from fleet_server.assets import store as assets
from fleet_server.assets.model import Asset, Place
from fleet_server.entrance import CallerNow, Now, PartsNow, language_of
from fleet_server.errors import Malformed
from fleet_server.parts import Parts
from fleet_server.readiness import store
from fleet_server.readiness.api import (
    Board,
    BoardRow,
    History,
    ReadinessOut,
    ServiceHistory,
    ServiceOut,
    Services,
    SpanOut,
    UpkeepIO,
)
from fleet_server.readiness.engine import letters_of
from fleet_server.readiness.model import Booked, HeldSpan, Upkeep
from fleet_server.readiness.telling import Telling, rank
from telemetry.rules.readiness import Verdict
from telemetry.words import AssetKind, LinkClass

router = APIRouter(prefix="/api/v1", tags=["readiness"])

At = Annotated[datetime | None, Query(description="For a later time; left out: now.")]
Days = Annotated[float, Query(gt=0, le=400)]
_ALL: Final = 1_000_000
_NEVER_MOVE: Final = frozenset({AssetKind.CLINIC, AssetKind.STATION})


def _place_of(
    longitude: Annotated[float | None, Query(ge=-180, le=180)] = None,
    latitude: Annotated[float | None, Query(ge=-90, le=90)] = None,
) -> Place | None:
    """Where it is to be later, WGS-84; its link is expected to be as it was there before."""
    if longitude is None and latitude is None:
        return None
    if longitude is None or latitude is None:
        raise Malformed("half_a_place")
    return Place(latitude_degrees=latitude, longitude_degrees=longitude)


There = Annotated[Place | None, Depends(_place_of)]


@router.get("/services", operation_id="list_services")
def list_services(caller: CallerNow, parts: PartsNow, now: Now, request: Request) -> Services:
    """The services of the fleet's catalogue."""
    telling = _telling(parts, request, now)
    found = parts.readiness.services()
    return Services(items=[ServiceOut(name=one.name, label=telling.service(one)) for one in found])


@router.get("/assets/{asset}/readiness", operation_id="show_readiness")
def show_readiness(
    asset: str,
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    request: Request,
    place: There,
    at: At = None,
) -> ReadinessOut:
    """What an asset can do, now or later, with every reason and what would help."""
    with parts.database.reading() as session:
        found = assets.find(session, caller, asset)
        planned = store.upkeep(session, caller, asset)
    telling = _telling(parts, request, now)
    verdicts = _verdicts(parts, found, at, now, planned, place)
    return ReadinessOut(asset=asset, at=at, items=telling.verdicts(asset, verdicts))


@router.get("/readiness", operation_id="show_readiness_board")
def show_readiness_board(
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    request: Request,
    place: There,
    service: Annotated[str, Query(max_length=32)] = "hearing",
    at: At = None,
) -> Board:
    """All assets of the caller's courts for one service, the worst first."""
    with parts.database.reading() as session:
        found = assets.page(session, caller, limit=_ALL)
        planned = store.all_upkeep(session)
    telling = _telling(parts, request, now)
    services = [one.name for one in parts.readiness.services()]
    rows = []
    for asset in found:
        verdicts = _verdicts(parts, asset, at, now, planned.get(asset.id, Upkeep()), place)
        rows.append((asset, verdicts, [one for one in verdicts if one.service == service]))
    rows.sort(key=lambda row: rank(row[2]))
    return Board(
        service=service,
        at=at,
        items=[
            BoardRow(
                asset=asset.id,
                kind=asset.kind,
                name=asset.name,
                court=asset.court,
                letters=letters_of(verdicts, services),
                verdict=next(iter(telling.verdicts(asset.id, wanted)), None),
            )
            for asset, verdicts, wanted in rows
        ],
    )


@router.get("/assets/{asset}/readiness/history", operation_id="show_readiness_history")
def show_readiness_history(
    asset: str,
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    service: Annotated[str | None, Query(max_length=32)] = None,
    days: Days = 7,
) -> History:
    """For how long an asset was ready for each service, and why it was not."""
    since = now - timedelta(days=days)
    with parts.database.reading() as session:
        found = store.spans(session, caller, asset, service, since)
    services = dict.fromkeys(one.service for one in found)
    return History(
        since=since,
        until=now,
        items=[
            _history(name, [one for one in found if one.service == name], since, now)
            for name in services
        ],
    )


@router.get("/assets/{asset}/upkeep", operation_id="show_upkeep")
def show_upkeep(asset: str, caller: CallerNow, parts: PartsNow) -> UpkeepIO:
    """What is planned for an asset."""
    with parts.database.reading() as session:
        found = store.upkeep(session, caller, asset)
    return UpkeepIO.model_validate(found, from_attributes=True)


@router.put("/assets/{asset}/upkeep", operation_id="put_upkeep")
def put_upkeep(
    asset: str, body: UpkeepIO, caller: CallerNow, parts: PartsNow, now: Now
) -> UpkeepIO:
    """Plan inspection, upkeep and maintenance, in place of what was planned."""
    booked = tuple(
        Booked(one.begins_at, one.ends_at, one.why)
        for one in sorted(body.maintenance, key=lambda one: one.begins_at)
    )
    with parts.database.unit(caller, now) as unit:
        store.put_upkeep(unit, asset, Upkeep(body.inspection_until, body.upkeep_until, booked))
    return show_upkeep(asset, caller, parts)


def _telling(parts: Parts, request: Request, now: datetime) -> Telling:
    return Telling(parts, language_of(request), now)


def _verdicts(
    parts: Parts,
    asset: Asset,
    at: datetime | None,
    now: datetime,
    planned: Upkeep,
    place: Place | None,
) -> tuple[Verdict, ...]:
    if at is None:
        # Who was never heard of has not been judged yet.
        judged = parts.readiness.verdicts(asset.id)
        return judged or parts.readiness.would_be(asset.id, now, None, None)
    return parts.readiness.expected(asset, at, now, planned, _link_there(parts, asset, place, now))


def _link_there(parts: Parts, asset: Asset, place: Place | None, now: datetime) -> LinkClass | None:
    """By experience: of the place that was named, or of where an asset stands that never moves."""
    if place is None and asset.kind in _NEVER_MOVE:
        place = asset.home
    if place is None:
        return None
    return parts.coverage.link_class(place.longitude_degrees, place.latitude_degrees, now)


def _history(
    service: str, found: list[HeldSpan], since: datetime, until: datetime
) -> ServiceHistory:
    seconds: dict[str, float] = {}
    for one in found:
        held = min(one.until or until, until) - max(one.since, since)
        seconds[one.readiness] = seconds.get(one.readiness, 0.0) + held.total_seconds()
    return ServiceHistory(
        service=service,
        seconds={name: round(total, 1) for name, total in seconds.items()},
        spans=[SpanOut.model_validate(one, from_attributes=True) for one in found],
    )
