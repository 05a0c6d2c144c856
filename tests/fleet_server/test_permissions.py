"""Who may use which route, over every route there is."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from fleet_server import http
from fleet_server.access.model import Role
from fleet_server.parts import Parts
from fleet_server.permissions import NEEDED, PUBLIC, STATION
from tests.fleet_server.asking import COURT, OTHER_COURT, Api, signed_in


def _operations(app: FastAPI) -> Iterator[tuple[str, str, str]]:
    """Operation id, method and path of every route that the description names."""
    for path, operations in app.openapi()["paths"].items():
        for method, operation in operations.items():
            yield operation["operationId"], method.upper(), path


def _ask(api: Api, method: str, path: str) -> tuple[int, str]:
    """The status, and the problem's code if it is one."""
    filled = path.replace("{asset}", "veh-001").replace("{token}", "1")
    answer = api.ask(method, filled)
    is_problem = answer.headers.get("content-type", "").startswith("application/problem")
    return answer.status_code, answer.json()["code"] if is_problem else ""


def test_every_route_stands_in_the_table_and_nothing_else(app: FastAPI) -> None:
    operations = [operation for operation, _, _ in _operations(app)]

    assert sorted(operations) == sorted({*NEEDED, *PUBLIC, *STATION})
    assert not STATION & {*NEEDED, *PUBLIC}


def test_every_route_but_the_public_ones_refuses_who_is_notsigned_in(
    app: FastAPI, stranger: Api
) -> None:
    for operation, method, path in _operations(app):
        if operation not in PUBLIC:
            code = "station_key_invalid" if operation in STATION else "not_signed_in"
            assert _ask(stranger, method, path) == (401, code), operation


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_use_exactly_what_the_table_says(app: FastAPI, parts: Parts, role: Role) -> None:
    api = signed_in(app, parts, role)
    for operation, method, path in _operations(app):
        if operation in PUBLIC or operation in {"sign_out", "follow_stream"}:
            continue  # ends the session that this test uses; never ends by itself
        if operation in STATION:
            assert _ask(api, method, path) == (401, "station_key_invalid"), operation
            continue
        refused = _ask(api, method, path)[1] == "not_allowed"
        assert refused != role.covers(NEEDED[operation]), operation


def test_a_route_without_an_entry_is_refused(parts: Parts) -> None:
    app = http.build(parts)

    @app.get("/forgotten", operation_id="forgotten")
    def forgotten() -> str:
        return "secret"

    assert any(isinstance(route, APIRoute) for route in app.routes)
    assert _ask(signed_in(app, parts, Role.ADMIN), "GET", "/forgotten") == (403, "not_allowed")


def test_a_caller_of_one_court_sees_nothing_of_another(
    app: FastAPI, api: Api, parts: Parts
) -> None:
    api.add("veh-001", COURT)
    api.add("veh-002", OTHER_COURT)
    other = signed_in(app, parts, Role.OPERATOR, OTHER_COURT)

    listed = [item["id"] for item in other.get("/api/v1/assets").json()["items"]]
    subjects = {row["subject"] for row in other.get("/api/v1/journal").json()["items"]}

    assert listed == ["veh-002"]
    assert subjects == {"asset:veh-002", f"court:{OTHER_COURT}"}
    for path in ("", "/balance", "/latest", "/history?metric=rsrp_dbm", "/documents/settings"):
        assert _ask(other, "GET", f"/api/v1/assets/veh-001{path}") == (404, "asset_unknown"), path
    assert _ask(other, "GET", "/api/v1/export?asset=veh-001") == (404, "asset_unknown")
    added = other.post(
        "/api/v1/assets", {"assets": [{"id": "veh-003", "kind": "vehicle", "court": COURT}]}
    )
    assert added.json()["code"] == "foreign_court"


def test_a_change_on_behalf_of_another_sites_page_is_refused(app: FastAPI, parts: Parts) -> None:
    api = signed_in(app, parts, Role.ADMIN)

    answer = api.ask("POST", "/api/v1/tokens", {"label": "x"}, {"sec-fetch-site": "cross-site"})

    assert answer.json()["code"] == "foreign_origin"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    app: FastAPI, parts: Parts, stranger: Api
) -> None:
    signed_in(app, parts, Role.VIEWER)

    answer = stranger.post("/api/v1/session", {"name": "viewer-", "password": "right"})

    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert stranger.get("/api/v1/session").json()["role"] == "viewer"
    assert stranger.delete("/api/v1/session").status_code == 204
    assert stranger.get("/api/v1/session").status_code == 401


def test_a_token_opens_what_its_role_may_use(api: Api, stranger: Api, parts: Parts) -> None:
    parts.access.make_first_account(parts.settings.data / "initial-password", parts.clock())
    token = api.post("/api/v1/tokens", {"label": "x", "role": "viewer"}).json()["token"]
    stranger.headers["authorization"] = f"Bearer {token}"

    assert stranger.get("/api/v1/assets").status_code == 200
    assert _ask(stranger, "POST", "/api/v1/assets") == (403, "not_allowed")
    assert api.delete("/api/v1/tokens/1").status_code == 204
    assert stranger.get("/api/v1/assets").status_code == 401


def test_a_stations_key_opens_the_stations_routes_and_nothing_else(
    app: FastAPI, api: Api, stranger: Api
) -> None:
    api.add("veh-001")
    made = api.post("/api/v1/assets/veh-001/station-key", {}).json()
    stranger.headers["authorization"] = f"Bearer {made['link'].partition('#')[2]}"

    for operation, method, path in _operations(app):
        if operation in PUBLIC:
            continue
        status, code = _ask(stranger, method, path)
        assert (code == "not_signed_in") is (operation not in STATION), (operation, status)
