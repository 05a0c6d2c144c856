"""Reading and writing rollouts; what an engine reads of one, and what it writes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session

from fleet_server.access.model import Caller
from fleet_server.assets.model import AssetRow
from fleet_server.database import Unit
from fleet_server.errors import NotAllowed, NotFound
from fleet_server.journal.model import What
from fleet_server.orders.model import OrderRow
from fleet_server.rollouts.model import (
    SETTLED,
    Gate,
    GateCode,
    GateVerdict,
    NewRollout,
    Order,
    Plan,
    Rollout,
    RolloutRow,
    RolloutState,
    Target,
    TargetRow,
    TargetState,
    Wave,
    WaveRow,
    Why,
)
from telemetry.wire.events import Recap
from telemetry.wire.orders import RunBundle
from telemetry.words import OrderState

_SETTLED: Final = [str(one) for one in SETTLED]

Members = Sequence[tuple[str, str]]
"""Assets with their courts."""


def source(rollout: int) -> str:
    """What orders say they were placed by; also how the journal calls a rollout."""
    return f"rollout:{rollout}"


def create(
    unit: Unit,
    new: NewRollout,
    bundle: RunBundle,
    waves: Sequence[tuple[Gate, Members]],
    undoes: int | None = None,
) -> int:
    """Write a rollout down, with the gate and the assets of each wave; its id."""
    is_asked = new.plan.needs_approval
    courts = {court for _, members in waves for _, court in members}
    row = RolloutRow(
        playbook=new.playbook,
        version=bundle.version,
        variables=msgspec.json.encode(new.variables).decode(),
        plan=msgspec.json.encode(new.plan).decode(),
        bundle=msgspec.json.encode(bundle).decode(),
        state=str(RolloutState.AWAITING_APPROVAL if is_asked else RolloutState.RUNNING),
        code="",
        is_active=not is_asked,
        ends_running=False,
        undoes=undoes,
        court=courts.pop() if len(courts) == 1 else None,
        made_by=unit.caller.id,
        made_at=unit.now,
        why=new.why,
        approved_by="",
        ends_at=unit.now + timedelta(seconds=new.plan.lasts_seconds),
        changed_at=unit.now,
    )
    unit.session.add(row)
    unit.session.flush()
    for number, (gate, members) in enumerate(waves):
        _add_wave(unit, row.id, number, gate, members)
    count = sum(len(members) for _, members in waves)
    said: dict[str, str | int] = {"playbook": new.playbook, "assets": count, "waves": len(waves)}
    note(unit, row, What.ROLLOUT_STARTED, said, new.why)
    return row.id


def note(
    unit: Unit, row: RolloutRow, what: What, said: Mapping[str, str | int], why: str = ""
) -> None:
    """Journal what happened to a rollout, for the people of its court, or for who sees all."""
    unit.journal(what, source(row.id), None, dict(said), why, court=row.court)


def active(session: Session) -> list[int]:
    """The rollouts that the engine has something to do with, oldest first."""
    query = select(RolloutRow.id).where(RolloutRow.is_active).order_by(RolloutRow.id)
    return list(session.scalars(query))


def seized(unit: Unit, rollout: int) -> RolloutRow | None:
    """The rollout, for this transaction alone; None while another process has it, or it rests.

    The lock is that of the row itself, so that it ends with the transaction, or the process.
    """
    query = select(RolloutRow).where(RolloutRow.id == rollout, RolloutRow.is_active)
    return unit.session.scalar(query.with_for_update(skip_locked=True))


def held(unit: Unit, rollout: int) -> RolloutRow:
    """The rollout, kept from everybody else until the unit ends, to be changed by its caller.

    Raises:
        NotFound: there is none for this caller.
        NotAllowed: some of its assets are of courts that the caller does not see.
    """
    query = select(RolloutRow).where(RolloutRow.id == rollout, *_visible(unit.caller))
    row = unit.session.scalar(query.with_for_update())
    if row is None:
        raise NotFound("no_rollout", rollout=rollout)
    if unit.caller.courts is not None:
        courts = select(TargetRow.court).where(TargetRow.rollout == rollout).distinct()
        if not set(unit.session.scalars(courts)) <= unit.caller.courts:
            raise NotAllowed("rollout_of_other_courts", rollout=rollout)
    return row


def bundle_of(row: RolloutRow) -> RunBundle:
    """What each of its assets is sent."""
    return msgspec.json.decode(row.bundle, type=RunBundle)


def find(session: Session, caller: Caller, rollout: int) -> Rollout:
    """One rollout with at least one asset that the caller sees.

    Raises:
        NotFound: there is none.
    """
    query = select(RolloutRow).where(RolloutRow.id == rollout, *_visible(caller))
    row = session.scalar(query)
    if row is None:
        raise NotFound("no_rollout", rollout=rollout)
    return shown(session, [row])[0]


def page(session: Session, caller: Caller, before: int | None, limit: int) -> list[Rollout]:
    """Rollouts with at least one asset that the caller sees, newest first."""
    query = select(RolloutRow).where(*_visible(caller)).order_by(RolloutRow.id.desc())
    if before is not None:
        query = query.where(RolloutRow.id < before)
    return shown(session, list(session.scalars(query.limit(limit))))


def shown(session: Session, rows: Sequence[RolloutRow]) -> list[Rollout]:
    """These rollouts with their waves, and how many assets of each are in which state."""
    found = [row.id for row in rows]
    counts: dict[tuple[int, int], dict[TargetState, int]] = {}
    counting = (
        select(TargetRow.rollout, TargetRow.wave, TargetRow.state, func.count())
        .where(TargetRow.rollout.in_(found))
        .group_by(TargetRow.rollout, TargetRow.wave, TargetRow.state)
    )
    for rollout, wave, state, count in session.execute(counting):
        counts.setdefault((rollout, wave), {})[TargetState(state)] = count
    waves: dict[int, list[Wave]] = {}
    query = select(WaveRow).where(WaveRow.rollout.in_(found)).order_by(WaveRow.number)
    for one in session.scalars(query):
        waves.setdefault(one.rollout, []).append(_wave(one, counts[one.rollout, one.number]))
    return [_rollout(row, waves[row.id]) for row in rows]


def targets(session: Session, caller: Caller, rollout: int) -> list[Target]:
    """All assets of a rollout that the caller sees, in the order in which they have their turn."""
    query = _targets(rollout)
    if caller.courts is not None:
        query = query.where(TargetRow.court.in_(caller.courts))
    return list(_read(session, query))


def unsettled(session: Session, rollout: Rollout, *, all_waves: bool) -> list[Target]:
    """Those that can still move: of the waves that have begun, or of all."""
    query = _targets(rollout.id).where(TargetRow.state.not_in(_SETTLED))
    if not all_waves:
        begun = [wave.number for wave in rollout.waves if wave.opened_at is not None]
        query = query.where(TargetRow.wave.in_(begun))
    return list(_read(session, query))


def change_targets(unit: Unit, rollout: int, changes: Mapping[str, Mapping[str, object]]) -> None:
    """Write these columns of these assets of a rollout; many at once, a fleet moves together."""
    alike: dict[tuple[str, ...], list[dict[str, object]]] = {}
    for asset, values in changes.items():
        row = {"rollout": rollout, "asset": asset, **values, "changed_at": unit.now}
        alike.setdefault(tuple(row), []).append(row)
    for rows in alike.values():
        unit.session.execute(update(TargetRow), rows)


def change_wave(unit: Unit, rollout: int, number: int, **values: object) -> None:
    """Write these columns of a wave."""
    unit.session.execute(
        update(WaveRow).where(WaveRow.rollout == rollout, WaveRow.number == number).values(**values)
    )


def _add_wave(unit: Unit, rollout: int, number: int, gate: Gate, members: Members) -> None:
    unit.session.add(
        WaveRow(
            rollout=rollout,
            number=number,
            size=len(members),
            gate=msgspec.json.encode(gate).decode(),
            verdict=str(GateVerdict.OPEN),
            code="",
        )
    )
    unit.session.add_all(
        TargetRow(
            rollout=rollout,
            asset=asset,
            court=court,
            wave=number,
            place=place,
            state=str(TargetState.WAITING),
            code="",
            is_recalled=False,
            changed_at=unit.now,
        )
        for place, (asset, court) in enumerate(members)
    )


def _visible(caller: Caller) -> list[ColumnElement[bool]]:
    if caller.courts is None:
        return []
    mine = select(TargetRow.rollout).where(TargetRow.court.in_(caller.courts))
    return [RolloutRow.id.in_(mine)]


def _targets(rollout: int) -> Select[tuple[TargetRow, OrderRow]]:
    """Columns, not objects: a fleet's rows are read every few seconds."""
    return (
        select(  # type: ignore[return-value]  # read by name in `_read`
            TargetRow.asset,
            TargetRow.court,
            TargetRow.wave,
            TargetRow.state,
            TargetRow.code,
            TargetRow.is_recalled,
            TargetRow.before,
            TargetRow.tried_at,
            TargetRow.order_id,
            OrderRow.state.label("order_state"),
            OrderRow.code.label("order_code"),
            OrderRow.attempt,
            OrderRow.placed_at,
            OrderRow.changed_at,
            OrderRow.valid_until,
            OrderRow.cancel_asked_at,
            OrderRow.recap,
            AssetRow.retired_at,
        )
        .join(AssetRow, AssetRow.id == TargetRow.asset)
        .join(OrderRow, OrderRow.id == TargetRow.order_id, isouter=True)
        .where(TargetRow.rollout == rollout)
        .order_by(TargetRow.wave, TargetRow.tried_at.nulls_first(), TargetRow.place)
    )


