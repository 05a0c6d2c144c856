"""The command `artifacts`: files for the field into the store, and mirrors of packages."""

import argparse
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from fleet_server.artifacts.api import ArtifactOut, Artifacts
from fleet_server.artifacts.model import ArtifactKind
from fleet_server.command import mirror, terminal
from fleet_server.command.client import Client
from fleet_server.errors import CommandFailed
from fleet_server.sentences import say

Connect = Callable[[], AbstractContextManager[Client]]


def run(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    """Carry out one action; the exit status.

    Raises:
        FleetError: no server answers, it says no, or something cannot be fetched.
    """
    actions = {"add": _add, "list": _list, "remove": _remove, "mirror": _mirror}
    return actions[arguments.action](arguments, language, connect)


def _add(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    name = arguments.name or arguments.file.name
    kind = ArtifactKind(arguments.kind)
    with connect() as client:
        made = _sent(client, arguments.file, name, kind)
    return _told(made, arguments, language)


def _mirror(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    if not arguments.apt and not arguments.wheel:
        raise CommandFailed("mirror_nothing")
    if arguments.apt and arguments.wheel:
        raise CommandFailed("mirror_two_kinds")
    kind = ArtifactKind.PACKAGES if arguments.apt else ArtifactKind.RELEASE
    first = (arguments.apt or arguments.wheel)[0]
    name = arguments.name or f"{mirror.plain(first)}-{datetime.now(UTC):%Y%m%d}.tar"
    with tempfile.TemporaryDirectory(prefix="courtfleet-mirror-") as folder:
        target = Path(folder, "mirror.tar")
        fetch = mirror.packages if arguments.apt else mirror.wheels
        fetch(arguments.apt or arguments.wheel, Path(folder, "files"), target)
        with connect() as client:
            made = _sent(client, target, name, kind)
    return _told(made, arguments, language)


def _list(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    with connect() as client:
        found = client.get("/api/v1/artifacts", Artifacts)
    if arguments.json:
        print(found.model_dump_json())
        return 0
    if not found.items:
        print(say("no_artifacts", language))
        return 0
    table = terminal.headed(terminal.saying(language), "name", "kind", "size", "added", "sha256")
    for one in found.items:
        added = f"{one.added_at.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(one.name, str(one.kind), f"{one.bytes}", added, one.sha256)
    terminal.output(table)
    return 0


def _remove(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    with connect() as client:
        found = client.get("/api/v1/artifacts", Artifacts).items
        meant = [one for one in found if one.sha256.startswith(arguments.sha256)]
        if len(meant) != 1:
            raise CommandFailed("artifact_unknown", artifact=arguments.sha256)
        client.delete(f"/api/v1/artifacts/{meant[0].sha256}")
    if arguments.json:
        print(meant[0].model_dump_json())
    else:
        print(say("artifact_removed", language, name=meant[0].name))
    return 0


def _sent(client: Client, file: Path, name: str, kind: ArtifactKind) -> ArtifactOut:
    query = {"name": name, "kind": str(kind)}
    return client.send_file("/api/v1/artifacts", query, file, ArtifactOut)


def _told(made: ArtifactOut, arguments: argparse.Namespace, language: str) -> int:
    if arguments.json:
        print(made.model_dump_json())
    else:
        print(say("artifact_added", language, name=made.name, sha256=made.sha256))
    return 0
