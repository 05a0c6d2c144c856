"""The overview in a real browser: living map, list, filters, drawer, charts."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.console.conftest import Visit
from tests.console.living import LivingServer
from tests.console.looking import (
    LAPTOP,
    LAPTOP_AND_PHONE,
    PHONE,
    Look,
    also_every_look,
    looked_at,
    settle,
)

ENGLISH = Look("en", "light", LAPTOP)
SMALL = Look("en", "light", PHONE)
"""Without a map until one is asked for: quick."""

COURT = "重庆市巴南区人民法院"
TWINS = ("twin-1", "twin-2")
TWINS_HOME = {"latitude_degrees": 29.1, "longitude_degrees": 107.9}

Glance = list[Any]


@pytest.fixture(scope="module")
def twins(server: LivingServer) -> Iterator[tuple[str, ...]]:
    """Two assets at one place, which were never heard of; retired for whoever comes after."""
    added = [
        {"id": one, "kind": "clinic", "court": COURT, "home": TWINS_HOME, "plate": "渝DEMO77"}
        for one in TWINS
    ]
    with server.asked_as_admin() as api:
        assert api.post("/assets", json={"assets": added}).status_code == 201
    yield TWINS
    for one in TWINS:
        server.retire(one)


def glances(server: LivingServer) -> dict[str, Glance]:
    with server.asked_as_admin() as api:
        return {glance[0]: glance for glance in api.get("/glances").json()["items"]}


def one_that_stands(server: LivingServer) -> Glance:
    """A clinic or station that has a place to itself."""
    known = glances(server)
    standing = [known[one.asset] for one in server.members if one.stands is not None]
    return standing[0]


def wait_for_map(page: Page) -> Locator:
    drawn = page.get_by_test_id("map")
    expect(drawn).to_have_attribute("data-ready", "1")
    return drawn


def wait_for_fleet(page: Page) -> Locator:
    """The map with the fleet on it, and nothing beside it that still moves its middle.

    Its ground may be drawn before the assets are known.
    """
    drawn = wait_for_map(page)
    expect(page.locator(".cf-row").first).to_be_visible()
    settle(page)
    return drawn


def drawer(page: Page, asset: str) -> Locator:
    return page.get_by_role("complementary", name=asset)


def close_drawer(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.locator(".cf-drawer")).to_have_count(0)


def row(page: Page, asset: str) -> Locator:
    return page.locator(f".cf-row[data-asset='{asset}']")


def test_a_click_on_the_map_opens_the_asset(visit: Visit, server: LivingServer) -> None:
    asset, longitude, latitude = (one_that_stands(server)[at] for at in (0, 5, 6))
    page = visit(f"/?map={longitude},{latitude},15", ENGLISH, draws=True)
    wait_for_fleet(page).click()  # in its middle

    expect(drawer(page, asset)).to_be_visible()

    expect(page).to_have_url(re.compile(rf"asset={asset}\b"))
    expect(row(page, asset)).to_have_attribute("aria-current", "true")


def test_assets_at_one_place_are_offered_to_choose_from_by_keyboard_and_by_a_click(
    visit: Visit, twins: tuple[str, ...]
) -> None:
    place = f"{TWINS_HOME['longitude_degrees']},{TWINS_HOME['latitude_degrees']}"
    page = visit(f"/?map={place},12", ENGLISH, draws=True)
    shown = wait_for_fleet(page)
    picker = page.get_by_role("dialog", name="2 assets here")
    page.get_by_role("region", name="Map of the fleet").focus()
    page.keyboard.press("Enter")
    expect(picker).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    shown.click()
    expect(picker.get_by_role("button", name=twins[0])).to_be_focused()
    picker.get_by_role("button", name=twins[1]).click()

    expect(drawer(page, twins[1])).to_be_visible()
    expect(picker).to_have_count(0)


def test_the_address_keeps_where_the_map_looks(visit: Visit) -> None:
    page = visit("/?map=107.40000,29.70000,9.00", ENGLISH, draws=True)
    wait_for_map(page)

    page.get_by_role("button", name="Zoom in").click()

    expect(page).to_have_url(re.compile(r"map=107\.40000%2C29\.70000%2C10\.00"))


def test_chips_filter_and_count(visit: Visit, server: LivingServer, twins: tuple[str, ...]) -> None:
    page = visit("/", ENGLISH)
    vehicles = sum(one.kind == "vehicle" for one in server.members)
    everything = len(server.members) + len(twins)
    never = page.locator(".cf-chip[data-state=never] .cf-chip-count")
    expect(page.get_by_text(f"{everything} of {everything} shown")).to_be_visible()
    expect(page.locator(".cf-chip[data-kind=vehicle] .cf-chip-count")).to_have_text(str(vehicles))
    expect(never).to_have_text(str(len(twins)))

    page.locator(".cf-chip[data-kind=vehicle]").click()

    expect(page.get_by_text(f"{vehicles} of {everything} shown")).to_be_visible()
    expect(page.locator(".cf-row")).to_have_count(vehicles)
    expect(never).to_have_text("0")
    expect(page).to_have_url(re.compile("kind=vehicle"))
    page.reload()
    expect(page.locator(".cf-row")).to_have_count(vehicles)
    page.get_by_role("button", name="Clear filters").first.click()
    expect(page.get_by_text(f"{everything} of {everything} shown")).to_be_visible()


def test_the_search_finds_by_plate_and_says_when_nothing_fits(
    visit: Visit, twins: tuple[str, ...]
) -> None:
    page = visit("/", SMALL)
    box = page.get_by_role("textbox", name="Search number, plate, name, court")

    box.fill("渝demo77")

    expect(page.locator(".cf-row")).to_have_count(len(twins))
    box.fill("nothing of that name")
    expect(page.get_by_text("No asset matches")).to_be_visible()


def test_the_drawer_says_what_the_api_says(visit: Visit, server: LivingServer) -> None:
    asset = str(one_that_stands(server)[0])
    page = visit(f"/?asset={asset}", SMALL)
    opened = drawer(page, asset)
    expect(opened.locator("[data-metric=disk_used_percent] b")).to_be_visible()

    with server.asked_as_admin() as api:
        said = api.get(f"/assets/{asset}").json()["live"]
    metrics = said["metrics"]

    expect(opened.locator("[data-metric=disk_used_percent] b")).to_have_text(
        f"{metrics['disk_used_percent']:.0f} %"
    )
    expect(opened.locator("[data-metric=position] dd")).to_have_text(
        f"{metrics['longitude_degrees']:.5f}, {metrics['latitude_degrees']:.5f}"
    )
    expect(opened).to_contain_text("WGS-84")
    expect(opened).to_contain_text(said["agent_version"])
    expect(opened.get_by_text(re.compile(r"^Last heard \d+ (s|min) ago\. ")).first).to_be_visible()
    expect(opened.locator(".cf-events li").first).to_be_visible()


def test_the_drawers_balance_adds_up(visit: Visit, server: LivingServer) -> None:
    asset = str(one_that_stands(server)[0])
    page = visit(f"/?asset={asset}", SMALL)
    reports = drawer(page, asset).locator(".cf-balance[data-stream=reports]")
    expect(reports).to_be_visible()

    shown: list[tuple[str, int]] = [
        (name, int(text.replace(",", "")))
        for name, text in reports.locator(".cf-mono").evaluate_all(
            "all => all.map(one => [one.dataset.class ?? '', one.textContent])"
        )
    ]

    head = dict(shown)["head"]
    assert head > 0
    assert sum(count for name, count in shown if name != "head") == head


REASONS = [
    ("offline", "will", 0, "Connection broken: the centre received its last will."),
    ("offline", "silence", 0, "Silent since "),
    ("stale", "silence", 0, "Silent for 2 min, longer than its rhythm"),
    ("online", "none", 1, "Its clock is wrong"),
    ("online", "none", 2, "One record number came with two contents"),
    ("online", "none", 4, "A sitting is in progress"),
    ("online", "none", 8, "while it had no link"),
]


def test_the_drawer_gives_the_reason(visit: Visit, server: LivingServer) -> None:
    page = visit("about:blank", SMALL)
    assets = [one.asset for one in server.members[: len(REASONS)]]

    def answer(route: Route) -> None:
        heard = page.evaluate("Date.now()") - 125_000
        items = [
            [asset, presence, absence, heard, heard, *([None] * 8), "", flags]
            for asset, (presence, absence, flags, _) in zip(assets, REASONS, strict=True)
        ]
        route.fulfill(json={"at": "2026-03-02T00:00:00Z", "items": items})

    page.route("**/api/v1/stream", lambda route: route.fulfill(status=503))
    page.route("**/api/v1/glances", answer)
    page.goto("/")

    for asset, (*_, says) in zip(assets, REASONS, strict=True):
        row(page, asset).click()
        expect(drawer(page, asset).get_by_text(says)).to_be_visible()
        page.get_by_role("button", name="Close details").click()


def test_an_asset_never_heard_of_says_so(visit: Visit, twins: tuple[str, ...]) -> None:
    page = visit(f"/?asset={twins[0]}", SMALL)

    expect(drawer(page, twins[0])).to_contain_text("Never heard of since it was registered at 20")


def test_the_keyboard_opens_and_closes_the_drawer(visit: Visit, server: LivingServer) -> None:
    asset = server.members[0].asset
    page = visit("/", ENGLISH)
    row(page, asset).focus()

    page.keyboard.press("Enter")

    expect(drawer(page, asset)).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer(page, asset)).to_have_count(0)
    page.go_back()
    expect(drawer(page, asset)).to_be_visible()


def with_a_gap(route: Route) -> None:
    """The server's answer with readings in every bucket but those from a third to a half."""
    answer = route.fetch().json()
    count = len(answer["points"])
    for at, point in enumerate(answer["points"]):
        is_gap = count // 3 <= at < count // 2
        value = None if is_gap else -80.0 - at % 5
        point |= {
            "count": 0 if is_gap else 6,
            "mean": value,
            "last": value,
            "lowest": None if value is None else value - 4,
            "highest": None if value is None else value + 4,
        }
    route.fulfill(json=answer)


