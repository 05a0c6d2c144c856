"""The errors of this package; each text is one sentence that says what to do."""


class SimulatorError(Exception):
    """Base of every error raised by `simulators`."""


class NotARecording(SimulatorError):
    """The file holds nothing that can be replayed."""


class RigFailed(SimulatorError):
    """The server or a part of it did not start, answer or stop."""
