"""The uplink burst: how much the uplink carries. It costs data, so it is made only when asked for:
on arrival, and when a person wants to know."""

import contextlib
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from edge_agent.inputs import Reading
from edge_agent.probes import clean
from edge_agent.probes.link_place import LinkPlace, Reach
from telemetry.wire import burst
from telemetry.wire.burst import FILL_BYTES, OVERHEAD_BYTES, Burst, Kind

_BITS_PER_SECOND: Final = 20e6
"""So fast it is sent: well above what the best class asks for, and no more."""

_PAUSE_SECONDS: Final = 0.002
_QUESTIONS: Final = 30
_APART_SECONDS: Final = 0.5
"""A long queue on the way drains before the question behind it arrives."""


class LinkBurstProbe:
    """Sends as many octets as the profile allows and asks the reflector what arrived, how fast."""

    name = "link_burst"
    every = timedelta(0)
    limit = timedelta(seconds=90)
    streams = False

    def __init__(self, place: LinkPlace) -> None:
        self._place = place
        self._is_closing = False

    def is_needed(self) -> bool:
        return self._place.spec() is not None

    def read(self) -> Iterator[Reading]:
        spec = self._place.spec()
        if spec is None or spec.burst_bytes < FILL_BYTES + OVERHEAD_BYTES:
            return
        reach = self._place.reach(spec)
        if reach is None:
            return
        with reach.socket:
            began = round((time.time() + reach.clock_offset_seconds) * 1e6)
            sent = self._send(reach, began, spec.burst_bytes // (FILL_BYTES + OVERHEAD_BYTES))
            answer = self._ask(reach, began, sent)
        if answer is not None and answer.microseconds > 0:
            rate = round(8e6 * answer.received_bytes / answer.microseconds)
            yield Reading(self.name, clean({"link_uplink_bits_per_second": rate}))

    def close(self) -> None:
        self._is_closing = True

    def _send(self, reach: Reach, began: int, packets: int) -> int:
        """Send the fills at an even pace; how many."""
        apart = 8 * (FILL_BYTES + OVERHEAD_BYTES) / _BITS_PER_SECOND
        start = time.monotonic()
        for at in range(packets):
            while (early := start + at * apart - time.monotonic()) > 0:
                time.sleep(max(early, _PAUSE_SECONDS))
            if self._is_closing:
                return at
            said = Burst(Kind.FILL, self._place.ssid, began, at)
            with contextlib.suppress(OSError):  # no room in a queue of this machine
                reach.socket.send(burst.write(said, reach.key))
        return packets

    def _ask(self, reach: Reach, began: int, sent: int) -> Burst | None:
        """Ask until there is an answer; every question has a number of its own."""
        for at in range(_QUESTIONS):
            if self._is_closing:
                return None
            said = Burst(Kind.QUESTION, self._place.ssid, began, sent + at)
            until = time.monotonic() + _APART_SECONDS
            with contextlib.suppress(OSError):
                reach.socket.send(burst.write(said, reach.key))
            answer = _answer(reach, began, until)
            if answer is not None:
                return answer
        return None


def _answer(reach: Reach, began: int, until: float) -> Burst | None:
    while (left := until - time.monotonic()) > 0:
        reach.socket.settimeout(left)
        try:
            packet = reach.socket.recv(FILL_BYTES)
        except TimeoutError:
            return None
        except OSError:  # nobody listens there, says the far machine
            time.sleep(min(left, _PAUSE_SECONDS))
            continue
        said = burst.read(packet, reach.key)
        if said is not None and said.kind is Kind.ANSWER and said.burst == began:
            return said
    return None
