"""Applies events: strictly in order, each with its effect, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from msgspec import structs

from fleet_server.assets import store as assets
from fleet_server.configuration import store as configuration
from fleet_server.database import Unit
from fleet_server.instants import from_ms
from fleet_server.intake import store
from fleet_server.intake.arrivals import Arrival
from fleet_server.intake.model import EventAside
from fleet_server.journal.model import What
from fleet_server.orders import store as orders
from telemetry.errors import Unreadable
from telemetry.wire import codec
from telemetry.wire import events as wire
from telemetry.wire.messages import Record
from telemetry.words import Refusal, Stream

_JOURNALLED = (
    wire.EpochOpened,
    wire.DocumentHeld,
    wire.DocumentRefused,
    wire.OutboxSetAside,
    wire.ClockFault,
    wire.DeviceChanged,
    wire.CheckDone,
    wire.ManualTicked,
    wire.SittingBegan,
    wire.SittingEnded,
    wire.Maintenance,
)


@dataclass(slots=True)
class Position:
    """How far one epoch is applied, as it will be when the transaction is committed."""

    position: int
    stored: int
    set_aside: int
    taken: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Applied:
    """What one message's events came to; without `is_settled` some were ahead of their turn."""

    is_settled: bool = True
    stored: int = 0
    repeated: int = 0
    forked: list[int] = field(default_factory=list)
    refused: dict[str, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Applying:
    """One transaction's worth: positions reached and drops declared, for the ledger afterwards."""

    positions: dict[tuple[str, str], Position]
    messages: dict[Arrival, Applied] = field(default_factory=dict)
    drops: list[tuple[str, wire.Dropped]] = field(default_factory=list)
    _rows: list[store.Values] = field(default_factory=list)

    def apply(self, unit: Unit, arrivals: Sequence[Arrival]) -> None:
        """Apply the events of these messages; `positions` must know each one's epoch.

        Raises:
            SQLAlchemyError: the database refuses; nothing of the transaction may be used then.
        """
        for arrival in arrivals:
            applied = self.messages[arrival] = Applied()
            position = self.positions[arrival.asset, arrival.epoch]
            for index, number in enumerate(arrival.numbers):
                record = arrival.records[index] if arrival.fault is None else None
                if number <= position.position:
                    if self._is_forked(unit, arrival, number, record):
                        # Nothing after it is applied: the agent sends all of them again, in order.
                        applied.forked.append(number)
                        break
                    applied.repeated += 1
                elif number == position.position + 1 or number <= arrival.kept:
                    # What lies between is below what the agent still holds: it cannot come.
                    position.position = number
                    position.taken.append(number)
                    self._apply_one(unit, applied, arrival, number, record)
                else:
                    applied.is_settled = False
                    break
        self._write_events(unit)
        reached = {(arrival.asset, arrival.epoch) for arrival in arrivals}
        store.save_positions(unit.connection, [self._place(*key) for key in sorted(reached)])

    def _place(self, asset: str, epoch: str) -> store.Values:
        place = self.positions[asset, epoch]
        return {
            "asset": asset,
            "epoch": epoch,
            "position": place.position,
            "stored": place.stored,
            "set_aside": place.set_aside,
        }

    def _write_events(self, unit: Unit) -> None:
        """All at once, but before anybody asks for one of them."""
        store.add_events(unit.connection, self._rows)
        self._rows.clear()

    def _is_forked(self, unit: Unit, arrival: Arrival, number: int, record: Record | None) -> bool:
        """Whether this is another event than the one dealt with under its number."""
        if record is None:
            return False
        self._write_events(unit)
        known = store.event_crc(unit.session, arrival.asset, arrival.epoch, number)
        return known != record.crc

    def _apply_one(
        self, unit: Unit, applied: Applied, arrival: Arrival, number: int, record: Record | None
    ) -> None:
        position = self.positions[arrival.asset, arrival.epoch]
        try:
            if record is None:
                raise Unreadable(arrival.fault or Refusal.BODY, arrival.detail)
            event = _opened(record)
        except Unreadable as error:
            position.set_aside += 1
            applied.refused.setdefault(error.code, []).append(number)
            unit.session.add(_aside(arrival, number, record, error))
            return
        position.stored += 1
        applied.stored += 1
        self._rows.append(_row(arrival, number, record, event))
        self._take_effect(unit, arrival, record, event)

    def _take_effect(
        self, unit: Unit, arrival: Arrival, record: Record, event: wire.Event | wire.Unknown
    ) -> None:
        if isinstance(event, wire.Dropped):
            if event.stream in _STREAMS:
                store.add_drops(unit.session, arrival.asset, event, unit.now)
                self.drops.append((arrival.asset, event))
        elif isinstance(event, wire.OrderChanged):
            at = unit.now if record.measured_at is None else from_ms(record.measured_at)
            orders.tell(unit, arrival.asset, event, at)
        elif isinstance(event, wire.OrderOutput):
            orders.take_output(unit, arrival.asset, event)
        elif isinstance(event, wire.Configured):
            configuration.take(unit, arrival.asset, event)
        elif isinstance(event, _JOURNALLED):
            journal(unit, arrival.asset, What(_kind(event)), event)


def journal(unit: Unit, asset: str, what: What, after: object) -> None:
    """Note something about an asset, where the people of its court see it."""
    court = assets.court_of(unit, asset)
    unit.journal(what, assets.subject(asset), None, after, court=court)


_STREAMS: Final = frozenset(str(stream) for stream in Stream)


def _opened(record: Record) -> wire.Event | wire.Unknown:
    """The event in a record.

    Raises:
        Unreadable: damaged, or not an event.
    """
    body = bytes(record.body)
    if codec.record_crc(record.boot, record.up_ms, body) != record.crc:
        raise Unreadable(Refusal.CRC, "the record's CRC is another one")
    if b"\\u0000" in body or "\0" in record.trust + record.boot:
        # PostgreSQL has no such character; one text less must not stop everybody's events.
        raise Unreadable(Refusal.RECORD, "a text with the character 0")
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(Refusal.RECORD, "not UTF-8") from error
    event = wire.decode(body)
    if isinstance(event, wire.Dropped) and any(low > high for low, high in event.numbers):
        raise Unreadable(Refusal.RECORD, "an interval runs backwards")
    return event


def _kind(event: wire.Event | wire.Unknown) -> str:
    return event.kind if isinstance(event, wire.Unknown) else str(event.__struct_config__.tag)


def _row(
    arrival: Arrival, number: int, record: Record, event: wire.Event | wire.Unknown
) -> store.Values:
    return {
        "asset": arrival.asset,
        "epoch": arrival.epoch,
        "number": number,
        "crc": record.crc,
        "kind": _kind(event),
        "body": _kept(event, record),
        "measured_at": None if record.measured_at is None else from_ms(record.measured_at),
        "trust": record.trust,
        "boot": record.boot,
        "up_ms": record.up_ms,
        "received_at": from_ms(arrival.received_at),
    }


def _kept(event: wire.Event | wire.Unknown, record: Record) -> str:
    """The event's body; of an output without its data, which is kept with its order."""
    if isinstance(event, wire.OrderOutput):
        return wire.encode(structs.replace(event, data="")).decode()
    return bytes(record.body).decode()


def _aside(arrival: Arrival, number: int, record: Record | None, error: Unreadable) -> EventAside:
    first = number == arrival.numbers[0]
    whole = arrival.payload if first else b""
    return EventAside(
        asset=arrival.asset,
        epoch=arrival.epoch,
        number=number,
        crc=None if record is None else record.crc,
        code=str(error.code),
        detail=error.detail,
        body=whole if record is None else bytes(record.body),
        received_at=from_ms(arrival.received_at),
    )
