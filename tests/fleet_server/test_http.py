"""What holds for every route: descriptions, problems, paging, files."""

import csv
import io
import re

import msgspec
import pytest
from fastapi import FastAPI

from fleet_server import http
from fleet_server.access.model import SYSTEM
from fleet_server.intake.model import EventAside
from fleet_server.listeners import Local
from fleet_server.parts import Parts
from telemetry.metrics import CATALOGUE
from telemetry.store.port import AsideRow, ReportRow
from telemetry.wire.messages import Value
from tests.fleet_server.asking import OTHER_COURT, Api
from tests.fleet_server.conftest import Clock


def _report(clock: Clock, number: int, asset: str = "veh-001") -> ReportRow:
    at = round(clock.now.timestamp() * 1000) - 60_000 + number * 1000
    metrics: dict[str, Value] = {"rsrp_dbm": -80.0 - number, "network_mode": "5G"}
    return ReportRow(
        asset, "e1", number, number, "b1", number, at, "ntp", at + 5, False, metrics, {}
    )


@pytest.fixture
def reports(api: Api, parts: Parts, clock: Clock) -> list[ReportRow]:
    """Five of veh-001, one of an asset of another court."""
    api.add("veh-001")
    api.add("veh-002", OTHER_COURT)
    rows = [_report(clock, number) for number in range(1, 6)]
    aside = [
        AsideRow("veh-001", "e1", 6 + n, 1, "record", "not a report", b"{", 1000) for n in range(3)
    ]
    parts.store.commit([*rows, _report(clock, 1, "veh-002")], aside)
    return rows


def test_every_operation_can_be_generated_a_client_for(app: FastAPI, api: Api) -> None:
    described = api.get("/api/v1/openapi.json").json()

    names = []
    for path, operations in described["paths"].items():
        for operation in operations.values():
            names.append(operation["operationId"])
            assert re.fullmatch(r"[a-z]+(_[a-z]+)*", operation["operationId"])
            assert operation["description"], path
            problem = operation["responses"]["default"]["content"]
            assert list(problem) == ["application/problem+json"]
    assert len(names) == len(set(names))
    text = str(described)
    wanted = set(re.findall(r"#/components/schemas/(\w+)", text))
    assert wanted <= set(described["components"]["schemas"])
    assert "'examples': ['veh-001']" in text


def test_a_problem_says_the_same_to_programs_and_people(api: Api) -> None:
    answer = api.ask("GET", "/api/v1/assets/veh-099", headers={"accept-language": "zh-CN"})

    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert (said["status"], said["code"]) == (404, "asset_unknown")
    assert said["facts"] == {"asset": "veh-099"}
    assert said["detail"].startswith("没有资产 veh-099")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("PATCH", "/api/v1/assets", 405, "method_not_allowed"),
        ("GET", "/api/v1/assets?limit=0", 422, "bad_request"),
        ("GET", "/api/v1/assets?kind=ship", 422, "bad_request"),
        ("GET", "/api/v1/journal?cursor=x", 422, "bad_request"),
        ("POST", "/api/v1/assets", 422, "bad_request"),
        ("GET", "/api/v1/assets/veh-001/history?metric=nothing", 404, "metric_unknown"),
        ("GET", "/api/v1/assets/veh-001/history?metric=rsrp_dbm&since=x", 422, "bad_request"),
        (
            "GET",
            "/api/v1/assets/veh-001/history?metric=rsrp_dbm&since=2026-03-01T00:00:00",
            422,
            "bad_request",
        ),
        (
            "GET",
            "/api/v1/export?since=2026-03-02T00:00:00Z&until=2026-03-01T00:00:00Z",
            422,
            "bad_period",
        ),
        ("GET", "/api/v1/export?format=xlsx", 422, "bad_request"),
        ("GET", "/api/v1/export?asset=veh-099", 404, "asset_unknown"),
        ("DELETE", "/api/v1/tokens/99", 404, "token_unknown"),
    ],
)
def test_what_is_wrong_is_a_problem(
    api: Api, reports: list[ReportRow], method: str, path: str, status: int, code: str
) -> None:
    answer = api.ask(method, path)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_failure_of_ours_shows_nothing_of_the_inside(parts: Parts) -> None:
    app = http.build(parts)

    @app.get("/broken", operation_id="read_health")
    def broken() -> str:
        raise RuntimeError("inside")

    answer = Api(Local(app)).get("/broken")

    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "inside" not in answer.text


