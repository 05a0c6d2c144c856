"""What axe-core says of every screen, tab and dialogue.

Each is opened once and then turned, as a person would turn it by the page's own switches. A screen
is seen in both languages and themes, wide and narrow; of what opens before it or is a part of it,
each is seen in one look and all together in every one. The long form is each in every look.
"""

import re
from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import Visit
from tests.console.looking import (
    DESK,
    DESK_AND_PHONE,
    EVERY_LOOK,
    LAPTOP,
    Look,
    also_every_look,
    looked_at,
    settle,
    shoot,
    violations,
)

ENGLISH = Look("en", "dark")
SCREENS = {
    "assets": "/assets",
    "asset": "/assets/veh-001",
    "courts": "/courts",
    "ledger": "/ledger",
    "not-found": "/nowhere",
}
WHOLE_SCREENS = ("readiness", "journal", "asset-new", "asset-import")
WHAT_OPENED = "[role=dialog], main form, tr[data-asset], .cf-journal-changes"
TABS = ("readiness", "telemetry", "devices", "ledger", "events", "journal", "enrolment")
TABLE = "资产编号,类别,名称,法院\nimp-001,车辆,新车,重庆市巴南区人民法院\nimp-002,飞艇,,\n"
COURT = "重庆市巴南区人民法院"


def asset_dialogue(action: str) -> Callable[[Page], None]:
    """Opens what the asset's menu calls by this name."""

    def open_it(page: Page) -> None:
        page.goto("/assets/veh-001")
        page.get_by_role("button", name="Actions").click()
        page.get_by_role("menuitem", name=action, exact=True).click()

    return open_it


def open_new_asset(page: Page) -> None:
    """With a map to choose a place on; `asset-edit` has what there is instead without WebGL."""
    page.goto("/assets?do=add")
    page.get_by_label("Asset id").fill("no such id")


def open_import(page: Page) -> None:
    page.goto("/assets?do=import")
    expect(page.get_by_role("dialog")).to_be_visible()


def open_preview(page: Page) -> None:
    open_import(page)
    page.locator("input[type=file]").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    )
    expect(page.get_by_role("dialog").locator("tr[data-key]")).to_have_count(2)


def open_several_to_move(page: Page) -> None:
    page.goto("/assets?kind=station")
    for asset in ("sta-023", "sta-037"):
        page.get_by_role("checkbox", name=f"Select {asset}").check()
    page.get_by_role("button", name="Move to another court").click()


def open_views(page: Page) -> None:
    page.goto("/assets")
    page.get_by_role("button", name=re.compile("^View")).click()
    page.get_by_label("Name of the view").fill("mine")
    page.get_by_role("button", name="Save this view").click()


def open_new_court(page: Page) -> None:
    page.goto("/courts")
    page.get_by_role("button", name="Add a court").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()


def court_dialogue(action: str) -> Callable[[Page], None]:
    def open_it(page: Page) -> None:
        page.goto("/courts")
        row = page.locator(f"tr[data-key={COURT}]")
        row.get_by_role("button", name=re.compile(f"^{action}")).click()

    return open_it


def open_search(page: Page) -> None:
    page.goto("/courts")
    expect(page.locator(".cf-lamp[data-state=live]")).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search").fill("bn")
    expect(page.get_by_role("option").first).to_be_visible()


def open_search_in_vain(page: Page) -> None:
    open_search(page)
    page.get_by_role("combobox", name="Search").fill("nothing of that name")
    expect(page.get_by_text("nothing of that name")).to_be_visible()


def open_wall_link(page: Page) -> None:
    page.goto("/courts")
    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitem", name="Wall screen link").click()
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_label("Link", exact=True)).to_be_visible()


def open_change(page: Page) -> None:
    page.goto("/journal")
    page.locator(".cf-journal-toggle button").first.click()
    expect(page.locator(".cf-journal-changes").first).to_be_visible()


def open_board(page: Page) -> None:
    page.goto("/readiness")
    page.locator("tr[data-asset]").first.wait_for()


