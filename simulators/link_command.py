"""The command `courtfleet link explain`."""

import argparse
import json
import os
import sys
from pathlib import Path

from fleet_server.sentences import LANGUAGES, preferred
from simulators import link_trace
from simulators.errors import SimulatorError
from simulators.link_explain import explain

_EXAMPLES = """\
examples:
  courtfleet link explain drive.csv        each change of class with its reason
  courtfleet link explain tests.csv --json
                                           the same for programs

TRACE is a drive trace of G-NetTrack Pro (its pings are used), or a CSV with a column `seconds` and
any of link_rtt_seconds, link_jitter_up_seconds, link_jitter_down_seconds, link_loss_up_percent,
link_loss_down_percent, link_uplink_bits_per_second. A class that is not sure is written B?.
"""


def main(command: str, argv: list[str]) -> int:
    """Run `link`; the exit status."""
    options = _parser(command).parse_args(argv)
    language = options.lang or preferred(os.environ.get("LC_ALL") or os.environ.get("LANG", ""))
    try:
        found = explain(link_trace.read(options.trace))
    except SimulatorError as error:
        print(f"courtfleet {command}: {error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(found.as_dict(), ensure_ascii=False))
    else:
        print(found.as_text(language))
    return 0


def _parser(command: str) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog=f"courtfleet {command}",
        description="What a hearing could have used of a link, and why.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.add_argument("what", choices=["explain"], help="explain the class of a recorded link")
    made.add_argument("trace", type=Path, metavar="TRACE", help="a CSV file, see below")
    made.add_argument("--json", action="store_true", help="print one JSON object")
    made.add_argument("--lang", choices=LANGUAGES, help="language; default: from LANG")
    return made
