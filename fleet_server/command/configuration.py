"""`courtfleet config`: how machines are to be set up, and whether they are."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, TypeAlias

from pydantic import BaseModel, JsonValue
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fleet_server.command import orders, terminal
from fleet_server.command.client import Client
from fleet_server.command.terminal import Say
from fleet_server.configuration.api import (
    AppliedOut,
    ApplyIn,
    AssetConfiguration,
    ConfigurationDiff,
    ConfigurationOut,
    ConfiguredAssets,
    LayerChange,
    LayerDetail,
    LayerIn,
    PolicyIO,
)
from fleet_server.configuration.model import (
    ConfigurationState,
    Converge,
    ScopeKind,
    scope_of,
)
from fleet_server.errors import CommandFailed
from fleet_server.sentences import say

Connect: TypeAlias = Callable[[], AbstractContextManager[Client]]

_PATH: Final = "/api/v1/configuration"
_LAYER: Final = f"{_PATH}/layer"
_EVERY_SECONDS: Final = 1.0
_MOST_ROWS: Final = 40
_STYLES: Final = {
    ConfigurationState.FAILING: "red",
    ConfigurationState.DRIFTED: "yellow",
    ConfigurationState.BEHIND: "yellow",
    ConfigurationState.APPLYING: "blue",
    ConfigurationState.IN_STEP: "green",
    ConfigurationState.WAITING: "cyan",
}
_SETTLED: Final = frozenset({ConfigurationState.IN_STEP, ConfigurationState.NOTHING})


def run(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    """The exit status: 3 when an order that is followed did not succeed.

    Raises:
        CommandFailed: nobody answers, the server refuses, or a file cannot be read.
    """
    speak = terminal.saying(language)
    with connect() as client:
        match arguments.action:
            case "show":
                return _show(client, arguments, speak)
            case "set" | "restore":
                return _write(client, arguments, speak)
            case "history":
                found = client.get(_LAYER, LayerDetail, {"scope": arguments.scope})
                return _print(arguments, found, _versions(found, speak))
            case "diff":
                return _diff(client, arguments, speak)
            case "apply":
                return _apply(client, arguments, language)
            case _:
                return _policy(client, arguments)


def _show(client: Client, arguments: argparse.Namespace, speak: Say) -> int:
    if arguments.asset:
        path = f"/api/v1/assets/{arguments.asset}/configuration"
        asset = client.get(path, AssetConfiguration)
        return _print(arguments, asset, _asset(asset, speak))
    for kind in ScopeKind:
        name = getattr(arguments, kind)
        if name:
            scope = scope_of(kind, str(name))
            layer = client.get(_LAYER, LayerDetail, {"scope": scope})
            return _print(arguments, layer, Text(layer.text.rstrip("\n")))
    overview = client.get(_PATH, ConfigurationOut)
    found = client.get(f"{_PATH}/assets", ConfiguredAssets)
    if arguments.json:
        print(found.model_dump_json())
        return 0
    terminal.output(_overview(overview, found, speak))
    return 0


def _write(client: Client, arguments: argparse.Namespace, speak: Say) -> int:
    is_restored = arguments.action == "restore"
    wish = LayerIn(restores=arguments.version) if is_restored else _wish(arguments)
    wish.comment, wish.dry_run = arguments.comment, arguments.dry_run
    done = client.put(_LAYER, wish, LayerChange, {"scope": arguments.scope})
    if arguments.dry_run:
        head = speak("configuration_would_change", count=done.count)
    else:
        facts = {"scope": done.layer.scope, "version": done.layer.version, "count": done.count}
        head = speak("configuration_written", **facts)
    lines = [Text(head, style="bold")]
    for one in done.assets[:_MOST_ROWS]:
        changes = ", ".join(
            f"{each.path}: {_short(each.before)} → {_short(each.after)}" for each in one.changes
        )
        lines.append(Text(f"  {one.asset}  {changes}"))
    return _print(arguments, done, Group(*lines))


def _wish(arguments: argparse.Namespace) -> LayerIn:
    """A file, or values; one without the other.

    Raises:
        CommandFailed: it is neither, or the file cannot be read.
    """
    given: list[str] = arguments.given
    if len(given) == 1 and "=" not in given[0]:
        return LayerIn(text=_read(given[0]))
    return LayerIn(puts=dict(orders.variable(text) for text in given), drops=arguments.unset)


def _read(path: str) -> str:
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = getattr(error, "strerror", None) or str(error)
        raise CommandFailed("file_unreadable", path=path, problem=problem) from error


def _diff(client: Client, arguments: argparse.Namespace, speak: Say) -> int:
    base = f"/api/v1/assets/{arguments.asset}/configuration"
    if arguments.now:
        client.post(f"{base}/apply", ApplyIn(is_check=True), AppliedOut)
    found = client.get(f"{base}/diff", ConfigurationDiff)
    while arguments.now and not found.is_final:
        time.sleep(_EVERY_SECONDS)
        found = client.get(f"{base}/diff", ConfigurationDiff)
    asset = client.get(base, AssetConfiguration)
    return _print(arguments, found, Group(*_head(asset, speak), *_changes(found, speak)))


def _apply(client: Client, arguments: argparse.Namespace, language: str) -> int:
    path = f"/api/v1/assets/{arguments.asset}/configuration/apply"
    wish = ApplyIn(is_check=arguments.check, why=arguments.why)
    placed = client.post(path, wish, AppliedOut)
    if arguments.follow:
        return orders.follow(client, placed.order, arguments, language)
    text = say("configuration_ordered", language, order=placed.order)
    return _print(arguments, placed, text)


def _policy(client: Client, arguments: argparse.Namespace) -> int:
    chosen = None if arguments.converge == "as_fleet" else Converge(arguments.converge)
    query = {"court": arguments.court}
    done = client.put(f"{_PATH}/policy", PolicyIO(converge=chosen), PolicyIO, query)
    return _print(arguments, done, arguments.converge)


def _overview(overview: ConfigurationOut, found: ConfiguredAssets, speak: Say) -> Group:
    layers: RenderableType = speak("configuration_none")
    if overview.layers:
        layers = table = terminal.headed(speak, "scope", "version", "changed_at", "who", "comment")
        for one in overview.layers:
            at = "" if one.made_at is None else f"{one.made_at.astimezone():%Y-%m-%d %H:%M}"
            table.add_row(one.scope, str(one.version), at, one.who, one.comment)
    assets = terminal.headed(speak, "asset", "state", "why", "differs")
    for asset in [one for one in found.items if one.state not in _SETTLED][:_MOST_ROWS]:
        state = Text(asset.sentence, style=_STYLES.get(asset.state, ""))
        assets.add_row(asset.asset, state, asset.held, _listed([*asset.differs, *asset.waiting]))
    counts = "  ".join(
        f"{speak(f'configuration_state_{state}')} {count}"
        for state, count in sorted(overview.counts.items())
    )
    return Group(layers, "", Text(counts, style="bold"), assets)


def _asset(asset: AssetConfiguration, speak: Say) -> Group:
    table = terminal.headed(speak, "path", "value", "origin", "hidden")
    for one in asset.entries:
        hidden = ", ".join(f"{_short(each.value)} ({each.scope})" for each in one.hidden)
        table.add_row(one.path, _short(one.value), one.scope, hidden)
    return Group(*_head(asset, speak), table)


def _head(asset: AssetConfiguration, speak: Say) -> list[Text]:
    state = f"{asset.sentence} ({asset.held})" if asset.held else asset.sentence
    lines = [
        Text(f"{asset.asset}  {state}", style=_STYLES.get(asset.state, "bold")),
        Text(speak("configuration_is_desired", hash=asset.desired or "–")),
        Text(speak("configuration_is_reported", hash=asset.reported or "–")),
    ]
    return [*lines, *(Text(f"  {one}", style="yellow") for one in asset.differs)]


def _changes(found: ConfigurationDiff, speak: Say) -> list[Text]:
    if found.order is None:
        return [Text(speak("configuration_never_looked"))]
    if found.changes is None:
        return [Text(found.sentence, style="yellow")]
    if not found.changes:
        return [Text(speak("configuration_no_difference"), style="green")]
    lines = []
    for one in found.changes:
        lines += [Text(one.task, style="bold"), *map(_coloured, one.text.splitlines())]
    return lines


def _coloured(line: str) -> Text:
    style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
    return Text(line, style=style)


def _versions(found: LayerDetail, speak: Say) -> Table:
    table = terminal.headed(speak, "version", "changed_at", "who", "comment")
    for one in found.versions:
        at = "" if one.made_at is None else f"{one.made_at.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(str(one.version), at, one.who, one.comment)
    return table


def _print(arguments: argparse.Namespace, found: BaseModel, drawn: RenderableType) -> int:
    if arguments.json:
        print(found.model_dump_json())
    else:
        terminal.output(drawn)
    return 0


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def _short(value: JsonValue) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
