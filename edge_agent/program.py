"""The running agent: puts the parts together, and owns the thread that ticks.

What is imported here stays in memory on every vehicle: no argparse, no asyncio, no cryptography.
"""

import fcntl
import gc
import logging
import signal
import socket
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from types import FrameType
from typing import IO, Final

import msgspec

from edge_agent import VERSION, identity, settings
from edge_agent.agent import AgentView, EdgeAgent
from edge_agent.children import Renewals, SignatureChecks, link_key
from edge_agent.configuration import ConfigurationWatch
from edge_agent.crew.bell import CrewBell
from edge_agent.errors import AlreadyRunning, EdgeError, OutboxUnusable
from edge_agent.inbox import Inbox
from edge_agent.inputs import Input, StopAsked
from edge_agent.link import LinkSettings, PahoLink
from edge_agent.looks import Looks
from edge_agent.orders.client import SocketExecutor
from edge_agent.outbox import Outbox
from edge_agent.ports import NO_TRIALS, Ports, Trials
from edge_agent.probes.link_place import LinkPlace
from edge_agent.probes.threads import ProbeThreads
from edge_agent.probes.wanted import link_probes, wanted_probes
from edge_agent.service import ServiceManager, log_to_stderr
from edge_agent.settings import Bootstrap
from edge_agent.system_clock import SystemClock
from telemetry.words import ClockTrust

logger = logging.getLogger(__name__)

_TICKS_APART_SECONDS: Final = 0.2
"""What arrives within this is one tick, and one transaction."""
_LONGEST_SLEEP_SECONDS: Final = 10.0
_STATUS_EVERY_SECONDS: Final = 10.0
_WATCHDOG_EVERY_SECONDS: Final = 5.0


