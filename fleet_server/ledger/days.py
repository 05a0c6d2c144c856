"""The job that keeps each day's balance, so that a day is a difference and a restart loses none."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from fleet_server.access.model import SYSTEM
from fleet_server.database import Database
from fleet_server.intake.model import Balance
from fleet_server.ledger import rules, store

EVERY: Final = timedelta(minutes=5)


class Balances(Protocol):
    """Whoever knows where every record number is; `intake` does."""

    def balances(self) -> Sequence[Balance]:
        """The balance of all assets, an entry a stream and epoch."""


class LedgerDays:
    """For one thread after `catch_up`. `step` may be called every second: mostly it does nothing.

    What moved between the last step of a day and the first of the next counts to the day that
    ended: that is a second while the server runs, and nothing arrives while it does not.
    """

    def __init__(self, database: Database, intake: Balances) -> None:
        self._database = database
        self._intake = intake
        self._noted_at: datetime | None = None

    def catch_up(self, now: datetime) -> None:
        """Before anything is taken in: close the day on which the server ran last."""
        self._note(now)

    def step(self, now: datetime) -> None:
        """Note the present day every few minutes, and the one that ended when a day begins."""
        last = self._noted_at
        is_same_day = last is not None and rules.day_of(last) == rules.day_of(now)
        if last is None or not is_same_day or not last <= now < last + EVERY:
            self._note(now)

    def _note(self, now: datetime) -> None:
        balances = rules.by_key(self._intake.balances())
        day = rules.day_of(now)
        with self._database.unit(SYSTEM, now) as unit:
            last = store.noted_day(unit.session)
            if last is not None and last < day:
                store.note(unit.session, last, balances)
            store.note(unit.session, day, balances)
        self._noted_at = now
