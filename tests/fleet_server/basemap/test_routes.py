"""A court's own map over the API: layers, PMTiles by range, and what the console is told."""

import gzip
import json
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import JsonValue

from fleet_server.access.model import SYSTEM, Account
from fleet_server.basemap import store
from fleet_server.basemap.rules import to_gcj02
from fleet_server.basemap.tiles import Tiles
from fleet_server.listeners import Local
from fleet_server.parts import Parts
from fleet_server.settings import Map, Settings, TileSource
from tests.fleet_server.asking import COURT, Api
from tests.fleet_server.conftest import Clock
from tests.fleet_server.prepared import application

_HERE = (106.55, 29.56)
_PATH = "/api/v1/basemap/places"


def _places(*positions: tuple[float, float]) -> JsonValue:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name_zh": "解放碑"},
                "geometry": {"type": "Point", "coordinates": list(position)},
            }
            for position in positions
        ],
    }


def _pmtiles(parts: Parts, size: int = 5000) -> bytes:
    body = bytes(number % 251 for number in range(size))
    path = parts.settings.data / "basemap" / store.PMTILES
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(body)
    return body


def test_an_imported_layer_is_served_in_wgs84(api: Api) -> None:
    before = api.get(_PATH)

    put = api.put(f"{_PATH}?datum=gcj02", _places(to_gcj02(*_HERE)))

    assert before.status_code == 404
    assert put.json() == {"layer": "places", "features": 1}
    answer = api.get(_PATH)
    assert answer.headers["content-type"] == "application/geo+json"
    [feature] = answer.json()["features"]
    assert feature["geometry"]["coordinates"] == pytest.approx(_HERE, abs=1e-6)
    assert api.get("/api/v1/console").json()["layers"] == ["places"]


def test_a_layer_that_did_not_change_is_not_sent_again(api: Api) -> None:
    api.put(f"{_PATH}?datum=wgs84", _places(_HERE))
    mark = api.get(_PATH).headers["etag"]

    same = api.ask("GET", _PATH, headers={"if-none-match": mark})
    api.put(f"{_PATH}?datum=wgs84", _places(_HERE, _HERE))
    other = api.ask("GET", _PATH, headers={"if-none-match": mark})

    assert (same.status_code, same.content) == (304, b"")
    assert len(other.json()["features"]) == 2


def test_removing_a_layer_brings_the_consoles_own_back(api: Api) -> None:
    api.put(f"{_PATH}?datum=wgs84", _places(_HERE))

    removed = api.delete(_PATH)

    assert removed.status_code == 204
    assert api.get(_PATH).status_code == 404
    assert api.delete(_PATH).status_code == 404
    said = [row["what"] for row in api.get("/api/v1/journal").json()["items"]]
    assert said == ["basemap_removed", "basemap_imported"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "basemap_not_geojson"),
        (b'"text"', "basemap_not_geojson"),
        (b"[" * 50_000, "basemap_not_geojson"),
        (b"\xff\xfe", "basemap_not_geojson"),
        (json.dumps(_places((29.56, 106.55))).encode(), "basemap_swapped"),
        (json.dumps(_places((1e400, 29.5))).encode(), "basemap_not_geojson"),
    ],
)
def test_what_is_no_layer_leaves_the_old_one(api: Api, body: bytes, code: str) -> None:
    api.put(f"{_PATH}?datum=wgs84", _places(_HERE))
    old = api.get(_PATH).content

    answer = api.ask("PUT", f"{_PATH}?datum=wgs84", content=body)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert api.get(_PATH).content == old


def test_too_large_a_file_is_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_BYTES", 1000)

    answer = api.ask("PUT", f"{_PATH}?datum=wgs84", content=b" " * 1001)

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_the_fleets_map_is_not_for_one_court_to_change(
    app: FastAPI, api: Api, stranger: Api, parts: Parts, clock: Clock
) -> None:
    parts.access.make_first_account(parts.settings.data / "initial-password", clock.now)
    token = api.post("/api/v1/tokens", {"label": "x", "role": "operator"}).json()["token"]
    with parts.database.unit(SYSTEM, clock.now) as unit:
        unit.session.get_one(Account, "admin").courts = COURT
    stranger.headers["authorization"] = f"Bearer {token}"

    answers = [
        stranger.put(f"{_PATH}?datum=wgs84", _places(_HERE)),
        stranger.delete(_PATH),
    ]

    assert {answer.json()["code"] for answer in answers} == {"not_whole_fleet"}
    assert api.get(_PATH).status_code == 404


