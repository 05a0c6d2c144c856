"""The server's errors, and the one table that says what they are in HTTP."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

Fact = str | int | float


class FleetError(Exception):
    """Base of all errors that a caller can cause or must know of.

    `code` names a sentence in `sentences.py`, `facts` fill it.
    """

    def __init__(self, code: str, **facts: Fact) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts


class Malformed(FleetError):
    """What was sent is not what was asked for."""


class Fault(NamedTuple):
    """One thing that is wrong in what was sent: at which field ("": all of it), and its code."""

    field: str
    code: str
    facts: Mapping[str, Fact]


class Misfit(Malformed):
    """What was sent has faults, at least one; its sentence tells them where it says `{problem}`."""

    def __init__(self, code: str, faults: Sequence[Fault], **facts: Fact) -> None:
        super().__init__(code, **facts)
        self.faults = tuple(faults)


class NotSignedIn(FleetError):
    """Nobody knows who asks."""


class NotAllowed(FleetError):
    """The caller is known and may not do this."""


class NotFound(FleetError):
    """There is no such thing, or not for this caller."""


class Conflict(FleetError):
    """It contradicts what is there already."""


class TooLarge(FleetError):
    """More bytes than this place takes."""


class TooOften(FleetError):
    """Too many tries; later again."""


class Unavailable(FleetError):
    """A part of the server does not work at the moment."""


class BadSettings(FleetError):
    """The server cannot start with these settings, or on this machine."""


class CommandFailed(FleetError):
    """A command could not do what it was asked to."""


class Refused(CommandFailed):
    """The server refused a command; its own sentence stands in `detail`."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.detail = detail


STATUS: Final[dict[type[FleetError], int]] = {
    Malformed: 422,
    Misfit: 422,
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    TooOften: 429,
    Unavailable: 503,
    BadSettings: 500,
}
