"""Layers of configuration and their scopes, what assets say of themselves, and how both compare."""

from datetime import datetime
from enum import StrEnum, unique
from typing import Final

from msgspec import Struct
from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.playbooks.model import Json, Variables
from fleet_server.tables import Base, RowId
from telemetry.wire.events import Recap
from telemetry.words import OrderState

PLAYBOOK: Final = "configure"
"""What sets a machine up."""

FLEET: Final = "fleet"
"""The widest scope; the others are a word, a colon and a name."""

SOURCE: Final = "configuration:"
"""Begins what orders say they were placed by; the hash of what is desired follows."""


class LayerRow(Base):
    """One version of a layer, as it was written (YAML). The newest of a scope counts."""

    __tablename__ = "configuration_layers"
    __table_args__ = (UniqueConstraint("scope", "version"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    scope: Mapped[str]
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    who: Mapped[str]
    comment: Mapped[str] = mapped_column(default="")


class ReportRow(Base):
    """What an asset said last of how it is set up; `differs` and `waiting` are JSON lists.

    `hash_seen_at`, `applied_seen_at`: when it was heard that it has this hash, and of this play;
    by the server's clock, for that of an asset may be wrong.
    """

    __tablename__ = "configuration_reports"

    asset: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[str]
    applied_at: Mapped[datetime | None]
    differs: Mapped[str] = mapped_column(Text)
    waiting: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[datetime]
    hash_seen_at: Mapped[datetime]
    applied_seen_at: Mapped[datetime]


class PolicyRow(Base):
    """Whether a court's assets are kept as desired by themselves; court "": all that have none.

    The fleet's row is always there, and locked by whoever places orders.
    """

    __tablename__ = "configuration_policies"

    court: Mapped[str] = mapped_column(primary_key=True)
    converge: Mapped[str]


@unique
class Converge(StrEnum):
    """When an asset that is not as desired is set up."""

    BY_HAND = "by_hand"
    WHEN_IDLE = "when_idle"


@unique
class ScopeKind(StrEnum):
    """Whom a layer is for, widest first: what a narrower one says counts."""

    FLEET = "fleet"
    KIND = "kind"
    PROFILE = "profile"
    COURT = "court"
    ASSET = "asset"


@unique
class ConfigurationState(StrEnum):
    """How an asset compares with what is desired of it, worst first."""

    FAILING = "failing"  # the last try did not succeed
    DRIFTED = "drifted"  # it was as desired, and somebody changed it
    BEHIND = "behind"  # another configuration is desired than it has
    NEVER = "never"  # it never had any
    UNHEARD = "unheard"  # not as desired, and not there; it is set up when it appears
    APPLYING = "applying"  # an order for it is under way
    WAITING = "waiting"  # as desired, but for what waits for its device
    IN_STEP = "in_step"
    NOTHING = "nothing"  # nothing is desired of it


@unique
class Hold(StrEnum):
    """Why an asset that is not as desired is not set up just now."""

    NONE = ""
    BY_HAND = "by_hand"  # nobody said that it be done by itself
    IN_SITTING = "in_sitting"
    WINDOW = "window"  # no maintenance window is open
    QUARANTINED = "quarantined"
    BUSY = "busy"  # another order comes first
    PAUSE = "pause"  # it was tried not long ago
    BRAKED = "braked"  # the same configuration failed elsewhere
    TURN = "turn"  # as many as may are at it


class Layer(Struct, frozen=True):
    """A version of a layer; `content` may say less than a whole configuration."""

    scope: str
    version: int
    content: Variables
    text: str = ""
    made_at: datetime | None = None
    who: str = ""
    comment: str = ""


class Said(Struct, frozen=True):
    """A value, and the scope of the layer that says so; None takes it away."""

    scope: str
    value: Json


class Entry(Struct, frozen=True):
    """One value of a merged configuration; `hidden` are those of wider layers, widest first.

    `value` None: the layer takes away what wider ones said.
    """

    path: tuple[str, ...]
    value: Json
    scope: str
    hidden: tuple[Said, ...] = ()


class Merged(Struct, frozen=True):
    """All layers of an asset as one; `hash` "" when nothing is desired."""

    values: Variables
    entries: tuple[Entry, ...]
    hash: str


class Report(Struct, frozen=True):
    """What an asset said last, see `ReportRow`."""

    hash: str
    applied_at: datetime | None
    differs: tuple[str, ...]
    waiting: tuple[str, ...]
    seen_at: datetime
    hash_seen_at: datetime
    applied_seen_at: datetime


class Attempt(Struct, frozen=True):
    """An order that was to set an asset up, or to look what that would change (`is_check`)."""

    order: str
    source: str
    is_check: bool
    state: OrderState
    code: str
    detail: str
    placed_at: datetime
    changed_at: datetime
    recap: Recap | None
    output: str


class Situation(Struct, frozen=True):
    """All that decides how an asset stands. `attempts` of what is desired now, newest first.

    `is_busy`: an order of whatever kind has not ended.
    """

    asset: str
    court: str
    kind: str
    desired: str
    report: Report | None = None
    attempts: tuple[Attempt, ...] = ()
    is_heard: bool = False
    in_sitting: bool = False
    is_busy: bool = False
    is_quarantined: bool = False
    is_open: bool = True
    converge: Converge = Converge.BY_HAND


def scope_of(kind: ScopeKind, name: str) -> str:
    """A scope as a text; the fleet has no name."""
    return FLEET if kind is ScopeKind.FLEET else f"{kind}:{name}"


def parted(scope: str) -> tuple[ScopeKind, str] | None:
    """The kind of a scope and its name; None for what is no scope."""
    word, colon, name = scope.partition(":")
    if scope == FLEET:
        return ScopeKind.FLEET, ""
    if word in set(ScopeKind) - {ScopeKind.FLEET} and colon and name:
        return ScopeKind(word), name
    return None


def chain(asset: str, kind: str, profile: str, court: str) -> tuple[str, ...]:
    """The scopes in which an asset stands, widest first."""
    scopes = (FLEET, f"kind:{kind}", f"profile:{profile}", f"court:{court}", f"asset:{asset}")
    return tuple(scope for scope in scopes if not scope.endswith(":"))
