"""Each folder under cases/ is a profile, and what its devices said of themselves.

A new type of device is a new folder: what was recorded of it, how a profile names it, and what we
make of it.
"""

import json
from pathlib import Path

import msgspec
import pytest

from edge_agent.probes import drone, power, snmp
from edge_agent.probes.devices import device_metrics, missing
from edge_agent.probes.power import PowerProbe
from edge_agent.probes.usb import UsbProbe
from telemetry.wire.profile import BySupply, Profile
from telemetry.words import DeviceFault

CASES = Path(__file__).parent / "cases"
NO_BUS = "unix:path=/nowhere/at/all"


def cases(probe: str) -> list[Path]:
    return sorted((CASES / probe).iterdir())


def name(folder: Path) -> str:
    return folder.name


def said(folder: Path, file: str) -> dict[str, dict[str, str]]:
    return msgspec.json.decode((folder / file).read_bytes(), type=dict[str, dict[str, str]])


def profile(folder: Path) -> Profile:
    return msgspec.json.decode((folder / "profile.json").read_bytes(), type=Profile)


def expected(folder: Path) -> object:
    return json.loads((folder / "expected.json").read_text())


def as_sysfs(folder: Path, entries: dict[str, dict[str, str]]) -> Path:
    """The files of sysfs with these contents."""
    for entry, files in entries.items():
        (folder / entry).mkdir()
        for file, text in files.items():
            (folder / entry / file).write_text(text + "\n")
    return folder


@pytest.mark.parametrize("folder", cases("usb"), ids=name)
def test_instruments_are_what_the_bus_lists(folder: Path, tmp_path: Path) -> None:
    bus = as_sysfs(tmp_path, said(folder, "sysfs.json"))

    (reading,) = UsbProbe(lambda: profile(folder), bus).read()

    assert (reading.metrics, reading.devices) == ({}, expected(folder))


@pytest.mark.parametrize("folder", cases("power_supply"), ids=name)
def test_power_is_what_the_kernel_says(folder: Path, tmp_path: Path) -> None:
    supplies = as_sysfs(tmp_path, said(folder, "sysfs.json"))

    readings = list(PowerProbe(lambda: profile(folder), NO_BUS, supplies).read())

    assert [[dict(one.metrics), dict(one.devices)] for one in readings] == expected(folder)


@pytest.mark.parametrize("folder", cases("upower"), ids=name)
def test_power_is_what_upower_says(folder: Path) -> None:
    objects = json.loads((folder / "upower.json").read_text())
    specs = profile(folder).devices

    supplies = [power.upower_supply(path, properties) for path, properties in objects.items()]
    devices = {
        spec.name: device_metrics(spec, power.battery(spec, spec.reach, supplies))
        for spec in specs
        if isinstance(spec.reach, BySupply)
    }

    assert [power.metrics(supplies), devices] == expected(folder)


@pytest.mark.parametrize("folder", cases("drone"), ids=name)
def test_a_drone_is_what_its_messages_say(folder: Path) -> None:
    datagrams = msgspec.json.decode((folder / "datagrams.json").read_bytes(), type=list[str])
    (spec,) = profile(folder).devices

    heard: drone.Heard = {}
    for datagram in datagrams:
        heard |= drone.messages(bytes.fromhex(datagram))
    found = drone.drone(heard) or missing(spec, DeviceFault.NOT_ANSWERING)

    assert {spec.name: device_metrics(spec, found)} == expected(folder)


@pytest.mark.parametrize("folder", cases("snmp"), ids=name)
def test_snmp_is_how_long_it_has_been_up(folder: Path) -> None:
    answer = json.loads((folder / "answer.json").read_text())

    seconds: object
    try:
        seconds = snmp.answered(bytes.fromhex(answer["message"]), answer["number"])
    except snmp.NotSnmp:
        seconds = "not an answer"

    assert seconds == expected(folder)
