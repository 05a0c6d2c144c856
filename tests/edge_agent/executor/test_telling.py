"""What is told of a play, and what is not."""

import json

from edge_agent.executor.telling import PlayWatch, Redaction
from telemetry.wire.events import Recap
from telemetry.words import OrderState

WATCHED = {"/job/7/data": ".", "/job": "(orders)"}


def event(name: str, **data: object) -> bytes:
    said = {"event": name, "counter": 1, "uuid": "u", "stdout": "/root/x", "event_data": data}
    return json.dumps(said).encode()


def watch() -> PlayWatch:
    return PlayWatch(Redaction.of(WATCHED))


def test_environment_and_command_stay_here() -> None:
    play = watch()
    said = {"status": "starting", "env": {"TOKEN": "t0k"}, "command": ["-e", "t0k"], "cwd": "/job"}

    assert play.take(json.dumps(said).encode()) == b""
    assert play.status == "starting"


def test_only_named_fields_are_told() -> None:
    result = {
        "changed": True,
        "invocation": {"module_args": {"password": "t0k"}},
        "ansible_facts": {"ansible_env": {"TOKEN": "t0k"}},
        "cmd": ["login", "t0k"],
        "msg": "in /job/7/data/project of /job/7",
        "results": [{"rc": 0, "invocation": "t0k"}],
        "diff": {"before": "a", "after": "b", "path": "t0k"},
    }
    told = watch().take(
        event("runner_on_ok", task="T", task_path="/job/7/data/x", res=result, remote_addr="t0k")
    )

    assert b"t0k" not in told
    assert json.loads(told)["event_data"] == {
        "task": "T",
        "res": {
            "changed": True,
            "msg": "in ./project of (orders)/7",
            "results": [{"rc": 0}],
            "diff": [{"before": "a", "after": "b"}],
        },
    }


def test_a_task_says_which_state_it_is() -> None:
    play = watch()
    found = []
    for task, action in [
        ("agent : Fetch the release", "courtfleet_fetch"),
        ("Copy it", "ansible.builtin.copy"),
        ("agent : Verify that it answers", "ansible.builtin.command"),
        ("Fetch another", "courtfleet.edge.courtfleet_fetch"),
    ]:
        play.take(event("playbook_on_task_start", task=task, task_action=action))
        found.append(play.state)

    assert found == [
        OrderState.DOWNLOADING,
        OrderState.RUNNING,
        OrderState.VERIFYING,
        OrderState.DOWNLOADING,
    ]


def test_the_recap_names_the_task_that_failed_and_not_one_that_may_fail() -> None:
    play = watch()
    play.take(event("runner_on_failed", task="Real", res={"msg": "no room", "stderr": "disk"}))
    play.take(event("runner_on_failed", task="May", res={"msg": "x"}, ignore_errors=True))
    play.take(
        event(
            "playbook_on_stats",
            ok={"self": 3},
            changed={"self": 2},
            failures={"self": 1},
            rescued={"self": 1},
            artifact_data={"courtfleet_outcome": "rolled_back", "other": "t0k"},
        )
    )

    assert play.recap == Recap(3, 2, 1, 0, 1, "Real", "no room: disk")
    assert play.outcome == "rolled_back"


def test_damaged_lines_say_nothing() -> None:
    play = watch()

    for line in (b"", b"{", b"[]", b"7", b"[" * 5000, b"\xff", b'{"event":[],"event_data":3}'):
        assert play.take(line) == b""
