"""Rollouts of the shown fleet, so that their screen has something to say.

First a dry run to everybody, then one whose canaries roll back, so that it goes no further. After a
while the playbook is as good as any: whoever tries it then sees it through.
"""

from typing import Final

from simulators.centre import Centre
from simulators.executors import Faults

PLAYBOOK: Final = "configure"
_VARIABLES: Final = {"clock_timezone": "Asia/Shanghai"}
_LOOKS_AT: Final = 12.0
_STARTS_AT: Final = 16.0
_IS_MENDED_AT: Final = 240.0


class Releases:
    """`faults` are those of the whole fleet."""

    def __init__(self, centre: Centre, faults: Faults) -> None:
        self._centre = centre
        self._faults = faults
        self._has_looked = False
        self._bad: tuple[str, str] | None = None

    def step(self, seconds: float) -> None:
        """Called all the time; `seconds` since the fleet started.

        Raises:
            RigFailed: the server does not answer.
        """
        if seconds > _LOOKS_AT and not self._has_looked:
            self._has_looked = True
            self._centre.start_rollout(PLAYBOOK, _VARIABLES, "先试运行", is_check=True)
        if seconds > _STARTS_AT and self._bad is None:
            version = self._centre.start_rollout(PLAYBOOK, _VARIABLES, "统一时区")
            self._bad = (PLAYBOOK, version)
            self._faults.bad.add(self._bad)
        if seconds > _IS_MENDED_AT and self._bad is not None:
            self._faults.bad.discard(self._bad)
