"""Orders from the command line through a real server and broker to an asset, and back."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from fleet_server import cli
from fleet_server.authority.store import Authority
from telemetry.wire import lines, signed, topics
from telemetry.wire.events import Event, OrderChanged
from telemetry.wire.lines import Line, OrderLines
from telemetry.wire.messages import Header, Mark
from telemetry.wire.orders import CANCEL, Order, Restart
from telemetry.wire.output import cut_output
from tests.fleet_server.asking import COURT
from tests.fleet_server.intake.speech import Numbered, event, message
from tests.services.mosquitto import papers
from tests.services.mqtt_client import MqttClient
from tests.services.server import Server, server
from tests.services.waiting import PATIENCE_SECONDS

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("orders")]

Run = Callable[..., str]
_LOOKS_SECONDS = 15.0
"""Long enough for a command that looks each second, on a machine ten times slower too."""


class Asset:
    """Takes orders and does as if: a restart goes on until it is cancelled, all else succeeds."""

    def __init__(self, client: MqttClient, name: str) -> None:
        self._client = client
        self._name = name
        self._told = 0
        self._last_order = 0
        self._running = ""
        self._stop = threading.Event()
        self._seen = 0
        client.subscribe(f"fleet/v1/{name}/down/#")
        self._say(greets=True)
        self._thread = threading.Thread(target=self._live, name=name)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()

    def _live(self) -> None:
        while not self._stop.wait(0.05):
            while self._seen < len(self._client.received):
                topic, payload = self._client.received[self._seen]
                self._seen += 1
                if topic.endswith("/down/order"):
                    self._heed(signed.open_sealed(payload))

    def _heed(self, letter: signed.Opened) -> None:
        number = letter.header.number
        if letter.header.name == CANCEL and self._running:
            self._tell(OrderChanged(self._running, number, "cancelled", attempt=1))
            self._running = ""
        elif letter.header.name != CANCEL and number == self._last_order + 1:
            order = msgspec.json.decode(letter.body, type=Order)
            self._last_order = number
            self._tell(OrderChanged(order.id, number, "accepted"))
            self._tell(OrderChanged(order.id, number, "running", attempt=1))
            if isinstance(order.task, Restart):
                self._running = order.id
                return
            line = Line("begun", "Look at the disk")
            said_live = lines.encode(OrderLines(order.id, 1, 0, [line]))
            self._client.send(topics.live(self._name), said_live)
            self._stop.wait(_LOOKS_SECONDS)
            said = b"Filesystem  Use%\n/dev/vda1  41%\n"
            for part in cut_output(order.id, "text/plain", said, is_cut=False):
                self._tell(part)
            self._tell(OrderChanged(order.id, number, "succeeded", attempt=1))

    def _tell(self, happened: Event) -> None:
        self._told += 1
        self._say(event(self._told, happened, at=time.time_ns() // 1_000_000))

    def _say(self, *numbered: Numbered, greets: bool = False) -> None:
        header = Header(
            time.time_ns() // 1_000_000,
            "ntp",
            "boot1",
            0,
            [Mark("e1", 0, 1)],
            [Mark("e1", self._told, max(self._told, 1))],
            every_seconds=600.0,
            greets=greets,
            last_order=self._last_order,
            machine="m1" if greets else "",
        )
        payload = message(f"m{self._told}", "events", numbered, header)
        self._client.send(f"fleet/v1/{self._name}/up/batch", payload)


@contextmanager
def _living(running: Server, folder: Path, name: str) -> Iterator[None]:
    now = datetime.now(UTC)
    authority = Authority(running.data / "authority", ["localhost", "127.0.0.1"], now)
    client = MqttClient(
        running.ready.broker_port, papers(folder, authority, name, now), "anything", None
    )
    assert client.is_up.wait(PATIENCE_SECONDS)
    asset = Asset(client, name)
    try:
        yield
    finally:
        asset.close()
        client.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("orders") / "data") as made:
        yield made


@pytest.fixture
def run(
    running: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Run one command; what it printed, or said on standard error when it failed."""
    monkeypatch.setenv("COURTFLEET_SERVER", str(running.data))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def run(*words: str, status: int = 0) -> str:
        assert cli.main(words[0], list(words[1:])) == status, capsys.readouterr().err
        found = capsys.readouterr()
        return found.err if status in {1, 2} else found.out

    return run


def test_orders_go_their_way_from_the_command_line_to_an_asset_and_back(
    run: Run, running: Server, tmp_path: Path
) -> None:
    run("assets", "add", "veh-001", "--kind", "vehicle", "--court", COURT)
    with _living(running, tmp_path, "veh-001"):
        followed = run("orders", "command", "veh-001", "disk_use", "--follow")
        placed = json.loads(run("orders", "restart", "veh-001", "--unit", "cups.service", "--json"))
        while json.loads(run("orders", "show", placed["id"], "--json"))["state"] != "running":
            time.sleep(0.2)
        told = run("orders", "cancel", placed["id"], "--why", "误操作")
        ended = run("orders", "show", placed["id"], "--follow", status=3)
    listed = run("orders", "veh-001", "--lang", "zh-CN")
    first = json.loads(run("orders", "veh-001", "--json"))["items"][-1]
    run("orders", "output", first["id"], "--save", str(tmp_path / "use.txt"))

    words = [line.split()[-1] for line in followed.splitlines() if ":" in line]
    assert words[1:] == ["queued", "sent", "accepted", "running", "disk", "succeeded"]
    assert "begun: Look at the disk" in followed
    assert followed.endswith("/dev/vda1  41%\n")
    assert told == "The asset is told to end it; it is over when the asset says so.\n"
    assert ended.split()[-1] == "cancelled"
    assert "重启：cups.service" in listed
    assert "命令：磁盘用量" in listed
    assert (tmp_path / "use.txt").read_text() == "Filesystem  Use%\n/dev/vda1  41%\n"


def test_an_order_is_taken_back_and_mistakes_are_said_in_a_sentence(run: Run) -> None:
    run("assets", "add", "veh-002", "--kind", "vehicle", "--court", COURT)
    placed = json.loads(run("orders", "check", "veh-002", "--json"))

    assert run("orders", "cancel", placed["id"]) == "Withdrawn; nothing of it was sent.\n"
    assert "has ended already" in run("orders", "cancel", placed["id"], status=1)
    assert "no variable" in run("orders", "run", "veh-002", "configure", "-e", "x", status=1)
    assert "no playbook" in run("orders", "run", "veh-002", "unheard-of", status=1)
    assert "There is no order nothing" in run("orders", "show", "nothing", status=1)
    assert "has given out nothing" in run("orders", "output", placed["id"], status=1)
    assert "no asset veh-404" in run("orders", "diagnose", "veh-404", status=1)
