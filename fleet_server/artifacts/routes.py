"""The artifact store over the API: what is in it, more into it, out of it."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from fleet_server.artifacts import store
from fleet_server.artifacts.api import ArtifactOut, Artifacts, Sha256
from fleet_server.artifacts.model import Artifact, ArtifactKind
from fleet_server.entrance import CallerNow, Now, PartsNow

router = APIRouter(prefix="/api/v1", tags=["artifacts"])

_BATCH_BYTES = 1024 * 1024
_BODY = {"requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string"}}}}}

Name = Annotated[str, Query(min_length=1, max_length=120, examples=["courtfleet-1.4.0.tar"])]
Announced = Annotated[str, Query(pattern="^([0-9a-f]{64})?$", description="Refuse other content")]


@router.get("/artifacts", operation_id="list_artifacts")
def list_artifacts(caller: CallerNow, parts: PartsNow) -> Artifacts:
    """What is in the store."""
    with parts.database.reading() as session:
        return Artifacts(items=[artifact_out(one) for one in store.artifacts(session)])


@router.post("/artifacts", operation_id="add_artifact", status_code=201, openapi_extra=_BODY)
async def add_artifact(
    request: Request,
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    name: Name,
    kind: ArtifactKind = ArtifactKind.FILE,
    sha256: Announced = "",
) -> ArtifactOut:
    """Put a file into the store; what is there already only gets the new name."""
    with parts.artifacts.upload() as upload:
        batch = bytearray()
        async for chunk in request.stream():
            batch += chunk
            if len(batch) >= _BATCH_BYTES:
                await asyncio.to_thread(upload.append, bytes(batch))
                batch.clear()
        await asyncio.to_thread(upload.append, bytes(batch))
        store.check_announced(upload, sha256)

        def keep() -> Artifact:
            upload.finish()
            with parts.database.unit(caller, now) as unit:
                return parts.artifacts.put(unit, upload, name, kind)

        return artifact_out(await asyncio.to_thread(keep))


@router.delete("/artifacts/{sha256}", operation_id="remove_artifact", status_code=204)
def remove_artifact(sha256: Sha256, caller: CallerNow, parts: PartsNow, now: Now) -> Response:
    """Delete a file; refused while an asset may still fetch it."""
    with parts.database.unit(caller, now) as unit:
        parts.artifacts.remove(unit, sha256)
    return Response(status_code=204)


def artifact_out(one: Artifact) -> ArtifactOut:
    return ArtifactOut(
        sha256=one.sha256,
        name=one.name,
        kind=one.kind,
        bytes=one.bytes,
        added_at=one.added_at,
        who=one.who,
        linked_until=one.linked_until,
    )
