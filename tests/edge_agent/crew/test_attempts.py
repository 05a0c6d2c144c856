"""How often a PIN may be tried."""

from edge_agent.crew.attempts import COST_SECONDS, FREE_TRIES, FREE_TRIES_OF_ALL, Attempts
from tests.edge_agent.in_memory_server import moment


def tries(attempts: Attempts, who: str, up: float, *, most: int = 50) -> int:
    """How many attempts in a row are let through."""
    count = 0
    while count < most and attempts.ask(who, True, moment(up)) == 0:
        count += 1
    return count


def test_a_person_has_a_few_free_tries_and_then_waits_twice_as_long_each_time() -> None:
    attempts = Attempts(None)
    free = tries(attempts, "p-1", 100.0)
    waits, up = [], 100.0
    for _ in range(4):
        waits.append(attempts.ask("p-1", True, moment(up)))
        up += waits[-1]
        attempts.ask("p-1", True, moment(up))

    assert free == FREE_TRIES
    assert waits == [30.0, 60.0, 120.0, 240.0]


def test_everybody_together_is_limited_to_one_try_a_minute_after_the_free_ones() -> None:
    attempts = Attempts(None)
    at_once = sum(tries(attempts, f"p-{n}", 100.0, most=2) for n in range(50))
    wait = attempts.ask("p-70", True, moment(100.0))
    in_an_hour = sum(
        tries(attempts, f"q-{second}", 100.0 + second, most=1) for second in range(3600)
    )

    assert at_once == FREE_TRIES_OF_ALL
    assert wait == COST_SECONDS
    assert in_an_hour == 3600 / COST_SECONDS - 1


def test_names_that_nobody_has_count_as_one() -> None:
    attempts = Attempts(None)
    waits = [attempts.ask(f"x-{n}", False, moment(100.0)) for n in range(FREE_TRIES + 1)]

    assert waits[:-1] == [0.0] * FREE_TRIES
    assert waits[-1] > 0


def test_a_right_pin_forgives_that_person_alone() -> None:
    attempts = Attempts(None)
    tries(attempts, "p-1", 100.0)
    tries(attempts, "p-2", 100.0)
    attempts.forgive("p-2", moment(100.0))

    assert attempts.ask("p-1", True, moment(100.0)) > 0
    assert tries(attempts, "p-2", 100.0) == FREE_TRIES


def test_knowing_one_pin_does_not_help_to_guess_anothers() -> None:
    attempts = Attempts(None)
    guesses = 0
    for up in range(0, 86_400, 20):
        attempts.ask("mine", True, moment(up))
        attempts.forgive("mine", moment(up))
        guesses += attempts.ask("theirs", True, moment(up)) == 0

    assert guesses <= 24 + 10


def test_a_wait_goes_on_through_a_restart_and_counts_anew_after_a_reboot() -> None:
    attempts = Attempts(None)
    tries(attempts, "p-1", 100.0)
    saved = attempts.unsaved()
    restarted, rebooted = Attempts(saved), Attempts(saved)

    assert restarted.ask("p-1", True, moment(110.0)) == 20.0
    assert rebooted.ask("p-1", True, moment(5.0, boot="b2")) == 30.0
    assert rebooted.ask("p-1", True, moment(15.0, boot="b2")) == 20.0


def test_a_state_that_cannot_be_read_frees_nobody() -> None:
    attempts = Attempts(b"not ours")

    assert attempts.ask("p-1", True, moment(100.0)) == COST_SECONDS
    assert attempts.ask("p-1", True, moment(160.0)) == 0
