"""What is said over the API about assets and their lives."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from fleet_server.assets.model import Place
from fleet_server.enrolment.progress import State
from fleet_server.views.live import Live
from telemetry.words import AssetKind

Plain = r"^[^\x00-\x1f\x7f]*$"
"""What stands on one line: no control characters."""

Trimmed = StringConstraints(strip_whitespace=True)

Name = Annotated[str, Trimmed, Field(max_length=80, pattern=Plain, examples=["车载便民法庭 1"])]

Plate = Annotated[str, Trimmed, Field(max_length=20, pattern=Plain, examples=["渝DEMO01"])]

Note = Annotated[str, Trimmed, Field(max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]

Tags = Annotated[
    list[Annotated[str, Trimmed, Field(max_length=80)]],
    Field(max_length=100, examples=[["spare"]]),
]
"""At most 16 of `[a-z0-9-]{1,32}`, which the asset's rules say in better words than a pattern."""

CourtName = Annotated[
    str, Trimmed, Field(min_length=1, max_length=80, pattern=r"^[^,/\x00-\x1f\x7f]+$")
]
"""A court's name; commas separate the courts of an account, a slash ends a path."""


class PlaceIO(BaseModel):
    """A place in WGS-84, degrees."""

    latitude_degrees: Annotated[float, Field(ge=-90, le=90, examples=[29.3825])]
    longitude_degrees: Annotated[float, Field(ge=-180, le=180, examples=[106.5407])]

    def place(self) -> Place:
        return Place(self.latitude_degrees, self.longitude_degrees)


class AssetIn(BaseModel):
    """A new asset. Its id goes into its certificate and never changes."""

    id: str = Field(max_length=80, examples=["veh-001"])
    kind: AssetKind
    name: Name = ""
    court: CourtName
    plate: Plate = ""
    note: Note = ""
    home: PlaceIO | None = None
    tags: Tags = []


class AssetsIn(BaseModel):
    """Assets to add, all or none of them."""

    assets: Annotated[list[AssetIn], Field(min_length=1, max_length=1000)]


class ChangeIn(BaseModel):
    """What is to be changed; what is left out stays. `home` null takes the home away."""

    name: Name | None = None
    plate: Plate | None = None
    note: Note | None = None
    home: PlaceIO | None = None
    tags: Tags | None = None


class TagsIn(BaseModel):
    """Tags that an asset gets and loses; others stay."""

    add: Tags = []
    remove: Tags = []


class AssetOut(BaseModel):
    """An asset and what is known of it now; `live` is null until it was first heard of."""

    id: str = Field(examples=["veh-001"])
    kind: AssetKind
    name: str = Field(examples=["车载便民法庭 1"])
    court: str = Field(examples=["重庆市巴南区人民法院"])
    plate: str = Field(examples=["渝DEMO01"])
    note: str
    home: PlaceIO | None
    made_at: datetime
    retired_at: datetime | None
    tags: list[str] = Field(examples=[["spare"]])
    live: Live | None


class AssetPage(BaseModel):
    """Assets in order of id; `next` is the cursor of the page behind, null on the last."""

    items: list[AssetOut]
    next: str | None


class InvitationOut(BaseModel):
    """What makes a machine the asset: one use, 24 hours. It is not shown again.

    `command` is the line to paste on the machine, `qr_svg` the string as a picture.
    """

    asset: str = Field(examples=["veh-001"])
    enrolment_string: str
    command: str = Field(examples=["courtfleet agent enrol cf1.bG9j...5d2f0c11"])
    qr_svg: str
    expires_at: datetime


class Invitations(BaseModel):
    """One invitation an asset, in the order asked for."""

    items: list[InvitationOut]


Why = Annotated[str, Field(max_length=500, examples=["新车交付"])]


class RefusalOut(BaseModel):
    """Why the last try to enrol failed, in the reader's language."""

    code: str = Field(examples=["invitation_expired"])
    detail: str


class EnrolmentOut(BaseModel):
    """How far an asset's enrolment has come. `tries` and `tried_at` concern the newest string."""

    state: State
    invited_at: datetime | None
    expires_at: datetime | None
    tries: int
    tried_at: datetime | None
    refusal: RefusalOut | None
    enrolled_at: datetime | None
    first_report_at: datetime | None


class MoveIn(BaseModel):
    """The court that gets the asset, and why."""

    court: CourtName
    why: Why = ""


class WhyIn(BaseModel):
    """Why; it stands in the journal."""

    why: Why = ""


class RetireIn(BaseModel):
    """`confirm` is the asset's id, typed by whoever retires it."""

    confirm: Annotated[str, Field(max_length=80, examples=["veh-001"])]
    why: Why = ""
