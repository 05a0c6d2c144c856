"""`courtfleet services check` and `profiles check`: told like a compiler does, without a server."""

import json
from pathlib import Path

import pytest

from fleet_server.cli import main

GOOD = """\
[[services]]
name = "signing"
zh = "签名"
en = "Signing"
needs = [{ kinds = ["signature_pad"] }]
platforms = ["mediation"]
"""
PROFILE = """\
name = "van"

[[devices]]
name = "camera"
kind = "camera"
reach = { by = "video", path = "/dev/video0" }
"""


def _file(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_what_comes_with_the_server_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    statuses = [main(command, ["check", "--json"]) for command in ("services", "profiles")]

    services, profiles = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert statuses == [0, 0]
    assert len(services["items"][0]["services"]) == 13
    assert len(profiles["items"]) == 4


def test_mistakes_are_told_by_file_line_and_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _file(tmp_path, "court.toml", GOOD.replace("signature_pad", "signature_pat"))

    status = main("services", ["check", path, "--lang", "en"])

    told = capsys.readouterr()
    assert status == 1
    first, last = told.err.splitlines()
    assert first.startswith(f"{path}:5: error: services[0].needs[0].kinds[0]: expected one of ")
    assert first.endswith('found "signature_pat", did you mean signature_pad?')
    assert last == f"{path}: cannot be used; errors: 1, warnings: 0"


def test_a_warning_does_not_make_a_file_unusable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _file(tmp_path, "court.toml", GOOD.replace("mediation", "meditation"))

    status = main("services", ["check", path, "--lang", "zh-CN"])

    told = capsys.readouterr()
    assert status == 0
    assert told.err.splitlines() == [
        (
            f"{path}:6: 警告：services[0].platforms[0]：没有任何设备清单登记平台 meditation，"
            "因此不会检查；可能写错"
        )
    ]
    assert told.out.splitlines() == [f"{path}：可用；警告 1 条", "业务 1 项：签名"]


def test_a_catalogue_is_looked_at_beside_the_profiles_that_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _file(tmp_path, "court.toml", GOOD)
    profile = _file(tmp_path, "van.toml", PROFILE)

    main("services", ["check", path, "--profile", profile, "--json"])

    findings = json.loads(capsys.readouterr().out)["items"][0]["findings"]
    assert [(f["line"], f["level"], f["code"]) for f in findings] == [
        (5, "warning", "need_unmet"),
        (6, "warning", "platform_unnamed"),
    ]


def test_a_profile_tells_what_its_asset_can_do_and_what_it_never_can(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue = _file(tmp_path, "court.toml", GOOD)
    profile = _file(tmp_path, "van.toml", PROFILE)

    status = main("profiles", ["check", profile, "--catalogue", catalogue, "--lang", "en"])

    assert status == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{profile}: sound; warnings: 0",
        "  it cannot do Signing: too few of Signature pad",
    ]


def test_several_profiles_are_looked_at_and_one_bad_one_is_enough(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = _file(tmp_path, "van.toml", "\ufeff" + PROFILE)
    bad = _file(tmp_path, "bad.toml", PROFILE + "nmae = 5\n")

    status = main("profiles", ["check", good, bad, "--json"])

    items = json.loads(capsys.readouterr().out)["items"]
    assert status == 1
    assert [item["is_sound"] for item in items] == [True, False]
    assert items[1]["findings"][0]["line"] == 7
    assert items[1]["findings"][0]["field"] == "devices[0].nmae"


@pytest.mark.parametrize("text", [None, "\udcff", "name = ["])
def test_a_file_that_cannot_be_read_or_compared_with_is_named(
    text: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "van.toml"
    if text is not None:
        path.write_bytes(text.encode("utf-8", "surrogateescape"))

    status = main("services", ["check", "--profile", str(path), "--lang", "en"])

    assert status == 1
    assert str(path) in capsys.readouterr().err


@pytest.mark.parametrize("command", ["services", "profiles"])
def test_help_has_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(command, ["--help"])

    assert f"courtfleet {command} check" in capsys.readouterr().out
