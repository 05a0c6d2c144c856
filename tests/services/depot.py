"""Playbooks for people: `ansible-playbook` over SSH to machines that have nothing of ours yet."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.services.field import address

_PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"
_RECAP = re.compile(r"ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)")
_PLAY_SECONDS = 1800.0
_LOOK_EVERY_SECONDS = 0.2
"""What is given such an argument, an enrolment, takes longer."""


@dataclass(frozen=True)
class Played:
    """What `ansible-playbook` said."""

    ok: int
    changed: int
    failed: int
    said: str


@dataclass(frozen=True)
class Depot:
    """A person with a key to bare machines; `inside`: what runs a command where they are."""

    inside: Sequence[str]
    folder: Path

    def binds(self) -> dict[Path, str]:
        """What a machine needs to let this person in."""
        key = self.folder / "key"
        if not key.exists():
            made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)]
            subprocess.run(made, check=True)
        return {key.with_name("key.pub"): "/root/.ssh/authorized_keys"}

    def play(self, playbook: str, machine: int, given: Mapping[str, Any], *words: str) -> Played:
        """Run one against a machine; `given` goes in by a file, as secrets must."""
        variables = self.folder / "variables.yml"
        variables.touch(mode=0o600)
        variables.write_text("\n".join(f"{name}: {value!r}" for name, value in given.items()))
        command = [
            *self.inside,
            str(Path(sys.executable).with_name("ansible-playbook")),
        ]
        command += ["-i", f"{address(machine)},", "-u", "root", f"{playbook}.yml"]
        done = subprocess.run(
            [*command, "-e", f"@{variables}", *words],
            cwd=_PLAYBOOKS,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_PLAY_SECONDS,
            check=False,
        )
        found = _RECAP.search(done.stdout)
        assert found, done.stdout
        ok, changed, unreachable, failed = map(int, found.groups())
        return Played(ok, changed, unreachable + failed, done.stdout)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_PRIVATE_KEY_FILE": str(self.folder / "key"),
            "ANSIBLE_HOST_KEY_CHECKING": "false",
            "ANSIBLE_NOCOLOR": "1",
            # As it is by itself, but for compression: the wire is this machine's own.
            "ANSIBLE_SSH_ARGS": "-o ControlMaster=auto -o ControlPersist=60s",
        }


@contextmanager
def arguments_seen(word: str) -> Iterator[list[str]]:
    """Every argument list on this machine, its containers too, that holds a word meanwhile."""
    seen: list[str] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_EVERY_SECONDS):
            for line in Path("/proc").glob("[0-9]*/cmdline"):
                with suppress(OSError):  # it has ended
                    said = line.read_bytes()
                    if word.encode() in said:
                        seen.append(said.replace(b"\0", b" ").decode(errors="replace"))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        over.set()
        looking.join()
