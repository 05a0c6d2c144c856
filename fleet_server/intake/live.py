"""What is known of each asset now: one `AssetView` an asset, replaced when something changed.

Presence is a lease on the header: silence longer than the asset's own rhythm allows ends it. Not
safe to share between threads: `Intake` holds its lock around every call.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import structs

from fleet_server.intake.model import Absence, AssetView, Place, Presence, Sighting
from telemetry.rules.rhythm import stale_after_seconds
from telemetry.store.port import ReportRow
from telemetry.wire.messages import Header, Value

OFFLINE_STALES: Final = 5.0
"""Silence of so many times what makes an asset stale makes it offline."""

DRAINING_MS: Final = 60_000
"""So long after the last late report an asset's backlog counts as still coming in."""

_MINUTE_MS: Final = 60_000


class _Facts:
    """What an asset's view is made of."""

    __slots__ = (
        "changed",
        "gone_at",
        "header",
        "late_at",
        "minute",
        "now_count",
        "past_count",
        "seen_at",
        "stale_ms",
        "view",
        "view_is_old",
    )

    def __init__(self, asset: str) -> None:
        self.view = AssetView(asset, Presence.OFFLINE, Absence.NEVER)
        self.view_is_old = False
        self.changed = 0
        self.header: Header | None = None
        self.seen_at: int | None = None
        self.gone_at: int | None = None
        self.late_at: int | None = None
        self.stale_ms = 0.0
        self.minute = 0
        self.now_count = 0
        self.past_count = 0

    def count(self, reports: int, now: int) -> None:
        minute = now // _MINUTE_MS
        if minute != self.minute:
            self.past_count = self.now_count if minute == self.minute + 1 else 0
            self.minute, self.now_count = minute, 0
        self.now_count += reports

    def reports_per_minute(self, now: int) -> float:
        """This minute's reports, and of the minute before the part less than a minute ago."""
        self.count(0, now)
        return round(self.now_count + self.past_count * (1 - now % _MINUTE_MS / _MINUTE_MS), 1)

    def is_draining(self, now: int) -> bool:
        return self.late_at is not None and now - self.late_at <= DRAINING_MS

    def is_as_shown(self, now: int) -> bool:
        """Whether the view is still right though nothing was heard."""
        view = self.view
        return (
            self.presence(now) == (view.presence, view.absence)
            and self.is_draining(now) is view.is_draining
        )

    def presence(self, now: int) -> tuple[Presence, Absence]:
        if self.seen_at is None:
            return Presence.OFFLINE, Absence.NEVER
        if self.gone_at is not None:
            return Presence.OFFLINE, Absence.WILL
        silence_ms = now - self.seen_at
        if silence_ms <= self.stale_ms:
            return Presence.ONLINE, Absence.NONE
        if silence_ms <= OFFLINE_STALES * self.stale_ms:
            return Presence.STALE, Absence.SILENCE
        return Presence.OFFLINE, Absence.SILENCE


