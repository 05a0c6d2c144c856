"""How many bytes each SIM card has carried since its reset day, across restarts and reboots.

The kernel counts by interface and boot; the card that is in the modem when bytes are found pays for
them. What was carried after the last report of a boot that ended without warning is not counted.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

import msgspec
from msgspec import Struct

from edge_agent.probes import clean
from telemetry.wire.messages import Value
from telemetry.wire.profile import Sim

CHINA: Final = timezone(timedelta(hours=8))
"""Asia/Shanghai, which has no summer time; operators end their months by it."""

_MOST_CARDS: Final = 32


class Counter(Struct, frozen=True):
    """What a modem's interface had carried when it was last looked at, in that boot."""

    boot: str
    carried: int


class Use(Struct, frozen=True):
    """Bytes of a card since the day on which its month began."""

    since: date
    carried: int


class _Saved(Struct):
    counters: dict[str, Counter] = {}
    cards: dict[str, Use] = {}


class SimBook:
    """Counts by card. `saved` is what `changed` gave some time ago."""

    def __init__(self, saved: bytes | None) -> None:
        self._book = _decoded(saved)
        self._is_changed = False

    def take(
        self,
        devices: Mapping[str, Mapping[str, Value]],
        boot: str,
        now_ms: int | None,
        sims: Sequence[Sim],
    ) -> dict[str, dict[str, Value]]:
        """What to say beside each modem's own values, by device name.

        While nobody knows the day nothing is counted: the counters go on, and are caught up with.
        """
        plans = {sim.iccid: sim for sim in sims}
        said: dict[str, dict[str, Value]] = {}
        for device, values in devices.items():
            iccid = values.get("sim_iccid")
            if not isinstance(iccid, str):
                continue
            plan = plans.get(iccid)
            if now_ms is not None:
                self._count(device, iccid, values, boot, month_began(now_ms, plan))
            use = self._book.cards.get(iccid)
            if use is not None:
                said[device] = _use_metrics(use, plan)
        return said

    def changed(self) -> bytes | None:
        """The book, when something was counted since the last call."""
        if not self._is_changed:
            return None
        self._is_changed = False
        return msgspec.json.encode(self._book)

    def _count(
        self, device: str, iccid: str, values: Mapping[str, Value], boot: str, since: date
    ) -> None:
        received, sent = values.get("received_bytes"), values.get("sent_bytes")
        if not isinstance(received, int) or not isinstance(sent, int):
            return
        counter, cards = Counter(boot, received + sent), self._book.cards
        more = _carried_since(self._book.counters.get(device), counter)
        use = cards.pop(iccid, Use(since, 0))  # the newest last
        cards[iccid] = Use(since, (use.carried if use.since == since else 0) + more)
        if len(cards) > _MOST_CARDS:
            del cards[next(iter(cards))]
        self._is_changed = (
            self._is_changed or counter != self._book.counters.get(device) or use != cards[iccid]
        )
        self._book.counters[device] = counter


def month_began(now_ms: int, plan: Sim | None) -> date:
    """The last reset day, today included; the first of the month where there is no plan."""
    today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(CHINA).date()
    reset_day = 1 if plan is None else plan.reset_day
    if today.day < reset_day:
        today = today.replace(day=1) - timedelta(days=1)
    return today.replace(day=reset_day)


def _carried_since(before: Counter | None, now: Counter) -> int:
    """An interface that is new to us may have carried for others; one that began anew has not."""
    if before is None:
        return 0
    if before.boot == now.boot and now.carried >= before.carried:
        return now.carried - before.carried
    return now.carried


def _use_metrics(use: Use, plan: Sim | None) -> dict[str, Value]:
    quota = plan.quota_bytes if plan is not None else 0
    percent = 100 * use.carried / quota if quota else None
    return clean({"sim_month_bytes": use.carried, "sim_quota_percent": percent})


def _decoded(saved: bytes | None) -> _Saved:
    """Empty for nothing, and for what a later program wrote."""
    try:
        return msgspec.json.decode(saved or b"{}", type=_Saved)
    except msgspec.MsgspecError:
        return _Saved()
