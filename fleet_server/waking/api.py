"""What is said over the API about wake-up checks."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["16:00"])]


class WakePlanIO(BaseModel):
    """When assets are asked, and for which time of the day after; Asia/Shanghai.

    Not `assumes_use`: only those with something booked are asked, for the time of that.
    """

    ask_at: Clock = "16:00"
    use_at: Clock = "09:00"
    assumes_use: bool = True


class WakePlanIn(BaseModel):
    """The new plan, null for none."""

    plan: WakePlanIO | None


class WakePlanOut(BaseModel):
    """A court's own plan, null when it has none; `fleet` counts then, null: nobody is asked."""

    plan: WakePlanIO | None
    fleet: WakePlanIO | None
    ran_at: datetime | None
