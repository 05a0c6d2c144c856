"""The link class follows the table, slowly, and is never better than the last 15 seconds were."""

import random
from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from telemetry.rules.link_class import (
    UNKNOWN,
    Finding,
    LinkState,
    Measure,
    Sample,
    estimated_mos,
    judge,
    severity,
    step,
)
from telemetry.words import LinkClass

GOOD = Sample(0.0, 0.04, 0.003, 0.002, 0.0, 0.0, 12e6)
LIKE = {
    LinkClass.A: GOOD,
    LinkClass.B: replace(GOOD, uplink_bits_per_second=5e6),
    LinkClass.C: replace(GOOD, jitter_down_seconds=0.035),
    LinkClass.D: replace(GOOD, rtt_seconds=0.42),
    LinkClass.NONE: replace(GOOD, rtt_seconds=0.9),
}
"""A sample of each class, none of them by loss."""


def series(classes: Iterable[LinkClass], every_seconds: float = 5.0) -> list[Sample]:
    return [replace(LIKE[name], at=at * every_seconds) for at, name in enumerate(classes)]


def run(samples: Iterable[Sample]) -> list[LinkState]:
    states, state = [], UNKNOWN
    for sample in samples:
        state = step(state, sample)
        states.append(state)
    return states


def classes(states: Iterable[LinkState]) -> list[LinkClass]:
    return [state.present.link_class for state in states if state.present is not None]


def changes(names: Sequence[LinkClass]) -> int:
    return sum(one is not other for one, other in pairwise(names))


def alone(sample: Sample) -> LinkClass:
    found = judge(sample)
    assert found is not None
    return found.link_class


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, Finding(LinkClass.A)),
        ({"uplink_bits_per_second": 8e6}, Finding(LinkClass.A)),
        ({"uplink_bits_per_second": 7.9e6}, Finding(LinkClass.B, Measure.UPLINK, 7.9e6)),
        ({"uplink_bits_per_second": 3.9e6}, Finding(LinkClass.C, Measure.UPLINK, 3.9e6)),
        ({"uplink_bits_per_second": 1.7e6}, Finding(LinkClass.D, Measure.UPLINK, 1.7e6)),
        ({"uplink_bits_per_second": 2e5}, Finding(LinkClass.NONE, Measure.UPLINK, 2e5)),
        ({"loss_up_percent": 0.99}, Finding(LinkClass.A)),
        ({"loss_up_percent": 1.0}, Finding(LinkClass.C, Measure.LOSS, 1.0)),
        ({"loss_down_percent": 3.0}, Finding(LinkClass.C, Measure.LOSS, 3.0)),
        ({"loss_down_percent": 10.0}, Finding(LinkClass.D, Measure.LOSS, 10.0)),
        ({"loss_down_percent": 10.1}, Finding(LinkClass.NONE, Measure.LOSS, 10.1)),
        ({"jitter_up_seconds": 0.02}, Finding(LinkClass.A)),
        ({"jitter_up_seconds": 0.021}, Finding(LinkClass.C, Measure.JITTER, 0.021)),
        ({"jitter_down_seconds": 5.0}, Finding(LinkClass.D, Measure.JITTER, 5.0)),
        ({"rtt_seconds": 0.149}, Finding(LinkClass.A)),
        ({"rtt_seconds": 0.15}, Finding(LinkClass.C, Measure.RTT, 0.15)),
        ({"rtt_seconds": 0.5}, Finding(LinkClass.D, Measure.RTT, 0.5)),
        ({"rtt_seconds": 0.51}, Finding(LinkClass.NONE, Measure.RTT, 0.51)),
        (
            {"loss_up_percent": 2.1, "uplink_bits_per_second": 5e6},
            Finding(LinkClass.C, Measure.LOSS, 2.1),
        ),
    ],
)
def test_a_sample_has_the_class_of_its_worst_measure(
    change: dict[str, float], expected: Finding
) -> None:
    assert judge(replace(GOOD, **change)) == expected


def test_an_unknown_measure_lowers_the_confidence_and_not_the_class() -> None:
    known, unknown = step(UNKNOWN, GOOD), step(UNKNOWN, replace(GOOD, uplink_bits_per_second=None))

    assert (known.written, unknown.written) == ("A", "A?")


def test_a_burst_of_long_ago_is_an_unknown_uplink() -> None:
    old = replace(LIKE[LinkClass.B], uplink_age_seconds=1801.0)

    assert step(UNKNOWN, old).written == "A?"


def test_a_sample_of_nothing_changes_nothing() -> None:
    state = step(UNKNOWN, GOOD)

    assert step(state, Sample(5.0)) is state
    assert UNKNOWN.written == ""


def test_the_third_bad_sample_lowers_the_class_and_a_good_minute_lifts_it() -> None:
    bad, good = LinkClass.D, LinkClass.A
    found = classes(run(series([good] * 12 + [bad] * 4 + [good] * 14)))

    assert found == [good] * 14 + [bad] * 13 + [good] * 3


def test_two_bad_samples_a_minute_change_nothing() -> None:
    pattern = [LinkClass.NONE, *[LinkClass.A] * 6]

    assert classes(run(series([LinkClass.A, LinkClass.A, *pattern * 10]))) == [LinkClass.A] * 72


def test_every_other_sample_bad_lowers_the_class() -> None:
    found = classes(run(series([LinkClass.A, LinkClass.C] * 12)))

    assert found[:5] == [LinkClass.A] * 5
    assert found[5:] == [LinkClass.C] * 19


def test_after_a_long_silence_the_next_sample_decides() -> None:
    state = run(series([LinkClass.D] * 20))[-1]

    assert step(state, replace(GOOD, at=1000.0)).written == "A"


