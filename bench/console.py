"""The console in Chromium beside a page that has nothing but an empty map: first content, the map
at rest, and the longest frame while 2,000 assets move once a second.

The empty map is measured under the same load, because everything here shares the same cores.
"""

import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Any, Final

import msgspec
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from playwright.sync_api import TimeoutError as PatienceOver

from bench import load
from bench.rows import Row, at_most, compared
from edge_agent import keys
from simulators.fleet import fleet
from simulators.rig import Rig

ASSETS: Final = 2_000
ROUNDS: Final = 5
MORE_THAN_EMPTY_MS: Final = 200.0
FIRST_CONTENT_MS: Final = 1_000.0
BEFORE_MAP_KILOBYTES: Final = 250.0

_CONSOLE: Final = Path(__file__).parents[1] / "fleet_server" / "console"
_MAPLIBRE: Final = _CONSOLE / "node_modules" / "maplibre-gl" / "dist"
_CHROMIUM: Final = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # As on a PC without a graphics card: WebGL in software, the page put together without it.
    "--disable-gpu-compositing",
    "--disable-gpu-rasterization",
)
_SIZE: Final[ViewportSize] = {"width": 1920, "height": 1080}
_READY: Final = '[data-ready="1"]'
_PATIENCE_MS: Final = 120_000
_RESTING_MS: Final = 20_000
_SETTLING_SECONDS: Final = 3.0
# What the two pages and the settling take beside the measured seconds.
_SPARE_SECONDS: Final = 120.0
_AHEAD_MS: Final = 60_000  # records may be measured a little after now, but not long before

# Notes when the map came to rest, in ms since the page was asked for.
_NOTE_IDLE: Final = """
new MutationObserver(() => {
  if (window.idleAt === undefined && document.querySelector('[data-ready="1"]'))
    window.idleAt = performance.now()
}).observe(document, { subtree: true, childList: true, attributeFilter: ['data-ready'] })
"""
_FRAMES: Final = """
(milliseconds) => new Promise((done) => {
  const gaps = []
  const began = performance.now()
  let last = began
  const step = () => {
    const now = performance.now()
    gaps.push(now - last)
    last = now
    if (now - began < milliseconds) requestAnimationFrame(step)
    else done(gaps)
  }
  requestAnimationFrame(step)
})
"""
FIRST_CONTENT: Final = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def run(seconds: float) -> list[Row]:
    """Frames are watched for a third of `seconds` on each page."""
    with (
        tempfile.TemporaryDirectory(prefix="courtfleet-bench-") as name,
        _empty_map() as empty,
        Rig(Path(name)) as rig,
        chromium() as browser,
    ):
        console = rig.console
        frames = _longest_frames(rig, browser, console, empty, seconds / 3)
        shown = [_first_view(browser, console) for _ in range(ROUNDS)]
        bare = [_first_view(browser, empty) for _ in range(ROUNDS)]
    first = Row("console: first content", median(one[0] for one in shown), "ms")
    idle = median(one[1] for one in shown)
    return [
        at_most(Row("console: before the map, gzip", _kilobytes(), "kB"), BEFORE_MAP_KILOBYTES),
        at_most(first, FIRST_CONTENT_MS),
        compared("console: map at rest", idle, "ms", median(one[1] for one in bare)),
        *frames,
    ]


def _longest_frames(
    rig: Rig, browser: Browser, console: str, empty: str, seconds: float
) -> list[Row]:
    """The longest and the typical frame while the whole fleet moves."""
    with _moving(rig, 2 * seconds + _SPARE_SECONDS):
        plain = _frames(browser, empty, seconds, lambda _: None)
        ours = _frames(browser, console, seconds, _check_that_all_move)
    longest = compared(f"console: longest frame, {ASSETS} moving", max(ours), "ms", max(plain))
    usual = f"console: 99th percentile of frames, {ASSETS} moving"
    return [
        at_most(longest, max(plain) + MORE_THAN_EMPTY_MS),
        compared(usual, _percentile(ours), "ms", _percentile(plain)),
    ]


def _frames(
    browser: Browser, address: str, seconds: float, check: Callable[[Page], None]
) -> list[float]:
    """Milliseconds between frames, once the map is drawn and has settled."""
    with _page(browser, address) as page:
        page.locator("canvas").first.wait_for(state="attached", timeout=_PATIENCE_MS)
        with suppress(PatienceOver):  # on a slow machine a map that changes each second never rests
            page.locator(_READY).first.wait_for(state="attached", timeout=_RESTING_MS)
        page.wait_for_timeout(_SETTLING_SECONDS * 1000)
        gaps: list[float] = page.evaluate(_FRAMES, seconds * 1000)
        check(page)
        return gaps


