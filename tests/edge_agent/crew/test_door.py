"""Whom the crew page answers: a page of its own, on this machine."""

import pytest

from edge_agent.crew import door

PORT = 8780
OWN = {
    "host": "127.0.0.1:8780",
    "origin": "http://127.0.0.1:8780",
    "sec-fetch-site": "same-origin",
    "content-type": "application/json",
}


def test_our_own_page_may_look_and_act() -> None:
    assert door.may_look(OWN, PORT)
    assert door.may_act(OWN, PORT)
    assert door.may_look({"host": "localhost:8780"}, PORT)


@pytest.mark.parametrize(
    "change",
    [
        {"host": "evil.example:8780"},
        {"host": "127.0.0.1"},
        {"host": "127.0.0.1:9999"},
        {"host": ""},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "https://127.0.0.1:8780"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
def test_another_site_or_another_name_of_this_machine_gets_nothing(change: dict[str, str]) -> None:
    assert not door.may_look({**OWN, **change}, PORT)
    assert not door.may_act({**OWN, **change}, PORT)


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_what_a_form_of_another_site_could_send_is_no_act(kind: str) -> None:
    assert not door.may_act({**OWN, "content-type": kind}, PORT)


def test_who_does_not_say_where_they_come_from_may_look_and_not_act() -> None:
    unsaid = {name: value for name, value in OWN.items() if name != "origin"}

    assert door.may_look(unsaid, PORT)
    assert not door.may_act(unsaid, PORT)


def test_the_cookie_is_found_among_others() -> None:
    assert door.cookie({"cookie": f"a=b; {door.COOKIE}=xyz; c=d"}) == "xyz"
    assert door.cookie({"cookie": "a=b"}) == ""
    assert door.cookie({}) == ""
