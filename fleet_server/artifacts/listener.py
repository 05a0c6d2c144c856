"""The listener that the field fetches artifacts from: by signed link, whole or by `Range`."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from typing import Final, TypeAlias, cast

from starlette.responses import FileResponse, Response
from starlette.types import Receive as StarletteReceive
from starlette.types import Scope as StarletteScope
from starlette.types import Send as StarletteSend

from fleet_server.artifacts.store import Artifacts
from fleet_server.errors import STATUS, FleetError, NotFound

logger = logging.getLogger(__name__)

MOST_CONNECTIONS: Final = 64
_MEDIA_TYPE: Final = "application/octet-stream"

Message: TypeAlias = MutableMapping[str, object]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


class ArtifactListener:
    """An ASGI application of its own, so that nothing else can ever be reached at this port."""

    def __init__(self, artifacts: Artifacts, clock: Callable[[], datetime]) -> None:
        self._artifacts = artifacts
        self._clock = clock

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        response = await self._response(scope)
        await response(
            cast("StarletteScope", scope),
            cast("StarletteReceive", receive),
            cast("StarletteSend", send),
        )

    async def _response(self, scope: Message) -> Response:
        headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
        try:
            if scope["method"] not in {"GET", "HEAD"}:
                raise NotFound("not_found")
            asked, now = str(scope["path"]), self._clock()
            grant, path = await asyncio.to_thread(self._artifacts.granted, asked, now)
        except FleetError as error:
            # Not the link: whoever reads the log could use it.
            logger.info("an artifact was refused", extra={"code": error.code})
            return Response(status_code=STATUS.get(type(error), 500), headers=headers)
        facts = {"artifact": grant.sha256[:12], "asset": grant.asset}
        logger.debug("an artifact is fetched", extra=facts)
        return FileResponse(path, media_type=_MEDIA_TYPE, headers=headers)
