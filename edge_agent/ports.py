"""What the agent needs of the world; simulators pretend these."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, Protocol

from telemetry.wire.profile import Profile
from telemetry.words import OrderKind


class Link(Protocol):
    """The connection to the broker."""

    def send(self, message_id: str, payload: bytes) -> None:
        """Queue one batch at QoS 1. Never blocks, never raises; the outcome comes as an input."""

    def reconnect(self, why: str) -> None:
        """Drop the connection; `LinkDown` follows, and after a while `LinkUp`."""


class Probes(Protocol):
    """Whatever can read something on this machine."""

    def ask(self, name: str) -> None:
        """Returns at once; a `Reading` or `Hung` comes as an input."""


class Planned(NamedTuple):
    """A trial of one device of the profile; `disturbs`: a sitting would notice it.

    Trials of one `lane` run one after the other, lanes beside each other.
    """

    device: str
    disturbs: bool
    limit_seconds: float
    lane: str = ""


class Trials(Protocol):
    """What a check tries on purpose: a printed page, a sound played and recorded."""

    def plan(self, profile: Profile) -> Sequence[Planned]:
        """The trials of a check, in their order."""

    def begin(self, device: str, check: int) -> None:
        """Returns at once; a `TrialDone` with the same number comes as an input."""


class _NoTrials:
    def plan(self, profile: Profile) -> Sequence[Planned]:
        return ()

    def begin(self, device: str, check: int) -> None:
        raise KeyError(device)


NO_TRIALS: Final = _NoTrials()
"""Of an agent that only looks."""


class Executor(Protocol):
    """Carries out orders, one at a time. What happens comes as `OrderNote` inputs, in order."""

    def can(self, kind: OrderKind) -> bool:
        """Whether this machine carries out such orders at all."""

    def carry_out(self, number: int, sealed: bytes, heard: int) -> None:
        """Begin the order, or go on with it if it was begun before. Returns at once.

        `sealed`: as the server signed it, for an executor believes nobody. `heard`: how many of
        its notes are known here; those after them are told.
        """

    def cancel(self, number: int, sealed: bytes) -> None:
        """End the order within 2 s; `sealed` is the server's word for it. Returns at once."""


class _NoExecutor:
    def can(self, kind: OrderKind) -> bool:
        return False

    def carry_out(self, number: int, sealed: bytes, heard: int) -> None:
        raise KeyError(number)

    def cancel(self, number: int, sealed: bytes) -> None:
        raise KeyError(number)


NO_EXECUTOR: Final = _NoExecutor()
"""Of a machine that nobody may change from afar."""


def _say_nothing(payload: bytes) -> None: ...


NO_LINES: Final = _say_nothing
"""Of a machine without a link."""


class Ports(NamedTuple):
    """All ports of one agent. `say_live`: lines of a play at QoS 0, lost where there is no link."""

    link: Link
    probes: Probes
    trials: Trials = NO_TRIALS
    executor: Executor = NO_EXECUTOR
    say_live: Callable[[bytes], None] = NO_LINES


Check = Callable[[bytes, bytes], bool | None]
"""Whether a signature (second) over a text (first) is the server's.

None: it is being found out, and a `Checked` input with this signature will tell.
"""
