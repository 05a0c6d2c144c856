"""One asset of real processes on this machine, and plays that its orders run there.

Server, agent and executor can each be killed, and the link between agent and broker be broken. What
really happened is told by the plays themselves, to a witness that syncs each word.
"""

import hashlib
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec

from edge_agent import identity
from edge_agent.settings import Probes
from fleet_server.playbooks import store as playbooks
from simulators.depot import enlist
from simulators.districts import CENTRAL
from simulators.fleet import Member
from simulators.rig import Rig
from telemetry.wire.documents import Settings
from telemetry.wire.events import OrderChanged, OrderOutput
from telemetry.words import FINAL_STATES, AssetKind, OrderState
from tests.services.executor import ASSET, Bench
from tests.services.file_server import Answer, FileServer, authority_in, serving
from tests.services.tcp_proxy import HOST, TcpProxy, tcp_proxy
from tests.services.waiting import PATIENCE_SECONDS, wait_for

STEPS = ("begun", "written", "fetched", "verified", "done")
"""Where a play tells the witness of itself and waits; at "fetched" half of a file has come."""
MANAGED = ("rendered", "copied", "fetched")

_ASK_EVERY_SECONDS = 0.3
_CONTENT = Path(__file__).with_name("managed")
_FETCH = Path(__file__).resolve().parents[2] / "playbooks" / "library" / "courtfleet_fetch.py"
_LINES = {"rendered": 5000, "copied": 20_000}
_FETCHED_BYTES = 300_000
_WITNESS = """\
#!/bin/sh
echo "$1" >> {folder}/told && sync {folder}/told
until [ -e {folder}/may-$1 ]; do sleep 0.03; done
"""
_NOTE = msgspec.json.Decoder(OrderChanged | OrderOutput)


@dataclass
class Play:
    """One order, its number in the row, and its witness. Files say `word` afterwards."""

    number: int
    folder: Path
    word: str
    order: str = ""

    @property
    def told(self) -> list[str]:
        """What the play did, as it told while it did."""
        file = self.folder / "told"
        return file.read_text().split() if file.exists() else []

    def let(self, *steps: str) -> None:
        """Let it pass these steps."""
        for step in steps:
            (self.folder / f"may-{step}").touch()

    def may(self, step: str) -> bool:
        return (self.folder / f"may-{step}").exists()

    def contents(self) -> dict[str, bytes]:
        """What the managed files are to be in the end."""
        found = {name: f"{self.word}\n".encode() * lines for name, lines in _LINES.items()}
        found["fetched"] = random.Random(self.number).randbytes(_FETCHED_BYTES)
        return found


