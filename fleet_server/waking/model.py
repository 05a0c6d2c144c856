"""When assets are asked to check themselves for tomorrow, and who was asked."""

from datetime import datetime
from enum import StrEnum, unique

from msgspec import Struct
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.tables import Base
from telemetry.rules.grades import Reason


class WakePlanRow(Base):
    """The plan of a court, or of all that have none of their own (`court` ""); `ran_at`: last."""

    __tablename__ = "wake_plans"

    court: Mapped[str] = mapped_column(primary_key=True)
    ask_minute: Mapped[int]
    use_minute: Mapped[int]
    assumes_use: Mapped[bool]
    ran_at: Mapped[datetime | None]


class WakeAskRow(Base):
    """An asset was asked; only the last time counts. `services` are comma-separated."""

    __tablename__ = "wake_asks"

    asset: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
    use_at: Mapped[datetime]
    services: Mapped[str]


class WakePlan(Struct, frozen=True):
    """At which minute of the day (Asia/Shanghai) is asked, and for which of the day after.

    Not `assumes_use`: only assets with something booked are asked, for the time of that.
    """

    ask_minute: int
    use_minute: int
    assumes_use: bool = True


class WakeAsk(Struct, frozen=True):
    """Who was asked when, for which time, and for which services."""

    asset: str
    asked_at: datetime
    use_at: datetime
    services: tuple[str, ...]


class Use(Struct, frozen=True):
    """When an asset is to be used tomorrow; no `services`: all that it has the devices for."""

    at: datetime
    services: tuple[str, ...] = ()


@unique
class WakeState(StrEnum):
    """What became of asking, worst first."""

    BROKEN = "broken"  # it checked itself, and something is wrong
    NOT_WOKEN = "not_woken"  # not heard since
    UNCHECKED = "unchecked"  # heard, but no check came
    ASKED = "asked"  # there is still time
    PROVEN = "proven"  # it checked itself, and all is well


class Woken(Struct, frozen=True):
    """An asset that was asked, and what came of it; `broken`: what its check found wrong."""

    ask: WakeAsk
    state: WakeState
    checked_at: datetime | None = None
    broken: tuple[Reason, ...] = ()
