"""`courtfleet basemap` against a real server: what it takes, shows, undoes, and refuses."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet_server import cli
from fleet_server.basemap import rules
from fleet_server.basemap.rules import Position, distance_metres, to_wgs84
from simulators.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("basemap_command")]

AT = (106.44, 29.83)
VILLAGE = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name_zh": "歇马", "name_en": "Xiema"},
            "geometry": {"type": "Point", "coordinates": AT},
        }
    ],
}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with Rig(tmp_path_factory.mktemp("basemap")) as running:
        yield running


@pytest.fixture
def village(tmp_path: Path) -> Path:
    path = tmp_path / "village.geojson"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(VILLAGE).encode())
    return path


def _say(rig: Rig, *words: str | Path, lang: str = "en") -> int:
    return cli.main("basemap", [*map(str, words), "--server", str(rig.data), "--lang", lang])


def test_a_layer_is_taken_shown_and_undone(
    rig: Rig, village: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    took = _say(rig, "import", village, "--layer", "places", "--datum", "gcj02")
    said = capsys.readouterr().out
    _say(rig, "show")
    shown = capsys.readouterr().out
    _say(rig, "reset", "places")
    _say(rig, "reset", "places", lang="zh-CN")
    undone = capsys.readouterr().out

    assert took == 0
    assert "1 features for the layer places" in said
    assert "move by up to" in said
    assert "places: imported, 1 features" in shown
    assert "rivers: the bundled one" in shown
    assert undone.splitlines() == [
        "The console shows its own places again.",
        "没有导入过图层 places；控制台使用内置图层。",
    ]


def test_the_server_keeps_wgs84(rig: Rig, village: Path) -> None:
    _say(rig, "import", village, "--layer", "places", "--datum", "gcj02")

    kept = json.loads((rig.data / "basemap" / "places.geojson").read_bytes())
    at = Position(*kept["features"][0]["geometry"]["coordinates"])
    assert distance_metres(at, to_wgs84(*AT)) < 0.05


def test_a_dry_run_needs_no_server_and_sends_nothing(
    village: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["import", str(village), "--layer", "places", "--datum", "gcj02", "--dry-run", "--json"]

    status = cli.main("basemap", [*words, "--server", str(tmp_path / "nowhere")])

    plan = json.loads(capsys.readouterr().out)
    assert status == 0
    assert plan["is_sent"] is False
    assert plan["features"] == 1
    assert plan["bounds"] == [*AT, *AT]
    assert 300 < plan["moved_metres"] < 700


@pytest.mark.parametrize(
    ("content", "en", "zh"),
    [
        (b"PK\x03\x04", "no GeoJSON", "不是 UTF-8 编码的 GeoJSON"),
        ("歇马".encode("gb18030"), "no GeoJSON", "不是 UTF-8 编码的 GeoJSON"),
        (b'{"type": "FeatureCollection", "features": []}', "no feature", "没有任何要素"),
        (b"[" * 5_000, "no GeoJSON", "不是 UTF-8 编码的 GeoJSON"),
    ],
)
def test_what_is_no_map_is_refused_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, en: str, zh: str
) -> None:
    path = tmp_path / "map.geojson"
    path.write_bytes(content)
    words = ["import", str(path), "--layer", "rivers", "--datum", "wgs84", "--dry-run"]

    statuses = [cli.main("basemap", [*words, "--lang", lang]) for lang in ("en", "zh-CN")]

    english, chinese = capsys.readouterr().err.splitlines()
    assert statuses == [1, 1]
    assert en in english
    assert zh in chinese


def test_metres_of_a_projection_are_told_from_degrees(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "map.geojson"
    path.write_text(json.dumps(VILLAGE).replace("106.44", "36351000.5"))

    status = cli.main(
        "basemap", ["import", str(path), "--layer", "places", "--datum", "cgcs2000", "--dry-run"]
    )

    assert status == 1
    assert "36351000.5, 29.83" in capsys.readouterr().err


def test_a_file_that_is_too_large_or_absent_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    large = tmp_path / "large.geojson"
    with large.open("wb") as file:
        file.truncate(rules.MOST_BYTES + 1)

    for path in (large, tmp_path / "absent.geojson"):
        words = ["import", str(path), "--layer", "rivers", "--datum", "wgs84", "--lang", "en"]
        assert cli.main("basemap", words) == 1

    first, second = capsys.readouterr().err.splitlines()
    assert "more than 20 MB" in first
    assert "cannot be read" in second
