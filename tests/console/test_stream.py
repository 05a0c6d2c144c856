"""The live stream in a browser: shared, lost, replaced by polling, and back; the wall screen."""

import re

from playwright.sync_api import Request, Route, expect

from tests.console.conftest import Visit
from tests.console.living import LivingServer
from tests.console.looking import DESK, Look, shoot

OWN_SERVER = True

ENGLISH = Look("en", "dark", DESK)
STREAM = re.compile(r"/api/v1/stream$")
LIVE = ".cf-lamp[data-state=live]"


def test_tabs_of_one_browser_share_one_stream(visit: Visit) -> None:
    first = visit("/courts", ENGLISH)
    expect(first.locator(LIVE)).to_be_visible()
    asked: list[str] = []

    def note(request: Request) -> None:
        if STREAM.search(request.url):
            asked.append(request.url)

    second = first.context.new_page()
    second.on("request", note)
    second.goto("/courts")
    expect(second.locator(LIVE)).to_be_visible()
    assert asked == []

    with second.expect_request(STREAM):
        first.close()

    expect(second.locator(LIVE)).to_be_visible()


def test_without_a_stream_the_console_polls_and_says_so(visit: Visit) -> None:
    page = visit("/courts", ENGLISH)
    expect(page.locator(LIVE)).to_be_visible()

    def refuse(route: Route) -> None:
        route.abort()

    page.route(STREAM, refuse)
    page.reload()

    expect(page.locator(".cf-lamp[data-state=polling]")).to_be_visible()
    expect(page.get_by_text("The live stream is down")).to_be_visible()
    shoot(page, "stream-polling", ENGLISH)
    page.unroute(STREAM, refuse)
    expect(page.locator(LIVE)).to_be_visible()
    expect(page.get_by_text("The live stream is down")).to_be_hidden()


def test_a_server_that_is_gone_is_said_and_comes_back(visit: Visit, server: LivingServer) -> None:
    page = visit("/courts", ENGLISH)
    expect(page.locator(LIVE)).to_be_visible()

    server.rig.kill()

    expect(page.locator(".cf-banner[data-kind=offline]")).to_be_visible()
    shoot(page, "stream-lost", ENGLISH)
    server.rig.start()
    expect(page.locator(LIVE)).to_be_visible()
    expect(page.locator(".cf-banner[data-kind=offline]")).to_be_hidden()


def test_what_changed_while_the_stream_was_lost_is_shown_afterwards(
    visit: Visit, server: LivingServer
) -> None:
    page = visit("/journal?subject=account:courtfleet-missed", ENGLISH)
    expect(page.get_by_text("No entry matches")).to_be_visible()
    page = visit("/journal?subject=court:%E9%94%99%E8%BF%87%E6%B3%95%E9%99%A2", ENGLISH)
    expect(page.locator(LIVE)).to_be_visible()
    expect(page.get_by_text("No entry matches")).to_be_visible()

    def refuse(route: Route) -> None:
        route.abort()

    page.route(STREAM, refuse)
    server.restart()
    with server.asked_as_admin() as api:
        body = {"level": "basic", "district": "渝中区", "contact": "", "phone": "", "hours": ""}
        assert api.put("/courts/错过法院", json=body).status_code < 300
    page.unroute(STREAM, refuse)

    expect(page.locator(LIVE)).to_be_visible()
    expect(page.get_by_role("cell", name="court:错过法院", exact=True)).to_be_visible()


def test_a_wall_screen_enters_by_its_link_and_names_nobody(visit: Visit) -> None:
    page = visit("/courts", Look("en", "dark", DESK))
    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitem", name="Wall screen link").click()
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("Link", exact=True).input_value()

    wall = visit("/courts", Look("zh-CN", "dark", DESK), enters=False)
    wall.goto("about:blank")
    wall.goto(link)

    expect(wall.locator(LIVE)).to_be_visible()
    assert "token" not in wall.url
    assert wall.url.endswith("/?screen=wall")
    expect(wall.locator("body")).not_to_contain_text("admin")
    expect(wall.get_by_role("button", name="账户")).to_have_count(0)
    shoot(wall, "wall", Look("zh-CN", "dark", DESK))


def test_a_wall_screen_turns_and_reloads_after_an_upgrade(visit: Visit) -> None:
    page = visit("about:blank", Look("en", "dark", DESK), alone=True)
    page.clock.install()
    page.goto("/?screen=wall")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()

    page.clock.run_for(31_000)

    expect(page.get_by_role("heading", name="Assets by court")).to_be_visible()
    expect(page.locator(LIVE)).to_be_visible()
    expect(page.locator(".cf-banner[data-kind=offline]")).to_be_hidden()
    shoot(page, "wall-board", Look("en", "dark", DESK))

    def upgrade(route: Route) -> None:
        told = route.fetch().json()
        route.fulfill(json={**told, "version": "99.0.0"})

    page.route(re.compile("/api/v1/console$"), upgrade)
    with page.expect_navigation():
        page.clock.run_for(61_000)
    page.unroute_all(behavior="ignoreErrors")  # the page may be asking at this moment


def test_a_wall_link_that_was_withdrawn_says_so(visit: Visit) -> None:
    page = visit("/?screen=wall#token=worthless", ENGLISH, enters=False)

    expect(page.get_by_text("no longer good")).to_be_visible()
    assert "token" not in page.url
