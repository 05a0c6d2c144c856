"""Instruments come and go while the probe looks."""

from collections.abc import Iterator

import pytest

from telemetry.wire.messages import Value
from telemetry.wire.profile import ByUsb, DeviceSpec, Profile
from telemetry.words import DeviceKind
from tests.services.usb import UsbMachine, usb_machine

pytestmark = pytest.mark.integration

PAD = ("056a", "00a4")
READER = ("0483", "5750")
PROFILE = Profile(
    devices=[
        DeviceSpec("pad", DeviceKind.SIGNATURE_PAD, ByUsb(*PAD), serial="EXAMPLE-0001"),
        DeviceSpec("id-reader", DeviceKind.ID_READER, ByUsb(*READER), may_be_off=True),
    ]
)


@pytest.fixture
def usb() -> Iterator[UsbMachine]:
    with usb_machine(PROFILE) as machine:
        yield machine


def states(usb: UsbMachine) -> dict[str, tuple[Value, Value | None, Value | None]]:
    """State, faults and serial number by device."""
    return {
        name: (values["device_state"], values.get("device_faults"), values.get("device_serial"))
        for name, values in usb.read().items()
    }


def test_what_is_plugged_and_unplugged_is_seen_at_the_next_look(usb: UsbMachine) -> None:
    before = states(usb)
    usb.plug("1-1", *PAD, "EXAMPLE-0001")
    usb.plug("1-2", *READER)
    plugged = states(usb)
    usb.unplug("1-1")
    usb.unplug("1-2")
    after = states(usb)

    assert (
        before == after == {"pad": ("absent", "not_found", None), "id-reader": ("off", None, None)}
    )
    assert plugged == {"pad": ("ok", None, "EXAMPLE-0001"), "id-reader": ("ok", None, None)}


def test_another_one_of_the_type_is_known_by_its_serial_number(usb: UsbMachine) -> None:
    usb.plug("1-1", *PAD, "EXAMPLE-0002")
    other = states(usb)["pad"]
    usb.plug("1-3", *PAD, "EXAMPLE-0001")
    both = states(usb)["pad"]

    assert other == ("limited", "other_serial", "EXAMPLE-0002")
    assert both == ("ok", None, "EXAMPLE-0001")


def test_a_device_that_moves_to_another_port_is_the_same(usb: UsbMachine) -> None:
    usb.plug("1-1", *PAD, "EXAMPLE-0001")
    usb.unplug("1-1")
    usb.plug("3-1.4", *PAD, "EXAMPLE-0001")

    assert states(usb)["pad"] == ("ok", None, "EXAMPLE-0001")
