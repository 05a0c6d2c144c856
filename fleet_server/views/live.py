"""The live view and the balance of assets, as the API gives them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from pydantic import BaseModel, Field

from fleet_server.intake.model import Absence, AssetView, Balance, Presence

Values = dict[str, bool | int | float | str]


class Live(BaseModel):
    """What is known of an asset now; `metrics` and `devices` are those of its last live report.

    `readiness` is a letter a service, in the order of the fleet's catalogue: R ready, L limited,
    P not proven, U unknown, N not ready, - where it is not judged for it; empty before.
    """

    presence: Presence
    absence: Absence
    seen_at: datetime | None
    reports_per_minute: float
    every_seconds: float
    link_class: str
    in_sitting: bool
    readiness: str = Field(examples=["RRLNR"])
    clock_fault: bool
    forked: bool
    agent_version: str
    held: dict[str, int] = Field(examples=[{"settings": 3}])
    measured_at: datetime | None
    metrics: Values
    devices: dict[str, Values]


class BalanceOut(BaseModel):
    """Where record numbers are: `head` is the sum of the five after it.

    `epoch` and `is_closed` (nothing more will come of it) are null for a sum over epochs.
    """

    asset: str
    stream: str
    epoch: str | None
    is_closed: bool | None
    head: int
    stored: int
    set_aside: int
    dropped: int
    lost: int
    missing: int


def instant(milliseconds: int | None) -> datetime | None:
    """Milliseconds since 1970 as an instant."""
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def shown(view: AssetView) -> Live:
    """A live view as the API gives it."""
    return Live(
        presence=view.presence,
        absence=view.absence,
        seen_at=instant(view.seen_at),
        reports_per_minute=round(view.reports_per_minute, 1),
        every_seconds=view.every_seconds,
        link_class=view.link_class,
        in_sitting=view.in_sitting,
        readiness=view.readiness,
        clock_fault=view.clock_fault,
        forked=view.forked,
        agent_version=view.agent_version,
        held=dict(view.held),
        measured_at=instant(view.measured_at),
        metrics=dict(view.metrics),
        devices={name: dict(values) for name, values in view.devices.items()},
    )


def by_epoch(balances: Iterable[Balance]) -> list[BalanceOut]:
    """One entry an epoch, as intake has them."""
    return [BalanceOut.model_validate(one, from_attributes=True) for one in balances]


def by_stream(balances: Iterable[Balance]) -> list[BalanceOut]:
    """One entry an asset and stream, the sum over its epochs."""
    sums: dict[tuple[str, str], BalanceOut] = {}
    for one in balances:
        key = (one.asset, one.stream)
        total = sums.get(key)
        if total is None:
            total = sums[key] = BalanceOut.model_validate(one, from_attributes=True)
            total.epoch = None
            total.is_closed = None
            continue
        for name in ("head", "stored", "set_aside", "dropped", "lost", "missing"):
            setattr(total, name, getattr(total, name) + getattr(one, name))
    return [sums[key] for key in sorted(sums)]
