"""Orders carried out by the real executor with the real ansible-runner."""

import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from telemetry.wire.lines import Line
from telemetry.wire.orders import Diagnose, Restart, RunBundle, RunCommand
from telemetry.wire.profile import ByUsb, DeviceSpec
from telemetry.words import DeviceKind, OrderState, RemoteCommand
from tests.services.executor import CANARY, LONGEST_SECONDS, Bench, bundle, executor
from tests.services.waiting import wait_for

pytestmark = pytest.mark.integration

WRITE = """
    - name: Write what the court wants
      ansible.builtin.copy:
        content: "{{ wanted }}"
        dest: "{{ target }}"
        mode: "0644"
"""
SLEEP = """
    - name: Wait in a process that has left its group
      ansible.builtin.shell: setsid sleep 4242 & sleep 4242
"""


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Short, as on an asset: far below it a socket is made, whose name may have 107 bytes."""
    return tmp_path_factory.mktemp("asset")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with executor(tmp_path) as running:
        yield running


def test_a_play_runs_once_then_changes_nothing_and_a_check_shows_drift(
    bench: Bench, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    play = bundle(tmp_path, WRITE, {"wanted": "one", "target": str(target)})
    first = bench.play(bench.seal(play, 1), 1)
    second = bench.play(bench.seal(play, 2), 2)
    target.write_text("by hand")
    check = bundle(tmp_path, WRITE, {"wanted": "one", "target": str(target)}, is_check=True)
    drift = bench.play(bench.seal(check, 3), 3)

    assert first.states == ["running", "succeeded"]
    assert first.end.recap is not None
    assert (first.end.recap.ok, first.end.recap.changed) == (1, 1)
    assert second.end.recap is not None
    assert second.end.recap.changed == 0
    assert drift.end.recap is not None
    assert drift.end.recap.changed == 1
    assert target.read_text() == "by hand"
    (diff,) = [
        one
        for line in drift.output.splitlines()
        for one in json.loads(line)["event_data"].get("res", {}).get("diff", [])
        if "before" in one
    ]
    assert (diff["before"], diff["after"]) == ("by hand", "one")
    wait_for(lambda: not list((tmp_path / "orders").glob("*/job")))


PLAY_THAT_FAILS = """
    - name: Verify that the machine is well
      ansible.builtin.command: "true"
      changed_when: false
    - name: Start what cannot start
      ansible.builtin.command: cat /dev/null/nothing
    - name: Never reached
      ansible.builtin.command: "true"
"""


def test_a_play_that_fails_names_its_task(bench: Bench, tmp_path: Path) -> None:
    played = bench.play(bench.seal(bundle(tmp_path, PLAY_THAT_FAILS)))

    assert played.states == ["running", "verifying", "running", "failed"]
    assert played.end.code == "play"
    assert played.end.recap is not None
    assert played.end.recap.failed_task == "Start what cannot start"
    assert "non-zero return code" in played.end.recap.message


PLAY_THAT_TELLS = """
    - name: Look at a secret
      ansible.builtin.command: "cat {{ secret_file }}"
      no_log: true
      changed_when: false
    - name: Look at the environment
      ansible.builtin.command: env
      changed_when: false
    - name: Say how plays are set
      ansible.builtin.debug:
        msg: >-
          asked every {{ lookup('config', 'DEFAULT_INTERNAL_POLL_INTERVAL') }} s
          by {{ lookup('pipe', 'tr "\\0" " " </proc/$PPID/cmdline') }}
    - name: Fail with where we are
      ansible.builtin.command: "cat {{ playbook_dir }}/absent {{ ansible_playbook_python }}"
      changed_when: false
      ignore_errors: true
    - name: Say that it was rolled back
      ansible.builtin.set_stats:
        data:
          courtfleet_outcome: rolled_back
