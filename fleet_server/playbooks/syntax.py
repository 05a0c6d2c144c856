"""Whether Ansible itself can read a playbook: its own check, in a process of its own."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from fleet_server.playbooks.model import Files, Problem

_SECONDS: Final = 60.0


def problems(files: Files, names: list[str]) -> list[Problem]:
    """What Ansible says against these playbooks of some content. Runs nothing; takes a second each.

    `files` must be free of `rules.problems`.
    """
    with tempfile.TemporaryDirectory(prefix="courtfleet-syntax-") as folder:
        for path, content in files.items():
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        found = []
        for name in names:
            said = _said(Path(folder), f"{name}.yml")
            if said:
                found.append(Problem("playbooks_bad_syntax", f"{name}.yml", {"problem": said}))
        return found


def _said(folder: Path, playbook: str) -> str:
    """The first line of Ansible's complaint, "" without one."""
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "--syntax-check", playbook]
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "LC_ALL": "C.UTF-8",
        "HOME": str(folder),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "1",
    }
    try:
        done = subprocess.run(
            [*command, "--inventory", "self,"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "no answer within a minute"
    if done.returncode == 0:
        return ""
    lines = [line for line in done.stderr.splitlines() if line.strip()] or ["no word of it"]
    errors = [line for line in lines if line.startswith(("ERROR", "[ERROR]"))]
    return (errors or lines)[0].replace(f"{folder}/", "")[:300]
