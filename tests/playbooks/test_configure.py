"""The playbook `configure`, run as an asset runs it, on an image's folder and own profiles."""

import contextlib
import fcntl
import os
import signal
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from pydantic import JsonValue

from edge_agent.configuration import ConfigurationWatch
from fleet_server.authority.store import Authority
from playbooks.library import courtfleet_network as module
from tests.services.file_server import authority_in
from tests.services.play import Asset

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("plays")]

CLOCK: dict[str, JsonValue] = {
    "clock_servers": ["ntp1.example.cn", "ntp2.example.cn"],
    "clock_timezone": "Asia/Shanghai",
}
# What stands for systemd here: a clock that goes on without whoever set it.
CLOCK_PROGRAM = """
for word in "$@"; do case $word in --on-active=*) after=${word#--on-active=} ;; esac; done
while [ "${1#--}" != "$1" ]; do shift; done
(setsid sh -c 'sleep "$0"; exec "$@"' "$after" "$@" >/dev/null 2>&1 </dev/null &)
"""


@pytest.fixture
def asset(tmp_path: Path) -> Asset:
    made = Asset(tmp_path)
    made.program("nmcli", 'echo "$@" >>"$(dirname "$0")/../nmcli.log"')
    made.program("systemd-run", CLOCK_PROGRAM)
    made.program("systemctl", "exit 0")
    return made


def test_a_second_run_changes_nothing_and_a_check_shows_just_what_a_hand_changed(
    asset: Asset,
) -> None:
    image = asset.folder / "image"
    (image / "etc/systemd/timesyncd.conf.d").mkdir(parents=True)
    manifest = asset.folder / "manifest" / "configuration.json"
    wanted: dict[str, JsonValue] = {
        **CLOCK,
        "clock_root": str(image),
        "manifest_hash": "5f0c1f0e5c3f4f0a",
        "manifest_file": str(manifest),
    }
    conf = image / "etc/systemd/timesyncd.conf.d/courtfleet.conf"

    before = asset.play("configure", wanted, is_check=True)
    nothing_yet = not conf.exists() and not manifest.exists()
    first = asset.play("configure", wanted)
    watch = ConfigurationWatch(manifest)
    written_down = watch.look()
    second = asset.play("configure", wanted)
    conf.write_text(conf.read_text().replace("ntp2", "ntp9"))
    drifted = watch.look()
    drift = asset.play("configure", wanted, is_check=True)

    assert (first.status, second.status, drift.status) == ("successful",) * 3, first.raw
    assert nothing_yet
    assert before.changed == ["Name the time servers", "Set the time zone"]
    assert first.changed == before.changed
    assert (image / "etc/localtime").readlink() == Path("/usr/share/zoneinfo/Asia/Shanghai")
    assert second.changed == []
    assert drift.changed == ["Name the time servers"]
    assert "ntp9.example.cn" in str(drift.diffs)
    assert "ntp9.example.cn" in conf.read_text()
    # How the play left the files is written down, and so a hand is noticed without a play.
    assert written_down is not None
    assert drifted is not None
    said = (written_down.hash, written_down.differs, written_down.waiting)
    assert said == ("5f0c1f0e5c3f4f0a", [], [])
    assert drifted.differs == [str(conf)]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority_in(tmp_path_factory.mktemp("authority"))


