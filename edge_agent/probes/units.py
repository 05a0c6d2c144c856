"""Which of systemd's units have failed, once a minute.

Asked by `systemctl`, a process of some milliseconds: a D-Bus library in this one would stay in its
memory on every vehicle, also where nothing else needs it.
"""

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from edge_agent.inputs import Reading

_COMMAND: Final = (
    *("systemctl", "list-units", "--failed", "--full", "--plain"),
    *("--no-legend", "--no-pager"),
)
_ANSWER_SECONDS: Final = 10.0


class UnitsProbe:
    """Asks the machine's systemd; a machine without one says nothing."""

    name = "units"
    every = timedelta(seconds=60)
    limit = timedelta(seconds=15)
    streams = False

    def is_needed(self) -> bool:
        return True

    def read(self) -> Iterator[Reading]:
        try:
            answer = subprocess.run(
                _COMMAND, capture_output=True, text=True, timeout=_ANSWER_SECONDS, check=False
            )
        except FileNotFoundError:
            return
        if answer.returncode == 0:
            failed = failed_units(answer.stdout)
            yield Reading(self.name, {"failed_units": len(failed)}, failed_units=failed)

    def close(self) -> None: ...


def failed_units(listed: str) -> tuple[str, ...]:
    """The names in what systemctl lists, in order."""
    return tuple(sorted(line.split()[0] for line in listed.splitlines() if line.strip()))
