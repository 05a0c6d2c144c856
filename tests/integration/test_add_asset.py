"""A second machine becomes an asset with the line that the form shows, and is live soon.

Two network namespaces with a wire between them: server and browser in one, the machine in the
other. The host's own network is left alone, because every browser on it drops its requests when an
interface comes or goes. Server, agent and browser are real.
"""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from telemetry.wire.enrolment import Invitation, from_string, to_string
from tests.console.looking import Look, context_of, shoot
from tests.services import chromium
from tests.services.server import Server
from tests.services.server import server as serving
from tests.services.waiting import PATIENCE_SECONDS

pytestmark = [
    pytest.mark.root,
    pytest.mark.integration,
    pytest.mark.xdist_group("second-machine"),
]

HERE = "10.211.77.1"
THERE = "10.211.77.2"
# Another run on this host must not meet this one's.
NEAR = f"courtfleet-near-{os.getpid()}"
FAR = f"courtfleet-far-{os.getpid()}"
COURT = "重庆市巴南区人民法院"
LOOK = Look("en", "light")
_STEP_MILLISECONDS = 180_000


class Machine:
    """A computer with a network of its own; `folder` is its disk."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._config = folder / "agent.toml"
        (folder / "machine-id").write_text("0123456789abcdef0123456789abcdef\n")
        self._config.write_text(
            f'state_folder = "{folder / "state"}"\nmachine_id_file = "{folder / "machine-id"}"\n'
            "reconnect_first_seconds = 0.2\n[probes]\nmodem = false\nposition = false\n"
        )

    def paste(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run the line as somebody at the machine would."""
        return subprocess.run(
            [*self._inside(), "sh", "-c", f"{line} --config {self._config}"],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        """Its agent, as the service would run it."""
        command = [*self._inside(), "courtfleet", "agent", "run", "--config", str(self._config)]
        with (self._config.with_name("agent.log")).open("wb") as log:
            child = subprocess.Popen(command, stdout=log, stderr=log)
            try:
                yield
            finally:
                child.terminate()
                child.wait(PATIENCE_SECONDS)

    def _inside(self) -> list[str]:
        path = f"PATH={Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin"
        return [*inside(FAR), "env", path]


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=PATIENCE_SECONDS)


def inside(space: str) -> list[str]:
    """What runs a command in that namespace."""
    return ["ip", "netns", "exec", space]


@pytest.fixture(scope="module")
def wire() -> Iterator[None]:
    """The two namespaces and the wire between them."""
    try:
        for space in (NEAR, FAR):
            ip("netns", "add", space)
            ip("-n", space, "link", "set", "lo", "up")
        ip("-n", NEAR, "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", FAR)
        for space, address in ((NEAR, HERE), (FAR, THERE)):
            ip("-n", space, "addr", "add", f"{address}/30", "dev", "wire")
            ip("-n", space, "link", "set", "wire", "up")
        yield
    finally:
        for space in (NEAR, FAR):
            with suppress(subprocess.CalledProcessError):
                ip("netns", "del", space)


