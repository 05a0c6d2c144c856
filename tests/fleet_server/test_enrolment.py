"""The enrolment listener: who becomes which asset, and everybody who does not."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import JsonValue

from fleet_server.authority import rules
from fleet_server.authority.store import Authority
from fleet_server.enrolment.listener import MAX_BODY_BYTES, EnrolmentListener
from fleet_server.parts import Parts
from telemetry.wire.enrolment import Invitation, from_string
from tests.fleet_server.asking import Api
from tests.fleet_server.conftest import Clock
from tests.fleet_server.machine import Machine


@pytest.fixture
def door(parts: Parts) -> Api:
    return Api(EnrolmentListener(parts.enrolment, parts.clock))


@pytest.fixture
def invitation(api: Api) -> Invitation:
    return from_string(api.add("veh-001"))


def _enrol(door: Api, secret: str, machine: Machine | None = None) -> tuple[int, str]:
    csr = (machine or Machine()).csr()
    answer = door.post("/enrol", {"secret": secret, "csr": csr})
    return answer.status_code, answer.json().get("code", "")


def _renewal(machine: Machine, certificate: str, following: Machine) -> JsonValue:
    csr = following.csr()
    return {"csr": csr, "certificate": certificate, "proof": machine.proof(csr)}


def test_a_machine_with_its_string_becomes_the_asset(
    door: Api, invitation: Invitation, parts: Parts
) -> None:
    machine = Machine()

    answer = door.post("/enrol", {"secret": invitation.secret, "csr": machine.csr("veh-999")})

    assert answer.status_code == 200
    said = answer.json()
    certificate = x509.load_pem_x509_certificate(said["certificate"].encode())
    assert (said["asset"], rules.common_name(certificate)) == ("veh-001", "veh-001")
    assert certificate.public_key() == machine.key.public_key()
    assert (said["broker_host"], said["broker_port"]) == ("localhost", 8883)
    assert said["signing_key"] == parts.authority.signing_pem
    assert door.get("/ca").text == said["ca"]


def test_a_string_works_once(door: Api, invitation: Invitation) -> None:
    assert _enrol(door, invitation.secret) == (200, "")
    assert _enrol(door, invitation.secret) == (403, "invitation_used")


def test_a_string_expires_after_a_day(door: Api, invitation: Invitation, clock: Clock) -> None:
    clock.move(hours=24)

    assert _enrol(door, invitation.secret) == (403, "invitation_expired")


def test_after_five_wrong_tries_even_the_right_one_is_refused(
    door: Api, invitation: Invitation
) -> None:
    number = invitation.secret.partition(".")[0]
    for _ in range(5):
        assert _enrol(door, f"{number}.wrong") == (403, "invitation_unknown")

    assert _enrol(door, invitation.secret) == (429, "invitation_spent")


def test_the_fifth_try_may_still_be_right(door: Api, invitation: Invitation) -> None:
    number = invitation.secret.partition(".")[0]
    for _ in range(4):
        _enrol(door, f"{number}.wrong")

    assert _enrol(door, invitation.secret) == (200, "")


@pytest.mark.parametrize("secret", ["", ".", "0123456789ab.x", "x" * 3000, "车.载"])
def test_a_string_of_nobody_is_refused(door: Api, invitation: Invitation, secret: str) -> None:
    assert _enrol(door, secret) == (403, "invitation_unknown")


def test_a_wrong_signing_request_costs_a_try_but_not_the_string(
    door: Api, invitation: Invitation
) -> None:
    answer = door.post("/enrol", {"secret": invitation.secret, "csr": "nonsense"})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_csr")
    assert _enrol(door, invitation.secret) == (200, "")


def test_a_new_string_withdraws_the_one_before(door: Api, api: Api, invitation: Invitation) -> None:
    made = api.post("/api/v1/assets/veh-001/invitations").json()["enrolment_string"]

    assert _enrol(door, invitation.secret) == (403, "invitation_withdrawn")
    assert _enrol(door, from_string(made).secret) == (200, "")


def test_a_string_names_the_authority(invitation: Invitation, authority: Authority) -> None:
    assert invitation.fingerprint == authority.fingerprint
    assert (invitation.host, invitation.port) == ("localhost", 8884)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/enrol", 404),
        ("POST", "/ca", 404),
        ("GET", "/api/v1/assets", 404),
        ("GET", "/healthz", 404),
        ("POST", "/renew/", 404),
    ],
)
def test_nothing_else_is_behind_this_port(door: Api, method: str, path: str, status: int) -> None:
    assert door.ask(method, path).status_code == status


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "bad_request"),
        (b"\xff\xfe", 422, "bad_request"),
        (b"[" * 10_000, 422, "bad_request"),
        (b'{"csr":"x","secret":"y","asset":"veh-002"}', 422, "bad_request"),
        (b'{"csr":1,"secret":"y"}', 422, "bad_request"),
        (b"x" * (MAX_BODY_BYTES + 1), 413, "body_too_large"),
    ],
)
def test_a_strange_body_is_refused(door: Api, body: bytes, status: int, code: str) -> None:
    answer = door.ask("POST", "/enrol", content=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_refusal_speaks_the_readers_language(door: Api) -> None:
    answer = door.ask(
        "POST", "/enrol", {"secret": "x", "csr": "y"}, {"accept-language": "zh-CN,zh;q=0.9"}
    )

    assert "注册码" in answer.json()["detail"]


@pytest.fixture
def machine(door: Api, invitation: Invitation) -> tuple[Machine, str]:
    """An enrolled machine and its certificate."""
    made = Machine()
    answer = door.post("/enrol", {"secret": invitation.secret, "csr": made.csr()})
    return made, answer.json()["certificate"]


def test_the_owner_of_a_certificate_gets_the_next_one(
    door: Api, machine: tuple[Machine, str], clock: Clock
) -> None:
    present, certificate = machine
    following = Machine()
    clock.move(days=60)

    answer = door.post("/renew", _renewal(present, certificate, following))

    assert answer.status_code == 200
    made = x509.load_pem_x509_certificate(answer.json()["certificate"].encode())
    assert rules.common_name(made) == "veh-001"
    assert made.public_key() == following.key.public_key()


def test_a_certificate_without_its_key_is_no_proof(door: Api, machine: tuple[Machine, str]) -> None:
    thief = Machine()

    answer = door.post("/renew", _renewal(thief, machine[1], thief))

    assert answer.json()["code"] == "bad_renewal"


def test_a_proof_is_good_for_its_request_only(door: Api, machine: tuple[Machine, str]) -> None:
    present, certificate = machine
    body = {
        "csr": Machine().csr(),
        "certificate": certificate,
        "proof": present.proof(Machine().csr()),
    }

    assert door.post("/renew", {**body}).json()["code"] == "bad_renewal"


def test_an_asset_that_lay_in_a_cupboard_renews_for_half_a_year(
    door: Api, machine: tuple[Machine, str], clock: Clock
) -> None:
    clock.move(days=91)
    after_a_day = door.post("/renew", _renewal(machine[0], machine[1], Machine()))
    clock.move(days=180)
    after_half_a_year = door.post("/renew", _renewal(machine[0], machine[1], Machine()))

    assert after_a_day.status_code == 200
    assert after_half_a_year.json()["code"] == "bad_renewal"


def test_papers_of_the_servers_own_are_worthless_when_they_have_expired(
    door: Api, machine: tuple[Machine, str], authority: Authority, clock: Clock
) -> None:
    papers = authority.passing("veh-001", clock())
    key = serialization.load_pem_private_key(papers.key.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    clock.move(days=1)

    answer = door.post("/renew", _renewal(Machine(key), papers.certificate, Machine()))

    assert answer.json()["code"] == "certificate_revoked"


def test_the_servers_own_certificate_is_no_assets(door: Api, authority: Authority) -> None:
    certificate = authority.client_certificate_file.read_text()

    answer = door.post("/renew", _renewal(Machine(), certificate, Machine()))

    assert answer.json()["code"] == "bad_renewal"


def test_a_production_server_gives_simulated_assets_nothing(api: Api) -> None:
    new: JsonValue = {"id": "veh-001", "kind": "vehicle", "court": "x", "csr": Machine().csr()}

    answer = api.post("/api/v1/simulation/assets", {"assets": [new]})

    assert (answer.status_code, answer.json()["code"]) == (403, "not_a_demo_server")
    assert api.get("/api/v1/assets").json()["items"] == []


def test_every_issued_certificate_is_in_the_journal(
    door: Api, api: Api, machine: tuple[Machine, str]
) -> None:
    door.post("/renew", _renewal(machine[0], machine[1], Machine()))

    found = api.get("/api/v1/journal?subject=asset:veh-001").json()["items"]

    kinds = [row["what"] for row in reversed(found)]
    assert kinds == ["asset_added", "asset_invited", "certificate_enrolled", "certificate_renewed"]
    assert machine[1] not in str(found)
