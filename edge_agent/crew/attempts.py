"""How often a PIN may be tried: a few times, then a back-off; for a person, and for all together.

An attempt is counted before the PIN is looked at, so that neither many at once nor a restart in
between gain anything.
"""

from typing import Final

import msgspec
from msgspec import Struct

from edge_agent.countdown import Countdown
from edge_agent.inputs import Moment

FREE_TRIES: Final = 4
FIRST_WAIT_SECONDS: Final = 30.0
LONGEST_WAIT_SECONDS: Final = 3600.0

FREE_TRIES_OF_ALL: Final = 12
COST_SECONDS: Final = 60.0
"""All together: what every attempt but a right one costs, of `FREE_TRIES_OF_ALL` such."""

_NOBODY: Final = ""


class AttemptState(Struct, frozen=True):
    """Attempts since the last right PIN of each person, and the waits that follow from them.

    What is tried under names that nobody has counts as one person's, "". `spent`: what the attempts
    of all have cost and time has not given back yet.
    """

    counts: dict[str, int] = {}
    waits: dict[str, Countdown] = {}
    spent: Countdown = Countdown()


class Attempts:
    """Owned by the agent's thread; `unsaved` belongs into the tick's transaction."""

    def __init__(self, saved: bytes | None) -> None:
        self._state = AttemptState() if saved is None else _decoded(saved)
        self._is_saved = True

    def ask(self, who: str, is_known: bool, now: Moment) -> float:
        """Seconds to wait; 0: try it, the attempt is counted."""
        who = who if is_known else _NOBODY
        waits = {name: wait.seen(now) for name, wait in self._state.waits.items()}
        spent = self._state.spent.left(now)
        too_much = spent + COST_SECONDS - FREE_TRIES_OF_ALL * COST_SECONDS
        wait = max(waits.get(who, Countdown()).left(now), too_much, 0.0)
        counts = dict(self._state.counts)
        if wait == 0:
            spent += COST_SECONDS
            counts[who] = counts.get(who, 0) + 1
            waits[who] = Countdown.begun(now, _wait(counts[who]))
        waits = {name: wait for name, wait in waits.items() if wait.left(now) > 0}
        self._keep(AttemptState(counts, waits, Countdown.begun(now, spent)))
        return wait

    def forgive(self, who: str, now: Moment) -> None:
        """The PIN was right: this person's attempts are forgotten, and what this one cost."""
        counts = {name: count for name, count in self._state.counts.items() if name != who}
        waits = {name: wait for name, wait in self._state.waits.items() if name != who}
        spent = max(self._state.spent.left(now) - COST_SECONDS, 0.0)
        self._keep(AttemptState(counts, waits, Countdown.begun(now, spent)))

    def unsaved(self, *, anew: bool = False) -> bytes | None:
        """The state to keep, when it changed since the last call; `anew`: in any case."""
        if self._is_saved and not anew:
            return None
        self._is_saved = True
        return msgspec.json.encode(self._state)

    def _keep(self, state: AttemptState) -> None:
        self._is_saved = self._is_saved and state == self._state
        self._state = state


def _wait(count: int) -> float:
    """How long a person's next attempt has to wait: not at all, then twice as long each time."""
    if count < FREE_TRIES:
        return 0.0
    return min(FIRST_WAIT_SECONDS * 2.0 ** min(count - FREE_TRIES, 32), LONGEST_WAIT_SECONDS)


def _decoded(saved: bytes) -> AttemptState:
    try:
        return msgspec.json.decode(saved, type=AttemptState)
    except msgspec.MsgspecError:
        return AttemptState(spent=Countdown(seconds=FREE_TRIES_OF_ALL * COST_SECONDS))
