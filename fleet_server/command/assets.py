"""The commands `assets` and `courts`."""

import argparse
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from pydantic import BaseModel
from rich.table import Table
from rich.text import Text

from fleet_server.assets.api import (
    AssetIn,
    AssetOut,
    AssetPage,
    AssetsIn,
    ChangeIn,
    InvitationOut,
    Invitations,
    MoveIn,
    PlaceIO,
    RetireIn,
    TagsIn,
    WhyIn,
)
from fleet_server.command import station_keys, terminal
from fleet_server.command.client import Client, Query
from fleet_server.courts.api import CourtIn, CourtOut, Courts
from fleet_server.enrolment import qr
from fleet_server.errors import CommandFailed
from fleet_server.imports.api import FieldChangeOut, ImportedOut, PreviewOut
from fleet_server.imports.model import Verdict
from fleet_server.sentences import say
from fleet_server.sentences.words import word
from fleet_server.views.api import Balances

Connect = Callable[[], AbstractContextManager[Client]]
Action = Callable[[Client, argparse.Namespace, str], None]

_STYLES: Final = {
    Verdict.NEW: "green",
    Verdict.CHANGED: "yellow",
    Verdict.UNCHANGED: "dim",
    Verdict.REFUSED: "red",
}
_MOST_ROWS: Final = 200
"""Rows of a preview that are printed; --json has all of them."""


