"""A real play of a real order, cut off from without: it comes to one true end, told once."""

import json
import random
import time
from collections.abc import Callable, Iterator

import pytest

from telemetry.words import OrderState
from tests.services.errand import MANAGED, STEPS, Errand, Play, errand
from tests.services.tcp_proxy import Way

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("orders-cut-off"),
]

SEEDS = range(20)
BEFORE = ["queued", "sent", "accepted"]
STATES = ["running", "downloading", "running", "verifying", "succeeded"]
"""What one attempt of the play says of itself."""
BREAKS = (Way.CUT, Way.STALLED, Way.HALF_OPEN)
Fault = Callable[[Errand, random.Random], None]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Errand]:
    with errand(tmp_path_factory.mktemp("e")) as begun:
        yield begun


@pytest.fixture
def made(running: Errand) -> Iterator[Errand]:
    yield running
    running.let_go()


def break_link(made: Errand, chance: random.Random) -> None:
    made.link.set_way(chance.choice(BREAKS))
    time.sleep(chance.uniform(0.2, 3.0))
    made.link.set_way(Way.OPEN)


def kill_agent(made: Errand, chance: random.Random) -> None:
    made.kill_agent()
    time.sleep(chance.uniform(0.0, 1.0))
    made.start_agent()


def kill_server(made: Errand, chance: random.Random) -> None:
    made.rig.kill()
    time.sleep(chance.uniform(0.0, 1.0))
    made.rig.start()


def kill_executor(made: Errand, chance: random.Random) -> None:
    made.bench.kill()
    time.sleep(chance.uniform(0.0, 1.0))
    made.bench.start()


FAULTS: list[Fault] = [break_link, kill_agent, kill_server, kill_executor]


def come_to(made: Errand, play: Play, step: str) -> None:
    """Wait until the play is held at a step."""
    if step == "fetched":
        made.wait_until(lambda: "downloading" in [note.state for note in made.notes(play)])
    else:
        made.wait_until(lambda: step in play.told)


def play_through(made: Errand, seed: int, faults: dict[str, list[Fault]]) -> Play:
    """One play, in which faults come about as it is held at these steps, or shortly after."""
    chance = random.Random(seed)
    print(f"seed {seed}: {[(at, [one.__name__ for one in some]) for at, some in faults.items()]}")
    play = made.order()
    for step in STEPS:
        if step in faults:
            come_to(made, play, step)
            if chance.random() < 0.7:  # it goes on, and is at any place when it happens
                play.let(step)
                time.sleep(chance.uniform(0.0, 0.8))
            for fault in faults[step]:
                fault(made, chance)
        play.let(step)
    return play


def judge(made: Errand, play: Play, before: list[str] = BEFORE) -> None:
    """The order's end is what the witness saw, and each of its states is recorded once."""
    ended = made.ended(play)
    noted = [(note.state, note.attempt) for note in made.notes(play)]
    steps = [(step["state"], step["attempt"]) for step in ended["steps"]]
    told = [(body["state"], body.get("attempt", 0)) for body in made.tellings(play)]
    story = made.story()

    assert ended["state"] == OrderState.SUCCEEDED, story
    assert steps == [(state, 0) for state in before] + noted, story
    assert told == steps[2:], story
    assert play.told[-1] == "done", story
    assert play.told.count("begun") <= ended["attempt"], story
    for name in MANAGED:
        assert (made.files / name).read_bytes() == play.contents()[name], f"{name}: {story}"
    assert sorted(one.name for one in made.files.iterdir()) == sorted(MANAGED)
    assert made.half_applied == []
    assert made.bench.processes() == set()
    assert ended["output"] == "whole"
    lines = made.api.get(f"/orders/{play.order}/output/file").text.splitlines()
    events = [json.loads(line)["event"] for line in lines]
    assert events[-1] == "playbook_on_stats"
    assert events.count("runner_on_ok") >= len(STEPS)


