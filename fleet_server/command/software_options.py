"""What `courtfleet playbooks` and `courtfleet artifacts` can be told."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fleet_server.artifacts.model import ArtifactKind

Common = Callable[[argparse.ArgumentParser], None]

PLAYBOOK_EXAMPLES: Final = """\
  courtfleet playbooks list
  courtfleet playbooks show configure
  courtfleet playbooks check ./our-playbooks
  courtfleet playbooks add ./our-playbooks --name our_court
  courtfleet playbooks add https://git.example.cn/court/playbooks.git --branch stable
  courtfleet playbooks remove our_court"""
ARTIFACT_EXAMPLES: Final = """\
  courtfleet artifacts add courtfleet-1.4.0.tar --kind release
  courtfleet artifacts list
  courtfleet artifacts mirror --apt chrony --apt cups
  courtfleet artifacts mirror --wheel 'courtfleet[edge]==1.4.0' --name courtfleet-1.4.0.tar
  courtfleet artifacts remove 3f2a9c..."""


def playbooks(made: argparse.ArgumentParser, common: Common) -> None:
    """Options of `courtfleet playbooks`."""
    actions = made.add_subparsers(
        dest="action", required=True, metavar="list|show|check|add|remove"
    )
    listing = actions.add_parser("list", help="all playbooks that assets can be sent")
    show = actions.add_parser("show", help="one playbook and the variables it takes")
    show.add_argument("playbook", metavar="PLAYBOOK")
    check = actions.add_parser("check", help="look for mistakes in a folder; needs no server")
    check.add_argument("folder", type=Path, metavar="FOLDER", help="with NAME.yml and roles/")
    add = actions.add_parser("add", help="bring in a folder or a git repository, once checked")
    add.add_argument("source", metavar="SOURCE", help="a folder, or what `git clone` takes")
    add.add_argument("--name", help="of the collection; default: the last part of SOURCE")
    add.add_argument("--branch", help="or tag of a git repository; default: its own")
    remove = actions.add_parser("remove", help="forget a collection that was added")
    remove.add_argument("collection", metavar="COLLECTION")
    for each in (listing, show, check, add, remove):
        common(each)


def artifacts(made: argparse.ArgumentParser, common: Common) -> None:
    """Options of `courtfleet artifacts`."""
    actions = made.add_subparsers(dest="action", required=True, metavar="add|list|remove|mirror")
    add = actions.add_parser("add", help="put a file into the store")
    add.add_argument("file", type=Path, metavar="FILE")
    add.add_argument("--name", help="default: the file's")
    add.add_argument("--kind", type=ArtifactKind, choices=list(ArtifactKind), default="file")
    listing = actions.add_parser("list", help="what is in the store")
    remove = actions.add_parser("remove", help="delete a file")
    remove.add_argument("sha256", metavar="SHA256", help="its beginning is enough")
    mirror = actions.add_parser(
        "mirror", help="fetch Debian packages or wheels with all that they need, as one file"
    )
    mirror.add_argument(
        "--apt", action="append", default=[], metavar="PACKAGE", help="may be repeated"
    )
    mirror.add_argument(
        "--wheel", action="append", default=[], metavar="REQUIREMENT", help="may be repeated"
    )
    mirror.add_argument("--name", help="default: after the first one and the day")
    for each in (add, listing, remove, mirror):
        common(each)
