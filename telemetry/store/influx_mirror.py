"""Copies what was committed to an InfluxDB, for Grafana and a court's data platform to read there.

A mirror, never the store: it may be down for a week, and copies at least once. How far it has got
is kept in the store itself, so that a store put back from a backup copies again what it forgot;
InfluxDB overwrites a point that comes twice.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, Protocol

from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException
from msgspec import Struct
from urllib3.exceptions import HTTPError

from telemetry.store.line_protocol import lines
from telemetry.store.port import ReportRow, StoreUnavailable

logger = logging.getLogger(__name__)

REPORTS_A_STEP: Final = 10_000
BODY_BYTES: Final = 4_000_000
TIMEOUT_MS: Final = 10_000
FIRST_PAUSE_MS: Final = 1_000
LONGEST_PAUSE_MS: Final = 60_000


class MirrorSettings(Struct, frozen=True):
    """Which InfluxDB; `bucket` is the database of a 1.x, where `token` is `user:password`."""

    url: str
    bucket: str = "courtfleet"
    org: str = ""
    token: str = ""


class MirrorStatus(Struct, frozen=True):
    """What one step did: reports copied by it, and still to be copied.

    `refused` points of them were turned down by InfluxDB for good, since the start. `error` is
    empty when the mirror works; then `retry_at` is 0.
    """

    copied: int
    behind: int
    refused: int
    error: str
    retry_at: int


class MirroredStore(Protocol):
    """What a mirror needs of a store: its reports counted in the order of their commit."""

    def last_ordinal(self) -> int:
        """How many reports were committed since the store began."""

    def committed(self, first: int, last: int) -> list[ReportRow]:
        """The reports with these ordinals, both included, in order."""

    def cursor(self, name: str) -> int:
        """The ordinal noted last under a name, 0 at first."""

    def move_cursor(self, name: str, ordinal: int) -> None:
        """Note an ordinal, durably."""


class _Server(Protocol):
    """An InfluxDB of one of the two generations; raises what `influxdb_client` raises."""

    def write(self, body: bytes) -> None: ...

    def close(self) -> None: ...


class InfluxMirror:
    """One mirror, used by one thread; `step` blocks for as long as the network takes."""

    def __init__(self, store: MirroredStore, settings: MirrorSettings) -> None:
        self._store = store
        self._settings = settings
        # another server or bucket begins with the first report
        self._name = f"influxdb {settings.url} {settings.bucket}"
        self._server: _Server | None = None
        self._cursor: int | None = None
        self._refused = 0
        self._error = ""
        self._pause = 0
        self._retry_at = 0

    def step(self, now: int) -> MirrorStatus:
        """Copy at most `REPORTS_A_STEP` reports; `now` in milliseconds since 1970.

        Never raises for a server or store that does not answer: it then waits longer each time,
        up to a minute, and a step before that does nothing.
        """
        copied = 0
        # a clock that was set back must not prolong the pause
        if not self._retry_at - self._pause <= now < self._retry_at:
            try:
                copied = self._copy()
            except (ApiException, HTTPError, OSError, StoreUnavailable, _NotInfluxDB) as error:
                self._fail(_told(error), now)
            else:
                self._error, self._pause, self._retry_at = "", 0, 0
        behind = self._store.last_ordinal() - (self._cursor or 0)
        return MirrorStatus(copied, behind, self._refused, self._error, self._retry_at)

    def close(self) -> None:
        """Release the connection; where it has got to is in the store."""
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def _copy(self) -> int:
        if self._cursor is None:
            self._cursor = self._store.cursor(self._name)
        first = self._cursor + 1
        last = min(self._cursor + REPORTS_A_STEP, self._store.last_ordinal())
        if last < first:
            return 0
        if self._server is None:
            self._server = _connected(self._settings)
        for body in bodies(self._store.committed(first, last)):
            self._write(self._server, body)
        self._store.move_cursor(self._name, last)
        self._cursor = last
        return last - first + 1

    def _write(self, server: _Server, body: bytes) -> None:
        """Go on where InfluxDB turns down some points for good and takes the others."""
        try:
            server.write(body)
        except ApiException as error:
            refused = _refused(error)
            if not refused:
                raise
            self._refused += refused
            logger.warning("InfluxDB turned points down", extra={"points": refused})

    def _fail(self, error: str, now: int) -> None:
        self.close()
        self._error = error
        self._pause = min(max(2 * self._pause, FIRST_PAUSE_MS), LONGEST_PAUSE_MS)
        self._retry_at = now + self._pause
        logger.warning("InfluxDB mirror waits", extra={"seconds": self._pause / 1000})


def bodies(reports: Sequence[ReportRow]) -> Iterator[bytes]:
    """The reports' lines, in requests of about `BODY_BYTES`; InfluxDB 1 refuses 25 MB."""
    body: list[bytes] = []
    size = 0
    for report in reports:
        for line in lines(report):
            body.append(line.encode())
            size += len(body[-1])
        if size >= BODY_BYTES:
            yield b"\n".join(body)
            body, size = [], 0
    if body:
        yield b"\n".join(body)


