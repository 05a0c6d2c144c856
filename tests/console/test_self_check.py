"""The self-check's page in a browser with pretended devices: what passes, fails and is refused."""

import os
import re
import shutil
import struct
import time
import wave
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, Playwright, expect
from pydantic import JsonValue

from tests.console.looking import (
    DESK_AND_PHONE,
    EVERY_LOOK,
    Look,
    context_of,
    in_short,
    shoot,
    violations,
)
from tests.services import chromium
from tests.services.server import Server, server

PROFILE: JsonValue = {
    "name": "desk",
    "devices": [
        {"name": "camera", "kind": "camera", "reach": {"by": "video", "path": "/dev/video0"}},
        {
            "name": "microphone",
            "kind": "microphone",
            "reach": {"by": "sound", "pcm": "default", "captures": True},
        },
        {
            "name": "speaker",
            "kind": "speaker",
            "reach": {"by": "sound", "pcm": "default", "captures": False},
        },
        {"name": "scanner", "kind": "scanner", "reach": {"by": "ipp", "uri": "ipp://s.example/"}},
        {"name": "printer", "kind": "printer", "reach": {"by": "ipp", "uri": "ipp://p.example/"}},
    ],
    "manual": [{"name": "paper", "zh": "打印纸", "en": "Paper"}],
}
CATALOGUE: JsonValue = {
    "services": [
        {
            "name": "confirmation",
            "zh": "司法确认",
            "en": "Confirmation",
            "needs": [
                {"kinds": [kind]}
                for kind in ("camera", "microphone", "speaker", "scanner", "printer")
            ],
            "manual": ["paper"],
            "link": "D",
            "seats": {"mediator": 1},
        }
    ]
}
ENGLISH = Look("en", "light")
CHINESE = Look("zh-CN", "dark")
_WIDTH, _HEIGHT = 64, 48


@dataclass
class Station:
    """A server with a station that has a key."""

    server: Server
    api: httpx.Client
    address: str

    def page(self) -> str:
        """The way to the page with a new key, as the link and the QR code have it."""
        body = {"address": self.address}
        link = self.api.post("/assets/sta-001/station-key", json=body).json()["link"]
        return str(link).removeprefix(self.address)

    def verdict(self, until: str, because: str = "") -> dict[str, JsonValue]:
        """The verdict at the centre, once it is `until`, with this among its reasons."""
        ends = time.monotonic() + 120
        while True:
            [found] = self.api.get("/assets/sta-001/readiness").json()["items"]
            told = ["", *(one["sentence"] for one in found["reasons"])]
            if (found["readiness"] == until and because in told) or time.monotonic() > ends:
                return dict(found)
            time.sleep(0.2)


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    folder = tmp_path_factory.mktemp("station") / "data"
    with server(folder) as made:
        way = httpx.HTTPTransport(uds=str(folder / "server.sock"))
        headers = {"accept-language": "en"}
        with httpx.Client(
            transport=way, base_url="http://server/api/v1", headers=headers, timeout=120
        ) as api:
            new = {"id": "sta-001", "kind": "station", "name": "一号调解点", "court": "甲法院"}
            api.post("/assets", json={"assets": [new]}).raise_for_status()
            for name, content in (("profile?kind=station", PROFILE), ("catalogue", CATALOGUE)):
                body = {"content": content}
                api.put(f"/documents/{name}", json=body).raise_for_status()
            yield Station(made, api, made.ready.console.rstrip("/"))


class Desk:
    """Opens the page; browsers whose devices are pretended alike are the same."""

    def __init__(self, station: Station, playwright: Playwright) -> None:
        self._station = station
        self._playwright = playwright
        self._browsers: dict[tuple[str, ...], Browser] = {}

    @contextmanager
    def page(self, *flags: str, look: Look = ENGLISH, may_use: bool = True) -> Iterator[Page]:
        """A page with a new key; `flags` say what camera and microphone give."""
        with context_of(self._browser(flags), self._station.address, look) as context:
            context.grant_permissions(["camera", "microphone"] if may_use else [])
            page = context.new_page()
            page.goto(self._station.page())
            page.locator("li[data-step='webrtc'] .status.ready").wait_for()
            page.locator("li[data-step='link'] .status.ready").wait_for()
            yield page

    def close(self) -> None:
        for browser in self._browsers.values():
            browser.close()

    def _browser(self, flags: tuple[str, ...]) -> Browser:
        if flags not in self._browsers:
            program = shutil.which("chromium")
            assert program, "chromium is not installed: tools/setup test"
            arguments = [*chromium.PLAIN, "--use-fake-device-for-media-stream", *flags]
            self._browsers[flags] = self._playwright.chromium.launch(
                executable_path=program, args=arguments
            )
        return self._browsers[flags]


@pytest.fixture(scope="module")
def desk(station: Station, playwright: Playwright) -> Iterator[Desk]:
    made = Desk(station, playwright)
    yield made
    made.close()


def _came_to(page: Page, step: str, words: str) -> None:
    expect(page.locator(f"li[data-step='{step}'] .came-to")).to_contain_text(words)


def _try(page: Page, step: str) -> None:
    page.locator(f"li[data-step='{step}'] button").first.click()


def _answer(page: Page, step: str, answer: str) -> None:
    page.locator(f"li[data-step='{step}']").get_by_role("button", name=answer).click()


def _send(page: Page, who: str = "Mediator A") -> None:
    page.locator("#who").fill(who)
    page.get_by_role("button", name="Send the result").click()


