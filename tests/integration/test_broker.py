"""The broker lets in who has a certificate of ours, and everybody only to what is theirs.

Mosquitto grants every subscription and filters when it delivers, and it hangs up after a refused
publish: so each cell of the matrix is a connection of its own, and what counts is what arrives.
"""

import os
import signal
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fleet_server.authority.store import Authority
from fleet_server.broker import MAX_PACKET_BYTES
from tests.services.mosquitto import HOST, Mosquitto, Papers, mosquitto, papers
from tests.services.mqtt_client import MqttClient, connected
from tests.services.waiting import PATIENCE_SECONDS, wait_for

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("broker")]

REFUSED = 0x80
CONNECT = b"\x10\x0e\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x01x"
CONNACK = 0x20


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path_factory.mktemp("broker") / "files") as running:
        yield running


@pytest.fixture(scope="module")
def one(broker: Mosquitto) -> Papers:
    return broker.asset("veh-001")


@pytest.fixture(scope="module")
def two(broker: Mosquitto) -> Papers:
    return broker.asset("veh-002")


@pytest.fixture(scope="module")
def server(broker: Mosquitto) -> Iterator[MqttClient]:
    """The server's place at the broker, with nothing behind it."""
    with connected(broker, broker.server()) as client:
        client.subscribe("fleet/v1/+/up/#")
        yield client


@pytest.mark.parametrize("topic", ["fleet/v1/veh-001/up/batch", "fleet/v1/veh-001/up/gone"])
def test_an_asset_writes_what_is_its_own(
    broker: Mosquitto, server: MqttClient, one: Papers, topic: str
) -> None:
    server.received.clear()
    with connected(broker, one) as asset:
        code = asset.publish(topic, b"mine")

    assert code < REFUSED
    assert server.topics(topic) == [topic]


@pytest.mark.parametrize(
    "topic",
    [
        "fleet/v1/veh-002/up/batch",
        "fleet/v1/veh-002/up/gone",
        "fleet/v1/veh-002/down/ack",
        "fleet/v1/veh-001/down/ack",
        "fleet/v1/veh-001/down/order",
        "fleet/v1/veh-0011/up/batch",
        "fleet/v1/veh-001/updates",
        "fleet/v1/veh-001",
        "fleet/v1/server/up/batch",
        "fleet/v2/veh-001/up/batch",
        "$SYS/broker/clients",
        "$share/x/fleet/v1/veh-002/up/batch",
        "anything",
    ],
)
def test_no_publish_as_somebody_else_reaches_the_server(
    broker: Mosquitto, server: MqttClient, one: Papers, two: Papers, topic: str
) -> None:
    server.received.clear()
    with connected(broker, two) as other, connected(broker, one) as asset:
        other.subscribe("fleet/v1/veh-002/down/#")
        code = asset.publish(topic, b"not mine")
        other.publish("fleet/v1/veh-002/up/last", b"")

        assert code >= REFUSED
        assert server.topics("up/last") == ["fleet/v1/veh-002/up/last"]
        assert other.received == []


@pytest.mark.parametrize(
    "wanted",
    [
        "fleet/v1/veh-001/down/#",
        "fleet/v1/veh-002/down/#",
        "fleet/v1/veh-002/down/ack",
        "fleet/v1/veh-002/up/#",
        "fleet/v1/+/down/#",
        "fleet/v1/+/up/#",
        "fleet/v1/#",
        "+/+/+/+/+",
        "#",
        "$SYS/#",
        "$share/x/fleet/v1/+/up/#",
        "$share/x/fleet/v1/+/down/#",
    ],
)
def test_no_asset_receives_what_is_not_its_own(
    broker: Mosquitto, server: MqttClient, one: Papers, two: Papers, wanted: str
) -> None:
    with connected(broker, two) as other, connected(broker, one) as asset:
        asset.subscribe(wanted)
        asset.subscribe("fleet/v1/veh-001/down/last")
        other.publish("fleet/v1/veh-002/up/batch", b"not yours")
        server.publish("fleet/v1/veh-002/down/ack", b"not yours")
        server.publish("fleet/v1/veh-001/down/ack", b"yours")
        server.publish("fleet/v1/veh-001/down/last", b"yours")
        received = asset.topics("down/last")

    assert all(topic.startswith("fleet/v1/veh-001/down/") for topic in received)


