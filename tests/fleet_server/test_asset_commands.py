"""`courtfleet assets` and `courtfleet courts`, against a real server."""

import json
from collections.abc import Callable, Iterator

import pytest

from fleet_server import cli
from tests.fleet_server.asking import COURT, OTHER_COURT
from tests.services.server import Server, server

pytestmark = pytest.mark.integration

Run = Callable[..., str]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("commands") / "data") as made:
        yield made


@pytest.fixture
def run(
    running: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Run one command; what it printed, or said on standard error when it failed."""
    monkeypatch.setenv("COURTFLEET_SERVER", str(running.data))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def run(*words: str, status: int = 0) -> str:
        assert cli.main(words[0], list(words[1:])) == status, capsys.readouterr().err
        found = capsys.readouterr()
        return found.err if status else found.out

    return run


def _add(run: Run, asset: str) -> str:
    return run("assets", "add", asset, "--kind", "vehicle", "--court", COURT)


def test_an_asset_goes_its_way_by_commands(run: Run) -> None:
    added = _add(run, "veh-001")
    changed = run("assets", "change", "veh-001", "--plate", "渝DEMO01", "--home", "29.38,106.54")
    moved = run("assets", "move", "veh-001", "--court", OTHER_COURT, "--why", "借调")
    replaced = run("assets", "replace", "veh-001", "--why", "主机损坏")
    refused = run("assets", "retire", "veh-001", "--confirm", "veh-002", status=1)
    retired = run("assets", "retire", "veh-001", "--confirm", "veh-001", "--lang", "zh-CN")
    gone = run("assets", "list")
    listed = json.loads(run("assets", "list", "--retired", "only", "--json"))
    back = run("assets", "reinstate", "veh-001")

    assert "courtfleet agent enrol cf1." in added
    assert changed == "veh-001 is changed.\n"
    assert moved == f"veh-001 belongs to {OTHER_COURT} now.\n"
    assert "courtfleet agent enrol cf1." in replaced
    assert refused == "To confirm, type the asset's id: veh-001.\n"
    assert "已停用" in retired
    assert "veh-001" not in gone
    [asset] = listed["items"]
    assert asset["home"] == {"latitude_degrees": 29.38, "longitude_degrees": 106.54}
    assert "courtfleet agent enrol cf1." in back


def test_an_asset_gets_and_loses_tags_by_commands(run: Run) -> None:
    run("assets", "add", "veh-007", "--kind", "vehicle", "--court", COURT, "--tag", "old")

    tagged = run("assets", "tag", "veh-007", "spare", "pilot", "--remove", "old")
    found = json.loads(run("assets", "list", "--tag", "spare", "--json"))["items"]
    none = run("assets", "list", "--tag", "old")
    shown = run("assets", "show", "veh-007")
    bare = run("assets", "tag", "veh-007", "--remove", "spare", "--remove", "pilot")

    assert tagged == "veh-007 has the tags: pilot spare\n"
    assert [one["id"] for one in found] == ["veh-007"]
    assert "veh-007" not in none
    assert "pilot spare" in shown
    assert bare == "veh-007 has no tags.\n"


def test_a_sheet_goes_out_and_comes_back(
    run: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("sheets")
    _add(run, "veh-002")
    out = folder / "assets.xlsx"
    run("assets", "export", str(out))
    more = folder / "more.csv"
    more.write_bytes(
        f"资产编号,类别,法院,颜色\nveh-003,车辆,{COURT},白\nveh-4,飞船,,\n".encode("gb18030")
    )

    dry = run("assets", "import", str(more), "--dry-run")
    before = json.loads(run("assets", "list", "--json"))["items"]
    done = run("assets", "import", str(more))
    again = run("assets", "import", str(out), "--lang", "zh-CN")

    assert "1 new, 0 changed, 0 unchanged, 1 refused" in dry
    assert "'飞船' is no kind" in dry
    assert "Ignored columns: 颜色" in dry
    assert "veh-003" not in str(before)
    assert done.startswith("line")
    assert "Imported: 1 new" in done
    assert "修改 0" in again
    assert "新增 0" in again


def test_courts_are_kept_by_commands(run: Run) -> None:
    court = "重庆市武隆区人民法院"
    put = run("courts", "put", court, "--district", "武隆区", "--hours", "9:00-17:00")
    listed = run("courts", "list")
    removed = run("courts", "remove", court)
    _add(run, "veh-005")

    assert put == f"{court} is recorded.\n"
    assert "武隆区" in listed
    assert removed == f"The record of {court} is removed.\n"
    assert "has" in run("courts", "remove", COURT, status=1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("assets", "import", "/nowhere.xlsx"), "cannot be read"),
        (("assets", "export", "assets.doc"), "End the file's name in .xlsx or .csv."),
        (("assets", "change", "veh-404", "--home", "here"), "'here' is no place"),
        (("assets", "move", "veh-404", "--court", "x"), "There is no asset veh-404"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    run: Run, words: tuple[str, ...], said: str
) -> None:
    told = run(*words, status=1)

    assert said in told
    assert told.count("\n") == 1


@pytest.mark.parametrize("command", ["assets", "courts"])
def test_help_has_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(command, ["--help"])

    assert f"courtfleet {command}" in capsys.readouterr().out


def test_a_stations_link_is_made_and_withdrawn_by_commands(run: Run) -> None:
    run("assets", "add", "sta-001", "--kind", "station", "--court", COURT)
    made = run("assets", "station-key", "sta-001", "--address", "https://fleet.example")
    withdrawn = run("assets", "station-key", "sta-001", "--withdraw", "--lang", "zh-CN")
    again = run("assets", "station-key", "sta-001", "--withdraw", status=1)

    assert "https://fleet.example/self-check#" in made
    assert withdrawn == "sta-001：自检链接已失效。\n"
    assert again == "sta-001 has no station key.\n"


def test_wake_up_checks_are_planned_and_told_by_commands(run: Run) -> None:
    planned = run("ready", "--plan", "16:00", "--use", "08:30")
    tomorrow = run("ready", "--tomorrow", "--lang", "zh-CN")
    off = run("ready", "--plan", "off")
    nothing = run("ready", status=1)

    assert planned == "Asked every day at 16:00 for 08:30 of the day after.\n"
    assert tomorrow == "没有资产收到明天的唤醒检查通知。\n"
    assert off == "Nobody is asked by this plan.\n"
    assert "--tomorrow" in nothing
