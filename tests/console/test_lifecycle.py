"""What is done with assets and courts in a real browser: replace, move, retire, reinstate."""

import re

from playwright.sync_api import Page, expect

from tests.console.conftest import Visit
from tests.console.living import LivingServer
from tests.console.looking import Look, shoot, violations

OWN_SERVER = True

ENGLISH = Look("en", "light")
TONGLIANG = "重庆市铜梁区人民法院"


def act(page: Page, action: str) -> None:
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name=action).click()


def test_edited_words_are_kept_and_journalled(visit: Visit, server: LivingServer) -> None:
    page = visit("/assets/sta-008", ENGLISH)
    act(page, "Edit")
    dialogue = page.get_by_role("dialog")
    dialogue.get_by_label("Name").fill("圣灯山调解点")
    dialogue.get_by_label("Note").fill("二楼")

    dialogue.get_by_role("button", name="Save").click()

    expect(dialogue).not_to_be_visible()
    expect(page.locator("dd", has_text="圣灯山调解点")).to_be_visible()
    with server.asked_as_admin() as api:
        told = api.get("/assets/sta-008").json()
    assert (told["name"], told["note"]) == ("圣灯山调解点", "二楼")
    assert told["home"] is not None
    page.get_by_role("tab", name="Journal").click()
    expect(page.locator(".cf-journal-table tbody tr").first).to_contain_text("sta-008")


def test_a_new_computer_closes_the_old_epochs(visit: Visit, server: LivingServer) -> None:
    with server.asked_as_admin() as api:
        old = api.get("/assets/bag-003/balance").json()["items"]
    page = visit("/assets/bag-003", ENGLISH)
    act(page, "Replace the computer")
    dialogue = page.get_by_role("dialog")
    expect(dialogue).to_contain_text("lost with the old computer")
    shoot(page, "asset-replace", ENGLISH)
    assert violations(page) == []
    submit = dialogue.get_by_role("button", name="Replace the computer")
    expect(submit).to_be_disabled()
    dialogue.get_by_label("Reason").fill("disk broken")
    dialogue.get_by_label("Type “bag-003” to confirm").fill("bag-003")

    submit.click()

    expect(page.get_by_test_id("enrolment-line")).to_contain_text("courtfleet agent enrol cf1.")
    expect(page.locator("li[data-step=invited]")).to_have_attribute("data-is", "done")
    page.get_by_role("tab", name="Ledger").click()
    for epoch in old:
        closed = page.get_by_role("cell", name=f"{epoch['epoch']} closed")
        expect(closed).to_be_visible()
    with server.asked_as_admin() as api:
        balances = api.get("/assets/bag-003/balance").json()["items"]
        journal = api.get("/journal?subject=asset:bag-003").json()["items"]
    assert all(one["missing"] == 0 for one in balances if one["is_closed"])
    assert journal[0]["why"] == "disk broken" or journal[1]["why"] == "disk broken"


def test_each_moved_asset_has_a_result_of_its_own(visit: Visit, server: LivingServer) -> None:
    with server.asked_as_admin() as api:
        api.post("/assets/sta-037/move", json={"court": TONGLIANG, "why": ""}).raise_for_status()
    page = visit("/assets?kind=station", ENGLISH)
    for asset in ("sta-023", "sta-037"):
        page.get_by_role("checkbox", name=f"Select {asset}").check()
    page.get_by_role("button", name="Move to another court").click()
    dialogue = page.get_by_role("dialog")
    dialogue.get_by_role("combobox", name="To court").fill(TONGLIANG)
    page.keyboard.press("Tab")
    dialogue.get_by_label("Reason").fill("lent for good")

    dialogue.get_by_role("button", name="Move 2").click()

    expect(dialogue.locator("[data-result=done]")).to_contain_text("sta-023")
    expect(dialogue.locator("[data-result=same]")).to_contain_text("sta-037")
    with server.asked_as_admin() as api:
        assert api.get("/assets/sta-023").json()["court"] == TONGLIANG
    dialogue.get_by_role("button", name="Close").last.click()
    expect(page.locator("tr[data-key=sta-023]")).to_contain_text(TONGLIANG)


