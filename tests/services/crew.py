"""A real agent's crew page: the agent, enrolled nowhere and without a network, and a browser."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from edge_agent import identity
from edge_agent.settings import Probes
from simulators.rig import free_ports
from tests.services.waiting import PATIENCE_SECONDS

ASSET = "veh-001"
SECONDS = PATIENCE_SECONDS


@dataclass(frozen=True)
class CrewAgent:
    """The process; its page is at `url`, its state in `folder`."""

    process: subprocess.Popen[bytes]
    url: str
    folder: Path


class CrewBrowser:
    """What a browser would send for our own page."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.headers = {"Origin": url, "Content-Type": "application/json"}

    def post(self, path: str, body: object, **headers: str) -> tuple[int, dict[str, object]]:
        status, said, answered = ask(
            self.url + path, json.dumps(body).encode(), {**self.headers, **headers}
        )
        if "Set-Cookie" in answered:
            self.headers["Cookie"] = answered["Set-Cookie"].partition(";")[0]
        return status, json.loads(said)

    def sign_in(self, who: str = "p-judge", pin: str = "2468") -> int:
        status, said = self.post("/api/sign-in", {"who": who, "pin": pin})
        if status == 200:
            self.headers["X-Courtfleet-Token"] = str(said["token"])
        return status

    def act(self, **act: object) -> tuple[int, dict[str, object]]:
        return self.post("/api/act", act)


def free_port() -> int:
    """A port of loopback that nobody listens on just now."""
    (port,) = free_ports(1)
    return port


def make_identity(folder: Path) -> str:
    """Files as an enrolment leaves them, with a centre that is nowhere; the machine's hash."""
    folder.mkdir(parents=True)
    for name in (identity.CA, identity.CERTIFICATE, identity.KEY, identity.SIGNING):
        (folder / name).write_text("none")
    card = identity.Card(ASSET, "127.0.0.1", 1, "127.0.0.1", 1, "0" * 64, 2**52)
    identity.save_card(folder, card)
    return identity.load(folder).machine


def _quiet() -> str:
    """A probe that looks at nothing changes nothing of what a test has put there."""
    return "".join(f"{field.name} = false\n" for field in msgspec.structs.fields(Probes))


@contextmanager
def crew_agent(folder: Path, *, looks: bool = False) -> Iterator[CrewAgent]:
    """`python -m edge_agent` on the state in `folder`, once its page answers; killed at the end.

    Unless it `looks`, it has no probes.
    """
    port = free_port()
    config = folder / "agent.toml"
    config.write_text(
        f'state_folder = "{folder}"\nntp_marker = "{config}"\n[crew]\nport = {port}\n'
        f"[probes]\n{'position = false' if looks else _quiet()}\n"
    )
    with subprocess.Popen(
        [sys.executable, "-m", "edge_agent", str(config)],
        env={**os.environ, "MALLOC_ARENA_MAX": "1"},
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(f"{url}/api/view", process)
            yield CrewAgent(process, url, folder)
        finally:
            process.kill()


def ask(
    url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, bytes, Mapping[str, str]]:
    """One request as any program can make it: status, body, headers."""
    request = urllib.request.Request(url, body, dict(headers or {}))
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), dict(error.headers)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS
    while True:
        try:
            if ask(url)[0] == 200:
                return
        except OSError:
            pass
        assert process.poll() is None, "the agent ended"
        assert time.monotonic() < until, "the crew page did not come"
        time.sleep(0.05)
