"""Desired documents: versions only grow, and an asset gets what it does not hold."""

import json
from dataclasses import dataclass, field

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from pydantic import JsonValue, ValidationError

from fleet_server.authority.store import Authority
from fleet_server.documents.routes import SettingsBody
from fleet_server.documents.sender import AGAIN_MS
from fleet_server.parts import Parts
from telemetry.wire import signed
from telemetry.wire.documents import Settings
from telemetry.wire.messages import Header
from tests.fleet_server.asking import OTHER_COURT, Api


@dataclass
class Vehicle:
    """An asset that tells what it holds, and takes what it is sent."""

    parts: Parts
    asset: str = "veh-001"
    now_ms: int = 1_772_000_000_000
    held: dict[str, int] = field(default_factory=dict)

    def tell(self) -> list[signed.Opened]:
        header = Header(self.now_ms, "ntp", "b1", 0, [], [], held=self.held)
        found = self.parts.sender.due(self.asset, header, self.now_ms)
        assert {topic for topic, _ in found} <= {f"fleet/v1/{self.asset}/down/desired"}
        return [signed.open_sealed(payload) for _, payload in found]


@pytest.fixture
def vehicle(api: Api, parts: Parts) -> Vehicle:
    api.add("veh-001")
    return Vehicle(parts)


def _put(api: Api, asset: str | None, seconds: float, version: int | None = None) -> int:
    path = f"assets/{asset}/documents" if asset else "documents"
    body: JsonValue = {"settings": {"report_moving_seconds": seconds}, "version": version}
    answer = api.put(f"/api/v1/{path}/settings", body)
    return int(answer.json()["version"]) if answer.status_code == 200 else -answer.status_code


def test_nothing_is_sent_as_long_as_nothing_was_made(vehicle: Vehicle) -> None:
    assert vehicle.tell() == []


def test_a_document_is_sent_signed_and_addressed(
    api: Api, vehicle: Vehicle, authority: Authority
) -> None:
    _put(api, "veh-001", 5)

    [found] = vehicle.tell()

    public = serialization.load_pem_public_key(authority.signing_pem.encode())
    assert isinstance(public, ed25519.Ed25519PublicKey)
    public.verify(found.signature, found.signed)
    header = found.header
    assert (header.asset, header.family, header.name) == ("veh-001", "desired", "settings")
    assert header.number == 1
    assert header.not_before < vehicle.now_ms < header.not_after
    assert msgspec.json.decode(found.body, type=Settings).report_moving_seconds == 5


def test_it_is_sent_again_until_it_is_held_but_not_at_every_header(
    api: Api, vehicle: Vehicle
) -> None:
    _put(api, "veh-001", 5)
    sent = []
    for _ in range(7):
        sent.append(len(vehicle.tell()))
        vehicle.now_ms += AGAIN_MS // 3
    vehicle.held = {"settings": 1}

    assert sent == [1, 0, 0, 1, 0, 0, 1]
    assert vehicle.tell() == []


def test_a_newer_version_is_sent_at_once(api: Api, vehicle: Vehicle) -> None:
    _put(api, "veh-001", 5)
    vehicle.tell()
    _put(api, "veh-001", 6)

    [found] = vehicle.tell()

    assert found.header.number == 2


def test_an_assets_own_document_goes_before_the_fleets(api: Api, vehicle: Vehicle) -> None:
    assert _put(api, None, 20) == 1
    assert [found.header.number for found in vehicle.tell()] == [1]
    assert _put(api, "veh-001", 5) == 2
    assert _put(api, None, 30) == 3

    [found] = vehicle.tell()

    assert found.header.number == 2
    assert api.get("/api/v1/assets/veh-001/documents/settings").json()["own"]


def test_the_status_shows_what_is_wanted_and_what_is_held(api: Api, vehicle: Vehicle) -> None:
    _put(api, "veh-001", 5)
    before = api.get("/api/v1/assets/veh-001/documents/settings").json()
    vehicle.held = {"settings": 1}
    vehicle.tell()
    after = api.get("/api/v1/assets/veh-001/documents/settings").json()

    assert (before["version"], before["held"]) == (1, None)
    assert (after["version"], after["held"]) == (1, 1)


def test_versions_grow_beyond_what_assets_hold_though_the_database_was_restored(
    api: Api, vehicle: Vehicle
) -> None:
    vehicle.held = {"settings": 9}
    vehicle.tell()

    assert _put(api, "veh-001", 5) == 10
    assert [found.header.number for found in vehicle.tell()] == [10]


def test_a_change_to_a_version_that_is_no_longer_there_is_refused(
    api: Api, vehicle: Vehicle
) -> None:
    assert _put(api, "veh-001", 5, version=0) == 1
    assert _put(api, "veh-001", 6, version=0) == -409
    assert _put(api, "veh-001", 6, version=1) == 2


def test_a_change_is_in_the_journal_with_before_and_after(api: Api, vehicle: Vehicle) -> None:
    _put(api, "veh-001", 5)
    _put(api, "veh-001", 6)

    row = api.get("/api/v1/journal").json()["items"][0]

    assert (row["what"], row["subject"]) == ("document_settings", "asset:veh-001")
    assert row["before"]["body"]["report_moving_seconds"] == 5
    assert row["after"] == {
        "version": 2,
        "body": {**row["before"]["body"], "report_moving_seconds": 6},
    }


def test_another_assets_document_is_not_sent(api: Api, parts: Parts, vehicle: Vehicle) -> None:
    api.add("veh-002", OTHER_COURT)
    _put(api, "veh-002", 5)

    assert vehicle.tell() == []
    assert len(Vehicle(parts, "veh-002").tell()) == 1


def test_people_and_agents_mean_the_same_settings() -> None:
    written = SettingsBody().model_dump_json().encode()

    assert msgspec.json.decode(written, type=Settings) == Settings()
    assert json.loads(written) == msgspec.to_builtins(Settings())


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("report_moving_seconds", 1, 86_400),
        ("report_standing_seconds", 1, 86_400),
        ("message_seconds", 1, 86_400),
        ("outbox_megabytes", 4, 65_536),
        ("keep_hours", 0, 720),
    ],
)
def test_people_and_agents_know_the_same_limits(name: str, low: int, high: int) -> None:
    for value, is_good in [(low, True), (high, True), (low - 1, False), (high + 1, False)]:
        text = json.dumps({name: value}).encode()
        for kind in ("people", "agents"):
            try:
                if kind == "people":
                    SettingsBody.model_validate_json(text)
                else:
                    msgspec.json.decode(text, type=Settings)
                took = True
            except (ValidationError, msgspec.ValidationError):
                took = False
            assert took == is_good, (kind, value)


def test_unknown_settings_are_refused(api: Api, vehicle: Vehicle) -> None:
    answer = api.put("/api/v1/assets/veh-001/documents/settings", {"settings": {"speed": 1}})

    assert answer.json()["code"] == "bad_request"
