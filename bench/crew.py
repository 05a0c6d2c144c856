"""The crew page of a real agent in Chromium: its size, first content, and when it says what it can
hold; and what a PIN costs the machine for a moment."""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Final

import msgspec
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from playwright.sync_api import Browser

from bench.console import FIRST_CONTENT, chromium
from bench.rows import Row, at_most, compared
from edge_agent.crew import pin
from tests.edge_agent.crew.people import ALL, hold
from tests.services.crew import crew_agent, make_identity

ROUNDS: Final = 9
FIRST_CONTENT_MS: Final = 300.0
KILOBYTES: Final = 60.0
PIN_MEGABYTES: Final = 64.0

_SERVED: Final = ("index.html", "*.css", "*.js", "*.svg")
_SAID: Final = """
new MutationObserver(() => {
  if (window.saidAt === undefined && document.querySelector('#services li'))
    window.saidAt = performance.now()
}).observe(document, { subtree: true, childList: true })
"""
# Buffered: an entry that is there already counts too.
_PAINTED: Final = """
new Promise((done) => new PerformanceObserver(
  (list) => list.getEntriesByName('first-contentful-paint').length && done()
).observe({ type: 'paint', buffered: true }))
"""
# The kernel's own peak of a process counts what it was before it became this program.
_TELLING_PIN: Final = """
import re, time
from edge_agent.crew import pin
assert pin.main() == pin.RIGHT
peak = re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1]
print(time.process_time(), peak)
"""
_EMPTY: Final = b"<!doctype html><title>empty</title><p>empty</p>"


def run(seconds: float) -> list[Row]:
    """`seconds` makes no difference: a page is opened a few times."""
    with tempfile.TemporaryDirectory(prefix="courtfleet-bench-") as name:
        folder = Path(name)
        machine = make_identity(folder / "identity")
        hold(folder / "outbox.sqlite", *ALL, machine=machine)
        with crew_agent(folder) as agent, chromium() as browser, _empty_page() as empty:
            # In turn, because what else the machine does changes from second to second.
            both = [
                (_open(browser, agent.url), _first_content(browser, empty)) for _ in range(ROUNDS)
            ]
    seconds_a_pin, megabytes = _pin()
    bare = median(empty for _, empty in both)
    first = compared("crew page: first content", median(one[0] for one, _ in both), "ms", bare)
    more = median(one[0] - empty for one, empty in both)
    said = Row("crew page: services said", median(one[1] for one, _ in both), "ms")
    return [
        at_most(Row("crew page: all files, not packed", _kilobytes(), "kB"), KILOBYTES),
        at_most(first, FIRST_CONTENT_MS),
        Row("an empty page: first content", bare, "ms"),
        Row("crew page: more than the empty page", more, "ms"),
        said,
        Row("crew page: a PIN", seconds_a_pin, "s"),
        at_most(Row("crew page: a PIN, peak memory", megabytes, "MB"), PIN_MEGABYTES),
    ]


class _Empty(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(_EMPTY)))
        self.end_headers()
        self.wfile.write(_EMPTY)

    def log_message(self, format: str, *args: object) -> None: ...


@contextmanager
def _empty_page() -> Iterator[str]:
    """The address of a page that has nothing but a word: what Chromium itself takes."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Empty) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _first_content(browser: Browser, address: str) -> float:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    try:
        page = context.new_page()
        page.goto(address)
        page.evaluate(_PAINTED)
        return float(page.evaluate(FIRST_CONTENT))
    finally:
        context.close()


def _open(browser: Browser, address: str) -> tuple[float, float]:
    """First content and the first service, ms since the page was asked for; nothing is cached."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    try:
        context.add_init_script(_SAID)
        page = context.new_page()
        page.goto(address)
        page.locator("#services li").first.wait_for()
        page.evaluate(_PAINTED)
        return page.evaluate(FIRST_CONTENT), page.evaluate("window.saidAt")
    finally:
        context.close()


def _kilobytes() -> float:
    files = Path(pin.__file__).with_name("page_files")
    return sum(file.stat().st_size for form in _SERVED for file in files.glob(form)) / 1000


def _pin() -> tuple[float, float]:
    """CPU seconds and the peak of memory of the process that looks at a PIN (19 MiB, 2 passes)."""
    hashed = Argon2id(
        salt=b"0123456789abcdef", length=32, iterations=2, lanes=1, memory_cost=19 * 1024
    ).derive_phc_encoded(b"2468")
    ended = subprocess.run(
        [sys.executable, "-c", _TELLING_PIN],
        input=msgspec.json.encode(pin.Question(hashed, "2468")),
        stdout=subprocess.PIPE,
        check=True,
    )
    cpu, kilobytes = ended.stdout.split()
    return float(cpu), float(kilobytes) / 1024
