"""What a tunnel does to a connection: nothing gets through, and nobody says goodbye."""

from collections.abc import Callable

from edge_agent.inputs import Input, LinkDown, LinkUp
from edge_agent.ports import Link


class OfflineLink:
    """No network: whatever is sent is gone."""

    def send(self, message_id: str, payload: bytes) -> None: ...
    def reconnect(self, why: str) -> None: ...


class Shadow:
    """Stands between an agent and its connection (`link`); `put` is the agent's inbox.

    The broker notices nothing, as with a real tunnel, until the connection's own keep-alive fails.
    `heard` may be called from any thread, everything else from the one that drives the agent.
    """

    def __init__(self, put: Callable[[Input], None]) -> None:
        self.link: Link = OfflineLink()
        self._put = put
        self._is_dark = False
        self._is_up = False

    def heard(self, said: Input) -> None:
        """What the connection hears; lost in the dark, but for whether there is a connection."""
        if isinstance(said, LinkUp | LinkDown):
            self._is_up = isinstance(said, LinkUp)
        if not self._is_dark:
            self._put(said)

    def send(self, message_id: str, payload: bytes) -> None:
        if not self._is_dark:
            self.link.send(message_id, payload)

    def reconnect(self, why: str) -> None:
        self.link.reconnect(why)

    def turn(self, *, is_dark: bool) -> None:
        """Go into the dark, or out of it; nothing when it is so already."""
        if is_dark is self._is_dark:
            return
        self._is_dark = is_dark
        if is_dark:
            self._put(LinkDown("no signal"))
        elif self._is_up:
            self._put(LinkUp())
