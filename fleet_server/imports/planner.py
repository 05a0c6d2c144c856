"""What a sheet of assets would do, row by row, and doing it."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet_server.access.model import Caller
from fleet_server.assets import store as assets
from fleet_server.assets.model import Asset, AssetRow, Change, NewAsset, Place
from fleet_server.courts import store as courts
from fleet_server.database import Unit
from fleet_server.errors import FleetError, Malformed, TooLarge
from fleet_server.imports import rules
from fleet_server.imports.model import (
    Column,
    FieldChange,
    Heading,
    Plan,
    Problem,
    Said,
    Step,
    Verdict,
)
from fleet_server.imports.rules import Understanding
from fleet_server.journal.model import What
from fleet_server.sheets.table import MOST_ROWS, SheetRow
from telemetry.words import AssetKind

_HEAD_WITHIN: Final = 10
"""Above the headings people write titles and dates; so many lines of them are passed over."""
_AT_ONCE: Final = 500
_SAME_DEGREES: Final = 5e-8


def plan(session: Session, caller: Caller, rows: Sequence[SheetRow], others: Understanding) -> Plan:
    """What these lines would do to the assets there are. Changes nothing.

    Raises:
        Malformed: no line heads a column of asset ids.
        TooLarge: more than `MOST_ROWS` rows.
    """
    heads, body = _headed(rows)
    if len(body) > MOST_ROWS:
        raise TooLarge("too_many_rows", limit=MOST_ROWS)
    read = [rules.said(row, heads, others) for row in body]
    often = Counter(one.id for one in read)
    present = _present(session, [one.id for one in read])
    known = set(courts.names(session))
    steps = []
    for one in read:
        step = _step(caller, one, present.get(one.id), often[one.id])
        if step.verdict is not Verdict.REFUSED and step.court and step.court not in known:
            news = Problem("court_is_new", {"court": step.court})
            step = msgspec.structs.replace(step, problems=[*step.problems, news])
        steps.append(step)
    digest = hashlib.sha256(msgspec.json.encode([heads, steps])).hexdigest()
    return Plan(digest, heads, steps)


def carry_out(unit: Unit, made: Plan, file_name: str) -> None:
    """Do what the plan says, in the caller's transaction; refused rows are passed over.

    Raises:
        FleetError: something was changed by somebody else since; nothing may be committed then.
    """
    for step in made.steps:
        if step.new is not None:
            assets.add(unit, step.new)
        elif step.verdict is Verdict.CHANGED:
            if step.change is not None:
                assets.change(unit, step.asset, step.change)
            if step.court is not None:
                assets.move(unit, step.asset, step.court, file_name)
    counts = made.counts()
    if counts[Verdict.NEW] or counts[Verdict.CHANGED]:
        said = {"file": file_name, **{str(verdict): n for verdict, n in counts.items()}}
        unit.journal(What.ASSETS_IMPORTED, "fleet:assets", None, said)


def _headed(rows: Sequence[SheetRow]) -> tuple[list[Heading], Sequence[SheetRow]]:
    for index, row in enumerate(rows[:_HEAD_WITHIN]):
        heads = rules.headings(row.cells)
        if any(head.field is Column.ID for head in heads):
            return heads, rows[index + 1 :]
    raise Malformed("no_id_column")


def _present(session: Session, ids: Sequence[str]) -> dict[str, Asset]:
    found: dict[str, Asset] = {}
    for start in range(0, len(ids), _AT_ONCE):
        query = select(AssetRow).where(AssetRow.id.in_(ids[start : start + _AT_ONCE]))
        found |= {row.id: row.asset() for row in session.scalars(query)}
    return found


def _step(caller: Caller, one: Said, present: Asset | None, times: int) -> Step:
    """One row's verdict."""
    problems = list(one.problems)
    if not one.id:
        problems.append(Problem("row_without_id"))
    elif times > 1:
        problems.append(Problem("id_twice", {"asset": one.id[:40], "times": times}))
    if one.court is not None and not caller.sees(one.court):
        problems.append(Problem("foreign_court", {"court": one.court}))
    try:
        assets.check_tags(one.tags or ())
    except FleetError as error:
        problems.append(Problem(error.code, error.facts))
    if present is None:
        return _addition(one, problems)
    if not caller.sees(present.court):
        problems.append(Problem("asset_elsewhere", {"asset": one.id}))
        return _refused(one, problems)
    return _alteration(one, present, problems)


