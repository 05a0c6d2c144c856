"""Giving out enrolment strings, redeeming them, and renewing certificates."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec import Struct
from sqlalchemy import select

from fleet_server.access.model import SYSTEM
from fleet_server.assets.model import AssetRow
from fleet_server.authority.store import Authority
from fleet_server.database import Database, Unit
from fleet_server.enrolment import certificates, progress
from fleet_server.enrolment.model import Address, InvitationRow
from fleet_server.errors import FleetError, Malformed, NotAllowed, TooOften
from fleet_server.journal.model import What
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


class Invited(Struct, frozen=True):
    """An enrolment string, seen only now, and until when it works."""

    asset: str
    string: str
    expires_at: datetime

    @property
    def command(self) -> str:
        """The line to paste on the asset's machine."""
        return f"courtfleet agent enrol {self.string}"


class Enrolment:
    """Safe to share between threads: each call is one transaction.

    `strangers` remembers the last try with a string that this server did not give out.
    `on_admitted` is told, after the commit, for which asset a computer has enrolled.
    """

    def __init__(
        self,
        database: Database,
        authority: Authority,
        address: Address,
        on_admitted: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._database = database
        self._authority = authority
        self._address = address
        self._on_admitted = on_admitted
        self.strangers = progress.Strangers()

    @property
    def ca_pem(self) -> str:
        return self._authority.ca_pem

    def invite(self, unit: Unit, asset: str, court: str) -> Invited:
        """An enrolment string for `asset`: one use, `VALID_HOURS`, `MOST_TRIES`. Never seen again.

        Earlier strings for the asset that were not used are withdrawn.
        """
        withdraw(unit, asset)
        number, secret = secrets.token_hex(6), secrets.token_urlsafe(18)
        row = InvitationRow(
            id=number,
            asset=asset,
            secret_hash=_hashed(secret),
            made_at=unit.now,
            expires_at=unit.now + timedelta(hours=VALID_HOURS),
            tries=0,
            refusal="",
        )
        unit.session.add(row)
        said = {"invitation": number}
        unit.journal(What.ASSET_INVITED, f"asset:{asset}", None, said, court=court)
        invitation = Invitation(
            self._address.enrol_host,
            self._address.enrol_port,
            self._authority.fingerprint,
            f"{number}.{secret}",
        )
        return Invited(asset, to_string(invitation), row.expires_at)

    def enrol(self, request: EnrolRequest, now: datetime) -> EnrolAnswer:
        """Redeem an enrolment string. Every try at a string counts, whatever is wrong with it.

        Raises:
            NotAllowed: unknown, used, withdrawn or expired, or the asset is retired.
            TooOften: tried `MOST_TRIES` times before.
            Malformed: the signing request is not usable.
        """
        with self._database.unit(SYSTEM, now) as unit:
            outcome = self._redeem(unit, request)
        # A failure is raised only here, so that the try that it cost is committed.
        if isinstance(outcome, FleetError):
            raise outcome
        self._on_admitted(outcome[0])
        return self._answer(*outcome)

    def renew(self, request: RenewRequest, now: datetime) -> EnrolAnswer:
        """The next certificate for the owner of the present one.

        Raises:
            NotAllowed: the present certificate was revoked, or the asset is retired.
            Malformed: the present certificate, the proof or the signing request is not usable.
        """
        try:
            proof = base64.b64decode(request.proof, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Malformed("bad_renewal", problem="the proof is not base64") from error
        said = renewal_proof(request.csr)
        present = self._authority.check_renewal(request.certificate, said, proof, now)
        with self._database.unit(SYSTEM, now) as unit:
            row = unit.session.get(AssetRow, present.asset, with_for_update=True)
            if row is None:
                raise Malformed("bad_renewal", problem="this server has no such asset")
            objection = certificates.objection(
                unit.session, row, present.serial, has_expired=present.has_expired
            )
            if objection is not None:
                raise objection
            certificate = self._authority.issue(row.id, request.csr, now)
            certificates.note(unit, row, certificate, What.CERTIFICATE_RENEWED)
        return self._answer(present.asset, certificate)

    def certify(self, unit: Unit, row: AssetRow, csr: str) -> EnrolAnswer:
        """A certificate without an invitation, for a simulated asset; a retired one may not use it.

        Raises:
            NotAllowed: this server's assets are real.
            Malformed: the signing request is not usable.
        """
        if not self._authority.simulated:
            raise NotAllowed("not_a_demo_server")
        certificate = self._authority.issue(row.id, csr, unit.now)
        certificates.note(unit, row, certificate, What.CERTIFICATE_SIMULATED)
        return self._answer(row.id, certificate)

    def _redeem(
        self, unit: Unit, request: EnrolRequest
    ) -> tuple[str, x509.Certificate] | FleetError:
        number, _, secret = request.secret.partition(".")
        invitation = unit.session.get(InvitationRow, number)
        if invitation is None:
            self.strangers.note(unit.now)
            return NotAllowed("invitation_unknown")
        # The asset first, as whoever replaces or retires it does: no two of us wait for each other.
        asset = unit.session.get_one(AssetRow, invitation.asset, with_for_update=True)
        unit.session.refresh(invitation, with_for_update=True)
        invitation.tries += 1
        invitation.tried_at = unit.now
        objection = _objection(invitation, asset, secret, unit.now)
        if objection is not None:
            return _refused(unit, invitation, asset, objection)
        try:
            certificate = self._authority.issue(asset.id, request.csr, unit.now)
        except Malformed as error:
            return _refused(unit, invitation, asset, error)
        invitation.used_at, invitation.refusal = unit.now, ""
        certificates.note(unit, asset, certificate, What.CERTIFICATE_ENROLLED)
        return asset.id, certificate

    def _answer(self, asset: str, certificate: x509.Certificate) -> EnrolAnswer:
        return EnrolAnswer(
            asset=asset,
            certificate=certificate.public_bytes(Encoding.PEM).decode(),
            ca=self._authority.ca_pem,
            broker_host=self._address.host,
            broker_port=self._address.broker_port,
            signing_key=self._authority.signing_pem,
        )


def withdraw(unit: Unit, asset: str) -> None:
    """Make the asset's unused enrolment strings worthless."""
    unused = select(InvitationRow).where(
        InvitationRow.asset == asset,
        InvitationRow.used_at.is_(None),
        InvitationRow.withdrawn_at.is_(None),
    )
    for old in unit.session.scalars(unused):
        old.withdrawn_at = unit.now


def _objection(
    invitation: InvitationRow, asset: AssetRow, secret: str, now: datetime
) -> FleetError | None:
    """Why this string is refused now; its secret is looked at before anything is given away."""
    if invitation.tries > MOST_TRIES:
        return TooOften("invitation_spent")
    if not hmac.compare_digest(invitation.secret_hash, _hashed(secret)):
        return NotAllowed("invitation_unknown")
    if invitation.used_at is not None:
        return NotAllowed("invitation_used")
    if invitation.withdrawn_at is not None:
        return NotAllowed("invitation_withdrawn")
    if now >= invitation.expires_at:
        return NotAllowed("invitation_expired")
    if asset.retired_at is not None:
        return NotAllowed("asset_retired", asset=asset.id)
    return None


def _refused(
    unit: Unit, invitation: InvitationRow, asset: AssetRow, error: FleetError
) -> FleetError:
    """Note a try in vain, where the people of the asset's court see it."""
    code = error.code
    if code == "invitation_unknown":
        # Outside it is not said that the number exists; inside it helps to know.
        code = "invitation_wrong_secret"
    invitation.refusal = code
    if invitation.tries <= MOST_TRIES + 1:  # whoever goes on trying shall not fill the journal
        facts = {"invitation": invitation.id, "code": code}
        unit.journal(What.ENROLMENT_REFUSED, f"asset:{asset.id}", None, facts, court=asset.court)
    return error


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
