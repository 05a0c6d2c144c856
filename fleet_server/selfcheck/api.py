"""What is said over the API about self-checks."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from telemetry.words import CheckOutcome, LinkClass, Seat

Address = Annotated[str | None, Field(max_length=200, pattern=r"^https?://[^\s/#?]+/?$")]

Rate = Annotated[float, Field(gt=0, le=1e11, allow_inf_nan=False)]

Person = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    Field(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$"),
]


class KeyIn(BaseModel):
    """How long the key works, and where browsers reach this server; null: as the caller did."""

    days: Annotated[int, Field(ge=1, le=400)] = 180
    address: Address = None


class KeyMade(BaseModel):
    """The link with the key in it, as text and as a QR code. It is not shown again."""

    asset: str = Field(examples=["sta-001"])
    link: str = Field(examples=["https://fleet.example/self-check#kV3..."])
    qr_svg: str
    expires_at: datetime


class KeyOut(BaseModel):
    """A key without its secret; `used_at`: when it last brought a result."""

    who: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None


class KeyShown(BaseModel):
    """The asset's key, null when it has none."""

    key: KeyOut | None


class StepIn(BaseModel):
    """What a step came to."""

    name: Annotated[str, Field(max_length=64)]
    outcome: CheckOutcome
    fault: Annotated[str, Field(max_length=32)] = ""


class LinkIn(BaseModel):
    """What was measured by HTTP; the round trip is the p95."""

    down_bits_per_second: Rate
    up_bits_per_second: Rate
    rtt_seconds: Annotated[float, Field(gt=0, le=60, allow_inf_nan=False)]


class SelfCheckIn(BaseModel):
    """A check that somebody did. `seat`: the capacity in which they are there, null for none."""

    who: Person
    seat: Seat | None = None
    steps: Annotated[list[StepIn], Field(max_length=200)] = []
    link: LinkIn | None = None
    took_seconds: Annotated[float, Field(ge=0, le=7200, allow_inf_nan=False)] = 0.0


class SelfCheckDone(BaseModel):
    """How many steps came to what, and the class of the link, null when it was not measured."""

    passed: int
    failed: int
    refused: int
    skipped: int
    link_class: LinkClass | None


class Received(BaseModel):
    """How much arrived."""

    bytes: int
