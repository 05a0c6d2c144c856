"""The command `playbooks`: which there are, what they take, whether one's own can be used."""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

import msgspec

from fleet_server.command import terminal
from fleet_server.command.client import Client
from fleet_server.errors import CommandFailed
from fleet_server.playbooks import rules, store, syntax
from fleet_server.playbooks.api import PlaybookOut, Playbooks
from fleet_server.playbooks.model import Files, Problem
from fleet_server.sentences import say

Connect = Callable[[], AbstractContextManager[Client]]

_CLONE_SECONDS: Final = 300.0


def run(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    """Carry out one action; the exit status.

    Raises:
        FleetError: no server answers, it says no, or the content cannot be read.
    """
    actions = {"list": _list, "show": _show, "check": _check, "add": _add, "remove": _remove}
    return actions[arguments.action](arguments, language, connect)


def _list(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    with connect() as client:
        found = client.get("/api/v1/playbooks", Playbooks)
    if arguments.json:
        print(found.model_dump_json())
        return 0
    table = terminal.headed(terminal.saying(language), "playbook", "collection", "version", "title")
    for one in found.items:
        table.add_row(one.name, one.collection, one.version, one.title)
    terminal.output(table)
    return 0


def _show(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    with connect() as client:
        found = client.get(f"/api/v1/playbooks/{arguments.playbook}", PlaybookOut)
    if arguments.json:
        print(found.model_dump_json())
        return 0
    print(f"{found.name} ({found.collection} {found.version}): {found.title}")
    table = terminal.headed(terminal.saying(language), "variable", "type", "default", "description")
    for option in found.options:
        default = msgspec.json.encode(option.default).decode()
        needed = say("variable_needed", language)
        kind = "|".join(option.choices) or option.type
        table.add_row(
            option.name, kind, needed if option.is_required else default, option.description
        )
    terminal.output(table)
    return 0


def _check(arguments: argparse.Namespace, language: str, _: Connect) -> int:
    files = store.read_folder(arguments.folder)
    found = problems(files)
    names = list(rules.playbooks(files, "")) if not found else []
    if arguments.json:
        told = [{"code": one.code, "path": one.path, **one.facts} for one in found]
        print(msgspec.json.encode({"playbooks": names, "problems": told}).decode())
    elif not found:
        print(say("playbooks_fine", language, count=len(names), names=", ".join(names)))
    else:
        _tell(found, language)
    return 1 if found else 0


def _add(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    name = arguments.name or _named(arguments.source)
    folder = Path(arguments.source)
    if folder.is_dir():
        files = store.read_folder(folder)
    else:
        with tempfile.TemporaryDirectory(prefix="courtfleet-clone-") as clone:
            _clone(arguments.source, arguments.branch, Path(clone))
            files = store.read_folder(Path(clone))
    found = problems(files)
    if found:
        _tell(found, language)
        return 1
    with connect() as client:
        path = f"/api/v1/playbook-collections/{name}"
        taken = client.put_file(path, {}, store.packed(files), Playbooks)
    if arguments.json:
        print(taken.model_dump_json())
    else:
        names = ", ".join(one.name for one in taken.items)
        print(say("playbooks_taken", language, collection=name, names=names))
    return 0


def _remove(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    with connect() as client:
        client.delete(f"/api/v1/playbook-collections/{arguments.collection}")
    if arguments.json:
        print("{}")
    else:
        print(say("playbooks_removed", language, collection=arguments.collection))
    return 0


def problems(files: Files) -> list[Problem]:
    """All that keeps this content from being used, Ansible's own opinion included."""
    found = rules.problems(files)
    return found or syntax.problems(files, list(rules.playbooks(files, "")))


def _clone(source: str, branch: str | None, folder: Path) -> None:
    # "--" ends the options: a source must not be able to be one
    which = ["--branch", branch] if branch else []
    command = ["git", "clone", "--quiet", "--depth", "1", *which, "--", source, str(folder)]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_CLONE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CommandFailed("playbooks_no_git", source=source, problem=str(error)) from error
    if done.returncode != 0:
        problem = (done.stderr.strip().splitlines() or [""])[-1]
        raise CommandFailed("playbooks_no_git", source=source, problem=problem)


def _named(source: str) -> str:
    last = Path(source).resolve().name if Path(source).is_dir() else source.rsplit("/", 1)[-1]
    return re.sub(r"[^a-z0-9]+", "_", last.removesuffix(".git").lower()).strip("_")


def _tell(found: Sequence[Problem], language: str) -> None:
    for one in found:
        print(say(one.code, language, path=one.path, **one.facts), file=sys.stderr)
