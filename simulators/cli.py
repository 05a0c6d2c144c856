"""The commands `courtfleet demo` and `courtfleet replay`."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fleet_server.sentences import LANGUAGES, preferred
from simulators import demo, replay
from simulators.errors import SimulatorError
from simulators.faults import Bug

_DEMO = """\
examples:
  courtfleet demo                          server and 115 assets, in the browser until Ctrl-C
  courtfleet demo --table                  the same, as a table in this terminal
  courtfleet demo --for 30s --json         the same for 30 s; exit 0 only if nothing was lost
  courtfleet demo --for 30s --break ack-before-commit
                                           with a planted bug, found by name: exit 1
"""
_REPLAY = """\
examples:
  courtfleet replay drive.csv              in real time, until the recording ends
  courtfleet replay *.csv --speed 60 --check --json
                                           an hour a minute; afterwards every row is compared
"""
_PORT = 8800
_MOST_ASSETS = 5000
_HISTORY_SECONDS = 7200.0
_LONGEST_HISTORY_SECONDS = 43_200.0
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def main(command: str, argv: list[str]) -> int:
    """Run `demo` or `replay`; the exit status."""
    parser = _demo_parser() if command == "demo" else _replay_parser()
    options = parser.parse_args(argv)
    if command == "demo" and options.bug is not None and options.seconds is None:
        parser.error("--break needs --for, so that the trouble has its time")
    try:
        return _demo(options) if command == "demo" else _replay(options)
    except SimulatorError as error:
        print(f"courtfleet {command}: {error}", file=sys.stderr)
        return 1


def _history(options: argparse.Namespace) -> float:
    """Two hours for whoever watches, none for a proof, unless told."""
    if options.history is not None:
        return float(options.history)
    return 0.0 if options.json or options.bug is not None else _HISTORY_SECONDS


def _demo(options: argparse.Namespace) -> int:
    language = options.lang or preferred(os.environ.get("LC_ALL") or os.environ.get("LANG", ""))
    with _folder(options.keep) as folder:
        plan = demo.Plan(
            folder=folder,
            assets=options.assets,
            seconds=options.seconds,
            seed=options.seed,
            bug=options.bug,
            is_shown=not options.json,
            has_table=options.table,
            port=options.port or (None if options.json else _PORT),
            opens_browser=not (options.no_browser or options.table),
            history_seconds=_history(options),
            language=language,
        )
        outcome = demo.run(plan)
    if options.json:
        print(json.dumps(outcome.as_dict()))
    else:
        print(outcome.as_text(language))
    return 0 if outcome.is_good else 1


def _replay(options: argparse.Namespace) -> int:
    with _folder(options.keep) as folder:
        plan = replay.Plan(
            folder=folder,
            files=options.files,
            speed=options.speed,
            checks=options.check,
            server=options.server,
            says_progress=not options.json,
        )
        outcome = replay.run(plan)
    if options.json:
        print(json.dumps(outcome.as_dict()))
    else:
        print(outcome.as_text())
    return 0 if outcome.is_good else 1


def _demo_parser() -> argparse.ArgumentParser:
    parser = _parser("demo", "A server and simulated assets, each with the real agent.", _DEMO)
    parser.add_argument("--assets", type=_count, default=115, metavar="N", help="default: 115")
    parser.add_argument(
        "--for", dest="seconds", type=_seconds, metavar="TIME", help="end after 30s, 5m or 1h"
    )
    parser.add_argument(
        "--break",
        dest="bug",
        type=Bug,
        choices=list(Bug),
        metavar="BUG",
        help=f"plant a bug and kill the server: {', '.join(Bug)} (needs --for)",
    )
    parser.add_argument("--seed", type=int, default=1, help="of the pretended world, and of kills")
    parser.add_argument(
        "--history",
        type=_past,
        metavar="TIME",
        help="what the assets have lived through before, up to 12h, 0 for nothing;"
        " default: 2h, with --json or --break 0",
    )
    parser.add_argument(
        "--port",
        type=_port,
        metavar="PORT",
        help=f"of the console, or the next free one; default: {_PORT}, with --json any",
    )
    parser.add_argument("--no-browser", action="store_true", help="open no browser")
    parser.add_argument("--table", action="store_true", help="show a table in this terminal")
    parser.add_argument("--lang", choices=LANGUAGES, help="language; default: from LANG")
    return parser


def _replay_parser() -> argparse.ArgumentParser:
    parser = _parser("replay", "Recorded drives, each reported by a real agent.", _REPLAY)
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="G-NetTrack Pro CSV, or NMEA log"
    )
    parser.add_argument(
        "--speed", type=_speed, default=1.0, metavar="TIMES", help="default: 1, as it was"
    )
    parser.add_argument(
        "--check", action="store_true", help="compare the store with the files row by row"
    )
    parser.add_argument(
        "--server",
        type=Path,
        metavar="DATA",
        help="data folder of a running demo server; without it one is started for the replay",
    )
    return parser


def _parser(command: str, description: str, examples: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"courtfleet {command}",
        description=description,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep all files there")
    return parser


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="courtfleet-") as name:
            yield Path(name)
        return
    if keep.exists() and any(keep.iterdir()):
        raise SimulatorError(f"{keep} is not empty; name a new folder with --keep.")
    keep.mkdir(parents=True, exist_ok=True)
    yield keep.absolute()


def _seconds(text: str) -> float:
    number, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS else (text, "s")
    seconds = float(number) * _UNITS[unit]
    if not 1 <= seconds <= 86_400:
        raise ValueError(text)
    return seconds


def _past(text: str) -> float:
    seconds = 0.0 if text == "0" else _seconds(text)
    if seconds > _LONGEST_HISTORY_SECONDS:
        raise ValueError(text)
    return seconds


def _port(text: str) -> int:
    if not 1 <= (port := int(text)) <= 65_535:
        raise ValueError(text)
    return port


def _count(text: str) -> int:
    if not 1 <= (count := int(text)) <= _MOST_ASSETS:
        raise ValueError(text)
    return count


def _speed(text: str) -> float:
    if not 0.1 <= (speed := float(text)) <= 3600:
        raise ValueError(text)
    return speed
