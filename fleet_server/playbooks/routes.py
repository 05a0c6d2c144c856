"""The catalogue of playbooks over the API: which there are, what they take, more of them."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from fleet_server.entrance import CallerNow, Now, PartsNow
from fleet_server.errors import Malformed, TooLarge
from fleet_server.playbooks import rules, store, syntax
from fleet_server.playbooks.api import OptionOut, PlaybookOut, Playbooks
from fleet_server.playbooks.model import Playbook

router = APIRouter(prefix="/api/v1", tags=["playbooks"])

_BODY = {"requestBody": {"content": {"application/gzip": {"schema": {"type": "string"}}}}}

Name = Annotated[str, Path(pattern="^[a-z][a-z0-9_]{0,47}$")]


@router.get("/playbooks", operation_id="list_playbooks")
def list_playbooks(caller: CallerNow, parts: PartsNow) -> Playbooks:
    """Which playbooks assets can be sent."""
    return Playbooks(items=[playbook_out(one) for one in parts.catalogue.playbooks()])


@router.get("/playbooks/{name}", operation_id="show_playbook")
def show_playbook(name: Name, caller: CallerNow, parts: PartsNow) -> PlaybookOut:
    """A playbook with all that it can be told."""
    playbook, _ = parts.catalogue.find(name)
    return playbook_out(playbook)


@router.put("/playbook-collections/{name}", operation_id="put_playbooks", openapi_extra=_BODY)
async def put_playbooks(
    name: Name, request: Request, caller: CallerNow, parts: PartsNow, now: Now
) -> Playbooks:
    """Add a folder of playbooks and roles as tar.gz, or a newer one under the same name."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > store.MOST_PACKED_BYTES:
            raise TooLarge("body_too_large", limit=store.MOST_PACKED_BYTES)

    def keep() -> Playbooks:
        files = store.unpacked(bytes(body))
        for problem in syntax.problems(files, list(rules.playbooks(files, name))):
            raise Malformed(problem.code, path=problem.path, **problem.facts)
        with parts.database.unit(caller, now) as unit:
            made = parts.catalogue.add(unit, name, bytes(body))
        return Playbooks(items=[playbook_out(one) for one in made.playbooks.values()])

    return await asyncio.to_thread(keep)


@router.delete("/playbook-collections/{name}", operation_id="remove_playbooks", status_code=204)
def remove_playbooks(name: Name, caller: CallerNow, parts: PartsNow, now: Now) -> Response:
    """Forget a collection that was added."""
    with parts.database.unit(caller, now) as unit:
        parts.catalogue.remove(unit, name)
    return Response(status_code=204)


def playbook_out(one: Playbook) -> PlaybookOut:
    return PlaybookOut(
        name=one.name,
        collection=one.collection,
        title=one.title,
        version=one.version,
        options=[OptionOut.model_validate(option, from_attributes=True) for option in one.options],
    )
