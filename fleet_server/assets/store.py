"""Adding, finding and changing assets."""

from collections.abc import Sequence
from enum import StrEnum, unique
from typing import Final

from sqlalchemy import ColumnElement, bindparam, func, literal, select
from sqlalchemy.orm import Session

from fleet_server.access.model import Caller
from fleet_server.assets import rules
from fleet_server.assets.model import Asset, AssetRow, Change, NewAsset
from fleet_server.authority.model import SERVER_NAME
from fleet_server.courts import store as courts_store
from fleet_server.database import Unit
from fleet_server.errors import Conflict, Malformed, NotAllowed, NotFound
from fleet_server.journal.model import What
from telemetry.errors import BadAssetId
from telemetry.wire import topics
from telemetry.words import AssetKind

_COURT: Final = select(AssetRow.court).where(AssetRow.id == bindparam("wanted"))


@unique
class Retired(StrEnum):
    """Whether retired assets are shown."""

    EXCLUDE = "exclude"
    INCLUDE = "include"
    ONLY = "only"


def add(unit: Unit, new: NewAsset) -> Asset:
    """Add one asset; its court gets a record when it has none.

    Raises:
        Malformed: its id cannot stand in a topic, or is the server's own name; bad tags.
        NotAllowed: its court is not one of the caller's.
        Conflict: there is one of that id.
    """
    check_id(new.id)
    if not unit.caller.sees(new.court):
        raise NotAllowed("foreign_court", court=new.court)
    if unit.session.get(AssetRow, new.id) is not None:
        raise Conflict("asset_exists", asset=new.id)
    courts_store.ensure(unit, new.court)
    row = AssetRow(
        id=new.id,
        kind=str(new.kind),
        name=new.name or new.id,
        court=new.court,
        plate=new.plate,
        note=new.note,
        tags=" ".join(rules.tagged((), new.tags, ())),
        made_at=unit.now,
    )
    row.home = new.home
    unit.session.add(row)
    unit.session.flush()
    unit.journal(What.ASSET_ADDED, subject(new.id), None, row.asset(), court=new.court)
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


def check_tags(tags: Sequence[str]) -> None:
    """Refuse what cannot be the tags of one asset.

    Raises:
        Malformed: one is no tag, or they are too many.
    """
    rules.tagged((), tags, ())


def subject(asset: str) -> str:
    """How the journal calls an asset."""
    return f"asset:{asset}"


def find(session: Session, caller: Caller, asset: str) -> Asset:
    """One asset of the caller's courts, retired or not.

    Raises:
        NotFound: there is none of that id, or the caller does not see it.
    """
    return _visible(session.get(AssetRow, asset), caller, asset).asset()


def sees(session: Session, caller: Caller, asset: str) -> bool:
    """Whether there is such an asset, retired or not, and the caller sees it."""
    row = session.get(AssetRow, asset)
    return row is not None and caller.sees(row.court)


def court_of(unit: Unit, asset: str) -> str | None:
    """Whose an asset is, whoever asks; None: there is none of that id."""
    court: str | None = unit.connection.scalar(_COURT, {"wanted": asset})
    return court


def held(unit: Unit, asset: str) -> AssetRow:
    """One asset of the caller's courts, kept from everybody else until the unit ends.

    Raises:
        NotFound: as `find`.
    """
    row = unit.session.get(AssetRow, asset, with_for_update=True, populate_existing=True)
    return _visible(row, unit.caller, asset)


def in_use(unit: Unit, asset: str) -> AssetRow:
    """As `held`, of an asset that is not retired.

    Raises:
        NotFound: as `find`.
        Conflict: it is retired.
    """
    row = held(unit, asset)
    if row.retired_at is not None:
        raise Conflict("asset_retired", asset=asset)
    return row


