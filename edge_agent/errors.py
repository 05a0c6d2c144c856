"""The errors of this package; each text is one sentence that says what to do."""

from enum import StrEnum, unique


class EdgeError(Exception):
    """Base of every error that `edge_agent` raises for people to read."""


class BadSettings(EdgeError):
    """The bootstrap settings cannot be used; names the file and the field."""


class NoIdentity(EdgeError):
    """This machine is not enrolled, or a file of its identity cannot be read."""


class IdentityExists(EdgeError):
    """This machine is enrolled already, and nobody said that it may be replaced."""


class EnrolmentFailed(EdgeError):
    """The server could not be reached, is not the one that was meant, or refused."""


class AlreadyRunning(EdgeError):
    """Another agent of this machine is running on the same state folder."""


class OutboxUnusable(EdgeError):
    """The outbox's folder cannot be written."""


@unique
class Denial(StrEnum):
    """Why an act of the crew was not carried out; each has its sentence on the crew page."""

    IN_SITTING = "in_sitting"
    NOT_IN_SITTING = "not_in_sitting"
    IN_MAINTENANCE = "in_maintenance"
    NOT_IN_MAINTENANCE = "not_in_maintenance"
    NO_REASON = "no_reason"
    NOT_THEIR_SEAT = "not_their_seat"
    UNKNOWN_SERVICE = "unknown_service"
    CHECK_RUNNING = "check_running"
    UNWRITTEN = "unwritten"  # it is done, and lost when the power fails: the disk is full


class ActRefused(EdgeError):
    """What somebody asked for on the crew page cannot be done now; `code` says why."""

    def __init__(self, code: Denial) -> None:
        super().__init__(f"the act was refused ({code})")
        self.code = code
