"""Requests to the server's enrolment listener. Not for the running agent."""

import hashlib
import http.client
import socket
import ssl
from typing import Final

import msgspec
from msgspec import Struct

from edge_agent.errors import EnrolmentFailed
from telemetry.wire.enrolment import EnrolAnswer, EnrolRequest, RenewRequest

_SECONDS: Final = 30.0
_LARGEST_ANSWER_BYTES: Final = 256 * 1024


class _Problem(Struct):
    """application/problem+json, as far as people read it."""

    detail: str = ""
    title: str = ""


class Centre:
    """The listener at one address. Every method blocks for half a minute at most a connection.

    Raises:
        EnrolmentFailed: unreachable, another server than was meant, or it refused.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port

    def authority(self, fingerprint: str) -> str:
        """The CA's certificate (PEM), trusted only because its SHA-256 is the fingerprint."""
        blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        blind.check_hostname = False
        blind.verify_mode = ssl.CERT_NONE
        pem = self._ask(blind, "GET", "/ca", None).decode("ascii", "replace")
        try:
            found = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.strip())).hexdigest()
        except ValueError as error:
            raise self._failed("does not answer like a Courtfleet server") from error
        if found != fingerprint.lower():
            raise self._failed(
                "is not the server that this string was made by (other fingerprint);"
                " check the address, or somebody is in between"
            )
        return pem

    def enrol(self, ca_pem: str, request: EnrolRequest) -> EnrolAnswer:
        """The first certificate, for the secret of an enrolment string."""
        return self._certified(ca_pem, "/enrol", request)

    def renew(self, ca_pem: str, request: RenewRequest) -> EnrolAnswer:
        """The next certificate, for a proof by the present one's key."""
        return self._certified(ca_pem, "/renew", request)

    def _certified(
        self, ca_pem: str, path: str, request: EnrolRequest | RenewRequest
    ) -> EnrolAnswer:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=ca_pem)
        answer = self._ask(context, "POST", path, msgspec.json.encode(request))
        try:
            return msgspec.json.decode(answer, type=EnrolAnswer)
        except msgspec.MsgspecError as error:
            raise self._failed("does not answer like a Courtfleet server") from error

    def _ask(self, context: ssl.SSLContext, method: str, path: str, body: bytes | None) -> bytes:
        connection = http.client.HTTPSConnection(
            self._host, self._port, timeout=_SECONDS, context=context
        )
        headers = {} if body is None else {"Content-Type": "application/json"}
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            content = response.read(_LARGEST_ANSWER_BYTES)
        except ssl.SSLCertVerificationError as error:
            raise self._failed(
                f"shows a certificate that is not valid: {error.verify_message}"
            ) from error
        except (TimeoutError, socket.gaierror, OSError, http.client.HTTPException) as error:
            raise EnrolmentFailed(
                f"the server {self._host}:{self._port} cannot be reached: {_why(error)}"
            ) from error
        finally:
            connection.close()
        if response.status >= 300:
            raise EnrolmentFailed(_detail(response.status, content))
        return content

    def _failed(self, what: str) -> EnrolmentFailed:
        return EnrolmentFailed(f"{self._host}:{self._port} {what}")


def _detail(status: int, content: bytes) -> str:
    try:
        problem = msgspec.json.decode(content, type=_Problem)
    except msgspec.MsgspecError:
        problem = _Problem()
    said = problem.detail or problem.title or f"HTTP status {status}"
    return f"the server refused: {said}"


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