def change(unit: Unit, asset: str, wish: Change) -> Asset:
    """Change what is said of an asset; nothing is journalled when nothing differs.

    Raises:
        NotFound, Conflict: as `in_use`.
        Malformed: bad tags, or too many.
    """
    row = in_use(unit, asset)
    before = row.asset()
    if wish.name is not None:
        row.name = wish.name or row.id
    if wish.plate is not None:
        row.plate = wish.plate
    if wish.note is not None:
        row.note = wish.note
    if wish.home is not None or wish.clears_home:
        row.home = wish.home
    if wish.tags is not None:
        row.tags = " ".join(rules.tagged((), wish.tags, ()))
    after = row.asset()
    if before != after:
        unit.journal(What.ASSET_CHANGED, subject(asset), before, after, court=row.court)
    return after


def tag(unit: Unit, asset: str, added: Sequence[str], removed: Sequence[str]) -> Asset:
    """Give an asset tags and take others from it.

    Raises:
        NotFound, Conflict, Malformed: as `change`.
    """
    present = in_use(unit, asset).asset().tags
    return change(unit, asset, Change(tags=rules.tagged(present, added, removed)))


def move(unit: Unit, asset: str, court: str, why: str) -> Asset:
    """Give an asset to another court; the people of both read it in the journal.

    Raises:
        NotFound, Conflict: as `in_use`, or it is that court's already.
        NotAllowed: `court` is not one of the caller's.
    """
    row = in_use(unit, asset)
    if not unit.caller.sees(court):
        raise NotAllowed("foreign_court", court=court)
    if row.court == court:
        raise Conflict("asset_there_already", asset=asset, court=court)
    courts_store.ensure(unit, court)
    before, after = {"court": row.court}, {"court": court}
    for what, reader in ((What.ASSET_LEFT, row.court), (What.ASSET_MOVED, court)):
        unit.journal(what, subject(asset), before, after, why, court=reader)
    row.court = court
    return row.asset()


def page(
    session: Session,
    caller: Caller,
    after: str = "",
    limit: int = 1000,
    kind: AssetKind | None = None,
    court: str | None = None,
    retired: Retired = Retired.EXCLUDE,
    tag: str | None = None,
) -> list[Asset]:
    """Assets of the caller's courts in order of id, those behind `after`."""
    query = select(AssetRow).where(AssetRow.id > after).order_by(AssetRow.id).limit(limit)
    if kind is not None:
        query = query.where(AssetRow.kind == str(kind))
    if court is not None:
        query = query.where(AssetRow.court == court)
    if tag is not None:
        words = literal(" ") + AssetRow.tags + " "
        query = query.where(words.contains(f" {tag} ", autoescape=True))
    query = query.where(*_conditions(caller, retired))
    return [row.asset() for row in session.scalars(query)]


def courts(session: Session, caller: Caller, retired: Retired = Retired.EXCLUDE) -> dict[str, str]:
    """The court of each asset that the caller sees, by the asset's id."""
    query = select(AssetRow.id, AssetRow.court).where(*_conditions(caller, retired))
    return {row.id: row.court for row in session.execute(query)}


def visible(session: Session, caller: Caller, asked: Sequence[str]) -> list[str]:
    """Those of `asked` that the caller sees, retired ones too; all of them when none is asked for.

    Raises:
        NotFound: one of `asked` does not exist for the caller.
    """
    seen = courts(session, caller, Retired.INCLUDE)
    for asset in asked:
        if asset not in seen:
            raise NotFound("asset_unknown", asset=asset[:40])
    return sorted(asked or seen)


def count(session: Session) -> int:
    """How many assets there are."""
    return session.scalar(select(func.count()).select_from(AssetRow)) or 0


def _conditions(caller: Caller, retired: Retired) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if retired is not Retired.INCLUDE:
        is_in_use = AssetRow.retired_at.is_(None)
        found.append(is_in_use if retired is Retired.EXCLUDE else ~is_in_use)
    if caller.courts is not None:
        found.append(AssetRow.court.in_(caller.courts))
    return found


def _visible(row: AssetRow | None, caller: Caller, asset: str) -> AssetRow:
    if row is None or not caller.sees(row.court):
        raise NotFound("asset_unknown", asset=asset[:40])
    return row
