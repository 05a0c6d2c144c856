"""The agent itself: a state machine that is ticked. It has no thread, clock, socket or sleep."""

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from edge_agent.clock import Clock, up_ms
from edge_agent.configuration import CONFIGURED
from edge_agent.connection import State
from edge_agent.conversation import Conversation
from edge_agent.crew.desk import CrewDesk
from edge_agent.documents import DocumentBook, Outcome
from edge_agent.identity import Identity
from edge_agent.inputs import (
    Checked,
    CrewAct,
    FromCentre,
    Hung,
    Input,
    LinesHeard,
    LinkDown,
    LinkUp,
    Looked,
    Moment,
    OrderNote,
    PinAsked,
    PinRight,
    PublishAnswered,
    Reading,
    StopAsked,
    TrialDone,
)
from edge_agent.inventory import SERIALS, SIMS, UNITS, Inventory
from edge_agent.link_watch import LinkWatch
from edge_agent.orders.book import OrderBook
from edge_agent.outbox import Outbox
from edge_agent.ports import Check, Ports
from edge_agent.records import Anchor, Draft, Work
from edge_agent.reporting import Reporting, alone
from edge_agent.sitting import Allowed, Deferred
from telemetry.wire import codec, events, lines
from telemetry.wire.documents import Settings
from telemetry.wire.messages import Header, Mark, Report
from telemetry.wire.people import Person
from telemetry.wire.profile import Profile
from telemetry.words import ClockTrust, Document, Stream

if TYPE_CHECKING:
    from edge_agent.crew.view import CrewView

logger = logging.getLogger(__name__)

_HOUSEKEEPING_SECONDS: Final = 60.0
_KEEPS_PACE_SECONDS: Final = 10.0
"""Probes asked at least this often are asked as often as there are reports; others cost more."""
_ASKED_EARLY_SECONDS: Final = 0.25
"""What is due so soon is asked now: a tick of its own costs more than the answer."""
_ASKED_LATE_SHARE: Final = 0.5
"""Of its rhythm: for a tick that comes anyway a probe waits so long; from then on both are one."""
_DESIRED: Final = "desired"
_ORDER: Final = "order"
_ACK: Final = "ack"
_BURST: Final = "link-burst"
_LINKED: Final = frozenset({State.OPEN, State.HOLD})


class AgentView(msgspec.Struct, frozen=True):
    """What the status page shows; a picture of one moment, instants in ms since 1970.

    `clock_is_vouched_for`: the wall clock agrees with a source that knows the time.
    `unwritten_*`: what could not be stored so far because the disk is full. `link_reason` is the
    `link_class.Measure` that the class is due to, "" for none; `mos` of speech, estimated.
    """

    asset: str
    version: str
    seen_at: int
    up_seconds: float
    boot: str
    state: str
    reason: str
    rtt_seconds: float | None
    reports: list[Mark]
    events: list[Mark]
    waiting_reports: int
    waiting_events: int
    in_flight: int
    dropped: int
    refused: int
    unwritten_reports: int
    unwritten_events: int
    is_writable: bool
    clock_trust: ClockTrust
    clock_is_vouched_for: bool
    hung: list[str]
    report_every_seconds: float
    link_class: str
    link_reason: str
    mos: float | None
    held: dict[str, int]
    settings: Settings
    in_sitting: bool = False