def judge_one_run(made: Errand, play: Play, before: list[str] = BEFORE) -> None:
    """Nothing ended the play itself: it was run once, and said so."""
    judge(made, play, before)

    assert [note.state for note in made.notes(play)] == STATES
    assert play.told == [step for step in STEPS if step != "fetched"]


@pytest.mark.soak
@pytest.mark.parametrize("seed", SEEDS)
def test_a_link_that_breaks_in_the_middle_changes_nothing(made: Errand, seed: int) -> None:
    steps = random.Random(f"link {seed}").sample(STEPS, 1 + seed % 3)

    judge_one_run(made, play_through(made, seed, {step: [break_link] for step in steps}))


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(one, marks=pytest.mark.soak) for one in SEEDS[1:])]
)
def test_a_server_killed_while_events_arrive_has_each_of_them_once(made: Errand, seed: int) -> None:
    steps = random.Random(f"server {seed}").sample(STEPS, 1 + seed % 2)

    judge_one_run(made, play_through(made, seed, {step: [kill_server] for step in steps}))


@pytest.mark.soak
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_breaks_together_a_play_comes_to_one_true_end(made: Errand, seed: int) -> None:
    chance = random.Random(f"all {seed}")
    steps = chance.sample(STEPS, chance.randrange(2, 4))
    faults: dict[str, list[Fault]] = {step: chance.sample(FAULTS, 1) for step in steps}

    judge(made, play_through(made, seed, faults))


@pytest.mark.soak
@pytest.mark.parametrize("step", STEPS)
def test_an_agent_killed_at_any_step_goes_on_listening(made: Errand, step: str) -> None:
    judge_one_run(made, play_through(made, 1, {step: [kill_agent]}))


@pytest.mark.soak
def test_an_agent_killed_when_it_has_accepted_begins_once(made: Errand) -> None:
    made.bench.freeze()
    play = made.order()
    play.let(*STEPS)
    made.wait_for(play, OrderState.ACCEPTED)
    made.kill_agent()
    made.bench.kill()
    made.bench.start()
    made.start_agent()

    judge_one_run(made, play)


@pytest.mark.soak
def test_an_agent_killed_while_it_defers_begins_when_it_may(made: Errand) -> None:
    play = made.order(opens_in_seconds=20)
    play.let(*STEPS)
    made.wait_for(play, OrderState.DEFERRED)
    kill_agent(made, random.Random(1))

    judge_one_run(made, play, [*BEFORE, "deferred"])


def test_past_a_broken_link_an_agent_killed_before_it_heard_the_end_tells_it_once(
    made: Errand,
) -> None:
    play = made.order()
    play.let("begun", "written")
    come_to(made, play, "fetched")
    break_link(made, random.Random(0))
    play.let("fetched", "verified")
    come_to(made, play, "done")
    made.freeze_agent()
    play.let("done")
    made.wait_until(lambda: made.notes(play)[-1].state == OrderState.SUCCEEDED)
    made.kill_agent()
    made.start_agent()

    judge_one_run(made, play)


@pytest.mark.soak
def test_an_agent_killed_before_it_could_tell_the_end_tells_it_once(made: Errand) -> None:
    play = made.order()
    play.let(*STEPS[:-1])
    come_to(made, play, "done")
    made.link.set_way(Way.CUT)
    play.let("done")
    made.wait_until(lambda: made.notes(play)[-1].state == OrderState.SUCCEEDED)
    time.sleep(0.5)
    made.kill_agent()
    made.start_agent()
    made.link.set_way(Way.OPEN)

    judge_one_run(made, play)


@pytest.mark.soak
def test_an_agent_killed_after_the_end_says_and_does_no_more(made: Errand) -> None:
    play = made.order()
    play.let(*STEPS)
    made.ended(play)
    kill_agent(made, random.Random(1))
    after = made.order()
    after.let(*STEPS)

    judge_one_run(made, after)
    assert [note.state for note in made.notes(play)] == STATES
    assert [body["state"] for body in made.tellings(play)] == ["accepted", *STATES]
