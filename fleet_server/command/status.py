"""The command `status`: the fleet as a table, once or live."""

import argparse
import time

from pydantic import BaseModel
from rich.console import Console
from rich.live import Live as LiveDisplay

from fleet_server.assets.api import AssetOut
from fleet_server.command import assets, terminal
from fleet_server.command.client import Client, Connect
from fleet_server.views.api import Balances, StatusOut


class FleetStatus(BaseModel):
    """What `courtfleet status --json` prints."""

    status: StatusOut
    balance: Balances
    assets: list[AssetOut]


def run(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    """Show it until Ctrl-C, or once where nobody watches; the exit status.

    Raises:
        CommandFailed: nobody answers, or the server refuses.
    """
    speak = terminal.saying(language)
    console = Console()
    with connect() as client:
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


def _fleet(client: Client) -> FleetStatus:
    return FleetStatus(
        status=client.get("/api/v1/status", StatusOut),
        balance=client.get("/api/v1/balance", Balances),
        assets=assets.all_assets(client),
    )
