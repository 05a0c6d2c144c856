"""`courtfleet demo`: a server and a simulated fleet; what was accepted must be stored, once."""

import math
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

from simulators import descriptors, incidents, setups
from simulators.asset import Clock, Fleet, SimulatedAsset
from simulators.crews import PEOPLE, Crews
from simulators.depot import Depot, enlist
from simulators.errors import SimulatorError
from simulators.faults import Bug
from simulators.feeds import WorldFeed
from simulators.fleet import Member, fleet
from simulators.history import History
from simulators.incidents import Cast, Incidents
from simulators.outcome import Outcome, measure
from simulators.releases import Releases
from simulators.rig import Rig, free_port_from
from simulators.show import Show
from simulators.trouble import Trouble
from simulators.witness import Witness
from simulators.world import World
from telemetry.wire.documents import Settings

STANDSTILL_SECONDS: Final = 120.0
"""Fewer records never waited than so long ago: what is left will not go any more."""
TROUBLE_SECONDS: Final = 300.0
"""How much longer than asked for the fleet may run until all the trouble has come."""

_ON_DISK: Final = 300
"""So many assets have their outbox in a file; those beyond keep it in memory."""

_FILES_ON_DISK: Final = 6
_FILES_IN_MEMORY: Final = 3
_COMFORTABLE: Final = 400
"""More assets than this report less often."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for; `seconds` None: until somebody says stop.

    `is_shown`: somebody watches, in a browser (on `port`, None: any) or by the table. Then there
    are incidents, and standing assets report less often; otherwise nothing but the proof counts.
    """

    folder: Path
    assets: int = 115
    seconds: float | None = None
    seed: int = 1
    bug: Bug | None = None
    is_shown: bool = True
    has_table: bool = False
    port: int | None = None
    opens_browser: bool = False
    history_seconds: float = 0.0
    language: str = "en"

    @property
    def is_proof(self) -> bool:
        """Nothing but the proof counts: nobody watches, or a bug is planted."""
        return not self.is_shown or self.bug is not None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds between reports and between messages; `past_*`: in the history."""

    moving: float
    standing: float
    message: float
    past_moving: float
    past_standing: float


def rhythm(plan: Plan) -> Rhythm:
    """For the proof ten times as often as on the road, three reports a message like there.

    For somebody who watches each second on the road; a large fleet reports less often.
    """
    past = max(1.0, plan.assets / 115)
    if plan.is_proof:
        return Rhythm(1.0, 1.0, 3.0, 15.0 * past, 60.0 * past)
    slower = math.ceil(plan.assets / _COMFORTABLE)
    return Rhythm(1.0 * slower, 5.0 * slower, 1.0 * slower, 15.0 * past, 60.0 * past)


class Stop:
    """Whether somebody wants an end. No lock: one signal may interrupt the handler of another."""

    def __init__(self) -> None:
        self._is_set = False

    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        self._is_set = True


class _Stage(NamedTuple):
    """Where it all happens."""

    rig: Rig
    witness: Witness
    driven: Fleet
    depot: Depot


def run(plan: Plan) -> Outcome:
    """Run the fleet to its end, and compare the store with what the witness saw.

    Raises:
        RigFailed: the server did not start, or does not answer.
    """
    members = fleet(plan.assets)
    who = Cast() if plan.is_proof else incidents.cast(members)
    trouble = Trouble(plan.bug, plan.seed, plan.seconds or 0.0, members[0].asset)
    show = Show(plan.language, is_on=plan.is_shown, has_line=_has_terminal() and not plan.has_table)
    with ExitStack() as closing:
        stopped = closing.enter_context(interrupts())
        stage = _staged(plan, show, trouble.command(), closing)
        living = _prepare(plan, show, stage.rig, members, who)
        following = show.following(
            stage.rig.data, stage.rig.console, opens_browser=plan.opens_browser
        )
        with following:
            feeds, mishaps = _start(plan, show, stage, living, who)
            if not plan.is_proof:
                setups.lay_out(stage.rig.centre, stage.depot, living)
            crews = _crews(plan, stage, living)
            # Where nothing happens to anybody, nothing is rolled out either.
            releases = (
                Releases(stage.rig.centre, stage.depot.order_faults) if who != Cast() else None
            )
            _play(plan, stage, trouble, mishaps, crews, stopped, releases)
        for feed in feeds.values():
            feed.stop()
        show.tell("draining")
        trouble.end(stage.depot)
        mishaps.end(stage.depot)
        outcome = _counted(plan, stage, len(members))
    if not trouble.is_over:
        raise SimulatorError("Not all the trouble came in time; give it longer with --for.")
    return replace(outcome, planted=plan.bug or "", trouble=tuple(trouble.said))


def _staged(plan: Plan, show: Show, command: Sequence[str], closing: ExitStack) -> _Stage:
    """Server, witness and depot, without anybody in it."""
    on_disk = min(_ON_DISK, plan.assets)
    descriptors.make_room(on_disk * _FILES_ON_DISK + (plan.assets - on_disk) * _FILES_IN_MEMORY)
    show.tell("starting")
    rig = closing.enter_context(Rig(plan.folder, command, _port(plan, show)))
    # Whoever watches needs nothing that survives a power cut; the proof does.
    synchronous = "OFF" if plan.is_shown else "FULL"
    witness = Witness(plan.folder / "witness", is_durable=not plan.is_shown)
    driven = Fleet(Clock("demo0001"), closing.enter_context(witness))
    depot = Depot(plan.folder / "assets", driven, plan.bug, synchronous)
    return _Stage(rig, witness, driven, closing.enter_context(depot))


def _crews(plan: Plan, stage: _Stage, members: Sequence[Member]) -> Crews:
    """Crews where somebody watches; the proof is about what is measured."""
    shown = () if plan.is_proof else members
    return Crews(plan.seed, World(plan.seed), shown, stage.driven.inbox)


def _play(
    plan: Plan,
    stage: _Stage,
    trouble: Trouble,
    mishaps: Incidents,
    crews: Crews,
    stopped: Stop,
    releases: Releases | None,
) -> None:
    """Drive the fleet until time is up, or somebody says stop."""
    with _table(plan, stage.rig) as table:
        began = time.monotonic()

        def is_over() -> bool:
            seconds = time.monotonic() - began
            trouble.step(stage.rig, stage.depot, seconds)
            mishaps.step(stage.depot, seconds)
            crews.step(seconds)
            if releases is not None:
                releases.step(seconds)
            if stopped.is_set() or (table is not None and table.poll() is not None):
                return True
            if plan.seconds is None or seconds < plan.seconds:
                return False
            return trouble.is_over or seconds > plan.seconds + TROUBLE_SECONDS

        stage.driven.run(is_over)


def _counted(plan: Plan, stage: _Stage, assets: int) -> Outcome:
    """Drain all outboxes, and draw up the balance."""
    drained = _drain(stage.driven, stage.depot)
    stage.rig.wait_until_up()
    witness = plan.folder / "witness"
    return measure(stage.rig.centre, witness, assets, stage.depot.payload_bytes, drained)


def _port(plan: Plan, show: Show) -> int | None:
    """The console's port: the one asked for, or the next free one."""
    if plan.port is None:
        return None
    found = free_port_from(plan.port)
    if found != plan.port:
        show.tell("port_taken", wanted=plan.port, port=found)
    return found


