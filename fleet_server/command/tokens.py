"""The command `tokens`: what programs sign in with."""

import argparse
import sys

from fleet_server.access.api import NewToken, TokenMade, Tokens
from fleet_server.command import terminal
from fleet_server.command.client import Connect
from fleet_server.sentences import say


def run(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    """Make, list or withdraw; the exit status.

    Raises:
        CommandFailed: nobody answers, or the server refuses.
    """
    with connect() as client:
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
                shown = terminal.tokens_table(terminal.saying(language), found.items)
                terminal.output(shown)
    return 0
