"""Assets that failed again and again: rollouts leave them out until somebody releases them."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fleet_server.access.model import Caller
from fleet_server.assets import store as assets
from fleet_server.database import Unit
from fleet_server.errors import NotFound
from fleet_server.journal.model import What
from fleet_server.rollouts.model import Quarantined, QuarantineRow

MOST_FAILURES: Final = 3
"""So many rollouts in a row an asset may fail in before it is left out."""


def assets_in(session: Session) -> frozenset[str]:
    """Whoever is in quarantine."""
    query = select(QuarantineRow.asset).where(QuarantineRow.since.is_not(None))
    return frozenset(session.scalars(query))


def page(session: Session, caller: Caller) -> list[Quarantined]:
    """Those of the caller's courts, the longest there first."""
    courts = assets.courts(session, caller, assets.Retired.INCLUDE)
    query = select(QuarantineRow).where(QuarantineRow.since.is_not(None))
    return [
        Quarantined(row.asset, courts[row.asset], row.failures, row.rollout, row.since)
        for row in session.scalars(query.order_by(QuarantineRow.since, QuarantineRow.asset))
        if row.asset in courts and row.since is not None
    ]


def note_failure(unit: Unit, asset: str, court: str, rollout: int) -> None:
    """An asset failed; after too many in a row it is left alone."""
    row = unit.session.get(QuarantineRow, asset)
    if row is None:
        row = QuarantineRow(asset=asset, failures=0, rollout=rollout)
        unit.session.add(row)
    row.failures, row.rollout = row.failures + 1, rollout
    if row.failures >= MOST_FAILURES and row.since is None:
        row.since = unit.now
        said = {"failures": row.failures}
        unit.journal(What.ASSET_QUARANTINED, assets.subject(asset), None, said, court=court)


def note_successes(unit: Unit, names: Collection[str]) -> None:
    """These succeeded: what was before does not count any more."""
    if names:
        is_counted = QuarantineRow.since.is_(None)
        unit.session.execute(
            delete(QuarantineRow).where(QuarantineRow.asset.in_(names), is_counted)
        )


def release(unit: Unit, asset: str, why: str) -> None:
    """Let rollouts have the asset again.

    Raises:
        NotFound: there is no such asset for this caller, or it is in no quarantine.
    """
    court = assets.find(unit.session, unit.caller, asset).court
    row = unit.session.get(QuarantineRow, asset)
    if row is None or row.since is None:
        raise NotFound("not_in_quarantine", asset=asset)
    unit.session.delete(row)
    said = {"failures": row.failures}
    unit.journal(What.QUARANTINE_ENDED, assets.subject(asset), said, None, why, court)
