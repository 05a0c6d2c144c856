"""The server's settings."""

from pathlib import Path

import pytest

from fleet_server.errors import BadSettings
from fleet_server.settings import load


def test_flags_overrule_the_file(tmp_path: Path) -> None:
    (tmp_path / "server.toml").write_text('host = "fleet.example.cn"\nbroker_port = 1\n')

    found = load({"data": tmp_path, "broker_port": 2, "enrol_port": None})

    assert (found.host, found.broker_port, found.enrol_port) == ("fleet.example.cn", 2, 8884)
    assert found.hosts == ["fleet.example.cn", "localhost", "127.0.0.1"]


def test_without_a_file_a_data_folder_is_enough(tmp_path: Path) -> None:
    found = load({"data": tmp_path})

    assert found.database_url == f"sqlite:///{tmp_path}/state.sqlite"
    assert not found.demo


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("colour = 1", "colour"),
        ("broker_port = 70000", "broker_port"),
        ('log_level = "loud"', "log_level"),
        ('[mirror]\nbucket = "x"', "mirror.url"),
        ('[map]\ntianditu_key = "a&b"', "map.tianditu_key"),
        ('[[map.sources]]\nid = "Own"\nurl = "http://x/{z}/{x}/{y}"', "map.sources.0.id"),
        ('[[map.sources]]\nid = "own"\nurl = "http://x/{z}/{x}"', "map.sources.0.url"),
        ('[[map.sources]]\nid = "own"\nurl = "file:///{z}/{x}/{y}"', "map.sources.0.url"),
        ('[[map.sources]]\nid = "tianditu"\nurl = "http://x/{z}/{x}/{y}"', "map"),
        ("= 1", "server.toml"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, place: str) -> None:
    (tmp_path / "server.toml").write_text(text)

    with pytest.raises(BadSettings) as refusal:
        load({"data": tmp_path})

    assert str(refusal.value.facts["place"]).endswith(place)


def test_a_map_source_needs_little(tmp_path: Path) -> None:
    text = """
name = "重庆车载便民法庭"
[map]
review_number = "GS(2024)0650号"
[[map.sources]]
id = "office"
url = "http://tiles.example.cn/{s}/{z}/{x}/{y}.png?key=1"
"""
    (tmp_path / "server.toml").write_text(text)

    found = load({"data": tmp_path})

    [source] = found.map.sources
    assert (found.name, found.map.review_number) == ("重庆车载便民法庭", "GS(2024)0650号")
    assert (source.datum, source.overlay_url, source.max_zoom) == ("wgs84", "", 18)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "fleet.example.cn", "192.168.1.5"])
def test_the_console_listens_on_this_machine_only(tmp_path: Path, host: str) -> None:
    with pytest.raises(BadSettings) as refusal:
        load({"data": tmp_path, "console_host": host})

    assert refusal.value.code == "console_not_loopback"


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(BadSettings):
        load({"data": tmp_path}, tmp_path / "absent.toml")
