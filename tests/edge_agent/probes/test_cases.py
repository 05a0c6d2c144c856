"""Each folder under cases/ is one device, receiver or modem: what it said, what we make of it."""

import json
from datetime import date
from pathlib import Path

import pytest

from edge_agent.ipp.message import decode_answer
from edge_agent.probes import computer, modem, network, printers
from edge_agent.probes.devices import device_metrics
from edge_agent.probes.position import Track
from telemetry.wire.profile import ByIpp, DeviceSpec
from telemetry.words import DeviceKind

CASES = Path(__file__).parent / "cases"


def cases(probe: str) -> list[Path]:
    return sorted((CASES / probe).iterdir())


def name(folder: Path) -> str:
    return folder.name


def expected(folder: Path) -> object:
    return json.loads((folder / "expected.json").read_text())


@pytest.mark.parametrize("folder", cases("position"), ids=name)
def test_position_is_what_gpsd_said(folder: Path) -> None:
    track = Track(date(2026, 11, 1), lambda: date(2026, 11, 24), lambda: 0.0)

    readings = [track.take(line) for line in (folder / "gpsd.txt").read_bytes().split(b"\n")]

    assert [dict(reading.metrics) for reading in readings if reading] == expected(folder)


@pytest.mark.parametrize("folder", cases("computer"), ids=name)
def test_computer_is_what_its_figures_say(folder: Path) -> None:
    figures = computer.Figures(**json.loads((folder / "figures.json").read_text()))

    assert computer.metrics(figures) == expected(folder)


@pytest.mark.parametrize("folder", cases("network"), ids=name)
def test_network_is_what_the_kernel_counted(folder: Path) -> None:
    text = (folder / "net_dev.txt").read_text()

    assert network.interface_counters(text) == expected(folder)


@pytest.mark.parametrize("folder", cases("modem"), ids=name)
def test_modem_is_what_modem_manager_knows(folder: Path) -> None:
    objects = json.loads((folder / "objects.json").read_text())

    devices = modem.modem_devices(objects, modem.name_modems(objects, {}))

    assert devices == expected(folder)


@pytest.mark.parametrize("folder", cases("printers"), ids=name)
def test_printers_are_what_their_attributes_say(folder: Path) -> None:
    spec = DeviceSpec("printer", DeviceKind.PRINTER, ByIpp("ipp://printer.example/"))
    answer = decode_answer((folder / "answer.ipp").read_bytes())

    assert device_metrics(spec, printers.understood(spec, answer)) == expected(folder)
