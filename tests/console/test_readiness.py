"""The readiness board and an asset's readiness tab, as somebody uses them."""

import re

import pytest
from playwright.sync_api import expect

from tests.console.conftest import Visit
from tests.console.living import LivingServer
from tests.console.looking import EVERY_LOOK, Look, shoot, violations

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


@pytest.mark.parametrize("look", EVERY_LOOK, ids=str)
def test_the_board_is_accessible(visit: Visit, look: Look) -> None:
    page = visit("/readiness", look)
    page.locator("tr[data-asset]").first.wait_for()
    shoot(page, "readiness", look)

    assert violations(page) == []