@dataclass
class Errand:
    """All of it; `half_applied` are contents that no managed file should ever have had."""

    folder: Path
    rig: Rig
    link: TcpProxy
    bench: Bench
    source: FileServer
    ca_file: Path
    api: httpx.Client
    plays: list[Play] = field(default_factory=list)
    half_applied: list[str] = field(default_factory=list)
    agent: "subprocess.Popen[bytes] | None" = None

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def order(self, *, opens_in_seconds: float | None = None, tries: int = 10) -> Play:
        """Place the next play's order; nothing lets it pass its steps yet."""
        number = len(self.plays) + 1
        play = Play(number, self.folder / "plays" / str(number), f"word-{number}")
        play.folder.mkdir(parents=True)
        witness = play.folder / "witness"
        witness.write_text(_WITNESS.format(folder=play.folder))
        witness.chmod(0o755)
        self.plays.append(play)
        variables = {
            "managed_folder": str(self.files),
            "managed_word": play.word,
            "managed_witness": str(witness),
            "managed_urls": [self.source.url(f"/{number}")],
            "managed_sha256": hashlib.sha256(play.contents()["fetched"]).hexdigest(),
            "managed_ca_file": str(self.ca_file),
        }
        task = {"kind": "bundle", "playbook": "manage", "variables": variables}
        body: dict[str, object] = {"task": task, "tries": tries}
        if opens_in_seconds is not None:
            since = datetime.now(UTC) + timedelta(seconds=opens_in_seconds)
            windows = [
                {"since": f"{since:%FT%TZ}", "until": f"{since + timedelta(hours=1):%FT%TZ}"}
            ]
            body["conditions"] = {"windows": windows}
        answer = self.api.post(f"/assets/{ASSET}/orders", json=body)
        assert answer.status_code == 201, answer.text
        play.order = answer.json()["id"]
        return play

    def shown(self, play: Play) -> dict[str, Any]:
        """The order as the server shows it."""
        found: dict[str, Any] = self.api.get(f"/orders/{play.order}").json()
        return found

    def ended(self, play: Play) -> dict[str, Any]:
        """The order once the server knows its end."""
        found: dict[str, Any] = {}

        def is_over() -> bool:
            found.update(self.shown(play))
            return found["state"] in FINAL_STATES

        self.wait_until(is_over, every_seconds=_ASK_EVERY_SECONDS)
        return found

    def wait_for(self, play: Play, state: OrderState) -> None:
        """Until the server shows the order so."""
        self.wait_until(
            lambda: self.shown(play)["state"] == state, every_seconds=_ASK_EVERY_SECONDS
        )

    def notes(self, play: Play) -> list[OrderChanged]:
        """What the executor said of its states, as it stands in its journal."""
        file = self.bench.folder / "orders" / f"{play.number:016d}" / "notes.jsonl"
        lines = file.read_bytes().splitlines(keepends=True) if file.exists() else []
        notes = [_NOTE.decode(line) for line in lines if line.endswith(b"\n")]
        return [note for note in notes if isinstance(note, OrderChanged)]

    def tellings(self, play: Play) -> list[dict[str, Any]]:
        """The events of states of the order that the server keeps, oldest first."""
        items = self.api.get(f"/assets/{ASSET}/events", params={"limit": 500}).json()["items"]
        bodies = [item["body"] for item in items if item["kind"] == "order"]
        return [body for body in reversed(bodies) if body["id"] == play.order]

    def start_agent(self) -> None:
        with (self.folder / "agent.log").open("ab") as log:
            command = [sys.executable, "-m", "edge_agent", str(self.folder / "agent.toml")]
            self.agent = subprocess.Popen(command, stdout=log, stderr=log)

    def kill_agent(self) -> None:
        assert self.agent is not None
        self.agent.kill()
        self.agent.wait(PATIENCE_SECONDS)

    def freeze_agent(self) -> None:
        """It runs no more, and does not know it; only a kill ends that."""
        assert self.agent is not None
        self.agent.send_signal(signal.SIGSTOP)

    def is_online(self) -> bool:
        live = self.api.get(f"/assets/{ASSET}").json()["live"]
        return live is not None and live["presence"] == "online"

    def wait_until(self, is_so: Callable[[], bool], every_seconds: float = 0.05) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            assert time.monotonic() < until, self.story()
            time.sleep(every_seconds)

    def story(self) -> str:
        """For whoever reads why it did not come about."""
        last = self.plays[-1]
        log = (self.folder / "agent.log").read_text()[-2000:]
        return f"told {last.told}, noted {self.notes(last)}\n{self.shown(last)}\n{log}"

    def watch(self, ended: threading.Event) -> None:
        """Look at the managed files all the time; each must be what some play makes of it."""
        seen: dict[str, tuple[int, int, int]] = {}
        while not ended.wait(0.01):
            for name in MANAGED:
                with suppress(FileNotFoundError):
                    status = (self.files / name).stat()
                    mark = (status.st_ino, status.st_mtime_ns, status.st_size)
                    if seen.get(name) != mark:
                        self._look_at(name, (self.files / name).read_bytes())
                        seen[name] = mark

    def _look_at(self, name: str, content: bytes) -> None:
        if content not in [play.contents()[name] for play in self.plays]:
            self.half_applied.append(f"{name}: {content[:40]!r}, {len(content)} bytes")

    def let_go(self) -> None:
        """No play is held any more; one left behind would keep all after it waiting."""
        for play in self.plays:
            play.let(*STEPS)

    def close(self) -> None:
        self.let_go()
        if self.agent is not None and self.agent.poll() is None:
            self.kill_agent()


