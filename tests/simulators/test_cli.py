"""The commands say what is wrong in a sentence, and what to do."""

from pathlib import Path

import pytest

from simulators import cli


@pytest.mark.parametrize("command", ["demo", "replay"])
def test_help_has_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(command, ["--help"])

    assert ended.value.code == 0
    assert f"courtfleet {command} " in capsys.readouterr().out


@pytest.mark.parametrize(
    "argv",
    [
        ["--assets", "0"],
        ["--for", "soon"],
        ["--for", "0s"],
        ["--break", "everything", "--for", "9s"],
        ["--break", "none"],
    ],
)
def test_a_demo_that_makes_no_sense_is_a_usage_error(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main("demo", argv)

    assert ended.value.code == 2


def test_a_file_that_is_no_recording_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear court,\n")

    assert cli.main("replay", [str(path)]) == 1
    assert capsys.readouterr().err == (
        f"courtfleet replay: {path} is neither a G-NetTrack Pro CSV nor an NMEA log.\n"
    )


def test_a_full_folder_is_not_written_into(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").touch()

    assert cli.main("demo", ["--keep", str(tmp_path)]) == 1
    assert "is not empty; name a new folder with --keep" in capsys.readouterr().err
