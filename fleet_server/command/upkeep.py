"""`courtfleet rollout windows` and `quarantine`: when courts may be worked on, who is left out."""

import argparse
import re
from collections.abc import Iterable
from typing import Final

from rich.console import RenderableType

from fleet_server.command import terminal
from fleet_server.command.client import Client
from fleet_server.command.terminal import Say
from fleet_server.errors import CommandFailed
from fleet_server.rollouts.api import Quarantine, WeekWindowIO, WindowsIO

_WINDOWS: Final = "/api/v1/maintenance-windows"
_QUARANTINE: Final = "/api/v1/quarantine"
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW: Final = re.compile(
    r"(?P<days>[a-z,-]+) (?P<hour>\d\d?):(?P<minute>\d\d)-(?P<to_hour>\d\d?):(?P<to_minute>\d\d)"
)
_DAY_MINUTES: Final = 1440


def windows(client: Client, arguments: argparse.Namespace, speak: Say) -> None:
    """Show, set or clear those of a court, or the fleet's."""
    query = {"court": arguments.court}
    if arguments.act == "show":
        found = client.get(_WINDOWS, WindowsIO, query)
    else:
        texts = arguments.window if arguments.act == "set" else ()
        wish = WindowsIO(items=[window(text) for text in texts])
        found = client.put(_WINDOWS, wish, WindowsIO, query)
    if arguments.json:
        print(found.model_dump_json())
    elif found.items:
        terminal.output("\n".join(written(one) for one in found.items))
    else:
        terminal.output(speak("windows_none" if arguments.court else "windows_none_of_fleet"))


def quarantine(client: Client, arguments: argparse.Namespace, speak: Say) -> None:
    """List who is in it, or release an asset."""
    if arguments.act == "release":
        client.delete(f"{_QUARANTINE}/{arguments.asset}", {"why": arguments.why})
    found = client.get(_QUARANTINE, Quarantine)
    if arguments.json:
        print(found.model_dump_json())
    else:
        terminal.output(_table(speak, found))


def window(text: str) -> WeekWindowIO:
    """ "mon-fri 22:00-6:00", "sat,sun 0:00-24:00": days, and minutes by the courts' clocks.

    Raises:
        CommandFailed: it is not written so.
    """
    found = _WINDOW.fullmatch(text.strip().lower())
    days = [] if found is None else list(_days(found["days"]))
    if found is None or not days:
        raise CommandFailed("bad_window", text=text)
    begin = int(found["hour"]) * 60 + int(found["minute"])
    end = int(found["to_hour"]) * 60 + int(found["to_minute"])
    is_time = int(found["minute"]) < 60 and int(found["to_minute"]) < 60
    if not (is_time and begin < _DAY_MINUTES and end <= _DAY_MINUTES):
        raise CommandFailed("bad_window", text=text)
    return WeekWindowIO(days=sorted(set(days)), from_minute=begin, until_minute=end)


def written(one: WeekWindowIO) -> str:
    """A window as `window` reads it."""
    days = ",".join(_DAYS[day] for day in one.days)
    begin, end = (f"{at // 60}:{at % 60:02}" for at in (one.from_minute, one.until_minute))
    return f"{days} {begin}-{end}"


def _days(text: str) -> Iterable[int]:
    """None at all when one of them is no day."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            return ()
        begin, end = _DAYS.index(first), _DAYS.index(last or first)
        found += [(begin + step) % 7 for step in range((end - begin) % 7 + 1)]
    return found


def _table(speak: Say, found: Quarantine) -> RenderableType:
    if not found.items:
        return speak("quarantine_empty")
    table = terminal.headed(speak, "asset", "court", "since", "why")
    for one in found.items:
        why = speak("quarantined_after", failures=one.failures, rollout=one.rollout)
        since = f"{one.since.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(one.asset, one.court, since, why)
    return table
