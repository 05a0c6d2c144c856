"""Runs probes, a daemon thread each, so that one that hangs holds up nobody but itself.

A probe without anything to look at has no thread: most of them, on most assets.
"""

import logging
import time
from collections.abc import Callable, Sequence
from threading import Event, Lock, Thread

from edge_agent.inputs import Hung, Input
from edge_agent.probes import Probe

logger = logging.getLogger(__name__)

_END_WITHIN_SECONDS = 2.0


class ProbeThreads:
    """The agent's port to its probes: `ask` returns at once, what a probe answers goes to `put`.

    `put` is called from the probes' threads, and for `Hung` from the one that asks.
    """

    def __init__(
        self,
        probes: Sequence[Probe],
        put: Callable[[Input], None],
        up: Callable[[], float] = time.monotonic,
    ) -> None:
        self._put = put
        self._up = up
        self._lanes = {probe.name: _Lane(probe, put, up) for probe in probes}

    def start(self) -> None:
        """From here on streams are followed, and questions answered."""
        for lane in self._lanes.values():
            lane.start()

    def ask(self, name: str) -> None:
        """Asks one probe, unless it streams or is still busy; tells once of each that hangs."""
        now = self._up()
        for lane in self._lanes.values():
            if lane.is_newly_hung(now):
                self._put(Hung(lane.name))
        self._lanes[name].ask()

    def close(self) -> None:
        """Ends the threads that can end; one that hangs is left to the end of the process."""
        for lane in self._lanes.values():
            lane.close()
        until = time.monotonic() + _END_WITHIN_SECONDS
        for lane in self._lanes.values():
            lane.join(max(0.0, until - time.monotonic()))


class _Lane:
    """One probe, its thread, and the one question that it may have."""

    def __init__(self, probe: Probe, put: Callable[[Input], None], up: Callable[[], float]) -> None:
        self.name = probe.name
        self._probe = probe
        self._put = put
        self._up = up
        self._lock = Lock()
        self._wake = Event()
        self._closing = Event()
        self._busy_since: float | None = None
        self._hung_told = False
        self._told: set[str] = set()
        self._thread = Thread(target=self._run, name=f"probe-{probe.name}", daemon=True)

    def start(self) -> None:
        if self._probe.streams:
            self._thread.start()

    def ask(self) -> None:
        if self._probe.streams or not self._probe.is_needed():
            return
        if self._thread.ident is None:
            self._thread.start()
        with self._lock:
            if self._busy_since is None:
                self._busy_since = self._up()
                self._wake.set()

    def is_newly_hung(self, now: float) -> bool:
        with self._lock:
            since, told = self._busy_since, self._hung_told
            if since is None or told or now - since <= self._probe.limit.total_seconds():
                return False
            self._hung_told = True
            return True

    def close(self) -> None:
        self._closing.set()
        self._wake.set()
        self._probe.close()

    def join(self, seconds: float) -> None:
        if self._thread.ident is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        while not self._closing.is_set():
            if self._probe.streams:
                self._answer()
                self._closing.wait(self._probe.every.total_seconds())
                continue
            self._wake.wait()
            self._wake.clear()
            if self._closing.is_set():
                return
            self._answer()
            with self._lock:
                self._busy_since = None
                self._hung_told = False

    def _answer(self) -> None:
        try:
            for reading in self._probe.read():
                self._put(reading)
                if self._closing.is_set():
                    return
        except Exception as error:  # whatever a device does to its driver stays in this lane
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        """Logs each kind of failure once: a device that is broken stays so for hours."""
        kind = type(error).__name__
        if kind not in self._told:
            self._told.add(kind)
            logger.warning(
                "a probe failed, its readings are missing",
                extra={"probe": self.name, "kind": kind, "why": str(error)},
            )
