"""The ledger in a real browser: what it shows is what it exports, and it adds up."""

import csv
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.console.conftest import Visit
from tests.console.living import LivingServer
from tests.console.looking import Look, shoot

OWN_SERVER = True

ENGLISH = Look("en", "light")
NUMBERS = ["head", "stored", "set_aside", "dropped", "lost", "missing", "missing_at_end"]


def cells(page: Page) -> list[list[str]]:
    rows = page.get_by_role("table", name="Ledger").locator("tr[data-key]").all()
    return [
        [cell.inner_text().strip().replace(",", "") for cell in row.locator("td").all()]
        for row in rows
    ]


def equation(page: Page) -> dict[str, int]:
    terms = page.locator("[data-class][data-value]").all()
    return {
        str(term.get_attribute("data-class")): int(str(term.get_attribute("data-value")))
        for term in terms
    }


def test_what_is_exported_is_what_is_shown(
    visit: Visit, server: LivingServer, tmp_path: Path
) -> None:
    server.retire("veh-015")
    page = visit("/ledger?asset=veh-015", ENGLISH)
    expect(page.get_by_role("table", name="Ledger").locator("tr[data-key]")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    path = tmp_path / "ledger.csv"
    download.value.save_as(path)

    with path.open(encoding="utf-8-sig", newline="") as file:
        exported = list(csv.DictReader(file))

    shown = cells(page)
    assert [row[0] for row in shown] == [row["day"] for row in exported]
    assert [row[4:] for row in shown] == [[row[name] for name in NUMBERS] for row in exported]
    for at, name in enumerate(NUMBERS[:-1]):
        total = sum(int(row[4 + at]) for row in shown)
        assert page.locator(f"[data-total={name}]").inner_text().replace(",", "") == str(total)


def test_the_equation_holds_and_is_said_in_words(visit: Visit) -> None:
    page = visit("/ledger", ENGLISH)

    expect(page.get_by_text(re.compile("The balance closes|Still open|explained"))).to_be_visible()
    found = equation(page)

    assert found["head"] > 0
    assert found["head"] == sum(found[name] for name in NUMBERS[1:-1])


def test_the_filters_stand_in_the_address(visit: Visit) -> None:
    page = visit("/ledger", ENGLISH)
    expect(page.get_by_role("table", name="Ledger")).to_be_visible()

    page.get_by_role("combobox", name="Court").fill("巴南")
    page.get_by_role("option", name="重庆市巴南区人民法院").click()

    expect(page).to_have_url(re.compile("court=%E9%87%8D"))
    courts = page.get_by_role("table", name="Ledger").locator("tr[data-key] td:nth-child(3)")
    expect(courts.filter(has_not_text="巴南区")).to_have_count(0)
    page.get_by_label("From", exact=True).fill("2020-01-01")
    page.get_by_label("To", exact=True).fill("2020-01-02")
    expect(page.get_by_text("Nothing moved on these days")).to_be_visible()


def test_the_columns_are_explained_in_a_line_each(visit: Visit) -> None:
    page = visit("/ledger", ENGLISH)

    page.get_by_role("button", name="What the columns mean").click()

    expect(page.get_by_text("received but unreadable, kept with the reason")).to_be_visible()
    expect(page.get_by_role("dialog").locator("dt")).to_have_count(7)


def test_every_row_is_printed_dark_on_white(visit: Visit) -> None:
    page = visit("/ledger", Look(size=(1366, 400)))
    expect(page.get_by_role("table", name="台账")).to_be_visible()
    page.emulate_media(media="print", color_scheme="light")

    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")

    expect(page.locator("tr[data-key]")).to_have_count(16)
    expect(page.get_by_role("button", name="打印")).not_to_be_visible()
    expect(page.locator("thead th").first).to_have_css("background-color", "rgb(255, 255, 255)")
    shoot(page, "ledger-print", Look())


def test_an_asset_shows_its_epochs_and_its_days(visit: Visit, server: LivingServer) -> None:
    with server.asked_as_admin() as api:
        told = api.get("/assets/veh-001/balance").json()["items"]
    page = visit("/assets/veh-001?tab=ledger", ENGLISH)

    for epoch in told:
        expect(page.get_by_role("cell", name=f"{epoch['epoch']} in use")).to_be_visible()
    expect(page.get_by_role("table", name="Ledger").locator("tr[data-key]")).to_have_count(2)