class _NotInfluxDB(Exception):
    """Something else answers under the address."""


class _Influx1:
    """InfluxDB 1.x: Debian's 1.6.7 has no /api/v2."""

    def __init__(self, settings: MirrorSettings) -> None:
        self._client = _client(settings, auth_basic=bool(settings.token))
        self._database = settings.bucket
        name = settings.bucket.replace("\\", "\\\\").replace('"', '\\"')
        # changes nothing where it exists
        self._post("/query", [("q", f'CREATE DATABASE "{name}"')], b"")

    def write(self, body: bytes) -> None:
        self._post("/write", [("db", self._database), ("precision", "ns")], body)

    def close(self) -> None:
        self._client.close()

    def _post(self, path: str, query: list[tuple[str, str]], body: bytes) -> None:
        self._client.api_client.call_api(
            path,
            "POST",
            query_params=query,
            header_params={"Content-Type": "text/plain; charset=utf-8"},
            body=body,
        )


class _Influx2:
    """InfluxDB 2 and later; the bucket must be there."""

    def __init__(self, settings: MirrorSettings) -> None:
        self._client = _client(settings)
        self._api = self._client.write_api(write_options=SYNCHRONOUS)
        self._bucket, self._org = settings.bucket, settings.org

    def write(self, body: bytes) -> None:
        self._api.write(self._bucket, self._org, body, write_precision=WritePrecision.NS)

    def close(self) -> None:
        self._api.close()
        self._client.close()


def _connected(settings: MirrorSettings) -> _Server:
    """The server, by what its /ping says of itself."""
    with _client(MirrorSettings(settings.url)) as client:
        _, _, headers = client.api_client.call_api("/ping", "GET")
    version = re.match(r"v?(\d+)\.", headers.get("X-Influxdb-Version", ""))
    if version is None:
        raise _NotInfluxDB(f"{settings.url} is not an InfluxDB")
    return _Influx1(settings) if int(version[1]) == 1 else _Influx2(settings)


def _client(settings: MirrorSettings, auth_basic: bool = False) -> Any:
    """An InfluxDBClient; as Any, because its types are half there and partly wrong."""
    return InfluxDBClient(
        settings.url,
        settings.token or None,  # type: ignore[arg-type]  # its own default is None
        org=settings.org,
        timeout=TIMEOUT_MS,
        auth_basic=auth_basic,
    )


def _refused(error: ApiException) -> int:
    """How many points InfluxDB turned down while it took the rest; 0 when it took none."""
    text = str(error.body)
    if error.status != 422 and "partial write" not in text:
        return 0
    dropped = re.search(r"dropped[= ](\d+)", text)
    return max(int(dropped[1]), 1) if dropped else 1


def _told(error: Exception) -> str:
    """One line; a token never stands in an answer."""
    if isinstance(error, ApiException):
        return f"InfluxDB answers {error.status}: {str(error.body or error.reason)[:200].strip()}"
    return " ".join(str(error).split())[:300]
