"""Assets from spreadsheets: previewed row by row, done as previewed or not at all."""

import io

import httpx
import pytest
from fastapi import FastAPI
from openpyxl import Workbook, load_workbook
from pydantic import JsonValue
from sqlalchemy import event

from fleet_server.access.model import SYSTEM, Account, Role
from fleet_server.basemap.rules import to_gcj02
from fleet_server.imports.rules import degrees
from fleet_server.parts import Parts
from tests.fleet_server.asking import COURT, OTHER_COURT, Api
from tests.fleet_server.prepared import kept_password

CHINESE = {"accept-language": "zh-CN"}


def _csv(*lines: str) -> bytes:
    return "\r\n".join(lines).encode("utf-8-sig")


def _xlsx(*rows: list[object]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _preview(api: Api, content: bytes, language: str = "en") -> dict[str, JsonValue]:
    headers = {"accept-language": language}
    answer = api.ask("POST", "/api/v1/assets/import/preview", None, headers, content)
    assert answer.status_code == 200, answer.text
    found: dict[str, JsonValue] = answer.json()
    return found


def _apply(api: Api, content: bytes, digest: JsonValue) -> httpx.Response:
    path = f"/api/v1/assets/import?filename=x.xlsx&digest={digest}"
    return api.ask("POST", path, content=content)


def _imported(api: Api, content: bytes) -> dict[str, int]:
    answer = _apply(api, content, _preview(api, content)["digest"])
    assert answer.status_code == 200, answer.text
    found: dict[str, int] = answer.json()["counts"]
    return found


def _verdicts(preview: dict[str, JsonValue]) -> list[tuple[int, str, str, list[str]]]:
    """Line, asset, verdict and the codes of the problems."""
    rows = preview["rows"]
    assert isinstance(rows, list)
    found = []
    for row in rows:
        assert isinstance(row, dict)
        problems = row["problems"]
        assert isinstance(problems, list)
        codes = [str(problem["code"]) for problem in problems if isinstance(problem, dict)]
        found.append((int(str(row["line"])), str(row["asset"]), str(row["verdict"]), codes))
    return found


def _changes(preview: dict[str, JsonValue]) -> JsonValue:
    """What the only row would change."""
    rows = preview["rows"]
    assert isinstance(rows, list)
    [row] = rows
    assert isinstance(row, dict)
    return row["changes"]


def _assets(api: Api) -> dict[str, dict[str, JsonValue]]:
    items = api.get("/api/v1/assets?limit=1000").json()["items"]
    return {item["id"]: item for item in items}


def test_a_sheet_with_chinese_headings_in_any_order_adds_assets(api: Api) -> None:
    content = _xlsx(
        ["巴南区法院资产登记表"],
        ["法院", "车牌号", "类别", "资产编号", "颜色", "备注"],
        [COURT, "渝DEMO01", "车辆", "VEH-001", "白", "备用"],
        ["巴南区法院", None, "5G执行背包", 1001, None, None],
    )

    preview = _preview(api, content)
    counts = _imported(api, content)

    assert _verdicts(preview) == [
        (3, "veh-001", "new", ["court_is_new"]),
        (4, "1001", "new", ["court_is_new"]),
    ]
    columns = preview["columns"]
    assert isinstance(columns, list)
    assert {"heading": "颜色", "field": None} in columns
    assert counts == {"new": 2, "changed": 0, "unchanged": 0, "refused": 0}
    found = _assets(api)
    assert (found["veh-001"]["plate"], found["1001"]["kind"]) == ("渝DEMO01", "backpack")


def test_a_court_is_recognised_by_its_short_or_english_name(api: Api) -> None:
    api.add("veh-001", COURT)
    content = _csv(
        "asset id,kind,court",
        "veh-002,vehicle,巴南区法院",
        "veh-003,Vehicle,Banan District People's Court",
        "veh-004,车辆,Chongqing Wanzhou District Court",
    )

    _imported(api, content)

    courts = {name: asset["court"] for name, asset in _assets(api).items()}
    assert courts == {
        "veh-001": COURT,
        "veh-002": COURT,
        "veh-003": COURT,
        "veh-004": OTHER_COURT,
    }


def test_the_same_file_again_changes_nothing(api: Api) -> None:
    content = _csv(
        "资产编号,类别,法院,名称,纬度,经度",
        f"veh-001,车辆,{COURT},一号车,29.3825,106.5407",
        f"veh-002,背包,{COURT},,,",
    )
    _imported(api, content)
    rows = len(api.get("/api/v1/journal").json()["items"])

    again = _imported(api, content)

    assert again == {"new": 0, "changed": 0, "unchanged": 2, "refused": 0}
    assert len(api.get("/api/v1/journal").json()["items"]) == rows


def test_nothing_is_deleted_by_absence_of_a_row_or_a_cell(api: Api) -> None:
    _imported(api, _csv("id,kind,court,name,note", f"veh-001,vehicle,{COURT},一号车,备用"))
    api.add("veh-002")

    counts = _imported(api, _csv("id,name", "veh-001,"))

    assert counts["unchanged"] == 1
    assert (_assets(api)["veh-001"]["note"], len(_assets(api))) == ("备用", 2)


def test_tags_come_by_sheet_and_what_is_none_is_refused(api: Api) -> None:
    content = _csv(
        "资产编号,类别,法院,标签",
        f"veh-001,车辆,{COURT},Spare、pilot；spare",
        f"veh-002,车辆,{COURT},备用",
    )

    preview = _preview(api, content)
    counts = _imported(api, content)
    again = _imported(api, content)

    assert _verdicts(preview)[1] == (3, "veh-002", "refused", ["bad_tag"])
    assert (counts["new"], again["unchanged"]) == (1, 1)
    assert _assets(api)["veh-001"]["tags"] == ["pilot", "spare"]
    assert _changes(_preview(api, _csv("id,tags", "veh-001,old"))) == [
        {"field": "tags", "before": "pilot spare", "after": "old"}
    ]


def test_a_changed_row_says_what_was_and_what_will_be(api: Api) -> None:
    _imported(api, _csv("id,kind,court,name", f"veh-001,vehicle,{COURT},一号车"))
    content = _csv("id,name,court", f"veh-001,二号车,{OTHER_COURT}")

    preview = _preview(api, content)
    _imported(api, content)

    assert _changes(preview) == [
        {"field": "name", "before": "一号车", "after": "二号车"},
        {"field": "court", "before": COURT, "after": OTHER_COURT},
    ]
    asset = _assets(api)["veh-001"]
    assert (asset["name"], asset["court"]) == ("二号车", OTHER_COURT)
    told = [row["what"] for row in api.get("/api/v1/journal").json()["items"]]
    assert {"asset_changed", "asset_moved", "asset_left", "assets_imported"} <= set(told)


def test_each_wrong_row_is_refused_with_its_reason_and_the_others_are_done(api: Api) -> None:
    api.add("old-001", kind="backpack")
    api.add("old-002")
    api.post("/api/v1/assets/old-002/retire", {"confirm": "old-002"})
    content = _csv(
        "id,kind,court,name,latitude,longitude,坐标系",
        f"good-1,vehicle,{COURT},,,,",
        f",vehicle,{COURT},,,,",
        f"bad id,vehicle,{COURT},,,,",
        f"server,vehicle,{COURT},,,,",
        f"=1+1,vehicle,{COURT},,,,",
        f"no-kind,,{COURT},,,,",
        f"odd-kind,spaceship,{COURT},,,,",
        "no-court,vehicle,,,,,",
        f"long-name,vehicle,{COURT},{'长' * 81},,,",
        f"half,vehicle,{COURT},,29.5,,",
        f"words,vehicle,{COURT},,here,there,",
        f"swapped,vehicle,{COURT},,106.5,29.5,",
        f"odd-datum,vehicle,{COURT},,29.5,106.5,mars",
        f"twice,vehicle,{COURT},,,,",
        f"twice,vehicle,{COURT},,,,",
        f"old-001,vehicle,{COURT},,,,",
        f"old-002,vehicle,{COURT},新名,,,",
        'comma,vehicle,"甲,乙",,,,',
    )

    preview = _preview(api, content)
    counts = _imported(api, content)

    reasons = [codes for _, _, verdict, codes in _verdicts(preview) if verdict == "refused"]
    assert reasons == [
        ["row_without_id"],
        ["bad_asset_id"],
        ["reserved_asset_id"],
        ["bad_asset_id"],
        ["cell_missing"],
        ["kind_not_understood"],
        ["cell_missing"],
        ["cell_too_long"],
        ["half_a_place"],
        ["place_not_understood"],
        ["place_not_on_earth"],
        ["datum_not_understood"],
        ["id_twice"],
        ["id_twice"],
        ["kind_fixed"],
        ["asset_retired"],
        ["bad_court_name"],
    ]
    assert counts == {"new": 1, "changed": 0, "unchanged": 0, "refused": 17}
    assert set(_assets(api)) == {"old-001", "good-1"}


def test_problems_are_said_in_the_readers_language(api: Api) -> None:
    content = _csv("资产编号,类别,法院", f"x-1,飞船,{COURT}", "x-2,,")

    chinese, english = (str(_preview(api, content, language)) for language in ("zh-CN", "en"))

    assert "不认识类别" in chinese
    assert "必须填写 法院" in chinese
    assert "is no kind" in english
    assert "A new asset needs court" in english


def test_what_changed_since_the_preview_is_not_done(api: Api) -> None:
    content = _csv("id,kind,court", f"veh-001,vehicle,{COURT}")
    digest = _preview(api, content)["digest"]
    other = _csv("id,kind,court", f"veh-002,vehicle,{COURT}")
    api.add("veh-001")

    refused = [_apply(api, content, digest), _apply(api, other, digest)]

    assert [(a.status_code, a.json()["code"]) for a in refused] == [(409, "import_differs")] * 2
    assert set(_assets(api)) == {"veh-001"}


def test_nobody_imports_into_courts_that_are_not_theirs(
    app: FastAPI, api: Api, parts: Parts
) -> None:
    api.add("veh-001", OTHER_COURT)
    with parts.database.unit(SYSTEM, parts.clock()) as unit:
        made = Account(
            name="officer",
            role=str(Role.OPERATOR),
            courts=COURT,
            password_hash=kept_password("right"),
            made_at=parts.clock(),
        )
        unit.session.add(made)
    officer = Api(app)
    officer.post("/api/v1/session", {"name": "officer", "password": "right"})
    content = _csv(
        "id,kind,court,name",
        "veh-001,vehicle,,mine",
        f"veh-002,vehicle,{OTHER_COURT},",
        f"veh-003,vehicle,{COURT},",
    )

    assert [(verdict, codes) for _, _, verdict, codes in _verdicts(_preview(officer, content))] == [
        ("refused", ["asset_elsewhere"]),
        ("refused", ["foreign_court"]),
        ("new", ["court_is_new"]),
    ]


def test_coordinates_of_a_street_map_become_wgs84(api: Api) -> None:
    gcj = to_gcj02(106.5407, 29.3825)
    content = _csv(
        "id,kind,court,纬度,经度,坐标系",
        f"veh-001,vehicle,{COURT},{gcj.latitude},{gcj.longitude},GCJ-02",
    )

    _imported(api, content)

    home = _assets(api)["veh-001"]["home"]
    assert isinstance(home, dict)
    assert home["latitude_degrees"] == pytest.approx(29.3825, abs=2e-7)
    assert home["longitude_degrees"] == pytest.approx(106.5407, abs=2e-7)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("106.5407", 106.5407),
        ("106,5407", 106.5407),
        ("１０６．５", 106.5),
        ("106.5°E", 106.5),
        ("E106.5", 106.5),
        ("东经106°32′27″", 106 + 32 / 60 + 27 / 3600),
        ("29°22'57\"", 29 + 22 / 60 + 57 / 3600),
        ("29度22分57秒", 29 + 22 / 60 + 57 / 3600),
        ("-29.5", -29.5),
        ("南纬29.5", -29.5),
        ("W 29.5", -29.5),
        ("29°61'", None),
        ("", None),
        ("N", None),
        ("1e3", None),
        ("nan", None),
    ],
)
def test_angles_are_read_as_people_type_them(text: str, value: float | None) -> None:
    assert degrees(text) == (value if value is None else pytest.approx(value))


