"""`courtfleet agent`: enrol this machine, run its agent, look into it."""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from edge_agent import settings
from edge_agent.errors import EdgeError
from telemetry.errors import TelemetryError

if TYPE_CHECKING:
    from edge_agent.agent import AgentView

_EXAMPLES: Final = """examples:
  courtfleet agent enrol cf1.aGVs....0a1b2c3d     with the string of `courtfleet assets add`
  courtfleet agent run                            what the service runs
  courtfleet agent status                         is it connected, what waits
  courtfleet agent outbox list                    what the outbox holds
  courtfleet agent outbox show events --last 5    the newest events
  courtfleet agent outbox verify                  is every record whole
"""
_STALE_SECONDS: Final = 60.0


def main(command: str, argv: list[str]) -> int:
    """Runs one sub-command; the exit status: 0, 1 with a sentence on standard error, 2 usage."""
    try:
        return _run(_parser(command).parse_args(argv))
    except (EdgeError, TelemetryError) as error:
        print(f"courtfleet {command}: {error}", file=sys.stderr)
        return 1
    except SystemExit as error:  # argparse: --help, or wrong usage
        return int(error.code or 0)


def _parser(command: str) -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--config", type=Path, metavar="FILE", help=f"instead of {settings.DEFAULT_FILE}"
    )
    machine = argparse.ArgumentParser(add_help=False, parents=[common])
    machine.add_argument("--json", action="store_true", help="for programs")
    parser = argparse.ArgumentParser(
        prog=f"courtfleet {command}",
        description="The agent on this machine.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    enrol = verbs.add_parser("enrol", parents=[common], help="make this machine an asset")
    enrol.add_argument(
        "string", metavar="STRING", help="printed by `courtfleet assets add`; - reads it from stdin"
    )
    enrol.add_argument("--folder", type=Path, help="where to keep the identity")
    enrol.add_argument("--replace", action="store_true", help="give up the present identity")
    verbs.add_parser("run", parents=[common], help="run until SIGTERM")
    verbs.add_parser("status", parents=[machine], help="what the running agent is doing")
    outbox = verbs.add_parser("outbox", help="look into the outbox")
    looks = outbox.add_subparsers(dest="look", required=True, metavar="LOOK")
    looks.add_parser("list", parents=[machine], help="epochs and how many records they hold")
    show = looks.add_parser("show", parents=[machine], help="the newest records")
    show.add_argument("stream", nargs="?", choices=["reports", "events"], default="reports")
    show.add_argument("--last", type=int, default=10, metavar="N", help="how many (10)")
    looks.add_parser("verify", parents=[machine], help="check every record")
    return parser


def _run(given: argparse.Namespace) -> int:
    bootstrap = settings.load(given.config)
    if given.verb == "run":
        return _run_agent(given.config)
    if given.verb == "enrol":
        folder = given.folder or bootstrap.identity_folder
        # Everybody on a machine can read a command's arguments, and only root what comes in.
        string = sys.stdin.readline().strip() if given.string == "-" else given.string
        return _enrol(string, folder, replace=given.replace)
    if given.verb == "status":
        return _status(bootstrap, as_json=given.json)
    return _outbox(bootstrap, given)


def _run_agent(config: Path | None) -> int:
    """Becomes the agent: what only the command line needs is not carried along for months."""
    sys.stdout.flush()
    which = [] if config is None else [str(config.absolute())]
    os.execv(sys.executable, [sys.executable, "-m", "edge_agent", *which])  # noqa: S606


def _enrol(string: str, folder: Path, *, replace: bool) -> int:
    from edge_agent.enrolment import enrol

    asset = enrol(string, folder, replace=replace)
    print(f"This machine is {asset} now. Start its agent: systemctl start courtfleet-agent")
    return 0


def _status(bootstrap: settings.Bootstrap, *, as_json: bool) -> int:
    from edge_agent.agent import AgentView

    path = bootstrap.status_file
    try:
        content = path.read_bytes()
        age_seconds = time.time() - path.stat().st_mtime
        view = msgspec.json.decode(content, type=AgentView)
    except FileNotFoundError:
        print(f"The agent has not run here yet: there is no {path}.", file=sys.stderr)
        return 1
    except (OSError, msgspec.MsgspecError) as error:
        print(f"{path} cannot be read: {error}", file=sys.stderr)
        return 1
    if as_json:
        sys.stdout.write(content.decode() + "\n")
    else:
        print("\n".join(_lines(view, age_seconds)))
    if age_seconds > _STALE_SECONDS:
        print(f"The agent has not written for {age_seconds:.0f} s; is it running?", file=sys.stderr)
        return 1
    return 0


def _lines(view: "AgentView", age_seconds: float) -> list[str]:
    link = view.state if not view.reason else f"{view.state}: {view.reason}"
    rtt = "not measured" if view.rtt_seconds is None else f"{view.rtt_seconds:.3f} s"
    lines = [
        f"asset      {view.asset} (agent {view.version})",
        f"link       {link}",
        f"answers in {rtt}",
        f"waiting    {view.waiting_reports} reports, {view.waiting_events} events",
        f"dropped    {view.dropped} reports, declared",
        f"refused    {view.refused} records, held aside by the server",
        f"clock      {view.clock_trust}",
        f"reports    every {view.report_every_seconds:g} s",
        f"documents  {', '.join(f'{n} {v}' for n, v in view.held.items()) or 'none held'}",
        f"written    {age_seconds:.0f} s ago",
    ]
    if view.hung:
        lines.append(f"hung       {', '.join(view.hung)}")
    if not view.is_writable:
        unwritten = f"{view.unwritten_reports} reports, {view.unwritten_events} events"
        lines.append(f"disk full  {unwritten} have found no room")
    return lines


def _outbox(bootstrap: settings.Bootstrap, given: argparse.Namespace) -> int:
    from edge_agent import inspection

    path = bootstrap.outbox_file
    if given.look == "list":
        epochs = inspection.list_epochs(path)
        lines = [
            f"{e.stream:<8} {e.epoch}  given {e.head:>8}  waiting {e.waiting:>8}"
            f"  kept {e.kept:>8}  {e.bytes:>10} bytes"
            for e in epochs
        ]
        return _print(lines, inspection.encode(epochs), as_json=given.json)
    if given.look == "show":
        records = inspection.show_records(path, given.stream, given.last)
        lines = [
            f"{r.epoch}/{r.number} {r.state} {r.boot}+{r.up_ms} ms {bytes(r.body).decode()}"
            for r in records
        ]
        return _print(lines, inspection.encode(records), as_json=given.json)
    verdict = inspection.verify_file(path)
    line = f"{verdict.records} records, {len(verdict.damaged)} damaged; the file is {verdict.file}"
    _print([line, *verdict.damaged[:20]], inspection.encode(verdict), as_json=given.json)
    return 0 if verdict.is_sound else 1


def _print(lines: list[str], encoded: bytes, *, as_json: bool) -> int:
    print(encoded.decode() if as_json else "\n".join(lines))
    return 0
