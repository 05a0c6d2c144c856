"""A replaced or retired computer is out at once, with real certificates at a real broker."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from pydantic import JsonValue

from fleet_server.authority.store import Papers as OwnPapers
from fleet_server.visits import BrokerPlace, is_let_in
from telemetry.wire import codec
from telemetry.wire.enrolment import from_string
from telemetry.wire.messages import Ack, Header
from tests.fleet_server.asking import COURT
from tests.fleet_server.intake.speech import beat, message, report
from tests.fleet_server.machine import Machine
from tests.services.mosquitto import Papers
from tests.services.mqtt_client import MqttClient
from tests.services.server import HOST, Server, server
from tests.services.waiting import PATIENCE_SECONDS, wait_for

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("broker")]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("revocation") / "data") as made:
        yield made


@dataclass(frozen=True)
class Computer:
    """An enrolled machine: what it shows, and where it goes."""

    asset: str
    machine: Machine
    certificate: str
    papers: Papers
    place: BrokerPlace

    def gets_in(self) -> bool:
        shown = OwnPapers(self.asset, 0, self.certificate, self.machine.key_pem())
        return is_let_in(self.place, self.papers.ca, shown, self.asset)


def _ask(
    at: Server, method: str, path: str, body: JsonValue = None, status: int | None = None
) -> dict[str, JsonValue]:
    with httpx.Client(
        transport=httpx.HTTPTransport(uds=at.ready.socket), base_url="http://server/api/v1"
    ) as client:
        answer = client.request(method, path, json=body, timeout=PATIENCE_SECONDS)
    assert answer.status_code < 400 if status is None else answer.status_code == status, answer.text
    found: dict[str, JsonValue] = json.loads(answer.content)
    return found


def _add(at: Server, asset: str) -> str:
    new: JsonValue = {"assets": [{"id": asset, "kind": "vehicle", "court": COURT}]}
    items = _ask(at, "POST", "/assets", new)["items"]
    assert isinstance(items, list)
    assert isinstance(items[0], dict)
    return str(items[0]["enrolment_string"])


def _enrol(at: Server, string: str, folder: Path) -> Computer:
    folder.mkdir()
    machine, invitation = Machine(), from_string(string)
    body: JsonValue = {"secret": invitation.secret, "csr": machine.csr()}
    said = _enrolment(at, "/enrol", body).json()
    (folder / "ca.pem").write_text(said["ca"])
    (folder / "certificate.pem").write_text(said["certificate"])
    (folder / "key.pem").write_text(machine.key_pem())
    papers = Papers(folder / "ca.pem", folder / "certificate.pem", folder / "key.pem")
    place = BrokerPlace(HOST, at.ready.broker_port)
    return Computer(said["asset"], machine, said["certificate"], papers, place)


def _enrolment(at: Server, path: str, body: JsonValue) -> httpx.Response:
    trusting = ssl.create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    with httpx.Client(verify=trusting, trust_env=False, timeout=PATIENCE_SECONDS) as client:
        return client.post(f"https://localhost:{at.ready.enrol_port}{path}", json=body)


class Talking:
    """A computer at the broker, which has greeted in `epoch`."""

    def __init__(self, computer: Computer, client: MqttClient, epoch: str) -> None:
        self.client, self.epoch = client, epoch
        self._up = f"fleet/v1/{computer.asset}/up/batch"
        client.subscribe(f"fleet/v1/{computer.asset}/down/#")
        client.send(self._up, message("hello", "reports", [], self._header(0, greets=True), epoch))
        wait_for(lambda: any(ack.greeting is not None for ack in self._acks()))

    def report(self, number: int, head: int | None = None) -> None:
        """Send one report and wait until the server has it; `head` numbers were given."""
        one = report(number, time.time_ns() // 1_000_000)
        header = self._header(head or number)
        self.client.send(self._up, message(f"r{number}", "reports", [one], header, self.epoch))
        wait_for(lambda: any(f"r{number}" in ack.settled for ack in self._acks()))

    def _acks(self) -> list[Ack]:
        return [codec.decode_ack(body) for topic, body in self.client.received if "ack" in topic]

    def _header(self, head: int, *, greets: bool = False) -> Header:
        mark = (self.epoch, head, 1)
        return beat((mark,), ((self.epoch, 0, 1),), greets=greets)


@contextmanager
def _talking(computer: Computer, epoch: str) -> Iterator[Talking]:
    client = MqttClient(computer.place.port, computer.papers, computer.asset, None)
    try:
        assert client.is_up.wait(PATIENCE_SECONDS)
        yield Talking(computer, client, epoch)
    finally:
        client.close()


def _reports(at: Server, asset: str) -> dict[str, dict[str, JsonValue]]:
    items = _ask(at, "GET", f"/assets/{asset}/balance")["items"]
    assert isinstance(items, list)
    rows = [row for row in items if isinstance(row, dict) and row["stream"] == "reports"]
    return {str(row["epoch"]): row for row in rows}


def test_a_replaced_computer_is_out_at_once_and_the_new_one_begins_a_new_epoch(
    running: Server, tmp_path: Path
) -> None:
    old = _enrol(running, _add(running, "veh-001"), tmp_path / "old")
    other = _enrol(running, _add(running, "veh-002"), tmp_path / "other")
    with _talking(other, "e1") as bystander, _talking(old, "e1") as former:
        former.report(1, head=5)
        answer = _ask(running, "POST", "/assets/veh-001/replace", {"why": "broken"})
        assert former.client.is_down.wait(PATIENCE_SECONDS)

        assert not old.gets_in()
        bystander.report(1)
        assert not bystander.client.is_down.is_set()
    closed = _reports(running, "veh-001")["e1"]
    assert (closed["stored"], closed["missing"], closed["lost"]) == (1, 0, 4)

    new = _enrol(running, str(answer["enrolment_string"]), tmp_path / "new")
    with _talking(new, "e2") as present:
        present.report(1)
        assert not old.gets_in()
        present.report(2)
    both = _reports(running, "veh-001")
    assert (both["e2"]["stored"], both["e1"]["stored"], both["e1"]["lost"]) == (2, 1, 4)


def test_who_connects_again_and_again_does_not_slip_through(
    running: Server, tmp_path: Path
) -> None:
    old = _enrol(running, _add(running, "veh-003"), tmp_path / "old")
    got_in_at: list[float] = []
    refused_at: list[float] = []
    ended = threading.Event()

    def hammer() -> None:
        while not ended.is_set():
            began = time.monotonic()
            (got_in_at if old.gets_in() else refused_at).append(began)

    thread = threading.Thread(target=hammer)
    thread.start()
    try:
        wait_for(lambda: len(got_in_at) > 2)
        _ask(running, "POST", "/assets/veh-003/replace", {})
        answered_at = time.monotonic()
        wait_for(lambda: sum(at > answered_at for at in refused_at) > 2)
    finally:
        ended.set()
        thread.join()

    assert max(got_in_at) < answered_at


def test_a_retired_asset_stays_out_over_a_kill_and_comes_back_with_a_new_string(
    running: Server, tmp_path: Path
) -> None:
    old = _enrol(running, _add(running, "veh-004"), tmp_path / "old")
    with _talking(old, "e1") as former:
        former.report(1)
        _ask(running, "POST", "/assets/veh-004/retire", {"confirm": "veh-004"})
        assert former.client.is_down.wait(PATIENCE_SECONDS)
    running.kill()
    running.start()

    assert not old.gets_in()
    csr = Machine().csr()
    renewal: JsonValue = {
        "csr": csr,
        "certificate": old.certificate,
        "proof": old.machine.proof(csr),
    }
    assert _enrolment(running, "/renew", renewal).json()["code"] == "asset_retired"

    answer = _ask(running, "POST", "/assets/veh-004/reinstate", {})
    new = _enrol(running, str(answer["enrolment_string"]), tmp_path / "new")
    with _talking(new, "e2") as present:
        present.report(1)
    assert _reports(running, "veh-004")["e2"]["stored"] == 1
    assert not old.gets_in()
