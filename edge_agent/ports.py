"""What the agent needs of the world; simulators pretend these."""

from collections.abc import Callable
from typing import NamedTuple, Protocol


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


class Ports(NamedTuple):
    """All ports of one agent."""

    link: Link
    probes: Probes


Check = Callable[[bytes, bytes], bool | None]
"""Whether a signature (second) over a text (first) is the server's.

None: it is being found out, and a `Checked` input with this signature will tell.
"""
