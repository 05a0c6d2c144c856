"""What intake counts, for `/metrics` and for tests."""

from collections import Counter
from dataclasses import dataclass, field

from fleet_server.intake.arrivals import Arrival
from fleet_server.intake.model import Counts


@dataclass(slots=True)
class Tally:
    """Running sums since the server started; see `Counts`."""

    messages: int = 0
    reports: int = 0
    events: int = 0
    stored: int = 0
    applied: int = 0
    duplicates_ignored: int = 0
    unreadable: int = 0
    held: int = 0
    elsewhere: int = 0
    silenced: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def note(self, arrival: Arrival) -> None:
        """One message came."""
        self.messages += 1
        if not arrival.id:
            self.unreadable += 1
        elif arrival.is_events:
            self.events += len(arrival.numbers)
        else:
            self.reports += len(arrival.numbers)

    def refuse_silenced(self) -> None:
        """A message came of an asset that may not speak."""
        self.messages += 1
        self.silenced += 1

    def counts(self, waiting_messages: int, waiting_bytes: int) -> Counts:
        return Counts(
            messages=self.messages,
            reports=self.reports,
            events=self.events,
            stored=self.stored,
            applied=self.applied,
            duplicates_ignored=self.duplicates_ignored,
            unreadable=self.unreadable,
            held=self.held,
            elsewhere=self.elsewhere,
            silenced=self.silenced,
            waiting_messages=waiting_messages,
            waiting_bytes=waiting_bytes,
            set_aside=dict(self.set_aside),
            refused=dict(self.refused),
        )
