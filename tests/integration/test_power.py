"""The power probe on a real message bus with a pretended UPower."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from dbus_fast import Variant

from edge_agent.inputs import Reading
from edge_agent.probes.power import PowerProbe
from telemetry.wire.profile import BySupply, DeviceSpec, Profile
from telemetry.words import DeviceKind
from tests.services.dbus import UPower, message_bus, upower

pytestmark = pytest.mark.integration

PROFILE = Profile(
    devices=[
        DeviceSpec("battery", DeviceKind.BATTERY, BySupply()),
        DeviceSpec("tablet", DeviceKind.TABLET, BySupply("tablet_1"), may_be_off=True),
    ]
)


@pytest.fixture(scope="module")
def bus() -> Iterator[str]:
    with message_bus() as address:
        yield address


@pytest.fixture
def manager(bus: str) -> Iterator[UPower]:
    with upower(bus) as manager:
        yield manager


def read(probe: PowerProbe) -> Reading:
    (reading,) = probe.read()
    return reading


def test_mains_charge_and_minutes_follow_upower(bus: str, manager: UPower, tmp_path: Path) -> None:
    manager.add_mains("AC")
    manager.add_battery("BAT0", 64.0, 5400)
    probe = PowerProbe(lambda: PROFILE, bus, tmp_path)
    plugged = read(probe)
    manager.change("AC", Online=Variant("b", False))
    manager.change("BAT0", Percentage=Variant("d", 12.0), TimeToEmpty=Variant("x", 600))
    drained = read(probe)

    assert plugged.metrics["mains_power"] is True
    assert drained.metrics == {
        "battery_percent": 12.0,
        "mains_power": False,
        "power_minutes": 10.0,
    }
    assert drained.devices["battery"]["device_faults"] == "battery_low"


def test_a_paired_tablet_comes_and_goes(bus: str, manager: UPower, tmp_path: Path) -> None:
    probe = PowerProbe(lambda: PROFILE, bus, tmp_path)
    manager.add_battery("tablet_1", 80.0, 0)
    manager.change("tablet_1", PowerSupply=Variant("b", False), Type=Variant("u", 10))
    there = read(probe)
    manager.remove("tablet_1")
    gone = read(probe)

    assert there.metrics == {}
    assert there.devices["tablet"] == {
        "device_kind": "tablet",
        "device_state": "ok",
        "device_battery_percent": 80.0,
    }
    assert gone.devices["tablet"] == {"device_kind": "tablet", "device_state": "off"}


def test_without_upower_sysfs_tells(bus: str, tmp_path: Path) -> None:
    (tmp_path / "AC").mkdir()
    (tmp_path / "AC" / "type").write_text("Mains\n")
    (tmp_path / "AC" / "online").write_text("1\n")
    now = 0.0
    probe = PowerProbe(Profile, bus, tmp_path, lambda: now)

    before = read(probe)
    with upower(bus) as manager:
        manager.add_battery("BAT0", 50.0, 600)
        now = 61.0
        during = read(probe)
    after = read(probe)

    assert before.metrics == after.metrics == {"mains_power": True}
    assert during.metrics == {"battery_percent": 50.0, "mains_power": False, "power_minutes": 10.0}
