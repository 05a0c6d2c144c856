"""Verdicts as the API gives them, in the reader's language."""

from datetime import UTC, datetime
from typing import Final

from pydantic import BaseModel, Field

from fleet_server.parts import Parts
from telemetry.rules.grades import CODE_RANK, RANK
from telemetry.rules.readiness import Reason, Verdict
from telemetry.words import DeviceFault, DeviceKind, LinkClass, Readiness, ReadinessReason, Seat

_BEST: Final = (0, 0)


class ReasonOut(BaseModel):
    """Why a service is not better than `readiness`; what a code does not speak of is left empty.

    `has` and `needed` are minutes (power), or how many (devices, seats). `since`: when it was last
    proven, when the bad news was seen, or what is due.
    """

    code: ReadinessReason
    readiness: Readiness
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
    """What an asset can do for one service; reasons worst first, none when it is ready."""

    service: str = Field(examples=["hearing"])
    label: str = Field(examples=["开庭"])
    readiness: Readiness
    reasons: list[ReasonOut]
    proven_at: datetime | None


class Telling:
    """Tells verdicts in one language."""

    def __init__(self, parts: Parts, language: str) -> None:
        self._labels = {
            one.name: one.zh if language == "zh-CN" else one.en
            for one in parts.readiness.services()
        }

    def verdict(self, asset: str, verdict: Verdict) -> VerdictOut:
        return VerdictOut(
            service=verdict.service,
            label=self._labels.get(verdict.service, verdict.service),
            readiness=verdict.readiness,
            reasons=[_reason(one) for one in verdict.reasons],
            proven_at=_instant(verdict.proven_at),
        )

    def rank(self, verdict: Verdict | None) -> tuple[int, int]:
        """In order of this the worst come first; an asset without the service comes last."""
        if verdict is None:
            return (1, 0)
        if not verdict.reasons:
            return _BEST
        return (-RANK[verdict.readiness], CODE_RANK[verdict.reasons[0].code])


def _reason(reason: Reason) -> ReasonOut:
    return ReasonOut(
        code=reason.code,
        readiness=reason.readiness,
        name=reason.name,
        asset=reason.asset,
        kinds=list(reason.kinds),
        faults=list(reason.faults),
        seat=reason.seat,
        link_has=reason.link_has,
        link_needed=reason.link_needed,
        has=reason.has,
        needed=reason.needed,
        since=_instant(reason.since),
    )


def _instant(ms: int | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)
