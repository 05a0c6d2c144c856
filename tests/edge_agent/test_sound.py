"""Levels of what was recorded, and sound cards as the kernel lists them."""

from array import array
from pathlib import Path

import pytest

from edge_agent.probes.sounds import is_on_card
from edge_agent.sound import is_silent, peak_percent
from telemetry.wire.profile import BySound


@pytest.mark.parametrize(
    ("samples", "percent", "silent"),
    [
        ([], 0, True),
        ([0, 0, 0], 0, True),
        ([1, -1, 0], 0.003, True),
        ([5000, 5000, 5001], 0, True),  # a constant part is no sound
        ([100, -100], 0.305, False),
        ([16384, -16384], 50, False),
        ([32767, -32768], 100, False),
    ],
)
def test_the_level_is_half_the_way_from_lowest_to_highest(
    samples: list[int], percent: float, silent: bool
) -> None:
    level = peak_percent(array("h", samples).tobytes())

    assert level == pytest.approx(percent, abs=0.002)
    assert is_silent(level) is silent


def test_half_a_sample_at_the_end_is_left_out() -> None:
    assert peak_percent(array("h", [0, 16384]).tobytes() + b"\x7f") == pytest.approx(25)


@pytest.mark.parametrize(
    ("pcm", "captures", "is_there"),
    [
        ("hw:1,0", True, True),
        ("hw:1,0", False, False),
        ("hw:1", True, True),
        ("hw:0,3", False, True),
        ("hw:0,3", True, False),
        ("hw:2", True, False),
        ("plughw:CARD=Desk,DEV=0", True, True),
        ("sysdefault:CARD=Desk", True, True),
        ("sysdefault:CARD=Other", True, False),
        ("default", True, None),
        ("plug:court", True, None),
        ("hw:../..", True, None),
    ],
)
def test_a_card_is_looked_for_where_the_kernel_lists_them(
    tmp_path: Path, pcm: str, captures: bool, is_there: bool | None
) -> None:
    for folder in ("card0/pcm3p", "card1/pcm0c"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "Desk").symlink_to("card1")

    assert is_on_card(BySound(pcm, captures=captures), tmp_path) is is_there
