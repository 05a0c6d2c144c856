"""The executor's units under a real systemd: started by its socket, root's, and gone afterwards."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from edge_agent.orders import talk
from telemetry.wire.events import OrderChanged, OrderOutput
from telemetry.wire.orders import Restart, RunCommand, Task
from telemetry.wire.output import join_output
from telemetry.words import RemoteCommand
from tests.services.edge_install import install_agent
from tests.services.executor import ASSET, Bench, bundle
from tests.services.nspawn import Machine, booted
from tests.services.waiting import wait_for

pytestmark = [pytest.mark.root, pytest.mark.integration, pytest.mark.xdist_group("nspawn")]

UNIT = "courtfleet-orders"
FILES = Path(__file__).resolve().parents[2] / "edge_agent" / "systemd"
ASK = """
import socket, sys
peer = socket.socket(socket.AF_UNIX)
peer.connect("/run/courtfleet-orders/socket")
peer.sendall(open("/ask", "rb").read())
for line in peer.makefile("rb"):
    sys.stdout.buffer.write(line)
    sys.stdout.flush()
    if any(word in line for word in (b'"succeeded"', b'"failed"', b'"refused"')):
        break
"""


@dataclass(frozen=True)
class Served:
    """The booted machine, and the folder whose files it sees."""

    machine: Machine
    bench: Bench
    ask: Path

    def carry_out(self, task: Task, number: int, user: str = "courtfleet") -> list[talk.Said]:
        """All notes, asked for as that user."""
        sealed = self.bench.seal(task, number)
        self.ask.write_bytes(talk.line(talk.CarryOut(sealed.decode())))
        self.ask.chmod(0o644)
        command = f"/opt/courtfleet/bin/python3 -c {shlex.quote(ASK)}"
        told = self.machine.run("runuser", "-u", user, "--", "sh", "-c", command)
        return [talk.said(line.encode()) for line in told.splitlines()]

    def show(self, name: str) -> str:
        return self.machine.run("systemctl", "show", UNIT, "--property", name, "--value")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("orders")
    install_agent(folder / "agent", seen_as=Path("/opt/courtfleet"))
    bench = Bench(folder)
    (folder / "settings.toml").write_text(f'asset = "{ASSET}"\nidle_seconds = 2\n')
    (folder / "ask").touch()
    units = {
        FILES / name: f"/etc/systemd/system/{name}"
        for name in (f"{UNIT}.socket", f"{UNIT}.service")
    }
    binds = {
        **units,
        folder / "agent": "/opt/courtfleet",
        folder / "settings.toml": "/etc/courtfleet/executor.toml",
        folder / "signing.pem": "/etc/courtfleet/signing.pem",
        folder / "ask": "/ask",
        FILES / "courtfleet-agent.sysusers": "/usr/lib/sysusers.d/courtfleet-agent.conf",
    }
    with booted(binds) as machine:
        machine.run("systemd-sysusers")
        machine.run("systemctl", "start", f"{UNIT}.socket")
        yield Served(machine, bench, folder / "ask")


def states(notes: list[talk.Said]) -> list[tuple[str, str]]:
    changes = [note.event for note in notes if isinstance(note.event, OrderChanged)]
    return [(change.state, change.code) for change in changes]


def output(notes: list[talk.Said]) -> bytes:
    return join_output([note.event for note in notes if isinstance(note.event, OrderOutput)])


def test_the_agents_user_has_orders_carried_out_and_nobody_else_may_ask(served: Served) -> None:
    before = served.show("ActiveState")
    notes = served.carry_out(RunCommand(RemoteCommand.FAILED_UNITS), 1)

    assert before == "inactive"
    assert states(notes) == [("running", ""), ("succeeded", "")]
    assert b"UNIT" in output(notes) or b"0 loaded units" in output(notes)
    with pytest.raises(RuntimeError, match="Permission denied"):
        served.carry_out(RunCommand(RemoteCommand.FAILED_UNITS), 2, user="nobody")


def test_a_unit_is_restarted(served: Served) -> None:
    unit = "systemd-journald.service"
    show = ("systemctl", "show", unit, "--property", "MainPID", "--value")
    before = served.machine.run(*show)
    notes = served.carry_out(Restart(unit=unit), 3)

    assert states(notes) == [("running", ""), ("succeeded", "")]
    assert served.machine.run(*show) != before


def test_a_play_changes_the_machine(served: Served, tmp_path: Path) -> None:
    tasks = """
    - name: Write where only root writes
      ansible.builtin.copy:
        content: "one"
        dest: /etc/courtfleet-was-here
        mode: "0600"
    - name: Be run by a copy of the play's first process
      ansible.builtin.shell: tr '\\0' ' ' < /proc/$PPID/cmdline
      register: root
      changed_when: false
      failed_when: "'edge_agent.executor.bundles' not in root.stdout"
    - name: Be another user, who comes to nothing of root's
      ansible.builtin.shell: id -un; tr '\\0' ' ' < /proc/$PPID/cmdline
      become: true
      become_user: nobody
      become_method: ansible.builtin.su
      become_flags: "--shell /bin/sh"
      register: other
      changed_when: false
      failed_when: "other.stdout_lines[0] != 'nobody' or 'edge_agent' in other.stdout"
"""
    notes = served.carry_out(bundle(tmp_path, tasks), 4)

    assert states(notes) == [("running", ""), ("succeeded", "")], output(notes)
    assert served.machine.run("cat", "/etc/courtfleet-was-here") == "one"


def test_nothing_is_left_running_once_nobody_wants_anything(served: Served) -> None:
    served.carry_out(RunCommand(RemoteCommand.MEMORY_USE), 5)
    wait_for(lambda: served.show("ActiveState") == "inactive")

    assert served.show("Result") == "success"
    assert served.machine.run("stat", "-c", "%U %a", "/var/lib/courtfleet-orders") == "root 700"
