"""The commands at the centre; `serve`, `status`, `history`, `export` and `tokens` are done here."""

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError
from rich.console import Console
from rich.live import Live as LiveDisplay

from fleet_server.access.api import NewToken, TokenMade, Tokens
from fleet_server.assets.api import AssetOut
from fleet_server.command import artifacts as artifact_commands
from fleet_server.command import assets as asset_commands
from fleet_server.command import basemap as cartography
from fleet_server.command import configuration as configuration_commands
from fleet_server.command import descriptions, order_options, terminal
from fleet_server.command import orders as order_commands
from fleet_server.command import playbooks as playbook_commands
from fleet_server.command import readiness as readiness_commands
from fleet_server.command import rollouts as rollout_commands
from fleet_server.command.client import Client, CommandFailed, Query, Refused, connected
from fleet_server.command.instants import instant
from fleet_server.command.options import default_data, parser
from fleet_server.errors import Fact, FleetError
from fleet_server.sentences import explain, preferred, say
from fleet_server.views.api import Balances, HistoryOut, StatusOut


def main(command: str, argv: list[str]) -> int:
    """Run one command; the exit status."""
    argv = order_options.with_action(argv) if command == "orders" else argv
    arguments = parser(command).parse_args(argv, argparse.Namespace(command=command))
    language = arguments.lang or preferred(os.environ.get("LC_ALL") or os.environ.get("LANG", ""))
    try:
        return _COMMANDS[command](arguments, language)
    except Refused as error:
        print(error.detail, file=sys.stderr)
    except FleetError as error:
        print(explain(error, language), file=sys.stderr)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        print(say("bad_request", language, field=field, problem=first["msg"]), file=sys.stderr)
        return 2
    return 1


def _serve(arguments: argparse.Namespace, language: str) -> int:
    # Only this command needs the server itself; the others, what is said over its API.
    from fleet_server import logs, program, settings

    chosen = settings.load(
        {
            name: getattr(arguments, name)
            for name in settings.Settings.model_fields
            if getattr(arguments, name, None) is not None
        },
        arguments.settings,
    )
    logs.to_stderr(chosen.log_level)

    def announce(ready: program.Ready) -> None:
        print(say("console_address", language, address=ready.console), flush=True)
        facts = {"port": ready.broker_port, "enrol_port": ready.enrol_port}
        print(say("broker_address", language, host=ready.host, **facts), flush=True)
        if ready.demo:
            print(say("demo_server", language), flush=True)
        if ready.first_password_file is not None:
            print(say("first_password", language, path=ready.first_password_file), flush=True)
        if chosen.ready_file is not None:
            program.write_ready(chosen.ready_file, ready)

    program.run(chosen, announce)
    return 0


def _assets(arguments: argparse.Namespace, language: str) -> int:
    return asset_commands.run(arguments, language, partial(_client, arguments, language))


class FleetStatus(BaseModel):
    """What `courtfleet status --json` prints."""

    status: StatusOut
    balance: Balances
    assets: list[AssetOut]


def _status(arguments: argparse.Namespace, language: str) -> int:
    speak = partial(_say, language)
    console = Console()
    with _client(arguments, language) as client:
        found = _fleet(client)
        if arguments.json:
            print(found.model_dump_json())
            return 0
        once = arguments.once or not console.is_terminal
        if once:
            terminal.output(terminal.fleet(speak, found.status, found.assets, found.balance.items))
            return 0
        with LiveDisplay(console=console, screen=True, auto_refresh=False) as display:
            while True:
                rows = console.height - 5
                shown = terminal.fleet(speak, found.status, found.assets, found.balance.items, rows)
                display.update(shown, refresh=True)
                time.sleep(arguments.every)
                found = _fleet(client)


def _history(arguments: argparse.Namespace, language: str) -> int:
    since, until = _period(arguments)
    query: Query = {
        "metric": arguments.metric,
        "since": since,
        "until": until,
        "buckets": arguments.buckets,
        "device": arguments.device,
    }
    with _client(arguments, language) as client:
        found = client.get(f"/api/v1/assets/{arguments.asset}/history", HistoryOut, query)
    if arguments.json:
        print(found.model_dump_json())
    else:
        terminal.output(terminal.history(partial(_say, language), found))
    return 0


