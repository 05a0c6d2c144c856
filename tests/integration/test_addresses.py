"""Things with an address: servers of the test's own, and a real SNMP agent, on loopback."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest

from edge_agent.probes import snmp
from edge_agent.probes.addresses import AddressProbe
from edge_agent.probes.deadline import Deadline
from edge_agent.probes.resolver import Resolver
from simulators.rig import free_ports
from telemetry.wire.messages import Value
from telemetry.wire.profile import ByAddress, DeviceSpec, Profile
from telemetry.words import DeviceKind
from tests.services.answering import (
    HOST,
    Authority,
    closed_port,
    drips,
    says,
    silent_datagrams,
    stays_silent,
    tcp_server,
)
from tests.services.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.integration

SECONDS = 0.6  # for what does not answer
SHARED_SECONDS = 5.0  # for those that do not and the one that does
COMMUNITY = "court"


def terminal(port: int, speaks: str = "tcp", *, may_be_off: bool = False) -> DeviceSpec:
    reach = ByAddress(HOST, port, speaks)
    return DeviceSpec("device", DeviceKind.FACE_TERMINAL, reach, may_be_off=may_be_off)


def look(spec: DeviceSpec, seconds: float = PATIENCE_SECONDS) -> tuple[Value, Value | None]:
    """Its state, and its faults."""
    profile = Profile(devices=[spec])
    (reading,) = AddressProbe(lambda: profile, Resolver(), COMMUNITY, seconds).read()
    values = reading.devices["device"]
    assert ("answer_seconds" in values) <= (values["device_state"] in {"ok", "fault"})
    return values["device_state"], values.get("device_faults")


def test_one_that_takes_a_connection_is_there() -> None:
    with tcp_server(stays_silent) as port:
        assert look(terminal(port)) == ("ok", None)


def test_a_page_is_asked_for_plainly_or_over_any_certificate(tmp_path: Path) -> None:
    well, login = says("HTTP/1.1 200 OK\n\n"), says("HTTP/1.0 401 Unauthorized\n\n")
    with tcp_server(well) as port:
        assert look(terminal(port, "http")) == ("ok", None)
    with tcp_server(login, Authority(tmp_path).context("device.invalid")) as port:
        assert look(terminal(port, "https")) == ("ok", None)


def test_an_error_and_anything_but_http_are_faults() -> None:
    with tcp_server(says("HTTP/1.1 503 Busy\n\n")) as port:
        assert look(terminal(port, "http")) == ("fault", "stopped")
    with tcp_server(says("SSH-2.0-other\n")) as port:
        assert look(terminal(port, "http")) == ("fault", "not_answering")
        assert look(terminal(port, "https")) == ("fault", "not_answering")


@pytest.mark.parametrize("speaks", ["http", "https"])
def test_one_that_takes_the_connection_and_says_nothing_is_a_fault(speaks: str) -> None:
    began = monotonic()
    for serve in (stays_silent, drips):
        with tcp_server(serve) as port:
            assert look(terminal(port, speaks), SECONDS) == ("fault", "not_answering")

    assert monotonic() - began < PATIENCE_SECONDS


def test_a_closed_port_refuses() -> None:
    with closed_port() as port:
        assert look(terminal(port)) == ("fault", "refused")
        assert look(terminal(port, "snmp")) == ("fault", "refused")


def test_one_that_does_not_answer_is_absent_or_off() -> None:
    with silent_datagrams() as port:
        assert look(terminal(port, "snmp"), SECONDS) == ("absent", "not_answering")
        assert look(terminal(port, "snmp", may_be_off=True), SECONDS) == ("off", None)


def test_devices_that_hang_take_no_time_from_the_others() -> None:
    with tcp_server(stays_silent) as silent, tcp_server(says("HTTP/1.1 200 OK\n\n")) as well:
        devices = [
            DeviceSpec(f"silent-{n}", DeviceKind.TABLET, ByAddress(HOST, silent, "http"))
            for n in range(6)
        ]
        devices.append(DeviceSpec("well", DeviceKind.ROUTER, ByAddress(HOST, well, "http")))
        profile = Profile(devices=devices)
        began = monotonic()
        (reading,) = AddressProbe(lambda: profile, Resolver(), COMMUNITY, SHARED_SECONDS).read()
        took = monotonic() - began

    states = {name: values["device_state"] for name, values in reading.devices.items()}
    assert states.pop("well") == "ok"
    assert set(states.values()) == {"fault"}
    assert SHARED_SECONDS <= took < 5 * SHARED_SECONDS


@contextmanager
def snmp_agent(folder: Path) -> Iterator[int]:
    """Net-SNMP's, which lets the community read."""
    assert shutil.which("snmpd", path="/usr/sbin"), "run tools/setup test"
    (port,) = free_ports(1)
    config = folder / "snmpd.conf"
    config.write_text(f"rocommunity {COMMUNITY} {HOST}\nagentaddress udp:{HOST}:{port}\n")
    command = ["/usr/sbin/snmpd", "-f", "-Lf", str(folder / "log"), "-C", "-c", str(config)]
    environment = {"PATH": os.environ["PATH"], "MIBS": "", "SNMP_PERSISTENT_DIR": str(folder)}
    with subprocess.Popen([*command, "-p", str(folder / "pid")], env=environment) as process:
        try:
            yield port
        finally:
            process.kill()


def test_a_real_snmp_agent_says_how_long_it_has_been_up(tmp_path: Path) -> None:
    with snmp_agent(tmp_path) as port:
        first = wait_for_answer(port)
        sleep(0.1)  # it counts in hundredths
        second = snmp.up_seconds(HOST, port, COMMUNITY, Deadline(PATIENCE_SECONDS))

        assert look(terminal(port, "snmp"), PATIENCE_SECONDS) == ("ok", None)
        with pytest.raises(TimeoutError):
            snmp.up_seconds(HOST, port, "wrong", Deadline(SECONDS))

    assert 0 <= first < second < first + PATIENCE_SECONDS


def wait_for_answer(port: int) -> float:
    until = monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return snmp.up_seconds(HOST, port, COMMUNITY, Deadline(PATIENCE_SECONDS))
        except ConnectionRefusedError:
            if monotonic() > until:
                raise
            sleep(0.05)