class Live:
    """The views of all assets that were ever heard of."""

    def __init__(self, sightings: Iterable[Sighting] = ()) -> None:
        self._facts: dict[str, _Facts] = {}
        self._change = 0
        self._now = 0
        for sighting in sightings:
            facts = self._of(sighting.asset)
            facts.seen_at = sighting.seen_at
            facts.view_is_old = True
            self._now = max(self._now, sighting.seen_at)
            facts.stale_ms = stale_after_seconds(sighting.every_seconds) * 1000
            facts.view = structs.replace(
                facts.view,
                seen_at=sighting.seen_at,
                every_seconds=sighting.every_seconds,
                machine=sighting.machine,
                agent_version=sighting.agent_version,
                place=_place(sighting.longitude_degrees, sighting.latitude_degrees),
            )

    def hear(self, asset: str, header: Header, now: int) -> None:
        """A header arrived: the asset lives."""
        facts = self._of(asset)
        if facts.header is None or facts.header.every_seconds != header.every_seconds:
            facts.stale_ms = stale_after_seconds(header.every_seconds) * 1000
        facts.header = header
        facts.seen_at = self._now = now
        facts.gone_at = None
        if header.machine or header.agent_version:
            facts.view = structs.replace(
                facts.view,
                machine=_writable(header.machine),
                agent_version=_writable(header.agent_version),
            )
        self._touch(facts)

    def leave(self, asset: str, now: int) -> None:
        """The asset's last will arrived: a hint, which its next header takes back."""
        facts = self._of(asset)
        facts.gone_at = now
        self._touch(facts)

    def arrive(self, asset: str, reports: int, newest: ReportRow | None, now: int) -> None:
        """Reports were committed; `newest` is the last of them that is live."""
        facts = self._of(asset)
        facts.count(reports, now)
        if newest is not None:
            facts.view = structs.replace(
                facts.view,
                clock_fault=False,
                measured_at=newest.measured_at,
                received_at=newest.received_at,
                place=place_of(newest.metrics) or facts.view.place,
                metrics=newest.metrics,
                devices=newest.devices,
            )
        self._touch(facts)

    def drain(self, asset: str, now: int) -> None:
        """Late reports were committed: the asset has a backlog."""
        facts = self._of(asset)
        facts.late_at = now
        self._touch(facts)

    def flag(
        self, asset: str, *, clock_fault: bool | None = None, forked: bool | None = None
    ) -> None:
        """Set what is given."""
        facts = self._of(asset)
        view = facts.view
        facts.view = structs.replace(
            view,
            clock_fault=view.clock_fault if clock_fault is None else clock_fault,
            forked=view.forked if forked is None else forked,
        )
        self._touch(facts)

    def note_readiness(self, asset: str, letters: str) -> None:
        """What it can do, a letter a service."""
        facts = self._of(asset)
        facts.view = structs.replace(facts.view, readiness=letters)
        self._touch(facts)

    def evaluate(self, now: int) -> None:
        """Let leases run out."""
        self._now = now
        for facts in self._facts.values():
            if not facts.view_is_old and not facts.is_as_shown(now):
                self._touch(facts)

    def view(self, asset: str) -> AssetView:
        """The asset's view; of one never heard of, that."""
        facts = self._facts.get(asset)
        if facts is None:
            return AssetView(asset, Presence.OFFLINE, Absence.NEVER)
        return self._fresh(facts)

    def views(self) -> dict[str, AssetView]:
        return {asset: self._fresh(facts) for asset, facts in self._facts.items()}

    def changed_since(self, token: int) -> tuple[int, list[AssetView]]:
        """A token for the next call, and the views that changed since the one given (0: all)."""
        changed = [self._fresh(f) for f in self._facts.values() if f.changed > token or not token]
        return self._change, changed

    def sightings(self) -> list[Sighting]:
        """What to keep over a restart."""
        return [
            Sighting(
                asset=view.asset,
                seen_at=view.seen_at,
                every_seconds=view.every_seconds,
                machine=view.machine,
                agent_version=view.agent_version,
                longitude_degrees=view.place.longitude_degrees if view.place else None,
                latitude_degrees=view.place.latitude_degrees if view.place else None,
            )
            for view in self.views().values()
            if view.seen_at is not None
        ]

    def _of(self, asset: str) -> _Facts:
        facts = self._facts.get(asset)
        if facts is None:
            facts = self._facts[asset] = _Facts(asset)
        return facts

    def _touch(self, facts: _Facts) -> None:
        self._change += 1
        facts.changed = self._change
        facts.view_is_old = True

    def _fresh(self, facts: _Facts) -> AssetView:
        if facts.view_is_old:
            facts.view = _made(facts, self._now)
            facts.view_is_old = False
        return facts.view


def place_of(metrics: Mapping[str, Value]) -> Place | None:
    """Where a report was measured, None when it does not say, or nonsense."""
    return _place(metrics.get("longitude_degrees"), metrics.get("latitude_degrees"))


def _place(longitude: Value | None, latitude: Value | None) -> Place | None:
    if not isinstance(longitude, int | float) or not isinstance(latitude, int | float):
        return None
    is_on_earth = -180 <= longitude <= 180 and -90 <= latitude <= 90
    return Place(longitude, latitude) if is_on_earth else None


def _writable(text: str) -> str:
    """Without the character 0, which PostgreSQL does not have: all assets are saved together."""
    return text.replace("\0", "")


def _made(facts: _Facts, now: int) -> AssetView:
    presence, absence = facts.presence(now)
    draining = facts.is_draining(now)
    header = facts.header
    if header is None or facts.seen_at is None:
        return structs.replace(facts.view, presence=presence, absence=absence, is_draining=draining)
    return structs.replace(
        facts.view,
        presence=presence,
        absence=absence,
        is_draining=draining,
        seen_at=facts.seen_at,
        clock_ahead_ms=header.sent_at - facts.seen_at,
        reports_per_minute=facts.reports_per_minute(now),
        boot=header.boot,
        up_ms=header.up_ms,
        trust=header.trust,
        every_seconds=header.every_seconds,
        held=header.held,
        last_order=header.last_order,
        link_class=header.link_class,
        in_sitting=header.in_sitting,
    )
