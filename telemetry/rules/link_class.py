"""The link class: what a hearing could use of a link, from what was measured of it.

A sample has a class of its own: the worst of uplink, loss, jitter and round trip, by the table
below. The class of the link follows slowly:

* down, once 3 samples of the last minute (or 5 % of them, the p95, if that is more) were worse; to
  the best of these;
* at once to the best sample of the last 15 s, so that it is never better than that;
* up, once no sample of the last minute was as bad; to the worst of these.

Loss is the mean of the last minute, since one packet of a sample's ten is far more than the table
tells apart; it counts in samples that lost something, so that one short outage is one bad sample.

A measure that is not known does not lower the class but its confidence, written "B?".
"""

import math
from collections.abc import Sequence
from enum import StrEnum, unique
from typing import Final, NamedTuple

import msgspec

from telemetry.words import LinkClass

SAMPLE_SECONDS: Final = 5.0
"""How far apart samples should be."""

DOWN_SAMPLES: Final = 3
CEILING_SECONDS: Final = SAMPLE_SECONDS * DOWN_SAMPLES
MINUTE_SECONDS: Final = 60.0
_OUTLIERS: Final = 0.05
_GAP_SECONDS: Final = 30.0
UPLINK_HOLDS_SECONDS: Final = 1800.0
"""A burst tells so long what the uplink carries, where the asset has not moved since."""


@unique
class Measure(StrEnum):
    """What a class can be due to, in the order in which equals are named."""

    UPLINK = "uplink"
    LOSS = "loss"
    JITTER = "jitter"
    RTT = "rtt"


class Sample(msgspec.Struct, frozen=True):
    """What one test of some seconds found; None: not known. `at`: seconds of any steady clock.

    Round trip and jitter are the p95 of the test's packets, loss is the share of them. Uplink is
    that of a burst `uplink_age_seconds` ago, or of a sender that its application did not hold back.
    """

    at: float
    rtt_seconds: float | None = None
    jitter_up_seconds: float | None = None
    jitter_down_seconds: float | None = None
    loss_up_percent: float | None = None
    loss_down_percent: float | None = None
    uplink_bits_per_second: float | None = None
    uplink_age_seconds: float = 0.0

    @property
    def uplink(self) -> float | None:
        """What the uplink carries, bit/s; None once the burst is too long ago."""
        holds = self.uplink_age_seconds <= UPLINK_HOLDS_SECONDS
        return self.uplink_bits_per_second if holds else None

    @property
    def jitter_seconds(self) -> float | None:
        """Of the worse direction."""
        return _worst(self.jitter_up_seconds, self.jitter_down_seconds)

    @property
    def loss_percent(self) -> float | None:
        """Of the worse direction."""
        return _worst(self.loss_up_percent, self.loss_down_percent)

    @property
    def is_complete(self) -> bool:
        """Whether every measure is known, in both directions."""
        parts = (
            self.rtt_seconds,
            self.jitter_up_seconds,
            self.jitter_down_seconds,
            self.loss_up_percent,
            self.loss_down_percent,
            self.uplink,
        )
        return None not in parts


class Finding(NamedTuple):
    """A class and what it is due to: `value` in the measure's unit (bit/s, %, s).

    `measure` is None when nothing keeps the link from the best class.
    """

    link_class: LinkClass
    measure: Measure | None = None
    value: float = 0.0


class Seen(NamedTuple):
    """One sample as the state remembers it; `alone`: by itself, without the minute's loss."""

    at: float
    found: Finding
    alone: Finding
    loss_percent: float | None


class LinkState(msgspec.Struct, frozen=True):
    """The class of a link; `seen` are the samples of the last minute, `since` when they began.

    `present` is None before the first sample. `mos` is of the last sample.
    """

    present: Finding | None = None
    is_sure: bool = False
    mos: float | None = None
    since: float = 0.0
    seen: tuple[Seen, ...] = ()

    @property
    def written(self) -> str:
        """As the header says it: "B", "B?" when a measure is not known, "" before any sample."""
        if self.present is None:
            return ""
        return str(self.present.link_class) + ("" if self.is_sure else "?")


UNKNOWN: Final = LinkState()

_BEST_FIRST: Final = tuple(LinkClass)
_SEVERITY: Final = {link_class: at for at, link_class in enumerate(_BEST_FIRST)}


class _Row(NamedTuple):
    """What a class asks for; `is_strict`: round trip and loss must be below their bounds."""

    uplink_bits_per_second: float
    loss_percent: float
    jitter_seconds: float
    rtt_seconds: float
    is_strict: bool


_TABLE: Final = {
    # Zoom: 1080p 3.0 Mbit/s up, 720p 1.8; Pexip: loss bands 1, 3 and 10 %; Dolby, Teams: jitter 30
    # to 40 ms, round trip 150 and 500 ms.
    LinkClass.A: _Row(8e6, 1.0, 0.020, 0.150, is_strict=True),
    LinkClass.B: _Row(4e6, 1.0, 0.020, 0.150, is_strict=True),
    LinkClass.C: _Row(1.8e6, 3.0, 0.040, 0.300, is_strict=False),
    LinkClass.D: _Row(0.3e6, 10.0, math.inf, 0.500, is_strict=False),
}


