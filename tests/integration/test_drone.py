"""A drone's messages over UDP, recorded from MAVLink's own library."""

import json
import socket
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import pytest

from edge_agent.probes.drone import DroneProbe
from simulators.rig import free_ports
from telemetry.wire.messages import Value
from telemetry.wire.profile import ByMavlink, DeviceSpec, Profile
from telemetry.words import DeviceKind
from tests.services.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.integration

HOST = "127.0.0.1"
CASES = Path(__file__).parents[1] / "edge_agent" / "probes" / "cases" / "drone"
SECONDS = 5.0


def recorded(case: str) -> list[bytes]:
    texts: list[str] = json.loads((CASES / case / "datagrams.json").read_text())
    return [bytes.fromhex(text) for text in texts]


def drone(name: str, port: int) -> DeviceSpec:
    return DeviceSpec(name, DeviceKind.DRONE, ByMavlink(port), may_be_off=True)


def read(devices: list[DeviceSpec], seconds: float) -> dict[str, Value]:
    """The state of each."""
    profile = Profile(devices=devices)
    (reading,) = DroneProbe(lambda: profile, HOST, seconds).read()
    return {name: values["device_state"] for name, values in reading.devices.items()}


class Sender:
    """Sends these datagrams over and over until it is left."""

    def __init__(self, port: int, datagrams: Sequence[bytes]) -> None:
        self._to = (HOST, port)
        self._datagrams = datagrams
        self._closing = Event()
        self._thread = Thread(target=self._send, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join()

    def _send(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
            while not self._closing.wait(0.02):
                for datagram in self._datagrams:
                    mouth.sendto(datagram, self._to)


def test_a_drone_that_speaks_is_heard_before_the_time_is_over() -> None:
    (port,) = free_ports(1)
    began = monotonic()
    with Sender(port, recorded("mavlink_2_on_the_ground")):
        assert read([drone("drone", port)], 2 * PATIENCE_SECONDS) == {"drone": "ok"}

    assert monotonic() - began < PATIENCE_SECONDS


def test_each_drone_has_its_port_and_a_silent_one_hides_no_other() -> None:
    first, second, third = free_ports(3)
    devices = [drone("critical", first), drone("well", second), drone("silent", third)]
    with (
        Sender(first, recorded("critical_with_one_of_two_batteries_low")),
        Sender(second, recorded("mavlink_1_without_battery_status")),
    ):
        states = read(devices, SECONDS)

    assert states == {"critical": "fault", "well": "ok", "silent": "off"}


def test_a_flood_of_noise_ends_with_the_time() -> None:
    (port,) = free_ports(1)
    began = monotonic()
    with Sender(port, [bytes([0xFD]) * 2000, *recorded("something_else_on_its_port")] * 20):
        assert read([drone("drone", port)], 0.5) == {"drone": "off"}

    assert monotonic() - began < PATIENCE_SECONDS


def test_a_port_that_another_program_holds_cannot_be_judged() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((HOST, 0))
        assert read([drone("drone", other.getsockname()[1])], 0.1) == {"drone": "unknown"}
