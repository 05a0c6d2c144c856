"""The server's API as the simulators need it, over its Unix socket."""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Final, TypeVar

import httpx
import msgspec
import pyarrow.parquet as pq
from msgspec import Struct

from simulators.errors import RigFailed
from simulators.fleet import Member
from telemetry.metrics import ASSET_KEYS
from telemetry.wire.documents import Settings
from telemetry.wire.enrolment import EnrolAnswer
from telemetry.wire.messages import Value
from telemetry.wire.people import People
from telemetry.wire.profile import Profile
from telemetry.words import AssetKind

_SECONDS: Final = 120.0
_ROWS_AT_ONCE: Final = 10_000
_FIXED: Final = ("asset", "epoch", "number", "boot", "up_ms", "measured_at")
_ASSETS_AT_ONCE: Final = 250
_Answer = TypeVar("_Answer")
_Item = TypeVar("_Item")


class Balance(Struct, frozen=True):
    """Where the record numbers of one asset and stream (and epoch) are."""

    asset: str
    stream: str
    head: int
    stored: int
    set_aside: int
    dropped: int
    lost: int
    missing: int
    epoch: str | None = None


class Exported(Struct, frozen=True):
    """One report as the server exports it; absent values are left out."""

    asset: str
    epoch: str
    number: int
    boot: str
    up_ms: int
    measured_at: datetime | None
    metrics: dict[str, Value]
    devices: dict[str, dict[str, Value]]


class Setup(Struct, frozen=True):
    """What is desired of an asset and what it reported, as hashes, and which files differ there."""

    asset: str
    desired: str
    reported: str
    differs: list[str]


class _Setups(Struct):
    items: list[Setup]


class _Balances(Struct):
    items: list[Balance]


class _Certified(Struct):
    items: list[EnrolAnswer]


class _Latest(Struct):
    number: int


class _Entry(Struct):
    what: str


class _Journal(Struct):
    items: list[_Entry]


class _Intake(Struct):
    duplicates_ignored: int


class _Status(Struct):
    intake: _Intake
    assets: int
    live: int
    reports_per_minute: float


class _Live(Struct):
    absence: str


class _Started(Struct):
    version: str


class _Asset(Struct):
    live: _Live | None


