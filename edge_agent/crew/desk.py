"""What the crew does: acts, PIN attempts and checks, in the agent's thread and its transaction."""

import logging
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from edge_agent.check_run import CheckRun
from edge_agent.crew.acts import (
    BeginCheck,
    BeginSitting,
    BeginWork,
    EndSitting,
    EndWork,
    LeaveSeat,
    Override,
    TakeSeat,
    TickItems,
)
from edge_agent.crew.attempts import Attempts
from edge_agent.documents import DocumentBook
from edge_agent.errors import ActRefused, Denial
from edge_agent.inputs import CrewAct, Moment, PinAsked, PinRight, Reading, TrialDone
from edge_agent.ports import Trials
from edge_agent.sitting import SittingLock
from telemetry.rules.facts import Facts, LinkFact, here, with_event, with_report
from telemetry.wire import events
from telemetry.wire.catalogue import Catalogue
from telemetry.wire.messages import Report, Value
from telemetry.wire.people import WAKE_UP_HOURS, Day, People, Person
from telemetry.wire.profile import Profile
from telemetry.words import CheckReason

logger = logging.getLogger(__name__)

LOCK: Final = "sitting"
_ATTEMPTS: Final = "pin_attempts"
_FACTS: Final = "facts"
_LAST_CHECK: Final = "last_check"
_WOKEN_FOR: Final = "woken_for"
_SAVE_FACTS_SECONDS: Final = 300.0
"""What was only seen is kept this often; what somebody did, at once."""

_S = TypeVar("_S", bound=Struct | int)


class LastCheck(Struct, frozen=True):
    """The latest check that somebody did; `at` in ms since 1970."""

    at: int
    done: events.CheckDone