def test_what_passes_ends_as_ready_and_self_checked(
    station: Station, desk: Desk, tmp_path: Path
) -> None:
    with desk.page() as page:
        for step in ("camera", "microphone"):
            _try(page, step)
            _came_to(page, step, "Passed")
        for step, answer in (
            ("speaker", "Heard it"),
            ("printer", "It came out well"),
            ("item-paper", "There, and works"),
        ):
            _try(page, step)
            _answer(page, step, answer)
            _came_to(page, step, "Passed")
        _try(page, "scanner")
        page.locator("li[data-step='scanner'] input").set_input_files(_sheet(tmp_path))
        _came_to(page, "scanner", "Passed")
        page.locator("#seat").select_option("mediator")
        _send(page)
        expect(page.locator(".notice")).to_contain_text("Sent: 8 passed, 0 failed")
        verdict = station.verdict(until="ready")
        service = page.locator("li[data-service='confirmation']")
        expect(service).to_contain_text("Ready")
        expect(service).to_contain_text("Self-checked")

    assert (verdict["readiness"], verdict["reasons"]) == ("ready", [])
    assert str(verdict["self_checked"]).startswith("Self-checked, ")
    kinds = [one["kind"] for one in station.api.get("/assets/sta-001/events").json()["items"]]
    assert kinds[:2] == ["seat_taken", "check_done"]


def test_a_black_picture_and_a_silent_room_fail(
    station: Station, desk: Desk, tmp_path: Path
) -> None:
    black = f"--use-file-for-fake-video-capture={_film(tmp_path, brightness=16)}"
    silent = f"--use-file-for-fake-audio-capture={_silence(tmp_path)}"
    with desk.page(black, silent) as page:
        for step, fault in (("camera", "picture is black"), ("microphone", "no sound")):
            _try(page, step)
            _came_to(page, step, fault)
        _try(page, "printer")
        _answer(page, "printer", "paper is jammed")
        _send(page)
        # More where the machine is so busy that its link fails too.
        expect(page.locator(".notice")).to_contain_text(re.compile(r"[3-5] failed"))

    verdict = station.verdict(until="not_ready", because="Camera: picture is black.")
    assert isinstance(verdict["reasons"], list)
    told = [one["sentence"] for one in verdict["reasons"] if isinstance(one, dict)]
    assert "Camera: picture is black." in told
    assert "Microphone: no sound." in told
    assert "Printer: paper is jammed." in told


def test_a_frozen_picture_fails(desk: Desk, tmp_path: Path) -> None:
    frozen = f"--use-file-for-fake-video-capture={_film(tmp_path, brightness=150)}"
    with desk.page(frozen) as page:
        _try(page, "camera")

        _came_to(page, "camera", "picture is frozen")


def test_what_the_browser_does_not_allow_is_refused_and_no_fault(
    station: Station, desk: Desk
) -> None:
    with desk.page(may_use=False) as page:
        for step in ("camera", "microphone"):
            _try(page, step)
            _came_to(page, step, "Not allowed")
        page.get_by_role("button", name="Send the result").click()
        expect(page.locator(".notice")).to_have_text("Enter your name first.")
        _send(page)
        expect(page.locator(".notice")).to_contain_text("2 not allowed")

    event = station.api.get("/assets/sta-001/events").json()["items"][0]
    assert ["camera", "refused", "not_allowed"] in event["body"]["steps"]


def test_an_old_file_proves_nothing_and_a_black_sheet_fails(desk: Desk, tmp_path: Path) -> None:
    old = _sheet(tmp_path)
    os.utime(old, (0, 0))
    with desk.page() as page:
        for sheet, words in ((old, "not made just now"), (_sheet(tmp_path, 0), "black")):
            _try(page, "scanner")
            page.locator("li[data-step='scanner'] input").set_input_files(sheet)
            _came_to(page, "scanner", words)


def test_a_withdrawn_key_opens_nothing(station: Station, desk: Desk) -> None:
    with desk.page(look=CHINESE) as page:
        station.api.delete("/assets/sta-001/station-key").raise_for_status()
        page.locator("#who").fill("调解员甲")
        page.get_by_role("button", name="提交结果").click()
        expect(page.locator(".notice")).to_contain_text("请向法院索取新链接")
        page.goto("/self-check")

        expect(page.locator(".notice")).to_contain_text("链接不完整")


@pytest.mark.parametrize("look", in_short(EVERY_LOOK, DESK_AND_PHONE))
def test_the_page_is_accessible(desk: Desk, look: Look) -> None:
    with desk.page(look=look) as page:
        _try(page, "printer")
        shoot(page, "self-check", look)

        assert violations(page) == []


def _film(folder: Path, brightness: int) -> Path:
    """Two equal grey frames, which Chromium plays again and again."""
    file = folder / f"grey-{brightness}.y4m"
    frame = bytes([brightness]) * (_WIDTH * _HEIGHT) + bytes([128]) * (_WIDTH * _HEIGHT // 2)
    head = f"YUV4MPEG2 W{_WIDTH} H{_HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()
    file.write_bytes(head + 2 * (b"FRAME\n" + frame))
    return file


def _silence(folder: Path) -> Path:
    file = folder / "silence.wav"
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(44_100)
        sound.writeframes(bytes(2 * 44_100))
    return file


def _sheet(folder: Path, brightness: int = 240) -> Path:
    """A grey PNG, 16 by 16."""
    rows = b"".join(b"\0" + bytes([brightness]) * 16 for _ in range(16))
    file = folder / f"sheet-{brightness}.png"
    file.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0))
        + _chunk(b"IDAT", zlib.compress(rows))
        + _chunk(b"IEND", b"")
    )
    return file


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)
