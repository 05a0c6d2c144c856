"""The console's frame in a real browser: signing in, finding, language, theme, phone."""

import re

import httpx
import pytest
from playwright.sync_api import Page, Request, expect

from tests.console.conftest import Visit
from tests.console.living import LivingServer
from tests.console.looking import LAPTOP, PHONE, Look

ENGLISH = Look("en", "light", LAPTOP)


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("Account").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_demo_lets_everybody_in(visit: Visit) -> None:
    page = visit("/")

    expect(page.get_by_role("navigation", name="主导航")).to_be_visible()
    expect(page.get_by_text("演示", exact=True)).to_be_visible()
    expect(page.locator(".cf-lamp[data-state=live]")).to_be_visible()


def test_a_wrong_password_is_said_clearly(visit: Visit) -> None:
    page = visit("/", ENGLISH, enters=False)

    sign_in(page, "admin", "not this one")

    expect(page.get_by_role("alert")).to_contain_text("password")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_right_password_opens_the_address_asked_for(visit: Visit, server: LivingServer) -> None:
    page = visit("/journal?subject=account:admin", ENGLISH, enters=False)

    sign_in(page, "admin", server.password)

    expect(page.get_by_role("heading", name="Journal")).to_be_visible()
    expect(page.get_by_role("link", name="Journal")).to_have_attribute("aria-current", "page")
    assert page.url.endswith("/journal?subject=account:admin")


def test_who_signed_out_stays_out_of_a_demo(visit: Visit) -> None:
    page = visit("/courts", ENGLISH)
    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()

    page.reload()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_role("button", name="Enter the demo").click()
    expect(page.get_by_role("navigation", name="Main navigation")).to_be_visible()


def test_enter_while_composing_never_submits(visit: Visit) -> None:
    page = visit("/", ENGLISH, enters=False)
    submitted: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            submitted.append((request.post_data_json or {})["name"])

    page.on("request", note)
    page.get_by_label("Password", exact=True).fill("secret")
    page.get_by_label("Account").focus()
    keyboard = page.context.new_cdp_session(page)
    keyboard.send(
        "Input.imeSetComposition", {"text": "guan", "selectionStart": 4, "selectionEnd": 4}
    )

    page.keyboard.press("Enter")

    keyboard.send("Input.insertText", {"text": "管理"})
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert submitted == ["管理"]


@pytest.mark.parametrize(
    ("typed", "found"), [("bnq", "巴南区"), ("重庆市巴南", "巴南区"), ("veh-001", "veh-001")]
)
def test_search_finds_by_name_number_and_pinyin_initials(
    visit: Visit, typed: str, found: str
) -> None:
    page = visit("/courts")
    expect(page.locator(".cf-lamp[data-state=live]")).to_be_visible()

    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="搜索").fill(typed)

    expect(page.get_by_role("option").first).to_contain_text(found)


def test_search_opens_what_was_chosen_with_the_keyboard(visit: Visit) -> None:
    page = visit("/courts", ENGLISH)
    expect(page.locator(".cf-lamp[data-state=live]")).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search").fill("veh-001")
    expect(page.get_by_role("option").first).to_contain_text("veh-001")

    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/assets/veh-001$"))
    expect(page.get_by_role("combobox", name="Search")).to_have_count(0)


def test_language_and_theme_are_kept(visit: Visit) -> None:
    page = visit("/journal")
    page.get_by_role("button", name="EN").click()
    page.get_by_role("button", name="Use the light theme").click()

    page.reload()

    expect(page.get_by_role("heading", name="Journal")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "light")


def test_a_page_that_is_not_there_says_so(visit: Visit) -> None:
    page = visit("/nowhere", ENGLISH)

    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    page.get_by_role("link", name="Back to the overview").click()
    expect(page).to_have_url(re.compile(r"/$"))


def test_the_journal_filters_and_shows_before_and_after(visit: Visit) -> None:
    page = visit("/journal", ENGLISH)
    page.get_by_label("Subject").fill("account:admin")
    page.get_by_role("button", name="Filter", exact=True).click()
    expect(page).to_have_url(re.compile("subject=account"))
    rows = page.locator(".cf-journal-table tbody tr")
    expect(rows.filter(has_not_text="account:admin")).to_have_count(0)
    expect(rows.first).to_be_visible()

    page.get_by_role("button", name=re.compile("before and after")).last.click()

    expect(page.locator(".cf-journal-changes")).to_contain_text("role")
    expect(page.locator(".cf-journal-changes ins")).to_have_text("admin")


def test_a_phone_shows_the_navigation_when_asked(visit: Visit) -> None:
    page = visit("/journal", Look("en", "dark", PHONE))
    navigation = page.get_by_role("navigation", name="Main navigation")
    expect(navigation).to_be_hidden()

    page.get_by_role("button", name="Open the navigation").click()
    navigation.get_by_role("link", name="Courts").click()

    expect(page).to_have_url(re.compile("/courts$"))
    expect(navigation).to_be_hidden()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE[0]


def test_the_page_may_load_from_this_host_only(server: LivingServer) -> None:
    answer = httpx.get(f"{server.url}/assets/veh-001", timeout=120)

    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "http" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-cache"


def test_built_files_are_kept_for_ever(server: LivingServer) -> None:
    page = httpx.get(server.url, timeout=120).text
    script = re.search(r'src="(/static/[^"]+\.js)"', page)
    assert script is not None

    answer = httpx.head(server.url + script[1], timeout=120)

    assert answer.status_code == 200
    assert answer.content == b""
    assert "immutable" in answer.headers["cache-control"]