class CrewDesk:
    """Owned by the agent's thread. `fact` gives a state as it was committed last.

    At each tick: `watch`, then what came in, then `news` and `unsaved` into the transaction, and
    after it `answer`.
    """

    def __init__(
        self, fact: Callable[[str], bytes | None], documents: DocumentBook, trials: Trials
    ) -> None:
        self.lock = SittingLock(fact(LOCK))
        self.facts = _decoded(fact(_FACTS), Facts) or Facts()
        self.last_check = _decoded(fact(_LAST_CHECK), LastCheck)
        self.check: CheckRun | None = None
        self._attempts = Attempts(fact(_ATTEMPTS))
        self._documents = documents
        self._trials = trials
        self._checks = 0
        self._news: list[events.Event] = []
        self._answers: list[Callable[[bool], None]] = []
        self._to_save: set[str] = set()
        self._facts_saved_up: float | None = None
        self._now_ms = 0
        self._woken_for = _decoded(fact(_WOKEN_FOR), int) or 0
        self.reload()

    def reload(self) -> None:
        """Use the desired documents that are held now."""
        self.profile = self._documents.content(Profile)
        self.catalogue = self._documents.content(Catalogue)
        self.people: Mapping[str, Person] = {
            person.id: person for person in self._documents.content(People).people
        }
        self.day = self._documents.content(Day)

    def watch(self, now: Moment, now_ms: int, *, is_trusted: bool) -> bool:
        """Let time pass for the sitting lock and the seats; whether a wake-up check began."""
        self._now_ms = now_ms
        self.lock.watch(now, now_ms if is_trusted else None, self.day.bookings)
        asked_at = self.day.check_at
        is_time = is_trusted and asked_at <= now_ms < asked_at + WAKE_UP_HOURS * 3_600_000
        is_free = self.check is None and self.lock.sitting is None and self.lock.work is None
        if asked_at <= self._woken_for or not (is_time and is_free):
            return False
        self._woken_for = asked_at
        self.begin_check_alone(now)
        return True

    def begin_check_alone(self, now: Moment) -> None:
        """A check that the centre asks for; nobody is there, so what would disturb is left out.

        Raises:
            ActRefused: one is running.
        """
        self._begin_check("", {}, now, CheckReason.WAKE_UP)

    def hear(self, reading: Reading, now: Moment, now_ms: int) -> None:
        """What a probe found, for the facts, the lock, and the check that runs."""
        report = Report(dict(reading.metrics), {k: dict(v) for k, v in reading.devices.items()})
        self.facts = with_report(self.facts, self.profile, report, now_ms)
        if self.check is not None:
            self.check.hear(reading)
        if self.check is None or self.lock.sitting is not None:  # a check uses cameras itself
            self.lock.hear(_in_use(reading.devices), now)

    def link(self, fact: LinkFact | None) -> None:
        """The link's class now; None: nothing new, and what was known grows old."""
        if fact is not None:
            self.facts = replace(self.facts, link=fact)

    def take(self, item: CrewAct | PinAsked | PinRight | TrialDone, now: Moment) -> bool:
        """What somebody does, or what a trial came to; whether the probes should look anew."""
        match item:
            case TrialDone():
                if self.check is not None:
                    self.check.done(item)
            case PinRight(who):
                self._attempts.forgive(who, now)
            case PinAsked(who, answer):
                seconds = self._attempts.ask(who, who in self.people, now)
                self._answers.append(lambda is_stored: answer(seconds if is_stored else 60.0))
            case CrewAct():
                return self._act(item, now)
        return False

    def advance(self, now: Moment, now_ms: int, *, is_linked: bool) -> list[events.Event]:
        """Go on with the check; all that was decided in this tick, in order."""
        if self.check is not None:
            is_done = self.check.advance(
                now, is_linked=is_linked, may_disturb=lambda step: self.lock.may_disturb(step, now)
            )
            if is_done:
                done = self.check.result(now)
                self.check = None
                if done.who:
                    self.last_check = LastCheck(now_ms, done)
                self._to_save.add(_LAST_CHECK if done.who else _WOKEN_FOR)
                self._news.append(done)
        news, self._news = [*self.lock.news(), *self._news], []
        for event in news:
            self.facts = with_event(self.facts, self.profile, event, now_ms)
        if news:
            self._to_save.add(_FACTS)
        return news

    def unsaved(self, now: Moment, *, anew: bool = False) -> dict[str, bytes]:
        """The states to keep with this tick; `anew`: all of them, for a new file."""
        found: dict[str, bytes | None] = {
            LOCK: self.lock.unsaved(now, anew=anew),
            _ATTEMPTS: self._attempts.unsaved(anew=anew),
        }
        if self._facts_saved_up is None:
            self._facts_saved_up = now.up
        is_old = now.up - self._facts_saved_up >= _SAVE_FACTS_SECONDS
        if anew or is_old or _FACTS in self._to_save:
            self._facts_saved_up = now.up
            found[_FACTS] = msgspec.json.encode(self.facts)
        if self.last_check is not None and (anew or _LAST_CHECK in self._to_save):
            found[_LAST_CHECK] = msgspec.json.encode(self.last_check)
        if self._woken_for and (anew or _WOKEN_FOR in self._to_save):
            found[_WOKEN_FOR] = msgspec.json.encode(self._woken_for)
        self._to_save.clear()
        return {name: state for name, state in found.items() if state is not None}

    def answer(self, *, is_stored: bool) -> None:
        """Tell everybody who asked, now that it is committed, or could not be."""
        answers, self._answers = self._answers, []
        for answer in answers:
            answer(is_stored)

    def next_due(self) -> float:
        """When to be ticked again at the latest, in `up` seconds."""
        checking = float("inf") if self.check is None else self.check.next_due()
        return min(self.lock.next_due(), checking)

    def _act(self, item: CrewAct, now: Moment) -> bool:
        self.lock.touch()
        denial: Denial | None = None
        try:
            self._carry_out(item, now)
        except ActRefused as refused:
            denial = refused.code
        self._answers.append(
            lambda is_stored: item.answer(denial or (None if is_stored else Denial.UNWRITTEN))
        )
        return denial is None and isinstance(item.act, BeginCheck)

    def _carry_out(self, item: CrewAct, now: Moment) -> None:
        who = item.who
        match item.act:
            case BeginSitting() | EndSitting() | Override() | BeginWork() | EndWork():
                self._lock(who, item.act, now)
            case TakeSeat(seat):
                # Somebody may have left the list since they gave their PIN.
                if who not in self.people or seat not in self.people[who].seats:
                    raise ActRefused(Denial.NOT_THEIR_SEAT)
                if not any(one.is_of(who, seat) for one in here(self.facts, self._now_ms)):
                    self._news.append(events.SeatTaken(who, seat))
            case LeaveSeat(seat):
                if any(one.is_of(who, seat) for one in self.facts.seated):
                    self._news.append(events.SeatLeft(who, seat))
            case TickItems(items):
                known = {item.name for item in self.profile.manual}
                if there := [name for name in items if name in known]:
                    self._news.append(events.ManualTicked(who, there))
            case BeginCheck(items):
                self._begin_check(who, items, now)

    def _lock(
        self,
        who: str,
        act: BeginSitting | EndSitting | Override | BeginWork | EndWork,
        now: Moment,
    ) -> None:
        match act:
            case BeginSitting(service):
                if service and all(one.name != service for one in self.catalogue.services):
                    raise ActRefused(Denial.UNKNOWN_SERVICE)
                self.lock.begin(who, service, now)
            case EndSitting():
                self.lock.end(who, now)
            case Override(why):
                self.lock.override(who, why, now)
            case BeginWork(why):
                self.lock.begin_work(who, why)
            case EndWork():
                self.lock.end_work(who)

    def _begin_check(
        self,
        who: str,
        items: Mapping[str, bool],
        now: Moment,
        why: CheckReason = CheckReason.DEPARTURE,
    ) -> None:
        if self.check is not None:
            raise ActRefused(Denial.CHECK_RUNNING)
        self._checks += 1
        self.check = CheckRun(self._checks, who, self.profile, items, self._trials, now, why)


def _in_use(devices: Mapping[str, Mapping[str, Value]]) -> dict[str, bool]:
    """Of the cameras and microphones that a reading speaks of: whether a program uses them."""
    found = {name: values.get("device_in_use") for name, values in devices.items()}
    return {name: used for name, used in found.items() if isinstance(used, bool)}


def _decoded(saved: bytes | None, kind: type[_S]) -> _S | None:
    if saved is None:
        return None
    try:
        return msgspec.json.decode(saved, type=kind)
    except msgspec.MsgspecError:
        logger.exception("a state cannot be read, it begins anew", extra={"state": kind.__name__})
        return None
