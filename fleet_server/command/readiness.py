"""`courtfleet ready`: whether an asset can hold a service, now or later, and who was woken."""

import argparse
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Final, TypeAlias
from urllib.parse import quote

from fleet_server.command import terminal
from fleet_server.command.client import Client, Query
from fleet_server.command.instants import instant
from fleet_server.errors import CommandFailed
from fleet_server.readiness.api import ReadinessOut
from fleet_server.sentences import say
from fleet_server.views.api import Tomorrow
from fleet_server.waking.api import WakePlanIn, WakePlanIO, WakePlanOut
from fleet_server.waking.model import WakeState
from telemetry.words import Readiness

_SERVES: Final = frozenset({Readiness.READY, Readiness.LIMITED})
_WELL: Final = frozenset({WakeState.PROVEN, WakeState.ASKED})
_CANNOT_SERVE: Final = 3

Connect: TypeAlias = Callable[[], AbstractContextManager[Client]]


def run(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    """The exit status: 0 it can, if with limits; 3 it cannot, or nobody knows.

    Of a list for tomorrow: 3 when somebody was not woken, not checked, or found broken.
    """
    if arguments.plan is not None:
        return _plan(arguments, language, connect)
    if arguments.tomorrow:
        return _tomorrow(arguments, language, connect)
    if arguments.asset is None:
        raise CommandFailed("ready_needs_asset")
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
        terminal.output(terminal.readiness(terminal.saying(language), found.items))
    can_serve = all(one.readiness in _SERVES for one in found.items)
    return 0 if can_serve else _CANNOT_SERVE


def _tomorrow(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    with connect() as client:
        found = client.get("/api/v1/readiness/tomorrow", Tomorrow)
    if arguments.asset is not None:
        found.items = [one for one in found.items if one.asset == arguments.asset]
    if arguments.json:
        print(found.model_dump_json())
    else:
        terminal.output(terminal.tomorrow(terminal.saying(language), found.items))
    return 0 if all(one.state in _WELL for one in found.items) else _CANNOT_SERVE


def _plan(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    wish = WakePlanIn(plan=None)
    if arguments.plan != "off":
        wish.plan = WakePlanIO(
            ask_at=arguments.plan, use_at=arguments.use, assumes_use=not arguments.only_booked
        )
    path = f"/api/v1/wake-plan?court={quote(arguments.court)}"
    with connect() as client:
        made = client.put(path, wish, WakePlanOut)
    if arguments.json:
        print(made.model_dump_json())
        return 0
    plan = made.plan
    facts = {} if plan is None else {"ask_at": plan.ask_at, "use_at": plan.use_at}
    print(say("wake_plan_off" if plan is None else "wake_plan_made", language, **facts))
    return 0


def _place(text: str | None) -> Query:
    """Latitude and longitude, as `assets change --home` has them; the server looks at them."""
    if text is None:
        return {}
    latitude, comma, longitude = text.partition(",")
    if not comma:
        raise CommandFailed("bad_place", text=text)
    return {"latitude": latitude.strip(), "longitude": longitude.strip()}
