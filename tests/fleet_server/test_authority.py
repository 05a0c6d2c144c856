"""Certificates: for whom, by whom, for how long, and readable by whom."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from fleet_server.authority import rules
from fleet_server.authority.store import Authority
from fleet_server.errors import Malformed
from tests.fleet_server.conftest import Clock
from tests.fleet_server.machine import Machine, signing_request


def test_every_file_is_readable_by_the_server_only(authority: Authority, tmp_path: Path) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("authority/*/*")}

    assert modes == {0o600}
    assert stat.S_IMODE(authority.ca_file.parent.stat().st_mode) == 0o700


def test_an_assets_certificate_names_it_and_lasts_ninety_days(
    authority: Authority, clock: Clock
) -> None:
    made = authority.issue("veh-001", Machine().csr(), clock.now)

    assert rules.common_name(made) == "veh-001"
    assert made.not_valid_after_utc == clock.now + timedelta(days=90)
    use = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(use) == [x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH]


def test_the_server_keeps_its_authority_over_a_restart(
    authority: Authority, tmp_path: Path, clock: Clock
) -> None:
    before = authority.server_certificate_file.read_bytes()

    again = Authority(tmp_path / "authority", ["localhost", "127.0.0.1"], clock.now)

    assert again.fingerprint == authority.fingerprint
    assert again.signing_pem == authority.signing_pem
    assert again.server_certificate_file.read_bytes() == before


def test_another_name_or_a_near_end_makes_a_new_server_certificate(
    authority: Authority, tmp_path: Path, clock: Clock
) -> None:
    first = authority.server_certificate_file.read_bytes()

    Authority(tmp_path / "authority", ["fleet.example.cn", "10.1.2.3"], clock.now)
    renamed = authority.server_certificate_file.read_bytes()
    clock.move(days=600)
    Authority(tmp_path / "authority", ["fleet.example.cn", "10.1.2.3"], clock.now)

    names = x509.load_pem_x509_certificate(renamed).extensions
    san = names.get_extension_for_class(x509.SubjectAlternativeName).value
    assert san.get_values_for_type(x509.DNSName) == ["fleet.example.cn"]
    assert len({first, renamed, authority.server_certificate_file.read_bytes()}) == 3


def test_simulated_assets_have_an_authority_of_their_own(
    authority: Authority, tmp_path: Path, clock: Clock
) -> None:
    simulated = Authority(tmp_path / "authority", ["localhost"], clock.now, simulated=True)
    machine = Machine()
    certificate = simulated.issue("veh-001", machine.csr(), clock.now)

    assert simulated.fingerprint != authority.fingerprint
    assert simulated.signing_pem != authority.signing_pem
    with pytest.raises(Malformed, match="bad_renewal"):
        authority.check_renewal(machine.pem(certificate), b"x", machine.sign(b"x"), clock.now)


def test_signatures_verify_with_the_public_key(authority: Authority) -> None:
    public = serialization.load_pem_public_key(authority.signing_pem.encode())

    assert isinstance(public, ed25519.Ed25519PublicKey)
    public.verify(authority.sign(b"said"), b"said")


def _bad_requests() -> dict[str, str]:
    good = signing_request(ec.generate_private_key(ec.SECP256R1()))
    cut = good.replace("A", "B", 3)
    return {
        "not PEM": "hello",
        "damaged": cut,
        "RSA": signing_request(rsa.generate_private_key(65537, 2048)),
        "another curve": signing_request(ec.generate_private_key(ec.SECP384R1())),
        "empty": "",
    }


@pytest.mark.parametrize("request_", _bad_requests().values(), ids=_bad_requests().keys())
def test_a_wrong_signing_request_is_refused(
    authority: Authority, clock: Clock, request_: str
) -> None:
    with pytest.raises(Malformed) as refusal:
        authority.issue("veh-001", request_, clock.now)

    assert refusal.value.code == "bad_csr"
