"""What a sheet of assets says, and what it would do."""

from collections.abc import Mapping, Sequence
from enum import StrEnum, unique

from msgspec import Struct

from fleet_server.assets.model import Change, NewAsset, Place
from fleet_server.errors import Fact
from telemetry.words import AssetKind


@unique
class Column(StrEnum):
    """The columns that are understood."""

    ID = "id"
    KIND = "kind"
    NAME = "name"
    COURT = "court"
    PLATE = "plate"
    NOTE = "note"
    TAGS = "tags"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    DATUM = "datum"


@unique
class Verdict(StrEnum):
    """What a row would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class Problem(Struct, frozen=True):
    """Something to know about a row; `facts` fill the sentence behind `code`."""

    code: str
    facts: Mapping[str, Fact] = {}


class Heading(Struct, frozen=True):
    """A column of the file; one that is not understood is ignored and `field` is None."""

    heading: str
    field: Column | None


class Said(Struct, frozen=True):
    """What one row says; None where it says nothing. `problems` are what cannot be understood."""

    line: int
    id: str
    kind: AssetKind | None = None
    name: str | None = None
    court: str | None = None
    plate: str | None = None
    note: str | None = None
    home: Place | None = None
    tags: tuple[str, ...] | None = None
    problems: Sequence[Problem] = ()


class FieldChange(Struct, frozen=True):
    """One field of an asset, as text; `before` None for a new asset."""

    field: str
    before: str | None
    after: str


class Step(Struct, frozen=True):
    """One row's verdict, and what is to be done for it. With `refused` nothing is.

    `problems` of other verdicts are only worth knowing.
    """

    line: int
    asset: str
    verdict: Verdict
    changes: Sequence[FieldChange] = ()
    problems: Sequence[Problem] = ()
    new: NewAsset | None = None
    change: Change | None = None
    court: str | None = None


class Plan(Struct, frozen=True):
    """All rows in order of the file. `digest` stands for the file and everything it would do."""

    digest: str
    columns: Sequence[Heading]
    steps: Sequence[Step]

    def counts(self) -> dict[Verdict, int]:
        found = dict.fromkeys(Verdict, 0)
        for step in self.steps:
            found[step.verdict] += 1
        return found