def _addition(one: Said, problems: list[Problem]) -> Step:
    if one.id:
        try:
            assets.check_id(one.id)
        except FleetError as error:
            problems.append(Problem(error.code, error.facts))
    for column, value in ((Column.KIND, one.kind), (Column.COURT, one.court)):
        if value is None and not any(problem.code == "kind_not_understood" for problem in problems):
            problems.append(Problem("cell_missing", {"field": str(column)}))
    if problems or one.kind is None or one.court is None:
        return _refused(one, problems)
    new = NewAsset(
        one.id,
        one.kind,
        one.name or one.id,
        one.court,
        one.plate or "",
        one.note or "",
        one.home,
        one.tags or (),
    )
    changes = [FieldChange(field, None, after) for field, after in _texts(new).items() if after]
    return Step(one.line, one.id, Verdict.NEW, changes, new=new, court=one.court)


def _alteration(one: Said, present: Asset, problems: list[Problem]) -> Step:
    if one.kind is not None and one.kind is not present.kind:
        problems.append(Problem("kind_fixed", {"asset": one.id, "kind": present.kind}))
    wish = _wish(one, present)
    court = one.court if one.court not in {None, present.court} else None
    if present.retired_at is not None and (wish is not None or court is not None):
        problems.append(Problem("asset_retired", {"asset": one.id}))
    if problems:
        return _refused(one, problems)
    if wish is None and court is None:
        return Step(one.line, one.id, Verdict.UNCHANGED)
    before = _texts(present)
    after = before | _texts_of_change(wish) | ({} if court is None else {"court": court})
    changes = [
        FieldChange(field, text, after[field])
        for field, text in before.items()
        if text != after[field]
    ]
    return Step(one.line, one.id, Verdict.CHANGED, changes, change=wish, court=court)


def _wish(one: Said, present: Asset) -> Change | None:
    """What the row wants other than it is; an empty cell wants nothing."""
    wish = Change(
        name=one.name if one.name not in {None, present.name} else None,
        plate=one.plate if one.plate not in {None, present.plate} else None,
        note=one.note if one.note not in {None, present.note} else None,
        home=None if _is_same(one.home, present.home) else one.home,
        tags=one.tags if one.tags not in {None, present.tags} else None,
    )
    return None if wish == Change() else wish


def _is_same(said: Place | None, present: Place | None) -> bool:
    """Whether a place is none or the present one, to the half centimetre that files keep."""
    if said is None or present is None:
        return said is None
    return (
        abs(said.latitude_degrees - present.latitude_degrees) <= _SAME_DEGREES
        and abs(said.longitude_degrees - present.longitude_degrees) <= _SAME_DEGREES
    )


def _refused(one: Said, problems: Sequence[Problem]) -> Step:
    return Step(one.line, one.id[:80], Verdict.REFUSED, problems=problems)


def _texts(asset: Asset | NewAsset) -> dict[str, str]:
    kind: AssetKind = asset.kind
    return {
        "kind": str(kind),
        "name": asset.name,
        "court": asset.court,
        "plate": asset.plate,
        "note": asset.note,
        "tags": " ".join(asset.tags),
        "home": _place(asset.home),
    }


def _texts_of_change(wish: Change | None) -> dict[str, str]:
    if wish is None:
        return {}
    said = {"name": wish.name, "plate": wish.plate, "note": wish.note}
    found = {field: text for field, text in said.items() if text is not None}
    if wish.tags is not None:
        found["tags"] = " ".join(wish.tags)
    return found if wish.home is None else found | {"home": _place(wish.home)}


def _place(place: Place | None) -> str:
    if place is None:
        return ""
    return f"{place.latitude_degrees:.7f}, {place.longitude_degrees:.7f}"
