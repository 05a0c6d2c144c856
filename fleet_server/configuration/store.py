"""Reading and writing layers, policies, what assets say, and the orders that set them up."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from fleet_server.assets import store as assets
from fleet_server.configuration.model import (
    FLEET,
    SOURCE,
    Attempt,
    Converge,
    Layer,
    LayerRow,
    PolicyRow,
    Report,
    ReportRow,
    ScopeKind,
    parted,
)
from fleet_server.database import Unit
from fleet_server.errors import Conflict, NotFound
from fleet_server.instants import from_ms
from fleet_server.journal.model import What
from fleet_server.orders.model import OrderRow
from fleet_server.playbooks.model import Variables
from telemetry.wire.events import Configured, Recap
from telemetry.words import FINAL_STATES, OrderState

WHOLE_FLEET: Final = ""
"""Whose policy counts for courts that have none of their own."""

_AT_ONCE: Final = 400
_ENDED: Final = sorted(str(state) for state in FINAL_STATES)


def source(desired: str) -> str:
    """What orders say they were placed by that bring a configuration, by its hash."""
    return f"{SOURCE}{desired}"


def newest(session: Session) -> dict[str, Layer]:
    """The layer of each scope that has one; one without content says nothing any more."""
    latest = (
        select(LayerRow.scope, func.max(LayerRow.version).label("version"))
        .group_by(LayerRow.scope)
        .subquery()
    )
    same = (LayerRow.scope == latest.c.scope) & (LayerRow.version == latest.c.version)
    return {row.scope: _layer(row) for row in session.scalars(select(LayerRow).join(latest, same))}


def find(session: Session, scope: str, version: int | None = None) -> Layer:
    """A version of a layer, None: the newest; version 0 where nobody has made any.

    Raises:
        NotFound: there is no such version.
    """
    query = select(LayerRow).where(LayerRow.scope == scope).order_by(LayerRow.version.desc())
    if version is not None:
        query = query.where(LayerRow.version == version)
    row = session.scalar(query.limit(1))
    if row is None and version is not None:
        raise NotFound("configuration_no_version", version=version)
    return Layer(scope, 0, {}) if row is None else _layer(row)


def versions(session: Session, scope: str, before: int | None, limit: int) -> list[Layer]:
    """What was written for a scope, newest first; `before` a version."""
    query = select(LayerRow).where(LayerRow.scope == scope).order_by(LayerRow.version.desc())
    if before is not None:
        query = query.where(LayerRow.version < before)
    return [_layer(row) for row in session.scalars(query.limit(limit))]


def put(
    unit: Unit,
    scope: str,
    text: str,
    content: Variables,
    *,
    expected: int | None,
    comment: str,
    court: str | None,
) -> Layer:
    """Write the next version of a layer; `expected` is the one that was changed, None: whichever.

    Raises:
        Conflict: the present version is another one.
    """
    policy(unit)  # one writer at a time, so that versions have no gap
    present = find(unit.session, scope)
    if expected is not None and expected != present.version:
        raise Conflict("configuration_conflict", version=present.version)
    row = LayerRow(
        scope=scope,
        version=present.version + 1,
        text=text,
        content=msgspec.json.encode(content).decode(),
        made_at=unit.now,
        who=unit.caller.id,
        comment=comment,
    )
    unit.session.add(row)
    before = {"scope": scope, "version": present.version, "content": present.content}
    after = {"scope": scope, "version": row.version, "content": content}
    kind = parted(scope)
    is_of_asset = kind is not None and kind[0] is ScopeKind.ASSET
    subject = scope if is_of_asset or scope == FLEET else f"configuration:{scope}"
    unit.journal(What.CONFIGURATION_CHANGED, subject, before, after, comment, court)
    return _layer(row)


def policies(session: Session) -> dict[str, Converge]:
    """The policy of each court that has one, and the fleet's."""
    found = {row.court: Converge(row.converge) for row in session.scalars(select(PolicyRow))}
    return {WHOLE_FLEET: Converge.BY_HAND, **found}


def policy_of(found: Mapping[str, Converge], court: str) -> Converge:
    """The one that counts for a court."""
    return found.get(court, found[WHOLE_FLEET])


def put_policy(unit: Unit, court: str, converge: Converge | None) -> None:
    """Make the policy of a court, or of the fleet (""); None takes a court's away."""
    policy(unit)
    row = unit.session.get(PolicyRow, court)
    before = None if row is None else row.converge
    if before == converge:
        return
    if converge is None:
        if row is not None:
            unit.session.delete(row)
    elif row is None:
        unit.session.add(PolicyRow(court=court, converge=str(converge)))
    else:
        row.converge = str(converge)
    subject = f"court:{court}" if court else FLEET
    said = {"converge": str(converge or Converge.BY_HAND)}
    unit.journal(
        What.CONFIGURATION_POLICY, subject, {"converge": before}, said, court=court or None
    )