OPENED = {
    "readiness": open_board,
    "journal": open_change,
    "asset-new": open_new_asset,
    "asset-import": open_import,
    "asset-preview": open_preview,
    "asset-edit": asset_dialogue("Edit"),
    "asset-replace": asset_dialogue("Replace the computer"),
    "asset-move": asset_dialogue("Move"),
    "asset-retire": asset_dialogue("Retire"),
    "assets-move": open_several_to_move,
    "assets-views": open_views,
    "court-new": open_new_court,
    "court-edit": court_dialogue("Edit"),
    "court-remove": court_dialogue("Remove"),
    "search": open_search,
    "search-nothing": open_search_in_vain,
    "wall-link": open_wall_link,
}


PARTS = [name for name in OPENED if name not in WHOLE_SCREENS]


def one_each(names: Sequence[str]) -> list[object]:
    """For each its next look of all, and as its long form every one."""
    long = pytest.mark.soak
    short = [(name, [EVERY_LOOK[at % len(EVERY_LOOK)]]) for at, name in enumerate(names)]
    return [
        *(pytest.param(name, look, id=name) for name, look in short),
        *(pytest.param(name, EVERY_LOOK, id=f"{name}-every look", marks=long) for name in names),
    ]


@pytest.mark.parametrize("name", SCREENS)
@also_every_look(*DESK_AND_PHONE)
def test_every_screen_is_accessible(visit: Visit, name: str, looks: Sequence[Look]) -> None:
    page = visit(SCREENS[name], ENGLISH, draws=name == "asset")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    assert looked_at(page, name, looks) == []


@pytest.mark.parametrize("name", WHOLE_SCREENS)
@also_every_look(*DESK_AND_PHONE)
def test_every_screen_that_is_filled_in_is_accessible(
    visit: Visit, name: str, looks: Sequence[Look]
) -> None:
    assert opened_and_looked_at(visit, name, looks) == []


@pytest.mark.parametrize(("name", "looks"), one_each(PARTS))
def test_whatever_opens_is_accessible(visit: Visit, name: str, looks: Sequence[Look]) -> None:
    assert opened_and_looked_at(visit, name, looks) == []


def opened_and_looked_at(visit: Visit, name: str, looks: Sequence[Look]) -> list[str]:
    page = visit("about:blank", ENGLISH, draws=name == "asset-new")
    OPENED[name](page)
    expect(page.locator(WHAT_OPENED).first).to_be_visible()
    return looked_at(page, name, looks)


@pytest.mark.parametrize(("tab", "looks"), one_each(TABS))
def test_every_tab_of_an_asset_is_accessible(visit: Visit, tab: str, looks: Sequence[Look]) -> None:
    page = visit(f"/assets/veh-001?tab={tab}", ENGLISH)
    expect(page.locator(f"[role=tab][id$=-{tab}]")).to_have_attribute("aria-selected", "true")

    assert looked_at(page, f"asset-{tab}", looks) == []


@also_every_look(*DESK_AND_PHONE)
def test_signing_in_is_accessible(visit: Visit, looks: Sequence[Look]) -> None:
    page = visit("/", ENGLISH, enters=False)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()

    assert looked_at(page, "sign-in", looks) == []


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(Look("zh-CN", "dark", DESK), id="desk"),
        pytest.param(Look("en", "light", LAPTOP), id="laptop", marks=pytest.mark.soak),
    ],
)
def test_a_wall_screen_is_accessible(visit: Visit, look: Look) -> None:
    page = visit("about:blank", look, alone=True)
    page.clock.install()
    page.goto("/?screen=wall")
    expect(page.locator(".cf-row").first).to_be_visible()
    settle(page)
    shoot(page, "wall", look)

    assert violations(page) == []
    page.clock.run_for(31_000)
    expect(page.locator(".cf-row")).to_have_count(0)
    settle(page)
    shoot(page, "wall-board", look)
    assert violations(page) == []