def severity(link_class: LinkClass) -> int:
    """0 for the best class, more for worse ones."""
    return _SEVERITY[link_class]


def judge(sample: Sample) -> Finding | None:
    """The class of one sample by itself, and the measure that decides; None: nothing is known."""
    return _judged(sample, sample.loss_percent)


def step(state: LinkState, sample: Sample) -> LinkState:
    """The state after one more sample; samples come in the order of their time."""
    alone = judge(sample)
    if alone is None:
        return state
    if state.seen and sample.at - state.seen[-1].at > MINUTE_SECONDS:
        state = UNKNOWN  # what was before such a silence says nothing of now
    kept = tuple(one for one in state.seen if sample.at - one.at < MINUTE_SECONDS)
    loss = _minute_loss(kept, sample.loss_percent)
    found = _judged(sample, loss) or alone
    seen = (*kept, Seen(sample.at, found, alone, sample.loss_percent))
    is_new = not state.seen or sample.at - state.seen[-1].at > _GAP_SECONDS
    since = sample.at if is_new else state.since
    present = found if state.present is None else _moved(state.present, seen, since)
    mos = estimated_mos(sample.rtt_seconds, sample.jitter_seconds, loss)
    return LinkState(present, sample.is_complete, mos, since, seen)


def estimated_mos(
    rtt_seconds: float | None, jitter_seconds: float | None, loss_percent: float | None
) -> float | None:
    """The opinion (1 to 4.4) that listeners would have of speech; None without a round trip.

    ITU-T G.107, all else at its defaults (R = 93.2): Idd by equation 7-27 from the one-way delay,
    half the round trip, twice the jitter for its buffer and 20 ms of packet; Ie-eff by 7-29 with
    random loss and G.113's values for G.711 with concealment (Ie 0, Bpl 25.1); R to MOS by annex B.
    """
    if rtt_seconds is None:
        return None
    delay_ms = 1000.0 * (rtt_seconds / 2 + 2 * (jitter_seconds or 0.0)) + 20.0
    delayed = 0.0
    if delay_ms > 100.0:
        x = math.log2(delay_ms / 100.0)
        delayed = 25.0 * ((1 + x**6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2)
    lost = loss_percent or 0.0
    rating = min(max(93.2 - delayed - 95.0 * lost / (lost + 25.1), 0.0), 100.0)
    return max(1.0, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6)


def _judged(sample: Sample, loss_percent: float | None) -> Finding | None:
    measured = {
        Measure.UPLINK: sample.uplink,
        Measure.LOSS: loss_percent,
        Measure.JITTER: sample.jitter_seconds,
        Measure.RTT: sample.rtt_seconds,
    }
    known = {measure: value for measure, value in measured.items() if value is not None}
    if not known:
        return None
    found = [Finding(_class_of(measure, value), measure, value) for measure, value in known.items()]
    worst = max(found, key=_severity_of)
    return Finding(LinkClass.A) if worst.link_class is LinkClass.A else worst


def _class_of(measure: Measure, value: float) -> LinkClass:
    return next(
        (name for name, row in _TABLE.items() if _is_met(row, measure, value)), LinkClass.NONE
    )


def _is_met(row: _Row, measure: Measure, value: float) -> bool:
    if measure is Measure.UPLINK:
        return value >= row.uplink_bits_per_second
    if measure is Measure.JITTER:
        return value <= row.jitter_seconds
    bound = row.loss_percent if measure is Measure.LOSS else row.rtt_seconds
    return value < bound if row.is_strict else value <= bound


def _minute_loss(before: Sequence[Seen], loss_percent: float | None) -> float | None:
    if not loss_percent:
        return loss_percent
    known = [one.loss_percent for one in before if one.loss_percent is not None]
    return (sum(known) + loss_percent) / (len(known) + 1)


def _moved(present: Finding, seen: Sequence[Seen], since: float) -> Finding:
    """Where the class goes from `present` with the last of `seen`."""
    now = seen[-1].at
    worst_first = sorted((one.found for one in seen), key=_severity_of, reverse=True)
    enough = max(DOWN_SAMPLES, math.ceil(_OUTLIERS * len(seen)))
    by_number = worst_first[min(enough, len(seen)) - 1]
    just_now = [one.alone for one in seen if now - one.at <= CEILING_SECONDS]
    ceiling = max(by_number, min(just_now, key=_severity_of), key=_severity_of)
    if _severity_of(present) < _severity_of(ceiling):
        return ceiling
    if now - since >= MINUTE_SECONDS:
        floor = max(worst_first[0], ceiling, key=_severity_of)
        if _severity_of(present) > _severity_of(floor):
            return floor
    like_it = (one.found for one in reversed(seen) if one.found.link_class is present.link_class)
    return next(like_it, present)


def _severity_of(finding: Finding) -> int:
    return _SEVERITY[finding.link_class]


def _worst(one: float | None, other: float | None) -> float | None:
    known = [value for value in (one, other) if value is not None]
    return max(known, default=None)
