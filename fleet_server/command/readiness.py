"""`courtfleet ready`: whether an asset can hold a service, now or later."""

import argparse
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from typing import Final, TypeAlias

from fleet_server.command import terminal
from fleet_server.command.client import Client, CommandFailed, Query
from fleet_server.command.instants import instant
from fleet_server.errors import Fact
from fleet_server.readiness.routes import ReadinessOut
from fleet_server.sentences import say
from telemetry.words import Readiness

_SERVES: Final = frozenset({Readiness.READY, Readiness.LIMITED})
_CANNOT_SERVE: Final = 3

Connect: TypeAlias = Callable[[], AbstractContextManager[Client]]


def run(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    """The exit status: 0 it can, if with limits; 3 it cannot, or nobody knows."""
    query: Query = {
        "at": None if arguments.at is None else instant(arguments.at, datetime.now(UTC)),
        **_place(arguments.place),
    }
    with connect() as client:
        found = client.get(f"/api/v1/assets/{arguments.asset}/readiness", ReadinessOut, query)
    known = [one.service for one in found.items]
    if arguments.service is not None:
        found.items = [one for one in found.items if one.service == arguments.service]
        if not found.items:
            raise CommandFailed(
                "service_unknown", service=arguments.service, known=", ".join(known)
            )
    if arguments.json:
        print(found.model_dump_json())
    else:
        terminal.output(terminal.readiness(partial(_say, language), found.items))
    can_serve = all(one.readiness in _SERVES for one in found.items)
    return 0 if can_serve else _CANNOT_SERVE


def _place(text: str | None) -> Query:
    """Latitude and longitude, as `assets change --home` has them; the server looks at them."""
    if text is None:
        return {}
    latitude, comma, longitude = text.partition(",")
    if not comma:
        raise CommandFailed("bad_place", text=text)
    return {"latitude": latitude.strip(), "longitude": longitude.strip()}


def _say(language: str, code: str, **facts: Fact) -> str:
    return say(code, language, **facts)
