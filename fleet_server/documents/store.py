"""Making and finding versions of desired documents."""

from msgspec import Raw
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet_server.assets.model import AssetRow
from fleet_server.database import Unit
from fleet_server.documents import contents, scopes
from fleet_server.documents.model import AllDesired, Desired, DocumentRow
from fleet_server.errors import Conflict
from fleet_server.journal.model import What
from telemetry.words import Document


def put(
    unit: Unit,
    name: str,
    scope: str,
    body: str,
    *,
    court: str | None = None,
    expected: int | None = None,
    above: int = 0,
    note: str = "",
) -> Desired:
    """Make the next version of a document for a scope.

    One count of versions runs over all scopes, so that an asset's version grows whichever it gets.
    `expected` is the version that the caller changed, None for whichever; `above` a version that
    some asset holds already, known better by it than by a restored database. `note` is why.

    Raises:
        Conflict: the present version is not `expected`.
    """
    present = _present(unit.session, name, scope)
    if expected is not None and expected != (present.version if present else 0):
        raise Conflict("document_conflict", version=present.version if present else 0)
    row = DocumentRow(
        name=name,
        asset=scope,
        version=max(_last_version(unit.session, name), above) + 1,
        body=body,
        made_at=unit.now,
        who=unit.caller.id,
        note=note,
    )
    unit.session.add(row)
    before = _noted(present) if present else None
    what = What(f"document_{name}")
    unit.journal(what, scopes.subject(scope), before, _noted(row), why=note, court=court)
    return _desired(row)


def reissue(unit: Unit, name: Document, scope: str, *, above: int, court: str) -> None:
    """Make once more what a scope has, for an asset that comes into it from another.

    What it holds from there may have a higher version, and a lower one is never taken.
    """
    row = _newest(unit.session, name, scope)
    if row is not None or _last_version(unit.session, name):
        put(unit, name, scope, row.body if row else contents.EMPTY, court=court, above=above)


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
    documents: dict[str, dict[str, Desired]] = {}
    for row in session.scalars(query):
        documents.setdefault(row.asset, {})[row.name] = _desired(row)
    places = session.execute(select(AssetRow.id, AssetRow.kind, AssetRow.court))
    return AllDesired(documents, {asset: (kind, court) for asset, kind, court in places})


def versions(
    session: Session, name: str, scope: str, before: int | None, limit: int
) -> list[Desired]:
    """What was made of a document for this very scope, newest first; `before` a version."""
    query = (
        select(DocumentRow)
        .where(DocumentRow.name == name, DocumentRow.asset == scope)
        .order_by(DocumentRow.version.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(DocumentRow.version < before)
    return [_desired(row) for row in session.scalars(query)]


def _present(session: Session, name: str, scope: str) -> DocumentRow | None:
    """What those of this scope get now: where it has nothing, what a wider one has."""
    row = None if scopes.is_shared(scope) else session.get(AssetRow, scope)
    chain: tuple[str, ...] = (scopes.FLEET, scope)
    if row is not None:
        chain = scopes.widest_first(row.id, row.kind, row.court)
    found = (_newest(session, name, one) for one in reversed(chain))
    return next((one for one in found if one is not None), None)


def _last_version(session: Session, name: str) -> int:
    query = select(func.max(DocumentRow.version)).where(DocumentRow.name == name)
    return session.scalar(query) or 0


def _newest(session: Session, name: str, scope: str) -> DocumentRow | None:
    query = (
        select(DocumentRow)
        .where(DocumentRow.name == name, DocumentRow.asset == scope)
        .order_by(DocumentRow.version.desc())
        .limit(1)
    )
    return session.scalar(query)


def _noted(row: DocumentRow) -> dict[str, int | Raw]:
    """What the journal says of a version: nothing that is secret."""
    body = contents.shown(Document(row.name), row.body)
    return {"version": row.version, "body": Raw(body.encode())}


def _desired(row: DocumentRow) -> Desired:
    return Desired(row.name, row.version, row.body, row.asset, row.made_at, row.who, row.note)
