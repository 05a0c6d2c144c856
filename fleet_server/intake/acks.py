"""Answers on their way to the assets, put together so that each asset gets one."""

from collections.abc import Sequence

from telemetry.intervals import from_numbers
from telemetry.wire import codec, topics
from telemetry.wire.messages import Ack, Greeting, Refused

Answers = list[tuple[str, bytes]]
"""Topic and payload of each message to publish."""


class _Draft:
    __slots__ = ("greeting", "heard", "refused", "settled")

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.settled: list[str] = []
        self.refused: list[Refused] = []
        self.greeting: Greeting | None = None


class Acks:
    """Drafts one answer an asset; `hold_seconds` goes into all of them."""

    def __init__(self, hold_seconds: float = 0.0) -> None:
        self._drafts: dict[str, _Draft] = {}
        self.hold_seconds = hold_seconds

    def _draft(self, asset: str) -> _Draft:
        draft = self._drafts.get(asset)
        if draft is None:
            draft = self._drafts[asset] = _Draft()
        return draft

    def hear(self, asset: str, message_id: str) -> None:
        self._draft(asset).heard.append(message_id)

    def settle(self, asset: str, message_id: str) -> None:
        self._draft(asset).settled.append(message_id)

    def refuse(self, asset: str, message_id: str, code: str, numbers: Sequence[int] = ()) -> None:
        """Refuse a message, or of it the ascending `numbers`."""
        self._draft(asset).refused.append(Refused(message_id, code, from_numbers(numbers)))

    def greet(self, asset: str, greeting: Greeting) -> None:
        self._draft(asset).greeting = greeting

    def release(self, asset: str) -> None:
        """An answer with nothing in it but the end of a hold."""
        self._draft(asset)

    def answers(self, now: int) -> Answers:
        """One ack an asset, as drafted."""
        return [
            (
                topics.ack(asset),
                codec.encode_ack(
                    Ack(
                        now,
                        draft.heard,
                        draft.settled,
                        draft.refused,
                        self.hold_seconds,
                        draft.greeting,
                    )
                ),
            )
            for asset, draft in self._drafts.items()
        ]
