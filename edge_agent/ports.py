"""What the agent needs of the world; simulators pretend these."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, Protocol

from telemetry.wire.profile import Profile


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


class Ports(NamedTuple):
    """All ports of one agent."""

    link: Link
    probes: Probes
    trials: Trials = NO_TRIALS


Check = Callable[[bytes, bytes], bool | None]
"""Whether a signature (second) over a text (first) is the server's.

None: it is being found out, and a `Checked` input with this signature will tell.
"""
