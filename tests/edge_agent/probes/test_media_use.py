"""Whether cameras and microphones are in use, as Linux tells it in /proc and /sys."""

import os
from pathlib import Path

import pytest

from edge_agent.probes.media_use import MediaUseProbe
from telemetry.wire.profile import ByFolder, BySound, ByVideo, DeviceSpec, Profile
from telemetry.words import DeviceKind

RUNNING = "state: RUNNING\nowner_pid   : {pid}\ntrigger_time: 100.5\n"
PROFILE = Profile(
    devices=[
        DeviceSpec("camera", DeviceKind.CAMERA, ByVideo("/dev/video0")),
        DeviceSpec("table", DeviceKind.MICROPHONE, BySound("plughw:CARD=Table,DEV=0", True)),
        DeviceSpec("any", DeviceKind.MICROPHONE, BySound("default", True)),
        DeviceSpec("speaker", DeviceKind.SPEAKER, BySound("default", False)),
        DeviceSpec("recorder", DeviceKind.RECORDER, ByFolder("/srv")),
    ]
)


class Machine:
    """What the kernel would show of one camera and two sound cards."""

    def __init__(self, folder: Path) -> None:
        self.proc, self.sys = folder / "proc", folder / "sys"
        for name in ("card0", "card1", "card2"):
            (self.proc / "asound" / name).mkdir(parents=True)
        (self.proc / "asound" / "Table").symlink_to("card1")
        for name in ("card0", "card1"):
            self.stream(name, "closed\n")
        self.open_cameras(0)

    def stream(self, card: str, status: str, kind: str = "c") -> None:
        folder = self.proc / "asound" / card / f"pcm0{kind}" / "sub0"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "status").write_text(status)

    def open_cameras(self, count: int) -> None:
        module = self.sys / "class" / "video4linux" / "video0" / "device" / "driver" / "module"
        module.mkdir(parents=True, exist_ok=True)
        (module / "refcnt").write_text(f"{count}\n")

    def process(self, pid: int, parent: int) -> None:
        (self.proc / str(pid)).mkdir()
        (self.proc / str(pid) / "status").write_text(f"Name:\tarecord\nPPid:\t{parent}\n")

    def read(self, profile: Profile = PROFILE) -> dict[str, object]:
        probe = MediaUseProbe(lambda: profile, self.proc, self.sys)
        return {
            name: values["device_in_use"]
            for reading in probe.read()
            for name, values in reading.devices.items()
        }


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_what_nobody_uses_is_said_to_be_free(machine: Machine) -> None:
    assert machine.read() == {"camera": False, "table": False, "any": False}


def test_a_recording_is_told_of_the_card_it_is_on(machine: Machine) -> None:
    machine.process(4711, 1)
    machine.stream("card0", RUNNING.format(pid=4711))

    assert machine.read() == {"camera": False, "table": False, "any": True}


def test_a_camera_that_somebody_has_open_is_in_use(machine: Machine) -> None:
    machine.open_cameras(1)

    assert machine.read()["camera"] is True


def test_what_is_played_is_no_recording(machine: Machine) -> None:
    machine.stream("card1", RUNNING.format(pid=4711), kind="p")

    assert machine.read()["table"] is False


def test_what_the_agent_itself_tries_out_is_no_use(machine: Machine) -> None:
    machine.process(4711, 4710)
    machine.process(4710, os.getpid())
    machine.stream("card1", RUNNING.format(pid=4711))

    assert machine.read()["table"] is False


def test_a_machine_that_cannot_tell_says_nothing(tmp_path: Path) -> None:
    probe = MediaUseProbe(lambda: PROFILE, tmp_path, tmp_path)

    assert list(probe.read()) == []
