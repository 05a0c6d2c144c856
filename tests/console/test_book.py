"""The backpack book in a browser: out with what is in it, overdue, back with what is missing."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.console.conftest import Visit
from tests.console.living import LivingServer
from tests.console.looking import (
    DESK_AND_PHONE,
    Look,
    also_every_look,
    looked_at,
    shoot,
    violations,
)
from tests.services.waiting import wait_for

CHINESE = Look("zh-CN", "dark")
ENGLISH = Look("en", "light")


def choose(page: Page, box: str, option: str) -> None:
    page.get_by_role("dialog").get_by_role("combobox", name=box).click()
    page.get_by_role("option", name=re.compile(option)).click()


def entries(server: LivingServer) -> list[dict[str, object]]:
    with server.asked_as_admin() as api:
        return list(api.get("/backpack-book").json()["items"])


def check_out(server: LivingServer, asset: str, until_due: timedelta) -> bool:
    """Whether the server takes it; one that is due in the past it refuses."""
    due_at = datetime.now(UTC) + until_due
    taking = {"carrier": "person", "who": "法警甲", "due_at": due_at.isoformat()}
    with server.asked_as_admin() as api:
        return api.post(f"/assets/{asset}/check-out", json=taking).is_success


def wait_until_overdue(server: LivingServer, asset: str) -> None:
    with server.asked_as_admin() as api:
        book = f"/backpack-book?asset={asset}"
        wait_for(lambda: bool(api.get(book).json()["items"][0]["is_overdue"]))


def check_in(server: LivingServer, *assets: str) -> None:
    with server.asked_as_admin() as api:
        for asset in assets:
            api.post(f"/assets/{asset}/check-in", json={}).raise_for_status()


def test_a_backpack_goes_out_with_what_was_counted_and_comes_back(
    visit: Visit, server: LivingServer
) -> None:
    page = visit("/book", CHINESE)
    page.get_by_role("button", name="领用", exact=True).click()
    dialogue = page.get_by_role("dialog")
    choose(page, "背包", "^bag-003")
    expect(dialogue.locator(".cf-count-line").first).to_be_visible()
    dialogue.get_by_role("button", name="领用", exact=True).click()
    expect(dialogue.get_by_text("请填写领用人")).to_be_visible()
    expect(dialogue.get_by_text("请选择车辆")).to_be_visible()
    dialogue.get_by_label("领用人").fill("执行员一")
    dialogue.get_by_label("用途").fill("入户执行")
    choose(page, "车队车辆", "^veh-001")
    dialogue.get_by_label("其他物品").fill("备用电池")
    dialogue.get_by_label("其他物品").press("Enter")
    dialogue.get_by_label("备用电池电量，%").fill("80")
    shoot(page, "book-out", CHINESE)
    assert violations(page) == []

    dialogue.get_by_role("button", name="领用", exact=True).click()

    line = page.locator("tr[data-entry='bag-003']").first
    expect(line).to_contain_text("执行员一")
    expect(line).to_contain_text("备用电池 80 %")
    expect(line.get_by_role("link", name="veh-001")).to_be_visible()
    told = entries(server)[0]
    assert (told["carrier"], told["vehicle"], told["who"]) == ("vehicle", "veh-001", "执行员一")

    line.get_by_role("button", name="归还").click()
    dialogue.get_by_label("备用电池在").uncheck()
    dialogue.get_by_label("备注").fill("电池遗失")
    dialogue.get_by_role("button", name="归还", exact=True).click()
    expect(page.get_by_text("没有领用中的背包")).to_be_visible()
    page.get_by_text("全部记录").click()

    expect(line).to_contain_text("缺少：备用电池")
    expect(line).to_contain_text("电池遗失")


def test_what_is_overdue_stands_first_and_says_for_how_long(
    visit: Visit, server: LivingServer
) -> None:
    assert check_out(server, "bag-018", timedelta(hours=1))
    until_due = timedelta(seconds=1)
    while not check_out(server, "bag-003", until_due):
        until_due *= 4  # it was over before it was asked for
    wait_until_overdue(server, "bag-003")
    page = visit("/book", ENGLISH)

    first = page.locator("tr[data-entry]").first
    expect(first).to_have_attribute("data-entry", "bag-003")
    expect(first.get_by_text(re.compile("^Overdue by"))).to_be_visible()
    expect(page.get_by_text("2 out, 1 overdue, 0 in")).to_be_visible()
    first.get_by_role("button", name="bag-003").click()
    expect(page).to_have_url(re.compile("asset=bag-003"))
    check_in(server, "bag-003", "bag-018")


@also_every_look(*DESK_AND_PHONE)
def test_the_book_is_accessible(visit: Visit, server: LivingServer, looks: Sequence[Look]) -> None:
    assert check_out(server, "bag-018", timedelta(hours=1))
    page = visit("/book?show=all", ENGLISH)
    page.locator("tr[data-entry]").first.wait_for()

    assert looked_at(page, "book", looks) == []
    check_in(server, "bag-018")
