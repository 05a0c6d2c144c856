"""Answers test packets; what is not authenticated, not new or too often gets no answer at all."""

import logging
from collections.abc import Callable
from typing import Final

from fleet_server.reflector.keyring import Keyring
from fleet_server.reflector.rules import CLOCKS_DIFFER_SECONDS, Count, Session
from telemetry.wire import burst, stamp
from telemetry.wire.burst import Burst, Kind

logger = logging.getLogger(__name__)

_MICROSECONDS: Final = 1e6


class Reflector:
    """A stateful Session-Reflector of RFC 8762: its own numbers tell the two directions apart.

    Holds a session for each asset that was heard, so its memory is bounded by their number.
    Instants are seconds since 1970. Owned by one thread.
    """

    def __init__(self, keyring: Keyring, clock: Callable[[], float]) -> None:
        self._keyring = keyring
        self._clock = clock
        self._sessions: dict[str, Session] = {}
        self._counts: dict[str, Count] = {}
        self.answered = 0
        self.refused = 0

    def answer(self, packet: bytes, received_at: float, up: float) -> bytes | None:
        """What to send back, never larger than `packet`; None: nothing.

        `up`: seconds of a steady clock, when it was received.
        """
        ssid = stamp.read_ssid(packet)
        if ssid is not None:
            found = self._reflected(packet, ssid, received_at, up)
        else:
            ssid = burst.read_ssid(packet)
            found = self._counted(packet, ssid, received_at, up) if ssid is not None else None
            if found == b"":  # a part of a burst: taken, and nobody waits for an answer
                return None
        if found is None:
            self.refused += 1
        else:
            self.answered += 1
        return found

    def _reflected(self, packet: bytes, ssid: int, received_at: float, up: float) -> bytes | None:
        for asset, key in self._keyring.keys(ssid):
            sent = stamp.read_sent(packet, key)
            if sent is None:
                continue
            session = self._sessions.setdefault(asset, Session())
            is_of_now = abs(sent.sent_at - received_at) <= CLOCKS_DIFFER_SECONDS
            if not is_of_now or not session.takes(sent.sequence, sent.sent_at, up):
                return None
            sequence, session.answered = session.answered, session.answered + 1
            reflected = stamp.write_reflected(packet, sequence, received_at, self._clock())
            return stamp.signed(reflected, key)
        return None

    def _counted(self, packet: bytes, ssid: int, received_at: float, up: float) -> bytes | None:
        """The answer to a question about a burst, b"" for a part of the burst itself."""
        for asset, key in self._keyring.keys(ssid):
            said = burst.read(packet, key)
            if said is None or said.kind is Kind.ANSWER:
                continue
            count = self._counts.setdefault(asset, Count())
            is_of_now = abs(said.burst / _MICROSECONDS - received_at) <= CLOCKS_DIFFER_SECONDS
            if not is_of_now or not count.takes(said.burst, said.sequence, up):
                return None
            if said.kind is Kind.FILL:
                count.fill(up)
                return b""
            answer = Burst(
                Kind.ANSWER,
                ssid,
                said.burst,
                said.sequence,
                count.received_bytes,
                count.microseconds,
            )
            return burst.write(answer, key)
        return None
