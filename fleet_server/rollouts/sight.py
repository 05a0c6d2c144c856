"""What is known now of the assets that a rollout is for."""

from collections import defaultdict
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
from telemetry.wire.events import UnitsFailed
from telemetry.words import Readiness

_ALL: Final = 1_000_000
_PROBE_HUNG: Final = "probe_hung"
_UNITS_FAILED: Final = "units_failed"
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
                    tags=one.tags,
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
        harmed = _harmed(session, targets)
        return [
            self._standing(one, now, is_open[one.court], one.asset in shut_out, harmed)
            for one in targets
        ]

    def before(self, asset: str) -> str:
        """The asset's readiness as it is kept to be compared with later."""
        found = {one.service: one.readiness for one in self._judge.verdicts(asset)}
        return msgspec.json.encode(found).decode()

    def _standing(
        self,
        one: Target,
        now: datetime,
        may_begin: bool,
        is_shut_out: bool,
        harmed: Mapping[str, Why],
    ) -> Standing:
        view = self._views.view(one.asset)
        return Standing(
            target=one,
            is_reachable=view.presence is Presence.ONLINE,
            silent_for=_silence(view, now),
            in_sitting=view.in_sitting,
            may_begin=may_begin,
            is_quarantined=is_shut_out,
            health=self._health(one, harmed),
        )

    def _health(self, one: Target, harmed: Mapping[str, Why]) -> Why:
        if one.state is not TargetState.SOAKING:
            return Why.NONE
        if one.asset in harmed:
            return harmed[one.asset]
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


def _harmed(session: Session, targets: Sequence[Target]) -> dict[str, Why]:
    """Assets of which a probe or a unit has failed since their order was placed."""
    since = {
        one.asset: one.order.placed_at
        for one in targets
        if one.state is TargetState.SOAKING and one.order is not None
    }
    if not since:
        return {}
    query = select(EventRow.asset, EventRow.received_at, EventRow.kind, EventRow.body).where(
        EventRow.asset.in_(since),
        EventRow.kind.in_((_PROBE_HUNG, _UNITS_FAILED)),
        EventRow.received_at >= min(since.values()),
    )
    found: dict[str, Why] = {}
    units: defaultdict[str, list[UnitsFailed]] = defaultdict(list)
    for row in session.execute(query.order_by(EventRow.id)):
        if row.received_at < since[row.asset]:
            continue
        if row.kind == _PROBE_HUNG:
            found[row.asset] = Why.PROBE_FAILED
        else:
            units[row.asset].append(msgspec.json.decode(row.body, type=UnitsFailed))
    for asset, told in units.items():
        if any(set(one.failed) - set(told[0].before) for one in told):
            found.setdefault(asset, Why.UNIT_FAILED)
    return found


def _silence(view: AssetView, now: datetime) -> timedelta:
    if view.seen_at is None:
        return timedelta.max
    return timedelta(milliseconds=max(0, round(now.timestamp() * 1000) - view.seen_at))
