"""What every device of a profile has in common, however it is reached."""

from pathlib import Path

import pytest

from edge_agent.inputs import Reading
from edge_agent.probes.devices import (
    Found,
    device_metrics,
    judged,
    missing,
    read_devices,
)
from edge_agent.probes.recorder import RecorderProbe, room
from telemetry.wire.profile import ByFolder, ByVideo, DeviceSpec, Profile
from telemetry.words import DeviceFault, DeviceKind, DeviceState

RECORDER = DeviceSpec("recorder", DeviceKind.RECORDER, ByFolder("/nowhere/at/all"))
CAMERA = DeviceSpec("judge-camera", DeviceKind.CAMERA, ByVideo("/dev/video0"))
GIGABYTE = 10**9


def profile_of(*devices: DeviceSpec) -> Profile:
    return Profile(devices=list(devices))


def test_a_profile_without_such_a_device_makes_no_reading() -> None:
    assert list(read_devices("recorder", profile_of(CAMERA), ByFolder, lambda *_: judged())) == []


def test_one_device_that_fails_hides_no_other() -> None:
    devices = profile_of(RECORDER, DeviceSpec("second", DeviceKind.RECORDER, ByFolder("/")))

    def look(spec: DeviceSpec, reach: ByFolder) -> Found:
        if spec is RECORDER:
            raise OSError("its driver went mad")
        return judged()

    reading = read_devices("recorder", devices, ByFolder, look)

    found = next(reading)
    assert found == Reading(
        "recorder",
        {},
        {
            "recorder": {"device_kind": "recorder", "device_state": "unknown"},
            "second": {"device_kind": "recorder", "device_state": "ok"},
        },
    )
    with pytest.raises(OSError, match="mad"):
        next(reading)


def test_a_device_that_may_be_off_is_off_and_not_faulty() -> None:
    may_be_off = DeviceSpec("pad", DeviceKind.SIGNATURE_PAD, ByVideo("/dev/x"), may_be_off=True)

    assert missing(may_be_off) == Found(DeviceState.OFF)
    assert missing(CAMERA) == Found(DeviceState.ABSENT, (DeviceFault.NOT_FOUND,))


@pytest.mark.parametrize(
    ("faults", "state"),
    [
        ((), DeviceState.OK),
        ((DeviceFault.PAPER_LOW,), DeviceState.LIMITED),
        ((DeviceFault.PAPER_LOW, DeviceFault.TONER_LOW), DeviceState.LIMITED),
        ((DeviceFault.PAPER_LOW, DeviceFault.TONER_OUT), DeviceState.FAULT),
    ],
)
def test_the_worst_fault_decides(faults: tuple[DeviceFault, ...], state: DeviceState) -> None:
    assert judged(faults).state is state


def test_another_serial_number_than_the_profiles_is_told_and_limits() -> None:
    spec = DeviceSpec("recorder", DeviceKind.RECORDER, ByFolder("/"), serial="SN-1")

    other = device_metrics(spec, judged((), {"device_serial": "SN-2"}))
    same = device_metrics(spec, judged((), {"device_serial": "SN-1"}))
    worse = device_metrics(spec, judged((DeviceFault.SPACE_OUT,), {"device_serial": "SN-2"}))

    assert (other["device_state"], other["device_faults"]) == ("limited", "other_serial")
    assert (same["device_state"], same.get("device_faults")) == ("ok", None)
    assert (worse["device_state"], worse["device_faults"]) == ("fault", "space_out,other_serial")


@pytest.mark.parametrize(
    ("free_gigabytes", "fault", "hours"),
    [
        (100, None, 50.0),
        (16, None, 8.0),
        (15, DeviceFault.SPACE_LOW, 7.5),
        (2, DeviceFault.SPACE_LOW, 1.0),
        (1, DeviceFault.SPACE_OUT, 0.5),
        (0, DeviceFault.SPACE_OUT, 0.0),
    ],
)
def test_a_recorder_is_judged_by_its_hours(
    free_gigabytes: int, fault: DeviceFault | None, hours: float
) -> None:
    found = room(free_gigabytes * GIGABYTE, 2 * GIGABYTE)

    assert found.faults == ((fault,) if fault else ())
    assert found.values == {"recorder_free_hours": hours}


def test_a_recorder_is_read_from_its_disk_and_follows_the_profile(tmp_path: Path) -> None:
    profile = Profile()
    probe = RecorderProbe(lambda: profile)
    before = list(probe.read())
    there = DeviceSpec("court", DeviceKind.RECORDER, ByFolder(str(tmp_path), bytes_an_hour=1))
    profile = profile_of(there, RECORDER)

    (reading,) = probe.read()

    assert before == []
    assert reading.devices["court"]["device_state"] == "ok"
    assert reading.devices["recorder"] == {
        "device_kind": "recorder",
        "device_state": "absent",
        "device_faults": "not_found",
    }
