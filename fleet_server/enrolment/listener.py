"""The enrolment listener: three requests over TLS, for machines that have no certificate yet."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from typing import Final, TypeAlias, TypeVar

import msgspec
from msgspec import Struct

from fleet_server.enrolment.store import Enrolment
from fleet_server.errors import STATUS, FleetError, Malformed, NotFound, TooLarge
from fleet_server.sentences import explain, preferred
from telemetry.wire.enrolment import EnrolAnswer, EnrolRequest, RenewRequest

logger = logging.getLogger(__name__)

MAX_BODY_BYTES: Final = 16 * 1024

Message: TypeAlias = MutableMapping[str, object]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Request = TypeVar("Request", EnrolRequest, RenewRequest)


class Refusal(Struct, frozen=True):
    """The answer to what was refused: a code for programs, a sentence for people."""

    status: int
    code: str
    detail: str


class Answer(Struct, frozen=True):
    status: int
    kind: str
    body: bytes


class EnrolmentListener:
    """An ASGI application of its own, so that nothing else can ever be reached at this port."""

    def __init__(self, enrolment: Enrolment, clock: Callable[[], datetime]) -> None:
        self._enrolment = enrolment
        self._clock = clock
        self._ways: dict[tuple[str, str], Callable[[bytes], bytes]] = {
            ("GET", "/ca"): self._ca,
            ("POST", "/enrol"): self._enrol,
            ("POST", "/renew"): self._renew,
        }

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        answer = await self._answer(scope, receive)
        headers = [
            (b"content-type", answer.kind.encode()),
            (b"content-length", str(len(answer.body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        start = {"type": "http.response.start", "status": answer.status, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Message, receive: Receive) -> Answer:
        try:
            way = self._ways.get((str(scope["method"]), str(scope["path"])))
            if way is None:
                raise NotFound("not_found")
            body = await _body(receive)
            kind = "application/x-pem-file" if scope["path"] == "/ca" else "application/json"
            return Answer(200, kind, await asyncio.to_thread(way, body))
        except FleetError as error:
            logger.info("an enrolment was refused", extra={"code": error.code})
            return _refusal(error, STATUS.get(type(error), 500), scope)
        except Exception:
            logger.exception("an enrolment failed")
            return _refusal(FleetError("internal"), 500, scope)

    def _ca(self, _: bytes) -> bytes:
        return self._enrolment.ca_pem.encode()

    def _enrol(self, body: bytes) -> bytes:
        return _encoded(self._enrolment.enrol(_decoded(body, EnrolRequest), self._clock()))

    def _renew(self, body: bytes) -> bytes:
        return _encoded(self._enrolment.renew(_decoded(body, RenewRequest), self._clock()))


async def _body(receive: Receive) -> bytes:
    """The request's body.

    Raises:
        TooLarge: more than `MAX_BODY_BYTES`; the rest is not read.
    """
    found = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Malformed("bad_request", field="body", problem="cut off")
        part = message.get("body", b"")
        found += part if isinstance(part, bytes) else b""
        if len(found) > MAX_BODY_BYTES:
            raise TooLarge("body_too_large", limit=MAX_BODY_BYTES)
        if not message.get("more_body"):
            return found


def _decoded(body: bytes, kind: type[Request]) -> Request:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("bad_request", field="body", problem=str(error)) from error


def _encoded(answer: EnrolAnswer) -> bytes:
    return msgspec.json.encode(answer)


def _refusal(error: FleetError, status: int, scope: Message) -> Answer:
    headers = scope["headers"]
    accepted = ""
    if isinstance(headers, list):
        accepted = dict(headers).get(b"accept-language", b"").decode("latin-1")
    said = Refusal(status, error.code, explain(error, preferred(accepted)))
    return Answer(status, "application/problem+json", msgspec.json.encode(said))
