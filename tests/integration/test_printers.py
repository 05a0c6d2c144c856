"""The printers probe on a real printer that runs out of things, and on what is none."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from edge_agent.probes.printers import PrintersProbe
from telemetry.wire.messages import Value
from telemetry.wire.profile import ByIpp, DeviceSpec, Profile
from telemetry.words import DeviceKind
from tests.services.gpsd import free_port
from tests.services.printer import Printer, printer, stuck_device
from tests.services.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.integration

SECONDS = 8.0
"""Within which a printer that is well answers, and one that hangs is waited for."""
DRIPS, DRIP_SECONDS = 900, 0.2


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Printer]:
    with printer(tmp_path_factory.mktemp("printer") / "printed") as device:
        yield device


def spec(uri: str, name: str = "printer", *, may_be_off: bool = False) -> DeviceSpec:
    return DeviceSpec(name, DeviceKind.PRINTER, ByIpp(uri), may_be_off=may_be_off)


def read(*specs: DeviceSpec, seconds: float = PATIENCE_SECONDS) -> dict[str, dict[str, Value]]:
    profile = Profile(devices=list(specs))
    (reading,) = PrintersProbe(lambda: profile, seconds).read()
    return {name: dict(values) for name, values in reading.devices.items()}


def verdict(device: Printer) -> tuple[Value | None, ...]:
    values = read(spec(device.uri))["printer"]
    return tuple(values.get(key) for key in ("device_state", "device_faults", "paper_percent"))


def test_a_printer_runs_out_of_paper_and_comes_back(device: Printer) -> None:
    before = verdict(device)
    device.load(0)
    empty = verdict(device)
    device.load(250)
    after = verdict(device)

    assert before == after == ("ok", None, 100.0)
    assert empty == ("fault", "paper_out", 0.0)


def test_a_printer_runs_low_on_toner_then_out_of_it_and_comes_back(device: Printer) -> None:
    seen = []
    for percent in (80, 5, 0, 80):
        device.fill(percent)
        values = read(spec(device.uri))["printer"]
        seen.append((values["device_state"], values.get("device_faults"), values["toner_percent"]))

    assert seen == [
        ("ok", None, 80.0),
        ("limited", "toner_low", 5.0),
        ("fault", "toner_out", 0.0),
        ("ok", None, 80.0),
    ]


def test_a_printer_that_hangs_hides_no_other(device: Printer) -> None:
    with stuck_device() as port:
        stuck = spec(f"ipp://127.0.0.1:{port}/ipp/print", "stuck")
        seen = read(stuck, spec(device.uri), seconds=SECONDS)

    assert seen["stuck"]["device_faults"] == "not_answering"
    assert seen["stuck"]["device_state"] == "fault"
    assert seen["printer"]["device_state"] == "ok"


def test_a_printer_that_drips_its_answer_is_given_up_at_the_same_deadline() -> None:
    began = time.monotonic()
    with dripping_device() as port:
        seen = read(spec(f"ipp://127.0.0.1:{port}/"), seconds=4.0)

    assert seen["printer"]["device_faults"] == "not_answering"
    assert time.monotonic() - began < DRIPS * DRIP_SECONDS


@pytest.mark.parametrize(
    ("may_be_off", "state", "faults"),
    [(False, "absent", "not_answering"), (True, "off", None)],
)
def test_a_printer_that_is_not_there_is_absent_or_off(
    may_be_off: bool, state: str, faults: str | None
) -> None:
    seen = read(spec(f"ipp://127.0.0.1:{free_port()}/", may_be_off=may_be_off))["printer"]

    assert (seen["device_state"], seen.get("device_faults")) == (state, faults)


@pytest.mark.parametrize(
    "uri", ["ipp://no-such-host.invalid/", "ipp://printer:99999/", "ipp://[::/", "ipp:///"]
)
def test_an_address_that_is_none_is_no_failure_of_the_probe(uri: str) -> None:
    assert read(spec(uri))["printer"]["device_state"] == "absent"


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (b"SSH-2.0-something\r\n", "not_answering"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwhat", "not_answering"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n\2\0", "not_answering"),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", "not_answering"),
        (b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "refused"),
        (b"", "not_answering"),
    ],
)
def test_what_is_no_printer_is_told_as_such(answer: bytes, fault: str) -> None:
    with answering_device(answer) as port:
        seen = read(spec(f"ipp://127.0.0.1:{port}/"))["printer"]

    assert (seen["device_state"], seen["device_faults"]) == ("fault", fault)


def test_another_queue_than_the_printers_is_not_found(device: Printer) -> None:
    seen = read(spec(f"{device.uri}/other"))["printer"]

    assert (seen["device_state"], seen["device_faults"]) == ("absent", "not_found")


@contextmanager
def answering_device(answer: bytes) -> Iterator[int]:
    """Says the same to whoever asks, once, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)

        thread = Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


@contextmanager
def dripping_device() -> Iterator[int]:
    """Says one byte after the other, slowly, for as long as somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"z" * DRIPS:
                    try:
                        connection.sendall(bytes([byte]))
                    except OSError:
                        return
                    time.sleep(DRIP_SECONDS)

        thread = Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()
