"""Microphones and speakers through ALSA's own programs and its PCMs that are files."""

import os
import time
from pathlib import Path

import pytest

from edge_agent.looks import Looks
from edge_agent.probes.sounds import SoundsProbe
from edge_agent.sound import NoSound, is_silent, play_tone, record
from telemetry.wire.profile import BySound, DeviceSpec, Profile
from telemetry.words import DeviceFault, DeviceKind
from tests.services.asound import RATE, write_asoundrc
from tests.services.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.integration


@pytest.fixture
def looks(tmp_path: Path) -> Looks:
    write_asoundrc(tmp_path)
    return Looks(tmp_path)


def microphone(pcm: str, name: str = "microphone", *, may_be_off: bool = False) -> DeviceSpec:
    reach = BySound(pcm, captures=True)
    return DeviceSpec(name, DeviceKind.MICROPHONE, reach, may_be_off=may_be_off)


def states(probe: SoundsProbe) -> dict[str, object]:
    (reading,) = probe.read()
    return {name: values["device_state"] for name, values in reading.devices.items()}


def test_a_microphone_is_as_loud_as_what_it_hears(looks: Looks) -> None:
    tone = record(looks, BySound("tone", captures=True), 1)
    quiet = record(looks, BySound("quiet", captures=True), 1)

    assert tone == pytest.approx(27.5, abs=0.1)
    assert not is_silent(tone)
    assert quiet == 0
    assert is_silent(quiet)


def test_a_speaker_plays_a_second_of_tone(tmp_path: Path) -> None:
    played = write_asoundrc(tmp_path)

    play_tone(Looks(tmp_path), BySound("speaker", captures=False))

    sound = played.read_bytes()
    assert len(sound) >= 2 * RATE
    assert len(set(sound[: 2 * RATE])) > 100


def test_a_device_that_alsa_does_not_know_is_not_found(looks: Looks) -> None:
    with pytest.raises(NoSound) as told:
        record(looks, BySound("no-such-name", captures=True))

    assert told.value.fault is DeviceFault.NOT_FOUND


def test_a_device_that_hangs_is_given_up(looks: Looks) -> None:
    os.mkfifo(looks.folder / "stuck.in")
    began = time.monotonic()
    with pytest.raises(NoSound) as told:
        record(looks, BySound("stuck", captures=True), 1)

    assert told.value.fault is DeviceFault.NOT_ANSWERING
    assert time.monotonic() - began < PATIENCE_SECONDS


def test_a_name_of_alsas_is_opened_now_and_then(looks: Looks) -> None:
    now = 0.0
    there, gone = microphone("tone"), microphone("other", "gone")
    away = microphone("other-too", "away", may_be_off=True)
    profile = Profile(devices=[there, gone, away])
    probe = SoundsProbe(lambda: profile, looks, up=lambda: now)
    first = states(probe)
    (looks.folder / ".asoundrc").write_text("pcm.other { type null }\n")
    at_once = states(probe)
    now = 60.0
    after_a_minute = states(probe)
    now = 600.0
    after_ten = states(probe)

    assert first == at_once == {"microphone": "ok", "gone": "absent", "away": "off"}
    assert after_a_minute == {"microphone": "ok", "gone": "ok", "away": "off"}
    assert after_ten == {"microphone": "absent", "gone": "ok", "away": "off"}
