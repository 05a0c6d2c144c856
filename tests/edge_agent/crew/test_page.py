"""The crew page's server in a real agent: who is let in, and what is left after a kill."""

import json
import random
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from edge_agent import inspection
from telemetry.wire import events
from tests.edge_agent.crew.people import ALL, JUDGE_PIN, hold
from tests.services.crew import CrewAgent, CrewBrowser, ask, crew_agent, make_identity
from tests.services.waiting import PATIENCE_SECONDS

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("crew-page")]

MOST_BYTES = 60_000


def shown(agent: CrewAgent) -> dict[str, object]:
    return dict(json.loads(ask(f"{agent.url}/api/view")[1])["view"])


def told(folder: Path) -> list[events.Event | events.Unknown]:
    records = inspection.show_records(folder / "outbox.sqlite", "events", 100)
    return [events.decode(bytes(record.body)) for record in records]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crew")
    machine = make_identity(folder / "identity")
    hold(folder / "outbox.sqlite", *ALL, machine=machine)
    return folder


@pytest.fixture(scope="module")
def agent(state: Path) -> Iterator[CrewAgent]:
    with crew_agent(state) as running:
        yield running


def test_looking_is_free_and_acting_is_not(agent: CrewAgent) -> None:
    stranger = CrewBrowser(agent.url)
    status, said = stranger.act(act="begin")

    assert shown(agent)["sitting"] is None
    assert (status, said["code"]) == (401, "signed_out")


def test_the_page_comes_with_what_it_first_shows(agent: CrewAgent) -> None:
    there = shown(agent)  # once there is something to show
    page = ask(agent.url)[1].decode()

    scene = page.partition('<script id="scene" type="application/json">')[2].partition("<")[0]
    told = json.loads(scene)

    assert '<span class="asset">veh-001</span>' in page
    assert told["view"]["devices"] == there["devices"]
    assert told["names"] == json.loads(ask(f"{agent.url}/api/names")[1])
    assert "me" not in told


def test_another_site_and_another_name_of_this_machine_get_nothing(agent: CrewAgent) -> None:
    browser = CrewBrowser(agent.url)
    browser.sign_in()
    port = agent.url.rpartition(":")[2]
    rebound = ask(f"{agent.url}/api/view", headers={"Host": f"court.example:{port}"})
    crossing = ask(f"{agent.url}/api/view", headers={"Sec-Fetch-Site": "cross-site"})
    from_elsewhere, _ = browser.post("/api/act", {"act": "begin"}, Origin="http://court.example")
    as_form, _ = browser.post("/api/act", {"act": "begin"}, **{"Content-Type": "text/plain"})
    without_token, _ = browser.post(
        "/api/act", {"act": "begin"}, **{"X-Courtfleet-Token": "guessed"}
    )

    assert (rebound[0], rebound[1]) == (403, b"{}")
    assert crossing[0] == 403
    assert (from_elsewhere, as_form, without_token) == (403, 403, 401)
    assert shown(agent)["sitting"] is None


def test_every_answer_bars_other_origins(agent: CrewAgent) -> None:
    for path in ("/", "/api/view", "/nowhere"):
        _, _, headers = ask(agent.url + path)
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert not any(name.lower().startswith("access-control") for name in headers)


def test_the_sessions_cookie_is_no_scripts_and_no_other_sites(agent: CrewAgent) -> None:
    body = json.dumps({"who": "p-judge", "pin": JUDGE_PIN}).encode()
    _, _, headers = ask(f"{agent.url}/api/sign-in", body, CrewBrowser(agent.url).headers)

    assert "HttpOnly" in headers["Set-Cookie"]
    assert "SameSite=Strict" in headers["Set-Cookie"]


@pytest.mark.parametrize("path", ["/../view.py", "/view.d.ts", "/page.py", "/%2e%2e/pin.py"])
def test_only_the_pages_own_files_are_served(agent: CrewAgent, path: str) -> None:
    assert ask(agent.url + path)[0] == 404


def test_what_is_too_long_or_not_understood_is_refused(agent: CrewAgent) -> None:
    browser = CrewBrowser(agent.url)
    browser.sign_in()
    long, _ = browser.act(act="work", why="x" * 10_000)
    strange, _ = browser.act(act="launch")
    wordy, _ = browser.act(act="work", why="x" * 65)

    assert (long, strange, wordy) == (413, 422, 422)


def test_the_page_is_small(agent: CrewAgent) -> None:
    html = ask(agent.url)[1]
    files = ["begin.js", "crew.js", "dialogs.js", "parts.js", "sections.js", "words.js", "icon.svg"]
    sizes = [len(ask(f"{agent.url}/{name}")[1]) for name in files]

    assert all(sizes)
    assert len(html) + sum(sizes) < MOST_BYTES


def test_a_kill_keeps_the_lock_and_the_back_off_of_pins(tmp_path: Path) -> None:
    machine = make_identity(tmp_path / "identity")
    hold(tmp_path / "outbox.sqlite", *ALL, machine=machine)
    with crew_agent(tmp_path) as first:
        browser = CrewBrowser(first.url)
        wrong = [browser.sign_in("p-clerk", "0000") for _ in range(5)]
        browser.sign_in()
        status, _ = browser.act(act="begin", service="hearing")
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
    with crew_agent(tmp_path) as second:
        sitting = shown(second)["sitting"]
        still_waiting = CrewBrowser(second.url).sign_in("p-clerk", "0000")
        guest = CrewBrowser(second.url)
        signed_out, _ = guest.act(act="end")
        guest.sign_in()
        broken, _ = guest.act(act="override", why="the hall burns")

    assert wrong == [403, 403, 403, 403, 429]
    assert status == 200
    assert isinstance(sitting, dict)
    assert (sitting["owner"], sitting["who"]) == ("crew", "p-judge")
    assert still_waiting == 429
    assert (signed_out, broken) == (401, 200)
    assert told(tmp_path)[-1] == events.SittingEnded("overridden", "p-judge", "the hall burns")


def test_a_flood_of_idle_connections_does_not_stop_the_agent(agent: CrewAgent) -> None:
    port = int(agent.url.rpartition(":")[2])
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(40)]
    for connection in idle:
        connection.close()
    statuses: list[int] = []
    until = time.monotonic() + PATIENCE_SECONDS
    while not statuses and time.monotonic() < until:
        with suppress(OSError):
            statuses.append(ask(f"{agent.url}/api/view")[0])

    assert statuses == [200]
    assert agent.process.poll() is None


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_twenty_kills_at_any_moment_keep_what_was_answered(tmp_path: Path) -> None:
    chance = random.Random(8)
    machine = make_identity(tmp_path / "identity")
    hold(tmp_path / "outbox.sqlite", *ALL, machine=machine)
    is_on = False
    for _ in range(20):
        with crew_agent(tmp_path) as agent:
            assert (shown(agent)["sitting"] is not None) == is_on
            browser = CrewBrowser(agent.url)
            assert browser.sign_in() == 200
            for _ in range(chance.randrange(1, 4)):
                act = {"act": "end"} if is_on else {"act": "begin", "service": "hearing"}
                status, _ = browser.act(**act)
                assert status == 200
                is_on = not is_on
            time.sleep(chance.random() / 2)
            agent.process.send_signal(signal.SIGKILL)
            agent.process.wait()

    began = [event for event in told(tmp_path) if isinstance(event, events.SittingBegan)]
    ended = [event for event in told(tmp_path) if isinstance(event, events.SittingEnded)]
    assert len(began) - len(ended) == is_on
