"""Giving out enrolment strings, redeeming them, and renewing certificates."""

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select

from fleet_server.access.model import SYSTEM
from fleet_server.assets.model import AssetRow
from fleet_server.authority.store import Authority
from fleet_server.database import Database, Unit
from fleet_server.enrolment.model import Address, CertificateRow, InvitationRow
from fleet_server.errors import FleetError, Malformed, NotAllowed, TooOften
from telemetry.wire.enrolment import (
    EnrolAnswer,
    EnrolRequest,
    Invitation,
    RenewRequest,
    renewal_proof,
    to_string,
)

VALID_HOURS: Final = 24
MOST_TRIES: Final = 5


class Enrolment:
    """Safe to share between threads: each call is one transaction."""

    def __init__(self, database: Database, authority: Authority, address: Address) -> None:
        self._database = database
        self._authority = authority
        self._address = address

    @property
    def ca_pem(self) -> str:
        return self._authority.ca_pem

    def invite(self, unit: Unit, asset: str, court: str) -> str:
        """An enrolment string for `asset`: one use, `VALID_HOURS`, `MOST_TRIES`. Never seen again.

        Earlier strings for the asset that were not used are withdrawn.
        """
        unused = select(InvitationRow).where(
            InvitationRow.asset == asset, InvitationRow.used_at.is_(None)
        )
        for old in unit.session.scalars(unused):
            unit.session.delete(old)
        number, secret = secrets.token_hex(6), secrets.token_urlsafe(18)
        row = InvitationRow(
            id=number,
            asset=asset,
            secret_hash=_hashed(secret),
            made_at=unit.now,
            expires_at=unit.now + timedelta(hours=VALID_HOURS),
            tries=0,
        )
        unit.session.add(row)
        unit.journal("asset_invited", f"asset:{asset}", None, {"invitation": number}, court=court)
        return to_string(
            Invitation(
                self._address.enrol_host,
                self._address.enrol_port,
                self._authority.fingerprint,
                f"{number}.{secret}",
            )
        )

    def enrol(self, request: EnrolRequest, now: datetime) -> EnrolAnswer:
        """Redeem an enrolment string. Every try at a string counts, whatever is wrong with it.

        Raises:
            NotAllowed: unknown, used or expired.
            TooOften: tried `MOST_TRIES` times before.
            Malformed: the signing request is not usable.
        """
        with self._database.unit(SYSTEM, now) as unit:
            outcome = self._redeem(unit, request)
        # A failure is raised only here, so that the try that it cost is committed.
        if isinstance(outcome, FleetError):
            raise outcome
        return self._answer(*outcome)

    def renew(self, request: RenewRequest, now: datetime) -> EnrolAnswer:
        """The next certificate for the owner of the present one.

        Raises:
            Malformed: the present certificate, the proof or the signing request is not usable.
        """
        try:
            proof = base64.b64decode(request.proof, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Malformed("bad_renewal", problem="the proof is not base64") from error
        said = renewal_proof(request.csr)
        asset = self._authority.check_renewal(request.certificate, said, proof, now)
        with self._database.unit(SYSTEM, now) as unit:
            row = unit.session.get(AssetRow, asset)
            if row is None:
                raise Malformed("bad_renewal", problem="this server has no such asset")
            certificate = self._authority.issue(asset, request.csr, now)
            note(unit, row, certificate, "renewed")
        return self._answer(asset, certificate)

    def certify(self, unit: Unit, row: AssetRow, csr: str) -> EnrolAnswer:
        """A certificate without an invitation, for a simulated asset.

        Raises:
            NotAllowed: this server's assets are real.
            Malformed: the signing request is not usable.
        """
        if not self._authority.simulated:
            raise NotAllowed("not_a_demo_server")
        certificate = self._authority.issue(row.id, csr, unit.now)
        note(unit, row, certificate, "simulated")
        return self._answer(row.id, certificate)

    def _redeem(
        self, unit: Unit, request: EnrolRequest
    ) -> tuple[str, x509.Certificate] | FleetError:
        number, _, secret = request.secret.partition(".")
        row = unit.session.get(InvitationRow, number, with_for_update=True)
        if row is None:
            return NotAllowed("invitation_unknown")
        row.tries += 1
        if row.tries > MOST_TRIES:
            return TooOften("invitation_spent")
        if not hmac.compare_digest(row.secret_hash, _hashed(secret)):
            return NotAllowed("invitation_unknown")
        if row.used_at is not None:
            return NotAllowed("invitation_used")
        if unit.now >= row.expires_at:
            return NotAllowed("invitation_expired")
        try:
            certificate = self._authority.issue(row.asset, request.csr, unit.now)
        except Malformed as error:
            return error
        row.used_at = unit.now
        asset = unit.session.get_one(AssetRow, row.asset)
        note(unit, asset, certificate, "enrolled")
        return row.asset, certificate

    def _answer(self, asset: str, certificate: x509.Certificate) -> EnrolAnswer:
        return EnrolAnswer(
            asset=asset,
            certificate=certificate.public_bytes(Encoding.PEM).decode(),
            ca=self._authority.ca_pem,
            broker_host=self._address.host,
            broker_port=self._address.broker_port,
            signing_key=self._authority.signing_pem,
        )


def note(unit: Unit, asset: AssetRow, certificate: x509.Certificate, how: str) -> None:
    """Keep which certificate was issued, in the table and in the journal."""
    row = CertificateRow(
        serial=f"{certificate.serial_number:x}",
        asset=asset.id,
        how=how,
        issued_at=unit.now,
        expires_at=certificate.not_valid_after_utc,
    )
    unit.session.add(row)
    said = {"serial": row.serial, "expires_at": row.expires_at}
    unit.journal(f"certificate_{how}", f"asset:{asset.id}", None, said, court=asset.court)


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