def _check_that_all_move(page: Page) -> None:
    before = _places(page)
    page.wait_for_timeout(2_000)
    after = _places(page)
    moved = sum(after[asset] != place for asset, place in before.items())
    if len(before) < ASSETS or moved < 0.95 * ASSETS:
        raise RuntimeError(f"of {ASSETS} assets {len(before)} were placed and {moved} moved")


def _places(page: Page) -> dict[str, tuple[float, float]]:
    glances: list[list[Any]] = page.request.get("/api/v1/glances").json()["items"]
    return {one[0]: (one[5], one[6]) for one in glances if one[5] is not None}


def _first_view(browser: Browser, address: str) -> tuple[float, float]:
    """First content and the map at rest, ms since the page was asked for; nothing is cached."""
    with _page(browser, address) as page:
        page.locator(_READY).first.wait_for(state="attached", timeout=_PATIENCE_MS)
        return page.evaluate(FIRST_CONTENT), page.evaluate("window.idleAt")


@contextmanager
def _page(browser: Browser, address: str) -> Iterator[Page]:
    """The page in a profile of its own, on its way."""
    context = browser.new_context(base_url=address, viewport=_SIZE)
    try:
        context.add_init_script(_NOTE_IDLE)
        page = context.new_page()
        page.goto("/", wait_until="commit", timeout=_PATIENCE_MS)
        yield page
    finally:
        context.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(_CHROMIUM)
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def _moving(rig: Rig, seconds: float) -> Iterator[None]:
    """The fleet reports once a second for so long; it is known, connected and moving."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    task = _task(rig, round(seconds))
    with subprocess.Popen(
        [sys.executable, "-m", "bench.load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        source, sink = child.stdout, child.stdin
        assert source is not None
        assert sink is not None
        try:
            sink.write(msgspec.json.encode(task) + b"\n")
            sink.flush()
            if source.readline() != b"ready\n":
                raise RuntimeError("the fleet did not start; its words are above")
            sink.write(b"go\n")
            sink.flush()
            time.sleep(_SETTLING_SECONDS)
            yield
        finally:
            child.kill()


def _task(rig: Rig, messages: int) -> load.Task:
    members = fleet(ASSETS)
    made = [keys.new_key() for _ in members]
    asked = [keys.signing_request(key, one.asset) for key, one in zip(made, members, strict=True)]
    answers = rig.centre.certify(list(zip(members, asked, strict=True)))
    papers: dict[str, tuple[str, str]] = {}
    folder = rig.folder / "papers"
    folder.mkdir()
    ca = folder / "ca.pem"
    ca.write_text(answers[0].ca)
    for key, answer in zip(made, answers, strict=True):
        certificate, private = folder / f"{answer.asset}.pem", folder / f"{answer.asset}.key"
        certificate.write_text(answer.certificate)
        private.write_bytes(key)
        papers[answer.asset] = (str(certificate), str(private))
    return load.Task(
        port=answers[0].broker_port,
        ca=str(ca),
        assets=papers,
        messages_each=messages,
        reports_a_message=1,
        first=1,
        now=time.time_ns() // 1_000_000 + _AHEAD_MS,
        rate=float(ASSETS),
        step_ms=1_000,
    )


@contextmanager
def _empty_map() -> Iterator[str]:
    """A page with the console's own map library and nothing on the map; its address."""
    with tempfile.TemporaryDirectory(prefix="courtfleet-bench-") as name:
        for file in ("maplibre-gl.css", *(path.name for path in _MAPLIBRE.glob("*.mjs"))):
            shutil.copy(_MAPLIBRE / file, name)
        shutil.copy(Path(__file__).with_name("empty_map.html"), Path(name) / "index.html")
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=name)) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()
                thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the table is the output."""


def _kilobytes() -> float:
    """What `npm run check` refuses above a limit: scripts and styles of the first screen."""
    said = subprocess.run(
        ["node", "tools/sizes.mjs"], cwd=_CONSOLE, capture_output=True, text=True, check=False
    ).stdout
    found = re.search(r"([\d.]+) kB  before the map", said)
    if found is None:
        raise RuntimeError("the console is not built; run make setup")
    return float(found[1])


def _percentile(gaps: list[float]) -> float:
    """The 99th."""
    return sorted(gaps)[int(0.99 * len(gaps))]
