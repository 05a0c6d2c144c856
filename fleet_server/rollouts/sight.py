"""What is known now of the assets that a rollout is for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet_server.access.model import Caller
from fleet_server.assets import store as assets
from fleet_server.intake.model import AssetView, EventRow, Presence
from fleet_server.rollouts import planning, quarantine, windows
from fleet_server.rollouts.model import Target, TargetState, Why
from fleet_server.rollouts.planning import Candidate
from fleet_server.rollouts.rules import Standing
from telemetry.rules.readiness import Verdict
from telemetry.words import Readiness

_ALL: Final = 1_000_000
_WORSE: Final = {
    Readiness.LIMITED: frozenset({Readiness.READY}),
    Readiness.NOT_READY: frozenset(set(Readiness) - {Readiness.NOT_READY}),
}
"""What is worse than which readiness before; what nobody has proven is no sign of harm."""


class Views(Protocol):
    """Whoever knows the live views; `intake` does."""

    def view(self, asset: str) -> AssetView:
        """One asset, heard of or not."""


class Judge(Protocol):
    """Whoever judges readiness."""

    def verdicts(self, asset: str) -> tuple[Verdict, ...]:
        """What the asset can do now."""


class Sight:
    """Reads, and keeps nothing."""

    def __init__(self, views: Views, judge: Judge) -> None:
        self._views = views
        self._judge = judge

    def candidates(self, session: Session, caller: Caller) -> list[Candidate]:
        """All assets in use that the caller sees."""
        shut_out = quarantine.assets_in(session)
        found = []
        for one in assets.page(session, caller, limit=_ALL):
            view = self._views.view(one.id)
            found.append(
                Candidate(
                    asset=one.id,
                    court=one.court,
                    kind=one.kind,
                    version=view.agent_version,
                    is_reachable=view.presence is Presence.ONLINE,
                    in_sitting=view.in_sitting,
                    is_quarantined=one.id in shut_out,
                    verdicts=self._judge.verdicts(one.id),
                )
            )
        return found

    def standings(
        self, session: Session, targets: Sequence[Target], now: datetime, *, in_windows: bool
    ) -> list[Standing]:
        """The same assets in the same order, with what is known of them."""
        shut_out = quarantine.assets_in(session)
        opening = windows.all_of(session) if in_windows else {}
        is_open = {
            court: planning.is_open(windows.of_court(opening, court), now)
            for court in {one.court for one in targets}
        }
        hung = _hung(session, targets)
        return [
            self._standing(one, now, is_open[one.court], one.asset in shut_out, hung)
            for one in targets
        ]

    def before(self, asset: str) -> str:
        """The asset's readiness as it is kept to be compared with later."""
        found = {one.service: one.readiness for one in self._judge.verdicts(asset)}
        return msgspec.json.encode(found).decode()

    def _standing(
        self, one: Target, now: datetime, may_begin: bool, is_shut_out: bool, hung: set[str]
    ) -> Standing:
        view = self._views.view(one.asset)
        return Standing(
            target=one,
            is_reachable=view.presence is Presence.ONLINE,
            silent_for=_silence(view, now),
            in_sitting=view.in_sitting,
            may_begin=may_begin,
            is_quarantined=is_shut_out,
            health=self._health(one, hung),
        )

    def _health(self, one: Target, hung: set[str]) -> Why:
        if one.state is not TargetState.SOAKING:
            return Why.NONE
        if one.asset in hung:
            return Why.PROBE_FAILED
        before = msgspec.json.decode(one.before or "{}", type=dict[str, Readiness])
        return (
            Why.READINESS_WORSE
            if _is_worse(before, self._judge.verdicts(one.asset))
            else (Why.NONE)
        )


def _is_worse(before: Mapping[str, Readiness], now: Iterable[Verdict]) -> bool:
    return any(
        one.service in before and before[one.service] in _WORSE.get(one.readiness, frozenset())
        for one in now
    )


def _hung(session: Session, targets: Sequence[Target]) -> set[str]:
    """Assets of which a probe stopped answering since their order was placed."""
    since = {
        one.asset: one.order.placed_at
        for one in targets
        if one.state is TargetState.SOAKING and one.order is not None
    }
    if not since:
        return set()
    query = select(EventRow.asset, EventRow.received_at).where(
        EventRow.asset.in_(since),
        EventRow.kind == "probe_hung",
        EventRow.received_at >= min(since.values()),
    )
    return {row.asset for row in session.execute(query) if row.received_at >= since[row.asset]}


def _silence(view: AssetView, now: datetime) -> timedelta:
    if view.seen_at is None:
        return timedelta.max
    return timedelta(milliseconds=max(0, round(now.timestamp() * 1000) - view.seen_at))
