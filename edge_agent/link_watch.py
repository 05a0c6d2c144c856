"""What the probes say about the link, made into samples for the link class."""

from collections.abc import Mapping
from typing import Final

from edge_agent.inputs import Reading
from telemetry.rules import link_class
from telemetry.rules.facts import LinkFact
from telemetry.rules.link_class import LinkState, Sample
from telemetry.rules.rhythm import MOVING_METRES_PER_SECOND
from telemetry.wire.messages import Value

_TESTED: Final = ("link_rtt_seconds", "link_loss_up_percent")
_TEST_COUNTS_SECONDS: Final = 30.0
_STOPPED_SECONDS: Final = 30.0
_DEVIATIONS: Final = 2.0
"""Of TCP's mean deviation: about the p95 of a normal distribution (1.645 / 0.8)."""

_FEWEST_SEGMENTS: Final = 4


class LinkWatch:
    """The class of one asset's link. Instants are `up` seconds.

    A link test is taken before what TCP knows of the connection to the broker; TCP knows its round
    trip and how much it sent again, so that class is never sure.
    """

    def __init__(self) -> None:
        self.state: LinkState = link_class.UNKNOWN
        self._tested_at: float | None = None
        self._uplink: tuple[float, float] | None = None
        self._segments: tuple[float, float] | None = None
        self._moved_at: float | None = None
        self._wants_burst = False

    def take(self, reading: Reading, up: float) -> None:
        """Learn from a reading what it says about the link, and about being on the road."""
        metrics = reading.metrics
        self._follow(metrics, up)
        uplink = _number(metrics, "link_uplink_bits_per_second")
        if uplink is not None:
            self._uplink = (uplink, up)
        if any(key in metrics for key in _TESTED):
            self._tested_at = up
            self.state = link_class.step(self.state, self._tested(metrics, up))
        elif "tcp_rtt_seconds" in metrics and not self._is_tested(up):
            self.state = link_class.step(self.state, self._by_tcp(metrics, up))

    def written(self, up: float) -> str:
        """The class as the header says it; "" when the last sample is too long ago."""
        seen = self.state.seen
        is_known = bool(seen) and up - seen[-1].at <= link_class.MINUTE_SECONDS
        return self.state.written if is_known else ""

    def fact(self, up: float, now_ms: int) -> LinkFact | None:
        """The same for readiness, with the instant of the last sample (ms since 1970)."""
        present, seen = self.state.present, self.state.seen
        if present is None or not self.written(up):
            return None
        at = now_ms - round((up - seen[-1].at) * 1000)
        return LinkFact(present.link_class, self.state.is_sure, at)

    def wants_burst(self, up: float) -> bool:
        """Whether the asset has arrived somewhere; true once for each arrival."""
        has_arrived = (
            self._wants_burst
            and self._moved_at is not None
            and up - self._moved_at >= _STOPPED_SECONDS
        )
        self._wants_burst = self._wants_burst and not has_arrived
        return has_arrived

    def _follow(self, metrics: Mapping[str, Value], up: float) -> None:
        """On the road a burst of before says nothing; after it, there is something to find out."""
        if (_number(metrics, "speed_metres_per_second") or 0.0) >= MOVING_METRES_PER_SECOND:
            self._moved_at = up
            self._uplink = None
            self._wants_burst = True

    def _is_tested(self, up: float) -> bool:
        return self._tested_at is not None and up - self._tested_at <= _TEST_COUNTS_SECONDS

    def _tested(self, metrics: Mapping[str, Value], up: float) -> Sample:
        uplink, at = self._uplink or (None, up)
        return Sample(
            up,
            _number(metrics, "link_rtt_seconds"),
            _number(metrics, "link_jitter_up_seconds"),
            _number(metrics, "link_jitter_down_seconds"),
            _number(metrics, "link_loss_up_percent"),
            _number(metrics, "link_loss_down_percent"),
            uplink,
            up - at,
        )

    def _by_tcp(self, metrics: Mapping[str, Value], up: float) -> Sample:
        rtt = _number(metrics, "tcp_rtt_seconds") or 0.0
        spread = _number(metrics, "tcp_rtt_variance_seconds") or 0.0
        return Sample(
            up, rtt + _DEVIATIONS * spread, loss_up_percent=self._sent_again_percent(metrics)
        )

    def _sent_again_percent(self, metrics: Mapping[str, Value]) -> float | None:
        """The share of segments sent again since the sample before, if they were enough."""
        again, sent = _number(metrics, "tcp_retransmits"), _number(metrics, "tcp_segments")
        if again is None or sent is None:
            return None
        before_again, before_sent = self._segments or (again, sent)
        if sent < before_sent or again < before_again:  # another connection
            before_again, before_sent = 0.0, 0.0
        if sent - before_sent < _FEWEST_SEGMENTS and self._segments is not None:
            return None
        self._segments = (again, sent)
        return 100.0 * (again - before_again) / (sent - before_sent) if sent > before_sent else None


def _number(metrics: Mapping[str, Value], key: str) -> float | None:
    value = metrics.get(key)
    return float(value) if isinstance(value, int | float) else None
