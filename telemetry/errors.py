"""The errors of this package."""


class TelemetryError(Exception):
    """Base of every error raised by `telemetry`; its text is one sentence."""


class Unreadable(TelemetryError):
    """A message or record does not follow the wire format.

    `code` is a `words.Refusal`; `detail` names the place and is safe to store and to log: it
    holds no content. `message_id` is given where it could still be read, so that the sender can
    be answered.
    """

    def __init__(self, code: str, detail: str, message_id: str | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.message_id = message_id


class TooLarge(TelemetryError):
    """A message exceeds `codec.MAX_PAYLOAD_BYTES`, packed or unpacked."""


class BadAssetId(TelemetryError):
    """An asset id is not `[a-z0-9-]{1,32}`."""


class BadEnrolmentString(TelemetryError):
    """An enrolment string was mistyped or cut; the text says what is wrong with it."""