@contextmanager
def errand(folder: Path) -> Iterator[Errand]:
    """A server, an agent with its link, and an executor, all running."""
    with ExitStack() as closing:
        rig = closing.enter_context(Rig(folder / "centre"))
        state = folder / "state"
        card = _enlist(rig, folder, state)
        link = closing.enter_context(tcp_proxy(card.broker_port))
        authority = authority_in(folder / "authority")
        plays: list[Play] = []
        source = closing.enter_context(serving(authority, _half_way(plays)))
        bench = _executor(folder, state)
        closing.callback(bench.stop)
        way = httpx.HTTPTransport(uds=str(rig.data / "server.sock"))
        api = closing.enter_context(
            httpx.Client(transport=way, base_url="http://server/api/v1", timeout=PATIENCE_SECONDS)
        )
        made = Errand(folder, rig, link, bench, source, authority.ca_file, api, plays)
        made.files.mkdir()
        closing.callback(made.close)
        _add_content(api)
        _write_settings(made, state)
        made.start_agent()
        made.wait_until(made.is_online, every_seconds=_ASK_EVERY_SECONDS)
        ended = threading.Event()
        watcher = threading.Thread(target=made.watch, args=(ended,))
        watcher.start()
        closing.callback(watcher.join)
        closing.callback(ended.set)
        yield made


def _enlist(rig: Rig, folder: Path, state: Path) -> identity.Card:
    member = Member(ASSET, AssetKind.VEHICLE, ASSET, CENTRAL[0], 1)
    enlist(rig.centre, [member], folder / "enlisted")
    rig.centre.put_settings(Settings(message_seconds=1.0))
    state.mkdir()
    shutil.move(folder / "enlisted" / ASSET, state / "identity")
    return identity.load_card(state / "identity")


def _executor(folder: Path, state: Path) -> Bench:
    (folder / "executor").mkdir()
    bench = Bench(folder / "executor")
    shutil.copy(state / "identity" / identity.SIGNING, bench.folder / "signing.pem")
    bench.start()
    return bench


def _write_settings(made: Errand, state: Path) -> None:
    (made.folder / "machine-id").write_text("0123456789abcdef0123456789abcdef\n")
    lines = [
        f'state_folder = "{state}"',
        f'broker_host = "{HOST}"',
        f"broker_port = {made.link.port}",
        "reconnect_first_seconds = 0.2",
        "reconnect_longest_seconds = 0.5",
        f'machine_id_file = "{made.folder / "machine-id"}"',
        f'orders_socket = "{made.bench.folder / "socket"}"',
        "[crew]\nport = 0",
        "[probes]",
        *(f"{name} = false" for name in Probes.__struct_fields__),
    ]
    (made.folder / "agent.toml").write_text("\n".join(lines) + "\n")


def _add_content(api: httpx.Client) -> None:
    files = playbooks.read_folder(_CONTENT)
    files = {**files, "library/courtfleet_fetch.py": _FETCH.read_bytes()}
    added = api.put("/playbook-collections/errand", content=playbooks.packed(files))
    assert added.status_code == 200, added.text


def _half_way(plays: Sequence[Play]) -> Callable[[Answer, int], None]:
    """Serves each play's file; a half of it comes only when the play may pass "fetched"."""

    def behave(answer: Answer, _: int) -> None:
        play = plays[int(answer.handler.path.rpartition("/")[2]) - 1]
        content, first = play.contents()["fetched"], answer.first
        total = len(content)
        if "range" in answer.handler.headers:
            span = f"bytes {first}-{total - 1}/{total}"
            answer.say(206, content_range=span, content_length=total - first)
        else:
            answer.say(200, content_length=total)
        half = max(first, total // 2)
        answer.send(content[first:half])
        wait_for(lambda: play.may("fetched"), PATIENCE_SECONDS)
        answer.send(content[half:])

    return behave
