"""`courtfleet config` over a Unix socket."""

import json
from functools import partial
from pathlib import Path

import pytest

from tests.fleet_server.asking import COURT, Api
from tests.fleet_server.conftest import Command


@pytest.fixture
def run(command: Command) -> Command:
    return partial(command, "config")


def test_layers_are_written_looked_at_and_put_back_by_commands(
    run: Command, api: Api, tmp_path: Path
) -> None:
    api.add("veh-001")
    file = tmp_path / "court.yml"
    file.write_text("clock_servers: [ntp1.example.cn]\n")
    dry = run("set", f"court:{COURT}", str(file), "--dry-run")
    written = run("set", f"court:{COURT}", str(file), "--comment", "new server")
    run("set", "fleet", "clock_timezone=Asia/Shanghai")
    run("set", "fleet", "clock_timezone=UTC", 'clock_servers=["ntp9.example.cn"]')
    back = run("restore", "fleet", "1")
    asset = run("show", "--asset", "veh-001")
    shown = json.loads(run("show", "--asset", "veh-001", "--json"))

    assert "1 assets would change." in dry
    assert f"court:{COURT} is at version 1; 1 assets change." in written
    assert "fleet is at version 3" in back
    assert "clock_timezone: UTC → Asia/Shanghai" in back
    assert "Waits until it appears" in asset
    assert shown["values"] == {
        "clock_timezone": "Asia/Shanghai",
        "clock_servers": ["ntp1.example.cn"],
    }
    assert run("show", "--court", COURT) == "clock_servers: [ntp1.example.cn]\n"
    assert run("history", f"court:{COURT}").splitlines()[1].split()[-2:] == ["new", "server"]
    assert "Waits until it appears 1" in run("show")


def test_an_asset_is_set_up_and_compared_by_commands(run: Command, api: Api) -> None:
    api.add("veh-001")
    run("set", "asset:veh-001", "clock_timezone=Asia/Shanghai")
    never = run("diff", "veh-001")
    placed = run("apply", "veh-001", "--check")
    queued = run("diff", "veh-001")
    run("policy", "when_idle")

    assert "Nobody has looked what would change" in never
    assert placed.startswith("Order ")
    assert "queued" in queued.lower()
    assert {"court": "", "converge": "when_idle"} in api.get("/api/v1/configuration").json()[
        "policies"
    ]


def test_what_cannot_be_is_said_in_one_sentence(run: Command, tmp_path: Path) -> None:
    wrong = run("set", "fleet", "clock_zone=UTC", status=1)
    absent = run("set", "fleet", str(tmp_path / "none.yml"), status=1)

    assert "clock_zone: no role takes this" in wrong
    assert "none.yml" in absent