"""


def test_no_secret_no_environment_and_no_place_of_the_machine_is_told(
    bench: Bench, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret-8c2d51")
    variables = {"secret_file": str(secret)}
    played = bench.play(bench.seal(bundle(tmp_path, PLAY_THAT_TELLS, variables)))
    lines = [line for said in bench.lines for line in said.lines]
    told = played.output.decode() + repr(played.notes) + repr(lines)

    assert played.end.state == OrderState.ROLLED_BACK
    assert "Look at the environment" in told
    assert "asked every 0.02 s by " in told
    assert " ./bin/ansible-playbook " in told
    assert Line("begun", "Look at a secret") in lines
    for canary in (CANARY, "secret-8c2d51", str(tmp_path), sys.prefix):
        assert canary not in told


LOOK = """
import os, sys
from ansible.module_utils.basic import AnsibleModule
{shared}
module = AnsibleModule({{"word": {{"type": "str"}}}})
is_warm = any(type(one).__name__ == "_PackedFinder" for one in sys.meta_path)
said = "warm" if is_warm else "plain"
module.exit_json(msg=f"{{module.params['word']}} {{said}} {{os.environ.get('COURT')}}")
"""
PLAY_OF_ITS_OWN_MODULE = """
    - name: By a pipe
      courtfleet_look: {word: pipe}
      environment: {COURT: one}
      register: by_pipe
    - name: By a file, beside the play
      courtfleet_look: {word: file}
      async: 600
      poll: 1
      register: by_file
    - name: In another locale
      courtfleet_look: {word: locale}
      environment: {LC_ALL: C}
      register: in_locale
    - name: By an interpreter of the task's own
      courtfleet_look: {word: own}
      vars: {ansible_python_interpreter: "{{ ansible_playbook_python }}"}
      register: by_own
    - name: Say it
      ansible.builtin.debug:
        msg: "told: {{ by_pipe.msg }}, {{ by_file.msg }}, {{ in_locale.msg }}, {{ by_own.msg }}"
"""
PLAY_OF_SHARED_PARTS = """
    - name: By a pipe
      courtfleet_look: {word: pipe}
      register: by_pipe
    - name: Say it
      ansible.builtin.debug:
        msg: "told: {{ by_pipe.msg }}"
"""


def test_modules_run_warm_where_nothing_speaks_against_it(bench: Bench, tmp_path: Path) -> None:
    own = {"library/courtfleet_look.py": LOOK.format(shared="")}
    sharing = {
        "library/courtfleet_look.py": LOOK.format(
            shared="from ansible.module_utils.splitter import MINE"
        ),
        "module_utils/splitter.py": "MINE = True",  # in the place of Ansible's
    }
    alone = bench.play(bench.seal(bundle(tmp_path, PLAY_OF_ITS_OWN_MODULE, files=own)))
    shared = bench.play(bench.seal(bundle(tmp_path, PLAY_OF_SHARED_PARTS, files=sharing), 2), 2)

    told = "told: pipe warm one, file warm None, locale plain None, own plain None"
    assert told in alone.output.decode()
    assert "told: pipe plain None" in shared.output.decode()
    assert bench.processes() == set()


@pytest.mark.parametrize(
    "within_seconds",
    [LONGEST_SECONDS, pytest.param(2.0, marks=pytest.mark.soak)],  # where nothing else runs
)
def test_a_cancel_leaves_no_process(bench: Bench, tmp_path: Path, within_seconds: float) -> None:
    bench.client.carry_out(1, bench.seal(bundle(tmp_path, SLEEP)), 0)
    wait_for_sleep(bench)
    before = time.monotonic()
    bench.client.cancel(1, bench.cancel())
    played = bench.wait()
    took = time.monotonic() - before

    assert played.end.state == OrderState.CANCELLED
    assert took < within_seconds
    assert bench.processes() == set()


def test_a_time_limit_leaves_no_process_and_runs_the_rollback(bench: Bench, tmp_path: Path) -> None:
    target = tmp_path / "target"
    rollback = bundle(tmp_path, WRITE, {"wanted": "old", "target": str(target)}).stream
    play = bundle(tmp_path, SLEEP, rollback=rollback)
    played = bench.play(bench.seal(play, limit_seconds=45))

    assert (played.end.state, played.end.code) == ("rolled_back", "time_limit")
    assert target.read_text() == "old"
    assert bench.processes() == set()


PLAY_WITH_A_FLAG = """
    - name: Count
      ansible.builtin.shell: |
        echo begun >> {{ count }}
        test $(wc -l < {{ count }}) -gt 1 || sleep 4242
