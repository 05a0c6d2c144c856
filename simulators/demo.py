"""`courtfleet demo`: a server and a simulated fleet; what was accepted must be stored, once."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from simulators.asset import Clock, Fleet
from simulators.depot import Depot, enlist
from simulators.errors import SimulatorError
from simulators.faults import Bug
from simulators.feeds import WorldFeed
from simulators.fleet import Member, fleet
from simulators.outcome import Outcome, measure
from simulators.rig import Rig
from simulators.trouble import Trouble
from simulators.witness import Witness
from simulators.world import World
from telemetry.wire.documents import Settings

REPORT_SECONDS: Final = 1.0
MESSAGE_SECONDS: Final = 3.0
"""Ten times as often as a vehicle on the road, three reports a message like there."""

DRAIN_SECONDS: Final = 10.0
TROUBLE_SECONDS: Final = 20.0
"""How much longer than asked for the fleet runs when not all the trouble has come."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for; `seconds` None: until somebody says stop."""

    folder: Path
    assets: int = 115
    seconds: float | None = None
    seed: int = 1
    bug: Bug | None = None
    shows_table: bool = True


def run(plan: Plan) -> Outcome:
    """Run the fleet to its end, and compare the store with what the witness saw.

    Raises:
        RigFailed: the server did not start, or does not answer.
    """
    members = fleet(plan.assets)
    trouble = Trouble(plan.bug, plan.seed, plan.seconds or 0.0, members[0].asset)
    with ExitStack() as closing:
        stopped = closing.enter_context(interrupts())
        _say(plan, "starting the server ...")
        rig = closing.enter_context(Rig(plan.folder, trouble.command()))
        _prepare(plan, rig, members)
        witness = closing.enter_context(Witness(plan.folder / "witness"))
        driven = Fleet(Clock("demo0001"), witness)
        depot = closing.enter_context(Depot(plan.folder / "assets", driven, plan.bug))
        feeds = _start(plan, depot, members, driven.clock)
        table = closing.enter_context(_table(plan, rig))
        began = time.monotonic()

        def is_over() -> bool:
            seconds = time.monotonic() - began
            trouble.step(rig, depot, seconds)
            if stopped.is_set() or (table is not None and table.poll() is not None):
                return True
            if plan.seconds is None or seconds < plan.seconds:
                return False
            return trouble.is_over or seconds > plan.seconds + TROUBLE_SECONDS

        driven.run(is_over)
        for feed in feeds:
            feed.stop()
        _say(plan, "draining the outboxes ...")
        trouble.end(depot)
        drained = _drain(driven, depot)
        rig.wait_until_up()
        witnessed = measure(
            rig.centre, plan.folder / "witness", len(members), depot.payload_bytes, drained
        )
        if not trouble.is_over:
            raise SimulatorError("Not all the trouble came in time; give it longer with --for.")
        return replace(witnessed, planted=plan.bug or "", trouble=tuple(trouble.said))


def _prepare(plan: Plan, rig: Rig, members: Sequence[Member]) -> None:
    _say(plan, f"enrolling {len(members)} assets ...")
    enlist(rig.centre, members, plan.folder / "assets")
    rig.centre.put_settings(
        Settings(
            report_moving_seconds=REPORT_SECONDS,
            report_standing_seconds=REPORT_SECONDS,
            message_seconds=MESSAGE_SECONDS,
        )
    )


def _start(plan: Plan, depot: Depot, members: Sequence[Member], clock: Clock) -> list[WorldFeed]:
    world = World(plan.seed)
    began_up = clock.up()
    feeds = [WorldFeed(world, member, began_up) for member in members]
    for at, (member, feed) in enumerate(zip(members, feeds, strict=True)):
        # Spread, as a real fleet is: otherwise all would send in the same moment for ever.
        starts_up = began_up + MESSAGE_SECONDS * at / len(members)
        depot.start(member.asset, feed, every_seconds=REPORT_SECONDS, starts_up=starts_up)
    return feeds


def _drain(driven: Fleet, depot: Depot) -> float | None:
    """Go on until nothing waits for an ack; how long it took, None when it took too long."""
    began = time.monotonic()
    driven.run(lambda: depot.all_drained() or time.monotonic() - began > DRAIN_SECONDS)
    return time.monotonic() - began if depot.all_drained() else None


@contextmanager
def interrupts() -> Iterator[threading.Event]:
    """Ctrl-C and SIGTERM set the event instead of ending the program somewhere in between."""
    asked = threading.Event()
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
    if not plan.shows_table or not sys.stdout.isatty():
        yield None
        return
    command = [sys.executable, "-m", "courtfleet", "status", "--server", str(rig.data)]
    with subprocess.Popen(command) as table:
        try:
            yield table
        finally:
            if table.poll() is None:
                table.send_signal(signal.SIGINT)


def _say(plan: Plan, sentence: str) -> None:
    if plan.shows_table:
        print(sentence, file=sys.stderr, flush=True)
