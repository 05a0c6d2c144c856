"""The pretended executor: its time, its failures, and agents that start again."""

from datetime import UTC, datetime

import pytest

from edge_agent.inputs import Moment, OrderNote
from simulators.executors import Faults, PretendedExecutor
from telemetry.wire import orders
from telemetry.wire.events import Configured, OrderChanged
from telemetry.wire.orders import Order, RunBundle, RunCommand, Task
from telemetry.wire.signed import seal
from telemetry.words import ClockTrust, RemoteCommand
from tests.services.play import stream

UPDATE = RunBundle("update_agent", "2", "{}\n")


def sealed(task: Task, number: int = 1) -> bytes:
    body = orders.encode(Order(f"order-{number}", task))
    kind = orders.kind_of(task)
    return seal("veh-001", orders.FAMILY, kind, number, (0, 1), body, lambda _: b"s" * 64)


def at(up: float) -> Moment:
    return Moment(datetime(2026, 12, 1, tzinfo=UTC), up, "boot1", ClockTrust.NTP)


def played(executor: PretendedExecutor, up: float = 100.0) -> tuple[list[OrderNote], float]:
    """All notes, and how long it took."""
    notes: list[OrderNote] = []
    now = up
    while executor.due() < float("inf"):
        now = max(now, executor.due())
        notes += executor.take(at(now))
    return notes, now - up


def states(notes: list[OrderNote]) -> list[str]:
    return [note.event.state for note in notes if isinstance(note.event, OrderChanged)]


def test_an_update_downloads_works_and_verifies() -> None:
    executor = PretendedExecutor("veh-001", Faults(bad_share=0.0))
    executor.carry_out(1, sealed(UPDATE), 0)
    notes, seconds = played(executor)

    assert states(notes) == ["running", "downloading", "running", "verifying", "succeeded"]
    assert [note.at for note in notes] == list(range(len(notes)))
    assert 20 < seconds < 700


def test_a_bad_version_rolls_back_and_a_stuck_one_fails() -> None:
    faults = Faults(bad={("update_agent", "2")}, bad_share=0.0)
    executor = PretendedExecutor("veh-001", faults)
    executor.carry_out(1, sealed(UPDATE), 0)
    first, _ = played(executor)
    faults.stuck.add(("update_agent", "2"))
    executor.carry_out(2, sealed(UPDATE, 2), 0)
    second, _ = played(executor)

    assert (states(first)[-1], states(second)[-1]) == ("rolled_back", "failed")


def test_about_one_play_in_a_hundred_has_bad_luck() -> None:
    ends = []
    for asset in range(2000):
        executor = PretendedExecutor(f"veh-{asset}")
        executor.carry_out(1, sealed(UPDATE), 0)
        ends.append(states(played(executor)[0])[-1])

    assert 5 < ends.count("failed") < 50


def test_an_agent_that_starts_again_hears_the_rest() -> None:
    executor = PretendedExecutor("veh-001")
    executor.carry_out(1, sealed(UPDATE), 0)
    first = list(executor.take(at(100.0)))
    executor.carry_out(1, sealed(UPDATE), len(first))
    rest, _ = played(executor)

    assert [note.at for note in [*first, *rest]] == list(range(len(first) + len(rest)))


def test_a_cancel_ends_it_at_once() -> None:
    executor = PretendedExecutor("veh-001")
    executor.carry_out(1, sealed(UPDATE), 0)
    executor.take(at(100.0))
    executor.cancel(1, b"")

    assert states(list(executor.take(at(100.1)))) == ["cancelled"]
    assert executor.due() == float("inf")


def test_other_orders_take_seconds() -> None:
    executor = PretendedExecutor("veh-001")
    executor.carry_out(1, sealed(RunCommand(RemoteCommand.DISK_USE)), 0)
    notes, seconds = played(executor)

    assert states(notes) == ["running", "succeeded"]
    assert seconds < 5


def configure(*, is_check: bool = False, **variables: str) -> RunBundle:
    return RunBundle("configure", "1", stream("configure", {**variables}), is_check)


def test_a_play_that_sets_a_machine_up_says_so_once_it_has_succeeded() -> None:
    executor = PretendedExecutor("veh-001", Faults(bad_share=0.0))
    executor.carry_out(1, sealed(configure(manifest_hash="abc", clock_timezone="UTC")), 0)
    executor.take(at(100.0))
    while_it_runs = executor.configured
    played(executor)

    assert while_it_runs is None
    assert executor.configured == Configured("abc", round(at(0).wall.timestamp() * 1000))


@pytest.mark.parametrize(
    ("given", "is_check", "bad"),
    [
        ("manifest_hash", True, set[tuple[str, str]]()),
        ("clock_timezone", False, set[tuple[str, str]]()),
        ("manifest_hash", False, {("configure", "1")}),
    ],
    ids=["it only looks", "it is told nothing of what is desired", "it rolls back"],
)
def test_other_plays_leave_it_as_it_was(
    given: str, is_check: bool, bad: set[tuple[str, str]]
) -> None:
    executor = PretendedExecutor("veh-001", Faults(bad=bad, bad_share=0.0))
    before = executor.configured = Configured("old", 1, ["/etc/localtime"])
    executor.carry_out(1, sealed(configure(is_check=is_check, **{given: "new"})), 0)
    played(executor)

    assert executor.configured == before


@pytest.mark.parametrize("form", [stream("configure", {}), "no stream"], ids=["nothing", "no form"])
def test_a_play_that_is_given_nothing_runs_and_sets_nothing_up(form: str) -> None:
    executor = PretendedExecutor("veh-001", Faults(bad_share=0.0))
    executor.carry_out(1, sealed(RunBundle("configure", "1", form)), 0)
    notes, _ = played(executor)

    assert states(notes)[-1] == "succeeded"
    assert executor.configured is None