"""


def test_a_play_whose_executor_is_killed_is_begun_again_and_ends_once(
    bench: Bench, tmp_path: Path
) -> None:
    count = tmp_path / "count"
    sealed = bench.seal(bundle(tmp_path, PLAY_WITH_A_FLAG, {"count": str(count)}))
    bench.client.carry_out(1, sealed, 0)
    wait_for_sleep(bench)
    bench.kill()
    bench.start()
    played = bench.wait()
    again = bench.play(sealed)

    assert [(change.state, change.attempt) for change in played.changes] == [
        ("running", 1),
        ("running", 2),
        ("succeeded", 2),
    ]
    assert [note.at for note in played.notes] == list(range(len(played.notes)))
    assert again.notes == played.notes
    assert count.read_text() == "begun\nbegun\n"
    assert bench.processes() == set()


PLAY_THAT_WAITS = """
    - name: Count
      ansible.builtin.shell: |
        echo begun >> {{ count }}
        until [ -e {{ count }}.go ]; do sleep 0.05; done
"""


def test_a_play_that_ended_unheard_is_not_run_again(bench: Bench, tmp_path: Path) -> None:
    count = tmp_path / "count"
    sealed = bench.seal(bundle(tmp_path, PLAY_THAT_WAITS, {"count": str(count)}))
    bench.client.carry_out(1, sealed, 0)
    wait_for(count.exists)
    bench.freeze()
    (tmp_path / "count.go").touch()
    wait_for(lambda: bool(list(tmp_path.glob("orders/*/job/ended-*"))))
    bench.kill()
    bench.start()
    played = bench.wait()

    assert [(change.state, change.attempt) for change in played.changes] == [
        ("running", 1),
        ("succeeded", 1),
    ]
    assert played.end.recap is not None
    assert played.end.recap.changed == 1
    assert b"playbook_on_stats" in played.output
    assert count.read_text() == "begun\n"
    wait_for(lambda: not list((tmp_path / "orders").glob("*/job")))


STEPS = """
    - name: Take steps that are the same when they are taken again
      ansible.builtin.copy:
        content: "{{ item }}"
        dest: "{{ folder }}/{{ item }}"
        mode: "0644"
      loop: [one, two, three]
    - name: Verify them
      ansible.builtin.command: "ls {{ folder }}"
      changed_when: false
"""


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(20))
def test_whenever_its_executor_is_killed_a_play_comes_to_one_true_end(
    bench: Bench, tmp_path: Path, seed: int
) -> None:
    steps = tmp_path / "steps"
    steps.mkdir()
    chance = random.Random(seed)
    sealed = bench.seal(bundle(tmp_path, STEPS, {"folder": str(steps)}), tries=10)
    bench.client.carry_out(1, sealed, 0)
    for _ in range(chance.randrange(1, 4)):
        time.sleep(chance.uniform(0.0, 6.0))
        bench.kill()
        bench.start()
    played = bench.wait()

    assert played.states.count("succeeded") == 1
    assert [note.at for note in played.notes] == list(range(len(played.notes)))
    assert played.states[0] == "running"
    assert sorted(one.name for one in steps.iterdir()) == ["one", "three", "two"]
    assert bench.processes() == set()


def test_what_is_interrupted_as_often_as_it_may_be_fails(bench: Bench, tmp_path: Path) -> None:
    bench.client.carry_out(1, bench.seal(bundle(tmp_path, SLEEP), tries=1), 0)
    wait_for_sleep(bench)
    bench.kill()
    bench.start()
    played = bench.wait()

    assert (played.end.state, played.end.code) == ("failed", "interrupted")
    assert bench.processes() == set()


def test_the_executor_believes_nobody(bench: Bench) -> None:
    task = RunCommand(RemoteCommand.MEMORY_USE)
    other = Ed25519PrivateKey.generate()
    codes = [
        bench.play(sealed, number).end.code
        for number, sealed in [
            (1, bench.seal(task, 1, key=other)),
            (1, bench.seal(task, 1, asset="veh-002")),
            (1, bench.seal(task, 1, validity=(0, 1))),
            (1, bench.seal(task, 1).replace(b"memory_use", b"disk_use")),
            (5, bench.seal(task, 5)),
            (4, bench.seal(task, 4)),
        ]
    ]

    assert codes == ["signature", "addressee", "expired", "hash", "", "older"]


def test_a_hostile_stream_is_refused_before_anything_runs(bench: Bench) -> None:
    played = bench.play(bench.seal(RunBundle("site", "1", '{"kwargs":{"process_isolation":1}}\n')))

    assert (played.states, played.end.code) == (["refused"], "content")


def test_a_command_gives_its_output(bench: Bench) -> None:
    played = bench.play(bench.seal(RunCommand(RemoteCommand.MEMORY_USE)))

    assert played.states == ["running", "succeeded"]
    assert b"Mem:" in played.output


def test_a_diagnosis_is_an_archive(bench: Bench) -> None:
    played = bench.play(bench.seal(Diagnose()))

    assert played.end.state == OrderState.SUCCEEDED
    assert played.output.startswith(b"\x1f\x8b")


FAIL = """
    - name: Write it
      ansible.builtin.copy: {content: "half", dest: "{{ target }}", mode: "0600"}
    - name: Fail
      ansible.builtin.fail: {msg: "no"}