def _ready(arguments: argparse.Namespace, language: str) -> int:
    return readiness_commands.run(arguments, language, partial(_client, arguments, language))


def _rollout(arguments: argparse.Namespace, language: str) -> int:
    return rollout_commands.run(arguments, language, partial(_client, arguments, language))


def _config(arguments: argparse.Namespace, language: str) -> int:
    return configuration_commands.run(arguments, language, partial(_client, arguments, language))


def _export(arguments: argparse.Namespace, language: str) -> int:
    target = Path(arguments.file)
    form = arguments.format or {".csv": "csv", ".parquet": "parquet"}.get(target.suffix)
    if form is None:
        raise CommandFailed("no_export_format")
    since, until = _period(arguments)
    query: Query = {"format": form, "asset": arguments.asset, "since": since, "until": until}
    with _client(arguments, language) as client:
        rows = client.download("/api/v1/export", query, target)
    if arguments.json:
        print(f'{{"rows":{rows}}}')
    else:
        print(say("exported", language, rows=rows, path=str(target)))
    return 0


def _tokens(arguments: argparse.Namespace, language: str) -> int:
    with _client(arguments, language) as client:
        if arguments.action == "make":
            new = NewToken(label=arguments.label, role=arguments.role, days=arguments.days)
            made = client.post("/api/v1/tokens", new, TokenMade)
            if not arguments.json:
                print(say("token_shown_once", language), file=sys.stderr)
            print(made.model_dump_json() if arguments.json else made.token)
        elif arguments.action == "withdraw":
            client.delete(f"/api/v1/tokens/{arguments.id}")
        else:
            found = client.get("/api/v1/tokens", Tokens)
            if arguments.json:
                print(found.model_dump_json())
            else:
                terminal.output(terminal.tokens_table(partial(_say, language), found.items))
    return 0


def _basemap(arguments: argparse.Namespace, language: str) -> int:
    return cartography.run(arguments, language, partial(_client, arguments, language))


def _orders(arguments: argparse.Namespace, language: str) -> int:
    return order_commands.run(arguments, language, partial(_client, arguments, language))


def _playbooks(arguments: argparse.Namespace, language: str) -> int:
    return playbook_commands.run(arguments, language, partial(_client, arguments, language))


def _artifacts(arguments: argparse.Namespace, language: str) -> int:
    return artifact_commands.run(arguments, language, partial(_client, arguments, language))


def _client(
    arguments: argparse.Namespace, language: str
) -> contextlib.AbstractContextManager[Client]:
    server = arguments.server or os.environ.get("COURTFLEET_SERVER") or str(default_data())
    return connected(server, os.environ.get("COURTFLEET_TOKEN", ""), language)


def _fleet(client: Client) -> FleetStatus:
    return FleetStatus(
        status=client.get("/api/v1/status", StatusOut),
        balance=client.get("/api/v1/balance", Balances),
        assets=asset_commands.all_assets(client),
    )


def _period(arguments: argparse.Namespace) -> tuple[str, str]:
    """`--since` and `--until` as instants; "2h" means two hours ago."""
    now = datetime.now(UTC)
    return instant(arguments.since, now), instant(arguments.until, now)


def _say(language: str, code: str, **facts: Fact) -> str:
    return say(code, language, **facts)


_COMMANDS: Final[dict[str, Callable[[argparse.Namespace, str], int]]] = {
    "serve": _serve,
    "assets": _assets,
    "courts": _assets,
    "status": _status,
    "ready": _ready,
    "rollout": _rollout,
    "config": _config,
    "history": _history,
    "export": _export,
    "tokens": _tokens,
    "basemap": _basemap,
    "orders": _orders,
    "playbooks": _playbooks,
    "artifacts": _artifacts,
    "services": descriptions.run,
    "profiles": descriptions.run,
}