class EdgeAgent:
    """Owned by one thread; every call returns in milliseconds. It asks, answers come as inputs.

    `every`: seconds between questions, by probe; `on_arrival`: probes that are asked when the asset
    has come to stand somewhere. `check` says whether a signature is the server's. `profile` is what
    the asset carries, replaced whole when another one comes.
    """

    def __init__(
        self,
        outbox: Outbox,
        ports: Ports,
        identity: Identity,
        every: Mapping[str, float],
        check: Check,
        *,
        on_arrival: Sequence[str] = (),
        version: str = "",
        hostname: str = "",
    ) -> None:
        self._outbox = outbox
        self._ports = ports
        self._asset = identity.asset
        self._machine = identity.machine
        self._every = dict(every)
        self._on_arrival = on_arrival
        self._wants_burst = False
        self._version = version
        self._hostname = hostname
        self._clock = Clock(outbox.anchors())
        self._documents = DocumentBook(identity.asset, outbox.held(), check)
        settings = self._documents.content(Settings)
        self._reporting = Reporting(settings)
        self._link_watch = LinkWatch()
        self._conversation = Conversation(outbox, ports.link, self._clock, settings)
        self._inventory = Inventory(*map(outbox.fact, (SERIALS, SIMS, UNITS)))
        self._desk = CrewDesk(outbox.fact, self._documents, ports.trials)
        self._orders = OrderBook(
            identity.asset, outbox.fact, check, ports.executor, outbox.events_share
        )
        self._work = Work()
        self._ask_at: dict[str, float] = {}
        self._asked_by = float("inf")
        self._hung: set[str] = set()
        self._now: Moment | None = None
        self._housekeeping_at = 0.0
        self._generation = outbox.generation
        self.is_stopping = False
        self.profile = self._documents.content(Profile)
        outbox.resize(settings.outbox_megabytes)

    def tick(self, now: Moment, inputs: Sequence[Input]) -> float:
        """Take what happened; when to call again at the latest, in `up` seconds.

        What it accepted is committed before it returns, and before anything of it is sent.
        """
        if self._now is None:
            self._event(events.AgentStarted(self._version, now.boot, self._hostname), now)
        self._now = now
        self._look_at_clock(now)
        is_trusted = self._clock.trust(now) is not ClockTrust.NONE
        if self._desk.watch(now, self._clock.now_ms(now), is_trusted=is_trusted):
            self._look_anew()
        for item in inputs:
            self._take(item, now)
        report = self._reporting.join(now.up)
        if report is not None:
            self._report(report, now)
        is_linked = self._conversation.state in _LINKED
        now_ms = self._clock.now_ms(now)
        self._desk.link(self._link_watch.fact(now.up, now_ms))
        self._go_on_with_orders(now, now_ms if is_trusted else None)
        for event in self._desk.advance(now, now_ms, is_linked=is_linked):
            self._event(event, now)
        self._commit(now)
        self._conversation.speak(now, self._header)
        self._keep_house(now)
        self._ask_probes(now)  # last: the threads that this wakes would run beside the rest
        due = min(
            self._reporting.next_due(now.up),
            self._conversation.next_due(),
            self._housekeeping_at,
            self._desk.next_due(),
            self._orders.next_due(),
        )
        return due if due <= self._asked_by else min(due, *self._ask_at.values())

    def may_disturb(self, step: str) -> Allowed | Deferred:
        """Whether a step that would disturb a sitting may be taken now; ask before each step.

        Raises:
            RuntimeError: there was no tick yet.
        """
        return self._desk.lock.may_disturb(step, self._last_moment())

    @property
    def tracks_fixes(self) -> bool:
        """Whether each fix is to be a report of its own."""
        return self._reporting.settings.track_fixes

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody who may act on this asset, by id; replaced whole when another list comes."""
        return self._desk.people

    def crew_view(self) -> "CrewView":
        """What the crew page shows, after the last tick; what that needs is loaded then.

        Raises:
            RuntimeError: there was no tick yet.
        """
        from edge_agent.crew.view import Standing, crew_view

        now = self._last_moment()
        standing = Standing(
            asset=self._asset,
            version=self._version,
            now_ms=self._clock.now_ms(now),
            clock_trust=self._clock.trust(now),
            link=self._conversation.state,
            rtt_seconds=self._conversation.rtt_seconds,
            waiting_reports=self._outbox.waiting(Stream.REPORTS),
            waiting_events=self._outbox.waiting(Stream.EVENTS),
            is_writable=self._outbox.is_writable,
        )
        return crew_view(self._desk, standing, now)

    def view(self) -> AgentView:
        """A picture of the agent after the last tick.

        Raises:
            RuntimeError: there was no tick yet.
        """
        now = self._last_moment()
        counts = self._outbox.counts()
        unwritten_reports, unwritten_events = self._outbox.unwritten
        link = self._link_watch.state
        return AgentView(
            asset=self._asset,
            version=self._version,
            seen_at=self._clock.now_ms(now),
            up_seconds=now.up,
            boot=now.boot,
            state=self._conversation.state,
            reason=self._conversation.reason,
            rtt_seconds=self._conversation.rtt_seconds,
            reports=self._outbox.marks(Stream.REPORTS),
            events=self._outbox.marks(Stream.EVENTS),
            waiting_reports=self._outbox.waiting(Stream.REPORTS),
            waiting_events=self._outbox.waiting(Stream.EVENTS),
            in_flight=self._conversation.in_flight,
            dropped=counts.dropped,
            refused=counts.refused,
            unwritten_reports=unwritten_reports,
            unwritten_events=unwritten_events,
            is_writable=self._outbox.is_writable,
            clock_trust=self._clock.trust(now),
            clock_is_vouched_for=self._clock.vouches_for_wall(now),
            hung=sorted(self._hung),
            report_every_seconds=self._reporting.every_seconds(now.up),
            link_class=self._link_watch.written(now.up),
            link_reason=(link.present and link.present.measure) or "",
            mos=link.mos,
            held=self._documents.versions,
            settings=self._reporting.settings,
            in_sitting=self._desk.lock.sitting is not None,
        )

    def _last_moment(self) -> Moment:
        if self._now is None:
            raise RuntimeError("the agent has not been ticked yet")
        return self._now

    def _take(self, item: Input, now: Moment) -> None:
        match item:
            case Reading():
                self._read(item, now)
            case Hung(probe):
                self._hung.add(probe)
                self._reporting.hang(probe)
                self._event(events.ProbeHung(probe), now)
            case LinkUp() | LinkDown() | PublishAnswered():
                self._linked(item, now)
            case FromCentre(tail, payload):
                self._told(tail, payload, now)
            case Checked(signature, is_genuine):
                self._heed(self._documents.checked(signature, is_genuine), now)
                self._orders.checked(signature, is_genuine, self._clock.now_ms(now))
            case OrderNote() | LinesHeard():
                self._carried_out(item, now)
            case events.Configured():
                self._configured(item, now)
            case CrewAct() | PinAsked() | PinRight() | TrialDone():
                if self._desk.take(item, now):
                    self._look_anew()
            case Looked():
                pass  # that there is a tick is all it wants
            case StopAsked():
                self.is_stopping = True

    def _carried_out(self, item: OrderNote | LinesHeard, now: Moment) -> None:
        if isinstance(item, OrderNote):
            self._orders.note(item, now)
        elif self._conversation.state is State.OPEN and self._orders.runs(
            item.number, item.lines.id
        ):
            self._ports.say_live(lines.encode(item.lines))

    def _linked(self, item: LinkUp | LinkDown | PublishAnswered, now: Moment) -> None:
        match item:
            case LinkUp():
                self._conversation.up(now)
            case LinkDown(reason):
                self._conversation.down(now, reason)
            case PublishAnswered(message_id, reason_code):
                self._conversation.published(now, message_id, reason_code)

    def _look_anew(self) -> None:
        """A check began: all probes are asked now, the link's burst as soon as it may."""
        self._ask_at.clear()
        self._wants_burst = True

    def _told(self, tail: str, payload: bytes, now: Moment) -> None:
        if tail == _ACK:
            self._answered(payload, now)
        elif tail == _DESIRED:
            self._heed(self._documents.receive(payload, self._clock.now_ms(now)), now)
        elif tail == _ORDER:
            self._orders.receive(payload, self._clock.now_ms(now))
        else:
            logger.info("nothing here takes this message", extra={"tail": tail[:32]})

    def _read(self, reading: Reading, now: Moment) -> None:
        self._hung.discard(reading.probe)
        taken = reading.taken or now
        self._desk.hear(reading, now, self._clock.now_ms(now))
        self._anchored(taken.boot, self._clock.learn_from_fix(taken, reading.metrics))
        reading, changes = self._inventory.take(reading, taken, self._clock, self.profile)
        for change in changes:
            self._event(change, taken)
        self._link_watch.take(reading, taken.up)
        self._orders.take(reading, taken.up)
        if self._reporting.take(reading, now.up):
            self._report(alone(reading), taken)

    def _answered(self, payload: bytes, now: Moment) -> None:
        greeted_at = self._conversation.answered(payload, now, self._work)
        if greeted_at is not None:
            self._anchored(now.boot, self._clock.learn_from_server(now, greeted_at))

    def _heed(self, outcome: Outcome | None, now: Moment) -> None:
        """Carry out what became of a desired document."""
        if outcome is None:
            return
        self._event(outcome.event, now)
        if outcome.held is None:
            return
        self._work.held.append(outcome.held)
        self._desk.reload()
        if outcome.held.name == Document.SETTINGS:
            settings = self._documents.content(Settings)
            self._reporting.settings = settings
            self._conversation.settings = settings
            self._outbox.resize(settings.outbox_megabytes)
        if outcome.held.name == Document.PROFILE:
            self.profile = self._documents.content(Profile)
            self._ask_at.clear()  # what it carries now is worth a look now

    def _configured(self, found: events.Configured, now: Moment) -> None:
        """Tell how the machine is set up, unless that is what was told last, if by an earlier run.

        A machine that was never set up has nothing to tell.
        """
        body = events.encode(found)
        told = self._outbox.fact(CONFIGURED)
        if body != told and (told is not None or found.hash):
            self._event(found, now)
            self._work.facts[CONFIGURED] = body

    def _go_on_with_orders(self, now: Moment, now_ms: int | None) -> None:
        if self._orders.advance(now, now_ms, self._link_watch.written(now.up), self._desk):
            self._look_anew()
        for event in self._orders.news():
            self._event(event, now)

    def _look_at_clock(self, now: Moment) -> None:
        anchor, fault = self._clock.observe(now)
        self._anchored(now.boot, anchor)
        if fault is not None:
            self._event(fault, now)

    def _anchored(self, boot: str, anchor: Anchor | None) -> None:
        if anchor is not None:
            self._work.anchors[boot] = anchor

    def _report(self, report: Report, taken: Moment) -> None:
        try:
            body = codec.encode_report(report)
        except ValueError:
            logger.exception("a reading is not finite, its report is left out")
            return
        self._work.drafts.append(Draft(Stream.REPORTS, self._clock.stamp(taken), body))

    def _event(self, event: events.Event, now: Moment) -> None:
        self._work.drafts.append(Draft(Stream.EVENTS, self._clock.stamp(now), events.encode(event)))

    def _ask_probes(self, now: Moment) -> None:
        rhythm = self._reporting.every_seconds(now.up)
        for probe, seconds in self._every.items():
            if now.up >= self._ask_at.get(probe, now.up) - _ASKED_EARLY_SECONDS:
                self._ports.probes.ask(probe)
                self._ask_at[probe] = now.up + _pace(seconds, rhythm)
        self._asked_by = min(
            (
                at + _ASKED_LATE_SHARE * _pace(self._every[probe], rhythm)
                for probe, at in self._ask_at.items()
            ),
            default=float("inf"),
        )
        self._wants_burst = self._wants_burst or self._link_watch.wants_burst(now.up)
        if self._wants_burst and self._on_arrival and self._may_burst(now):
            self._wants_burst = False
            for probe in self._on_arrival:
                self._ports.probes.ask(probe)

    def _may_burst(self, now: Moment) -> bool:
        """Not during a sitting: it would take the uplink from the hearing. Afterwards it may."""
        return isinstance(self._desk.lock.may_disturb(_BURST, now), Allowed)

    def _commit(self, now: Moment) -> None:
        work, self._work = self._work, Work()
        if work.drafts:  # nothing that is remembered of devices is worth a transaction of its own
            work.facts |= self._inventory.changed()
        work.facts |= self._desk.unsaved(now) | self._orders.unsaved()
        is_stored = self._outbox.commit(work, self._clock.stamp(now))
        if self._outbox.generation != self._generation:
            self._generation = self._outbox.generation
            self._conversation.start_over()
            self._work.facts |= self._desk.unsaved(now, anew=True)
            self._work.facts |= self._orders.unsaved(anew=True)
        self._desk.answer(is_stored=is_stored)
        self._orders.settle(is_stored=is_stored)

    def _keep_house(self, now: Moment) -> None:
        if now.up < self._housekeeping_at:
            return
        self._housekeeping_at = now.up + _HOUSEKEEPING_SECONDS
        # Only while connected: a server may ask first for what a long sleep has made old.
        is_open = self._conversation.state is State.OPEN
        if is_open and self._clock.trust(now) is not ClockTrust.NONE:
            keep_ms = round(self._reporting.settings.keep_hours * 3_600_000)
            self._outbox.forget_kept(self._clock.now_ms(now) - keep_ms)

    def _header(self, now: Moment, greets: bool) -> Header:
        settings = self._reporting.settings
        rhythm = max(self._reporting.every_seconds(now.up), settings.message_seconds)
        return Header(
            sent_at=self._clock.now_ms(now),
            trust=self._clock.trust(now),
            boot=now.boot,
            up_ms=up_ms(now),
            reports=self._outbox.marks(Stream.REPORTS),
            events=self._outbox.marks(Stream.EVENTS),
            every_seconds=rhythm,
            greets=greets,
            held=self._documents.versions,
            last_order=self._orders.last,
            link_class=self._link_watch.written(now.up),
            in_sitting=self._desk.lock.sitting is not None,
            machine=self._machine if greets else "",
            agent_version=self._version if greets else "",
        )


def _pace(seconds: float, rhythm: float) -> float:
    """How often a probe is asked: a faster rhythm wants fresh readings, or reports were empty."""
    return min(seconds, rhythm) if seconds <= _KEEPS_PACE_SECONDS else seconds
