"""Adding and finding assets."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet_server.access.model import Caller
from fleet_server.assets.model import Asset, AssetRow, NewAsset
from fleet_server.authority.model import SERVER_NAME
from fleet_server.database import Unit
from fleet_server.errors import Conflict, Malformed, NotAllowed, NotFound
from telemetry.errors import BadAssetId
from telemetry.wire import topics
from telemetry.words import AssetKind


def add(unit: Unit, new: NewAsset) -> Asset:
    """Add one asset.

    Raises:
        Malformed: its id cannot stand in a topic, or is the server's own name.
        NotAllowed: its court is not one of the caller's.
        Conflict: there is one of that id.
    """
    check_id(new.id)
    if not unit.caller.sees(new.court):
        raise NotAllowed("foreign_court", court=new.court)
    if unit.session.get(AssetRow, new.id) is not None:
        raise Conflict("asset_exists", asset=new.id)
    row = AssetRow(
        id=new.id, kind=str(new.kind), name=new.name or new.id, court=new.court, made_at=unit.now
    )
    unit.session.add(row)
    unit.session.flush()
    unit.journal("asset_added", f"asset:{new.id}", None, row.asset(), court=new.court)
    return row.asset()


def check_id(asset: str) -> None:
    """Refuse ids that would be somebody else's name, or several, at the broker.

    Raises:
        Malformed: not `[a-z0-9-]{1,32}`, or the server's own name.
    """
    try:
        topics.checked(asset)
    except BadAssetId as error:
        raise Malformed("bad_asset_id", asset=asset[:40]) from error
    if asset == SERVER_NAME:
        raise Malformed("reserved_asset_id", asset=asset)


def find(session: Session, caller: Caller, asset: str) -> Asset:
    """One asset of the caller's courts.

    Raises:
        NotFound: there is none of that id, or the caller does not see it.
    """
    row = session.get(AssetRow, asset)
    if row is None or not caller.sees(row.court):
        raise NotFound("asset_unknown", asset=asset[:40])
    return row.asset()


def page(
    session: Session,
    caller: Caller,
    after: str = "",
    limit: int = 1000,
    kind: AssetKind | None = None,
    court: str | None = None,
) -> list[Asset]:
    """Assets of the caller's courts in order of id, those behind `after`."""
    query = select(AssetRow).where(AssetRow.id > after).order_by(AssetRow.id).limit(limit)
    if kind is not None:
        query = query.where(AssetRow.kind == str(kind))
    if court is not None:
        query = query.where(AssetRow.court == court)
    if caller.courts is not None:
        query = query.where(AssetRow.court.in_(caller.courts))
    return [row.asset() for row in session.scalars(query)]


def courts(session: Session, caller: Caller) -> dict[str, str]:
    """The court of each asset that the caller sees, by the asset's id."""
    query = select(AssetRow.id, AssetRow.court)
    if caller.courts is not None:
        query = query.where(AssetRow.court.in_(caller.courts))
    return {row.id: row.court for row in session.execute(query)}


def visible(session: Session, caller: Caller, asked: Sequence[str]) -> list[str]:
    """Those of `asked` that the caller sees; all that the caller sees when none is asked for.

    Raises:
        NotFound: one of `asked` does not exist for the caller.
    """
    seen = courts(session, caller)
    for asset in asked:
        if asset not in seen:
            raise NotFound("asset_unknown", asset=asset[:40])
    return sorted(asked or seen)


def count(session: Session) -> int:
    """How many assets there are."""
    return session.scalar(select(func.count()).select_from(AssetRow)) or 0
