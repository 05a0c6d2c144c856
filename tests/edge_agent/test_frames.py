"""What grey frames say of a camera."""

import random

import pytest

from edge_agent.frames import HEIGHT, WIDTH, judge, safe_url
from telemetry.wire.profile import ByRtsp
from telemetry.words import DeviceFault

POINTS = WIDTH * HEIGHT


def plain(brightness: int) -> bytes:
    return bytes([brightness]) * POINTS


def noisy(brightness: int, seed: int) -> bytes:
    """A dark scene as a living sensor gives it: most points the same, some one step off."""
    random_number = random.Random(seed)
    return bytes(brightness + (random_number.random() < 0.1) for _ in range(POINTS))


@pytest.mark.parametrize(
    ("frames", "fault"),
    [
        ([plain(120), plain(121)], None),
        ([noisy(40, 1), noisy(40, 2)], None),
        ([plain(120), plain(120)], DeviceFault.PICTURE_FROZEN),
        ([plain(16), plain(16)], DeviceFault.PICTURE_BLACK),
        ([noisy(16, 1), noisy(16, 2)], DeviceFault.PICTURE_BLACK),
        ([plain(0), plain(120)], None),
        ([plain(120), plain(120), plain(125)], None),
    ],
)
def test_black_and_frozen_pictures_are_told_from_living_ones(
    frames: list[bytes], fault: DeviceFault | None
) -> None:
    assert judge(frames).fault is fault


def test_brightness_and_change_are_means() -> None:
    picture = judge([plain(100), plain(104)])

    assert (picture.brightness, picture.change) == (104.0, 4.0)


def test_what_could_end_an_address_is_encoded() -> None:
    url = 'rtsp://camera:554/a b"!\r\n\\?x=1&y=%20'

    assert safe_url(ByRtsp(url)) == "rtsp://camera:554/a%20b%22%21%0D%0A%5C?x=1&y=%20"
