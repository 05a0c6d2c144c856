"""Days of the calendar in Chongqing, and the arithmetic of balances."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from fleet_server.intake.model import Balance
from fleet_server.ledger.model import CLASSES, Sums

ZONE: Final = ZoneInfo("Asia/Shanghai")

Key = tuple[str, str]
"""Asset and stream."""


def day_of(now: datetime) -> date:
    """The day that `now` falls on in Asia/Shanghai."""
    return now.astimezone(ZONE).date()


def by_key(balances: Iterable[Balance]) -> dict[Key, Sums]:
    """The sum over the epochs of each asset and stream."""
    found: dict[Key, Sums] = {}
    for one in balances:
        key = (one.asset, one.stream)
        more = Sums(*(getattr(one, name) for name in CLASSES))
        found[key] = plus(found[key], more) if key in found else more
    return found


def plus(one: Sums, other: Sums) -> Sums:
    return Sums(*(getattr(one, name) + getattr(other, name) for name in CLASSES))


def minus(one: Sums, other: Sums) -> Sums:
    return Sums(*(getattr(one, name) - getattr(other, name) for name in CLASSES))