def test_a_half_written_layer_is_never_seen(
    api: Api, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.put(f"{_PATH}?datum=wgs84", _places(_HERE))
    old = api.get(_PATH).content

    def fails(_: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", fails)
        failed = api.put(f"{_PATH}?datum=wgs84", _places(_HERE, _HERE))

    assert failed.status_code == 500
    assert api.get(_PATH).content == old
    said = [row["what"] for row in api.get("/api/v1/journal").json()["items"]]
    assert said == ["basemap_imported"]


def test_pmtiles_are_read_by_range(api: Api, parts: Parts) -> None:
    body = _pmtiles(parts)
    path = "/api/v1/basemap/pmtiles"

    def ask(**headers: str) -> tuple[int, bytes, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = api.ask("GET", path, headers={"accept-encoding": "gzip", **named})
        assert "content-encoding" not in answer.headers
        return answer.status_code, answer.content, answer.headers.get("content-range", "")

    mark = api.get(path).headers["etag"]
    assert ask() == (200, body, "")
    assert ask(range="bytes=0-126") == (206, body[:127], "bytes 0-126/5000")
    assert ask(range="bytes=4990-") == (206, body[4990:], "bytes 4990-4999/5000")
    assert ask(range="bytes=-5") == (206, body[-5:], "bytes 4995-4999/5000")
    assert ask(range="bytes=5000-")[::2] == (416, "bytes */5000")
    assert ask(range="bytes=0-9", if_range=mark) == (206, body[:10], "bytes 0-9/5000")
    assert ask(range="bytes=0-9", if_range='"other"') == (200, body, "")


def test_without_a_pmtiles_file_there_is_none(api: Api, parts: Parts) -> None:
    assert api.get("/api/v1/basemap/pmtiles").status_code == 404
    assert [one["id"] for one in api.get("/api/v1/console").json()["sources"]] == ["offline"]

    _pmtiles(parts)

    sources = api.get("/api/v1/console").json()["sources"]
    assert [(one["id"], one["kind"]) for one in sources] == [
        ("offline", "offline"),
        ("pmtiles", "pmtiles"),
    ]


def test_the_console_is_told_of_sources_but_of_no_key(parts: Parts, tmp_path: Path) -> None:
    wanted = Map(
        review_number="GS(2024)0650号",
        tianditu_key="SECRET",
        sources=(
            TileSource(
                id="amap",
                url="https://map.example.cn/{z}/{x}/{y}.png?k=SECRET",
                name_zh="高德",
                datum="gcj02",
                max_zoom=17,
            ),
        ),
    )
    settings = Settings(data=tmp_path, host="localhost", name="重庆车载便民法庭", map=wanted)
    values = {name: getattr(parts, name) for name in type(parts).__slots__}
    app = application(type(parts)(**{**values, "settings": settings, "tiles": Tiles(wanted)}))

    answer = Api(app).get("/api/v1/console")

    said = answer.json()
    assert "SECRET" not in answer.text
    assert (said["demo"], said["name"]) == (False, "重庆车载便民法庭")
    assert said["review_number"] == "GS(2024)0650号"
    _, tianditu, amap = said["sources"]
    assert tianditu["url"] == "/api/v1/tiles/tianditu/{z}/{x}/{y}"
    assert tianditu["overlay_url"] == "/api/v1/tiles/tianditu-overlay/{z}/{x}/{y}"
    assert (amap["name_en"], amap["name_zh"], amap["datum"]) == ("amap", "高德", "gcj02")
    assert amap["overlay_url"] is None
    assert Api(Local(app)).get("/api/v1/tiles/amap/18/0/0").status_code == 404


def test_json_is_packed_for_who_can_unpack_it(api: Api) -> None:
    api.put(f"{_PATH}?datum=wgs84", _places(*[_HERE] * 200))

    answer = api.ask("GET", "/api/v1/openapi.json", headers={"accept-encoding": "gzip"})
    plain = api.ask("GET", "/api/v1/openapi.json", headers={"accept-encoding": "identity"})

    assert answer.headers["content-encoding"] == "gzip"
    assert len(gzip.compress(plain.content, 5)) < len(plain.content) / 4
    assert answer.json() == plain.json()
