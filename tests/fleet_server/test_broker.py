"""Mosquitto as our child."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from fleet_server.authority.store import Authority
from fleet_server.broker import MAX_PACKET_BYTES, Broker, claimed_port, configuration
from fleet_server.errors import BadSettings
from telemetry.wire.signed import MAX_SIGNED_BYTES
from tests.services.server import wait_until_gone
from tests.services.waiting import PATIENCE_SECONDS, wait_for


@pytest.fixture
def broker(tmp_path: Path, authority: Authority) -> Iterator[Broker]:
    made = Broker(tmp_path / "broker", authority, "127.0.0.1", 0)
    made.prepare()
    keeper = threading.Thread(target=made.keep)
    keeper.start()
    made.wait()
    yield made
    made.stop()
    keeper.join(PATIENCE_SECONDS)
    assert not keeper.is_alive()


def _publish(authority: Authority, port: int, size: int) -> bool:
    """Publish one payload at QoS 1 as the server; whether it was answered."""
    answered: list[int] = []
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.tls_set(
        str(authority.ca_file),
        str(authority.client_certificate_file),
        str(authority.client_key_file),
    )
    client.on_connect = lambda c, *_: c.publish("fleet/v1/a/down/ack", b"x" * size, qos=1)
    client.on_publish = lambda c, u, mid, reason, p: answered.append(reason.value)
    client.connect("localhost", port)
    until = time.monotonic() + PATIENCE_SECONDS
    while not answered and time.monotonic() < until and client.loop(0.1) == 0:
        pass
    client.disconnect()
    return bool(answered) and answered[0] < 0x80


@pytest.mark.integration
def test_the_largest_message_passes_and_a_larger_one_is_thrown_out_and_counted(
    broker: Broker, authority: Authority
) -> None:
    assert _publish(authority, broker.port, MAX_SIGNED_BYTES)
    assert not _publish(authority, broker.port, MAX_PACKET_BYTES + 1)

    wait_for(lambda: broker.oversized > 0)
    assert broker.oversized == 1


@pytest.mark.integration
def test_it_comes_back_on_the_same_port_when_it_dies(broker: Broker) -> None:
    first = broker.pid
    assert first is not None
    os.kill(first, 9)
    wait_for(lambda: broker.pid not in {None, first})

    assert broker.restarts == 1


@pytest.mark.integration
def test_stopped_it_is_gone(broker: Broker) -> None:
    pid = broker.pid
    assert pid is not None

    broker.stop()

    assert wait_until_gone(pid)
    assert broker.pid is None


def test_a_taken_port_is_named_with_its_flag(tmp_path: Path, authority: Authority) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(BadSettings) as refusal:
            Broker(tmp_path / "broker", authority, "127.0.0.1", port).prepare()

    assert refusal.value.facts == {"port": port, "host": "127.0.0.1", "flag": "--broker-port"}
    assert claimed_port("127.0.0.1", port, "") == port


def test_names_come_from_certificates_and_nothing_is_kept(
    tmp_path: Path, authority: Authority
) -> None:
    lines = configuration(authority, tmp_path / "acl", "127.0.0.1", 8883).splitlines()

    for line in (
        "per_listener_settings false",
        "allow_anonymous false",
        "require_certificate true",
        "use_identity_as_username true",
        "use_username_as_clientid true",
        "persistence false",
        "retain_available false",
        "max_qos 1",
    ):
        assert line in lines
