"""One micro-batch on its way to disk: reports to the telemetry store, events to the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from fleet_server.access.model import SYSTEM
from fleet_server.database import Database, Unit
from fleet_server.instants import from_ms
from fleet_server.intake import events
from fleet_server.intake.arrivals import Arrival
from fleet_server.intake.events import Applied, Applying, Position
from fleet_server.intake.ledger import Ledger
from fleet_server.intake.model import Fork
from fleet_server.intake.reports import Outcome, Sorter, Sorting, outcomes
from fleet_server.journal.model import What
from telemetry.store.port import Fate, ReportRow, TelemetryStore
from telemetry.words import Stream

ForkKey = tuple[str, str, str]
"""Asset, stream and epoch."""


@dataclass(slots=True)
class Committed:
    """A micro-batch that is on disk; what follows from it is only memory and answers.

    `stored` are the messages of which every report was new and is stored, `reports` the others.
    `rows` are the reports that were new.
    """

    sorting: Sorting
    rows: Sequence[ReportRow] = ()
    stored: Sequence[Arrival] = ()
    reports: Mapping[Arrival, Outcome] = field(default_factory=dict)
    events: Mapping[Arrival, Applied] = field(default_factory=dict)
    applying: Applying | None = None
    forks: list[ForkKey] = field(default_factory=list)


class Committer:
    """Owned by the writer's thread. `forks` are those that are known already."""

    def __init__(
        self, telemetry: TelemetryStore, database: Database, forks: Collection[ForkKey]
    ) -> None:
        self._telemetry = telemetry
        self._database = database
        self._forks = set(forks)
        self._sorter = Sorter()

    def commit(
        self,
        arrivals: Sequence[Arrival],
        positions: Mapping[tuple[str, str], Position],
        now: int,
    ) -> Committed:
        """Commit all of these messages; may be repeated whole after a failure.

        `positions` has an entry for each epoch of events among them.

        Raises:
            StoreUnavailable: the telemetry store refuses.
            SQLAlchemyError: the state database refuses; reports may be stored already.
        """
        numbered_events = [a for a in arrivals if a.is_events and a.numbers]
        # What has no number is kept where reports are kept, whatever it wanted to be.
        others = [a for a in arrivals if not (a.is_events and a.numbers)]
        sorting = self._sorter.sort(others)
        committed = Committed(sorting)
        if sorting.spans:
            fates = self._telemetry.commit(sorting.rows, sorting.aside)
            committed.stored, committed.reports = outcomes(sorting, *fates)
            committed.rows = sorting.rows
            if committed.reports:
                new = zip(sorting.rows, fates[0], strict=True)
                committed.rows = [row for row, fate in new if fate is Fate.STORED]
        forked = {a: o.forked for a, o in committed.reports.items() if o.forked}
        if numbered_events or self._new_forks(forked):
            with self._database.unit(SYSTEM, from_ms(now)) as unit:
                applying = Applying(dict(positions))
                applying.apply(unit, numbered_events)
                committed.applying, committed.events = applying, applying.messages
                forked |= {a: o.forked for a, o in applying.messages.items() if o.forked}
                committed.forks = self._note_forks(unit, forked)
            self._forks.update(committed.forks)
        return committed

    def _new_forks(self, forked: Mapping[Arrival, Sequence[int]]) -> dict[ForkKey, int]:
        found: dict[ForkKey, int] = {}
        for arrival, numbers in forked.items():
            key = (arrival.asset, arrival.stream, arrival.epoch)
            if key not in self._forks:
                found.setdefault(key, numbers[0])
        return found

    def _note_forks(self, unit: Unit, forked: Mapping[Arrival, Sequence[int]]) -> list[ForkKey]:
        """Write down and journal the epochs that were found forked for the first time."""
        found = self._new_forks(forked)
        for (asset, stream, epoch), number in found.items():
            unit.session.add(
                Fork(asset=asset, stream=stream, epoch=epoch, number=number, found_at=unit.now)
            )
            after = {"stream": stream, "epoch": epoch, "number": number}
            events.journal(unit, asset, What.FORKED, after)
        return list(found)


def positions_of(arrivals: Sequence[Arrival], ledger: Ledger) -> dict[tuple[str, str], Position]:
    """How far each epoch of events among these messages is applied, by asset and epoch."""
    found = {}
    for arrival in arrivals:
        if arrival.is_events and arrival.numbers:
            track = ledger.book(arrival.asset).track(Stream.EVENTS, arrival.epoch)
            stored = track.taken.count() - track.set_aside
            place = Position(track.taken.highest(), stored, track.set_aside)
            found[arrival.asset, arrival.epoch] = place
    return found
