"""What the command `rollout` can be told."""

import argparse
from collections.abc import Callable
from typing import Final

from telemetry.words import AssetKind, LinkClass, Readiness

Options = Callable[[argparse.ArgumentParser], None]

ROLLOUT_EXAMPLES: Final = """\
  courtfleet rollout plan --court 重庆市巴南区人民法院 --waves 2,10%,50%,100%
  courtfleet rollout start configure -e clock_timezone=Asia/Shanghai --dry-run --follow
  courtfleet rollout start configure -e clock_timezone=Asia/Shanghai --why "统一时区" --follow
  courtfleet rollout start update_agent --version 0.1.0 --at-once 20 --needs-approval
  courtfleet rollout start configure -e clock_timezone=Asia/Shanghai --tag pilot
  courtfleet rollout list
  courtfleet rollout status 7 --follow
  courtfleet rollout pause 7 --why "等待厂家答复"
  courtfleet rollout cancel 7 --now
  courtfleet rollout rollback 7
  courtfleet rollout windows set --court 重庆市巴南区人民法院 "mon-fri 22:00-6:00"
  courtfleet rollout windows show
  courtfleet rollout quarantine list
  courtfleet rollout quarantine release veh-007 --why 已更换硬盘"""

_STEERING: Final = {
    "approve": "let somebody else's rollout begin",
    "pause": "let nobody begin any more for now; who has begun goes on",
    "resume": "go on",
    "cancel": "end it; who has begun goes on to the end",
    "rollback": "end it, and undo it wherever it has begun, by a rollout of its own",
}


def rollout(made: argparse.ArgumentParser, client_options: Options) -> None:
    """The actions, and what each can be told."""
    actions = made.add_subparsers(dest="action", required=True, metavar="ACTION")
    plan = actions.add_parser("plan", help="who would get it in which wave; starts nothing")
    start = actions.add_parser("start", help="start one; --dry-run changes nothing anywhere")
    start.add_argument("playbook", metavar="PLAYBOOK")
    _variables(start)
    for each in (plan, start):
        _selection(each)
        _course(each)
    start.add_argument("--why", default="", help="for the journal")
    start.add_argument("--dry-run", action="store_true", help="what would change where")
    status = actions.add_parser("status", help="one rollout: waves, gates, and each asset's reason")
    steering = {name: actions.add_parser(name, help=text) for name, text in _STEERING.items()}
    for each in (status, *steering.values()):
        each.add_argument("rollout", type=int, metavar="ID")
    for each in steering.values():
        each.add_argument("--why", default="", help="for the journal")
    steering["cancel"].add_argument("--now", action="store_true", help="end what runs, too")
    steering["rollback"].add_argument(
        "--playbook", metavar="PLAYBOOK", help="what undoes it; default: its own way back"
    )
    _variables(steering["rollback"])
    for each in (start, status, steering["rollback"]):
        each.add_argument("--follow", action="store_true", help="show progress until it has ended")
    listing = actions.add_parser("list", help="all rollouts, newest first")
    for each in (plan, start, status, *steering.values(), listing):
        client_options(each)
    _windows(actions.add_parser("windows", help="when assets may be worked on"), client_options)
    _quarantine(actions.add_parser("quarantine", help="who is left out"), client_options)


def _windows(made: argparse.ArgumentParser, client_options: Options) -> None:
    acts = made.add_subparsers(dest="act", required=True, metavar="ACTION")
    show = acts.add_parser("show", help="those of a court, or of the fleet")
    change = acts.add_parser("set", help="only then anything begins; others are replaced")
    change.add_argument(
        "window", nargs="+", metavar="WINDOW", help='"mon-fri 22:00-6:00", by the courts\' clocks'
    )
    clear = acts.add_parser("clear", help="as the fleet's, or at any time")
    for each in (show, change, clear):
        each.add_argument("--court", default="", help="default: all that have none of their own")
        client_options(each)


def _quarantine(made: argparse.ArgumentParser, client_options: Options) -> None:
    acts = made.add_subparsers(dest="act", required=True, metavar="ACTION")
    listing = acts.add_parser("list", help="who failed so often that rollouts leave it out")
    release = acts.add_parser("release", help="let rollouts have an asset again")
    release.add_argument("asset", metavar="ID")
    release.add_argument("--why", default="", help="for the journal")
    for each in (listing, release):
        client_options(each)


def _variables(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "-e",
        "--variable",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="of the playbook, JSON or text; may be repeated",
    )


def _selection(made: argparse.ArgumentParser) -> None:
    made.add_argument("--court", action="append", default=[], help="may be repeated; default: all")
    made.add_argument("--kind", action="append", default=[], choices=list(AssetKind))
    made.add_argument("--asset", action="append", default=[], metavar="ID")
    made.add_argument(
        "--tag", action="append", default=[], help="with one of them; may be repeated"
    )
    made.add_argument(
        "--version", action="append", default=[], metavar="VERSION", help="of its agent"
    )
    made.add_argument("--service", default="", help="with --readiness: for which service")
    made.add_argument("--readiness", action="append", default=[], choices=list(Readiness))


def _course(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--waves",
        default="2,10%,50%,100%",
        help="numbers, or shares of all that are reached with them; default: %(default)s",
    )
    made.add_argument(
        "--success", type=int, default=80, metavar="PERCENT", help="of a wave must succeed"
    )
    made.add_argument(
        "--failure", type=int, default=10, metavar="PERCENT", help="of a wave may fail"
    )
    made.add_argument("--soak", type=int, default=30, metavar="MINUTES", help="watched afterwards")
    made.add_argument("--no-health", action="store_true", help="do not compare readiness")
    made.add_argument("--at-once", type=int, default=10, metavar="N", help="default: %(default)s")
    made.add_argument("--hours", type=int, default=7 * 24, help="it lasts; default: %(default)s")
    made.add_argument("--any-time", action="store_true", help="whatever the maintenance windows")
    made.add_argument("--needs-approval", action="store_true", help="by a second person")
    made.add_argument("--while-moving", action="store_true", help="also while an asset moves")
    made.add_argument("--least-battery", type=int, default=0, metavar="PERCENT")
    made.add_argument("--worst-link", choices=list(LinkClass))