class Program:
    """One agent on this machine. `run` returns when somebody asks it to stop.

    Raises:
        NoIdentity: the machine is not enrolled.
        AlreadyRunning: there is another one.
        OutboxUnusable: the state folder cannot be written.
    """

    def __init__(self, bootstrap: Bootstrap) -> None:
        self._bootstrap = bootstrap
        self._clock = SystemClock(Path(bootstrap.ntp_marker))
        self._inbox = Inbox(self._clock.moment)
        self._manager = ServiceManager()
        me = identity.load(bootstrap.identity_folder, Path(bootstrap.machine_id_file))
        self._lock = _locked(bootstrap.state / "agent.lock")
        self._outbox = Outbox(bootstrap.outbox_file, machine=me.machine, asset=me.asset)
        self._view: AgentView | None = None
        self._status_at = 0.0
        self._watchdog_at = 0.0
        back_off = (bootstrap.reconnect_first_seconds, bootstrap.reconnect_longest_seconds)
        self._link = PahoLink(
            LinkSettings(
                asset=me.asset,
                host=bootstrap.broker_host or me.broker_host,
                port=bootstrap.broker_port or me.broker_port,
                folder=me.folder,
                back_off_seconds=back_off,
            ),
            self._inbox.put,
            self._is_clock_known,
        )
        self._looks = Looks(bootstrap.state)
        probes = wanted_probes(
            bootstrap,
            self._link.socket_info,
            self._trusted_date,
            self._is_clock_known,
            lambda: self._agent.profile,
            self._looks,
        )
        if bootstrap.probes.link:
            probes += link_probes(self._link_place(me))
        self._probes = ProbeThreads(probes, self._inbox.put)
        self._renewals = Renewals(me.folder, self._looks.turn)
        self._configuration = ConfigurationWatch(Path(bootstrap.configuration_manifest))
        executor = SocketExecutor(Path(bootstrap.orders_socket), self._inbox.put)
        self._agent = EdgeAgent(
            self._outbox,
            Ports(self._link, self._probes, self._trials(), executor, self._link.say_live),
            me,
            {probe.name: probe.every.total_seconds() for probe in probes if probe.every},
            SignatureChecks(me.folder / identity.SIGNING, self._inbox.put, self._looks.turn).check,
            on_arrival=[probe.name for probe in probes if not probe.every],
            version=VERSION,
            hostname=socket.gethostname()[:64],
        )
        port = bootstrap.crew.port
        self._crew = CrewBell(port, self._inbox.put) if port else None

    def run(self) -> None:
        """Tick until SIGTERM or SIGINT; what was accepted is committed then."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._link.start()
        self._probes.start()
        if self._crew is not None:
            self._crew.start()
        # What was imported stays: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        inputs: list[Input] = []
        try:
            while not self._agent.is_stopping:
                wake = self._agent.tick(self._clock.moment(), inputs)
                ticked_at = self._clock.up()
                self._after_tick(ticked_at)
                inputs = self._wait(wake, ticked_at)
        finally:
            self._close()

    def _after_tick(self, up: float) -> None:
        self._inbox.is_patient = not self._agent.tracks_fixes
        if up >= self._watchdog_at:
            self._manager.tell("WATCHDOG=1")
            longest = self._manager.watchdog_seconds or 60.0
            self._watchdog_at = up + min(_WATCHDOG_EVERY_SECONDS, longest / 4)
        is_due = up >= self._status_at or self._agent.is_stopping
        if self._crew is not None and self._crew.wants_view(is_due=is_due):
            self._crew.show(self._agent.crew_view(), self._agent.people)
        if not is_due:
            return
        first = self._view is None
        self._view = self._agent.view()
        self._status_at = up + _STATUS_EVERY_SECONDS
        self._save_status(self._view)
        self._renewals.step(up, self._view.seen_at)
        found = self._configuration.look()
        if found is not None:
            self._inbox.put(found)
        if first:
            self._manager.tell("READY=1")
        self._manager.tell(f"STATUS={self._view.state}: {self._view.waiting_reports} waiting")

    def _save_status(self, view: AgentView) -> None:
        """Not synced to disk: it is only about now."""
        fresh = self._bootstrap.status_file.with_suffix(".new")
        try:
            fresh.write_bytes(msgspec.json.encode(view))
            fresh.replace(self._bootstrap.status_file)
        except OSError as error:
            logger.debug("no status file", extra={"why": str(error)})

    def _wait(self, wake: float, ticked_at: float) -> list[Input]:
        """Sleep until something happens or is due; all that happened, in order."""
        longest = _LONGEST_SLEEP_SECONDS
        if self._manager.watchdog_seconds is not None:
            longest = min(longest, self._manager.watchdog_seconds / 3)
        until = max(min(wake, ticked_at + longest), ticked_at + _TICKS_APART_SECONDS)
        first = self._inbox.wait(max(until - self._clock.up(), 0.001))
        early = ticked_at + _TICKS_APART_SECONDS - self._clock.up()
        if first is not None and early > 0 and not isinstance(first, StopAsked):
            time.sleep(early)
        rest = self._inbox.rest()
        return rest if first is None else [first, *rest]

    def _trials(self) -> Trials:
        """What the crew's check tries out; without a page nobody can ask for it."""
        if not self._bootstrap.crew.port:
            return NO_TRIALS
        from edge_agent.checks.trials import TrialThreads

        return TrialThreads(
            self._looks, lambda: self._agent.profile, self._test_page, self._inbox.put
        )

    def _test_page(self) -> list[str]:
        """ASCII: every printer has letters for that."""
        view = self._view
        asset = "" if view is None else view.asset
        now = self._clock.moment().wall.strftime("%Y-%m-%d %H:%M:%S UTC")
        return ["Courtfleet", "Test page of the check before departure", asset, now]

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._inbox.put(StopAsked())

    def _is_clock_known(self) -> bool:
        view = self._view
        return view is not None and view.clock_is_vouched_for

    def _trusted_date(self) -> date | None:
        """Today, when NTP or the centre says so; the position probe may not trust itself."""
        view = self._view
        if view is None or view.clock_trust not in {ClockTrust.NTP, ClockTrust.SERVER}:
            return None
        return datetime.fromtimestamp(view.seen_at / 1000, UTC).date()

    def _clock_offset(self) -> float | None:
        """The right time less this machine's, in seconds; None while nobody vouches for any."""
        view = self._view
        if view is None or view.clock_trust is ClockTrust.NONE:
            return None
        return view.seen_at / 1000 + self._clock.up() - view.up_seconds - time.time()

    def _link_place(self, me: identity.Identity) -> LinkPlace:
        return LinkPlace(
            me.asset,
            me.server_host or me.broker_host,
            lambda: self._agent.profile,
            lambda: link_key(me.folder),
            self._clock_offset,
        )

    def _close(self) -> None:
        self._manager.tell("STOPPING=1")
        if self._crew is not None:
            self._crew.close()
        self._looks.close()
        self._probes.close()
        self._link.close()
        self._outbox.close()
        self._lock.close()
        logger.info("the agent has stopped")


def _locked(path: Path) -> IO[str]:
    """The lock of the state folder, held as long as the file is open."""
    try:
        file = path.open("w")
    except OSError as error:
        raise OutboxUnusable(f"{path} cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise AlreadyRunning(
            f"another agent runs on {path.parent}; stop it with `systemctl stop courtfleet-agent`"
        ) from error
    return file


def main(argv: list[str]) -> int:
    """The process; `argv` may name the settings' file. The exit status."""
    log_to_stderr()
    try:
        Program(settings.load(Path(argv[0]) if argv else None)).run()
    except EdgeError as error:
        print(f"courtfleet agent: {error}", file=sys.stderr)
        return 1
    return 0