@pytest.mark.parametrize("format", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_what_is_exported_is_imported_again_unchanged(api: Api, format: str, language: str) -> None:
    names = ["=cmd|' /C calc'!A0", "'=x", "@车", "-1", '一号 "车", 备用']
    for number, name in enumerate(names):
        api.add(f"veh-00{number}")
        home: JsonValue = {"latitude_degrees": 29.38 + 1 / 3, "longitude_degrees": 106.5}
        change: JsonValue = {"name": name, "note": "行一\n行二", "home": home}
        assert api.ask("PATCH", f"/api/v1/assets/veh-00{number}", change).status_code == 200

    headers = {"accept-language": language}
    path = f"/api/v1/assets/export?format={format}"
    content = api.ask("GET", path, headers=headers).content

    assert _imported(api, content) == {"new": 0, "changed": 0, "unchanged": 5, "refused": 0}


def test_no_exported_cell_is_a_formula(api: Api) -> None:
    api.add("veh-001")
    api.ask("PATCH", "/api/v1/assets/veh-001", {"name": "=1+1"})

    content = api.get("/api/v1/assets/export?format=xlsx").content
    text = api.get("/api/v1/assets/export?format=csv").content.decode("utf-8-sig")

    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert ",'=1+1," in text


def test_the_template_is_understood(api: Api) -> None:
    content = api.ask("GET", "/api/v1/assets/template", headers=CHINESE).content

    preview = _preview(api, content)

    columns = preview["columns"]
    assert isinstance(columns, list)
    assert [one["heading"] for one in columns if isinstance(one, dict)][:2] == ["资产编号", "类别"]
    assert all(one["field"] for one in columns if isinstance(one, dict))


def test_a_file_without_ids_is_refused(api: Api) -> None:
    answer = api.ask("POST", "/api/v1/assets/import/preview", content=_csv("a,b", "1,2"))

    assert (answer.status_code, answer.json()["code"]) == (422, "no_id_column")


def test_too_many_rows_are_refused(api: Api) -> None:
    content = _csv("id", *(f"veh-{number}" for number in range(5001)))

    answer = api.ask("POST", "/api/v1/assets/import/preview", content=content)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_many_rows")


def test_five_hundred_assets_take_three_statements_each_and_a_dozen_in_all(
    api: Api, parts: Parts
) -> None:
    heads: list[object] = ["资产编号", "类别", "法院", "名称"]
    rows: list[list[object]] = [[f"veh-{n:03}", "车辆", COURT, f"{n} 号车"] for n in range(500)]
    content = _xlsx(heads, *rows)
    digest = _preview(api, content)["digest"]
    statements: list[str] = []
    event.listen(
        parts.database.engine,
        "before_cursor_execute",
        lambda *args: statements.append(args[2]),
    )

    answer = _apply(api, content, digest)

    assert answer.json()["counts"]["new"] == 500
    assert len(statements) <= 3 * 500 + 12
