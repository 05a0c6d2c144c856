"""The end of a computer, or of an asset, and what comes after; each in the caller's transaction.

What follows outside the database (broker, intake) is `revocation.Revocation.enforce`, afterwards.
"""

from fleet_server.assets import store
from fleet_server.assets.model import Asset
from fleet_server.database import Unit
from fleet_server.enrolment import certificates
from fleet_server.enrolment.store import Enrolment, Invited, withdraw
from fleet_server.errors import Conflict, Malformed
from fleet_server.journal.model import What


def retire(unit: Unit, asset: str, confirm: str, why: str) -> Asset:
    """Retire an asset: its certificates and enrolment strings are worthless, its history stays.

    Raises:
        NotFound: there is none of that id for the caller.
        Malformed: `confirm` is not its id.
        Conflict: it is retired already.
    """
    row = store.in_use(unit, asset)
    if confirm != asset:
        raise Malformed("confirm_differs", asset=asset)
    row.retired_at = unit.now
    withdraw(unit, asset)
    certificates.revoke(unit, row, why)
    said = {"retired_at": unit.now}
    unit.journal(What.ASSET_RETIRED, store.subject(asset), None, said, why, court=row.court)
    return row.asset()


def reinstate(unit: Unit, enrolment: Enrolment, asset: str, why: str) -> Invited:
    """Take a retired asset back into use; a computer has to enrol for it.

    Raises:
        NotFound: there is none of that id for the caller.
        Conflict: it is not retired.
    """
    row = store.held(unit, asset)
    if row.retired_at is None:
        raise Conflict("asset_not_retired", asset=asset)
    before = {"retired_at": row.retired_at}
    row.retired_at = None
    unit.journal(What.ASSET_REINSTATED, store.subject(asset), before, None, why, court=row.court)
    return enrolment.invite(unit, asset, row.court)


def replace(unit: Unit, enrolment: Enrolment, asset: str, why: str) -> Invited:
    """Give the asset's name to another computer; the certificates of the present one end.

    Raises:
        NotFound, Conflict: as `store.in_use`.
    """
    row = store.in_use(unit, asset)
    count = certificates.revoke(unit, row, why)
    said = {"certificates": count}
    unit.journal(What.ASSET_REPLACED, store.subject(asset), None, said, why, court=row.court)
    return enrolment.invite(unit, asset, row.court)
