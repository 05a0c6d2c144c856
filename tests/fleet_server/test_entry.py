"""Ways in beside name and password: the demo's open door, and a token for a screen on a wall."""

import pytest
from fastapi import FastAPI
from pydantic import JsonValue

from fleet_server.access.store import Access
from fleet_server.entrance import COOKIE
from fleet_server.listeners import Local
from fleet_server.parts import Parts
from tests.fleet_server.asking import Api
from tests.fleet_server.conftest import Clock
from tests.fleet_server.prepared import application

_DEMO = "/api/v1/session/demo"
_TOKEN = "/api/v1/session/token"


@pytest.fixture
def owned(api: Api, parts: Parts) -> Api:
    """The server's own user, beside an account that tokens can belong to."""
    parts.access.make_first_account(parts.settings.data / "initial-password", parts.clock())
    return api


def _token(api: Api, role: str = "viewer", days: int = 30) -> str:
    made = api.post("/api/v1/tokens", {"label": "wall", "role": role, "days": days})
    return str(made.json()["token"])


def _said(api: Api) -> list[str]:
    return [row["what"] for row in api.get("/api/v1/journal").json()["items"]]


def test_anybody_enters_a_demo_server_as_an_operator(demo_parts: Parts) -> None:
    app = application(demo_parts)
    visitor, again = Api(app), Api(app)

    entered = visitor.post(_DEMO)
    again.post(_DEMO)

    assert entered.status_code == 201
    assert entered.json() == {"name": "demo", "role": "operator", "courts": None}
    assert visitor.get("/api/v1/assets").status_code == 200
    assert visitor.get("/api/v1/console").json()["demo"] is True
    assert visitor.put("/api/v1/documents/settings", {"settings": {}}).status_code == 403
    assert _said(Api(Local(app))) == ["demo_entered", "demo_entered", "account_made"]


def test_nobody_enters_a_production_server_so(stranger: Api, api: Api) -> None:
    answer = stranger.post(_DEMO)

    assert (answer.status_code, answer.json()["code"]) == (403, "no_demo_entry")
    assert COOKIE not in stranger.cookies
    assert stranger.get("/api/v1/assets").status_code == 401
    assert stranger.get("/api/v1/console").json()["demo"] is False
    assert _said(api) == []


def test_a_session_of_the_demo_opens_nothing_once_the_server_is_a_real_one(
    demo_parts: Parts, clock: Clock
) -> None:
    visitor = Api(application(demo_parts))
    visitor.post(_DEMO)

    values = {name: getattr(demo_parts, name) for name in type(demo_parts).__slots__}
    real = type(demo_parts)(**{**values, "access": Access(demo_parts.database, demo=False)})
    visitor.application = application(real)

    assert visitor.get("/api/v1/assets").status_code == 401
    answer = visitor.post("/api/v1/session", {"name": "demo", "password": "none"})
    assert answer.json()["code"] == "wrong_password"


def test_a_wall_screen_looks_for_as_long_as_its_token_is_good(
    owned: Api, stranger: Api, clock: Clock
) -> None:
    secret = _token(owned, days=30)

    opened = stranger.post(_TOKEN, {"token": f" {secret}\n"})

    assert opened.status_code == 201
    assert opened.json()["role"] == "viewer"
    cookie = opened.headers["set-cookie"]
    assert f"Max-Age={30 * 86_400}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert _said(owned)[0] == "screen_opened"
    clock.move(days=29)
    assert stranger.get("/api/v1/glances").status_code == 200
    clock.move(days=1)
    assert stranger.get("/api/v1/glances").status_code == 401


def test_a_wall_screen_changes_nothing_and_makes_no_other_token(owned: Api, stranger: Api) -> None:
    stranger.post(_TOKEN, {"token": _token(owned)})

    answers = [
        stranger.post("/api/v1/tokens", {"label": "another"}),
        stranger.post("/api/v1/assets", {"assets": []}),
        stranger.delete("/api/v1/basemap/places"),
    ]

    assert [answer.json()["code"] for answer in answers] == ["not_allowed"] * 3


def test_a_withdrawn_token_ends_the_wall_screen_at_once(owned: Api, stranger: Api) -> None:
    stranger.post(_TOKEN, {"token": _token(owned)})
    before = stranger.get("/api/v1/session").status_code

    owned.delete("/api/v1/tokens/1")

    assert (before, stranger.get("/api/v1/session").status_code) == (200, 401)


def test_signing_a_screen_out_leaves_the_token_to_the_other_screens(
    app: FastAPI, owned: Api, stranger: Api
) -> None:
    secret = _token(owned)
    other = Api(app)
    for screen in (stranger, other):
        screen.post(_TOKEN, {"token": secret})

    assert stranger.delete("/api/v1/session").status_code == 204

    assert stranger.get("/api/v1/session").status_code == 401
    assert other.get("/api/v1/session").status_code == 200


@pytest.mark.parametrize("role", ["operator", "admin"])
def test_a_token_that_may_do_more_than_look_opens_no_screen(
    owned: Api, stranger: Api, role: str
) -> None:
    answer = stranger.post(_TOKEN, {"token": _token(owned, role)})

    assert (answer.status_code, answer.json()["code"]) == (403, "token_may_change")
    assert COOKIE not in stranger.cookies


def test_a_session_is_no_token(demo_parts: Parts) -> None:
    app = application(demo_parts)
    visitor = Api(app)
    visitor.post(_DEMO)

    answer = Api(app).post(_TOKEN, {"token": visitor.cookies[COOKIE]})

    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


def test_an_unknown_token_opens_nothing(stranger: Api) -> None:
    answer = stranger.post(_TOKEN, {"token": "guessed"})

    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize(("path", "body"), [(_DEMO, None), (_TOKEN, {"token": "x"})])
def test_another_sites_page_signs_nobody_in(demo_parts: Parts, path: str, body: JsonValue) -> None:
    visitor = Api(application(demo_parts))

    answer = visitor.ask("POST", path, body, {"sec-fetch-site": "cross-site"})

    assert answer.json()["code"] == "foreign_origin"