INKED = """chart => {
    const canvas = chart.querySelector('canvas')
    const pen = canvas.getContext('2d')
    const over = chart.querySelector('.u-over')
    const scale = canvas.width / canvas.clientWidth
    const left = Math.round(over.offsetLeft * scale)
    const width = Math.round(over.clientWidth * scale)
    const { data } = pen.getImageData(left, 0, width, canvas.height)
    const isBlue = at => data[at + 3] > 30 && data[at + 2] > data[at] + 60
    return Array.from({ length: width }, (_, x) => {
        for (let y = 0; y < canvas.height; y += 1) if (isBlue(4 * (y * width + x))) return true
        return false
    })
}"""


def test_a_gap_in_the_readings_is_a_gap_in_the_chart(visit: Visit, server: LivingServer) -> None:
    vehicle = next(one.asset for one in server.members if one.kind == "vehicle")
    page = visit("about:blank", SMALL)
    page.route("**/history?*metric=rsrp_dbm*", with_a_gap)
    page.goto(f"/?asset={vehicle}")
    chart = page.locator(".cf-chart[data-metric=rsrp_dbm]")
    chart.scroll_into_view_if_needed()
    expect(chart.locator("canvas")).to_be_visible()
    expect(chart).to_have_attribute("data-gaps", "10")

    inked = chart.evaluate(INKED)

    width = len(inked)
    assert not any(inked[int(width * 0.345) : int(width * 0.485)])
    assert all(inked[int(width * 0.05) : int(width * 0.31)])
    assert all(inked[int(width * 0.52) : int(width * 0.95)])


