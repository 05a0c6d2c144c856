"""The writer's thread: commits micro-batches, and hands their answers back to the event loop."""

import asyncio
import logging
import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Final

from fleet_server.intake.acks import Answers
from fleet_server.intake.intake import Intake

logger = logging.getLogger(__name__)

EVERY_SECONDS: Final = 0.1
"""A record waits so long for others, before all of them are committed together."""

_BUSY_TIMES: Final = 2.5
"""So many times as long when many come: what a commit costs by itself, however few rows it has
(a hundred columns are bound, appended and written), is a third of the whole for 800 rows."""

_LOOK_SECONDS: Final = 0.02

Publish = Callable[[Answers], None]


class Writer:
    """Owned by the event loop that calls `start`; `publish` is called in that loop."""

    def __init__(
        self, intake: Intake, publish: Publish, now: Callable[[], int], every: float = EVERY_SECONDS
    ) -> None:
        self._intake = intake
        self._publish = publish
        self._now = now
        self._every = every
        self._stop = Event()
        self._thread: Thread | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to commit."""
        self._thread = Thread(target=self._run, args=(loop,), name="intake-writer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Commit what waits, save the marks, end the thread. Blocks; not for the loop's thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            self._commit_all(loop)
            self._rest(began)
        self._commit_all(loop)
        try:
            self._intake.save(self._now())
        except Exception:
            logger.exception("marks not saved at stop")

    def _rest(self, began: float) -> None:
        """Until the next commit is worth its price; the last one `began` then (monotonic)."""
        self._stop.wait(max(0.0, began + self._every - time.monotonic()))
        until = began + _BUSY_TIMES * self._every
        while self._intake.is_busy() and time.monotonic() < until:
            if self._stop.wait(_LOOK_SECONDS):
                return

    def _commit_all(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            try:
                answers = self._intake.commit(self._now())
            except Exception:
                # A thread that ends here would leave a server that hears and never stores.
                logger.exception("the writer failed")
                return
            if answers and not loop.is_closed():
                loop.call_soon_threadsafe(self._publish, answers)
            if not self._intake.is_behind():
                return
