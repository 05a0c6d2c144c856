"""What is said over the API about readiness."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from telemetry.words import (
    AssetKind,
    DeviceFault,
    DeviceKind,
    LinkClass,
    Readiness,
    ReadinessReason,
    Seat,
)


class ReasonOut(BaseModel):
    """Why a service is not better than `readiness`; what a code does not speak of is left empty.

    `has` and `needed` are minutes (power), or how many (devices, seats). `since`: when it was last
    proven, when the bad news was seen, or what is due. `sentence` says all of it in the reader's
    language, `remedy` what would mend it.
    """

    code: ReadinessReason
    readiness: Readiness
    sentence: str = Field(examples=["打印机：缺纸。"])
    remedy: str = Field(examples=["装纸。"])
    name: str
    asset: str
    kinds: list[DeviceKind]
    faults: list[DeviceFault]
    seat: Seat | None
    link_has: LinkClass | None
    link_needed: LinkClass | None
    has: float | None
    needed: float | None
    since: datetime | None


class VerdictOut(BaseModel):
    """What an asset can do for one service; reasons worst first, none when it is ready.

    `self_checked_at`: some of it is known from a person with a browser alone, and since then;
    `self_checked` says so with its age, "" where agents found out all of it.
    """

    service: str = Field(examples=["hearing"])
    label: str = Field(examples=["开庭审理"])
    readiness: Readiness
    word: str = Field(examples=["未就绪"])
    reasons: list[ReasonOut]
    proven_at: datetime | None
    self_checked_at: datetime | None
    self_checked: str = Field(examples=["现场自检，5 分钟前"])


class ServiceOut(BaseModel):
    """A service of the catalogue; its place is its letter's in glances."""

    name: str = Field(examples=["hearing"])
    label: str = Field(examples=["开庭"])


class Services(BaseModel):
    """In the catalogue's order."""

    items: list[ServiceOut]


class ReadinessOut(BaseModel):
    """What an asset can do for each service, in the catalogue's order; `at` null: now."""

    asset: str = Field(examples=["veh-001"])
    at: datetime | None
    items: list[VerdictOut]


class BoardRow(BaseModel):
    """One asset: a letter a service as in glances, and the verdict for the service asked for."""

    asset: str
    kind: AssetKind
    name: str
    court: str
    letters: str = Field(examples=["RRLNR"])
    verdict: VerdictOut | None


class Board(BaseModel):
    """The caller's assets, the worst for that service first."""

    service: str
    at: datetime | None
    items: list[BoardRow]


class SpanOut(BaseModel):
    """From when to when a verdict held; `until` null: it still does."""

    readiness: str
    reasons: list[str]
    since: datetime
    until: datetime | None


class ServiceHistory(BaseModel):
    """How long it was what: seconds by readiness in the time asked for, and the spans."""

    service: str
    seconds: dict[str, float] = Field(examples=[{"ready": 72000.0, "not_ready": 3600.0}])
    spans: list[SpanOut]


class History(BaseModel):
    """One entry a service that was judged in that time."""

    since: datetime
    until: datetime
    items: list[ServiceHistory]


class BookedIO(BaseModel):
    """A time for which maintenance is booked."""

    begins_at: datetime
    ends_at: datetime
    why: Annotated[str, Field(max_length=200)] = ""


class UpkeepIO(BaseModel):
    """When an asset's inspection (年检) runs out, its upkeep is due, and maintenance is booked."""

    inspection_until: datetime | None = None
    upkeep_until: datetime | None = None
    maintenance: Annotated[list[BookedIO], Field(max_length=100)] = []
