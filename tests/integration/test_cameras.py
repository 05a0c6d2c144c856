"""The cameras probe on a real RTSP server: pictures that are good, black, frozen, or none."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.frames import NoPicture, take_picture
from edge_agent.looks import Looks
from edge_agent.probes.cameras import CamerasProbe
from telemetry.wire.messages import Value
from telemetry.wire.profile import ByRtsp, ByVideo, DeviceSpec, Profile
from telemetry.words import DeviceFault, DeviceKind
from tests.services.gpsd import free_port
from tests.services.printer import stuck_device
from tests.services.rtsp_server import rtsp_server
from tests.services.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with rtsp_server() as address:
        yield address


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Looks:
    return Looks(tmp_path_factory.mktemp("looks"))


def camera(url: str, name: str = "camera") -> DeviceSpec:
    return DeviceSpec(name, DeviceKind.CAMERA, ByRtsp(url))


class Cameras:
    """The probe on these cameras, on a clock of the test's own."""

    def __init__(self, looks: Looks, *specs: DeviceSpec) -> None:
        self.now = 0.0
        self.profile = Profile(devices=list(specs))
        self._probe = CamerasProbe(lambda: self.profile, looks, up=lambda: self.now)

    def read(self) -> dict[str, dict[str, Value]]:
        (reading,) = self._probe.read()
        return {name: dict(values) for name, values in reading.devices.items()}


@pytest.mark.parametrize(
    ("picture", "state", "faults"),
    [
        ("good", "ok", None),
        ("black", "fault", "picture_black"),
        ("frozen", "fault", "picture_frozen"),
    ],
)
def test_a_picture_is_judged(
    server: str, looks: Looks, picture: str, state: str, faults: str | None
) -> None:
    seen = Cameras(looks, camera(f"{server}/{picture}")).read()["camera"]

    assert (seen["device_state"], seen.get("device_faults")) == (state, faults)
    assert {"picture_brightness", "picture_change", "answer_seconds"} <= set(seen)


def test_a_picture_is_taken_every_few_minutes_and_sooner_after_a_bad_one(
    server: str, looks: Looks
) -> None:
    cameras = Cameras(looks, camera(f"{server}/good"), camera(f"{server}/black", "dark"))
    taken: dict[int, list[str]] = {}
    for now in (0, 30, 60, 90, 300):
        cameras.now = now
        seen = cameras.read()
        taken[now] = [name for name, values in seen.items() if "picture_brightness" in values]
        assert seen["dark"].get("device_faults") == ("picture_black" if now else None)

    assert taken == {0: ["camera"], 30: ["dark"], 60: [], 90: ["dark"], 300: ["camera"]}


def test_no_picture_and_nothing_of_it_stays_anywhere(
    server: str, looks: Looks, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    Cameras(looks, camera(f"{server}/good")).read()

    left = {file.name: file.stat().st_size for file in looks.folder.iterdir() if file.is_file()}
    assert set(left) == {"looks.lock", "gstreamer.registry"}
    assert left["looks.lock"] == 0
    assert caplog.records == []


def test_cameras_that_hang_hide_no_other(server: str, looks: Looks) -> None:
    with stuck_device() as port:
        cameras = Cameras(
            looks, camera(f"rtsp://127.0.0.1:{port}/", "stuck"), camera(f"{server}/good")
        )
        began = time.monotonic()
        seen = cameras.read()

    assert seen["stuck"]["device_faults"] == "not_answering"
    assert seen["camera"]["device_state"] == "ok"
    assert time.monotonic() - began < PATIENCE_SECONDS


def test_a_camera_whose_picture_never_comes_does_not_answer(server: str, looks: Looks) -> None:
    with stuck_device() as port, pytest.raises(NoPicture) as told:
        take_picture(looks, ByRtsp(f"rtsp://127.0.0.1:{port}/"), seconds=2.0)

    assert told.value.fault is DeviceFault.NOT_ANSWERING


def test_a_stream_that_the_camera_does_not_have_is_not_found(server: str, looks: Looks) -> None:
    seen = Cameras(looks, camera(f"{server}/other")).read()["camera"]

    assert (seen["device_state"], seen["device_faults"]) == ("absent", "not_found")


def test_a_camera_that_is_not_there_is_absent(looks: Looks) -> None:
    seen = Cameras(looks, camera(f"rtsp://127.0.0.1:{free_port()}/good")).read()["camera"]

    assert (seen["device_state"], seen["device_faults"]) == ("absent", "not_answering")


def test_an_address_cannot_add_to_the_pipeline_that_looks_at_it(server: str, looks: Looks) -> None:
    written = looks.folder / "written"
    with pytest.raises(NoPicture):
        take_picture(looks, ByRtsp(f'{server}/good" ! filesink location={written} fdsrc "'))

    assert not written.exists()


def test_a_machine_without_gstreamer_knows_that_the_camera_answers(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge_agent.looks._PATH", f"{tmp_path}")
    (tmp_path / "timeout").symlink_to("/usr/bin/timeout")
    (tmp_path / "prlimit").symlink_to("/usr/bin/prlimit")

    seen = Cameras(Looks(tmp_path), camera(f"{server}/good")).read()["camera"]

    assert seen["device_state"] == "ok"
    assert "picture_brightness" not in seen


def test_a_camera_of_the_machine_is_there_or_not(looks: Looks) -> None:
    video = DeviceSpec("judge", DeviceKind.CAMERA, ByVideo("/dev/video63"))
    plugged: set[str] = set()
    profile = Profile(devices=[video])
    probe = CamerasProbe(lambda: profile, looks, plugged.__contains__)
    (without,) = probe.read()
    plugged.add("/dev/video63")
    (with_it,) = probe.read()
    (really,) = CamerasProbe(lambda: profile, looks).read()

    assert without.devices["judge"]["device_faults"] == "not_found"
    assert with_it.devices["judge"]["device_state"] == "ok"
    assert really.devices["judge"]["device_state"] == "absent"
