"""Turns the records of arrived messages into rows of the telemetry store, or sets them aside."""

from collections.abc import Sequence
from typing import Final

from fleet_server.intake.arrivals import Arrival
from telemetry.errors import Unreadable
from telemetry.metrics import ASSET_KEYS, DEVICE_KEYS, MAX_UNKNOWN
from telemetry.rules.rhythm import FUTURE_SECONDS, LATE_SECONDS
from telemetry.store.port import AsideRow, Fate, ReportRow
from telemetry.wire import codec
from telemetry.wire.messages import Record, Report
from telemetry.words import Refusal

_LATE_MS: Final = round(LATE_SECONDS * 1000)
_FUTURE_MS: Final = round(FUTURE_SECONDS * 1000)
_ASSET_KEYS: Final = frozenset(ASSET_KEYS)
_DEVICE_KEYS: Final = frozenset(DEVICE_KEYS)


class Sorting:
    """The rows of one micro-batch; `spans` says where those of each message begin and end.

    A span is the first row and the row after the last, and the same for what is set aside.
    """

    def __init__(self) -> None:
        self.rows: list[ReportRow] = []
        self.aside: list[AsideRow] = []
        self.spans: list[tuple[Arrival, int, int, int, int]] = []
        self.live: dict[str, ReportRow] = {}
        self.faulty_clocks: set[str] = set()
        self.late: set[str] = set()


class Sorter:
    """Knows the newest instant of each asset, so that what is late never counts as live."""

    def __init__(self) -> None:
        self._newest: dict[str, int] = {}

    def sort(self, arrivals: Sequence[Arrival]) -> Sorting:
        """All records of these messages, each once: a row to store, or a row to set aside."""
        sorting = Sorting()
        for arrival in arrivals:
            rows, aside = len(sorting.rows), len(sorting.aside)
            if arrival.fault is not None:
                sorting.aside += _whole(arrival)
            else:
                self._sort_one(sorting, arrival)
            span = (arrival, rows, len(sorting.rows), aside, len(sorting.aside))
            sorting.spans.append(span)
        return sorting

    def _sort_one(self, sorting: Sorting, arrival: Arrival) -> None:
        asset, epoch, received_at = arrival.asset, arrival.epoch, arrival.received_at
        for number, record in zip(arrival.numbers, arrival.records, strict=True):
            try:
                report = _opened(record)
            except Unreadable as error:
                sorting.aside.append(_one(arrival, number, record, error))
                continue
            is_live = self._is_live(sorting, arrival, record)
            row = ReportRow(
                asset,
                epoch,
                number,
                record.crc,
                record.boot,
                record.up_ms,
                record.measured_at,
                record.trust,
                received_at,
                not is_live,
                report.metrics,
                report.devices,
            )
            sorting.rows.append(row)
            if is_live:
                sorting.live[asset] = row

    def _is_live(self, sorting: Sorting, arrival: Arrival, record: Record) -> bool:
        """Not late, not older than the newest, not from the future."""
        measured_at = record.measured_at
        if measured_at is None:
            # Its boot never learnt the time: the agent's own clock since boot says how old it is.
            return record.boot == arrival.boot and arrival.up_ms - record.up_ms <= _LATE_MS
        age_ms = arrival.received_at - measured_at
        if age_ms < -_FUTURE_MS:
            sorting.faulty_clocks.add(arrival.asset)
            return False
        if age_ms > _LATE_MS:
            sorting.late.add(arrival.asset)
            return False
        if measured_at < self._newest.get(arrival.asset, 0):
            return False
        self._newest[arrival.asset] = measured_at
        return True


class Outcome:
    """What became of one message's records once they are committed.

    `taken`: their numbers, in order, forked ones left out. `refused`: numbers held aside, by code,
    those that had been before included; `set_aside`: by code, how many are since this commit.
    """

    __slots__ = ("forked", "refused", "repeated", "set_aside", "stored", "taken")

    def __init__(self) -> None:
        self.stored = 0
        self.repeated = 0
        self.taken: list[int] = []
        self.forked: list[int] = []
        self.refused: dict[str, list[int]] = {}
        self.set_aside: dict[str, int] = {}

    def note_row(self, number: int, fate: Fate) -> None:
        if fate is Fate.FORKED:
            self.forked.append(number)
            return
        self.taken.append(number)
        if fate is Fate.STORED:
            self.stored += 1
        else:
            self.repeated += 1

    def note_aside(self, aside: AsideRow, fate: Fate) -> None:
        if fate is Fate.FORKED and aside.number is not None:
            self.forked.append(aside.number)
            return
        numbers = self.refused.setdefault(aside.code, [])
        if aside.number is not None:
            numbers.append(aside.number)
            self.taken.append(aside.number)
        if fate is Fate.STORED:
            self.set_aside[aside.code] = self.set_aside.get(aside.code, 0) + 1
        else:
            self.repeated += 1


def outcomes(
    sorting: Sorting, row_fates: Sequence[Fate], aside_fates: Sequence[Fate]
) -> tuple[list[Arrival], dict[Arrival, Outcome]]:
    """The messages of which every record is new and stored, and the outcome of each other one.

    `sorting` and the fates are in the same order. The first list is nearly everything, and has to
    be cheap.
    """
    whole: list[Arrival] = []
    others: dict[Arrival, Outcome] = {}
    nothing_special = not sorting.aside and row_fates.count(Fate.STORED) == len(row_fates)
    for arrival, row, row_end, aside, aside_end in sorting.spans:
        if nothing_special:
            whole.append(arrival)
            continue
        outcome = others[arrival] = Outcome()
        for index in range(row, row_end):
            outcome.note_row(sorting.rows[index].number, row_fates[index])
        for index in range(aside, aside_end):
            outcome.note_aside(sorting.aside[index], aside_fates[index])
        outcome.taken.sort()
    return whole, others


def _opened(record: Record) -> Report:
    """The report in a record.

    Raises:
        Unreadable: damaged, not a report, or with too many unknown metrics.
    """
    body = record.body
    if codec.record_crc(record.boot, record.up_ms, body) != record.crc:
        raise Unreadable(Refusal.CRC, "the record's CRC is another one")
    report = codec.decode_report(body)
    values = len(report.metrics)
    for device in report.devices.values():
        values += len(device)
    if values > MAX_UNKNOWN:
        unknown = count_unknown(report)
        if unknown > MAX_UNKNOWN:
            raise Unreadable(Refusal.UNKNOWN_METRICS, f"{unknown} unknown metrics")
    return report


def count_unknown(report: Report) -> int:
    """How many keys of a report the catalogue does not know, devices included."""
    unknown = len(report.metrics.keys() - _ASSET_KEYS)
    for device in report.devices.values():
        unknown += len(device.keys() - _DEVICE_KEYS)
    return unknown


def _one(arrival: Arrival, number: int, record: Record, error: Unreadable) -> AsideRow:
    return AsideRow(
        arrival.asset,
        arrival.epoch,
        number,
        record.crc,
        error.code,
        error.detail,
        bytes(record.body),
        arrival.received_at,
    )


def _whole(arrival: Arrival) -> list[AsideRow]:
    """One row a number; the message's bytes are kept once, with the first."""
    fault = str(arrival.fault)
    numbers: Sequence[int | None] = arrival.numbers or (None,)
    return [
        AsideRow(
            arrival.asset,
            arrival.epoch if number is not None else None,
            number,
            None,
            fault,
            arrival.detail,
            b"" if index else arrival.payload,
            arrival.received_at,
        )
        for index, number in enumerate(numbers)
    ]
