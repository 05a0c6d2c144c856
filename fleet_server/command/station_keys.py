"""`courtfleet assets station-key`: the link by which a station checks itself in a browser."""

import argparse

from fleet_server.command import terminal
from fleet_server.command.client import Client
from fleet_server.enrolment import qr
from fleet_server.selfcheck.api import KeyIn, KeyMade
from fleet_server.sentences import say


def change(client: Client, arguments: argparse.Namespace, language: str) -> None:
    """Make a key, in place of one from before, or withdraw it."""
    path = f"/api/v1/assets/{arguments.id}/station-key"
    if arguments.withdraw:
        client.delete(path)
        if not arguments.json:
            print(say("station_key_withdrawn", language, asset=arguments.id))
        return
    wish = KeyIn(days=arguments.days, address=arguments.address)
    made = client.post(path, wish, KeyMade)
    if arguments.json:
        print(made.model_dump_json())
        return
    until = f"{made.expires_at.astimezone():%Y-%m-%d}"
    print(say("station_key_made", language, asset=made.asset, until=until))
    print(made.link)
    if terminal.is_for_people() and not arguments.no_qr:
        print(qr.blocks(made.link))


def options(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    """What it can be told."""
    made = actions.add_parser(
        "station-key", help="make the link for self-checks in a browser, shown once, or withdraw it"
    )
    made.add_argument("id", metavar="ID")
    what = made.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--address", metavar="URL", help="where browsers reach this server, like https://HOST"
    )
    what.add_argument("--withdraw", action="store_true", help="make the present one worthless")
    made.add_argument("--days", type=int, default=180, help="how long it works; %(default)s")
    made.add_argument("--no-qr", action="store_true", help="do not draw the QR code")
    return made
