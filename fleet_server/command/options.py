"""What the server's commands can be told, and the help that says so."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fleet_server.access.model import Role
from fleet_server.basemap.rules import Datum, Layer
from fleet_server.command import (
    asset_options,
    configuration_options,
    order_options,
    rollout_options,
    software_options,
)
from fleet_server.sentences import LANGUAGES


def parser(command: str) -> argparse.ArgumentParser:
    """The parser of one command."""
    made = argparse.ArgumentParser(
        prog=f"courtfleet {command}",
        description=_DESCRIPTIONS[command],
        epilog=f"examples:\n{_EXAMPLES[command]}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _PARSERS[command](made)
    return made


def default_data() -> Path:
    """The data folder when none is named."""
    if os.geteuid() == 0:
        return Path("/var/lib/courtfleet-server")
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "courtfleet"


def _language_option(made: argparse.ArgumentParser) -> None:
    made.add_argument("--lang", choices=LANGUAGES, help="language; default: from LANG")


def _client_options(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--server",
        metavar="WHERE",
        help="data folder or Unix socket of a server here, or an http(s) URL;"
        " default: $COURTFLEET_SERVER, else the usual data folder."
        " By URL $COURTFLEET_TOKEN holds the token.",
    )
    made.add_argument("--json", action="store_true", help="for programs")
    _language_option(made)


def _serve_options(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--data", default=str(default_data()), metavar="DIR", help="default: %(default)s"
    )
    made.add_argument("--settings", type=Path, metavar="FILE", help="default: server.toml in DIR")
    made.add_argument("--demo", action="store_true", default=None, help="simulated assets only")
    made.add_argument("--host", help="name or address by which assets reach this server")
    made.add_argument("--listen", metavar="ADDRESS", help="for broker and enrolment; default: all")
    made.add_argument(
        "--broker-port", type=int, metavar="PORT", help="default: 8883; 0: a free one"
    )
    made.add_argument("--enrol-port", type=int, metavar="PORT", help="default: 8884; 0: a free one")
    made.add_argument(
        "--artifact-port", type=int, metavar="PORT", help="default: 8885; 0: a free one"
    )
    made.add_argument(
        "--link-test-port", type=int, metavar="PORT", help="UDP, default: 8862; 0: a free one"
    )
    made.add_argument(
        "--console-port", type=int, metavar="PORT", help="default: 8800; 0: a free one"
    )
    made.add_argument("--database", metavar="URL", help="default: SQLite in DIR")
    made.add_argument(
        "--ready-file", type=Path, metavar="FILE", help="gets one line of JSON when all of it works"
    )
    _language_option(made)
    made.add_argument("--log-level", choices=["debug", "info", "warning", "error"])


def _assets_options(made: argparse.ArgumentParser) -> None:
    asset_options.assets(made, _client_options)


def _courts_options(made: argparse.ArgumentParser) -> None:
    asset_options.courts(made, _client_options)


def _orders_options(made: argparse.ArgumentParser) -> None:
    order_options.orders(made, _client_options)


def _status_options(made: argparse.ArgumentParser) -> None:
    made.add_argument("--once", action="store_true", help="print once instead of following")
    made.add_argument(
        "--every", type=float, default=1.0, metavar="SECONDS", help="default: %(default)s"
    )
    _client_options(made)


def _period_options(made: argparse.ArgumentParser) -> None:
    text = "an instant (2026-03-01T08:00+08:00), or how long ago: 90s, 30m, 2h, 7d"
    made.add_argument("--since", default="1h", metavar="WHEN", help=f"{text}; default: %(default)s")
    made.add_argument("--until", default="now", metavar="WHEN", help="the same; default: now")
    _client_options(made)


def _history_options(made: argparse.ArgumentParser) -> None:
    made.add_argument("asset", metavar="ASSET")
    made.add_argument("metric", metavar="METRIC", help="a key of the catalogue, as rsrp_dbm")
    made.add_argument("--device", default="", help="of which device, for a metric of devices")
    made.add_argument("--buckets", type=int, default=60, help="default: %(default)s")
    _period_options(made)


def _export_options(made: argparse.ArgumentParser) -> None:
    made.add_argument("file", metavar="FILE", help="ends in .csv or .parquet")
    made.add_argument(
        "--asset", action="append", metavar="ID", help="may be repeated; default: all"
    )
    made.add_argument("--format", choices=["csv", "parquet"])
    _period_options(made)


def _tokens_options(made: argparse.ArgumentParser) -> None:
    actions = made.add_subparsers(dest="action", required=True, metavar="make|list|withdraw")
    make = actions.add_parser("make", help="make a token and print it, once")
    make.add_argument("label", metavar="LABEL", help="what it is for")
    make.add_argument("--role", choices=list(Role), default=Role.VIEWER)
    make.add_argument("--days", type=int, default=90, help="default: %(default)s")
    listing = actions.add_parser("list", help="all tokens")
    withdraw = actions.add_parser("withdraw", help="make a token worthless at once")
    withdraw.add_argument("id", type=int, metavar="ID")
    for each in (make, listing, withdraw):
        _client_options(each)


def _basemap_options(made: argparse.ArgumentParser) -> None:
    actions = made.add_subparsers(dest="action", required=True, metavar="import|show|reset")
    take = actions.add_parser("import", help="use a GeoJSON file for a layer")
    take.add_argument("file", type=Path, metavar="FILE", help="GeoJSON, degrees, UTF-8")
    take.add_argument("--layer", type=Layer, choices=list(Layer), required=True)
    take.add_argument(
        "--datum",
        type=Datum,
        choices=list(Datum),
        required=True,
        help="what the degrees mean; street maps of Chinese makers are gcj02,"
        " surveying offices and Tianditu give cgcs2000",
    )
    take.add_argument("--dry-run", action="store_true", help="say what it would do, without server")
    show = actions.add_parser("show", help="which layers were imported")
    reset = actions.add_parser("reset", help="show the bundled layer again")
    reset.add_argument("layer", type=Layer, choices=list(Layer))
    for each in (take, show, reset):
        _client_options(each)


def _ready_options(made: argparse.ArgumentParser) -> None:
    made.add_argument("asset", nargs="?", metavar="ASSET")
    made.add_argument(
        "service", nargs="?", metavar="SERVICE", help="one of `services`; default: all"
    )
    made.add_argument(
        "--at", metavar="WHEN", help="for a later time, like 2026-03-03T09:00+08:00; default: now"
    )
    made.add_argument(
        "--place",
        metavar="LAT,LON",
        help="where it will be then (WGS-84): the link is expected as the fleet found it there",
    )
    made.add_argument(
        "--tomorrow", action="store_true", help="who was asked to check itself, and what came of it"
    )
    made.add_argument(
        "--plan", metavar="HH:MM|off", help="ask for wake-up checks every day at this time"
    )
    made.add_argument(
        "--use",
        default="09:00",
        metavar="HH:MM",
        help="for this time of the day after; %(default)s",
    )
    made.add_argument("--only-booked", action="store_true", help="only who has something booked")
    made.add_argument("--court", default="", help="the plan of this court; default: the fleet's")
    _client_options(made)


def _rollout_options(made: argparse.ArgumentParser) -> None:
    rollout_options.rollout(made, _client_options)


def _config_options(made: argparse.ArgumentParser) -> None:
    configuration_options.config(made, _client_options)


def _services_options(made: argparse.ArgumentParser) -> None:
    check = _check_action(made, "look for mistakes in a catalogue of services; needs no server")
    check.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="default: the bundled one"
    )
    check.add_argument(
        "--profile",
        action="append",
        type=Path,
        metavar="FILE",
        help="a profile that assets have, may be repeated; default: the bundled ones",
    )


def _profiles_options(made: argparse.ArgumentParser) -> None:
    check = _check_action(made, "look for mistakes in profiles of assets; needs no server")
    check.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="default: the bundled ones"
    )
    check.add_argument(
        "--catalogue", type=Path, metavar="FILE", help="the services; default: the bundled ones"
    )


def _check_action(made: argparse.ArgumentParser, text: str) -> argparse.ArgumentParser:
    actions = made.add_subparsers(dest="action", required=True, metavar="check")
    check = actions.add_parser("check", help=text, description=text.capitalize() + ".")
    check.add_argument("--json", action="store_true", help="for programs")
    _language_option(check)
    return check


def _playbooks_options(made: argparse.ArgumentParser) -> None:
    software_options.playbooks(made, _client_options)


def _artifacts_options(made: argparse.ArgumentParser) -> None:
    software_options.artifacts(made, _client_options)


_PARSERS: Final[dict[str, Callable[[argparse.ArgumentParser], None]]] = {
    "serve": _serve_options,
    "assets": _assets_options,
    "courts": _courts_options,
    "status": _status_options,
    "history": _history_options,
    "export": _export_options,
    "tokens": _tokens_options,
    "basemap": _basemap_options,
    "orders": _orders_options,
    "ready": _ready_options,
    "rollout": _rollout_options,
    "config": _config_options,
    "services": _services_options,
    "profiles": _profiles_options,
    "playbooks": _playbooks_options,
    "artifacts": _artifacts_options,
}
_DESCRIPTIONS: Final = {
    "serve": "Run the fleet server: certificates, broker, intake, API.",
    "assets": "Add, change, import, move, replace and retire assets.",
    "courts": "The courts that own assets, as records.",
    "status": "A live table of the fleet: who is heard of, how much, and if the balance closes.",
    "history": "One metric of one asset over time.",
    "export": "Stored readings as CSV or Parquet.",
    "tokens": "Tokens for programs that use the API by HTTP.",
    "basemap": "The map below the fleet: a court's own data instead of the bundled ones.",
    "ready": "Whether an asset can hold a service, what is missing, and what would help."
    " Exit status 0: it can, if with limits; 3: it cannot, or nobody knows.",
    "orders": "What an asset is told to do once, and what came of it."
    " Exit status 3: an order that was followed did not succeed.",
    "rollout": "A playbook to many assets: in waves, each behind a gate."
    " Exit status 3: a gate stopped it.",
    "config": "How machines are to be set up: in layers, merged for each asset, and kept so."
    " Exit status 3: an order that was followed did not succeed.",
    "services": "What each service of a court needs, as a file (TOML).",
    "profiles": "What assets carry, as files (TOML).",
    "playbooks": "What assets can be told to do to themselves (Ansible).",
    "artifacts": "Big files that assets fetch: releases, packages.",
}
_EXAMPLES: Final = {
    "playbooks": software_options.PLAYBOOK_EXAMPLES,
    "artifacts": software_options.ARTIFACT_EXAMPLES,
    "serve": """\
  courtfleet serve --host fleet.example.cn
  courtfleet serve --demo --data /tmp/demo --listen 127.0.0.1 --host localhost""",
    "assets": asset_options.ASSET_EXAMPLES,
    "courts": asset_options.COURT_EXAMPLES,
    "status": """\
  courtfleet status
  courtfleet status --once --json""",
    "history": """\
  courtfleet history veh-001 rsrp_dbm --since 2h
  courtfleet history veh-001 received_bytes --device wwan0 --json""",
    "export": """\
  courtfleet export today.csv --since 24h
  courtfleet export veh-001.parquet --asset veh-001 --since 2026-03-01T00:00+08:00""",
    "tokens": """\
  courtfleet tokens make grafana --days 30
  courtfleet tokens list
  courtfleet tokens withdraw 3""",
    "basemap": """\
  courtfleet basemap import districts.geojson --layer districts --datum cgcs2000 --dry-run
  courtfleet basemap import villages.geojson --layer places --datum gcj02
  courtfleet basemap show
  courtfleet basemap reset places""",
    "orders": order_options.ORDER_EXAMPLES,
    "ready": """\
  courtfleet ready veh-001
  courtfleet ready veh-001 hearing
  courtfleet ready veh-001 hearing --at 2026-03-03T09:00+08:00 --json
  courtfleet ready veh-001 hearing --at 2026-03-03T09:00+08:00 --place 29.3825,106.5407
  courtfleet ready --plan 16:00 --use 09:00
  courtfleet ready --tomorrow""",
    "rollout": rollout_options.ROLLOUT_EXAMPLES,
    "config": configuration_options.CONFIGURATION_EXAMPLES,
    "services": """\
  courtfleet services check
  courtfleet services check court.toml --profile our-vehicle.toml
  courtfleet services check court.toml --json --lang zh-CN""",
    "profiles": """\
  courtfleet profiles check
  courtfleet profiles check our-vehicle.toml our-backpack.toml
  courtfleet profiles check our-vehicle.toml --catalogue court.toml --json""",
}