def test_a_retired_asset_keeps_its_history_and_can_come_back(
    visit: Visit, server: LivingServer
) -> None:
    page = visit("/assets/veh-015", ENGLISH)
    act(page, "Retire")
    dialogue = page.get_by_role("dialog")
    submit = dialogue.get_by_role("button", name="Retire")
    dialogue.get_by_label("Type “veh-015” to confirm").fill("veh-001")
    expect(submit).to_be_disabled()
    dialogue.get_by_label("Type “veh-015” to confirm").fill("veh-015")
    submit.click()
    expect(dialogue.get_by_text("Say why")).to_be_visible()
    dialogue.get_by_label("Reason").fill("sold")

    submit.click()

    expect(page.get_by_text("Retired", exact=True).first).to_be_visible()
    page.goto("/assets")
    expect(page.locator("tr[data-key=veh-001]")).to_be_visible()
    expect(page.locator("tr[data-key=veh-015]")).to_have_count(0)
    page.goto("/assets?retired=only")
    expect(page.locator("tr[data-key=veh-015]")).to_be_visible()
    page.goto("/assets/veh-015?tab=telemetry&metric=cpu_used_percent&hours=1")
    expect(page.locator("figure[data-metric=cpu_used_percent] canvas")).to_be_visible()

    act(page, "Reinstate")
    page.get_by_role("dialog").get_by_label("Reason").fill("bought back")
    page.get_by_role("dialog").get_by_role("button", name="Reinstate").click()

    expect(page.get_by_test_id("enrolment-line")).to_contain_text("courtfleet agent enrol cf1.")
    with server.asked_as_admin() as api:
        assert api.get("/assets/veh-015").json()["retired_at"] is None


def test_a_court_is_added_changed_and_removed(visit: Visit, server: LivingServer) -> None:
    page = visit("/courts", ENGLISH)
    page.get_by_role("button", name="Add a court").click()
    dialogue = page.get_by_role("dialog")
    dialogue.get_by_role("button", name="Save").click()
    expect(dialogue.get_by_text("Write a name, without a comma")).to_be_visible()
    dialogue.get_by_label("Name").fill("重庆市第五中级人民法院")
    dialogue.get_by_role("combobox", name="Level").click()
    page.get_by_role("option", name="Intermediate").click()
    dialogue.get_by_label("Phone").fill("023-00000000")
    dialogue.get_by_role("button", name="Save").click()
    row = page.locator("tr[data-key=重庆市第五中级人民法院]")
    expect(row).to_contain_text("Intermediate")

    row.get_by_role("button", name=re.compile("^Edit")).click()
    dialogue.get_by_label("District").fill("渝中区")
    dialogue.get_by_role("button", name="Save").click()

    expect(row).to_contain_text("渝中区")
    with server.asked_as_admin() as api:
        told = {one["name"]: one for one in api.get("/courts").json()["items"]}
    assert told["重庆市第五中级人民法院"]["phone"] == "023-00000000"
    row.get_by_role("button", name=re.compile("^Remove")).click()
    dialogue.get_by_label(re.compile("^Type")).fill("重庆市第五中级人民法院")
    dialogue.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_a_court_with_assets_is_not_removed(visit: Visit) -> None:
    page = visit("/courts?q=巫山", ENGLISH)

    page.get_by_role("button", name=re.compile("^Remove")).click()

    expect(page.get_by_role("alert")).to_contain_text("Move them to another court first")
    page.get_by_role("dialog").get_by_role("link").click()
    expect(page.locator("tr[data-key]")).to_have_count(1)


def test_a_stations_link_is_shown_once_and_can_be_withdrawn(
    visit: Visit, server: LivingServer
) -> None:
    page = visit("/assets/sta-008", ENGLISH)
    act(page, "Self-check link")
    dialogue = page.get_by_role("dialog")
    dialogue.get_by_role("button", name="Make a link").click()
    link = page.get_by_test_id("station-link")
    expect(link).to_contain_text(f"{server.url}/self-check#")
    shoot(page, "station-key", ENGLISH)
    assert violations(page) == []

    dialogue.get_by_role("button", name="Withdraw it").click()

    expect(link).not_to_be_visible()
    expect(dialogue.get_by_role("button", name="Make a link")).to_be_visible()
