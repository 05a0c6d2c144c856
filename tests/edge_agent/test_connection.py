"""The table of the connection's states."""

import pytest

from edge_agent.connection import TABLE, Connection, Happening, State


def test_every_state_can_be_left_and_reached() -> None:
    assert {before for before, _ in TABLE} == set(State)
    assert set(TABLE.values()) == set(State)


@pytest.mark.parametrize("state", [State.GREETING, State.OPEN, State.HOLD])
def test_a_link_that_goes_down_is_offline_from_any_state(state: State) -> None:
    assert TABLE[state, Happening.DOWN] is State.OFFLINE


def test_records_may_be_sent_only_after_a_greeting_was_answered() -> None:
    into_open = {(before, what) for (before, what), after in TABLE.items() if after is State.OPEN}

    assert into_open == {(State.GREETING, Happening.GREETED), (State.HOLD, Happening.RELEASED)}


def test_a_hold_ends_at_its_time() -> None:
    connection = Connection()
    connection.happen(Happening.UP)
    connection.happen(Happening.GREETED)
    connection.hold(100.0, 30.0)

    assert not connection.is_over(129.0)
    assert connection.is_over(130.0)


def test_a_hold_before_the_greeting_is_answered_is_none() -> None:
    connection = Connection()
    connection.happen(Happening.UP)
    connection.hold(100.0, 30.0)

    assert connection.state is State.GREETING


def test_a_refusal_outlasts_the_connection_that_it_ends() -> None:
    connection = Connection()
    connection.happen(Happening.UP)
    connection.refuse(100.0, "no")
    connection.happen(Happening.DOWN)
    connection.happen(Happening.UP)

    assert connection.state is State.REFUSED
    assert connection.is_over(400.0)
