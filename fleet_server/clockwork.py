"""Jobs at the calendar's rate, run one after the other in one thread."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every so often; it may block, but then the others wait."""

    name: str
    every: timedelta
    step: Callable[[datetime], object]


class Clockwork:
    """Knows when each job ran last. A job that fails is logged and runs again when it is due."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs
        self._ran_at: dict[str, datetime] = {}
        self.failures: dict[str, int] = {job.name: 0 for job in jobs}

    def run_due(self, now: datetime) -> None:
        """Run the jobs whose time has come. A clock set back makes a job due at once."""
        for job in self._jobs:
            ran_at = self._ran_at.get(job.name)
            if ran_at is not None and ran_at <= now < ran_at + job.every:
                continue
            self._ran_at[job.name] = now
            try:
                job.step(now)
            except Exception:
                self.failures[job.name] += 1
                logger.exception("a job failed", extra={"job": job.name})