"""


def test_a_play_that_fails_midway_is_undone_by_its_own_rollback(
    bench: Bench, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    rollback = bundle(tmp_path, WRITE, {"wanted": "old", "target": str(target)}).stream
    play = bundle(tmp_path, FAIL, {"target": str(target)}, rollback=rollback)
    played = bench.play(bench.seal(play))

    assert (played.end.state, played.end.code) == ("rolled_back", "play")
    assert target.read_text() == "old"


ARCHIVE = """
    - name: Leave an archive
      ansible.builtin.shell: tar -czf {{ place }}/said.tar.gz -C / etc/hostname
    - name: Name it
      ansible.builtin.set_stats:
        data: {courtfleet_output: "{{ place }}/said.tar.gz"}
"""


def test_an_archive_that_a_play_leaves_in_its_folder_is_its_output(
    bench: Bench, tmp_path: Path
) -> None:
    inside = "{{ lookup('ansible.builtin.env', 'HOME') }}"
    left = bench.play(bench.seal(bundle(tmp_path, ARCHIVE, {"place": inside})))
    elsewhere = bundle(tmp_path, ARCHIVE, {"place": str(tmp_path)})
    other = bench.play(bench.seal(elsewhere, 2), 2)

    assert left.output.startswith(b"\x1f\x8b")
    assert other.output.startswith(b"{"), "what lies elsewhere stays there"


def test_a_device_on_usb_is_restarted(bench: Bench) -> None:
    port = bench.folder / "usb" / "1-1"
    port.mkdir(parents=True)
    for name, content in (("idVendor", "0b8c"), ("idProduct", "0083"), ("authorized", "1")):
        (port / name).write_text(content)
    kind, reach = DeviceKind.SIGNATURE_PAD, ByUsb(vendor="0b8c", product="0083")
    here, other = DeviceSpec("pad", kind, reach), DeviceSpec("pad", kind, reach, serial="B2")
    played = bench.play(bench.seal(Restart(device="pad", spec=here)))
    away = bench.play(bench.seal(Restart(device="pad", spec=other), 2), 2)

    assert (played.end.state, played.output) == ("succeeded", b"0b8c:0083 at 1-1\n")
    assert (away.end.state, away.end.detail) == ("failed", "no such device is plugged in")


@pytest.mark.parametrize("unit", ["", "../x.service", "--root=/", "courtfleet-orders.service"])
def test_only_a_unit_is_restarted(bench: Bench, unit: str) -> None:
    played = bench.play(bench.seal(Restart(unit)))

    assert (played.end.state, played.end.code) == ("failed", "executor")


def wait_for_sleep(bench: Bench) -> None:
    wait_for(lambda: any(line.startswith("sleep 4242") for line in bench.processes()))
