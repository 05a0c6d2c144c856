"""Playbooks as orders on three machines with a real systemd: server, broker, agents, executors."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.services.field import Asset, Field, field
from tests.services.release import BROKEN, needed_wheels, release
from tests.services.waiting import wait_for

pytestmark = [
    pytest.mark.root,
    pytest.mark.integration,
    pytest.mark.timeout(1800),
    pytest.mark.xdist_group("field"),
]

CONFIGURED = {"clock_timezone": "Asia/Shanghai"}

# These machines have no timesyncd of Debian's, and there is nobody to ask here anyway.
TIME_SYNC_UNIT = "systemd-timesyncd.service"
TIME_SYNC = "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true"

Archive = Callable[[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    with field(tmp_path_factory.mktemp("field"), ["veh-001", "veh-002", "veh-003"]) as found:
        yield found


@pytest.fixture(scope="module")
def wanted(made: Field, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """The variables of `update_agent` for a release that is in the artifact store then."""
    folder = tmp_path_factory.mktemp("releases")
    needed = needed_wheels()

    def variables(version: str, program: str) -> dict[str, Any]:
        sha256 = made.keep(release(folder, needed, version, program))
        return {
            "agent_release_version": version,
            "agent_release_sha256": sha256,
            "agent_release_urls": [f"artifact:{sha256}"],
            "agent_release_bytes_per_second": 0,
            "agent_release_seconds": 30 if program else 300,
        }

    return variables


def test_configure_changes_what_differs_once_and_a_check_shows_drift(made: Field) -> None:
    first = made.run_everywhere("configure", CONFIGURED)
    again = made.run_everywhere("configure", CONFIGURED)
    drifted = made.assets[1]
    drifted.machine.run("ln", "-sfn", "/usr/share/zoneinfo/UTC", "/etc/localtime")
    found = made.run_everywhere("configure", CONFIGURED, is_check=True)

    assert [one["state"] for one in first + again + found] == ["succeeded"] * 9
    assert [one["recap"]["changed"] for one in first] == [1, 1, 1]
    assert [one["recap"]["changed"] for one in again] == [0, 0, 0]
    assert [one["recap"]["changed"] for one in found] == [0, 1, 0]
    assert "Asia/Shanghai" in made.output(found[1]["id"])
    assert drifted.machine.run("readlink", "/etc/localtime") == "/usr/share/zoneinfo/UTC"


def test_a_file_changed_by_hand_is_seen_without_a_play_shown_by_a_check_and_brought_back(
    made: Field,
) -> None:
    asset = made.assets[2]
    conf = "/etc/systemd/timesyncd.conf.d/courtfleet.conf"
    layer = "clock_timezone: Asia/Shanghai\nclock_servers: [ntp1.example.cn]\n"
    asset.machine.run("sh", "-c", f"echo '{TIME_SYNC}' > /etc/systemd/system/{TIME_SYNC_UNIT}")
    asset.machine.run("systemctl", "daemon-reload")
    made.desire(asset, layer)
    first = made.ended(made.apply(asset))
    wait_for(lambda: made.configuration(asset)["state"] == "in_step")
    before = len(made.orders(asset))
    asset.machine.run("sed", "-i", "s/ntp1/ntp9/", conf)
    wait_for(lambda: made.configuration(asset)["state"] == "drifted")
    drifted, placed = made.configuration(asset), len(made.orders(asset)) - before
    look = made.ended(made.apply(asset, is_check=True))
    diff = made.api.get(f"/assets/{asset.name}/configuration/diff").json()
    after_look = asset.machine.run("cat", conf)
    again = made.ended(made.apply(asset))
    wait_for(lambda: made.configuration(asset)["state"] == "in_step")

    assert first["state"] == "succeeded", made.story(first)
    assert (drifted["differs"], placed) == ([conf], 0)
    assert look["recap"]["changed"] == 1, made.story(look)
    assert [one["task"] for one in diff["changes"]] == ["Name the time servers"]
    assert "-NTP=ntp9.example.cn" in diff["changes"][0]["text"]
    assert "+NTP=ntp1.example.cn" in diff["changes"][0]["text"]
    assert "ntp9" in after_look
    assert again["recap"]["changed"] >= 1, made.story(again)
    assert "ntp1" in asset.machine.run("cat", conf)


def test_a_release_is_taken_and_one_that_does_not_start_is_put_back(
    made: Field, wanted: Archive
) -> None:
    asset = made.assets[0]
    newer = wanted("0.2.0", "")
    good = made.run(asset, "update_agent", newer)
    running = version(made, asset)
    again = made.run(asset, "update_agent", newer)
    bad = made.run(asset, "update_agent", wanted("0.3.0", BROKEN))

    assert (good["state"], running) == ("succeeded", "0.2.0"), made.story(good)
    assert (again["state"], again["recap"]["changed"]) == ("succeeded", 0), made.story(again)
    assert bad["state"] == "rolled_back", made.story(bad)
    wait_for(lambda: version(made, asset) == "0.2.0")
    assert asset.machine.run("readlink", "/opt/courtfleet").endswith("/0.2.0")


def version(made: Field, asset: Asset) -> str:
    """Of the agent that is online."""
    live = made.api.get(f"/assets/{asset.name}").json()["live"]
    return str(live["agent_version"])
