"""Runs a bundle as an asset would: ansible-runner's worker, in a clean environment."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from edge_agent.executor.job import clean_environment
from fleet_server.playbooks.bundling import Bundler
from fleet_server.playbooks.store import Catalogue

WORKER = """\
import sys
from ansible_runner.streaming import Worker
with open(sys.argv[1], "rb") as job, open(sys.argv[2], "w+b") as told:
    Worker(_input=job, _output=told, private_data_dir=sys.argv[3]).run()
"""


@dataclass
class Outcome:
    """What a play told of itself; `changed` names the tasks that changed something."""

    status: str = "lost"
    changed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    stats: Mapping[str, JsonValue] = field(default_factory=dict)
    diffs: dict[str, JsonValue] = field(default_factory=dict)
    raw: str = ""


def stream(playbook: str, variables: dict[str, JsonValue]) -> str:
    """What an order carries to an asset for it."""
    bundler = Bundler(Catalogue(Path("/nonexistent")))
    return bundler.bundle(playbook, json.loads(json.dumps(variables))).stream


@dataclass
class Asset:
    """Where plays run: their temporary folder, and programs that stand before the machine's own."""

    folder: Path
    bundler: Bundler = field(default_factory=lambda: Bundler(Catalogue(Path("/nonexistent"))))

    def program(self, name: str, text: str) -> None:
        """Put a shell script before the machine's program of that name."""
        path = self.folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def play(
        self, playbook: str, variables: dict[str, JsonValue], *, is_check: bool = False
    ) -> Outcome:
        """Run it to its end."""
        with self.playing(playbook, variables, is_check=is_check) as process:
            process.communicate()
        return outcome((self.folder / "told").read_text())

    @contextlib.contextmanager
    def playing(
        self, playbook: str, variables: dict[str, JsonValue], *, is_check: bool = False
    ) -> "Iterator[subprocess.Popen[bytes]]":
        """Run it beside the block."""
        job = self.folder / "job"
        bundle = self.bundler.bundle(playbook, json.loads(json.dumps(variables)), is_check=is_check)
        job.write_text(bundle.stream)
        # A fresh folder for each: what a job leaves there would count for the next one too.
        own = Path(tempfile.mkdtemp(prefix="private-", dir=self.folder))
        programs = f"{self.folder / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        with subprocess.Popen(
            [sys.executable, "-c", WORKER, str(job), str(self.folder / "told"), str(own)],
            env=clean_environment(self.folder, self.folder.name) | {"PATH": programs},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process:
            yield process


def outcome(told: str) -> Outcome:
    """What a worker's stream says."""
    found = Outcome(raw=told)
    for line in told.splitlines():
        if not line.startswith("{"):
            continue
        said = json.loads(line.partition("}{")[0] if line.startswith('{"zipfile"') else line)
        if "status" in said:
            found.status = said["status"]
        data = said.get("event_data", {})
        task, kind = data.get("task", ""), said.get("event", "")
        if kind == "playbook_on_task_start":
            found.ran.append(task)
        if kind in {"runner_on_ok", "runner_on_failed"}:
            result = data.get("res", {})
            if result.get("changed"):
                found.changed.append(task)
                found.diffs[task] = result.get("diff")
            if kind == "runner_on_failed":
                found.failed.append(f"{task}: {result.get('msg', '')}")
        if kind == "playbook_on_stats":
            found.stats = data.get("artifact_data", {})
    return found
