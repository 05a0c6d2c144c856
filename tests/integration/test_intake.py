"""Intake at a real broker: what assets send is stored, whatever somebody else does."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from fleet_server.intake.model import Absence
from telemetry.wire import codec
from telemetry.wire.messages import Ack, Record
from tests.fleet_server.intake.speech import beat, message, record, report
from tests.services.mosquitto import Mosquitto, Papers, mosquitto
from tests.services.mqtt_client import MqttClient, connected
from tests.services.taking import Taking, taking
from tests.services.waiting import wait_for

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("broker")]

UP = "fleet/v1/{}/up/batch"
LINE = b'{"v":1,"id":"bad","stream":"reports","epoch":"e1","numbers":[[1,1]],"codec":"%s"}\n'
MANY = b"{" + b",".join(b'"x%d":1' % number for number in range(65)) + b"}"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path_factory.mktemp("intake") / "broker") as running:
        yield running


@pytest.fixture(scope="module")
def server(broker: Mosquitto, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taking]:
    with taking(tmp_path_factory.mktemp("intake") / "server", broker) as running:
        yield running


class Asset:
    """An asset at the broker, which has greeted."""

    def __init__(self, name: str, client: MqttClient) -> None:
        self.name = name
        self.client = client
        client.subscribe(f"fleet/v1/{name}/down/#")
        self.send(message("greeting", "reports", [], beat(greets=True)))
        wait_for(lambda: any(ack.greeting is not None for ack in self.acks()))

    def send(self, payload: bytes) -> None:
        self.client.send(UP.format(self.name), payload)

    def report(self, number: int) -> str:
        message_id = f"r{number}"
        one = report(number, time.time_ns() // 1_000_000)
        self.send(message(message_id, "reports", [one], beat((("e1", number, 1),))))
        return message_id

    def acks(self) -> list[Ack]:
        return [codec.decode_ack(payload) for _, payload in list(self.client.received)]

    def wait_for(self, *message_ids: str) -> None:
        """Return when all of these are settled."""
        wait_for(lambda: self.settled() >= set(message_ids))

    def settled(self) -> set[str]:
        return {name for ack in self.acks() for name in ack.settled}


@pytest.mark.soak
def test_a_report_is_settled_within_half_a_second(broker: Mosquitto, server: Taking) -> None:
    """By the clock, so only where nothing else runs."""
    with connected(broker, broker.asset("veh-001")) as client:
        asset = Asset("veh-001", client)
        began = time.monotonic()
        sent = asset.report(1)
        asset.wait_for(sent)
        took = time.monotonic() - began

    assert took < 0.5
    assert server.telemetry.counts("veh-001", "e1") == (1, 0)


def test_a_shared_group_takes_no_report_away_from_the_server(
    broker: Mosquitto, server: Taking
) -> None:
    with (
        connected(broker, broker.asset("thief")) as thief,
        connected(broker, broker.asset("veh-002")) as client,
    ):
        thief.subscribe("$share/server/fleet/v1/+/up/#")
        thief.subscribe("$share/x/fleet/v1/veh-002/up/batch")
        asset = Asset("veh-002", client)
        sent = {asset.report(number) for number in range(1, 101)}
        asset.wait_for(*sent)

    assert thief.received == []
    assert server.telemetry.counts("veh-002", "e1") == (100, 0)


@pytest.mark.parametrize(
    ("code", "payload"),
    [
        ("envelope", b"\xff\xfe\xfd"),
        ("envelope", b"{"),
        ("version", LINE.replace(b'"v":1', b'"v":9') % b"json" + b"{}"),
        ("codec", LINE % b"zstd1" + b"\x00"),
        ("codec", LINE % b"brotli" + b"\x00"),
        ("body", LINE % b"json" + b"\xff"),
        ("body", LINE % b"json" + b'{"header":'),
        ("body", LINE % b"json" + b"[" * 60_000),
        ("body", LINE % b"json" + b'{"header":{"sent_at":1e309},"records":[]}'),
        ("record", record(b'{"metrics":{"cpu_used_percent":1e309}}')),
        ("record", record(b'{"metrics":{"cpu_used_percent":[]}}')),
        ("unknown_metrics", record(b'{"metrics":' + MANY + b"}")),
    ],
)
def test_a_wrong_payload_is_set_aside_with_its_reason_and_the_next_report_is_stored(
    broker: Mosquitto, server: Taking, code: str, payload: bytes | Record
) -> None:
    name = f"bad-{time.time_ns()}"
    if isinstance(payload, Record):
        payload = message("bad", "reports", [(1, payload)], beat((("e1", 1, 1),)))
    with connected(broker, broker.asset(name)) as client:
        asset = Asset(name, client)
        before = server.intake.counts()
        asset.send(payload)
        sent = asset.report(2)
        asset.wait_for(sent)
    after = server.intake.counts()
    kept = [row for _, row in server.telemetry.aside(5) if row.asset == name]

    assert [row.code for row in kept] == [code]
    assert after.set_aside[code] == before.set_aside.get(code, 0) + 1
    assert server.telemetry.counts(name, "e1")[0] == 1


def test_what_is_no_json_number_never_becomes_a_reading(broker: Mosquitto, server: Taking) -> None:
    with connected(broker, broker.asset("nan")) as client:
        asset = Asset("nan", client)
        whole = message("m1", "reports", [], beat())
        line, _ = whole.split(b"\n", 1)
        line = line.replace(b'"codec":"zstd1"', b'"codec":"json"')
        asset.send(line[:-1] + b',"numbers":[[1,1]]}\n' + b'{"header":NaN,"records":[NaN]}')
        sent = asset.report(2)
        asset.wait_for(sent)

    assert server.telemetry.counts("nan", "e1") == (1, 1)


def test_the_last_will_is_seen_when_an_asset_goes(broker: Mosquitto, server: Taking) -> None:
    with connected(broker, broker.asset("veh-004")) as client:
        Asset("veh-004", client)
        client.send("fleet/v1/veh-004/up/gone", b"")
        wait_for(lambda: server.intake.view("veh-004").absence is Absence.WILL)

    assert server.door.failures == 0


def test_the_door_comes_back_after_the_broker_was_killed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("killed")
    with mosquitto(folder / "broker") as broker, taking(folder / "server", broker) as server:
        papers: Papers = broker.asset("veh-001")
        for number in (1, 2):
            pid = broker.broker.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            wait_for(lambda: not server.door.is_up)
            wait_for(lambda: server.door.is_up)
            with connected(broker, papers) as client:
                asset = Asset("veh-001", client)
                sent = asset.report(number)
                asset.wait_for(sent)

        assert server.telemetry.counts("veh-001", "e1") == (2, 0)
