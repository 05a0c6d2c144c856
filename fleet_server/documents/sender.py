"""Sends each asset the documents that it does not hold yet, until its header says it does."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from fleet_server.authority.store import Authority
from fleet_server.database import Database
from fleet_server.documents import store
from fleet_server.documents.model import AllDesired, Desired
from telemetry.wire import signed, topics
from telemetry.wire.messages import Header

AGAIN_MS: Final = 30_000
_VALID: Final = timedelta(days=30)
# Vehicles' clocks differ, and replaying an old document is prevented by its version.
_BEFORE: Final = timedelta(days=1)


class Sender:
    """Called by intake with every header, so it only looks into memory.

    `refresh` is for the clockwork; whoever changes a document calls `reload` to have it sent now.
    """

    def __init__(self, database: Database, authority: Authority) -> None:
        self._database = database
        self._authority = authority
        self._sent: dict[tuple[str, str], tuple[int, int]] = {}  # version, and when
        self._held: dict[str, Mapping[str, int]] = {}
        self._complete: dict[str, Mapping[str, int]] = {}  # what was held when nothing was missing
        self.reload()

    def reload(self) -> None:
        """Read anew what assets should hold."""
        self._read_at = self._database.written
        with self._database.reading() as session:
            self._desired = store.desired(session)
        self._complete = {}

    def refresh(self, now: datetime) -> None:
        """Read anew when something was changed since: assets come, and move between courts."""
        if self._read_at != self._database.written:
            self.reload()

    def due(self, asset: str, header: Header, now_ms: int) -> list[tuple[str, bytes]]:
        """Topic and payload of what to send now; again every `AGAIN_MS` as long as it is not held.

        A version that the asset holds and this server does not know (its database was restored)
        is left alone; `highest_held` tells it to whoever makes the next one.
        """
        complete = self._complete  # a reload in the meantime puts another in its place
        if complete.get(asset) == header.held:
            return []  # so it is with nearly every message
        self._held[asset] = header.held
        found = []
        is_complete = True
        for name, desired in self._desired.of(asset).items():
            version, sent_at = self._sent.get((asset, name), (0, 0))
            if header.held.get(name, 0) >= desired.version:
                self._sent.pop((asset, name), None)
                continue
            is_complete = False
            if version != desired.version or not 0 <= now_ms - sent_at < AGAIN_MS:
                self._sent[asset, name] = (desired.version, now_ms)
                found.append((topics.desired(asset), self._sealed(asset, desired, now_ms)))
        if is_complete:
            complete[asset] = header.held
        return found

    def held(self, asset: str) -> Mapping[str, int] | None:
        """The versions that the asset's last header named; None when none came yet."""
        return self._held.get(asset)

    def highest_held(self, name: str) -> int:
        """The highest version of a document that any asset holds."""
        return max((held.get(name, 0) for held in list(self._held.values())), default=0)

    def desired(self, asset: str) -> Mapping[str, Desired]:
        """What the asset should hold, by the document's name; of "" what the fleet should."""
        return self._desired.of(asset)

    @property
    def all_desired(self) -> AllDesired:
        """What everybody should hold."""
        return self._desired

    def _sealed(self, asset: str, desired: Desired, now_ms: int) -> bytes:
        validity = (
            now_ms - round(_BEFORE.total_seconds() * 1000),
            now_ms + round(_VALID.total_seconds() * 1000),
        )
        body = desired.body.encode()
        number, sign = desired.version, self._authority.sign
        return signed.seal(asset, "desired", desired.name, number, validity, body, sign)
