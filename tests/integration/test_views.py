"""A real server's views over real sockets: the stream, its end, ranges, and packed answers."""

import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulators.rig import Rig
from tests.services.waiting import PATIENCE_SECONDS

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("views")]

_API = "/api/v1"
_NEW = {"assets": [{"id": "veh-001", "kind": "vehicle", "court": "重庆市巴南区人民法院"}]}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with Rig(tmp_path_factory.mktemp("views")) as running:
        yield running


@pytest.fixture
def browser(rig: Rig) -> Iterator[httpx.Client]:
    """A browser that entered the demo."""
    address = json.loads((rig.folder / "ready.json").read_text())["console"]
    with httpx.Client(base_url=address, timeout=PATIENCE_SECONDS, trust_env=False) as client:
        assert client.post(f"{_API}/session/demo").status_code == 201
        yield client


def _events(stream: httpx.Response) -> Iterator[tuple[str, Any, str]]:
    """Name, data and id of each event."""
    found: dict[str, str] = {}
    for line in stream.iter_lines():
        if line.startswith("data:"):
            found["data"] = line[5:].strip()
        elif ":" in line and not line.startswith(":"):
            name, _, value = line.partition(":")
            found[name] = value.strip()
        elif not line and "data" in found:
            yield found["event"], json.loads(found["data"]), found.get("id", "")
            found = {}


def test_a_browser_follows_resumes_and_is_cut_off_with_its_session(browser: httpx.Client) -> None:
    browser.post(f"{_API}/assets", json=_NEW).raise_for_status()
    with browser.stream("GET", f"{_API}/stream", headers={"accept-encoding": "gzip"}) as stream:
        kind = stream.headers["content-type"]
        events = _events(stream)
        first = next(events)
        browser.post(f"{_API}/tokens", json={"label": "x"}).raise_for_status()
        name, _, number = next(events)

    resumed = {"last-event-id": str(int(number) - 1)}
    with browser.stream("GET", f"{_API}/stream", headers=resumed) as stream:
        events = _events(stream)
        again = next(events)
        began = time.monotonic()
        assert browser.delete(f"{_API}/session").status_code == 204
        rest = list(events)
        lasted = time.monotonic() - began

    assert kind.startswith("text/event-stream")
    assert "content-encoding" not in stream.headers
    assert (first[0], first[1][0][:3]) == ("assets", ["veh-001", "offline", "never"])
    assert (name, again[2]) == ("changed", number)
    assert again[1] == {"id": int(number), "what": "token_made", "subject": "account:demo"}
    assert lasted < PATIENCE_SECONDS
    assert all(event[0] == "assets" for event in rest)


def test_a_file_is_read_by_range_and_json_is_packed(rig: Rig, browser: httpx.Client) -> None:
    body = bytes(range(256)) * 400
    folder = rig.data / "basemap"
    folder.mkdir(exist_ok=True)
    Path(folder / "basemap.pmtiles").write_bytes(body)

    part = browser.get(f"{_API}/basemap/pmtiles", headers={"range": "bytes=1000-1999"})
    beyond = browser.get(f"{_API}/basemap/pmtiles", headers={"range": "bytes=102400-"})
    whole = browser.get(f"{_API}/basemap/pmtiles", headers={"accept-encoding": "gzip"})
    with browser.stream("GET", f"{_API}/openapi.json") as stream:
        packed = b"".join(stream.iter_raw())

    assert (part.status_code, part.content) == (206, body[1000:2000])
    assert part.headers["content-range"] == "bytes 1000-1999/102400"
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */102400")
    assert whole.content == body
    assert "content-encoding" not in whole.headers
    assert json.loads(gzip.decompress(packed))["openapi"].startswith("3.")
