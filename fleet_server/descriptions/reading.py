"""Reads a file that describes services or an asset: its content, and everything wrong with it."""

import re
import tomllib
from pathlib import Path as FilePath
from typing import Final, Generic, TypeVar

from msgspec import Struct

from fleet_server.descriptions import fitting, lines
from fleet_server.descriptions.model import Path, Problem
from telemetry.wire.catalogue import Catalogue
from telemetry.wire.profile import Profile
from telemetry.words import AssetKind

_C = TypeVar("_C", Catalogue, Profile)
_FOLDER: Final = FilePath(__file__).parent / "defaults"
_TOML_PLACE: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)\Z")

CATALOGUE_FILE: Final = _FOLDER / "catalogue.toml"
PROFILE_FILES: Final = {kind: _FOLDER / "profiles" / f"{kind}.toml" for kind in AssetKind}
"""What comes with the server; a court starts from copies of these."""


class Read(Struct, Generic[_C], frozen=True):
    """What a text says. `content` is None when it has not the form, and `problems` say why."""

    content: _C | None
    problems: list[Problem]
    lines: dict[Path, int]

    def line(self, problem: Problem) -> int:
        """Where in the text the problem stands."""
        if problem.path == () and "line" in problem.facts:
            return int(problem.facts["line"])
        return lines.line_of(self.lines, problem.path)


def read(kind: type[_C], text: str) -> Read[_C]:
    """The catalogue or profile in a TOML text; whether it makes sense is for `rules` to say."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return Read(None, [_not_toml(str(error), text)], {})
    places = lines.lines_of(text)
    found = fitting.fit(kind, data)
    if isinstance(found, list):
        return Read(None, found, places)
    return Read(found, [], places)


def default_catalogue() -> Catalogue:
    """The catalogue that comes with the server."""
    return _default(Catalogue, CATALOGUE_FILE)


def default_profile(kind: AssetKind) -> Profile:
    """The profile that an asset of this kind starts from."""
    return _default(Profile, PROFILE_FILES[kind])


def _default(kind: type[_C], path: FilePath) -> _C:
    found = read(kind, path.read_text(encoding="utf-8"))
    if found.content is None:
        raise ValueError(f"{path.name} is not sound: {found.problems[0]}")
    return found.content


def _not_toml(said: str, text: str) -> Problem:
    place = _TOML_PLACE.search(said)
    last = text.count("\n") + 1
    line = int(place[1]) if place is not None and place[1] else last
    return Problem("not_toml", (), {"problem": _TOML_PLACE.sub("", said), "line": line})
