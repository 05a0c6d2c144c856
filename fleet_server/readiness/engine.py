"""Judges every asset for every service as facts come in, and remembers for how long it was what.

Reports come from the writer's thread and wait in memory; `step`, in a thread of its own, makes
facts of them, judges, and writes what changed. A kill loses at most the facts of the last ten
seconds, which the next reports bring again.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec

from fleet_server.access.model import SYSTEM
from fleet_server.assets.model import Asset
from fleet_server.book import store as book
from fleet_server.book.model import Out
from fleet_server.database import Database
from fleet_server.documents.model import Desired
from fleet_server.instants import to_ms
from fleet_server.intake.model import AssetView
from fleet_server.readiness import store
from fleet_server.readiness.model import Upkeep
from telemetry.rules import facts as rules
from telemetry.rules.facts import Carried, Facts, LinkFact, Presence
from telemetry.rules.readiness import Outlook, Verdict, expect, judge
from telemetry.store.port import ReportRow
from telemetry.wire.catalogue import Catalogue, Service
from telemetry.wire.messages import Report
from telemetry.wire.profile import Profile
from telemetry.words import Document, LinkClass, Readiness

EVERY: Final = timedelta(seconds=2)
SAVED_EVERY: Final = timedelta(seconds=10)
JUDGED_EVERY: Final = timedelta(seconds=30)
"""What was proven grows old by itself, so that everybody is judged again now and then."""

_MOST_ARRIVED: Final = 50_000
"""Reports that wait; while the database is down the oldest are given up, newer ones tell more."""

_GAP: Final = timedelta(minutes=1)
_STATES: Final = frozenset({"device_state", "platform_state"})
_POWER: Final = frozenset({"mains_power", "power_minutes"})
_LETTERS: Final = {
    Readiness.READY: "R",
    Readiness.LIMITED: "L",
    Readiness.NOT_PROVEN: "P",
    Readiness.UNKNOWN: "U",
    Readiness.NOT_READY: "N",
}

DesiredOf = Callable[[str], Mapping[str, Desired]]


class Intake(Protocol):
    """Whoever knows the live views; `intake` does."""

    def changed_since(self, token: int) -> tuple[int, list[AssetView]]:
        """A token for the next call, and the views changed since the one given (0: all)."""

    def view(self, asset: str) -> AssetView:
        """One asset, heard of or not."""

    def note_readiness(self, asset: str, letters: str) -> None:
        """What glances say of the asset."""


class ReadinessEngine:
    """`take` is for the writer's thread, `step` for one thread, the rest for any."""

    def __init__(self, database: Database, intake: Intake, desired: DesiredOf) -> None:
        self._database = database
        self._intake = intake
        self._desired = desired
        self._lock = threading.Lock()
        self._arrived: deque[ReportRow] = deque(maxlen=_MOST_ARRIVED)
        self._powers: dict[str, ReportRow] = {}
        self._seen: dict[str, tuple[str, str]] = {}
        self._verdicts: dict[str, tuple[Verdict, ...]] = {}
        self._contents: dict[tuple[str, int], Profile | Catalogue] = {}
        self._unsaved: dict[str, Facts] = {}
        self._changed: dict[str, dict[str, Verdict]] = {}
        self._token = 0
        self._out: list[Out] = []
        self._carried: dict[str, list[Out]] = {}  # of them, by the vehicle that has them
        self._book_read_at = -1
        self._judged_at: datetime | None = None
        self._saved_at: datetime | None = None
        with database.reading() as session:
            self._facts = store.load_facts(session)
            self._event, self._last_judged_at = store.head(session)

    def take(self, rows: Sequence[ReportRow]) -> None:
        """Reports were committed: kept are those that tell of devices or platforms, and of those
        that tell of power alone each asset's newest.
        """
        with self._lock:
            for row in rows:
                if any(not _STATES.isdisjoint(values) for values in row.devices.values()):
                    self._arrived.append(row)
                elif not _POWER.isdisjoint(row.metrics):
                    self._powers[row.asset] = row

    def step(self, now: datetime) -> None:
        """Build facts of what came, judge whoever it concerns, and write what changed.

        Raises:
            SQLAlchemyError: the database refuses; the next step does it again.
        """
        touched = self._learn() | self._learn_events() | self._seen_again() | self._loads()
        last = self._judged_at
        if last is None or not last <= now < last + JUDGED_EVERY:
            self._judged_at = now
            touched |= {view.asset for view in self._intake.changed_since(0)[1]}
            touched |= self._facts.keys()
        services = [one.name for one in self.services()]
        for asset in touched:
            self._judge(asset, now, services)
        self._save(now)

    def verdicts(self, asset: str) -> tuple[Verdict, ...]:
        """What the asset can do now, in the catalogue's order; empty until it was judged."""
        return self._verdicts.get(asset, ())

    def expected(
        self, asset: Asset, at: datetime, now: datetime, upkeep: Upkeep, link: LinkClass | None
    ) -> tuple[Verdict, ...]:
        """What the asset will be able to do then, as far as is known now.

        `link`: what the place where it will be gives by experience, None when nobody knows.
        """
        profile, catalogue = self.documents(asset.id)
        away = {one.asset: one for one in self._out if one.due_at > at}
        facts = self._known(asset.id, [one for one in away.values() if one.vehicle == asset.id])
        outlook = Outlook(
            link=link,
            starts_at_home=asset.home is not None and asset.id not in away,
            maintenance=tuple(
                (to_ms(one.begins_at), to_ms(one.ends_at)) for one in upkeep.maintenance
            ),
            inspection_until=_ms_or_none(upkeep.inspection_until),
            upkeep_until=_ms_or_none(upkeep.upkeep_until),
        )
        return tuple(
            expect(service, profile, facts, to_ms(at), to_ms(now), outlook)
            for service in catalogue.services
        )

    def would_be(
        self, asset: str, now: datetime, profile: Profile | None, catalogue: Catalogue | None
    ) -> tuple[Verdict, ...]:
        """What the asset's verdicts would be now under another profile or catalogue."""
        present, services = self.documents(asset)
        facts = self._known(asset)
        return tuple(
            judge(service, profile or present, facts, to_ms(now))
            for service in (catalogue or services).services
        )

    def services(self) -> list[Service]:
        """Those of the fleet's catalogue, in its order."""
        return self.documents("")[1].services

    def documents(self, asset: str) -> tuple[Profile, Catalogue]:
        """What the asset should carry, and the services that it is judged for."""
        desired = self._desired(asset)
        profile = self._content(desired.get(Document.PROFILE), Profile)
        catalogue = self._content(desired.get(Document.CATALOGUE), Catalogue)
        assert isinstance(profile, Profile)  # noqa: S101  # asked for by its type
        assert isinstance(catalogue, Catalogue)  # noqa: S101  # as above
        return profile, catalogue

    def facts(self, asset: str) -> Facts:
        """All that is known of an asset now."""
        return self._known(asset)

    def _learn(self) -> set[str]:
        """Facts of the reports that came; whose devices or platforms were told of."""
        with self._lock:
            rows, powers = list(self._arrived), list(self._powers.values())
            self._arrived.clear()
            self._powers.clear()
        for row in (*rows, *powers):
            profile, _ = self.documents(row.asset)
            at = row.measured_at if row.measured_at is not None else row.received_at
            report = Report(dict(row.metrics), {k: dict(v) for k, v in row.devices.items()})
            self._note(
                row.asset, rules.with_report(self._known_facts(row.asset), profile, report, at)
            )
        return {row.asset for row in rows}

    def _learn_events(self) -> set[str]:
        touched = set()
        with self._database.reading() as session:
            for number, asset, event, at in store.events_after(session, self._event):
                profile, _ = self.documents(asset)
                self._note(asset, rules.with_event(self._known_facts(asset), profile, event, at))
                self._event = number
                touched.add(asset)
        return touched

    def _seen_again(self) -> set[str]:
        """Who came, went, or has a link of another class since."""
        self._token, views = self._intake.changed_since(self._token)
        seen = {view.asset: (str(view.presence), view.link_class) for view in views}
        changed = {asset for asset, now in seen.items() if self._seen.get(asset) != now}
        self._seen |= seen
        return changed

    def _loads(self) -> set[str]:
        """Vehicles on which other backpacks are than before."""
        if self._book_read_at == self._database.written:
            return set()
        self._book_read_at = self._database.written
        before = self._out
        with self._database.reading() as session:
            self._out = book.out(session)
        self._carried = {}
        for one in self._out:
            self._carried.setdefault(one.vehicle or "", []).append(one)
        changed = set(before) ^ set(self._out)
        return {one.vehicle for one in changed if one.vehicle is not None}

    def _note(self, asset: str, facts: Facts) -> None:
        self._facts[asset] = self._unsaved[asset] = facts

    def _known_facts(self, asset: str) -> Facts:
        return self._facts.get(asset, Facts())

    def _known(self, asset: str, loads: Sequence[Out] | None = None) -> Facts:
        """The facts, with what the asset's live view says and what it carries (now, if None)."""
        view, facts = self._intake.view(asset), self._known_facts(asset)
        if loads is None:
            loads = self._carried.get(asset, ())
        self_checked_at = max(facts.self_checked.values(), default=None)
        heard = (at for at in (view.seen_at, self_checked_at) if at is not None)
        links = (link for link in (link_of(view), facts.link) if link is not None)
        return msgspec.structs.replace(
            facts,
            link=max(links, key=lambda link: link.at, default=None),
            presence=Presence(max(heard, default=None)),
            carried=tuple(
                Carried(one.asset, self._known_facts(one.asset).devices) for one in loads
            ),
        )

    def _content(
        self, desired: Desired | None, kind: type[Profile] | type[Catalogue]
    ) -> Profile | Catalogue:
        if desired is None:
            return kind()
        key = (desired.name, desired.version)
        found = self._contents.get(key)
        if found is None:
            found = self._contents[key] = msgspec.json.decode(desired.body, type=kind)
        return found

    def _judge(self, asset: str, now: datetime, services: Sequence[str]) -> None:
        fresh = self.would_be(asset, now, None, None)
        before = {one.service: one for one in self._verdicts.get(asset, ())}
        for one in fresh:
            if not _is_same(before.get(one.service), one):
                self._changed.setdefault(asset, {})[one.service] = one
        self._verdicts[asset] = fresh
        # Who has nothing to be judged for says nothing, instead of a "-" for each service.
        letters = letters_of(fresh, services) if fresh else ""
        if self._intake.view(asset).readiness != letters:
            self._intake.note_readiness(asset, letters)

    def _save(self, now: datetime) -> None:
        saved_at = self._saved_at
        is_due = saved_at is None or not saved_at <= now < saved_at + SAVED_EVERY
        if not (is_due or self._changed):
            return
        with self._database.unit(SYSTEM, now) as unit:
            last = self._last_judged_at
            if saved_at is None and last is not None:
                # Nobody was there to see what a longer stop changed: it counts as neither.
                store.close_spans(unit.session, last if now - last > _GAP else now)
            changed = {asset: list(found.values()) for asset, found in self._changed.items()}
            store.save(unit, self._unsaved, self._event, changed)
        self._unsaved, self._changed, self._saved_at = {}, {}, now


def link_of(view: AssetView) -> LinkFact | None:
    """The link's class as the asset's last header wrote it: "B", or "B?" when it is not sure."""
    written = view.link_class
    if view.seen_at is None or not written:
        return None
    name = written.removesuffix("?")
    found = next((one for one in LinkClass if one == name), None)
    return None if found is None else LinkFact(found, name == written, view.seen_at)


def letters_of(verdicts: Iterable[Verdict], services: Iterable[str]) -> str:
    """One letter a service of the fleet's catalogue, in its order: what a glance has room for.

    "-" stands for a service that the asset's own catalogue does not have.
    """
    letters = {one.service: _LETTERS[one.readiness] for one in verdicts}
    return "".join(letters.get(service, "-") for service in services)


def _is_same(before: Verdict | None, after: Verdict) -> bool:
    """Whether a reader would see no difference: the same readiness for the same reasons."""
    if before is None or before.readiness is not after.readiness:
        return False
    return [one.code for one in before.reasons] == [one.code for one in after.reasons]


def _ms_or_none(at: datetime | None) -> int | None:
    return None if at is None else to_ms(at)
