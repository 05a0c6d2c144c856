"""Orders, every state they came to, and what they gave out."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum, unique
from typing import TypeAlias

from msgspec import Struct
from sqlalchemy import BigInteger, ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.tables import Base, RowId
from telemetry.wire.events import Recap
from telemetry.wire.orders import Conditions, RunBundle, Task
from telemetry.words import FINAL_STATES, OrderKind, OrderState

Bundler: TypeAlias = Callable[[str, Mapping[str, object], bool], RunBundle]
"""A playbook by name, its variables, and whether it is only to be checked, as a bundle.

Raises `FleetError`: there is no such playbook, or its variables are not what it takes.
"""


@unique
class OutputState(StrEnum):
    """What is here of all that an order gave out."""

    NONE = "none"
    PARTIAL = "partial"
    WHOLE = "whole"
    CUT = "cut"  # whole as it was sent; the asset left out the middle, because it was too long
    DAMAGED = "damaged"  # its parts were not what they said; nothing of it was kept


class OrderRow(Base):
    """One order. `number` is given when it is first sent, so that a withdrawn one leaves no gap.

    A number may come again: a new computer, or one whose disk went back, counts from there.

    `title` is the playbook, command, unit or device; `body` the JSON of `wire.orders.Order`;
    `source` says what placed it ("rollout:7"), "" for a person. `cancel_asked_at`: it was already
    with the asset when somebody wanted it to end.
    """

    __tablename__ = "orders"

    seq: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(unique=True)
    asset: Mapped[str] = mapped_column(index=True)
    number: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str]
    title: Mapped[str]
    is_check: Mapped[bool] = mapped_column(default=False)
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
    output: Mapped[str] = mapped_column(default=str(OutputState.NONE))


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
    output: OutputState = OutputState.NONE
    is_check: bool = False

    @property
    def is_final(self) -> bool:
        return self.state in FINAL_STATES


class Active(Struct, frozen=True):
    """What must be known of an order that has not ended to decide what to do next.

    `send_at`: not sooner, so that who placed it by mistake can take it back.
    """

    id: str
    asset: str
    number: int | None
    state: OrderState
    valid_until: datetime
    send_at: datetime
    is_cancel_asked: bool


class Step(Struct, frozen=True):
    """A state that an order came to."""

    state: OrderState
    code: str
    detail: str
    attempt: int
    at: datetime


class OutputPart(Struct, frozen=True):
    """A part of what an order gave out; as `OrderOutputRow`, column by column."""

    order_id: str
    part: int
    parts: int
    media_type: str
    sha256: str
    is_cut: bool
    data: bytes


class Output(Struct, frozen=True):
    """All that an order gave out, unpacked; `is_cut`: without its middle."""

    media_type: str
    content: bytes
    is_cut: bool
