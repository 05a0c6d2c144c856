"""Making and finding versions of desired documents."""

from collections.abc import Mapping

from msgspec import Raw, Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet_server.database import Unit
from fleet_server.documents.model import Desired, DocumentRow
from fleet_server.errors import Conflict
from fleet_server.journal.model import What

FLEET = ""
"""In place of an asset: for all assets that have no document of their own."""


class AllDesired(Struct, frozen=True):
    """The newest version of each document, for the fleet and for single assets."""

    fleet: Mapping[str, Desired]
    own: Mapping[str, Mapping[str, Desired]]

    def of(self, asset: str) -> Mapping[str, Desired]:
        """What `asset` should hold, by the document's name."""
        return {**self.fleet, **self.own.get(asset, {})}


def put(
    unit: Unit,
    name: str,
    asset: str,
    body: str,
    *,
    court: str | None = None,
    expected: int | None = None,
    above: int = 0,
) -> Desired:
    """Make the next version of a document for `asset`, or for the fleet.

    One count of versions runs over all assets, so that an asset's version grows whether it gets
    the fleet's or its own. `expected` is the version that the caller changed, None for whichever;
    `above` a version that some asset holds already, known better by it than by a restored database.

    Raises:
        Conflict: the present version is not `expected`.
    """
    present = _newest(unit.session, name, asset) or (
        _newest(unit.session, name, FLEET) if asset != FLEET else None
    )
    if expected is not None and expected != (present.version if present else 0):
        raise Conflict("document_conflict", version=present.version if present else 0)
    last = unit.session.scalar(
        select(func.max(DocumentRow.version)).where(DocumentRow.name == name)
    )
    row = DocumentRow(
        name=name,
        asset=asset,
        version=max(last or 0, above) + 1,
        body=body,
        made_at=unit.now,
        who=unit.caller.id,
    )
    unit.session.add(row)
    subject = f"asset:{asset}" if asset != FLEET else "fleet"
    before = {"version": present.version, "body": Raw(present.body.encode())} if present else None
    after = {"version": row.version, "body": Raw(body.encode())}
    unit.journal(What(f"document_{name}"), subject, before, after, court=court)
    return _desired(row)


def desired(session: Session) -> AllDesired:
    """The newest version of every document."""
    newest = (
        select(DocumentRow.name, func.max(DocumentRow.version).label("version"))
        .group_by(DocumentRow.name, DocumentRow.asset)
        .subquery()
    )
    query = select(DocumentRow).join(
        newest,
        (DocumentRow.name == newest.c.name) & (DocumentRow.version == newest.c.version),
    )
    fleet: dict[str, Desired] = {}
    own: dict[str, dict[str, Desired]] = {}
    for row in session.scalars(query):
        place = fleet if row.asset == FLEET else own.setdefault(row.asset, {})
        place[row.name] = _desired(row)
    return AllDesired(fleet, own)


def _newest(session: Session, name: str, asset: str) -> DocumentRow | None:
    query = (
        select(DocumentRow)
        .where(DocumentRow.name == name, DocumentRow.asset == asset)
        .order_by(DocumentRow.version.desc())
        .limit(1)
    )
    return session.scalar(query)


def _desired(row: DocumentRow) -> Desired:
    return Desired(row.name, row.version, row.body, row.asset != FLEET, row.made_at, row.who)
