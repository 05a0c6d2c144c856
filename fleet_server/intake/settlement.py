"""After a commit: the ledger, the counts, the live views, and the answers that follow from it."""

from collections import Counter
from typing import Final

from fleet_server.intake.acks import Acks
from fleet_server.intake.arrivals import Arrival
from fleet_server.intake.commits import Committed
from fleet_server.intake.events import Applied, Applying
from fleet_server.intake.ledger import Ledger
from fleet_server.intake.live import Live
from fleet_server.intake.reports import Outcome
from fleet_server.intake.tally import Tally
from telemetry.intervals import from_numbers
from telemetry.words import Refusal, Stream

_REPORTS: Final = Stream.REPORTS.value  # looked up once: each time costs a tenth of a microsecond


class Settlement:
    """Changes memory only; nothing here can fail, so that memory never differs from the disk."""

    def __init__(self, ledger: Ledger, live: Live, tally: Tally) -> None:
        self._ledger = ledger
        self._live = live
        self._tally = tally

    def settle(self, committed: Committed, acks: Acks, now: int) -> None:
        """Take over what is on disk, and draft the answers."""
        stored: Counter[str] = Counter()
        for arrival in committed.stored:
            stored[arrival.asset] += len(arrival.numbers)
            self._settle_stored(arrival, acks)
        for arrival, outcome in committed.reports.items():
            stored[arrival.asset] += outcome.stored
            self._settle_reports(arrival, outcome, acks)
        if committed.applying is not None:
            self._take_positions(committed.applying)
        for arrival, applied in committed.events.items():
            self._settle_events(arrival, applied, acks)
        for asset in committed.sorting.faulty_clocks:
            self._live.flag(asset, clock_fault=True)
        for asset, count in stored.items():
            if asset in committed.sorting.live or count:
                self._live.arrive(asset, count, committed.sorting.live.get(asset), now)
            if asset in committed.sorting.late and count:
                self._live.drain(asset, now)

    def _settle_stored(self, arrival: Arrival, acks: Acks) -> None:
        numbers = arrival.numbers
        self._tally.stored += len(numbers)
        taken = self._ledger.book(arrival.asset).track(_REPORTS, arrival.epoch).taken
        if isinstance(numbers, range):
            taken.add(numbers[0], numbers[-1])
        else:
            for low, high in from_numbers(numbers):
                taken.add(low, high)
        acks.settle(arrival.asset, arrival.id)

    def _settle_reports(self, arrival: Arrival, outcome: Outcome, acks: Acks) -> None:
        tally = self._tally
        tally.stored += outcome.stored
        tally.duplicates_ignored += outcome.repeated
        if outcome.set_aside:
            tally.set_aside.update(outcome.set_aside)
        if outcome.taken:
            track = self._ledger.book(arrival.asset).track(Stream.REPORTS, arrival.epoch)
            for low, high in from_numbers(outcome.taken):
                track.taken.add(low, high)
            track.set_aside += sum(outcome.set_aside.values())
        self._answer(arrival, outcome.refused, outcome.forked, acks)

    def _settle_events(self, arrival: Arrival, applied: Applied, acks: Acks) -> None:
        tally = self._tally
        tally.applied += applied.stored
        tally.duplicates_ignored += applied.repeated
        for code, numbers in applied.refused.items():
            tally.set_aside[code] += len(numbers)
        if applied.is_settled:
            self._answer(arrival, applied.refused, applied.forked, acks)
        else:
            acks.hear(arrival.asset, arrival.id)

    def _take_positions(self, applying: Applying) -> None:
        for (asset, epoch), reached in applying.positions.items():
            track = self._ledger.book(asset).track(Stream.EVENTS, epoch)
            track.set_aside = reached.set_aside
            for low, high in from_numbers(reached.taken):
                track.taken.add(low, high)
        for asset, dropped in applying.drops:
            self._ledger.drop(asset, dropped.stream, dropped.epoch, dropped.numbers)

    def _answer(
        self, arrival: Arrival, refused: dict[str, list[int]], forked: list[int], acks: Acks
    ) -> None:
        """Refusals name numbers unless the whole message is meant; forked ones stay unsettled."""
        if not arrival.id:
            return
        for code, numbers in refused.items():
            self._tally.refused[code] += len(numbers) or 1
            acks.refuse(arrival.asset, arrival.id, code, numbers)
        if forked:
            self._tally.refused[Refusal.FORKED] += len(forked)
            acks.refuse(arrival.asset, arrival.id, Refusal.FORKED, sorted(forked))
        else:
            acks.settle(arrival.asset, arrival.id)
