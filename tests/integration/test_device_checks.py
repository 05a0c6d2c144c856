"""What "check now" does to each device: a page, a picture, a sound, on real programs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.checks.devices import check_device
from edge_agent.checks.page import as_pdf
from edge_agent.checks.printing import Printed, print_page
from edge_agent.ipp.client import ask
from edge_agent.ipp.message import Operation, encode_request
from edge_agent.looks import Looks
from telemetry.wire.events import Checked
from telemetry.wire.profile import (
    ByAddress,
    ByFolder,
    ByIpp,
    ByRtsp,
    BySound,
    ByVideo,
    DeviceSpec,
    Reach,
)
from telemetry.words import DeviceFault, DeviceKind
from tests.services.asound import write_asoundrc
from tests.services.gpsd import free_port
from tests.services.printer import Printer, printer
from tests.services.rtsp_server import rtsp_server
from tests.services.waiting import PATIENCE_SECONDS, wait_for

pytestmark = pytest.mark.integration

CANCELLED = 7
PAGE = ["Courtfleet", "veh-001", "2026-12-01 08:30 (printer)"]


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Printer]:
    with printer(tmp_path_factory.mktemp("printer") / "printed") as device:
        yield device


@pytest.fixture
def looks(tmp_path: Path) -> Looks:
    write_asoundrc(tmp_path)
    return Looks(tmp_path)


def check(
    looks: Looks,
    reach: Reach,
    kind: DeviceKind = DeviceKind.CAMERA,
    *,
    may_be_off: bool = False,
) -> Checked | None:
    return check_device(DeviceSpec("it", kind, reach, may_be_off=may_be_off), looks, PAGE)


def test_a_page_is_printed_also_with_little_toner(device: Printer, looks: Looks) -> None:
    before = len(device.printed())
    device.fill(5)
    checked = check(looks, ByIpp(device.uri), DeviceKind.PRINTER)
    device.fill()

    assert checked == Checked("it", "passed", "toner_low")
    assert device.printed()[before:] == [as_pdf(PAGE)]


def test_a_printer_without_paper_is_not_sent_a_page(device: Printer, looks: Looks) -> None:
    before = len(device.printed())
    device.load(0)
    checked = check(looks, ByIpp(device.uri), DeviceKind.PRINTER)
    device.load()

    assert checked == Checked("it", "failed", "paper_out")
    assert len(device.printed()) == before


def test_a_scanner_is_not_sent_a_page(device: Printer, looks: Looks) -> None:
    before = len(device.printed())

    assert check(looks, ByIpp(device.uri), DeviceKind.SCANNER) == Checked("it", "passed")
    assert len(device.printed()) == before


def test_a_page_that_does_not_come_out_in_time_is_taken_back(device: Printer) -> None:
    spec = DeviceSpec("it", DeviceKind.PRINTER, ByIpp(device.uri))
    before = states_of_jobs(device)

    printed = print_page(spec, ByIpp(device.uri), PAGE, within_seconds=0.0)

    assert printed == Printed(False, DeviceFault.STOPPED)
    wait_for(lambda: states_of_jobs(device) == [*before, CANCELLED])


def states_of_jobs(device: Printer) -> list[object]:
    """Of all that were ever sent; they are numbered from 1."""
    states: list[object] = []
    while True:
        job = len(states) + 1
        request = encode_request(Operation.GET_JOB_ATTRIBUTES, device.uri, job=job)
        answer = ask(device.uri, request, PATIENCE_SECONDS)
        if answer.status:
            return states
        states += answer.job["job-state"]


@pytest.mark.parametrize(
    ("picture", "checked"),
    [
        ("good", Checked("it", "passed")),
        ("black", Checked("it", "failed", "picture_black")),
    ],
)
def test_a_picture_is_taken(cameras: str, looks: Looks, picture: str, checked: Checked) -> None:
    assert check(looks, ByRtsp(f"{cameras}/{picture}")) == checked


@pytest.fixture(scope="module")
def cameras() -> Iterator[str]:
    with rtsp_server() as address:
        yield address


@pytest.mark.parametrize(
    ("reach", "checked"),
    [
        (BySound("tone", captures=True), Checked("it", "passed")),
        (BySound("quiet", captures=True), Checked("it", "failed", "silent")),
        (BySound("speaker", captures=False), Checked("it", "passed")),
        (BySound("other", captures=True), Checked("it", "failed", "not_found")),
        (ByFolder("/nowhere/at/all"), Checked("it", "failed", "not_found")),
        (ByFolder("/", bytes_an_hour=2**62), Checked("it", "failed", "space_out")),
        (ByFolder("/", bytes_an_hour=1), Checked("it", "passed")),
        (ByVideo("/dev/video63"), Checked("it", "failed", "not_found")),
        (ByAddress("tablet", 80), None),
    ],
)
def test_each_device_has_its_step(looks: Looks, reach: Reach, checked: Checked | None) -> None:
    assert check(looks, reach) == checked


def test_what_may_be_off_and_is_is_skipped(looks: Looks) -> None:
    reach = ByIpp(f"ipp://127.0.0.1:{free_port()}/")

    off = check(looks, reach, DeviceKind.PORTABLE_PRINTER, may_be_off=True)
    absent = check(looks, reach, DeviceKind.PORTABLE_PRINTER)

    assert off == Checked("it", "skipped")
    assert absent == Checked("it", "failed", "not_answering")
