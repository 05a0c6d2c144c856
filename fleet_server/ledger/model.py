"""The balance as it stood at the end of each day."""

from datetime import date

from msgspec import Struct
from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.tables import Base, RowId

CLASSES = ("head", "stored", "set_aside", "dropped", "lost", "missing")


class LedgerDay(Base):
    """One asset's and stream's balance since it was set up, as of the end of `day`.

    A day's movement is the difference to the row before, so nothing is counted twice or never,
    however often it was written. Days without movement have no row. `court` owned it that day.
    """

    __tablename__ = "ledger_days"

    asset: Mapped[str] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    court: Mapped[str]
    head: Mapped[int] = mapped_column(BigInteger)
    stored: Mapped[int] = mapped_column(BigInteger)
    set_aside: Mapped[int] = mapped_column(BigInteger)
    dropped: Mapped[int] = mapped_column(BigInteger)
    lost: Mapped[int] = mapped_column(BigInteger)
    missing: Mapped[int] = mapped_column(BigInteger)


class LedgerClock(Base):
    """The one row that says which day was noted last; a later start closes that day first."""

    __tablename__ = "ledger_clock"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    day: Mapped[date]


class Sums(Struct, frozen=True):
    """Where record numbers are: `head` is the sum of the five after it."""

    head: int = 0
    stored: int = 0
    set_aside: int = 0
    dropped: int = 0
    lost: int = 0
    missing: int = 0


class Moved(Struct, frozen=True):
    """What one day did to the balance of one asset and stream; a class may shrink.

    `sums` are differences; `missing_at_end` is how many were missing when the day ended.
    """

    day: date
    asset: str
    court: str
    stream: str
    sums: Sums
    missing_at_end: int
