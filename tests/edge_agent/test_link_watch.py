"""What probes say about the link becomes a class, and is forgotten on the road."""

import pytest

from edge_agent.inputs import Reading
from edge_agent.link_watch import LinkWatch
from telemetry.wire.messages import Value
from telemetry.words import LinkClass
from tests.edge_agent.in_memory_server import StartAgent

TESTED: dict[str, Value] = {
    "link_rtt_seconds": 0.04,
    "link_jitter_up_seconds": 0.004,
    "link_jitter_down_seconds": 0.003,
    "link_loss_up_percent": 0.0,
    "link_loss_down_percent": 0.0,
}
BURST: dict[str, Value] = {"link_uplink_bits_per_second": 9e6}


def by_test(**changes: Value) -> Reading:
    return Reading("link_test", {**TESTED, **changes})


def by_tcp(rtt: float, again: int, sent: int, spread: float = 0.0) -> Reading:
    return Reading(
        "network",
        {
            "tcp_rtt_seconds": rtt,
            "tcp_rtt_variance_seconds": spread,
            "tcp_retransmits": again,
            "tcp_segments": sent,
        },
    )


def driving(speed: float) -> Reading:
    return Reading("position", {"speed_metres_per_second": speed})


def test_a_test_without_a_burst_is_not_sure() -> None:
    watch = LinkWatch()

    watch.take(by_test(), 5.0)
    assert watch.written(5.0) == "A?"
    watch.take(Reading("link_burst", BURST), 8.0)
    watch.take(by_test(), 10.0)
    assert watch.written(10.0) == "A"


def test_on_the_road_a_burst_is_forgotten() -> None:
    watch = LinkWatch()
    watch.take(Reading("link_burst", BURST), 1.0)

    watch.take(driving(9.0), 2.0)
    watch.take(by_test(), 5.0)

    assert watch.written(5.0) == "A?"


def test_a_link_nobody_looked_at_for_a_minute_has_no_class() -> None:
    watch = LinkWatch()
    watch.take(by_test(), 5.0)

    assert watch.written(65.0) == "A?"
    assert watch.written(65.1) == ""


def test_without_a_link_test_tcp_says_what_it_knows() -> None:
    watch = LinkWatch()

    watch.take(by_tcp(0.1, 0, 10, spread=0.04), 10.0)

    assert watch.written(10.0) == "C?"
    assert watch.state.present is not None
    assert watch.state.present.value == pytest.approx(0.18)


def test_what_tcp_sends_again_counts_as_lost() -> None:
    watch = LinkWatch()
    for at in range(12):
        watch.take(by_tcp(0.03, at, 10 * at), 10.0 * at)

    assert watch.state.present is not None
    assert watch.state.present.link_class is LinkClass.D
    assert watch.state.present.value == pytest.approx(10.0)


def test_a_new_connection_counts_from_its_own_beginning() -> None:
    watch = LinkWatch()
    watch.take(by_tcp(0.03, 40, 400), 10.0)
    watch.take(by_tcp(0.03, 0, 12), 20.0)

    assert watch.state.seen[-1].loss_percent == 0.0


def test_tcp_is_silent_beside_a_link_test() -> None:
    watch = LinkWatch()
    watch.take(by_test(), 5.0)

    watch.take(by_tcp(2.0, 0, 10), 20.0)
    assert len(watch.state.seen) == 1
    watch.take(by_tcp(2.0, 0, 10), 36.0)
    assert len(watch.state.seen) == 2


def test_a_burst_is_wanted_once_an_arrival() -> None:
    watch = LinkWatch()
    watch.take(driving(0.3), 0.0)
    assert not watch.wants_burst(100.0)  # it never went anywhere

    watch.take(driving(14.0), 200.0)
    watch.take(driving(0.2), 210.0)

    assert [watch.wants_burst(up) for up in (205.0, 229.9, 230.0, 231.0)] == [
        False,
        False,
        True,
        False,
    ]


def test_the_header_says_the_class(start: StartAgent) -> None:
    drive = start()
    drive.connect()
    drive.run(3)
    for _ in range(12):
        drive.run(5.0, read=[by_test(link_rtt_seconds=0.4)])

    assert drive.server.headers[0].link_class == ""
    assert drive.server.headers[-1].link_class == "D?"
    assert drive.agent.view().link_class == "D?"
    assert drive.agent.view().link_reason == "rtt"
