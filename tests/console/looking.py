"""A browser that looks at the console, and what it must never see."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

_PROJECT = Path(__file__).parents[2]
SCREENSHOTS: Final = _PROJECT / "screenshots"
_AXE: Final = _PROJECT / "fleet_server" / "console" / "node_modules" / "axe-core" / "axe.min.js"

LAPTOP: Final = (1366, 768)
DESK: Final = (1920, 1080)
PHONE: Final = (390, 844)

PATIENCE_MILLISECONDS: Final = 300_000.0
"""A bound for what never comes, on whatever machine; no claim about how long anything takes."""
_NOT_DRAWN_YET: Final = "[data-testid=map]:not([data-ready='1'])"

# Chromium says this of every answer that is an error, a 401 before signing in among them.
_NETWORK: Final = "Failed to load resource"


@dataclass(frozen=True)
class Look:
    """How the console is looked at."""

    language: Literal["zh-CN", "en"] = "zh-CN"
    theme: Literal["dark", "light"] = "dark"
    size: tuple[int, int] = LAPTOP

    def __str__(self) -> str:
        return f"{self.language}-{self.theme}-{self.size[0]}x{self.size[1]}"


EVERY_LOOK: Final = [
    Look("zh-CN", "dark", LAPTOP),
    Look("en", "light", LAPTOP),
    Look("en", "dark", DESK),
    Look("zh-CN", "light", PHONE),
]
"""Both languages, both themes, three sizes."""
LAPTOP_AND_PHONE: Final = [Look("zh-CN", "dark", LAPTOP), Look("en", "light", PHONE)]
DESK_AND_PHONE: Final = EVERY_LOOK[2:]
"""Each language and each theme once, wide and narrow: enough without the long forms."""


def in_short(looks: Sequence[Look], short: Sequence[Look]) -> list[object]:
    """For a test that opens its page anew for each look: the others are its long form."""
    return [
        pytest.param(look, id=str(look), marks=() if look in short else pytest.mark.soak)
        for look in looks
    ]


def also_every_look(*short: Look) -> pytest.MarkDecorator:
    """A test is given `looks`: these, and as its long form every one."""
    long = pytest.param(EVERY_LOOK, id="every look", marks=pytest.mark.soak)
    return pytest.mark.parametrize("looks", [pytest.param(short, id="some"), long])


_NOTHING: Final[Mapping[str, str]] = {}
_Likeness = tuple[str, Look, frozenset[tuple[str, str]]]
"""Address, look, and what is kept."""


@dataclass
class Seen:
    """What a page must not have done: asked another host, or failed."""

    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def heed(self, context: BrowserContext, url: str) -> None:
        """Watch all pages of `context`. Only `url` can be reached: see `tests.services.chromium`.

        Not by a route: while there is one, the browser caches nothing.
        """
        own = re.compile(f"(?:{re.escape(url)}/|data:|blob:)")

        def note(request: Request) -> None:
            if not own.match(request.url):
                self.foreign.append(request.url)

        context.on("request", note)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("console", self._on_console)

    def must_be_nothing(self) -> None:
        assert not self.foreign, self.foreign
        assert not self.errors, self.errors

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_NETWORK):
            self.errors.append(message.text)


@contextmanager
def context_of(
    browser: Browser, url: str, look: Look, kept: Mapping[str, str] = _NOTHING
) -> Iterator[BrowserContext]:
    """A person's browser, new to this server; afterwards it must have seen nothing bad.

    `kept` is found in the browser's storage.
    """
    context, seen = _new_context(browser, url, look, kept)
    try:
        yield context
    finally:
        context.close()
    seen.must_be_nothing()


class WarmContexts:
    """One browser's contexts, lent again to who looks alike.

    A new person each time, with neither cookies nor storage; but the console's scripts are still
    there, fetched and compiled, which is most of what opening a page costs.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: defaultdict[_Likeness, list[tuple[BrowserContext, Seen]]] = defaultdict(list)

    @contextmanager
    def lend(
        self, url: str, look: Look, kept: Mapping[str, str] = _NOTHING
    ) -> Iterator[BrowserContext]:
        """As `context_of`. What is set for a whole context, such as its clock, would stay."""
        free = self._free[url, look, frozenset(kept.items())]
        context, seen = free.pop() if free else _new_context(self._browser, url, look, kept)
        try:
            yield context
        finally:
            for page in context.pages:
                page.close()
        seen.must_be_nothing()  # else it is not lent again
        context.clear_cookies()
        free.append((context, seen))


