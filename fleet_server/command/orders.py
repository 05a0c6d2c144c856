"""`courtfleet orders`: what an asset is told to do once, and what came of it."""

import argparse
import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias

from pydantic import JsonValue
from rich.console import Group
from rich.text import Text

from fleet_server.command import terminal
from fleet_server.command.client import Client, Query
from fleet_server.command.order_options import LIST
from fleet_server.errors import CommandFailed
from fleet_server.orders.api import (
    CancelIn,
    OrderDetail,
    OrderIn,
    OrderLinesOut,
    OrderOut,
    OrderPage,
    OrderStepOut,
    RecapOut,
)
from fleet_server.orders.model import OutputState
from fleet_server.sentences import say
from telemetry.words import OrderState

_LOOK_SECONDS: Final = 1.0
_DID_NOT_SUCCEED: Final = 3
_INTERRUPTED: Final = 130
_STYLES: Final = {
    OrderState.SUCCEEDED: "green",
    OrderState.FAILED: "red",
    OrderState.REFUSED: "red",
    OrderState.ROLLED_BACK: "yellow",
    OrderState.DEFERRED: "yellow",
    OrderState.EXPIRED: "yellow",
    OrderState.CANCELLED: "dim",
    OrderState.QUEUED: "dim",
}
_TEXTS: Final = frozenset({OutputState.WHOLE, OutputState.CUT})

Connect: TypeAlias = Callable[[], AbstractContextManager[Client]]


