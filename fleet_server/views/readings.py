"""Routes to what assets reported: balance, latest, history and export."""

import secrets
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, BackgroundTasks, Query
from fastapi.responses import FileResponse

from fleet_server.assets import store as assets
from fleet_server.entrance import CallerNow, Now, PartsNow
from fleet_server.errors import Malformed, NotFound
from fleet_server.instants import to_ms
from fleet_server.views.api import Balances, HistoryOut, LatestOut, MetricOut, Metrics, PointOut
from fleet_server.views.live import by_epoch, by_stream, instant
from telemetry.metrics import CATALOGUE

router = APIRouter(prefix="/api/v1", tags=["readings"])

_MOST_DAYS = 3660

Since = Annotated[datetime | None, Query(description="Instant with zone; default: an hour ago")]
Until = Annotated[datetime | None, Query(description="Instant with zone; default: now")]


@router.get("/balance", operation_id="list_balances")
def list_balances(caller: CallerNow, parts: PartsNow, now: Now) -> Balances:
    """Per asset and stream: stored, set aside, dropped, lost, missing."""
    with parts.database.reading() as session:
        seen = assets.courts(session, caller, assets.Retired.INCLUDE)
    found = [one for one in parts.intake.balances() if one.asset in seen]
    return Balances(at=now, items=by_stream(found))


@router.get("/assets/{asset}/balance", operation_id="show_balance")
def show_balance(asset: str, caller: CallerNow, parts: PartsNow, now: Now) -> Balances:
    """The balance of one asset, an entry an epoch."""
    with parts.database.reading() as session:
        assets.find(session, caller, asset)
    return Balances(at=now, items=by_epoch(parts.intake.balance(asset)))


@router.get("/metrics", operation_id="list_metrics")
def list_metrics(caller: CallerNow) -> Metrics:
    """The catalogue of metrics, with names in both languages."""
    items = [MetricOut.model_validate(one, from_attributes=True) for one in CATALOGUE.values()]
    return Metrics(items=items)


@router.get("/assets/{asset}/latest", operation_id="show_latest")
def show_latest(asset: str, caller: CallerNow, parts: PartsNow) -> LatestOut:
    """The report that was measured last."""
    with parts.database.reading() as session:
        assets.find(session, caller, asset)
    row = parts.store.latest(asset)
    if row is None:
        raise NotFound("not_found")
    return LatestOut(
        asset=row.asset,
        epoch=row.epoch,
        number=row.number,
        measured_at=instant(row.measured_at),
        received_at=instant(row.received_at),
        trust=row.trust,
        late=row.late,
        metrics=dict(row.metrics),
        devices={name: dict(values) for name, values in row.devices.items()},
    )


@router.get("/assets/{asset}/history", operation_id="read_history")
def read_history(
    asset: str,
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    metric: Annotated[str, Query(max_length=80, examples=["rsrp_dbm"])],
    since: Since = None,
    until: Until = None,
    buckets: Annotated[int, Query(ge=1, le=2000)] = 60,
    device: Annotated[str, Query(max_length=80)] = "",
) -> HistoryOut:
    """One metric over time."""
    with parts.database.reading() as session:
        assets.find(session, caller, asset)
    known = CATALOGUE.get(metric)
    if known is None:
        raise NotFound("metric_unknown", metric=metric)
    since, until = period(since, until, now)
    points = parts.store.history(asset, metric, to_ms(since), to_ms(until), buckets, device)
    return HistoryOut(
        asset=asset,
        metric=metric,
        unit=known.unit,
        device=device,
        since=since,
        until=until,
        points=[
            PointOut(
                begins_at=instant(point.begins_at),
                count=point.count,
                lowest=point.lowest,
                mean=point.mean,
                highest=point.highest,
                last=point.last,
            )
            for point in points
        ],
    )


@router.get("/export", operation_id="export_reports", response_class=FileResponse)
def export_reports(
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    later: BackgroundTasks,
    format: Annotated[Literal["csv", "parquet"], Query()] = "csv",  # the query's name
    asset: Annotated[list[str] | None, Query(max_length=1000)] = None,
    since: Since = None,
    until: Until = None,
) -> FileResponse:
    """Reports as a file: CSV (UTF-8 with BOM, as spreadsheets want it) or Parquet."""
    with parts.database.reading() as session:
        chosen = assets.visible(session, caller, asset or [])
    since, until = period(since, until, now)
    folder = parts.settings.data / "exports"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{secrets.token_hex(8)}.{format}"
    later.add_task(path.unlink, missing_ok=True)
    try:
        rows = parts.store.export(path, format, chosen, to_ms(since), to_ms(until))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    name = f"courtfleet-{since:%Y%m%dT%H%M%SZ}-{until:%Y%m%dT%H%M%SZ}.{format}"
    kind = "text/csv; charset=utf-8" if format == "csv" else "application/vnd.apache.parquet"
    headers = {"x-courtfleet-rows": str(rows)}
    return FileResponse(path, filename=name, media_type=kind, headers=headers, background=later)


def period(
    since: datetime | None, until: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    """The two instants that were asked for, the last hour for nothing.

    Raises:
        Malformed: without a zone, backwards, or too long.
    """
    end = until or now
    start = since or end - timedelta(hours=1)
    if start.tzinfo is None or end.tzinfo is None:
        raise Malformed("bad_request", field="since, until", problem="an instant needs a zone")
    if not start < end <= start + timedelta(days=_MOST_DAYS):
        raise Malformed("bad_period", days=_MOST_DAYS)
    return start, end