def test_a_name_that_a_client_gives_itself_means_nothing(
    broker: Mosquitto, server: MqttClient, one: Papers, two: Papers
) -> None:
    server.received.clear()
    with connected(broker, two) as other, connected(broker, one, "server", "server") as asset:
        asset.subscribe("fleet/v1/+/up/#")
        asset.subscribe("fleet/v1/veh-001/down/last")
        other.publish("fleet/v1/veh-002/up/last", b"")
        server.publish("fleet/v1/veh-001/down/last", b"")

        assert asset.topics("down/last") == ["fleet/v1/veh-001/down/last"]
        assert server.topics("up/last") == ["fleet/v1/veh-002/up/last"]
        assert not server.is_down.is_set()


@pytest.fixture(scope="module")
def strangers(broker: Mosquitto, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Papers]:
    """Papers that are good for nothing here."""
    folder = tmp_path_factory.mktemp("strangers")
    now = datetime.now(UTC)
    foreign = Authority(folder / "foreign", [HOST], now)
    simulated = Authority(folder / "simulated", [HOST], now, simulated=True)
    clients = folder / "clients"
    clients.mkdir()
    long_ago = now - timedelta(days=400)
    found = {
        "expired": papers(clients, broker.authority, "veh-001", long_ago),
        "foreign": papers(clients, foreign, "veh-001", now),
        "simulated": papers(clients, simulated, "veh-001", now),
    }
    # They trust our broker; whether it trusts them is the question.
    ours = broker.authority.ca_file
    return {name: Papers(ours, p.certificate, p.key) for name, p in found.items()}


@pytest.mark.parametrize("kind", ["expired", "foreign", "simulated"])
def test_a_certificate_that_is_not_ours_never_connects(
    broker: Mosquitto, strangers: dict[str, Papers], kind: str
) -> None:
    assert answer_to_connect(broker, strangers[kind].context()) != CONNACK


def test_without_a_certificate_nobody_connects(broker: Mosquitto) -> None:
    context = ssl.create_default_context(cafile=str(broker.authority.ca_file))

    assert answer_to_connect(broker, context) != CONNACK


def test_a_good_certificate_does_connect(broker: Mosquitto) -> None:
    assert answer_to_connect(broker, broker.asset("veh-003").context()) == CONNACK


def test_who_sends_too_large_a_packet_is_thrown_out_and_counted(
    broker: Mosquitto, server: MqttClient, one: Papers, two: Papers
) -> None:
    before = broker.broker.oversized
    server.received.clear()
    with connected(broker, two) as other:
        with connected(broker, one) as asset:
            asset.send("fleet/v1/veh-001/up/batch", bytes(MAX_PACKET_BYTES))
            wait_for(asset.is_down.is_set)
        wait_for(lambda: broker.broker.oversized == before + 1)
        other.publish("fleet/v1/veh-002/up/last", b"")

    assert server.topics("up/last") == ["fleet/v1/veh-002/up/last"]


def answer_to_connect(broker: Mosquitto, context: ssl.SSLContext) -> int | None:
    """The first byte that the broker answers to CONNECT, None when it hangs up."""
    try:
        with (
            socket.create_connection((HOST, broker.port), PATIENCE_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=HOST) as tls,
        ):
            tls.sendall(CONNECT)
            return next(iter(tls.recv(1)), None)
    except (ssl.SSLError, ConnectionError):
        return None


def test_the_broker_is_started_again_when_it_dies(tmp_path: Path) -> None:
    with mosquitto(tmp_path / "files") as running:
        first = running.broker.pid
        papers_of_one = running.asset("veh-001")
        assert first is not None
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: running.broker.pid not in {None, first})
        wait_for(lambda: accepts(running))

        assert answer_to_connect(running, papers_of_one.context()) == CONNACK


def accepts(broker: Mosquitto) -> bool:
    try:
        socket.create_connection((HOST, broker.port), PATIENCE_SECONDS).close()
    except OSError:
        return False
    return True
