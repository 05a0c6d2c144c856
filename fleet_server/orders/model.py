"""Orders, every state they came to, and what they gave out."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.tables import Base, RowId
from telemetry.wire.events import Recap
from telemetry.wire.orders import Conditions, Task
from telemetry.words import FINAL_STATES, OrderKind, OrderState


class OrderRow(Base):
    """One order. `number` is given when it is first sent, so that a withdrawn one leaves no gap.

    `title` is the playbook, command, unit or device; `body` the JSON of `wire.orders.Order`;
    `source` says what placed it ("rollout:7"), "" for a person. `cancel_asked_at`: it was already
    with the asset when somebody wanted it to end.
    """

    __tablename__ = "orders"
    __table_args__ = (UniqueConstraint("asset", "number"),)

    seq: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(unique=True)
    asset: Mapped[str] = mapped_column(index=True)
    number: Mapped[int | None]
    kind: Mapped[str]
    title: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(index=True)
    code: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="")
    attempt: Mapped[int] = mapped_column(default=0)
    recap: Mapped[str | None] = mapped_column(Text)
    placed_at: Mapped[datetime]
    who: Mapped[str]
    why: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="", index=True)
    valid_until: Mapped[datetime]
    changed_at: Mapped[datetime]
    cancel_asked_at: Mapped[datetime | None]


class OrderStepRow(Base):
    """One state that an order came to; `at` by the asset's clock where that is known."""

    __tablename__ = "order_steps"

    seq: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    state: Mapped[str]
    code: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="")
    attempt: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]


class OrderOutputRow(Base):
    """A part of what an order gave out, zstd; whole when all `parts` are there."""

    __tablename__ = "order_outputs"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    parts: Mapped[int]
    media_type: Mapped[str]
    sha256: Mapped[str]
    is_cut: Mapped[bool]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class NewOrder(Struct, frozen=True):
    """What somebody, or a rollout, wants an asset to do. `valid_until`: when it is of no use."""

    task: Task
    title: str
    valid_until: datetime
    conditions: Conditions = Conditions()
    limit_seconds: int = 1800
    tries: int = 3
    why: str = ""
    source: str = ""


class PlacedOrder(Struct, frozen=True):
    """An order as it stands now."""

    seq: int
    id: str
    asset: str
    number: int | None
    kind: OrderKind
    title: str
    state: OrderState
    code: str
    detail: str
    attempt: int
    recap: Recap | None
    placed_at: datetime
    who: str
    why: str
    source: str
    valid_until: datetime
    changed_at: datetime
    cancel_asked_at: datetime | None

    @property
    def is_final(self) -> bool:
        return self.state in FINAL_STATES
