"""Starting a device on USB anew, in a folder that looks like the kernel's."""

from pathlib import Path

import pytest

from edge_agent.executor import usb
from telemetry.wire.profile import ByUsb

PAD = ByUsb(vendor="0b8c", product="0083")


def plug(bus: Path, port: str, reach: ByUsb = PAD, serial: str = "") -> Path:
    """The switch of a device at a port."""
    folder = bus / port
    folder.mkdir(parents=True)
    (folder / "idVendor").write_text(f"{reach.vendor}\n")
    (folder / "idProduct").write_text(f"{reach.product}\n")
    if serial:
        (folder / "serial").write_text(f"{serial}\n")
    (folder / "authorized").write_text("1")
    return folder / "authorized"


def test_the_device_is_let_go_of_and_greeted_again(tmp_path: Path) -> None:
    other = plug(tmp_path, "1-1", serial="A1")
    switch = plug(tmp_path, "1-2", serial="B2")
    meanwhile: list[str] = []

    port = usb.restart(tmp_path, PAD, "B2", lambda _: meanwhile.append(switch.read_text()))

    assert (port, meanwhile) == ("1-2", ["0"])
    assert (switch.read_text(), other.read_text()) == ("1", "1")


def test_it_is_greeted_again_whatever_happens_meanwhile(tmp_path: Path) -> None:
    switch = plug(tmp_path, "1-1")

    def break_off(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        usb.restart(tmp_path, PAD, "", break_off)

    assert switch.read_text() == "1"


@pytest.mark.parametrize(
    ("ports", "why"), [([], "no such device is"), (["1-1", "1-2"], "2 such devices are")]
)
def test_none_or_one_of_several_is_left_alone(tmp_path: Path, ports: list[str], why: str) -> None:
    for port in ports:
        plug(tmp_path, port)

    with pytest.raises(usb.NotRestarted, match=why):
        usb.restart(tmp_path, PAD, "")


def test_what_the_kernel_says_no_to_is_told(tmp_path: Path) -> None:
    switch = plug(tmp_path, "1-1")
    switch.unlink()
    switch.mkdir()

    with pytest.raises(usb.NotRestarted, match="Is a directory"):
        usb.restart(tmp_path, PAD, "")
