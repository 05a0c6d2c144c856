"""Which certificates were issued, which of them are worthless, and who may speak at all."""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from fleet_server.assets.model import AssetRow
from fleet_server.database import Unit
from fleet_server.enrolment.model import CertificateRow
from fleet_server.errors import NotAllowed
from fleet_server.journal.model import What


class Revoked(Struct, frozen=True):
    """A certificate that is worthless; `serial` in lower-case hexadecimal."""

    serial: str
    revoked_at: datetime


def note(unit: Unit, asset: AssetRow, certificate: x509.Certificate, how: What) -> None:
    """Keep which certificate was issued, in the table and in the journal."""
    row = CertificateRow(
        serial=f"{certificate.serial_number:x}",
        asset=asset.id,
        how=str(how).removeprefix("certificate_"),
        issued_at=unit.now,
        expires_at=certificate.not_valid_after_utc,
        revoked_at=unit.now if asset.retired_at is not None else None,
        public_key=_spki(certificate).hex(),
    )
    unit.session.add(row)
    said = {"serial": row.serial, "expires_at": row.expires_at}
    unit.journal(how, f"asset:{asset.id}", None, said, court=asset.court)


def revoke(unit: Unit, asset: AssetRow, why: str) -> int:
    """Declare the asset's certificates worthless; how many there were.

    Whoever calls tells the broker afterwards (`revocation.Revocation`).
    """
    valid = select(CertificateRow).where(
        CertificateRow.asset == asset.id, CertificateRow.revoked_at.is_(None)
    )
    rows = unit.session.scalars(valid).all()
    for row in rows:
        row.revoked_at = unit.now
    if rows:
        said = {"serials": [row.serial for row in rows], "count": len(rows)}
        unit.journal(
            What.CERTIFICATES_REVOKED, f"asset:{asset.id}", None, said, why, court=asset.court
        )
    return len(rows)


def revoked(session: Session, now: datetime) -> Sequence[Revoked]:
    """Those revoked and not expired, oldest first; an expired one is worthless by itself."""
    query = (
        select(CertificateRow)
        .where(CertificateRow.revoked_at.is_not(None), CertificateRow.expires_at > now)
        .order_by(CertificateRow.revoked_at, CertificateRow.serial)
    )
    return [
        Revoked(row.serial, row.revoked_at)
        for row in session.scalars(query)
        if row.revoked_at is not None
    ]


def objection(
    session: Session, asset: AssetRow, serial: str, *, has_expired: bool = False
) -> NotAllowed | None:
    """Why a certificate of `asset` is not renewed, None when it may be.

    One that is in no table may while it is valid: it was issued after the backup that this database
    came from. What has expired must stand in the table: papers of the server's own never do.
    """
    if asset.retired_at is not None:
        return NotAllowed("asset_retired", asset=asset.id)
    row = session.get(CertificateRow, serial)
    is_worthless = has_expired if row is None else row.revoked_at is not None
    return NotAllowed("certificate_revoked", asset=asset.id) if is_worthless else None


def silenced(session: Session) -> frozenset[str]:
    """Assets that may not speak now: retired ones, and those whose every certificate is revoked.

    Between the end of an old computer and the enrolment of the new one nobody speaks for an asset.
    """
    good = exists().where(CertificateRow.asset == AssetRow.id, CertificateRow.revoked_at.is_(None))
    bad = exists().where(
        CertificateRow.asset == AssetRow.id, CertificateRow.revoked_at.is_not(None)
    )
    query = select(AssetRow.id).where(AssetRow.retired_at.is_not(None) | (bad & ~good))
    return frozenset(session.scalars(query))


def public_keys(session: Session, assets: Sequence[str] | None = None) -> dict[str, bytes]:
    """The public key (DER) of each asset's computer, as far as it was noted; None: of all assets.

    Only of those that have a certificate that is not revoked; the newest one's, since the computer
    before it is out.
    """
    query = (
        select(CertificateRow.asset, CertificateRow.public_key)
        .join(AssetRow, AssetRow.id == CertificateRow.asset)
        .where(
            AssetRow.retired_at.is_(None),
            CertificateRow.revoked_at.is_(None),
            CertificateRow.public_key != "",
        )
        .order_by(CertificateRow.issued_at)
    )
    if assets is not None:
        query = query.where(CertificateRow.asset.in_(assets))
    return {asset: bytes.fromhex(key) for asset, key in session.execute(query)}


def _spki(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