class Centre:
    """Asks the server of one data folder; every call blocks until it has answered."""

    def __init__(self, data: Path) -> None:
        # A socket's name has at most 107 bytes, a folder's path may have more.
        self._folder = os.open(data, os.O_PATH | os.O_DIRECTORY)
        transport = httpx.HTTPTransport(uds=f"/proc/self/fd/{self._folder}/server.sock")
        self._http = httpx.Client(
            transport=transport, base_url="http://courtfleet/api/v1", timeout=_SECONDS
        )

    def close(self) -> None:
        self._http.close()
        os.close(self._folder)

    def status(self) -> _Status:
        return self._asked(_Status, "GET", "/status")

    def certify(self, members: Sequence[tuple[Member, str]]) -> list[EnrolAnswer]:
        """Add simulated assets, each with its signing request (PEM), in order."""
        found: list[EnrolAnswer] = []
        for some in batched(members, _ASSETS_AT_ONCE):
            assets = [{**_described(member), "csr": csr} for member, csr in some]
            body = {"assets": assets}
            found += self._asked(_Certified, "POST", "/simulation/assets", body).items
        return found

    def invite(self, members: Sequence[Member]) -> None:
        """Add assets that have yet to enrol."""
        if members:
            body = {"assets": [_described(member) for member in members]}
            self._asked(dict[str, object], "POST", "/assets", body)

    def put_courts(self, members: Sequence[Member]) -> None:
        """The records of the courts of these assets: public facts only."""
        for district in {member.district.code: member.district for member in members}.values():
            body = {"level": "basic", "district": district.name}
            self._asked(dict[str, object], "PUT", f"/courts/{district.court}", body)

    def put_settings(self, settings: Settings) -> None:
        """The desired settings of the whole fleet."""
        body = {"settings": msgspec.to_builtins(settings)}
        self._asked(dict[str, object], "PUT", "/documents/settings", body)

    def put_people(self, people: People) -> None:
        """Who may act on every asset of the fleet."""
        body = {"content": msgspec.to_builtins(people)}
        self._asked(dict[str, object], "PUT", "/documents/people", body)

    def put_profile(self, asset: str, profile: Profile) -> None:
        """What one asset carries."""
        body = {"content": msgspec.to_builtins(profile)}
        self._asked(dict[str, object], "PUT", f"/assets/{asset}/documents/profile", body)

    def put_kind_profile(self, kind: AssetKind, profile: Profile) -> None:
        """What all assets of a kind carry that have nothing of their own."""
        body = {"content": msgspec.to_builtins(profile)}
        self._asked(dict[str, object], "PUT", f"/documents/profile?kind={kind}", body)

    def put_layer(self, scope: str, values: Mapping[str, object], comment: str) -> None:
        """What is desired of the machines in this scope, in place of what it said before."""
        body = {"text": msgspec.json.encode(values).decode(), "comment": comment}
        query = {"scope": scope}
        self._sent("PUT", "/configuration/layer", body, query)

    def setups(self) -> list[Setup]:
        """How each asset stands to what is desired of it."""
        return self._asked(_Setups, "GET", "/configuration/assets").items

    def start_rollout(
        self, playbook: str, variables: Mapping[str, str], why: str, *, is_check: bool = False
    ) -> str:
        """Bring a playbook to everybody, in the usual waves; its version."""
        plan = {"is_check": is_check, "conditions": {"while_moving": True}}
        body = {"playbook": playbook, "variables": variables, "plan": plan, "why": why}
        return self._asked(_Started, "POST", "/rollouts", body).version

    def balances(self) -> list[Balance]:
        """One entry an asset and stream."""
        return self._asked(_Balances, "GET", "/balance").items

    def balance(self, asset: str) -> list[Balance]:
        """One entry a stream and epoch of one asset."""
        return self._asked(_Balances, "GET", f"/assets/{asset}/balance").items

    def latest_number(self, asset: str) -> int:
        """The number of the report that was measured last."""
        return self._asked(_Latest, "GET", f"/assets/{asset}/latest").number

    def absence(self, asset: str) -> str:
        """Why the asset is not there: none, never, silence or will."""
        live = self._asked(_Asset, "GET", f"/assets/{asset}").live
        return "never" if live is None else live.absence

    def journal(self) -> set[str]:
        """What kinds of changes the last thousand entries are."""
        return {entry.what for entry in self._asked(_Journal, "GET", "/journal?limit=1000").items}

    def reports(self, assets: Sequence[str] = ()) -> Iterator[Exported]:
        """Every report of these assets (none named: of all), by asset and time."""
        since = datetime(1970, 1, 2, tzinfo=UTC)
        until = datetime.now(UTC) + timedelta(days=4000)
        while since < until:
            # One question may span ten years at most.
            end = min(until, since + timedelta(days=3600))
            yield from self._exported(assets, since, end)
            since = end

    def _exported(
        self, assets: Sequence[str], since: datetime, until: datetime
    ) -> Iterator[Exported]:
        query: dict[str, str | list[str]] = {
            "format": "parquet",
            "asset": list(assets),
            "since": since.isoformat(),
            "until": until.isoformat(),
        }
        table = pq.ParquetFile(BytesIO(self._sent("GET", "/export", query=query).content))
        for batch in table.iter_batches(_ROWS_AT_ONCE):
            for row in batch.to_pylist():
                yield _report(row)

    def _asked(self, kind: type[_Answer], method: str, path: str, body: object = None) -> _Answer:
        return msgspec.json.decode(self._sent(method, path, body).content, type=kind)

    def _sent(
        self,
        method: str,
        path: str,
        body: object = None,
        query: Mapping[str, str | list[str]] | None = None,
    ) -> httpx.Response:
        content = None if body is None else msgspec.json.encode(body)
        headers = {"content-type": "application/json"} if content else {}
        try:
            answer = self._http.request(
                method, path, content=content, headers=headers, params=query
            )
        except httpx.HTTPError as error:
            raise RigFailed(f"The server does not answer: {error}") from error
        if answer.is_error:
            raise RigFailed(f"The server refused {method} {path}: {answer.text[:300]}")
        return answer


def _described(member: Member) -> dict[str, object]:
    return {
        "id": member.asset,
        "kind": member.kind,
        "name": member.name,
        "court": member.district.court,
        "plate": member.plate,
        "home": {
            "latitude_degrees": member.home.latitude_degrees,
            "longitude_degrees": member.home.longitude_degrees,
        },
    }


def batched(items: Sequence[_Item], count: int) -> Iterator[Sequence[_Item]]:
    """The items, so many at a time."""
    for at in range(0, len(items), count):
        yield items[at : at + count]


def _report(row: Mapping[str, object]) -> Exported:
    found = {key: row[key] for key in ASSET_KEYS if row.get(key) is not None}
    more = row.get("more")
    if isinstance(more, str):
        found.update(msgspec.json.decode(more, type=dict[str, object]))
    devices = row.get("devices")
    fields = {name: row[name] for name in _FIXED}
    measured_at = row["measured_at"]
    if isinstance(measured_at, datetime):
        fields["measured_at"] = measured_at.replace(tzinfo=UTC)  # Parquet's has none
    fields["metrics"] = found
    fields["devices"] = msgspec.json.decode(devices) if isinstance(devices, str) else {}
    return msgspec.convert(fields, Exported)
