"""The active link test: round trip, jitter and loss of each direction, by STAMP (RFC 8762).

A few packets every few seconds go to the fleet server's reflector, which numbers what reached it:
so what was lost on the way there can be told from what was lost on the way back.
"""

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from edge_agent.inputs import Reading
from edge_agent.probes import clean
from edge_agent.probes.link_place import LinkPlace, Reach
from telemetry.wire import stamp
from telemetry.wire.arrival import ROOM, arrived_at
from telemetry.wire.messages import Value
from telemetry.wire.stamp import Sent

PACKETS: Final = 10
_APART_SECONDS: Final = 0.02
_PATIENCE_SECONDS: Final = 1.5
"""An answer later than this is of no use to a hearing: it counts as lost."""


class Answer(NamedTuple):
    """What one answer tells: its question's number, the reflector's, and three times in seconds.

    The delays of one way hold the difference of two clocks; only how they vary means something.
    """

    sequence: int
    reflected: int
    rtt_seconds: float
    up_seconds: float
    down_seconds: float


class Marks(NamedTuple):
    """The highest numbers of both ends that are accounted for."""

    sequence: int
    reflected: int


class LinkTestProbe:
    """Does nothing as long as the profile wants no test, or this machine does not know the time."""

    name = "link_test"
    every = timedelta(seconds=5)
    limit = timedelta(seconds=60)
    streams = False

    def __init__(self, place: LinkPlace, steady: Callable[[], float] = time.monotonic) -> None:
        self._place = place
        self._steady = steady
        self._next_at = 0.0
        self._sequence = 0
        self._marks: Marks | None = Marks(-1, -1)

    def is_needed(self) -> bool:
        spec = self._place.spec()
        return spec is not None and bool(spec.every_seconds)

    def read(self) -> Iterator[Reading]:
        spec = self._place.spec()
        if spec is None or not spec.every_seconds or self._steady() < self._next_at:
            return
        self._next_at = self._steady() + spec.every_seconds - _APART_SECONDS
        reach = self._place.reach(spec)
        if reach is None:
            return
        with reach.socket:
            answers = self._exchange(reach)
        metrics, self._marks = measured(answers, self._marks)
        yield Reading(self.name, clean(metrics))

    def close(self) -> None: ...

    def _exchange(self, reach: Reach) -> list[Answer]:
        """Send all packets, and collect what comes back in time."""
        found: list[Answer] = []
        began = self._steady()
        for at in range(1, PACKETS + 1):
            sent = Sent(self._sequence, time.time() + reach.clock_offset_seconds, self._place.ssid)
            self._sequence += 1
            with contextlib.suppress(OSError):  # no way out at all: as good as lost
                reach.socket.send(stamp.write_sent(sent, reach.key))
            self._collect(reach, began + at * _APART_SECONDS, found)
        self._collect(reach, self._steady() + _PATIENCE_SECONDS, found)
        self._collect_late(reach, found)
        return found

    def _collect(self, reach: Reach, until: float, found: list[Answer]) -> None:
        """Take answers until then, or until there is one for each packet."""
        while (left := until - self._steady()) > 0 and len(found) < PACKETS:
            try:
                answer = _received(reach, left)
            except TimeoutError:
                return
            except OSError:  # nobody listens there, says the far machine
                time.sleep(min(left, _APART_SECONDS))
                continue
            if answer is not None:
                found.append(answer)

    def _collect_late(self, reach: Reach, found: list[Answer]) -> None:
        """Take what came in time while a busy machine let this thread wait."""
        for _ in range(PACKETS - len(found)):
            try:
                answer = _received(reach, 0.0)
            except OSError:
                return
            if answer is not None and answer.rtt_seconds <= _PATIENCE_SECONDS:
                found.append(answer)


def measured(
    answers: Sequence[Answer], before: Marks | None
) -> tuple[Mapping[str, Value | None], Marks | None]:
    """The metrics of one test, and the marks that the next one goes on from.

    `before` are the marks of the test before, None when nothing came back from it. What comes
    after the last answer is accounted for by the next test, so nothing is counted twice.
    """
    if not answers:
        return {"link_loss_up_percent": 100.0, "link_loss_down_percent": 100.0}, None
    last = Marks(max(a.sequence for a in answers), max(a.reflected for a in answers))
    if before is None or last.reflected <= before.reflected:  # an outage, or another reflector
        earliest = min(answers, key=lambda answer: answer.sequence)
        before = Marks(earliest.sequence - 1, earliest.reflected - 1)
    returned = len({answer.sequence for answer in answers})
    sent = max(last.sequence - before.sequence, returned)
    reached = min(max(last.reflected - before.reflected, returned), sent)
    metrics: dict[str, Value | None] = {
        "link_rtt_seconds": _rounded(p95([answer.rtt_seconds for answer in answers])),
        "link_jitter_up_seconds": _rounded(variation([a.up_seconds for a in answers])),
        "link_jitter_down_seconds": _rounded(variation([a.down_seconds for a in answers])),
        "link_loss_up_percent": round(100.0 * (sent - reached) / sent, 2),
        "link_loss_down_percent": round(100.0 * (reached - returned) / reached, 2),
    }
    return metrics, last


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed (nearest rank)."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


def variation(delays: Sequence[float]) -> float | None:
    """The p95 of the delays above the smallest one (packet delay variation, RFC 5481, 4.2)."""
    return p95(delays) - min(delays) if len(delays) > 1 else None


def _received(reach: Reach, seconds: float) -> Answer | None:
    """The next answer that comes within these seconds; None: a packet that is none of ours.

    Raises:
        OSError: nothing came in time, or nobody listens there.
    """
    reach.socket.settimeout(seconds)
    packet, told, _, _ = reach.socket.recvmsg(stamp.PACKET_BYTES + 1, ROOM)
    return _understood(packet, reach.key, arrived_at(told) + reach.clock_offset_seconds)


def _understood(packet: bytes, key: bytes, received_at: float) -> Answer | None:
    said = stamp.read_reflected(packet, key)
    if said is None:
        return None
    rtt = (received_at - said.sender_sent_at) - (said.sent_at - said.received_at)
    if rtt < 0.0:  # a clock was set meanwhile
        return None
    up, down = said.received_at - said.sender_sent_at, received_at - said.sent_at
    return Answer(said.sender_sequence, said.sequence, rtt, up, down)


def _rounded(seconds: float | None) -> float | None:
    """To a tenth of a millisecond: finer than any clock here."""
    return None if seconds is None else round(seconds, 4)
