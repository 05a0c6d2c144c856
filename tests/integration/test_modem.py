"""The modem probe on a real message bus with a pretended ModemManager."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.inputs import Reading
from edge_agent.probes.modem import ModemProbe
from tests.services.dbus import ModemManager, message_bus, modem_manager

pytestmark = pytest.mark.integration

LTE = {"rsrp": -97.0, "rsrq": -11.0, "snr": 9.5, "rssi": -67.0}
NR = {"rsrp": -84.0, "rsrq": -10.5, "snr": 22.0}


@pytest.fixture(scope="module")
def bus() -> Iterator[str]:
    with message_bus() as address:
        yield address


@pytest.fixture
def manager(bus: str) -> Iterator[ModemManager]:
    with modem_manager(bus) as manager:
        yield manager


def read(probe: ModemProbe) -> list[Reading]:
    return list(probe.read())


def test_lte_and_nr_stand_apart_once_the_probe_asked_for_them(
    bus: str, manager: ModemManager
) -> None:
    manager.plug(0, "/sys/devices/usb1", lte=LTE, nr=NR)
    probe = ModemProbe(bus)

    (before,), (after,) = read(probe), read(probe)

    assert before.devices == {
        "modem": {
            "modem_state": "registered",
            "modem_operator": "CHN-UNICOM",
            "access_technology": "lte,5gnr",
        }
    }
    assert after.devices["modem"] == {
        **before.devices["modem"],
        "lte_rsrp_dbm": -97.0,
        "lte_rsrq_db": -11.0,
        "lte_snr_db": 9.5,
        "lte_rssi_dbm": -67.0,
        "nr_rsrp_dbm": -84.0,
        "nr_rsrq_db": -10.5,
        "nr_snr_db": 22.0,
    }


def test_a_card_is_known_by_its_number_and_by_what_it_carried(
    bus: str, manager: ModemManager, tmp_path: Path
) -> None:
    counters = tmp_path / "wwan0" / "statistics"
    counters.mkdir(parents=True)
    (counters / "rx_bytes").write_text("4000\n")
    (counters / "tx_bytes").write_text("500\n")
    manager.plug(0, "/usb1", lte=LTE, nr=NR, interface="wwan0", iccid="89860100000000000017")
    manager.plug(1, "/usb2", lte=LTE, nr=NR, interface="wwan1")

    (reading,) = read(ModemProbe(bus, interfaces=tmp_path))

    with_card, without = reading.devices["modem"], reading.devices["modem1"]
    assert with_card["sim_iccid"] == "89860100000000000017"
    assert (with_card["received_bytes"], with_card["sent_bytes"]) == (4000, 500)
    assert {"sim_iccid", "received_bytes", "sent_bytes"}.isdisjoint(without)


def test_a_change_is_seen(bus: str, manager: ModemManager) -> None:
    manager.plug(0, "/sys/devices/usb1", lte=LTE, nr=NR)
    probe = ModemProbe(bus)
    read(probe)

    manager.change(0, nr={"rsrp": -101.0})

    (reading,) = read(probe)
    assert reading.devices["modem"]["nr_rsrp_dbm"] == -101.0
    assert "nr_snr_db" not in reading.devices["modem"]
    assert reading.devices["modem"]["lte_rsrp_dbm"] == -97.0


def test_modems_come_and_go_and_keep_their_names(bus: str, manager: ModemManager) -> None:
    probe = ModemProbe(bus)
    (none,) = read(probe)
    manager.plug(0, "/sys/devices/usb1", lte=LTE, nr=NR)
    manager.plug(1, "/sys/devices/usb2", lte=LTE, nr={})
    (both,) = read(probe)
    manager.unplug(0)
    (second,) = read(probe)
    manager.plug(2, "/sys/devices/usb1", lte=LTE, nr=NR)
    (again,) = read(probe)

    assert [set(r.devices) for r in (none, both, second, again)] == [
        set(),
        {"modem", "modem1"},
        {"modem1"},
        {"modem", "modem1"},
    ]


def test_a_modem_manager_that_goes_and_comes_back_is_no_failure(bus: str) -> None:
    probe = ModemProbe(bus)
    with modem_manager(bus):
        while_there = read(probe)
    while_gone = read(probe)
    with modem_manager(bus):
        back = read(probe)

    assert [len(while_there), len(while_gone), len(back)] == [1, 0, 1]


def test_a_bus_without_modem_manager_is_asked_again_only_after_a_minute(bus: str) -> None:
    now = 0.0
    probe = ModemProbe(bus, lambda: now)

    assert read(probe) == []
    with modem_manager(bus):
        assert read(probe) == []
        now = 61.0
        assert len(read(probe)) == 1


def test_a_bus_that_dies_is_no_failure() -> None:
    with message_bus() as address, modem_manager(address):
        probe = ModemProbe(address)
        assert len(read(probe)) == 1

    assert read(probe) == []
    assert read(ModemProbe(address)) == []