def test_one_lost_packet_in_a_test_of_ten_is_not_a_loss_of_ten_percent() -> None:
    lossy = [replace(GOOD, at=5.0 * at, loss_up_percent=0.0) for at in range(48)]
    for at in range(12, 48, 3):  # one packet of ten in every third sample: 3.3 %
        lossy[at] = replace(lossy[at], loss_up_percent=10.0)

    last = run(lossy)[-1]

    assert last.present is not None
    assert last.present.link_class is LinkClass.D
    assert last.present.measure is Measure.LOSS
    assert last.present.value == pytest.approx(10.0 * 4 / 12, abs=0.6)


def test_one_outage_of_a_sample_is_one_bad_sample() -> None:
    out = replace(GOOD, at=60.0, rtt_seconds=None, loss_up_percent=100.0, loss_down_percent=100.0)
    samples = series([LinkClass.A] * 30)
    samples[12] = out

    assert set(classes(run(samples))) == {LinkClass.A}


def test_the_opinion_of_listeners_is_that_of_g107() -> None:
    assert estimated_mos(None, 0.01, 0.0) is None
    # R 93.2 is a MOS of 4.41; 20 % loss with concealment takes 42.1 of R away: 51.1 is 2.64.
    assert estimated_mos(0.02, 0.0, 0.0) == pytest.approx(4.41, abs=0.005)
    assert estimated_mos(0.02, 0.0, 20.0) == pytest.approx(2.64, abs=0.01)
    # 400 ms one way: Idd is 25 (65^(1/6) - 3 (1 + (2/3)^6)^(1/6) + 2) = 24.1, R 69.1 is 3.56.
    assert estimated_mos(0.76, 0.0, 0.0) == pytest.approx(3.56, abs=0.01)


@given(
    st.floats(0.0, 2.0),
    st.floats(0.0, 0.2),
    st.floats(0.0, 100.0),
    st.sampled_from(["r", "j", "l"]),
)
def test_more_of_anything_never_pleases_listeners_more(
    rtt: float, jitter: float, loss: float, what: str
) -> None:
    before = estimated_mos(rtt, jitter, loss)
    after = estimated_mos(
        rtt + 0.05 * (what == "r"),
        jitter + 0.01 * (what == "j"),
        min(loss + 1.0 * (what == "l"), 100.0),
    )

    assert before is not None
    assert after is not None
    assert 1.0 <= after <= before + 1e-9 <= 4.5


_GAPS = [0.5, 1.0, 4.9, 5.0, 5.1, 14.0, 31.0, 90.0]


def anything(seed: int) -> list[Sample]:
    """60 samples of anything at all, each measure missing now and then, at any spacing."""
    chance = random.Random(seed)

    def maybe(high: float) -> float | None:
        return None if chance.random() < 0.2 else chance.uniform(0.0, high)

    at, found = 0.0, []
    gaps = chance.sample(_GAPS, 2)
    for _ in range(60):
        at += chance.choice(gaps)
        sample = Sample(
            at,
            rtt_seconds=maybe(0.7),
            jitter_up_seconds=maybe(0.06),
            jitter_down_seconds=maybe(0.06),
            loss_up_percent=maybe(15.0),
            loss_down_percent=maybe(15.0),
            uplink_bits_per_second=maybe(1e7),
            uplink_age_seconds=chance.choice([0.0, 3600.0]),
        )
        found.append(sample)
    return found


def best_of_the_last_15_seconds(samples: Sequence[Sample]) -> list[LinkClass | None]:
    found: list[LinkClass | None] = []
    for at, now in enumerate(samples):
        last = [judge(one) for one in samples[: at + 1] if now.at - one.at <= 15.0]
        known = [one.link_class for one in last if one is not None]
        found.append(min(known, key=severity, default=None))
    return found


def assert_never_better(samples: Sequence[Sample], states: Sequence[LinkState]) -> None:
    for state, best in zip(states, best_of_the_last_15_seconds(samples), strict=True):
        if best is not None:
            assert state.present is not None
            assert severity(state.present.link_class) >= severity(best)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_it_is_never_better_than_the_best_of_the_last_15_seconds(seed: int) -> None:
    samples = anything(seed)

    states = run(samples)

    assert_never_better(samples, states)
    for state in states:
        assert state.present is not None
        assert (state.present.measure is None) == (state.present.link_class is LinkClass.A)


@settings(max_examples=40, deadline=None)
@given(
    st.permutations(list(LinkClass)),
    st.lists(st.sampled_from(list(LinkClass)), max_size=4),
    st.integers(24, 36),
    st.integers(0, 2**32),
)
def test_at_most_half_the_changes_of_a_class_without_hysteresis(
    levels: list[LinkClass], further: list[LinkClass], length: int, seed: int
) -> None:
    """Levels of two to five minutes, all classes among them; every fourth sample is another's."""
    noise = random.Random(seed)
    seen: list[LinkClass] = []
    for level in [*levels, *further]:
        for _ in range(length):
            others = [name for name in LinkClass if name is not level]
            seen.append(noise.choice(others) if noise.random() < 0.25 else level)
    samples = series(seen)

    states = run(samples)

    assert changes(classes(states)) <= changes([alone(sample) for sample in samples]) / 2
    assert_never_better(samples, states)


@settings(max_examples=20, deadline=None)
@given(st.permutations(list(LinkClass)))
def test_it_visits_every_class_that_lasts(levels: list[LinkClass]) -> None:
    found = classes(run(series(name for level in levels for name in [level] * 13)))

    assert set(found) == set(LinkClass)