@contextlib.contextmanager
def broker(authority: Authority) -> Iterator[int]:
    """Something that answers TLS as the server; its port."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(authority.server_certificate_file, authority.server_key_file)
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.05)
    halt = threading.Event()

    def answer() -> None:
        while not halt.is_set():
            with contextlib.suppress(OSError):
                plain, _ = listening.accept()
                with plain, tls.wrap_socket(plain, server_side=True):
                    pass

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        halt.set()
        thread.join()
        listening.close()


def network(
    asset: Asset, authority: Authority, port: int, seconds: int = 20
) -> dict[str, JsonValue]:
    identity = asset.folder / "identity"
    identity.mkdir(exist_ok=True)
    (identity / "ca.pem").write_bytes(authority.ca_file.read_bytes())
    card = {"broker_host": "127.0.0.1", "broker_port": port}
    (identity / "identity.json").write_bytes(msgspec.json.encode(card))
    for name in ("profiles", "libexec", "units/multi-user.target.wants"):
        (asset.folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "network_profiles": [{"name": "uplink", "kind": "gsm", "apn": "court.example"}],
        "network_confirm_seconds": seconds,
        "network_folder": str(asset.folder / "profiles"),
        "network_state_folder": str(asset.folder / "state"),
        "network_identity": str(identity),
        "network_programs": str(asset.folder / "libexec"),
        "network_units": str(asset.folder / "units"),
    }


def profiles(asset: Asset) -> dict[str, str]:
    return module.read_folder(asset.folder / "profiles")


def test_profiles_through_which_the_server_is_reached_stay(
    asset: Asset, authority: Authority
) -> None:
    with broker(authority) as port:
        wanted = network(asset, authority, port)
        first = asset.play("configure", wanted)
        second = asset.play("configure", wanted)

    assert first.status == "successful", first.raw
    assert "Verify that the server is reached through them" in first.changed
    assert second.changed == []
    assert "apn=court.example" in profiles(asset)["courtfleet-uplink.nmconnection"]
    assert (asset.folder / "profiles/courtfleet-uplink.nmconnection").stat().st_mode & 0o77 == 0
    assert [one.name for one in (asset.folder / "state").iterdir()] == ["lock"]
    assert "connection reload" in (asset.folder / "nmcli.log").read_text()


def test_profiles_that_cut_the_link_are_put_back_and_said_to_be(
    asset: Asset, authority: Authority
) -> None:
    wanted = network(asset, authority, 1)
    old = asset.folder / "profiles/courtfleet-uplink.nmconnection"
    old.write_text("[connection]\nid=courtfleet-uplink\n")
    other = {"name": "new", "kind": "ethernet"}
    both: JsonValue = [{"name": "uplink", "kind": "gsm", "apn": "wrong.example"}, dict(other)]

    done = asset.play("configure", {**wanted, "network_profiles": both})

    assert done.status == "failed"
    assert done.stats == {"courtfleet_outcome": "rolled_back"}
    assert "The server is not reached with these profiles" in done.failed[-1]
    assert profiles(asset) == {old.name: "[connection]\nid=courtfleet-uplink\n"}
    [past] = (asset.folder / "state").glob("reverted-*")
    assert sorted(one.name for one in past.iterdir()) == ["active", "new", "tried"]


def test_profiles_are_put_back_even_when_the_play_is_killed(
    asset: Asset, authority: Authority
) -> None:
    wanted = network(asset, authority, 1, seconds=6)
    old = asset.folder / "profiles/courtfleet-old.nmconnection"
    old.write_text("[connection]\nid=courtfleet-old\n")

    with asset.playing("configure", wanted) as process:
        until = time.monotonic() + 60
        while "courtfleet-uplink.nmconnection" not in profiles(asset):
            assert time.monotonic() < until
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        while (asset.folder / "state/pending").exists():
            assert time.monotonic() < until
            time.sleep(0.05)

    assert profiles(asset) == {old.name: "[connection]\nid=courtfleet-old\n"}


def test_of_several_profiles_for_an_interface_the_first_in_priority_is_brought_up() -> None:
    spare = {"name": "spare", "kind": "ethernet", "interface": "eth0"}
    main = spare | {"name": "main", "priority": 10}
    anywhere = {"name": "anywhere", "kind": "ethernet"}
    mobile = {"name": "mobile", "kind": "gsm"}

    assert sorted(module.foremost([main, spare, anywhere, mobile])) == ["main", "mobile"]
    assert module.foremost([anywhere]) == ["anywhere"]


def test_of_changes_that_were_put_back_the_newest_stay_without_the_profiles(tmp_path: Path) -> None:
    for name in ("confirmed-1", *(f"reverted-{number}" for number in range(1, 6))):
        module.note_before(tmp_path / "pending", {"a": "password=CANARY-7"}, [])
        (tmp_path / "pending").rename(tmp_path / name)

    with (tmp_path / "lock").open("w") as lock:  # as long as one is being put back
        fcntl.flock(lock, fcntl.LOCK_EX)
        module.forget(tmp_path)
        during = sorted(one.name for one in tmp_path.iterdir())
    module.forget(tmp_path)

    assert len(during) == 7
    kept = sorted(one.name for one in tmp_path.iterdir())
    assert kept == ["lock", "reverted-3", "reverted-4", "reverted-5"]
    assert not list(tmp_path.glob("*/before"))


def test_a_password_stays_on_the_asset_and_is_not_shown(tmp_path: Path) -> None:
    content = module.keyfile({"name": "uplink", "kind": "gsm", "apn": "x"}, "CANARY-7")

    assert "password=CANARY-7" in content
    assert "CANARY-7" not in module.without_secrets(content)