def _new_context(
    browser: Browser, url: str, look: Look, kept: Mapping[str, str]
) -> tuple[BrowserContext, Seen]:
    context = browser.new_context(
        base_url=url,
        viewport={"width": look.size[0], "height": look.size[1]},
        locale=look.language,
        timezone_id="Europe/Berlin",  # the screen's times are Asia/Shanghai wherever it stands
        color_scheme="dark",
        reduced_motion="reduce",
        has_touch=look.size == PHONE,
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    looks = {"courtfleet.language": look.language, "mantine-color-scheme-value": look.theme}
    _begin_with(context, looks | dict(kept))
    seen = Seen()
    seen.heed(context, url)
    return context, seen


def _begin_with(context: BrowserContext, kept: Mapping[str, str]) -> None:
    """Let a new tab find `kept` in the browser's storage and nothing else; what it adds stays."""
    context.add_init_script(
        "if (location.protocol === 'http:' && !sessionStorage.getItem('begun')) {"  # no blank page
        " sessionStorage.setItem('begun', '1'); localStorage.clear();"
        f" for (const [key, value] of Object.entries({json.dumps(kept)}))"
        " localStorage.setItem(key, value) }"
    )


def shoot(page: Page, name: str, look: Look) -> None:
    """Keep a picture of what is seen; CI keeps the folder."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}-{look}.png")


def settle(page: Page) -> None:
    """Return when nothing comes, goes or loads any more."""
    expect(page.get_by_text(re.compile("^(正在加载|Loading)"))).to_have_count(0)
    expect(page.locator(_NOT_DRAWN_YET)).to_have_count(0)
    page.evaluate(
        "Promise.allSettled(document.getAnimations()"
        ".filter(one => one.effect.getComputedTiming().iterations !== Infinity)"
        ".map(one => one.finished)).then(() => new Promise(drawn =>"
        " requestAnimationFrame(() => requestAnimationFrame(drawn))))"
    )


def turn(page: Page, look: Look) -> None:
    """Let an open page be looked at otherwise, by its own switches and the window's edge."""
    page.set_viewport_size({"width": look.size[0], "height": look.size[1]})
    page.locator(".cf-language").wait_for(state="attached")
    # Behind a dialogue, or folded away on a phone, the switches cannot be reached by a pointer.
    page.evaluate(
        "({language, theme}) => {"
        " document.querySelector(`.cf-language [lang='${language}']`).click();"
        " if (document.documentElement.dataset.mantineColorScheme !== theme)"
        " document.querySelector('.cf-theme').click() }",
        {"language": look.language, "theme": look.theme},
    )
    expect(page.locator("html")).to_have_attribute("lang", look.language)
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", look.theme)


def looked_at(page: Page, name: str, looks: Iterable[Look]) -> list[str]:
    """What axe-core finds on an open page in each look, a line each; the pictures are kept."""
    found = []
    for look in looks:
        turn(page, look)
        settle(page)
        shoot(page, name, look)
        found += [f"{name}-{look}: {line}" for line in violations(page)]
    return found


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with the page, a line a rule and place."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text())
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(result => result.violations.flatMap("
        "rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')}"
        " ${(node.any[0] ?? node.all[0] ?? node.none[0] ?? {message: ''}).message}`)))"
    )
    return [str(line) for line in found]
