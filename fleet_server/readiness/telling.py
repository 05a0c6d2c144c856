"""Verdicts as the API gives them, in the reader's language."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from fleet_server.parts import Parts
from fleet_server.readiness.api import ReasonOut, VerdictOut
from telemetry.rules.grades import CODE_RANK, RANK
from telemetry.rules.readiness import Reason, Verdict
from telemetry.sentences.names import READINESS, SELF_CHECKED
from telemetry.sentences.telling import age, tell
from telemetry.sentences.wording import Sentence
from telemetry.wire.catalogue import Service
from telemetry.wire.profile import Profile


class Telling:
    """Tells verdicts in one language, at one moment."""

    def __init__(self, parts: Parts, language: str, now: datetime) -> None:
        self._readiness = parts.readiness
        self._language = language
        self._now_ms = round(now.timestamp() * 1000)

    def service(self, service: Service) -> str:
        """What people call it."""
        return Sentence(service.en, service.zh).said(self._language)

    def verdicts(self, asset: str, verdicts: Iterable[Verdict]) -> list[VerdictOut]:
        """Verdicts for services of the asset's catalogue, in their order."""
        profile, catalogue = self._readiness.documents(asset)
        labels = {one.name: self.service(one) for one in catalogue.services}
        return [
            VerdictOut(
                service=one.service,
                label=labels.get(one.service, one.service),
                readiness=one.readiness,
                word=READINESS[one.readiness].said(self._language),
                reasons=[self._reason(reason, profile) for reason in one.reasons],
                proven_at=_instant(one.proven_at),
                self_checked_at=_instant(one.self_checked_at),
                self_checked=self._mark(one.self_checked_at),
            )
            for one in verdicts
        ]

    def _mark(self, self_checked_at: int | None) -> str:
        if self_checked_at is None:
            return ""
        ago = age(self._now_ms - self_checked_at, self._language)
        return SELF_CHECKED.said(self._language, age=ago)

    def _reason(self, reason: Reason, profile: Profile) -> ReasonOut:
        if reason.asset:  # carried: its own profile has the device's name
            profile, _ = self._readiness.documents(reason.asset)
        told = tell(reason, profile, self._language, self._now_ms)
        return ReasonOut(
            code=reason.code,
            readiness=reason.readiness,
            sentence=told.reason,
            remedy=told.remedy,
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


def rank(verdicts: Sequence[Verdict]) -> tuple[int, int]:
    """In order of this the worst of one service come first; without the service, last."""
    if not verdicts:
        return (1, 0)
    reasons = verdicts[0].reasons
    return (-RANK[verdicts[0].readiness], CODE_RANK[reasons[0].code] if reasons else 0)


def _instant(ms: int | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)
