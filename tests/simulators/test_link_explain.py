"""`link explain`: each change with its reason, in both languages; calm on real drives."""

import json
import math
from pathlib import Path

import pytest

from simulators import link_command, link_trace
from simulators.link_explain import Explanation, explain
from telemetry.rules.link_class import UNKNOWN, judge, severity, step
from tests.services.recordings import recordings

TESTS = """\
seconds,link_rtt_seconds,link_jitter_up_seconds,link_jitter_down_seconds,link_loss_up_percent,\
link_loss_down_percent,link_uplink_bits_per_second
"""
GOOD = "0.040,0.003,0.002,0,0,9000000"
SLOW = "0.280,0.003,0.002,0,0,9000000"
UNSURE = "0.040,0.003,0.002,0,0,"


def written(folder: Path, *rows: str) -> Path:
    path = folder / "tests.csv"
    lines = [f"{5 * at},{row}" for at, row in enumerate(rows)]
    path.write_text(TESTS + "\n".join(lines) + "\n")
    return path


def test_each_change_says_when_and_why(tmp_path: Path) -> None:
    path = written(tmp_path, *[GOOD] * 12, *[SLOW] * 4, *[GOOD] * 14)

    found = explain(link_trace.read(path))

    assert found.as_text("en").splitlines() == [
        "0:00:00  -     > A     all within the bounds",
        "0:01:10  A     > C     round trip 280 ms",
        "0:02:15  C     > A     all within the bounds",
        "of the time: A 57%, C 43%; all measures known: 100%",
        "2 changes; 2 if it followed every sample",
        "speech, estimated (ITU-T G.107): MOS 4.4",
    ]
    assert "往返时延 280 毫秒" in found.as_text("zh-CN")


def test_a_measure_that_is_missing_is_marked(tmp_path: Path) -> None:
    found = explain(link_trace.read(written(tmp_path, *[UNSURE] * 3)))

    assert found.changes[0].after == "A?"
    assert found.sure_share == 0.0


def test_the_command_prints_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert link_command.main("link", ["explain", str(written(tmp_path, GOOD)), "--json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["shares"] == {"A": 1.0}
    assert said["changes"] == [
        {"at_seconds": 0.0, "before": "", "after": "A", "measure": None, "value": 0.0}
    ]


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        link_command.main("link", ["--help"])

    assert ended.value.code == 0
    assert "courtfleet link explain drive.csv" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TESTS + "5,slow,,,,,\n", "line 2: could not convert"),
        (TESTS, "says nothing about a link"),
        ("Dear court,\n", "neither a G-NetTrack Pro CSV nor an NMEA log"),
    ],
)
def test_a_file_that_explains_nothing_is_said(
    tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "file.csv"
    path.write_text(text)

    assert link_command.main("link", ["explain", str(path)]) == 1
    assert said in capsys.readouterr().err


def test_pings_of_a_drive_trace_are_samples(tmp_path: Path) -> None:
    path = tmp_path / "drive.csv"
    header = "Timestamp,PINGAVG,PINGSTDEV,PINGLOSS,UL_bitrate\n"
    rows = ["09.00.00,-,-,-,1", "09.00.01,80.0,10.0,0.0,900", "09.00.15,200.0,0.0,50.0,0"]
    path.write_text(header + "".join(f"2024.05.06_{row}\n" for row in rows))

    one, other = link_trace.read(path)

    assert (one.at, one.loss_up_percent, one.uplink) == (1.0, 0.0, None)
    assert one.rtt_seconds == pytest.approx(0.09645)
    assert (other.at, other.rtt_seconds, other.loss_down_percent) == (15.0, 0.2, 50.0)


def test_on_real_drives_the_class_is_calm_explained_and_never_sure() -> None:
    found: list[Explanation] = []
    for path in sorted(recordings("drive-traces").glob("*.csv")):
        samples = link_trace.read(path)
        state = UNKNOWN
        for at, sample in enumerate(samples):
            state = step(state, sample)
            last = [judge(one) for one in samples[: at + 1] if sample.at - one.at <= 15.0]
            assert state.present is not None
            best = min(severity(one.link_class) for one in last if one is not None)
            assert severity(state.present.link_class) >= best
            assert state.written.endswith("?")
        said = explain(samples)
        found.append(said)
        assert said.sure_share == 0.0
        assert all(c.measure is not None or c.after == "A?" for c in said.changes)
        # Where pings are 14 s apart, two in a row are all of the last 15 s, and must lower it.
        assert said.changes_with <= math.ceil(said.changes_without / 2)

    assert len(found) == 9
    assert sum(one.changes_with for one in found) <= sum(one.changes_without for one in found) / 3
