"""The states of the agent's connection, as a table.

    OFFLINE ──up──▶ GREETING ──greeted──▶ OPEN ──hold asked──▶ HOLD ──released──▶ OPEN
                        ▲                   │                    │
                        └──── greet first ──┴────────────────────┘
    any but OFFLINE ──refused by the broker──▶ REFUSED ──released──▶ OFFLINE (and a new connection)
    any but REFUSED ──down──▶ OFFLINE

In REFUSED nothing at all is sent, whatever the link does: each try would end the connection.
"""

from enum import StrEnum, unique
from typing import Final


@unique
class State(StrEnum):
    """What may be sent: nothing, a greeting, everything, headers only, nothing."""

    OFFLINE = "offline"
    GREETING = "greeting"
    OPEN = "open"
    HOLD = "hold"
    REFUSED = "refused"


@unique
class Happening(StrEnum):
    """What moves the connection from state to state."""

    UP = "up"
    DOWN = "down"
    GREETED = "greeted"
    GREET_FIRST = "greet_first"
    HOLD_ASKED = "hold_asked"
    RELEASED = "released"
    REFUSED = "refused"


TABLE: Final = {
    (State.OFFLINE, Happening.UP): State.GREETING,
    (State.GREETING, Happening.UP): State.GREETING,
    (State.GREETING, Happening.DOWN): State.OFFLINE,
    (State.GREETING, Happening.GREETED): State.OPEN,
    (State.GREETING, Happening.REFUSED): State.REFUSED,
    (State.OPEN, Happening.UP): State.GREETING,
    (State.OPEN, Happening.DOWN): State.OFFLINE,
    (State.OPEN, Happening.GREET_FIRST): State.GREETING,
    (State.OPEN, Happening.HOLD_ASKED): State.HOLD,
    (State.OPEN, Happening.REFUSED): State.REFUSED,
    (State.HOLD, Happening.UP): State.GREETING,
    (State.HOLD, Happening.DOWN): State.OFFLINE,
    (State.HOLD, Happening.GREET_FIRST): State.GREETING,
    (State.HOLD, Happening.HOLD_ASKED): State.HOLD,
    (State.HOLD, Happening.RELEASED): State.OPEN,
    (State.HOLD, Happening.REFUSED): State.REFUSED,
    (State.REFUSED, Happening.RELEASED): State.OFFLINE,
}
"""Whatever is not in the table changes nothing: a late answer, or one that was sent twice."""

HOLD_WITHOUT_LISTENER_SECONDS: Final = 30.0
HOLD_AFTER_REFUSAL_SECONDS: Final = 300.0


class Connection:
    """The state, and until when (`up` seconds) a hold lasts."""

    def __init__(self) -> None:
        self.state = State.OFFLINE
        self.until = 0.0
        self.reason = "not connected yet"

    def happen(self, what: Happening) -> bool:
        """Move on; whether the state is another one now."""
        before = self.state
        self.state = TABLE.get((before, what), before)
        return self.state is not before

    def hold(self, up: float, seconds: float) -> None:
        """The server, or the lack of it, asks to wait with records."""
        self.happen(Happening.HOLD_ASKED)
        if self.state is State.HOLD:
            self.until = up + seconds

    def refuse(self, up: float, reason: str) -> None:
        """The broker refused a message."""
        if self.happen(Happening.REFUSED):
            self.until = up + HOLD_AFTER_REFUSAL_SECONDS
            self.reason = reason

    def is_over(self, up: float) -> bool:
        """Whether a hold has lasted long enough."""
        return self.state in {State.HOLD, State.REFUSED} and up >= self.until
