"""What another profile or catalogue would change, before anybody holds it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, JsonValue

from fleet_server.assets import store as assets
from fleet_server.assets.model import Asset
from fleet_server.documents import contents
from fleet_server.entrance import CallerNow, Now, PartsNow, language_of
from fleet_server.errors import Malformed
from fleet_server.parts import Parts
from telemetry.rules.readiness import Verdict
from telemetry.sentences.telling import tell
from telemetry.sentences.wording import Sentence
from telemetry.wire.catalogue import Catalogue
from telemetry.wire.profile import Profile
from telemetry.words import AssetKind, Document, Readiness

router = APIRouter(prefix="/api/v1", tags=["readiness"])


class PreviewIn(BaseModel):
    """A profile or a catalogue that nobody holds yet, and the assets it would be for."""

    profile: JsonValue = None
    catalogue: JsonValue = None
    assets: Annotated[list[str], Field(min_length=1, max_length=10_000)]


class VerdictChange(BaseModel):
    """From which verdict to which; null where the service is not judged before, or afterwards.

    `reason`: the worst afterwards, in the reader's language; "" when there is none.
    """

    service: str = Field(examples=["hearing"])
    label: str = Field(examples=["开庭审理"])
    before: Readiness | None
    after: Readiness | None
    reason: str = Field(examples=["打印机：配有 0 台，需要 1 台。"])


class PreviewRow(BaseModel):
    """An asset that would change, and each service for which it would."""

    asset: str
    kind: AssetKind
    name: str
    court: str
    changes: list[VerdictChange]


class Preview(BaseModel):
    """The assets whose readiness would change, of so many."""

    looked_at: int
    items: list[PreviewRow]


@router.post("/readiness/preview", operation_id="preview_readiness")
def preview_readiness(
    body: PreviewIn, caller: CallerNow, parts: PartsNow, now: Now, request: Request
) -> Preview:
    """Which assets' readiness would change under another profile or catalogue; nothing does."""
    profile = _content(Document.PROFILE, body.profile)
    catalogue = _content(Document.CATALOGUE, body.catalogue)
    if profile is None and catalogue is None:
        raise Malformed("nothing_to_preview")
    assert profile is None or isinstance(profile, Profile)  # noqa: S101  # read as such
    assert catalogue is None or isinstance(catalogue, Catalogue)  # noqa: S101  # as above
    with parts.database.reading() as session:
        wanted = assets.visible(session, caller, body.assets)
        known = [assets.find(session, caller, asset) for asset in wanted]
    language = language_of(request)
    comparing = _Comparing(parts, now, language, profile, catalogue)
    rows = [comparing.row(asset) for asset in known]
    return Preview(looked_at=len(known), items=[row for row in rows if row.changes])


class _Comparing:
    """Judges assets twice, at one moment."""

    def __init__(
        self,
        parts: Parts,
        now: datetime,
        language: str,
        profile: Profile | None,
        catalogue: Catalogue | None,
    ) -> None:
        self._readiness = parts.readiness
        self._now = now
        self._language = language
        self._profile = profile
        self._catalogue = catalogue

    def row(self, asset: Asset) -> PreviewRow:
        """One asset, with no changes when all of it stays."""
        profile, catalogue = self._readiness.documents(asset.id)
        before = _by_service(self._readiness.would_be(asset.id, self._now, None, None))
        after = _by_service(
            self._readiness.would_be(asset.id, self._now, self._profile, self._catalogue)
        )
        labels = {
            one.name: Sentence(one.en, one.zh).said(self._language)
            for one in (*catalogue.services, *(self._catalogue or catalogue).services)
        }
        return PreviewRow(
            asset=asset.id,
            kind=asset.kind,
            name=asset.name,
            court=asset.court,
            changes=[
                self._change(name, label, before.get(name), after.get(name), profile)
                for name, label in labels.items()
                if _readiness(before.get(name)) is not _readiness(after.get(name))
            ],
        )

    def _change(
        self, name: str, label: str, before: Verdict | None, after: Verdict | None, present: Profile
    ) -> VerdictChange:
        reason = ""
        if after is not None and after.reasons:
            profile = self._profile or present
            now_ms = round(self._now.timestamp() * 1000)
            reason = tell(after.reasons[0], profile, self._language, now_ms).reason
        return VerdictChange(
            service=name,
            label=label,
            before=_readiness(before),
            after=_readiness(after),
            reason=reason,
        )


def _content(name: Document, content: JsonValue) -> contents.Content | None:
    return None if content is None else contents.read(name, content)


def _by_service(verdicts: Iterable[Verdict]) -> Mapping[str, Verdict]:
    return {one.service: one for one in verdicts}


def _readiness(verdict: Verdict | None) -> Readiness | None:
    return None if verdict is None else verdict.readiness
