"""Why the class of a link was what it was: each change with its reason, and how calm it is."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

from simulators.sentences import say
from telemetry.rules.link_class import (
    MINUTE_SECONDS,
    SAMPLE_SECONDS,
    UNKNOWN,
    LinkState,
    Measure,
    Sample,
    judge,
    step,
)
from telemetry.words import LinkClass

_PER: dict[Measure, float] = {
    Measure.UPLINK: 1e-6,
    Measure.LOSS: 1.0,
    Measure.JITTER: 1000.0,
    Measure.RTT: 1000.0,
}
"""From a measure's unit to the one of its sentence."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of class; `before` "" at the start. `value` in the measure's unit (bit/s, %, s).

    `measure` is None when nothing keeps the link from the best class.
    """

    at_seconds: float
    before: str
    after: str
    measure: Measure | None
    value: float

    def as_text(self, language: str) -> str:
        """One line, with the time since the file began."""
        minutes, seconds = divmod(round(self.at_seconds), 60)
        at = f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        reason = say("link_good", language)
        if self.measure is not None:
            shown = self.value * _PER[self.measure]
            reason = say(f"link_{self.measure}", language, value=shown)
        return f"{at}  {self.before or '-':<6}> {self.after:<6}{reason}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """`shares`: of the time in which there was a class, by class; `sure_share`: all was known.

    `changes_without`: those of a class that follows every sample at once.
    """

    samples: int
    changes: tuple[Change, ...]
    changes_with: int
    changes_without: int
    shares: dict[str, float]
    sure_share: float
    mos: float | None

    def as_text(self, language: str) -> str:
        """The changes, and what they come to."""
        shares = ", ".join(f"{name} {share:.0%}" for name, share in self.shares.items())
        lines = [
            *(change.as_text(language) for change in self.changes),
            say("link_shares", language, shares=shares, sure=f"{self.sure_share:.0%}"),
            say("link_changes", language, count=self.changes_with, without=self.changes_without),
        ]
        if self.mos is not None:
            lines.append(say("link_mos", language, mos=self.mos))
        return "\n".join(lines)

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def explain(samples: Sequence[Sample]) -> Explanation:
    """What the class of a link does with these samples, in the order of their time."""
    states = _states(samples)
    ends = [*(sample.at for sample in samples[1:]), samples[-1].at + SAMPLE_SECONDS]
    lasted: dict[LinkClass, float] = dict.fromkeys(LinkClass, 0.0)
    sure = 0.0
    for sample, state, end in zip(samples, states, ends, strict=True):
        if state.present is not None:
            seconds = min(end - sample.at, MINUTE_SECONDS)
            lasted[state.present.link_class] += seconds
            sure += seconds * state.is_sure
    total = sum(lasted.values()) or 1.0
    alone = [found.link_class for found in map(judge, samples) if found is not None]
    changes = _changes(samples, states)
    moods = [state.mos for state in states if state.mos is not None]
    return Explanation(
        samples=len(samples),
        changes=changes,
        changes_with=max(len(changes) - 1, 0),
        changes_without=sum(one is not other for one, other in pairwise(alone)),
        shares={str(name): round(lasted[name] / total, 4) for name in LinkClass if lasted[name]},
        sure_share=round(sure / total, 4),
        mos=round(sum(moods) / len(moods), 2) if moods else None,
    )


def _states(samples: Sequence[Sample]) -> list[LinkState]:
    states, state = [], UNKNOWN
    for sample in samples:
        state = step(state, sample)
        states.append(state)
    return states


def _changes(samples: Sequence[Sample], states: Sequence[LinkState]) -> tuple[Change, ...]:
    found = []
    for sample, (before, after) in zip(samples, pairwise([UNKNOWN, *states]), strict=True):
        was, now = before.present, after.present
        if now is not None and (was is None or was.link_class is not now.link_class):
            change = Change(sample.at, before.written, after.written, now.measure, now.value)
            found.append(change)
    return tuple(found)