def test_without_assets_the_first_is_offered(visit: Visit) -> None:
    page = visit("about:blank", SMALL)
    page.route("**/api/v1/assets?*", lambda route: route.fulfill(json={"items": [], "next": None}))

    page.goto("/")

    expect(page.get_by_role("link", name="Add the first asset")).to_be_visible()


def test_without_webgl_there_is_a_schematic_map(visit: Visit, server: LivingServer) -> None:
    page = visit("/", ENGLISH)
    asset = str(one_that_stands(server)[0])
    expect(page.get_by_text("This browser has no WebGL")).to_be_visible()
    expect(page.locator(".cf-schematic-district")).to_have_count(38)

    page.locator(f".cf-schematic-mark[data-asset='{asset}']").click()

    expect(drawer(page, asset)).to_be_visible()


@also_every_look(*LAPTOP_AND_PHONE)
def test_the_overview_is_accessible(
    visit: Visit, server: LivingServer, looks: Sequence[Look]
) -> None:
    asset = str(one_that_stands(server)[0])
    with_map = [look for look in looks if look.size != PHONE]
    phone = [look for look in looks if look.size == PHONE]
    page = visit("/", with_map[0], draws=True)
    wait_for_map(page)
    found = []
    for look in with_map:  # each draws the map anew
        found += looked_at(page, "overview", [look])
        row(page, asset).click()
        expect(page.locator(".cf-chart canvas").first).to_be_visible()
        found += looked_at(page, "overview-asset", [look])
        close_drawer(page)
    row(page, asset).click()
    found += looked_at(page, "overview-asset", phone)
    close_drawer(page)
    found += looked_at(page, "overview", phone)

    assert found == []


def test_a_phone_shows_the_list_first_and_the_map_when_asked(visit: Visit) -> None:
    page = visit("/", Look("en", "dark", PHONE), draws=True)
    expect(page.locator(".cf-row").first).to_be_visible()
    expect(page.get_by_test_id("map")).to_have_count(0)

    page.get_by_text("Show the map").click()

    wait_for_map(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