def _prepare(
    plan: Plan, show: Show, rig: Rig, members: Sequence[Member], who: Cast
) -> list[Member]:
    """Make all assets known to the server; those that will live, with their identities."""
    show.tell("enrolling", assets=len(members))
    chosen = rhythm(plan)
    if chosen.moving > 1.0:
        show.tell("rhythm", moving=chosen.moving, standing=chosen.standing)
    living = [member for member in members if member.asset != who.never_comes]
    enlist(rig.centre, living, plan.folder / "assets")
    rig.centre.invite([member for member in members if member.asset == who.never_comes])
    if plan.is_shown:
        rig.centre.put_courts(members)
        rig.centre.put_people(PEOPLE)
    rig.centre.put_settings(
        Settings(
            report_moving_seconds=chosen.moving,
            report_standing_seconds=chosen.standing,
            message_seconds=chosen.message,
        )
    )
    return living


def _start(
    plan: Plan, show: Show, stage: _Stage, members: Sequence[Member], who: Cast
) -> tuple[Mapping[str, WorldFeed], Incidents]:
    """Put the agents together, let them live through their past, and connect them."""
    world = World(plan.seed)
    chosen = rhythm(plan)
    began, began_up = time.monotonic(), stage.driven.clock.up()
    # The proof is about many reports in a short time, not about what is looked at now and then.
    feeds = {
        member.asset: WorldFeed(world, member, began_up, has_instruments=plan.is_shown)
        for member in members
    }
    mishaps = Incidents(who, feeds)
    history = History(plan.history_seconds, chosen.past_standing, chosen.past_moving, stage.witness)

    def past(asset: SimulatedAsset) -> None:
        # Whose clock is wrong has just been switched on.
        if plan.history_seconds and asset.name != who.wrong_clock:
            history.live_through(asset, feeds[asset.name], stage.driven.clock.now())

    for at, (name, feed) in enumerate(feeds.items()):
        # Spread, as a real fleet is: otherwise all would send in the same moment for ever.
        starts_up = began_up + chosen.message * at / len(members)
        stage.depot.start(
            name,
            feed,
            every_seconds=chosen.standing,
            starts_up=starts_up,
            past=past,
            is_on_disk=at < _ON_DISK,
        )
    if plan.history_seconds:
        minutes, seconds = round(plan.history_seconds / 60), round(time.monotonic() - began, 1)
        show.tell("lived", minutes=minutes, reports=history.reports, seconds=seconds)
    return feeds, mishaps


def _drain(driven: Fleet, depot: Depot) -> float | None:
    """Go on until nothing waits for an ack; how long it took, None when it came to a standstill."""
    began = moved_at = time.monotonic()
    left = depot.waiting()

    def is_over() -> bool:
        nonlocal left, moved_at
        now, waiting = time.monotonic(), depot.waiting()
        if waiting < left:
            left, moved_at = waiting, now
        return left == 0 or now - moved_at > STANDSTILL_SECONDS

    driven.wake()
    driven.run(is_over)
    return time.monotonic() - began if left == 0 else None


@contextmanager
def interrupts() -> Iterator[Stop]:
    """Ctrl-C and SIGTERM ask for an end instead of ending the program somewhere in between."""
    asked = Stop()
    before = {
        number: signal.signal(number, lambda *_: asked.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _table(plan: Plan, rig: Rig) -> Iterator[subprocess.Popen[bytes] | None]:
    """`courtfleet status` in this terminal, if there is one; it ends by Ctrl-C too."""
    if not plan.has_table or not _has_terminal():
        yield None
        return
    command = [sys.executable, "-m", "courtfleet", "status", "--server", str(rig.data)]
    with subprocess.Popen(command) as table:
        try:
            yield table
        finally:
            if table.poll() is None:
                table.send_signal(signal.SIGINT)


def _has_terminal() -> bool:
    return sys.stdout.isatty()