def run(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    """One action of `courtfleet assets` or `courtfleet courts`; the exit status.

    Raises:
        CommandFailed: nobody answers, the server refuses, or a file cannot be used.
    """
    action = (_COURTS if arguments.command == "courts" else _ASSETS)[arguments.action]
    with connect() as client:
        action(client, arguments, language)
    return 0


def all_assets(
    client: Client,
    kind: str | None = None,
    court: str | None = None,
    retired: str | None = None,
    tag: str | None = None,
) -> list[AssetOut]:
    """Every asset, page by page."""
    found: list[AssetOut] = []
    cursor: str | None = ""
    while cursor is not None:
        query: Query = {
            "limit": 1000,
            "cursor": cursor,
            "kind": kind,
            "court": court,
            "retired": retired,
            "tag": tag,
        }
        page = client.get("/api/v1/assets", AssetPage, query)
        found += page.items
        cursor = page.next
    return found


def _add(client: Client, arguments: argparse.Namespace, language: str) -> None:
    new = AssetIn(
        id=arguments.id,
        kind=arguments.kind,
        name=arguments.name,
        court=arguments.court,
        plate=arguments.plate,
        note=arguments.note,
        tags=arguments.tag,
    )
    made = client.post("/api/v1/assets", AssetsIn(assets=[new]), Invitations)
    if arguments.json:
        print(made.model_dump_json())
        return
    for invitation in made.items:
        _print_invitation(invitation, arguments, language)


def _list(client: Client, arguments: argparse.Namespace, language: str) -> None:
    wanted = (arguments.kind, arguments.court, arguments.retired, arguments.tag)
    assets = all_assets(client, *wanted)
    if arguments.json:
        print(AssetPage(items=assets, next=None).model_dump_json())
    else:
        terminal.output(terminal.assets_table(terminal.saying(language), assets))


def _show(client: Client, arguments: argparse.Namespace, language: str) -> None:
    asset = client.get(_path(arguments), AssetOut)
    found = client.get(f"{_path(arguments)}/balance", Balances)
    if arguments.json:
        print(asset.model_dump_json())
    else:
        sheet = terminal.asset_sheet(terminal.saying(language), asset, found.items, found.at)
        terminal.output(sheet)


def _change(client: Client, arguments: argparse.Namespace, language: str) -> None:
    wishes: dict[str, object] = {
        name: getattr(arguments, name)
        for name in ("name", "plate", "note")
        if getattr(arguments, name) is not None
    }
    if arguments.home is not None:
        wishes["home"] = None if arguments.home == "none" else _place(arguments.home)
    _print_done(
        client.patch(_path(arguments), ChangeIn.model_validate(wishes), AssetOut),
        "asset_changed",
        arguments,
        language,
    )


def _tag(client: Client, arguments: argparse.Namespace, language: str) -> None:
    body = TagsIn(add=arguments.tags, remove=arguments.remove)
    asset = client.post(f"{_path(arguments)}/tags", body, AssetOut)
    if arguments.json:
        print(asset.model_dump_json())
    else:
        code = "asset_tagged" if asset.tags else "asset_untagged"
        print(say(code, language, asset=asset.id, tags=" ".join(asset.tags)))


def _move(client: Client, arguments: argparse.Namespace, language: str) -> None:
    body = MoveIn(court=arguments.court, why=arguments.why)
    moved = client.post(f"{_path(arguments)}/move", body, AssetOut)
    _print_done(moved, "asset_moved_to", arguments, language)


def _retire(client: Client, arguments: argparse.Namespace, language: str) -> None:
    body = RetireIn(confirm=arguments.confirm, why=arguments.why)
    retired = client.post(f"{_path(arguments)}/retire", body, AssetOut)
    _print_done(retired, "asset_is_retired", arguments, language)


def _invite(client: Client, arguments: argparse.Namespace, language: str) -> None:
    """Both ways to a new computer: `replace` and `reinstate`."""
    body = WhyIn(why=arguments.why)
    made = client.post(f"{_path(arguments)}/{arguments.action}", body, InvitationOut)
    if arguments.json:
        print(made.model_dump_json())
    else:
        _print_invitation(made, arguments, language)


def _import(client: Client, arguments: argparse.Namespace, language: str) -> None:
    path: Path = arguments.file
    try:
        content = path.read_bytes()
    except OSError as error:
        problem = error.strerror or str(error)
        raise CommandFailed("file_unreadable", path=str(path), problem=problem) from error
    name: Query = {"filename": path.name}
    preview = client.post_file("/api/v1/assets/import/preview", name, content, PreviewOut)
    done: BaseModel = preview
    if not arguments.dry_run:
        query: Query = {"filename": path.name, "digest": preview.digest}
        done = client.post_file("/api/v1/assets/import", query, content, ImportedOut)
    if arguments.json:
        print(done.model_dump_json())
        return
    terminal.output(_preview_table(preview, language))
    ignored = [column.heading for column in preview.columns if column.field is None]
    if ignored:
        print(say("import_ignores", language, columns=", ".join(ignored)))
    code = "import_would" if arguments.dry_run else "import_did"
    print(say(code, language, **preview.counts.model_dump()))


def _export(client: Client, arguments: argparse.Namespace, language: str) -> None:
    path: Path = arguments.file
    form = {".csv": "csv", ".xlsx": "xlsx"}.get(path.suffix.lower())
    if form is None:
        raise CommandFailed("no_sheet_format")
    query: Query = {"format": form, "retired": arguments.retired}
    rows = client.download("/api/v1/assets/export", query, path)
    if arguments.json:
        print(f'{{"rows":{rows}}}')
    else:
        print(say("exported", language, rows=rows, path=str(path)))


def _courts_list(client: Client, arguments: argparse.Namespace, language: str) -> None:
    found = client.get("/api/v1/courts", Courts)
    if arguments.json:
        print(found.model_dump_json())
        return
    table = terminal.headed(
        terminal.saying(language), "court", "level", "district", "contact", "phone", "hours"
    )
    table.add_column(say("head_assets", language), justify="right")
    for one in found.items:
        level = say(f"level_{one.level}", language)
        words = (one.name, level, one.district, one.contact, one.phone, one.hours)
        table.add_row(*words, str(one.assets))
    terminal.output(table)


def _courts_put(client: Client, arguments: argparse.Namespace, language: str) -> None:
    body = CourtIn(
        level=arguments.level,
        district=arguments.district,
        contact=arguments.contact,
        phone=arguments.phone,
        hours=arguments.hours,
    )
    made = client.put(f"/api/v1/courts/{quote(arguments.name, safe='')}", body, CourtOut)
    print(made.model_dump_json() if arguments.json else say("court_put", language, court=made.name))


def _courts_remove(client: Client, arguments: argparse.Namespace, language: str) -> None:
    client.delete(f"/api/v1/courts/{quote(arguments.name, safe='')}")
    if not arguments.json:
        print(say("court_is_removed", language, court=arguments.name))


def _preview_table(preview: PreviewOut, language: str) -> Table:
    table = terminal.headed(terminal.saying(language), "line", "asset", "verdict", "changes")
    shown = [row for row in preview.rows if row.verdict is not Verdict.UNCHANGED]
    for row in shown[:_MOST_ROWS]:
        words = [_change_in_words(one, language) for one in row.changes]
        words += [problem.detail for problem in row.problems]
        verdict = Text(say(f"verdict_{row.verdict}", language), style=_STYLES[row.verdict])
        table.add_row(str(row.line), row.asset, verdict, "\n".join(words))
    more = Counter(row.verdict for row in shown[_MOST_ROWS:])
    if more:
        table.add_row("…", "", "", str(more.total()))
    return table


def _change_in_words(one: FieldChangeOut, language: str) -> str:
    before = "–" if not one.before else word(one.before, language)
    return f"{word(f'field_{one.field}', language)}: {before} → {word(one.after, language)}"


def _print_invitation(
    invitation: InvitationOut, arguments: argparse.Namespace, language: str
) -> None:
    print(say("asset_added", language, asset=invitation.asset))
    print(invitation.command)
    if terminal.is_for_people() and not arguments.no_qr:
        print(qr.blocks(invitation.enrolment_string))


def _print_done(asset: AssetOut, code: str, arguments: argparse.Namespace, language: str) -> None:
    if arguments.json:
        print(asset.model_dump_json())
    else:
        print(say(code, language, asset=asset.id, court=asset.court))


def _place(text: str) -> PlaceIO:
    latitude, _, longitude = text.partition(",")
    try:
        return PlaceIO(latitude_degrees=float(latitude), longitude_degrees=float(longitude))
    except ValueError as error:  # also pydantic's, for what is not on earth
        raise CommandFailed("bad_place", text=text) from error


def _path(arguments: argparse.Namespace) -> str:
    return f"/api/v1/assets/{quote(arguments.id, safe='')}"


_ASSETS: Final[dict[str, Action]] = {
    "add": _add,
    "list": _list,
    "show": _show,
    "change": _change,
    "tag": _tag,
    "move": _move,
    "retire": _retire,
    "replace": _invite,
    "reinstate": _invite,
    "import": _import,
    "export": _export,
    "station-key": station_keys.change,
}
_COURTS: Final[dict[str, Action]] = {
    "list": _courts_list,
    "put": _courts_put,
    "remove": _courts_remove,
}