def _read(session: Session, query: Select[tuple[TargetRow, OrderRow]]) -> Iterator[Target]:
    for row in session.execute(query):
        order = None
        if row.order_state is not None:
            order = Order(
                id=row.order_id,
                state=OrderState(row.order_state),
                code=row.order_code,
                attempt=row.attempt,
                placed_at=row.placed_at,
                changed_at=row.changed_at,
                valid_until=row.valid_until,
                is_cancel_asked=row.cancel_asked_at is not None,
                recap=None if row.recap is None else msgspec.json.decode(row.recap, type=Recap),
            )
        yield Target(
            asset=row.asset,
            court=row.court,
            wave=row.wave,
            state=TargetState(row.state),
            code=Why(row.code),
            order=order,
            is_recalled=row.is_recalled,
            before=row.before,
            tried_at=row.tried_at,
            is_retired=row.retired_at is not None,
        )


def _wave(row: WaveRow, counts: dict[TargetState, int]) -> Wave:
    return Wave(
        number=row.number,
        size=row.size,
        gate=msgspec.json.decode(row.gate, type=Gate),
        verdict=GateVerdict(row.verdict),
        code=GateCode(row.code),
        opened_at=row.opened_at,
        decided_at=row.decided_at,
        counts=counts,
    )


def _rollout(row: RolloutRow, waves: Sequence[Wave]) -> Rollout:
    return Rollout(
        id=row.id,
        playbook=row.playbook,
        version=row.version,
        variables=msgspec.json.decode(row.variables, type=dict[str, object]),
        plan=msgspec.json.decode(row.plan, type=Plan),
        state=RolloutState(row.state),
        code=GateCode(row.code),
        is_active=row.is_active,
        ends_running=row.ends_running,
        undoes=row.undoes,
        court=row.court,
        made_by=row.made_by,
        made_at=row.made_at,
        why=row.why,
        approved_by=row.approved_by,
        ends_at=row.ends_at,
        waves=tuple(waves),
    )
