"""What the self-check's page shows: the asset, what is to be tried, and what it can do now."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from fleet_server.assets import store as assets
from fleet_server.entrance import Now, PartsNow, StationNow, language_of
from fleet_server.readiness.api import VerdictOut
from fleet_server.readiness.telling import Telling
from fleet_server.selfcheck import rules
from fleet_server.selfcheck.engine import Use
from fleet_server.selfcheck.model import MOST_BYTES, Means
from fleet_server.sentences import Sentence
from telemetry.sentences.names import SEATS
from telemetry.words import Seat

router = APIRouter(prefix="/api/v1", tags=["self-check"])


class StepOut(BaseModel):
    """Something to be tried, and by which means; `url` is what is to be opened."""

    name: str = Field(examples=["camera"])
    means: Means
    label: str = Field(examples=["摄像机"])
    url: str


class SeatOut(BaseModel):
    """A capacity in which somebody may be there."""

    seat: Seat
    label: str


class SelfCheckPlan(BaseModel):
    """The asset of the key, what is to be tried, and what it can do now."""

    asset: str = Field(examples=["sta-001"])
    name: str
    court: str
    steps: list[StepOut]
    seats: list[SeatOut]
    verdicts: list[VerdictOut]
    most_bytes: int


@router.get("/self-check", operation_id="show_self_check")
def show_self_check(key: StationNow, parts: PartsNow, now: Now, request: Request) -> SelfCheckPlan:
    """What is to be tried on the asset of the key, and what it can do now."""
    parts.self_checks.use(key, Use.LOOKS, 1, now)
    language = language_of(request)
    with parts.database.reading() as session:
        asset = assets.find(session, key.caller, key.asset)
    profile, _ = parts.readiness.documents(key.asset)
    telling = Telling(parts, language, now)
    verdicts = parts.readiness.would_be(key.asset, now, None, None)
    return SelfCheckPlan(
        asset=asset.id,
        name=asset.name,
        court=asset.court,
        steps=[
            StepOut(
                name=one.name,
                means=one.means,
                label=Sentence(one.en, one.zh).pick(language),
                url=one.url,
            )
            for one in rules.plan(profile)
        ],
        seats=[SeatOut(seat=seat, label=SEATS[seat].said(language)) for seat in Seat],
        verdicts=telling.verdicts(key.asset, verdicts),
        most_bytes=MOST_BYTES,
    )
