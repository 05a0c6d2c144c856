"""The command `basemap`: a court's own map data into the server, and which of them are there."""

import argparse
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

import msgspec
from pydantic import BaseModel, JsonValue, RootModel

from fleet_server.basemap import rules
from fleet_server.basemap.api import LayerImported
from fleet_server.basemap.rules import Datum, Json, Layer
from fleet_server.command.client import Client
from fleet_server.errors import CommandFailed, Refused
from fleet_server.sentences import say

Connect = Callable[[], AbstractContextManager[Client]]

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"  # Windows' editors write one, JSON has none


class Plan(BaseModel):
    """What an import does; `moved_metres` is at most so. Degrees are the file's own."""

    layer: Layer
    datum: Datum
    features: int
    bounds: rules.Bounds
    moved_metres: float
    is_sent: bool


class Shown(BaseModel):
    """What the console's map has for a layer; `features` is None for the bundled one."""

    layer: Layer
    features: int | None


class ShownLayers(BaseModel):
    """What `courtfleet basemap show --json` prints."""

    items: list[Shown]


class _Collection(RootModel[JsonValue]):
    """A layer as the server hands it out."""


def run(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    """Carry out one action; the exit status.

    Raises:
        CommandFailed: no server answers, or the file cannot be read.
        Refused: the server says no.
    """
    actions = {"import": _import, "show": _show, "reset": _reset}
    return actions[arguments.action](arguments, language, connect)


def _import(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    body = _content(arguments.file)
    collection = _parsed(body)
    found = rules.problems(collection, arguments.layer)
    for problem in found:
        print(say(problem.code, language, **problem.facts), file=sys.stderr)
    if found:
        return 1
    plan = Plan(
        layer=arguments.layer,
        datum=arguments.datum,
        features=rules.feature_count(collection),
        bounds=rules.bounds(collection),
        moved_metres=rules.moved_metres(collection, arguments.datum),
        is_sent=not arguments.dry_run,
    )
    if plan.is_sent:
        with connect() as client:
            path = f"/api/v1/basemap/{plan.layer}"
            client.put_file(path, {"datum": plan.datum}, body, LayerImported)
    if arguments.json:
        print(plan.model_dump_json())
    else:
        _tell(plan, arguments.file, language)
    return 0


def _tell(plan: Plan, path: Path, language: str) -> None:
    print(
        say(
            "basemap_summary",
            language,
            path=str(path),
            features=plan.features,
            layer=plan.layer,
            **plan.bounds._asdict(),
        )
    )
    if plan.datum is Datum.GCJ02:
        print(say("basemap_moves", language, metres=plan.moved_metres))
    else:
        print(say("basemap_stays", language, datum=plan.datum.upper()))
    if plan.is_sent:
        print(say("basemap_taken", language, layer=plan.layer))
    else:
        print(say("basemap_not_sent", language))


def _show(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    with connect() as client:
        shown = [Shown(layer=layer, features=_features(client, layer)) for layer in Layer]
    if arguments.json:
        print(ShownLayers(items=shown).model_dump_json())
        return 0
    for one in shown:
        if one.features is None:
            print(say("basemap_bundled", language, layer=one.layer))
        else:
            print(say("basemap_own", language, layer=one.layer, features=one.features))
    return 0


def _reset(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    layer: Layer = arguments.layer
    with connect() as client:
        is_own = _features(client, layer) is not None
        if is_own:
            client.delete(f"/api/v1/basemap/{layer}")
    if arguments.json:
        print(ShownLayers(items=[Shown(layer=layer, features=None)]).model_dump_json())
    else:
        code = "basemap_restored" if is_own else "basemap_none"
        print(say(code, language, layer=layer))
    return 0


def _features(client: Client, layer: Layer) -> int | None:
    """How many features an imported layer has; None when the bundled one is shown."""
    try:
        return rules.feature_count(client.get(f"/api/v1/basemap/{layer}", _Collection).root)
    except Refused as error:
        if error.code == "not_found":
            return None
        raise


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > rules.MOST_BYTES:
            limit = rules.MOST_BYTES // 1_000_000
            raise CommandFailed("file_too_large", path=str(path), limit=limit)
        return path.read_bytes().removeprefix(_BYTE_ORDER_MARK)
    except OSError as error:
        problem = error.strerror or str(error)
        raise CommandFailed("file_unreadable", path=str(path), problem=problem) from error


def _parsed(body: bytes) -> Json:
    try:
        found: Json = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CommandFailed("basemap_not_geojson") from error
    return found
