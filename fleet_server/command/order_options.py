"""What the command `orders` can be told."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from telemetry.wire.orders import MACHINE
from telemetry.words import RemoteCommand

ORDER_EXAMPLES: Final = """\
  courtfleet orders veh-001
  courtfleet orders run veh-001 configure -e clock_timezone=Asia/Shanghai --check --follow
  courtfleet orders command veh-001 disk_use --follow
  courtfleet orders restart veh-001 --unit cups.service --why "打印队列无响应"
  courtfleet orders diagnose veh-001 --follow
  courtfleet orders show 8f14e45fceea167a5a36dedd
  courtfleet orders output 8f14e45fceea167a5a36dedd --save veh-001.tar.gz
  courtfleet orders cancel 8f14e45fceea167a5a36dedd --why "误操作\""""
LIST: Final = "list"
_PLACING: Final = {
    "run": "run a playbook there",
    "check": "have the asset check its devices, as its crew would",
    "diagnose": "have logs and states collected, without court content",
    "command": "one of a closed list of commands that only look",
    "restart": "restart a unit, a device or the machine",
}
_OF_ONE: Final = {
    "show": "one order, with all it came to",
    "output": "what it gave out, a play as Ansible would print it",
    "cancel": "withdraw it, or have the asset end it",
}


def with_action(argv: Sequence[str]) -> list[str]:
    """`orders veh-001` lists: an asset may stand where an action does."""
    known = {LIST, *_PLACING, *_OF_ONE}
    is_asset = bool(argv) and not argv[0].startswith("-") and argv[0] not in known
    return [LIST, *argv] if is_asset else list(argv)


def orders(
    made: argparse.ArgumentParser, client_options: Callable[[argparse.ArgumentParser], None]
) -> None:
    """The actions, and what each can be told."""
    actions = made.add_subparsers(dest="action", required=True, metavar="ASSET|ACTION")
    listing = actions.add_parser(LIST, help="the orders of an asset, newest first")
    listing.add_argument("asset", metavar="ASSET")
    listing.add_argument("--limit", type=int, default=20, help="default: %(default)s")
    placing = {name: actions.add_parser(name, help=text) for name, text in _PLACING.items()}
    for each in placing.values():
        each.add_argument("asset", metavar="ASSET")
    _run_options(placing["run"])
    placing["command"].add_argument(
        "what", choices=list(RemoteCommand), metavar="COMMAND", help=", ".join(RemoteCommand)
    )
    which = placing["restart"].add_mutually_exclusive_group(required=True)
    which.add_argument("--unit", default="", metavar="UNIT", help="of systemd, as cups.service")
    named = f"of the asset's profile, or {MACHINE}"
    which.add_argument("--device", default="", metavar="NAME", help=named)
    for each in placing.values():
        each.add_argument(
            "--valid", type=float, metavar="HOURS", help="of no use any more then; default: 24"
        )
        each.add_argument("--why", default="", help="stands in the journal")
        each.add_argument("--follow", action="store_true", help="until it has ended")
    of_one = {name: actions.add_parser(name, help=text) for name, text in _OF_ONE.items()}
    for each in of_one.values():
        each.add_argument("order", metavar="ORDER")
    of_one["show"].add_argument("--follow", action="store_true", help="until it has ended")
    of_one["output"].add_argument("--save", type=Path, metavar="FILE", help="as it came, whole")
    of_one["cancel"].add_argument("--why", default="", help="stands in the journal")
    for each in (listing, *placing.values(), *of_one.values()):
        client_options(each)


def _run_options(made: argparse.ArgumentParser) -> None:
    made.add_argument("playbook", metavar="PLAYBOOK")
    made.add_argument(
        "-e",
        dest="extra",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a variable, JSON or a text; may be repeated",
    )
    made.add_argument("--check", action="store_true", help="only find out what it would change")
