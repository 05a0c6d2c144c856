"""The commands `history` and `export`: what was stored of assets."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from fleet_server.command import terminal
from fleet_server.command.client import Connect, Query
from fleet_server.command.instants import instant
from fleet_server.errors import CommandFailed
from fleet_server.sentences import say
from fleet_server.views.api import HistoryOut


def run(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    """One of the two; the exit status.

    Raises:
        CommandFailed: nobody answers, the server refuses, or a file cannot be written.
    """
    show = _history if arguments.command == "history" else _export
    return show(arguments, language, connect)


def _history(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    since, until = _period(arguments)
    query: Query = {
        "metric": arguments.metric,
        "since": since,
        "until": until,
        "buckets": arguments.buckets,
        "device": arguments.device,
    }
    with connect() as client:
        found = client.get(f"/api/v1/assets/{arguments.asset}/history", HistoryOut, query)
    if arguments.json:
        print(found.model_dump_json())
    else:
        terminal.output(terminal.history(terminal.saying(language), found))
    return 0


def _export(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    target = Path(arguments.file)
    form = arguments.format or {".csv": "csv", ".parquet": "parquet"}.get(target.suffix)
    if form is None:
        raise CommandFailed("no_export_format")
    since, until = _period(arguments)
    query: Query = {"format": form, "asset": arguments.asset, "since": since, "until": until}
    with connect() as client:
        rows = client.download("/api/v1/export", query, target)
    if arguments.json:
        print(f'{{"rows":{rows}}}')
    else:
        print(say("exported", language, rows=rows, path=str(target)))
    return 0


def _period(arguments: argparse.Namespace) -> tuple[str, str]:
    """`--since` and `--until` as instants; "2h" means two hours ago."""
    now = datetime.now(UTC)
    return instant(arguments.since, now), instant(arguments.until, now)