def run(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    """One action; the exit status: 3 when an order that is followed did not succeed.

    Raises:
        CommandFailed: nobody answers, the server refuses, or a file cannot be used.
    """
    with connect() as client:
        return _ACTIONS.get(arguments.action, _place)(client, arguments, language)


def _list(client: Client, arguments: argparse.Namespace, language: str) -> int:
    query: Query = {"limit": arguments.limit}
    found = client.get(f"/api/v1/assets/{arguments.asset}/orders", OrderPage, query)
    if arguments.json:
        print(found.model_dump_json())
        return 0
    table = terminal.headed(
        terminal.saying(language), "order", "number", "what", "state", "age", "tasks", "who"
    )
    now = datetime.now(UTC)
    for one in found.items:
        table.add_row(
            one.id,
            "" if one.number is None else str(one.number),
            _what(one, language),
            Text(one.sentence, style=_STYLES.get(one.state, "")),
            terminal.span(now - one.placed_at),
            _tasks(one.recap, language),
            one.source or one.who,
        )
    terminal.output(table)
    return 0


def _place(client: Client, arguments: argparse.Namespace, language: str) -> int:
    """`run`, `check`, `diagnose`, `command` and `restart`."""
    until = None
    if arguments.valid is not None:
        until = datetime.now(UTC) + timedelta(hours=arguments.valid)
    body = OrderIn.model_validate(
        {"task": _task(arguments), "valid_until": until, "why": arguments.why}
    )
    placed = client.post(f"/api/v1/assets/{arguments.asset}/orders", body, OrderOut)
    if not arguments.json:
        facts = {"order": placed.id, "asset": placed.asset, "title": placed.asked_for}
        print(say("order_is_placed", language, **facts), flush=True)
    if arguments.follow:
        return follow(client, placed.id, arguments, language)
    if arguments.json:
        print(placed.model_dump_json())
    return 0


def _task(arguments: argparse.Namespace) -> dict[str, JsonValue]:
    match arguments.action:
        case "run":
            variables = dict(variable(text) for text in arguments.extra)
            return {
                "kind": "bundle",
                "playbook": arguments.playbook,
                "variables": variables,
                "is_check": arguments.check,
            }
        case "command":
            return {"kind": "command", "command": arguments.what}
        case "restart":
            named = "unit" if arguments.unit else "device"
            return {"kind": "restart", named: arguments.unit or arguments.device}
        case "diagnose":
            return {"kind": "diagnose"}
        case _:
            return {"kind": "check_now"}


def variable(text: str) -> tuple[str, JsonValue]:
    """A name and its value: JSON where it is some, else the text itself."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise CommandFailed("bad_variable", text=text)
    try:
        found: JsonValue = json.loads(value)
    except ValueError:
        found = value
    return name, found


def follow(client: Client, order: str, arguments: argparse.Namespace, language: str) -> int:
    """Print each state as it comes, until the end; who interrupts leaves the order alone."""
    shown, line = 0, (0, -1)
    try:
        while True:
            found = client.get(f"/api/v1/orders/{order}", OrderDetail)
            if not arguments.json:
                for step in found.steps[shown:]:
                    terminal.output(_step(step))
            shown = len(found.steps)
            if found.is_final:
                break
            if found.attempt and not arguments.json:  # lines are faster than the word of its begin
                line = _print_lines(client, order, line)
            time.sleep(_LOOK_SECONDS)
    except KeyboardInterrupt:
        return _INTERRUPTED
    if arguments.json:
        print(found.model_dump_json())
    else:
        terminal.output(Group(*_end(found, language)))
        if found.kind == "command" and found.output in _TEXTS:
            print(client.text(f"/api/v1/orders/{order}/output"), end="")
    return 0 if found.state is OrderState.SUCCEEDED else _DID_NOT_SUCCEED


def _print_lines(client: Client, order: str, shown: tuple[int, int]) -> tuple[int, int]:
    """What its play is at since the attempt and number shown last; those of the last line now."""
    found = client.get(f"/api/v1/orders/{order}/lines", OrderLinesOut)
    for one in found.items:
        if (found.attempt, one.number) > shown:
            terminal.output(Text(f"  {one.sentence}", style="dim"))
            shown = found.attempt, one.number
    return shown


def _show(client: Client, arguments: argparse.Namespace, language: str) -> int:
    if arguments.follow:
        return follow(client, arguments.order, arguments, language)
    found = client.get(f"/api/v1/orders/{arguments.order}", OrderDetail)
    if arguments.json:
        print(found.model_dump_json())
        return 0
    head = Text(f"{found.asset}  {_what(found, language)}  {found.source or found.who}")
    terminal.output(Group(head, *map(_step, found.steps), *_end(found, language)))
    return 0


def _output(client: Client, arguments: argparse.Namespace, language: str) -> int:
    path = f"/api/v1/orders/{arguments.order}/output"
    if arguments.save is None:
        print(client.text(path), end="")
        return 0
    target: Path = arguments.save
    client.download(f"{path}/file", {}, target)
    size = target.stat().st_size
    if arguments.json:
        print(json.dumps({"bytes": size}))
    else:
        print(say("order_output_saved", language, size=size, path=str(target)))
    return 0


def _cancel(client: Client, arguments: argparse.Namespace, language: str) -> int:
    path = f"/api/v1/orders/{arguments.order}/cancel"
    found = client.post(path, CancelIn(why=arguments.why), OrderOut)
    if arguments.json:
        print(found.model_dump_json())
        return 0
    code = "order_withdrawn" if found.is_final else "order_to_end"
    print(say(code, language))
    return 0


def _what(order: OrderOut, language: str) -> str:
    check = f" ({say('checks_only', language)})" if order.is_check else ""
    return order.asked_for + check


def _step(step: OrderStepOut) -> Text:
    at = f"{step.at.astimezone():%m-%d %H:%M:%S}"
    detail = f"  {step.detail}" if step.detail else ""
    attempt = f"  #{step.attempt}" if step.attempt > 1 else ""
    return Text.assemble(
        (at, "dim"), "  ", (step.sentence, _STYLES.get(step.state, "")), attempt, detail
    )


def _end(order: OrderOut, language: str) -> list[Text]:
    """What a play came to, and where it failed."""
    recap = order.recap
    if recap is None:
        return []
    lines = [Text(_tasks(recap, language))]
    if recap.failed_task:
        lines.append(Text(f"{recap.failed_task}: {recap.message}", style="red"))
    return lines


def _tasks(recap: RecapOut | None, language: str) -> str:
    if recap is None:
        return ""
    counts = {name: getattr(recap, name) for name in _COUNTS}
    return say("order_tasks", language, **counts)


_COUNTS: Final = ("ok", "changed", "failed", "skipped", "rescued")
_ACTIONS: Final[dict[str, Callable[[Client, argparse.Namespace, str], int]]] = {
    LIST: _list,
    "show": _show,
    "output": _output,
    "cancel": _cancel,
}