@pytest.fixture(scope="module")
def server(wire: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for real assets; machines reach it over the wire only."""
    data = tmp_path_factory.mktemp("far") / "server"
    with serving(data, "--host", HERE, "--listen", HERE, inside=inside(NEAR)) as made:
        yield made


@pytest.fixture(scope="module")
def browser(wire: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """On the server's side: the console listens on that machine's loopback only."""
    program = tmp_path_factory.mktemp("browser") / "chromium"
    program.write_text(f'#!/bin/sh\nexec {" ".join(inside(NEAR))} {chromium.program()} "$@"\n')
    program.chmod(0o755)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=program, args=list(chromium.PLAIN))
        yield made
        made.close()


@pytest.fixture
def page(server: Server, browser: Browser) -> Iterator[Page]:
    """Signed in as admin, on the form."""
    with context_of(browser, server.ready.console.rstrip("/"), LOOK) as context:
        found = context.new_page()
        found.set_default_timeout(_STEP_MILLISECONDS)
        found.goto("/assets?do=add")
        found.get_by_label("Account").fill("admin")
        password = (server.data / "initial-password").read_text().strip()
        found.get_by_label("Password", exact=True).fill(password)
        found.get_by_role("button", name="Sign in").click()
        expect(found.get_by_label("Asset id")).to_be_visible(timeout=_STEP_MILLISECONDS)
        yield found


def add(page: Page, asset: str) -> str:
    """Fill the form; the line that it then shows."""
    page.get_by_label("Asset id").fill(asset)
    page.get_by_role("combobox", name="Court").fill(COURT)
    page.get_by_label("Plate").fill("渝DEMO01")
    page.get_by_role("button", name="Add and make the enrolment string").click()
    return shown_line(page)


def shown_line(page: Page) -> str:
    line = page.get_by_test_id("enrolment-line")
    expect(line).to_contain_text("courtfleet agent enrol cf1.", timeout=_STEP_MILLISECONDS)
    return line.inner_text()


def expect_refusal(page: Page, code: str) -> None:
    refusal = page.locator(f"[role=alert][data-code={code}]")
    expect(refusal).to_contain_text("The last try was refused", timeout=_STEP_MILLISECONDS)
    expect(page.locator("li[data-step=enrolled]")).to_have_attribute("data-is", "failed")


@pytest.mark.parametrize(
    "within_seconds",
    [PATIENCE_SECONDS, pytest.param(60.0, marks=pytest.mark.soak)],  # where nothing else runs
)
def test_a_machine_is_live_soon_after_the_form_was_opened(
    page: Page, tmp_path: Path, within_seconds: float
) -> None:
    machine = Machine(tmp_path / "machine")
    page.goto("/assets?do=add")
    opened = time.monotonic()

    asset = f"veh-{round(within_seconds)}"
    line = add(page, asset)
    enrolled = machine.paste(line)
    assert enrolled.returncode == 0, enrolled.stderr
    with machine.running():
        live = page.get_by_text(f"{asset} is live and reports.")
        expect(live).to_be_visible(timeout=_STEP_MILLISECONDS)
        seconds = time.monotonic() - opened
        print(f"live {seconds:.1f} s after the form was opened")
        shoot(page, "enrolment-live", LOOK)

        for step in ("invited", "seen", "enrolled", "reported"):
            done = page.locator(f"li[data-step={step}]")
            expect(done).to_have_attribute("data-is", "done")
        page.get_by_role("link", name="Open the asset").click()
        expect(page.locator(".cf-status[data-state=online]").first).to_be_visible()
    assert seconds < within_seconds
    page.get_by_role("tab", name="Journal").click()
    expect(page.locator(".cf-journal-table tbody tr").first).to_be_visible()
    story = page.locator(".cf-journal-table tbody").inner_text()
    print(story)
    chapters = ["added", "enrolment string", "certificate"]
    assert [word for word in chapters if word in story.lower()] == chapters


def test_a_used_string_is_refused_and_the_form_says_so(page: Page, tmp_path: Path) -> None:
    line = add(page, "veh-101")
    assert Machine(tmp_path / "first").paste(line).returncode == 0
    expect(page.locator("li[data-step=enrolled]")).to_have_attribute("data-is", "done")
    page.get_by_role("button", name="New enrolment string").click()
    shown_line(page)

    refused = Machine(tmp_path / "second").paste(line)

    assert refused.returncode == 1
    assert "used" in refused.stderr
    expect_refusal(page, "invitation_used")


def test_an_expired_string_is_refused_and_the_form_says_so(
    page: Page, server: Server, tmp_path: Path
) -> None:
    line = add(page, "veh-102")
    # A day passes: the server's clock is the machine's, so the string's end comes nearer instead.
    with sqlite3.connect(server.data / "state.sqlite", timeout=PATIENCE_SECONDS) as state:
        state.execute("update invitations set expires_at = made_at where asset = 'veh-102'")
    state.close()
    expect(page.get_by_text("The string is no longer valid")).to_be_visible(
        timeout=_STEP_MILLISECONDS
    )

    refused = Machine(tmp_path / "machine").paste(line)

    assert refused.returncode == 1
    assert "expired" in refused.stderr
    expect_refusal(page, "invitation_expired")
    page.get_by_role("button", name="New enrolment string").click()
    assert Machine(tmp_path / "again").paste(shown_line(page)).returncode == 0
    expect(page.locator("li[data-step=enrolled]")).to_have_attribute("data-is", "done")


def test_a_string_that_this_server_never_gave_is_refused_and_the_form_says_so(
    page: Page, tmp_path: Path
) -> None:
    words = add(page, "veh-103").split()
    ours = from_string(words[-1])
    foreign = Invitation(ours.host, ours.port, ours.fingerprint, "0123456789ab.bm90LW91cnM")

    refused = Machine(tmp_path / "machine").paste(" ".join([*words[:-1], to_string(foreign)]))

    assert refused.returncode == 1
    assert "did not give out" in refused.stderr
    expect_refusal(page, "invitation_unknown")


def test_a_string_of_another_authority_never_leaves_the_machine(page: Page, tmp_path: Path) -> None:
    words = add(page, "veh-104").split()
    ours = from_string(words[-1])
    other = Invitation(ours.host, ours.port, "0" * len(ours.fingerprint), ours.secret)

    refused = Machine(tmp_path / "machine").paste(" ".join([*words[:-1], to_string(other)]))

    assert refused.returncode == 1
    assert "fingerprint" in refused.stderr
    page.wait_for_timeout(2000)  # longer than the form's rhythm: nothing must have come
    expect(page.locator("li[data-step=seen]")).to_have_attribute("data-is", "waiting")
    expect(page.get_by_text("this is another server")).to_be_visible()
