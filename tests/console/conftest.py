"""A living server and a browser, one of each a file of tests; pages in any language and size."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.console.living import LivingServer, living_server
from tests.console.looking import Look, context_of, remember

CHROMIUM = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)

Visit = Callable[..., Page]
"""`visit(path="/", look=Look(), enters=True)`: a page of a new browser; `enters` False: a stranger
who has left the demo, and must sign in."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of a file by one worker: they share its server and its browser."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here:
            item.add_marker(pytest.mark.integration)
            item.add_marker(pytest.mark.xdist_group(f"console-{item.path.stem}"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivingServer]:
    """A demo server whose assets report."""
    with living_server(tmp_path_factory.mktemp("living")) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Not for the whole session: its loop would be in the way of other tests."""
    program = shutil.which("chromium")
    assert program, "chromium is not installed: tools/setup test"
    expect.set_options(timeout=10_000)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM))
        yield made
        made.close()


@pytest.fixture
def visit(server: LivingServer, browser: Browser) -> Iterator[Visit]:
    """Opens pages; at the end none of them may have failed or asked another host."""
    with ExitStack() as closing:

        def open_page(path: str = "/", look: Look | None = None, *, enters: bool = True) -> Page:
            context = closing.enter_context(context_of(browser, server.url, look or Look()))
            if not enters:
                remember(context, {"courtfleet.left": "1"})
            page = context.new_page()
            page.goto(path)
            return page

        yield open_page


@pytest.fixture
def look(request: pytest.FixtureRequest) -> Look:
    """How `page` looks: `@pytest.mark.parametrize("look", EVERY_LOOK, indirect=True, ids=str)`."""
    return request.param if hasattr(request, "param") else Look()


@pytest.fixture
def page(visit: Visit, look: Look) -> Page:
    """The overview, entered as in a demo."""
    return visit("/", look)
