"""What is said over the API about artifacts."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from fleet_server.artifacts.model import ArtifactKind

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class ArtifactOut(BaseModel):
    """A file in the store; `linked_until`: until then some asset may fetch it."""

    sha256: Sha256
    name: str = Field(examples=["courtfleet-1.4.0.tar"])
    kind: ArtifactKind
    bytes: int = Field(examples=[21_504_000])
    added_at: datetime
    who: str
    linked_until: datetime | None


class Artifacts(BaseModel):
    """All of them, the newest first."""

    items: list[ArtifactOut]
