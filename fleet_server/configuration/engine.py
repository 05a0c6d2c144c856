"""Knows what is desired of each asset and how it stands, and sets assets up where that is wanted.

A step that places orders is one transaction that begins with the lock of the fleet's policy, so
that of any number of servers one places them (docs/adr/0015).
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from msgspec import Struct
from sqlalchemy.orm import Session

from fleet_server.access.model import SYSTEM, Caller
from fleet_server.assets import store as assets
from fleet_server.assets.model import Asset
from fleet_server.configuration import rules, store
from fleet_server.configuration.merging import merged
from fleet_server.configuration.model import (
    PLAYBOOK,
    ConfigurationState,
    Converge,
    Hold,
    Layer,
    Merged,
    Situation,
    chain,
)
from fleet_server.database import Database, Unit
from fleet_server.errors import Conflict, FleetError
from fleet_server.instants import to_ms
from fleet_server.intake.model import AssetView, Presence
from fleet_server.orders import store as orders
from fleet_server.orders.model import Bundler, NewOrder, PlacedOrder
from telemetry.wire.catalogue import Catalogue
from telemetry.wire.orders import Conditions
from telemetry.wire.profile import Profile

logger = logging.getLogger(__name__)

EVERY: Final = timedelta(seconds=5)
VALIDITY: Final = timedelta(hours=2)
"""So long an order waits until it may begin; then the asset has another turn."""

_LIMIT_SECONDS: Final = 900
_ALL: Final = 1_000_000
_MOST_KEPT: Final = 5000
DRAFT: Final = -1
"""The version of a layer that nobody has written yet."""

_HASH: Final = "manifest_hash"

Layers = Mapping[str, Layer]
Spans = Callable[[str], Sequence[tuple[datetime, datetime]] | None]


class Views(Protocol):
    """Whoever knows the live views; `intake` does."""

    def view(self, asset: str) -> AssetView:
        """One asset, heard of or not."""


class Profiles(Protocol):
    """Whoever knows what assets should carry."""

    def documents(self, asset: str) -> tuple[Profile, Catalogue]:
        """The asset's profile, and the services that it is judged for."""


class Openings(Protocol):
    """Whoever knows when assets may be worked on."""

    def shut_out(self, session: Session) -> frozenset[str]:
        """Whoever is in quarantine."""

    def spans(self, session: Session, since: datetime, until: datetime) -> Spans:
        """By court: when between these its assets may begin; None: at any time."""


class Standing(Struct, frozen=True):
    """How an asset stands, and why it is not set up just now."""

    situation: Situation
    state: ConfigurationState
    hold: Hold


