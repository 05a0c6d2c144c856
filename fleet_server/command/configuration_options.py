"""What the command `config` can be told."""

import argparse
from collections.abc import Callable
from typing import Final

from fleet_server.configuration.model import Converge
from telemetry.words import AssetKind

Options = Callable[[argparse.ArgumentParser], None]

CONFIGURATION_EXAMPLES: Final = """\
  courtfleet config show
  courtfleet config show --asset veh-001
  courtfleet config set fleet clock_timezone=Asia/Shanghai --comment "统一时区"
  courtfleet config set court:重庆市巴南区人民法院 banan.yml --dry-run
  courtfleet config set asset:veh-001 --unset clock_timezone
  courtfleet config diff veh-001 --now
  courtfleet config apply veh-001 --follow
  courtfleet config history fleet
  courtfleet config restore fleet 3 --comment "误改"
  courtfleet config policy when_idle --court 重庆市巴南区人民法院"""

_SCOPE: Final = "fleet, or kind:, profile:, court: or asset: with a name"


def config(made: argparse.ArgumentParser, client_options: Options) -> None:
    """The actions, and what each can be told."""
    actions = made.add_subparsers(dest="action", required=True, metavar="ACTION")
    show = actions.add_parser("show", help="who is as desired; or one layer, or one asset's values")
    _one_scope(show)
    put = actions.add_parser("set", help="write a layer: a YAML file as a whole, or single values")
    put.add_argument("scope", metavar="SCOPE", help=_SCOPE)
    put.add_argument(
        "given", nargs="*", metavar="FILE|KEY=VALUE", help="a file, - for standard input, or values"
    )
    put.add_argument(
        "--unset", action="append", default=[], metavar="KEY", help="leave it to wider layers"
    )
    restore = actions.add_parser("restore", help="put an older version of a layer back")
    restore.add_argument("scope", metavar="SCOPE", help=_SCOPE)
    restore.add_argument("version", type=int, metavar="VERSION")
    for each in (put, restore):
        each.add_argument("--dry-run", action="store_true", help="only say who would change")
        each.add_argument("--comment", default="", help="why, for the history")
    history = actions.add_parser("history", help="the versions of a layer, newest first")
    history.add_argument("scope", metavar="SCOPE", help=_SCOPE)
    diff = actions.add_parser("diff", help="what differs on an asset, as the last check found it")
    diff.add_argument("--now", action="store_true", help="check now, and wait for it")
    apply = actions.add_parser("apply", help="set an asset up as desired")
    apply.add_argument("--check", action="store_true", help="only find out what that would change")
    apply.add_argument("--why", default="", help="for the journal")
    apply.add_argument("--follow", action="store_true", help="show progress until it has ended")
    for each in (diff, apply):
        each.add_argument("asset", metavar="ASSET")
    policy = actions.add_parser("policy", help="whether assets are set up without anybody asking")
    policy.add_argument("converge", choices=[*Converge, "as_fleet"])
    policy.add_argument("--court", default="", help="of this court; default: the fleet's")
    for each in (show, put, restore, history, diff, apply, policy):
        client_options(each)


def _one_scope(made: argparse.ArgumentParser) -> None:
    scope = made.add_mutually_exclusive_group()
    scope.add_argument("--fleet", action="store_true")
    scope.add_argument("--kind", choices=list(AssetKind))
    scope.add_argument("--profile", metavar="NAME")
    scope.add_argument("--court", metavar="NAME")
    scope.add_argument("--asset", metavar="ID", help="all layers of it as one, with their origin")
