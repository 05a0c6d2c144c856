"""Asks assets for a wake-up check when their court's time comes, and tells what came of it.

Asking is a new version of the asset's document `day`, with the instant from which it is to check
itself: whoever is on does it at once, and whoever wakes later then.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec

from fleet_server.access.model import SYSTEM, Caller
from fleet_server.assets import store as assets
from fleet_server.assets.model import Asset
from fleet_server.database import Database, Unit
from fleet_server.documents import store as documents
from fleet_server.documents.model import Desired
from fleet_server.intake.model import AssetView, Presence
from fleet_server.readiness import store as readiness_store
from fleet_server.readiness.model import Upkeep
from fleet_server.waking import rules, store
from fleet_server.waking.model import Use, WakeAsk, WakePlan, WakeState, Woken
from telemetry.rules.readiness import Verdict
from telemetry.wire.catalogue import Catalogue
from telemetry.wire.people import Day
from telemetry.wire.profile import Profile
from telemetry.words import Document, LinkClass

EVERY: Final = timedelta(seconds=20)
_ALL: Final = 1_000_000
_WORST_FIRST: Final = list(WakeState)


class Sender(Protocol):
    """Whoever sends documents."""

    def desired(self, asset: str) -> Mapping[str, Desired]:
        """What the asset should hold, by the document's name."""

    def highest_held(self, name: str) -> int:
        """The highest version of a document that any asset holds."""

    def reload(self) -> None:
        """Read anew what assets should hold."""


class Readiness(Protocol):
    """Whoever judges."""

    def expected(
        self, asset: Asset, at: datetime, now: datetime, upkeep: Upkeep, link: LinkClass | None
    ) -> tuple[Verdict, ...]:
        """What the asset will be able to do then."""

    def documents(self, asset: str) -> tuple[Profile, Catalogue]:
        """What the asset should carry, and the services that it is judged for."""


class Views(Protocol):
    """Whoever knows the live views."""

    def view(self, asset: str) -> AssetView:
        """One asset, heard of or not."""


class Waking:
    """`step` is for one thread, the rest for any."""

    def __init__(
        self, database: Database, sender: Sender, readiness: Readiness, views: Views
    ) -> None:
        self._database = database
        self._sender = sender
        self._readiness = readiness
        self._views = views

    def step(self, now: datetime) -> None:
        """Ask whoever is to be asked now.

        Raises:
            SQLAlchemyError: the database refuses; the next step does it again.
        """
        with self._database.reading() as session:
            plans = store.plans(session)
            due = {
                court: plan
                for court, (plan, ran_at) in plans.items()
                if rules.due_at(plan, ran_at, now) is not None
            }
            if not due:
                return
            found = assets.page(session, SYSTEM, limit=_ALL)
            upkeep = readiness_store.all_upkeep(session)
        for court, plan in due.items():
            mine = [
                one for one in found if (one.court if one.court in plans else store.FLEET) == court
            ]
            asked = dict(self._chosen(mine, plan, upkeep, now))
            with self._database.unit(SYSTEM, now) as unit:
                for asset in asked:
                    self._put(unit, asset, now)
                store.note_run(unit, court, list(asked.values()))
            self._sender.reload()

    def tomorrow(self, caller: Caller, now: datetime) -> list[tuple[Asset, Woken]]:
        """The caller's assets that were asked for a time to come, and what came of it."""
        with self._database.reading() as session:
            seen = {one.id: one for one in assets.page(session, caller, limit=_ALL)}
            asks = [one for one in store.asks(session, now) if one.asset in seen]
            checks = store.checks_since(session, asks)
        found = []
        for ask in asks:
            heard_at = _instant(self._views.view(ask.asset).seen_at, now)
            profile, _ = self._readiness.documents(ask.asset)
            check = checks.get(ask.asset)
            found.append((seen[ask.asset], rules.outcome(ask, heard_at, check, profile, now)))
        return sorted(found, key=lambda pair: _WORST_FIRST.index(pair[1].state))

    def _chosen(
        self, mine: Iterable[Asset], plan: WakePlan, upkeep: Mapping[str, Upkeep], now: datetime
    ) -> Iterable[tuple[Asset, WakeAsk]]:
        for asset in mine:
            use = rules.use_of(plan, self._day(asset.id), now)
            if use is None:
                continue
            verdicts = self._verdicts(asset, use, upkeep.get(asset.id, Upkeep()), now)
            is_online = self._views.view(asset.id).presence is Presence.ONLINE
            if verdicts and rules.must_be_asked(verdicts, is_online=is_online):
                services = tuple(one.service for one in verdicts)
                yield asset, WakeAsk(asset.id, now, use.at, services)

    def _verdicts(self, asset: Asset, use: Use, upkeep: Upkeep, now: datetime) -> list[Verdict]:
        expected = self._readiness.expected(asset, use.at, now, upkeep, None)
        return rules.concerned(use, expected)

    def _day(self, asset: str) -> Day:
        present = self._sender.desired(asset).get(Document.DAY)
        return Day() if present is None else msgspec.json.decode(present.body, type=Day)

    def _put(self, unit: Unit, asset: Asset, now: datetime) -> None:
        asked_at = round(now.timestamp() * 1000)
        day = msgspec.structs.replace(self._day(asset.id), check_at=asked_at)
        above = self._sender.highest_held(Document.DAY)
        body = msgspec.json.encode(day).decode()
        documents.put(unit, Document.DAY, asset.id, body, court=asset.court, above=above)


def _instant(ms: int | None, now: datetime) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, now.tzinfo)
