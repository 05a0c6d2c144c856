"""Desired documents: verified, newer than what is held, understood; or refused with a reason."""

import logging
from typing import Final, NamedTuple, TypeVar

import msgspec

from edge_agent.ports import Check
from edge_agent.records import HeldDocument
from telemetry.errors import Unreadable
from telemetry.wire import events
from telemetry.wire.catalogue import Catalogue
from telemetry.wire.documents import Settings
from telemetry.wire.people import Day, People
from telemetry.wire.profile import Profile
from telemetry.wire.signed import Opened, Sealed, SignedHeader, open_sealed
from telemetry.words import Document, DocumentRefusal

logger = logging.getLogger(__name__)

Content = Settings | Profile | Catalogue | People | Day
_T = TypeVar("_T", bound=Content)

FAMILY: Final = "desired"
_MOST_AT_ONCE: Final = 4
_MOST_REMEMBERED: Final = 64
_CONTENTS: Final[dict[Document, type[Content]]] = {
    Document.SETTINGS: Settings,
    Document.PROFILE: Profile,
    Document.CATALOGUE: Catalogue,
    Document.PEOPLE: People,
    Document.DAY: Day,
}
_NAMES: Final[dict[object, Document]] = {kind: name for name, kind in _CONTENTS.items()}


class Outcome(NamedTuple):
    """What a document led to: an event, and what is held from now on when it is good."""

    event: events.DocumentHeld | events.DocumentRefused
    held: HeldDocument | None = None


class DocumentBook:
    """The versions held, and the documents whose signature is being checked.

    Each refusal is told once, although the server sends a document again until it is held.
    """

    def __init__(self, asset: str, held: dict[str, HeldDocument], check: Check) -> None:
        self._asset = asset
        self._check = check
        self._held = dict(held)
        self._checking: dict[bytes, Opened] = {}
        self._told: dict[events.DocumentRefused, None] = {}

    @property
    def versions(self) -> dict[str, int]:
        """The version held of each document, for the header."""
        return {name: document.version for name, document in self._held.items()}

    def content(self, kind: type[_T]) -> _T:
        """What is held of the document with this content, or what a new asset holds."""
        held = self._held.get(_NAMES[kind])
        if held is None:
            return kind()
        try:
            return msgspec.json.decode(held.body, type=kind)
        except msgspec.MsgspecError:
            # A later program wrote it: better to go on by the defaults than not at all.
            logger.exception("a document held cannot be read", extra={"document": held.name})
            return kind()

    def receive(self, payload: bytes, now_ms: int) -> Outcome | None:
        """A document from the centre; None while it is checked, or when there is no news."""
        try:
            opened = open_sealed(payload)
        except Unreadable as error:
            return self._unreadable(payload, error)
        refusal = self._refusal(opened, now_ms)
        if refusal is not None:
            return self._refused(opened.header, refusal)
        header = opened.header
        if header.number == self.versions.get(header.name, -1):
            return None
        if opened.signature in self._checking or len(self._checking) >= _MOST_AT_ONCE:
            return None
        self._checking[opened.signature] = opened
        genuine = self._check(opened.signed, opened.signature)
        return None if genuine is None else self.checked(opened.signature, genuine)

    def checked(self, signature: bytes, is_genuine: bool | None) -> Outcome | None:
        """The answer of the check; None: it could not be made, the server will send it again."""
        opened = self._checking.pop(signature, None)
        if opened is None or is_genuine is None:
            return None
        header = opened.header
        if not is_genuine:
            return self._refused(header, DocumentRefusal.SIGNATURE)
        if header.number <= self.versions.get(header.name, -1):
            return None  # a newer one was held while this one was checked
        try:
            msgspec.json.decode(opened.body, type=_CONTENTS[Document(header.name)])
        except (ValueError, KeyError, msgspec.MsgspecError):
            return self._refused(header, DocumentRefusal.CONTENT)
        document = HeldDocument(header.name, header.number, opened.body)
        self._held[header.name] = document
        return Outcome(events.DocumentHeld(header.name, header.number), document)

    def _refusal(self, opened: Opened, now_ms: int) -> DocumentRefusal | None:
        header = opened.header
        if header.asset != self._asset or header.family != FAMILY:
            return DocumentRefusal.ADDRESSEE
        if now_ms < header.not_before:
            return DocumentRefusal.NOT_YET_VALID
        if now_ms > header.not_after:
            return DocumentRefusal.EXPIRED
        if header.number < self.versions.get(header.name, -1):
            return DocumentRefusal.OLDER
        return None

    def _refused(self, header: SignedHeader, code: DocumentRefusal) -> Outcome | None:
        event = events.DocumentRefused(header.name, header.number, code)
        if event in self._told:
            return None
        self._told[event] = None
        if len(self._told) > _MOST_REMEMBERED:
            del self._told[next(iter(self._told))]
        logger.warning(
            "desired document refused",
            extra={"document": header.name, "version": header.number, "code": code},
        )
        return Outcome(event)

    def _unreadable(self, payload: bytes, error: Unreadable) -> Outcome | None:
        """Not our form; where the header can be read, the body is not the one that was signed."""
        try:
            header = msgspec.json.decode(
                msgspec.json.decode(payload, type=Sealed).header, type=SignedHeader
            )
        except (msgspec.MsgspecError, UnicodeDecodeError):
            logger.warning("unreadable desired document", extra={"why": error.detail})
            return None
        return self._refused(header, DocumentRefusal.HASH)
