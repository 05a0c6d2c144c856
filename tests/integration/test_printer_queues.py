"""Queues of a real CUPS for a real IPP printer, made and kept by `configure` on a real machine."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.services.field import Asset, Field, field
from tests.services.nspawn import WITH_CUPS
from tests.services.waiting import wait_for

pytestmark = [
    pytest.mark.root,
    pytest.mark.integration,
    pytest.mark.soak,
    pytest.mark.timeout(1800),
    pytest.mark.xdist_group("field"),
]

QUEUE = "courtroom"
PRINTERS = (8631, 8632)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    with field(tmp_path_factory.mktemp("cups"), ["veh-001"], WITH_CUPS) as found:
        yield found


def uri(port: int) -> str:
    return f"ipp://localhost:{port}/ipp/print"


def switch_on(asset: Asset, port: int) -> None:
    """A printer inside the machine."""
    folder = f"/run/printer-{port}"
    asset.machine.run("mkdir", folder)
    listens = ("-r", "off", "-n", "localhost", "-p", str(port), "-d", folder)
    ours = ("-f", "application/pdf,image/pwg-raster", "Court Printer")
    asset.machine.run("systemd-run", f"--unit=printer-{port}", "ippeveprinter", *listens, *ours)
    ask = f"ipptool -q {uri(port)} get-printer-attributes.test && echo there"
    wait_for(lambda: asset.machine.run("sh", "-c", ask, check=False) == "there")


def address(asset: Asset) -> str:
    """Where the queue leads."""
    said = asset.machine.run("lpstat", "-v", QUEUE, check=False)
    return said.removeprefix(f"device for {QUEUE}: ")


def changed(order: dict[str, Any]) -> tuple[str, int]:
    return order["state"], order["recap"]["changed"]


def test_a_queue_is_made_once_and_one_led_elsewhere_is_shown_by_a_check_and_led_back(
    made: Field,
) -> None:
    [asset] = made.assets
    for port in PRINTERS:
        switch_on(asset, port)
    right, wrong = (uri(port) for port in PRINTERS)
    given = {"printers_queues": [{"name": QUEUE, "uri": right}], "printers_default": QUEUE}
    first = made.run(asset, "configure", given)
    after_first = address(asset)
    again = made.run(asset, "configure", given)
    asset.machine.run("lpadmin", "-p", QUEUE, "-v", wrong)
    look = made.ended(made.order(asset, "configure", given, is_check=True))
    after_look = address(asset)
    back = made.run(asset, "configure", given)

    assert changed(first) == ("succeeded", 1), made.story(first)
    assert after_first == right
    assert changed(again) == ("succeeded", 0), made.story(again)
    assert changed(look) == ("succeeded", 1), made.story(look)
    assert f"-{QUEUE} {wrong}" in made.output(look["id"])
    assert f"+{QUEUE} {right}" in made.output(look["id"])
    assert after_look == wrong
    assert changed(back) == ("succeeded", 1), made.story(back)
    assert address(asset) == right
    assert asset.machine.run("lpstat", "-d").endswith(f": {QUEUE}")