def policy(unit: Unit, *, waits: bool = True) -> PolicyRow | None:
    """The fleet's policy, kept from everybody else until the unit ends.

    Not `waits`: None while somebody else keeps it. Of any number of servers one places orders.
    """
    query = select(PolicyRow).where(PolicyRow.court == WHOLE_FLEET)
    row = unit.session.scalar(query.with_for_update(skip_locked=not waits))
    if row is None and waits:
        row = PolicyRow(court=WHOLE_FLEET, converge=str(Converge.BY_HAND))
        unit.session.add(row)
        unit.session.flush()
    return row


def take(unit: Unit, asset: str, event: Configured) -> None:
    """Keep what an asset says of itself; what a hand changed there is journalled."""
    row = unit.session.get(ReportRow, asset)
    at = from_ms(event.applied_at) if event.applied_at else None
    is_same = row is not None and row.hash == event.hash
    is_same_play = is_same and row is not None and row.applied_at == at
    before = set() if row is None else set(msgspec.json.decode(row.differs, type=list[str]))
    fresh = ReportRow(
        asset=asset,
        hash=event.hash,
        applied_at=at,
        differs=msgspec.json.encode(event.differs).decode(),
        waiting=msgspec.json.encode(event.waiting).decode(),
        seen_at=unit.now,
        hash_seen_at=row.hash_seen_at if is_same and row is not None else unit.now,
        applied_seen_at=row.applied_seen_at if is_same_play and row is not None else unit.now,
    )
    unit.session.merge(fresh)
    found = [one for one in event.differs if one not in before]
    if found:
        court = assets.court_of(unit, asset)
        said = {"files": ", ".join(found)}
        unit.journal(What.CONFIGURATION_DRIFTED, assets.subject(asset), None, said, court=court)


def reports(session: Session, asset: str | None = None) -> dict[str, Report]:
    """What each asset, or that one, said last."""
    query = select(ReportRow)
    if asset is not None:
        query = query.where(ReportRow.asset == asset)
    return {row.asset: _report(row) for row in session.scalars(query)}


def attempts(
    session: Session, since: datetime, hashes: Collection[str], only: str | None = None
) -> dict[str, list[Attempt]]:
    """The orders since then that were to bring one of these configurations, newest first.

    `only`: of that asset, not of each.
    """
    sources = sorted(source(one) for one in hashes if one)
    found: dict[str, list[Attempt]] = {}
    for start in range(0, len(sources), _AT_ONCE):
        query = _orders().where(
            OrderRow.source.in_(sources[start : start + _AT_ONCE]), OrderRow.placed_at >= since
        )
        if only is not None:
            query = query.where(OrderRow.asset == only)
        for asset, attempt in _attempts(session, query):
            found.setdefault(asset, []).append(attempt)
    return found


def history(session: Session, asset: str, limit: int = 50) -> list[Attempt]:
    """The last orders that were to set an asset up, or to look, newest first."""
    query = _orders().where(OrderRow.asset == asset, OrderRow.source.startswith(SOURCE))
    return [attempt for _, attempt in _attempts(session, query.limit(limit))]


def busy(session: Session, asset: str | None = None) -> frozenset[str]:
    """Assets, or that one, with an order that has not ended, of whatever kind."""
    query = select(OrderRow.asset).where(OrderRow.state.not_in(_ENDED))
    if asset is not None:
        query = query.where(OrderRow.asset == asset)
    return frozenset(session.scalars(query))


def _orders() -> Select[tuple[OrderRow]]:
    """Columns, not objects: bodies may be large."""
    return select(  # type: ignore[return-value]  # read by name in `_attempts`
        OrderRow.asset,
        OrderRow.id,
        OrderRow.source,
        OrderRow.is_check,
        OrderRow.state,
        OrderRow.code,
        OrderRow.detail,
        OrderRow.placed_at,
        OrderRow.changed_at,
        OrderRow.recap,
        OrderRow.output,
    ).order_by(OrderRow.seq.desc())


def _attempts(session: Session, query: Select[tuple[OrderRow]]) -> Iterator[tuple[str, Attempt]]:
    for row in session.execute(query):
        recap = None if row.recap is None else msgspec.json.decode(row.recap, type=Recap)
        yield (
            row.asset,
            Attempt(
                order=row.id,
                source=row.source,
                is_check=row.is_check,
                state=OrderState(row.state),
                code=row.code,
                detail=row.detail,
                placed_at=row.placed_at,
                changed_at=row.changed_at,
                recap=recap,
                output=row.output,
            ),
        )


def _layer(row: LayerRow) -> Layer:
    content = msgspec.json.decode(row.content, type=dict[str, object])
    return Layer(
        row.scope,
        row.version,
        content,  # type: ignore[arg-type]  # JSON values, as they were written
        row.text,
        row.made_at,
        row.who,
        row.comment,
    )


def _report(row: ReportRow) -> Report:
    return Report(
        row.hash,
        row.applied_at,
        msgspec.json.decode(row.differs, type=tuple[str, ...]),
        msgspec.json.decode(row.waiting, type=tuple[str, ...]),
        row.seen_at,
        row.hash_seen_at,
        row.applied_seen_at,
    )