def test_history_keeps_gaps_and_extremes(api: Api, reports: list[ReportRow]) -> None:
    found = api.get("/api/v1/assets/veh-001/history?metric=rsrp_dbm&buckets=60").json()

    points = found["points"]
    assert len(points) == 60
    assert sum(point["count"] for point in points) == 5
    assert {point["mean"] for point in points if not point["count"]} == {None}
    assert min(point["lowest"] for point in points if point["count"]) == -85.0
    assert found["unit"] == "dBm"


def test_the_latest_report_is_the_one_measured_last(api: Api, reports: list[ReportRow]) -> None:
    found = api.get("/api/v1/assets/veh-001/latest").json()

    assert (found["number"], found["metrics"]["rsrp_dbm"]) == (5, -85.0)
    assert found["measured_at"].endswith("Z")


def test_an_export_is_what_spreadsheets_read_and_leaves_nothing_behind(
    api: Api, reports: list[ReportRow], parts: Parts
) -> None:
    answer = api.get("/api/v1/export?asset=veh-001")

    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [float(row["rsrp_dbm"]) for row in rows] == [-81.0, -82.0, -83.0, -84.0, -85.0]
    assert answer.headers["x-courtfleet-rows"] == "5"
    assert list((parts.settings.data / "exports").iterdir()) == []


def test_an_export_without_names_has_all_assets(api: Api, reports: list[ReportRow]) -> None:
    answer = api.get("/api/v1/export?format=parquet")

    assert answer.content.startswith(b"PAR1")
    assert answer.headers["x-courtfleet-rows"] == "6"


def test_what_was_set_aside_is_listed_newest_first(api: Api, reports: list[ReportRow]) -> None:
    first = api.get("/api/v1/set-aside?limit=2").json()
    second = api.get(f"/api/v1/set-aside?limit=2&cursor={first['next']}").json()

    assert [row["number"] for row in first["items"] + second["items"]] == [8, 7, 6]
    assert second["next"] is None
    assert first["items"][0]["code"] == "record"


def test_events_set_aside_are_listed_too(api: Api, parts: Parts, clock: Clock) -> None:
    api.add("veh-001")
    with parts.database.unit(SYSTEM, clock.now) as unit:
        for number in (1, 2):
            unit.session.add(
                EventAside(
                    asset="veh-001",
                    epoch="e1",
                    number=number,
                    crc=1,
                    code="crc",
                    detail="damaged",
                    body=b"{",
                    received_at=clock.now,
                )
            )

    first = api.get("/api/v1/set-aside?stream=events&limit=1").json()
    second = api.get(f"/api/v1/set-aside?stream=events&cursor={first['next']}").json()

    assert [row["number"] for row in first["items"] + second["items"]] == [2, 1]
    assert api.get("/api/v1/set-aside").json()["items"] == []


def test_the_catalogue_is_there_in_both_languages(api: Api) -> None:
    items = api.get("/api/v1/metrics").json()["items"]

    assert [item["key"] for item in items] == list(CATALOGUE)
    assert all(item["en"] and item["zh"] for item in items)


def test_health_and_counts_are_readable_by_supervisors(api: Api, stranger: Api) -> None:
    api.add("veh-001")

    counts = api.get("/metrics")

    assert stranger.get("/healthz").text == "ok\n"
    assert "courtfleet_assets 1\n" in counts.text
    for line in counts.text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) \w+ .+|\w+(\{\w+=\"\w+\"\})? [\d.e+-]+", line), line


def test_the_journal_over_the_api_has_json_inside(api: Api) -> None:
    api.add("veh-001")

    rows = api.get("/api/v1/journal").json()["items"]

    [added] = [row for row in rows if row["what"] == "asset_added"]
    assert added["after"]["id"] == "veh-001"
    assert msgspec.json.encode(rows)
