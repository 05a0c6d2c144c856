"""The files on an asset's machine: bootstrap settings, identity, certificates, status."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge_agent import VERSION, cli, identity, settings, verify
from edge_agent.errors import BadSettings, NoIdentity
from edge_agent.system_clock import SystemClock
from telemetry.words import ClockTrust

CARD = identity.Card("veh-001", "10.0.0.1", 8883, "10.0.0.1", 8444, "ab" * 32, 0)


def test_without_a_file_the_defaults_are_used() -> None:
    assert settings.Bootstrap().outbox_file == Path("/var/lib/courtfleet/outbox.sqlite")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("state_folder = 5", r"agent\.toml: Expected `str`, got `int` - at `\$\.state_folder`"),
        ("state_foldr = 'x'", "unknown field `state_foldr`"),
        ("[gpsd]\nport = 0", r"\$\.gpsd\.port"),
        ("state_folder", r"agent\.toml is not TOML"),
    ],
)
def test_a_bad_setting_is_named_with_its_file(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "agent.toml"
    path.write_text(text)

    with pytest.raises(BadSettings, match=message):
        settings.load(path)


def test_a_settings_file_that_was_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="does not exist"):
        settings.load(tmp_path / "agent.toml")


def test_an_identity_without_its_key_is_none(tmp_path: Path) -> None:
    identity.save_card(tmp_path, CARD)

    with pytest.raises(NoIdentity, match=r"ca\.pem is missing"):
        identity.load(tmp_path)


def test_a_machine_is_its_id_and_its_key(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("one\n")
    (tmp_path / "two").write_text("two\n")
    named = [
        identity.machine_hash(tmp_path / machine, key)
        for machine in ("one", "two", "none")
        for key in ("a", "b")
    ]

    assert len(set(named)) == 6
    assert all(len(name) == 16 for name in named)


def test_a_file_is_replaced_whole_with_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    identity.write_durably(path, b"one", mode=0o600)
    identity.write_durably(path, b"two", mode=0o600)

    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_old_and_next_certificate_take_turns_until_the_next_has_worked(tmp_path: Path) -> None:
    (tmp_path / identity.CERTIFICATE).write_text("old")
    credentials = identity.Credentials(tmp_path)
    (tmp_path / identity.NEXT_CERTIFICATE).write_text("next")
    turns = [credentials.choose().name for _ in range(4)]
    credentials.choose()
    credentials.worked()

    assert turns == [identity.NEXT_CERTIFICATE, identity.CERTIFICATE] * 2
    assert (tmp_path / identity.CERTIFICATE).read_text() == "next"
    assert credentials.choose().name == identity.CERTIFICATE


def test_a_signature_is_genuine_for_its_text_and_key_only() -> None:
    key = Ed25519PrivateKey.generate()
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signature = key.sign(b"text")

    assert verify.verifies(pem, b"text", signature)
    assert not verify.verifies(pem, b"other", signature)
    assert not verify.verifies(pem, b"text", bytes(64))


def test_uptime_and_trust_come_from_the_machine(tmp_path: Path) -> None:
    marker = tmp_path / "synchronized"
    clock = SystemClock(marker)
    before = clock.moment()
    marker.touch()
    after = clock.moment()

    assert (before.trust, after.trust) == (ClockTrust.NONE, ClockTrust.NTP)
    assert before.up <= after.up
    assert len(before.boot) == 16


def test_the_commands_errors_are_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "agent.toml"
    config.write_text(f'state_folder = "{tmp_path}"')
    codes = [
        cli.main("agent", [*verb, "--config", str(config)])
        for verb in (["status"], ["outbox", "list"], ["enrol", "cf1.x.y"])
    ]
    said = capsys.readouterr().err.splitlines()

    assert codes == [1, 1, 1]
    assert len(said) == 3
    assert cli.main("agent", ["status", "--what"]) == 2
    assert cli.main("agent", ["--help"]) == 0


def test_the_version_is_the_distributions() -> None:
    from importlib.metadata import version

    assert version("courtfleet") == VERSION