class Configurations:
    """`step` is for one thread, the rest for any."""

    def __init__(
        self,
        database: Database,
        views: Views,
        profiles: Profiles,
        openings: Openings,
        bundler: Bundler,
    ) -> None:
        self._database = database
        self._views = views
        self._profiles = profiles
        self._openings = openings
        self._bundler = bundler
        self._kept: dict[tuple[tuple[str, int], ...], Merged] = {}
        self._keeping = threading.Lock()

    def step(self, now: datetime) -> None:
        """Set up who is not as desired, where somebody said that it be done by itself.

        Looks before it locks: mostly there is nothing to do, and SQLite has one writer.

        Raises:
            SQLAlchemyError: the database refuses; the next step does it again.
        """
        with self._database.reading() as session:
            if Converge.WHEN_IDLE not in store.policies(session).values():
                return
            if not self._due(self.standings(session, SYSTEM, now)):
                return
        with self._database.unit(SYSTEM, now) as unit:
            if store.policy(unit, waits=False) is None:
                return
            layers = store.newest(unit.session)
            spans = self._openings.spans(unit.session, now, now + VALIDITY)
            for one in self._due(self.standings(unit.session, SYSTEM, now)):
                windows = spans(one.court)
                if windows is None or windows:
                    self._place_quietly(unit, one, layers, windows or ())

    def standings(self, session: Session, caller: Caller, now: datetime) -> list[Standing]:
        """All assets in use that the caller sees, in order of id; judged among the whole fleet."""
        found = self._situations(session, assets.page(session, SYSTEM, limit=_ALL), now)
        judged = [(one, rules.state_of(one, now)) for one in found]
        return [
            Standing(one, state, hold)
            for one, state, hold in rules.holds(judged, now)
            if caller.sees(one.court)
        ]

    def standing(self, session: Session, asset: Asset, now: datetime) -> Standing:
        """One asset in use; the others are judged only where its turn depends on them."""
        [one] = self._situations(session, [asset], now, only=asset.id)
        state = rules.state_of(one, now)
        hold = rules.hold_of(one, state, now)
        if hold is not Hold.NONE or not rules.is_wanting(one, state):
            return Standing(one, state, hold)
        fleet = self.standings(session, SYSTEM, now)
        return next(each for each in fleet if each.situation.asset == asset.id)

    def chain(self, asset: Asset, layers: Layers) -> list[Layer]:
        """The layers that an asset stands in, widest first."""
        return [layers[scope] for scope in self.scopes(asset) if scope in layers]

    def scopes(self, asset: Asset) -> tuple[str, ...]:
        """The scopes that an asset stands in, widest first, with a layer or without."""
        profile, _ = self._profiles.documents(asset.id)
        return chain(asset.id, str(asset.kind), profile.name, asset.court)

    def merged(self, asset: Asset, layers: Layers) -> Merged:
        """What is desired of an asset."""
        mine = self.chain(asset, layers)
        key = tuple((layer.scope, layer.version) for layer in mine)
        with self._keeping:
            found = self._kept.get(key)
            if found is None:
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                found = self._kept[key] = merged(mine)
            return found

    def place(
        self, unit: Unit, asset: Asset, *, is_check: bool, why: str, conditions: Conditions
    ) -> PlacedOrder:
        """Let an asset be set up as desired, or find out what that would change.

        Raises:
            Conflict: nothing is desired of it, or it is retired.
            FleetError: as the bundler and `orders.place` say.
        """
        wanted = self.merged(asset, store.newest(unit.session))
        if not wanted.hash:
            raise Conflict("configuration_nothing", asset=asset.id)
        bundle = self._bundler(PLAYBOOK, {**wanted.values, _HASH: wanted.hash}, is_check)
        new = NewOrder(
            task=bundle,
            title=PLAYBOOK,
            valid_until=unit.now + VALIDITY,
            conditions=conditions,
            limit_seconds=_LIMIT_SECONDS,
            why=why,
            source=store.source(wanted.hash),
        )
        return orders.place(unit, asset.id, new)

    def _due(self, found: Sequence[Standing]) -> list[Situation]:
        return [
            one.situation
            for one in found
            if one.hold is Hold.NONE and rules.is_wanting(one.situation, one.state)
        ]

    def _place_quietly(
        self,
        unit: Unit,
        one: Situation,
        layers: Layers,
        windows: Sequence[tuple[datetime, datetime]],
    ) -> None:
        """One that cannot be placed does not keep the others waiting."""
        spans = [(to_ms(begin), to_ms(end)) for begin, end in windows]
        try:
            asset = assets.find(unit.session, SYSTEM, one.asset)
            self.place(unit, asset, is_check=False, why="", conditions=Conditions(windows=spans))
        except FleetError as error:
            facts = {"asset": one.asset, "code": error.code}
            logger.warning("a configuration could not be sent", extra=facts)

    def _situations(
        self, session: Session, found: Sequence[Asset], now: datetime, only: str | None = None
    ) -> list[Situation]:
        """`only`: the one that they are, so that nothing is read of others."""
        layers = store.newest(session)
        reports = store.reports(session, only)
        policies = store.policies(session)
        desired = {one.id: self.merged(one, layers).hash for one in found}
        since = now - rules.REMEMBERED
        tried = store.attempts(session, since, set(desired.values()), only)
        busy, shut_out = store.busy(session, only), self._openings.shut_out(session)
        spans = self._openings.spans(session, now, now + timedelta(seconds=1))
        situations = []
        for one in found:
            view = self._views.view(one.id)
            source = store.source(desired[one.id])
            windows = spans(one.court)
            situations.append(
                Situation(
                    asset=one.id,
                    court=one.court,
                    kind=str(one.kind),
                    desired=desired[one.id],
                    report=reports.get(one.id),
                    attempts=tuple(
                        attempt for attempt in tried.get(one.id, ()) if attempt.source == source
                    ),
                    is_heard=view.presence is Presence.ONLINE,
                    in_sitting=view.in_sitting,
                    is_busy=one.id in busy,
                    is_quarantined=one.id in shut_out,
                    is_open=windows is None or bool(windows),
                    converge=store.policy_of(policies, one.court),
                )
            )
        return situations
