"""The errors of this package; each text is one sentence that says what to do."""


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
