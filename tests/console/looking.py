"""A browser that looks at the console, and what it must never see."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

_PROJECT = Path(__file__).parents[2]
SCREENSHOTS: Final = _PROJECT / "screenshots"
_AXE: Final = _PROJECT / "fleet_server" / "console" / "node_modules" / "axe-core" / "axe.min.js"

LAPTOP: Final = (1366, 768)
DESK: Final = (1920, 1080)
PHONE: Final = (390, 844)

MAP_MILLISECONDS: Final = 60_000
"""A map may take to be drawn: by WebGL in software, beside other tests."""
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

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_NETWORK):
            self.errors.append(message.text)


@contextmanager
def context_of(browser: Browser, url: str, look: Look) -> Iterator[BrowserContext]:
    """A person's browser, new to this server; afterwards it must have seen nothing bad."""
    context = browser.new_context(
        base_url=url,
        viewport={"width": look.size[0], "height": look.size[1]},
        locale=look.language,
        timezone_id="Europe/Berlin",  # the screen's times are Asia/Shanghai wherever it stands
        color_scheme="dark",
        reduced_motion="reduce",
        has_touch=look.size == PHONE,
    )
    kept = {"courtfleet.language": look.language, "mantine-color-scheme-value": look.theme}
    remember(context, kept)
    seen = Seen()
    seen.heed(context, url)
    try:
        yield context
    finally:
        context.close()
    assert not seen.foreign, seen.foreign
    assert not seen.errors, seen.errors


def remember(context: BrowserContext, kept: Mapping[str, str]) -> None:
    """Let pages find `kept` in the browser's storage; what somebody chooses later stays."""
    context.add_init_script(
        "if (location.protocol === 'http:')"  # a blank page has no storage
        f" for (const [key, value] of Object.entries({json.dumps(kept)}))"
        " if (!sessionStorage.getItem(key)) {"
        " sessionStorage.setItem(key, '1'); localStorage.setItem(key, value) }"
    )


def shoot(page: Page, name: str, look: Look) -> None:
    """Keep a picture of what is seen; CI keeps the folder."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}-{look}.png")


def settle(page: Page) -> None:
    """Return when nothing comes, goes or loads any more."""
    expect(page.get_by_text(re.compile("^(正在加载|Loading)"))).to_have_count(0)
    expect(page.locator(_NOT_DRAWN_YET)).to_have_count(0, timeout=MAP_MILLISECONDS)
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
