"""The readiness board and an asset's readiness tab, as somebody uses them."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.console.conftest import Visit
from tests.console.living import LivingServer
from tests.console.looking import Look, shoot, violations

OWN_SERVER = True

CHINESE = Look("zh-CN", "dark")
ENGLISH = Look("en", "light")


def test_the_board_says_what_the_api_says_the_worst_first(
    visit: Visit, server: LivingServer
) -> None:
    with server.asked_as_admin() as api:
        rows = api.get("/readiness?service=filing").json()["items"]
    page = visit("/readiness?service=filing", ENGLISH)

    expect(page.locator("tr[data-asset]")).to_have_count(len(rows))
    first = page.locator("tr[data-asset]").first
    expect(first).to_contain_text("Not ready")
    expect(first.locator(".cf-lacks li").first).not_to_be_empty()


def test_what_is_expected_tomorrow_is_one_choice_away(visit: Visit) -> None:
    page = visit("/readiness", CHINESE)
    page.get_by_role("combobox", name="时间").click()
    page.get_by_role("option", name="明天 9:00").click()

    expect(page.get_by_text("按驻地、最近验证")).to_be_visible()
    expect(page).to_have_url(re.compile("/readiness[?]when=tomorrow$"))


def test_a_row_leads_to_all_services_of_the_asset(visit: Visit) -> None:
    page = visit("/readiness", ENGLISH)
    page.locator("tr[data-asset='veh-001']").get_by_role("link").click()

    expect(page.locator(".cf-service[data-service='hearing']")).to_be_visible()
    expect(page.locator(".cf-service")).to_have_count(13)


def letters_of_hearing(server: LivingServer) -> dict[str, str]:
    """Each asset's letter for a hearing, as its glance has it now."""
    with server.asked_as_admin() as api:
        names = [one["name"] for one in api.get("/services").json()["items"]]
        glances = api.get("/glances").json()["items"]
    place = names.index("hearing")
    return {glance[0]: glance[15][place] for glance in glances}


def test_the_fleet_is_looked_at_for_one_service(visit: Visit, server: LivingServer) -> None:
    page = visit("/", ENGLISH)
    choice = page.locator(".cf-readiness-bar").get_by_role("combobox", name="Can it hold")
    choice.click()
    page.get_by_role("option", name="Hearing", exact=True).click()

    expect(page).to_have_url(re.compile("service=hearing"))
    expect(page.locator(".cf-row .cf-verdict")).to_have_count(len(server.members))
    letters = letters_of_hearing(server)
    worst = next(letter for letter in "NUPLR" if letter in letters.values())
    chip = page.locator(f".cf-chip[data-verdict='{worst}']")
    expect(chip.locator(".cf-chip-count")).to_have_text(str([*letters.values()].count(worst)))
    chip.click()
    expect(page.locator(".cf-row")).to_have_count([*letters.values()].count(worst))
    expect(page).to_have_url(re.compile(f"ready={worst}"))


def test_the_marks_and_the_legend_show_the_verdict(visit: Visit, server: LivingServer) -> None:
    page = visit("/?service=hearing", ENGLISH)  # the schematic map, whose marks can be asked

    for asset, letter in letters_of_hearing(server).items():
        mark = page.locator(f".cf-schematic-mark[data-asset='{asset}']")
        expect(mark).to_have_attribute("data-tone", letter)
    legend = page.get_by_role("region", name="Legend")
    expect(legend.locator("[data-verdict=N]")).to_contain_text("Not ready")


def test_the_table_sorts_by_readiness(visit: Visit, server: LivingServer) -> None:
    page = visit("/assets", CHINESE)
    page.get_by_role("combobox", name="能否承办").click()
    page.get_by_role("option", name="开庭审理", exact=True).click()

    expect(page.get_by_role("columnheader", name="就绪")).to_have_attribute(
        "aria-sort", "ascending"
    )
    letters = letters_of_hearing(server)
    shown = [str(one.get_attribute("data-key")) for one in page.locator("tbody tr[data-key]").all()]
    assert [letters[one] for one in shown] == sorted(letters.values(), key="NUPLR-".index)


def test_who_was_asked_to_check_itself_is_listed_for_tomorrow(
    visit: Visit, server: LivingServer
) -> None:
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    plan = {"ask_at": f"{now:%H:%M}", "use_at": "09:00"}
    with server.asked_as_admin() as api:
        api.put("/wake-plan", json={"plan": plan}).raise_for_status()
        new = {"id": "veh-900", "kind": "vehicle", "court": "甲法院"}
        api.post("/assets", json={"assets": [new]}).raise_for_status()
    page = visit("/readiness?when=tomorrow", CHINESE)
    row = page.locator("tr[data-woken='veh-900']")
    row.wait_for()  # the plan is looked at every 20 s

    expect(row).to_contain_text("已通知")
    shoot(page, "readiness-tomorrow", CHINESE)
    assert violations(page) == []
