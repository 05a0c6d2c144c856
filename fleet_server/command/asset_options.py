"""What the commands `assets` and `courts` can be told."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fleet_server.assets.store import Retired
from fleet_server.courts.model import Level
from telemetry.words import AssetKind

Options = Callable[[argparse.ArgumentParser], None]

ASSET_EXAMPLES: Final = """\
  courtfleet assets add veh-001 --kind vehicle --court 重庆市巴南区人民法院 --name "车载便民法庭 1"
  courtfleet assets list --kind backpack
  courtfleet assets show veh-001
  courtfleet assets change veh-001 --plate 渝DEMO01 --home 29.3825,106.5407
  courtfleet assets tag veh-001 spare pilot --remove old
  courtfleet assets list --tag spare
  courtfleet assets move veh-001 --court 重庆市万州区人民法院 --why "借调结束"
  courtfleet assets replace veh-001 --why "主机损坏"
  courtfleet assets retire veh-001 --confirm veh-001 --why "报废"
  courtfleet assets reinstate veh-001
  courtfleet assets export assets.xlsx
  courtfleet assets import assets.xlsx --dry-run
  courtfleet assets station-key sta-001 --address https://fleet.example.cn"""
COURT_EXAMPLES: Final = """\
  courtfleet courts list
  courtfleet courts put 重庆市巴南区人民法院 --district 巴南区 --hours "周一至周五 9:00-17:00"
  courtfleet courts remove 重庆市巴南区人民法院"""

_REPEATED: Final = "may be repeated"
_ENDS: Final = {
    "move": "give an asset to another court",
    "replace": "another computer gets the asset's name; prints its enrolment string",
    "retire": "take an asset out of use; its history stays",
    "reinstate": "take a retired asset back into use; prints an enrolment string",
}


def assets(made: argparse.ArgumentParser, client_options: Options) -> None:
    actions = made.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="add an asset and print its enrolment string")
    add.add_argument("id", metavar="ID", help="1 to 32 of a-z, 0-9 and '-'")
    add.add_argument("--kind", choices=list(AssetKind), required=True)
    add.add_argument("--court", required=True, help="the court that owns it")
    add.add_argument("--name", default="", help="as people call it; default: the id")
    add.add_argument("--plate", default="", help="its licence plate")
    add.add_argument("--note", default="")
    add.add_argument("--tag", action="append", default=[], help=_REPEATED)
    add.add_argument("--no-qr", action="store_true", help="do not draw the QR code")
    listing = actions.add_parser("list", help="all assets")
    listing.add_argument("--kind", choices=list(AssetKind))
    listing.add_argument("--court")
    listing.add_argument("--tag", help="only those that have it")
    listing.add_argument(
        "--retired", choices=list(Retired), default=Retired.EXCLUDE, help="default: %(default)s"
    )
    show = actions.add_parser("show", help="one asset with its readings")
    show.add_argument("id", metavar="ID")
    change = actions.add_parser("change", help="change what is said of an asset")
    change.add_argument("id", metavar="ID")
    change.add_argument("--name")
    change.add_argument("--plate")
    change.add_argument("--note")
    change.add_argument("--home", metavar="LAT,LON", help="degrees in WGS-84; 'none' clears it")
    tag = actions.add_parser("tag", help="give an asset tags, or take some from it")
    tag.add_argument("id", metavar="ID")
    tag.add_argument("tags", nargs="*", metavar="TAG", help="1 to 32 of a-z, 0-9 and '-'")
    tag.add_argument("--remove", action="append", default=[], metavar="TAG", help=_REPEATED)
    ends = [_end(actions, action) for action in _ENDS]
    files = _files(actions)
    key = _station_key(actions)
    for each in (add, listing, show, change, tag, *ends, *files, key):
        client_options(each)


def _station_key(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    made = actions.add_parser(
        "station-key", help="make the link for self-checks in a browser, shown once, or withdraw it"
    )
    made.add_argument("id", metavar="ID")
    what = made.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--address", metavar="URL", help="where browsers reach this server, like https://HOST"
    )
    what.add_argument("--withdraw", action="store_true", help="make the present one worthless")
    made.add_argument("--days", type=int, default=180, help="how long it works; %(default)s")
    made.add_argument("--no-qr", action="store_true", help="do not draw the QR code")
    return made


def _end(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", action: str
) -> argparse.ArgumentParser:
    made = actions.add_parser(action, help=_ENDS[action])
    made.add_argument("id", metavar="ID")
    if action == "move":
        made.add_argument("--court", required=True, help="the court that gets it")
    if action == "retire":
        made.add_argument("--confirm", required=True, metavar="ID", help="the id once more")
    if action in {"replace", "reinstate"}:
        made.add_argument("--no-qr", action="store_true", help="do not draw the QR code")
    made.add_argument("--why", default="", help="stands in the journal")
    return made


def _files(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> list[argparse.ArgumentParser]:
    take = actions.add_parser("import", help="add and change assets from xlsx or CSV")
    take.add_argument("file", type=Path, metavar="FILE")
    take.add_argument("--dry-run", action="store_true", help="only say what it would do")
    give = actions.add_parser("export", help="all assets as xlsx or CSV, which import takes back")
    give.add_argument("file", type=Path, metavar="FILE", help="ends in .xlsx or .csv")
    give.add_argument(
        "--retired", choices=list(Retired), default=Retired.EXCLUDE, help="default: %(default)s"
    )
    return [take, give]


def courts(made: argparse.ArgumentParser, client_options: Options) -> None:
    actions = made.add_subparsers(dest="action", required=True, metavar="list|put|remove")
    listing = actions.add_parser("list", help="all courts, and how many assets each has")
    put = actions.add_parser("put", help="make a court's record, or write over it")
    put.add_argument("name", metavar="COURT")
    put.add_argument("--level", choices=list(Level), default=Level.BASIC)
    for name in ("district", "contact", "phone", "hours"):
        put.add_argument(f"--{name}", default="")
    remove = actions.add_parser("remove", help="remove the record of a court without assets")
    remove.add_argument("name", metavar="COURT")
    for each in (listing, put, remove):
        client_options(each)
