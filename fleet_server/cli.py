"""The commands at the centre: what they have in common. Each loads only what it needs itself."""

import argparse
import os
import sys
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from fleet_server.command import order_options
from fleet_server.command.options import default_data, parser
from fleet_server.errors import FleetError, Refused
from fleet_server.memory import loaded
from fleet_server.sentences import explain, preferred, say

if TYPE_CHECKING:
    from fleet_server.command.client import Client

_MODULES: Final = {
    "assets": "assets",
    "courts": "assets",
    "ready": "readiness",
    "rollout": "rollouts",
    "config": "configuration",
    "history": "readings",
    "export": "readings",
    "services": "descriptions",
    "profiles": "descriptions",
}
"""Where a command is done, if not in a module of its own name: in its `run`."""


def main(command: str, argv: list[str]) -> int:
    """Run one command; the exit status."""
    argv = order_options.with_action(argv) if command == "orders" else argv
    arguments = parser(command).parse_args(argv, argparse.Namespace(command=command))
    language = arguments.lang or preferred(os.environ.get("LC_ALL") or os.environ.get("LANG", ""))
    # All of them together would be the larger part of what a short command costs.
    module = loaded(f"fleet_server.command.{_MODULES.get(command, command)}")
    try:
        status: int = module.run(arguments, language, partial(_client, arguments, language))
    except Refused as error:
        print(error.detail, file=sys.stderr)
    except FleetError as error:
        print(explain(error, language), file=sys.stderr)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        print(say("bad_request", language, field=field, problem=first["msg"]), file=sys.stderr)
        return 2
    else:
        return status
    return 1


def _client(arguments: argparse.Namespace, language: str) -> AbstractContextManager["Client"]:
    from fleet_server.command.client import connected  # its HTTP client is nothing for `serve`

    server = arguments.server or os.environ.get("COURTFLEET_SERVER") or str(default_data())
    return connected(server, os.environ.get("COURTFLEET_TOKEN", ""), language)
