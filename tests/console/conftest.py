"""A living server and browsers, one of each a file of tests; pages in any language and size."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.console.living import LivingServer, living_server
from tests.console.looking import Look, context_of, remember
from tests.services import chromium

Visit = Callable[..., Page]
"""`visit(path="/", look=Look(), enters=True, draws=True)`: a page of a new browser. `enters` False:
a stranger who has left the demo, and must sign in. `draws` False: without WebGL, and so without the
map, where the map is not the subject."""


_REPORT_SECONDS = 1.0


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of a file by one worker: they share its server and its browsers."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here:
            item.add_marker(pytest.mark.integration)
            item.add_marker(pytest.mark.xdist_group(f"console-{item.path.stem}"))


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[LivingServer]:
    """A demo server whose assets report, as often as the file says in `REPORT_SECONDS`.

    Seldom is cheaper: each report is drawn on every map, without a graphics card.
    """
    every_seconds = getattr(request.module, "REPORT_SECONDS", _REPORT_SECONDS)
    with living_server(tmp_path_factory.mktemp("living"), every_seconds) as made:
        yield made


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Not for the whole session: its loop would be in the way of other tests."""
    expect.set_options(timeout=30_000)  # a bound for what never comes, not a claim
    with sync_playwright() as made:
        yield made


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser that can draw the map."""
    made = playwright.chromium.launch(
        executable_path=chromium.program(), args=list(chromium.DRAWING)
    )
    yield made
    made.close()


@pytest.fixture(scope="module")
def plain_browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser that cannot draw in three dimensions."""
    made = playwright.chromium.launch(executable_path=chromium.program(), args=list(chromium.PLAIN))
    yield made
    made.close()


@pytest.fixture
def visit(server: LivingServer, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Opens pages; at the end none of them may have failed or asked another host."""
    with ExitStack() as closing:

        def open_page(
            path: str = "/", look: Look | None = None, *, enters: bool = True, draws: bool = True
        ) -> Page:
            browser = request.getfixturevalue("browser" if draws else "plain_browser")
            context = closing.enter_context(context_of(browser, server.url, look or Look()))
            if not enters:
                remember(context, {"courtfleet.left": "1"})
            page = context.new_page()
            page.goto(path)
            return page

        yield open_page
