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
