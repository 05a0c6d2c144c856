"""Living servers and browsers, shared as far as tests let them; pages in any language and size."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.console.living import ORDER_PACE, LivingServer, living_server
from tests.console.looking import PATIENCE_MILLISECONDS, Look, WarmContexts, context_of
from tests.services import chromium

Visit = Callable[..., Page]
"""`visit(path="/", look=Look(), enters=True, draws=False, alone=False)`: a page of a new person.

`enters` False: a stranger who has left the demo, and must sign in. `draws`: with WebGL, and so with
the map, where that is the subject. `alone`: in a context of its own, whose clock may be set."""

_TEST_SECONDS = 1800
"""A bound for what hangs: servers and browsers start in here, however slow the machine is."""


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two workers at the most: each starts browsers, and one of them the server of most files."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here:
            item.add_marker(pytest.mark.integration)
            item.add_marker(pytest.mark.timeout(_TEST_SECONDS))
            item.add_marker(pytest.mark.xdist_group(_group(item)))


def _group(item: pytest.Item) -> str:
    assert isinstance(item, pytest.Function)
    is_shared = "server" in item.fixturenames and not getattr(item.module, "OWN_SERVER", False)
    return "console" if is_shared else "console with servers of its own"


@pytest.fixture(scope="package")
def common_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivingServer]:
    with living_server(tmp_path_factory.mktemp("common")) as made:
        yield made


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[LivingServer]:
    """A demo server whose assets report.

    That of all files which leave the fleet as others expect it: the same assets, online, nothing
    retired and nothing rolled out. A file that says `OWN_SERVER = True` has one for itself, whose
    plays go as fast as its `ORDER_PACE` says.
    """
    if not getattr(request.module, "OWN_SERVER", False):
        yield request.getfixturevalue("common_server")
        return
    pace = getattr(request.module, "ORDER_PACE", ORDER_PACE)
    with living_server(tmp_path_factory.mktemp("living"), pace) as made:
        yield made


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Not for the whole session: its loop would be in the way of other tests."""
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as made:
        yield made


@pytest.fixture(scope="package")
def drawing_contexts(playwright: Playwright) -> Iterator[WarmContexts]:
    """Of a browser that can draw the map."""
    made = playwright.chromium.launch(
        executable_path=chromium.program(), args=list(chromium.DRAWING)
    )
    yield WarmContexts(made)
    made.close()


@pytest.fixture(scope="package")
def plain_browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser that cannot draw in three dimensions."""
    made = playwright.chromium.launch(executable_path=chromium.program(), args=list(chromium.PLAIN))
    yield made
    made.close()


@pytest.fixture(scope="package")
def plain_contexts(plain_browser: Browser) -> WarmContexts:
    return WarmContexts(plain_browser)


@pytest.fixture
def visit(server: LivingServer, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Opens pages; at the end none of them may have failed or asked another host."""
    with ExitStack() as closing:

        def open_page(
            path: str = "/",
            look: Look | None = None,
            *,
            enters: bool = True,
            draws: bool = False,
            alone: bool = False,
        ) -> Page:
            kept = {} if enters else {"courtfleet.left": "1"}
            who = (server.url, look or Look(), kept)
            if alone:
                assert not draws
                context = context_of(request.getfixturevalue("plain_browser"), *who)
            else:
                warm = "drawing_contexts" if draws else "plain_contexts"
                context = request.getfixturevalue(warm).lend(*who)
            page = closing.enter_context(context).new_page()
            page.goto(path)
            return page

        yield open_page
