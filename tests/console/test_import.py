"""Assets out to a spreadsheet and in again, in a real browser."""

from io import BytesIO
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from tests.console.conftest import Visit
from tests.console.living import LivingServer
from tests.console.looking import Look, shoot

OWN_SERVER = True

COURT = "重庆市巴南区人民法院"
HEADS = ["资产编号", "类别", "名称", "法院", "车牌号"]
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def offer(page: Page, name: str, content: bytes) -> None:
    """Choose a file in the dialogue, and wait for its preview."""
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": KIND, "buffer": content}
    )
    expect(page.get_by_text(f"预览 {name}")).to_be_visible()


def chip(page: Page, verdict: str) -> str:
    """A verdict with its count, as its chip says it."""
    radios = page.get_by_role("radiogroup", name="按结论筛选")
    return radios.locator("label", has_text=verdict).inner_text().strip()


def book(rows: list[list[str]]) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for row in [HEADS, *rows]:
        sheet.append(row)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def exported(page: Page, folder: Path, where: str = "body") -> Path:
    with page.expect_download() as download:
        page.locator(where).get_by_role("button", name="导出 Excel").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_what_was_exported_and_edited_comes_back(
    visit: Visit, server: LivingServer, tmp_path: Path
) -> None:
    page = visit("/assets")
    path = exported(page, tmp_path)
    edited = openpyxl.load_workbook(path)
    sheet = edited.worksheets[0]
    heads = [str(cell.value) for cell in sheet[1]]
    ids = [str(row[0].value) for row in sheet.iter_rows(min_row=2)]
    for asset, name in (("veh-001", "一号车"), ("sta-023", "=1+1")):
        cell = sheet.cell(ids.index(asset) + 2, heads.index("名称") + 1)
        cell.value, cell.data_type = name, "s"  # Excel would keep the second as a formula
    edited.save(path)
    page.get_by_role("button", name="导入").click()

    offer(page, path.name, path.read_bytes())

    assert [chip(page, verdict) for verdict in ("新增", "修改", "未变", "拒绝")] == [
        "新增 0",
        "修改 2",
        "未变 6",
        "拒绝 0",
    ]
    page.get_by_text("修改 2", exact=True).click()
    changed = page.get_by_role("dialog").locator("tr[data-key]")
    expect(changed).to_have_count(2)
    expect(changed.filter(has_text="veh-001")).to_contain_text("涪陵区车载便民法庭 → 一号车")
    shoot(page, "import-preview", Look())
    page.get_by_role("button", name="应用：新增 0，修改 2").click()
    expect(page.get_by_text("已导入：新增 0，修改 2，未变 6，拒绝 0。")).to_be_visible()
    with server.asked_as_admin() as api:
        assert api.get("/assets/veh-001").json()["name"] == "一号车"
        assert api.get("/assets/sta-023").json()["name"] == "=1+1"

    page.goto("/assets?do=import")
    offer(page, path.name, path.read_bytes())

    expect(page.get_by_text("表格与系统一致，没有需要应用的内容。")).to_be_visible()
    expect(page.get_by_role("button", name="应用")).to_be_disabled()


def test_five_hundred_rows_are_named_one_by_one(visit: Visit, server: LivingServer) -> None:
    new = [[f"imp-{n:03}", "背包", f"执行背包 {n}", COURT, ""] for n in range(495)]
    refused = [["背包 1", "背包", "", COURT, ""], ["imp-900", "飞艇", "", COURT, ""]]
    known = [["sta-008", "调解点", "", COURT, ""], ["sta-037", "调解点", "新名称", COURT, ""]]
    content = book([*new, *refused, *known, ["imp-901", "背包", "缺法院", "", ""]])
    page = visit("/assets?do=import")

    offer(page, "资产.xlsx", content)

    counts = [chip(page, verdict) for verdict in ("全部", "新增", "修改", "未变", "拒绝")]
    assert counts == ["全部 500", "新增 495", "修改 1", "未变 1", "拒绝 3"]
    page.get_by_text("拒绝 3", exact=True).click()
    rows = page.get_by_role("dialog").locator("tr[data-key]")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="imp-900")).to_contain_text("飞艇")
    page.get_by_role("button", name="应用：新增 495，修改 1").click()
    expect(page.get_by_text("已导入：新增 495，修改 1，未变 1，拒绝 3。")).to_be_visible()
    with server.asked_as_admin() as api:
        found = api.get("/assets?limit=1000").json()["items"]
    assert len(found) == len(server.members) + 495

    page.goto("/assets?do=import")
    offer(page, "资产.xlsx", content)

    assert chip(page, "新增") == "新增 0"
    expect(page.get_by_role("button", name="应用")).to_be_disabled()
    page.goto("/assets?q=imp-494")
    expect(page.locator("tr[data-key=imp-494]")).to_be_visible()


def test_what_changed_since_the_preview_is_not_overwritten(
    visit: Visit, server: LivingServer
) -> None:
    page = visit("/assets?do=import")
    offer(page, "a.xlsx", book([["cli-006", "诊所", "表格里的名称", "重庆市巫山县人民法院", ""]]))
    with server.asked_as_admin() as api:
        api.patch("/assets/cli-006", json={"name": "别人改的"}).raise_for_status()

    page.get_by_role("button", name="应用：新增 0，修改 1").click()

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("button", name="应用：新增 0，修改 1")).to_be_disabled()
    page.get_by_role("button", name="重新预览").click()
    expect(page.get_by_role("dialog").locator("tr[data-key]")).to_contain_text("别人改的")
    with server.asked_as_admin() as api:
        assert api.get("/assets/cli-006").json()["name"] == "别人改的"


def test_a_file_that_is_no_table_is_refused_in_words(visit: Visit) -> None:
    page = visit("/assets?do=import")

    page.locator("input[type=file]").set_input_files(
        {"name": "a.xlsx", "mimeType": KIND, "buffer": b"PK\x03\x04 not a workbook"}
    )

    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="换一个文件").click()
    expect(page.get_by_role("button", name="选择文件")).to_be_visible()


def test_the_template_is_taken_by_the_import(visit: Visit, tmp_path: Path) -> None:
    page = visit("/assets?do=import")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载模板 (csv)").click()
    path = tmp_path / "template.csv"
    download.value.save_as(path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")

    more = "imp-777,车辆,演示车,重庆市大足区人民法院,渝DEMO77"
    text = f"{path.read_text('utf-8-sig').strip()}\n{more}\n"
    offer(page, "模板.csv", text.encode("gb18030"))

    assert chip(page, "新增") == "新增 1"
    expect(page.get_by_role("dialog").locator("tr[data-key]")).to_contain_text("渝DEMO77")


def test_only_what_was_selected_is_exported(visit: Visit, tmp_path: Path) -> None:
    page = visit("/assets?kind=vehicle")
    expect(page.locator("tr[data-key]")).to_have_count(2)
    page.get_by_role("checkbox", name="选择 veh-015").check()

    path = exported(page, tmp_path, "main")

    rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == ["veh-015"]
