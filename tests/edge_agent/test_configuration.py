"""What the agent sees of a machine that a play has set up."""

import json
import os
from pathlib import Path

import pytest

from edge_agent.configuration import ConfigurationWatch
from playbooks.library import courtfleet_manifest as play
from telemetry.wire.events import Configured
from tests.edge_agent.in_memory_server import StartAgent

HASH = "5f0c1f0e5c3f4f0a"
AT = 1_764_000_000_000


class Machine:
    """A folder with two files and a link that a play keeps."""

    def __init__(self, folder: Path) -> None:
        self.manifest = folder / "etc" / "configuration.json"
        self.conf, self.secret = folder / "time.conf", folder / "uplink.nmconnection"
        self.zone = folder / "localtime"
        self.conf.write_text("NTP=ntp1.example.cn\n")
        self.secret.write_text("apn=court.example\n")
        self.zone.symlink_to("/usr/share/zoneinfo/Asia/Shanghai")
        self.watch = ConfigurationWatch(self.manifest)

    def apply(self, hash_: str = HASH, waiting: tuple[str, ...] = ()) -> None:
        paths = [str(one) for one in (self.conf, self.secret, self.zone)]
        made = play.manifest(hash_, paths, waiting, AT)
        play.write(self.manifest, json.dumps(made))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_machine_that_was_never_set_up_says_so_once(machine: Machine) -> None:
    assert machine.watch.look() == Configured("", 0)
    assert machine.watch.look() is None


def test_a_play_that_was_run_is_seen_with_what_waits(machine: Machine) -> None:
    machine.apply(waiting=("courtroom",))

    assert machine.watch.look() == Configured(HASH, AT, [], ["courtroom"])
    assert machine.watch.look() is None


def test_what_a_hand_changes_is_named_until_it_is_as_before(machine: Machine) -> None:
    machine.apply()
    machine.watch.look()
    before = machine.conf.read_bytes()
    machine.conf.write_text("NTP=ntp9.example.cn\n")
    machine.zone.unlink()
    machine.zone.symlink_to("/usr/share/zoneinfo/UTC")
    changed = machine.watch.look()
    machine.conf.write_bytes(before)
    machine.zone.unlink()
    half = machine.watch.look()
    machine.zone.symlink_to("/usr/share/zoneinfo/Asia/Shanghai")
    whole = machine.watch.look()

    assert changed == Configured(HASH, AT, [str(machine.conf), str(machine.zone)])
    assert half == Configured(HASH, AT, [str(machine.zone)])
    assert whole == Configured(HASH, AT)


def test_a_file_that_was_only_touched_does_not_differ_and_is_read_once(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.apply()
    machine.watch.look()
    os.utime(machine.conf, ns=(1, 1))
    first = machine.watch.look()
    machine.conf.chmod(machine.conf.stat().st_mode)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read again"))

    assert first is None
    assert machine.watch.look() is None


def test_another_mode_is_a_difference(machine: Machine) -> None:
    machine.apply()
    machine.watch.look()
    machine.secret.chmod(0o666)

    found = machine.watch.look()

    assert found is not None
    assert found.differs == [str(machine.secret)]


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"hash": 7}', b"\xff", b""])
def test_a_manifest_that_makes_no_sense_is_none(machine: Machine, content: bytes) -> None:
    machine.apply()
    machine.watch.look()
    machine.manifest.write_bytes(content)

    assert machine.watch.look() == Configured("", 0)


def test_how_a_machine_is_set_up_is_told_once_even_across_a_restart(start: StartAgent) -> None:
    drive = start()
    drive.connect()
    drive.run(5, read=[Configured("", 0)])
    never = [one for one in drive.server.events() if isinstance(one, Configured)]
    drive.run(5, read=[Configured(HASH, AT)])
    again = start(drive.server, up=drive.up)
    again.connect()
    again.run(5, read=[Configured(HASH, AT)])
    again.run(5, read=[Configured(HASH, AT, ["/etc/localtime"])])
    again.run(5, read=[Configured("", 0)])

    told = [one for one in again.server.events() if isinstance(one, Configured)]
    assert never == []
    assert told == [
        Configured(HASH, AT),
        Configured(HASH, AT, ["/etc/localtime"]),
        Configured("", 0),
    ]
