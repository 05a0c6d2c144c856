"""The command `serve`: the fleet server itself, the only command that loads it."""

import argparse
import logging
import os
import sys
from typing import NoReturn

from fleet_server import logs, program, settings
from fleet_server.sentences import say


def run(arguments: argparse.Namespace, language: str, _connect: object) -> NoReturn:
    """Run a server until a signal ends it, and with it the process.

    Raises:
        BadSettings: it cannot start so, or here.
    """
    given = {name: getattr(arguments, name, None) for name in settings.Settings.model_fields}
    chosen = settings.load(
        {name: value for name, value in given.items() if value is not None}, arguments.settings
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
    _leave()


def _leave() -> NoReturn:
    """End the process; everything of the server is closed by now.

    The interpreter's own end would look several times through all that was ever made, which costs
    as much as a third of a start.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
