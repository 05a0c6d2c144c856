"""What a test's answers mean: which way packets were lost, and nothing is counted twice."""

import contextlib
import itertools
import socket
import time
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.probes.link_burst import LinkBurstProbe
from edge_agent.probes.link_place import LinkPlace
from edge_agent.probes.link_test import Answer, LinkTestProbe, Marks, measured, p95, variation
from telemetry.wire import stamp
from telemetry.wire.profile import LinkTest, Profile

START = Marks(-1, -1)


def answers(numbers: Iterable[tuple[int, int]]) -> list[Answer]:
    return [Answer(sequence, reflected, 0.1, 5.0, -4.9) for sequence, reflected in numbers]


def test_nothing_lost() -> None:
    metrics, marks = measured(answers((at, at) for at in range(10)), START)

    assert metrics == {
        "link_rtt_seconds": 0.1,
        "link_jitter_up_seconds": 0.0,
        "link_jitter_down_seconds": 0.0,
        "link_loss_up_percent": 0.0,
        "link_loss_down_percent": 0.0,
    }
    assert marks == Marks(9, 9)


def test_the_reflectors_numbers_tell_the_direction() -> None:
    # 2 and 5 were lost on the way there, the answer to 7 on the way back
    came = [(0, 0), (1, 1), (3, 2), (4, 3), (6, 4), (8, 6), (9, 7)]

    metrics, marks = measured(answers(came), START)

    assert metrics["link_loss_up_percent"] == 20.0
    assert metrics["link_loss_down_percent"] == pytest.approx(100 / 8)
    assert marks == Marks(9, 7)


def test_what_was_lost_at_the_end_is_found_by_the_next_test() -> None:
    _, marks = measured(answers((at, at) for at in range(8)), START)  # 8 reached it, 9 did not

    metrics, _ = measured(answers((at, at - 1) for at in range(10, 20)), marks)

    assert metrics["link_loss_up_percent"] == pytest.approx(100 / 12, abs=0.01)
    assert metrics["link_loss_down_percent"] == pytest.approx(100 / 11, abs=0.01)


def test_an_outage_is_counted_once() -> None:
    metrics, marks = measured([], START)
    assert metrics == {"link_loss_up_percent": 100.0, "link_loss_down_percent": 100.0}
    assert marks is None

    after, _ = measured(answers((at, at - 8) for at in range(10, 20)), marks)

    assert after["link_loss_up_percent"] == after["link_loss_down_percent"] == 0.0


def test_a_restarted_reflector_loses_nothing() -> None:
    metrics, _ = measured(answers((at, at - 500) for at in range(500, 510)), Marks(499, 499))

    assert metrics["link_loss_up_percent"] == metrics["link_loss_down_percent"] == 0.0


@given(st.lists(st.sampled_from(["lost up", "lost down", "back"]), min_size=30, max_size=60))
def test_over_several_tests_every_loss_is_counted_once(fates: list[str]) -> None:
    """Each test begins with a packet that comes back, so that none is an outage."""
    marks: Marks | None = START
    reflected = -1
    sent_lost = down_lost = 0.0
    for first in range(0, len(fates) - 9, 10):
        came = []
        before = marks or START
        for sequence in range(first, first + 10):
            fate = "back" if sequence == first else fates[sequence]
            reflected += fate != "lost up"
            if fate == "back":
                came.append((sequence, reflected))
        metrics, marks = measured(answers(came), before)
        assert marks is not None
        sent = marks.sequence - before.sequence
        reached = marks.reflected - before.reflected
        sent_lost += float(metrics["link_loss_up_percent"] or 0) / 100 * sent
        down_lost += float(metrics["link_loss_down_percent"] or 0) / 100 * reached

    assert marks is not None
    counted = [f for at, f in enumerate(fates[: marks.sequence + 1]) if at % 10]
    assert sent_lost == pytest.approx(counted.count("lost up"), abs=0.01)
    assert down_lost == pytest.approx(counted.count("lost down"), abs=0.01)


def test_jitter_is_how_far_delays_are_above_the_smallest() -> None:
    assert p95([3.0, 1.0, 2.0]) == 3.0
    assert p95([float(at) for at in range(1, 101)]) == 95.0
    assert variation([5.02, 5.0, 5.01]) == pytest.approx(0.02)
    assert variation([5.0]) is None


def place(profile: Profile, key: bytes | None, clock_offset: float | None) -> LinkPlace:
    return LinkPlace("veh-001", "127.0.0.1", lambda: profile, lambda: key, lambda: clock_offset)


WANTED = Profile(link_test=LinkTest(host="127.0.0.1", port=9))
UNASKED = Profile(link_test=LinkTest(host="127.0.0.1", port=9, every_seconds=0.0, burst_bytes=0))


@pytest.mark.parametrize(
    ("profile", "key", "clock_offset"),
    [
        (Profile(), b"key", 0.0),
        (UNASKED, b"key", 0.0),
        (WANTED, None, 0.0),
        (WANTED, b"key", None),  # whoever does not know the time would not be answered
    ],
)
def test_without_profile_key_or_time_nothing_is_tested(
    profile: Profile, key: bytes | None, clock_offset: float | None
) -> None:
    there = place(profile, key, clock_offset)

    assert list(LinkTestProbe(there).read()) == []
    assert list(LinkBurstProbe(there).read()) == []


def test_it_is_tested_no_more_often_than_the_profile_says() -> None:
    profile = Profile(link_test=LinkTest(host="127.0.0.1", port=9, every_seconds=60.0))
    probe = LinkTestProbe(place(profile, b"key", 0.0), steady=itertools.count(100.0, 0.5).__next__)

    asked = [len(list(probe.read())) for _ in range(10)]

    assert asked[0] == 1  # nobody answers there: a loss of all
    assert asked[1:] == [0] * 9


@pytest.mark.parametrize(
    ("under_way_seconds", "lost_percent"), [(0, 0.0), (60, 100.0)], ids=["in time", "too late"]
)
def test_an_answer_counts_by_when_it_came_however_late_it_is_read(
    under_way_seconds: int, lost_percent: float
) -> None:
    turns, reflected = itertools.count(100.0, 10.0), itertools.count()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as reflector:
        reflector.bind(("127.0.0.1", 0))
        reflector.setblocking(False)

        def late() -> float:
            """All questions are answered at once, and the probe has its turn ten seconds later."""
            with contextlib.suppress(BlockingIOError):
                while True:
                    question, asker = reflector.recvfrom(2048)
                    # As if it had been asked so much earlier, by the seconds of its timestamp.
                    sent = int.from_bytes(question[16:20], "big") - under_way_seconds
                    question = question[:16] + sent.to_bytes(4, "big") + question[20:]
                    now = time.time()
                    answer = stamp.write_reflected(question, next(reflected), now, now)
                    reflector.sendto(stamp.signed(answer, b"key"), asker)
            return next(turns)

        port = reflector.getsockname()[1]
        profile = Profile(link_test=LinkTest(host="127.0.0.1", port=port, every_seconds=1.0))
        (reading,) = LinkTestProbe(place(profile, b"key", 0.0), steady=late).read()

    lost = [reading.metrics[f"link_loss_{way}_percent"] for way in ("up", "down")]
    assert lost == [lost_percent, lost_percent]
