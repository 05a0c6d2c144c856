"""Rows of the journal."""

from datetime import datetime
from enum import StrEnum, unique

from msgspec import Raw, Struct
from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.tables import Base, RowId


@unique
class What(StrEnum):
    """Everything that the journal can say; each has its sentence in both languages."""

    ACCOUNT_MADE = "account_made"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    TOKEN_MADE = "token_made"  # noqa: S105  # a word, no secret
    TOKEN_WITHDRAWN = "token_withdrawn"  # noqa: S105  # as above
    DEMO_ENTERED = "demo_entered"
    SCREEN_OPENED = "screen_opened"
    BASEMAP_IMPORTED = "basemap_imported"
    BASEMAP_REMOVED = "basemap_removed"
    ASSET_ADDED = "asset_added"
    ASSET_CHANGED = "asset_changed"
    ASSET_MOVED = "asset_moved"  # for the people of the court that has it now
    ASSET_LEFT = "asset_left"  # for those of the court that had it
    ASSET_INVITED = "asset_invited"
    ASSET_REPLACED = "asset_replaced"
    ASSET_RETIRED = "asset_retired"
    ASSET_REINSTATED = "asset_reinstated"
    ASSETS_IMPORTED = "assets_imported"
    ENROLMENT_REFUSED = "enrolment_refused"
    CERTIFICATE_ENROLLED = "certificate_enrolled"
    CERTIFICATE_RENEWED = "certificate_renewed"
    CERTIFICATE_SIMULATED = "certificate_simulated"
    CERTIFICATES_REVOKED = "certificates_revoked"
    COURT_ADDED = "court_added"
    COURT_CHANGED = "court_changed"
    COURT_REMOVED = "court_removed"
    DOCUMENT_SETTINGS = "document_settings"
    DOCUMENT_PROFILE = "document_profile"
    DOCUMENT_CATALOGUE = "document_catalogue"
    DOCUMENT_PEOPLE = "document_people"
    DOCUMENT_DAY = "document_day"
    EPOCH_OPENED = "epoch_opened"
    DOCUMENT_HELD = "document_held"
    DOCUMENT_REFUSED = "document_refused"
    OUTBOX_SET_ASIDE = "outbox_set_aside"
    CLOCK_FAULT = "clock_fault"
    FORKED = "forked"
    DEVICE_CHANGED = "device_changed"
    CHECK_DONE = "check_done"
    MANUAL_TICKED = "manual_ticked"
    SITTING_BEGAN = "sitting_began"
    SITTING_ENDED = "sitting_ended"
    MAINTENANCE = "maintenance"
    BACKPACK_OUT = "backpack_out"
    BACKPACK_BACK = "backpack_back"
    UPKEEP_CHANGED = "upkeep_changed"
    WAKE_PLAN_CHANGED = "wake_plan_changed"
    STATION_KEY_MADE = "station_key_made"
    STATION_KEY_WITHDRAWN = "station_key_withdrawn"
    PLAYBOOKS_ADDED = "playbooks_added"
    PLAYBOOKS_REMOVED = "playbooks_removed"
    ARTIFACT_ADDED = "artifact_added"
    ARTIFACT_REMOVED = "artifact_removed"
    ORDER_PLACED = "order_placed"
    ORDER_CANCELLED = "order_cancelled"  # somebody wants it to end
    ORDER_ENDED = "order_ended"
    CONFIGURATION_CHANGED = "configuration_changed"
    CONFIGURATION_POLICY = "configuration_policy"
    CONFIGURATION_DRIFTED = "configuration_drifted"  # a hand changed what a play had written
    ROLLOUT_STARTED = "rollout_started"
    ROLLOUT_APPROVED = "rollout_approved"
    ROLLOUT_PAUSED = "rollout_paused"
    ROLLOUT_RESUMED = "rollout_resumed"
    ROLLOUT_CANCELLED = "rollout_cancelled"
    ROLLOUT_ENDED = "rollout_ended"
    WAVE_OPENED = "wave_opened"
    ASSET_QUARANTINED = "asset_quarantined"
    QUARANTINE_ENDED = "quarantine_ended"
    ROLLOUT_WINDOWS_CHANGED = "rollout_windows_changed"


class JournalRow(Base):
    """One change. `before` and `after` are JSON texts; `court` None concerns the whole fleet.

    `hash` covers the row and the hash of the row before; see `rules.chained`.
    """

    __tablename__ = "journal"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    who: Mapped[str]
    what: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    court: Mapped[str | None]
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    why: Mapped[str] = mapped_column(default="")
    hash: Mapped[str]


class JournalHead(Base):
    """The one row that says where the journal ends; locked by whoever appends.

    So numbers have no gaps and follow the order of commits, which a reader with a cursor needs.
    """

    __tablename__ = "journal_head"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(RowId)
    hash: Mapped[str]


class Entry(Struct, frozen=True):
    """One change as its unit noted it, not yet numbered."""

    what: str
    subject: str
    court: str | None
    before: str | None
    after: str | None
    why: str


class JournalView(Struct, frozen=True):
    """One row as people and programs read it."""

    id: int
    at: datetime
    who: str
    what: str
    subject: str
    court: str | None
    before: Raw | None
    after: Raw | None
    why: str
    hash: str
