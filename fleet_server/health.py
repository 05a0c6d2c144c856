"""For supervisors: is it alive, and its counts in Prometheus' text form."""

from collections.abc import Iterable, Mapping

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from fleet_server.access.model import SYSTEM
from fleet_server.assets import store as assets
from fleet_server.entrance import PartsNow
from fleet_server.intake.model import Balance, Presence
from telemetry.words import RecordClass

router = APIRouter(tags=["health"])


@router.get("/healthz", operation_id="read_health", response_class=PlainTextResponse)
def read_health(parts: PartsNow) -> PlainTextResponse:
    """200 when the server answers and its state database can be read."""
    with parts.database.reading() as session:
        assets.count(session)
    return PlainTextResponse("ok\n")


@router.get("/metrics", operation_id="read_metrics", response_class=PlainTextResponse)
def read_metrics(parts: PartsNow) -> PlainTextResponse:
    """Counts for Prometheus, of the whole fleet, whatever courts the caller sees."""
    with parts.database.reading() as session:
        known = len(assets.courts(session, SYSTEM))
    views = parts.intake.views().values()
    live = sum(view.presence is Presence.ONLINE for view in views)
    counts = parts.intake.counts()
    lines = [
        *_metric("assets", "gauge", "Assets known", {"": known}),
        *_metric("assets_live", "gauge", "Assets heard of lately", {"": live}),
        *_metric("messages_total", "counter", "Messages received", {"": counts.messages}),
        *_metric(
            "records_received_total",
            "counter",
            "Records received, by stream",
            {'stream="reports"': counts.reports, 'stream="events"': counts.events},
        ),
        *_metric("reports_stored_total", "counter", "Reports stored", {"": counts.stored}),
        *_metric(
            "duplicates_ignored_total",
            "counter",
            "Records that came again",
            {"": counts.duplicates_ignored},
        ),
        *_metric(
            "set_aside_total",
            "counter",
            "Records set aside, by reason",
            {f'reason="{code}"': number for code, number in counts.set_aside.items()},
        ),
        *_metric(
            "refused_total",
            "counter",
            "Records refused, by reason",
            {f'reason="{code}"': number for code, number in counts.refused.items()},
        ),
        *_metric(
            "unreadable_total", "counter", "Messages nobody can read", {"": counts.unreadable}
        ),
        *_metric(
            "silenced_total",
            "counter",
            "Messages of retired assets and replaced computers",
            {"": counts.silenced},
        ),
        *_metric(
            "intake_waiting_bytes", "gauge", "Bytes not yet stored", {"": counts.waiting_bytes}
        ),
        *_metric(
            "balance_records", "gauge", "Records of all epochs", _sums(parts.intake.balances())
        ),
    ]
    if parts.broker is not None:
        broker = parts.broker
        lines += _metric(
            "broker_restarts_total", "counter", "Broker restarts", {"": broker.restarts}
        )
        lines += _metric(
            "broker_oversized_total", "counter", "Clients thrown out", {"": broker.oversized}
        )
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


def _metric(name: str, kind: str, text: str, values: Mapping[str, float]) -> list[str]:
    full = f"courtfleet_{name}"
    lines = [f"# HELP {full} {text}.", f"# TYPE {full} {kind}"]
    return lines + [
        f"{full}{{{labels}}} {value}" if labels else f"{full} {value}"
        for labels, value in values.items()
    ]


def _sums(balances: Iterable[Balance]) -> dict[str, float]:
    sums = {f'class="{word}"': 0.0 for word in RecordClass}
    for balance in balances:
        for word in RecordClass:
            sums[f'class="{word}"'] += getattr(balance, word.value)
    return sums
