"""Makes this machine an asset: a key of its own, and the server's certificate for it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from edge_agent import identity, keys
from edge_agent.centre import Centre
from edge_agent.errors import EnrolmentFailed, IdentityExists
from telemetry.errors import BadAssetId
from telemetry.wire.enrolment import EnrolAnswer, EnrolRequest, Invitation, from_string
from telemetry.wire.topics import checked


def enrol(
    string: str,
    folder: Path,
    *,
    replace: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> str:
    """Enrol with the string that `courtfleet assets add` printed; the asset's id. Blocks.

    Raises:
        BadEnrolmentString: mistyped or cut.
        IdentityExists: enrolled already, and `replace` is not set.
        EnrolmentFailed: unreachable, another server, a used or expired string, a folder that
            cannot be written.
    """
    invitation = from_string(string)
    if identity.exists(folder) and not replace:
        raise IdentityExists(
            f"this machine is enrolled already as {identity.load_card(folder).asset!r};"
            " --replace gives it a new identity"
        )
    _prepare(folder)
    centre = Centre(invitation.host, invitation.port)
    ca = centre.authority(invitation.fingerprint)
    key = keys.new_key()
    request = EnrolRequest(keys.signing_request(key, "enrolling"), invitation.secret)
    answer = centre.enrol(ca, request)
    _check(answer, key)
    try:
        _save(folder, answer, ca, key, invitation, now())
    except OSError as error:
        raise EnrolmentFailed(
            f"{folder} cannot be written ({error.strerror}); the string is used up now,"
            " ask for a new one with `courtfleet assets add`"
        ) from error
    return answer.asset


def _prepare(folder: Path) -> None:
    """Find out before the string is used up that the folder can be written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        identity.write_durably(folder / "write-test", b"")
        (folder / "write-test").unlink()
    except OSError as error:
        raise EnrolmentFailed(
            f"{folder} cannot be written: {error.strerror}; run this as the agent's user"
        ) from error


def _check(answer: EnrolAnswer, key: bytes) -> None:
    try:
        checked(answer.asset)
        is_ours = keys.certified_key_sha256(answer.certificate) == keys.public_key_sha256(key)
    except (BadAssetId, ValueError) as error:
        raise EnrolmentFailed(f"the server's answer cannot be used: {error}") from error
    if not is_ours:
        raise EnrolmentFailed("the server's certificate is for another machine's key")


def _save(
    folder: Path, answer: EnrolAnswer, ca: str, key: bytes, invitation: Invitation, now: datetime
) -> None:
    """The card goes last: without it there is no identity."""
    (folder / identity.CARD).unlink(missing_ok=True)
    (folder / identity.NEXT_CERTIFICATE).unlink(missing_ok=True)
    identity.write_durably(folder / identity.KEY, key, mode=0o600)
    identity.write_durably(folder / identity.CA, ca.encode())
    identity.write_durably(folder / identity.CERTIFICATE, answer.certificate.encode())
    identity.write_durably(folder / identity.SIGNING, answer.signing_key.encode())
    identity.save_card(
        folder,
        identity.Card(
            asset=answer.asset,
            broker_host=answer.broker_host,
            broker_port=answer.broker_port,
            enrolment_host=invitation.host,
            enrolment_port=invitation.port,
            public_key_sha256=keys.public_key_sha256(key),
            renew_at=keys.two_thirds(answer.certificate, now),
        ),
    )
