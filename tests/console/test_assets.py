"""The asset table, an asset's page and the form for a new one, in a real browser."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.console.conftest import Visit
from tests.console.living import LivingServer
from tests.console.looking import Look, shoot, violations

ENGLISH = Look("en", "light")


def rows(page: Page) -> Locator:
    return page.locator("tr[data-key]")


def keys(page: Page) -> list[str]:
    return [str(row.get_attribute("data-key")) for row in rows(page).all()]


def choose(page: Page, box: str, option: str) -> None:
    page.get_by_role("combobox", name=box).click()
    page.get_by_role("option", name=option, exact=True).click()
    page.keyboard.press("Escape")


def test_the_table_narrows_and_the_address_keeps_it(visit: Visit) -> None:
    page = visit("/assets")
    expect(rows(page)).to_have_count(8)

    choose(page, "类别", "调解点")
    page.get_by_label("搜索编号、车牌、名称、法院").fill("鱼洞")

    expect(rows(page)).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?q=.+&kind=station"))
    page.reload()
    expect(rows(page)).to_have_count(1)
    assert keys(page) == ["sta-023"]
    page.get_by_role("button", name="清除筛选").click()
    expect(rows(page)).to_have_count(8)


def test_tags_are_set_in_the_form_shown_and_filtered_by(visit: Visit, server: LivingServer) -> None:
    page = visit("/assets/sta-023", ENGLISH)
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Edit").click()
    asking = page.get_by_role("dialog")
    field = asking.get_by_role("combobox", name="Tags")
    field.fill("spare_1")
    field.press("Enter")
    asking.get_by_role("button", name="Save").click()
    expect(asking.get_by_text("'spare_1' is no tag")).to_be_visible()
    assert violations(page) == []
    field.press("Backspace")
    field.press_sequentially("Spare pilot ")
    asking.get_by_role("button", name="Save").click()
    expect(asking).to_have_count(0)
    expect(page.get_by_title("pilot spare")).to_be_visible()

    page = visit("/assets", ENGLISH)
    choose(page, "Tag", "pilot")
    expect(page).to_have_url(re.compile(r"\?tag=pilot"))
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("spare")
    shoot(page, "assets-tags", ENGLISH)
    assert violations(page) == []

    with server.asked_as_admin() as api:
        api.post("/assets/sta-023/tags", json={"remove": ["spare", "pilot"]})


def test_a_click_on_a_heading_sorts_both_ways(visit: Visit) -> None:
    page = visit("/assets?kind=station")
    expect(rows(page)).to_have_count(3)

    page.get_by_role("button", name="编号").click()

    expect(page.get_by_role("columnheader", name="编号")).to_have_attribute(
        "aria-sort", "descending"
    )
    assert keys(page) == ["sta-037", "sta-023", "sta-008"]


def test_a_saved_view_comes_back_in_another_visit(visit: Visit) -> None:
    page = visit("/assets?kind=backpack&sort=-id", ENGLISH)
    page.get_by_role("button", name="View: Unsaved view").click()
    page.get_by_label("Name of the view").fill("backpacks")
    page.get_by_role("button", name="Save this view").click()
    page.goto("/assets")
    expect(rows(page)).to_have_count(8)

    page.get_by_role("button", name="View: All assets").click()
    page.get_by_role("dialog").get_by_role("button", name="backpacks", exact=True).click()

    expect(page).to_have_url(re.compile("kind=backpack&sort=-id"))
    expect(rows(page)).to_have_count(2)
    page.get_by_role("button", name="View: backpacks").click()
    page.get_by_role("button", name="Delete view backpacks").click()
    expect(page.get_by_role("button", name="View: Unsaved view")).to_be_visible()


def test_the_views_that_come_with_it_show_what_they_say(visit: Visit) -> None:
    page = visit("/assets", ENGLISH)
    page.get_by_role("button", name="View: All assets").click()

    page.get_by_role("dialog").get_by_role("button", name="Offline").click()

    expect(page.get_by_text("No asset is like that")).to_be_visible()
    page.get_by_role("button", name="View: Offline").click()
    expect(page.get_by_role("dialog").get_by_role("listitem")).to_have_text(
        ["All assets", "Offline", "Never seen", "Retired"]
    )


def test_the_table_works_by_keyboard_alone(visit: Visit) -> None:
    page = visit("/assets")
    expect(rows(page)).to_have_count(8)
    rows(page).first.focus()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")

    expect(page.get_by_text("已选 1 项")).to_be_visible()
    page.keyboard.press("End")
    expect(rows(page).last).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/assets/veh-015$"))


def test_the_detail_says_what_the_api_says(visit: Visit, server: LivingServer) -> None:
    with server.asked_as_admin() as api:
        told = api.get("/assets/veh-001").json()
        catalogue = {one["key"]: one for one in api.get("/metrics").json()["items"]}
        carried = api.get("/assets/veh-001/inventory").json()
    page = visit("/assets/veh-001", ENGLISH)

    for fact in (told["id"], told["name"], told["court"], told["plate"]):
        expect(page.locator("dd", has_text=fact).first).to_be_visible()
    expect(page.get_by_role("heading", name="veh-001")).to_be_visible()
    shown = {str(one.get_attribute("data-metric")) for one in page.locator("[data-metric]").all()}
    # The link is tested now and then: its figures are not in every report.
    steady = {key for key in told["live"]["metrics"] if not key.startswith("link_")}
    assert steady & catalogue.keys() <= shown
    page.get_by_role("tab", name="Devices").click()
    for device in carried["devices"]:
        row = page.locator(f"tr[data-device='{device['device']}']")
        expect(row).to_contain_text(device["label"])
    for name in carried["others"]:
        expect(page.get_by_role("cell", name=name, exact=True)).to_be_visible()


def test_a_device_tells_its_state_in_words_and_its_history(
    visit: Visit, server: LivingServer
) -> None:
    with server.asked_as_admin() as api:
        devices = api.get("/assets/veh-001/inventory").json()["devices"]
        looked_at = next(one for one in devices if one["state"] is not None)
        key = looked_at["device"]
        history = api.get(f"/assets/veh-001/devices/{key}/history").json()["items"]
    page = visit("/assets/veh-001?tab=devices", ENGLISH)
    row = page.locator(f"tr[data-device='{key}']")

    expect(row.locator(".cf-verdict")).to_have_text(looked_at["state_word"])
    row.get_by_role("button", name=looked_at["label"]).click()

    panel = page.get_by_role("complementary", name=f"History of {looked_at['label']}")
    expect(panel.locator("li").last).to_contain_text(history[-1]["sentence"])
    assert violations(page) == []
    shoot(page, "asset-device-history", ENGLISH)
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_have_count(0)


def test_charts_are_drawn_of_what_the_asset_reported(visit: Visit) -> None:
    page = visit("/assets/veh-001?tab=telemetry&metric=cpu_used_percent&hours=1", ENGLISH)

    expect(page.locator("figure[data-metric=cpu_used_percent] canvas")).to_be_visible()
    choose(page, "Metrics", "Memory used")

    expect(page.locator("figure[data-metric=memory_used_percent] canvas")).to_be_visible()
    expect(page).to_have_url(re.compile("metric=cpu_used_percent&.*metric=memory_used_percent"))


def test_an_asset_that_does_not_exist_is_said_so(visit: Visit) -> None:
    page = visit("/assets/nobody-1")

    expect(page.get_by_role("alert")).to_contain_text("没有资产 nobody-1")


def test_a_new_asset_gets_a_line_a_code_and_steps(visit: Visit, server: LivingServer) -> None:
    page = visit("/assets?do=add", ENGLISH)
    page.get_by_role("button", name="Use veh-016").click()
    page.get_by_role("combobox", name="Court").fill("重庆市铜梁区人民法院")
    page.get_by_label("Plate").fill("渝DEMO16")
    page.get_by_label("Longitude (WGS-84)").fill("106.05")
    page.get_by_label("Latitude (WGS-84)").fill("29.84")

    page.get_by_role("button", name="Add and make the enrolment string").click()

    expect(page).to_have_url(re.compile(r"/assets/veh-016\?tab=enrolment"))
    line = page.get_by_test_id("enrolment-line")
    expect(line).to_contain_text("courtfleet agent enrol cf1.")
    picture = page.get_by_role("img", name="Enrolment QR code of veh-016")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    expect(page.locator("li[data-step=invited]")).to_have_attribute("data-is", "done")
    expect(page.locator("li[data-step=seen]")).to_have_attribute("data-is", "waiting")
    expect(page.get_by_text(re.compile("Valid for 23:59:"))).to_be_visible()
    with server.asked_as_admin() as api:
        made = api.get("/assets/veh-016").json()
    assert made["court"] == "重庆市铜梁区人民法院"
    assert made["home"] == {"latitude_degrees": 29.84, "longitude_degrees": 106.05}

    first = line.inner_text()
    page.get_by_role("tab", name="Overview").click()
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="New enrolment string").click()
    expect(line).to_have_text(first)
    page.get_by_role("button", name="New enrolment string").click()
    expect(line).not_to_have_text(first)
    page.reload()
    expect(page.get_by_text("An enrolment string is shown once")).to_be_visible()
    server.retire("veh-016")


def test_the_form_says_beside_the_field_what_is_wrong(visit: Visit) -> None:
    page = visit("/assets?do=add")
    number = page.get_by_label("资产编号")

    number.fill("车-1")
    expect(page.get_by_text("只能用小写字母 a-z")).to_be_visible()
    number.fill("veh-001")
    expect(page.get_by_text("veh-001 已存在")).to_be_visible()
    number.fill("veh-900")
    expect(page.get_by_text("可以使用")).to_be_visible()
    page.get_by_role("button", name="添加并生成注册码").click()

    expect(page.get_by_text("请选择或输入法院")).to_be_visible()
    expect(number).to_have_value("veh-900")


def test_a_refusal_of_the_server_stands_beside_its_field(visit: Visit) -> None:
    page = visit("/assets?do=add", ENGLISH)
    number = page.get_by_label("Asset id")
    number.fill("server")
    page.get_by_role("combobox", name="Court").fill("重庆市巴南区人民法院")
    page.get_by_label("Note").fill("kept")

    page.get_by_role("button", name="Add and make the enrolment string").click()

    expect(page.get_by_text("is a name of the server's own")).to_be_visible()
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Note")).to_have_value("kept")


def test_enter_while_composing_adds_nothing(visit: Visit, server: LivingServer) -> None:
    page = visit("/assets?do=add")
    page.get_by_label("资产编号").fill("veh-901")
    page.get_by_role("combobox", name="法院").fill("重庆市巴南区人民法院")
    page.keyboard.press("Escape")
    page.get_by_label("名称").focus()
    browser = page.context.new_cdp_session(page)

    browser.send("Input.imeSetComposition", {"text": "ce", "selectionStart": 2, "selectionEnd": 2})
    page.keyboard.press("Enter")

    browser.send("Input.insertText", {"text": "车"})
    expect(page.get_by_label("名称")).to_have_value(re.compile("车"))
    with server.asked_as_admin() as api:
        assert api.get("/assets/veh-901").status_code == 404
