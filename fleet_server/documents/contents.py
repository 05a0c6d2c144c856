"""What may stand in each desired document: read strictly, kept complete, shown without secrets."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from msgspec import structs
from pydantic import JsonValue

from fleet_server.descriptions import fitting, rules
from fleet_server.descriptions.model import Problem
from fleet_server.errors import Fault, Malformed, Misfit
from telemetry.wire.catalogue import Catalogue
from telemetry.wire.documents import Settings
from telemetry.wire.people import Day, People, Person
from telemetry.wire.profile import Profile
from telemetry.words import Document

Content = Settings | Profile | Catalogue | People | Day

KINDS: Final[Mapping[Document, type[Content]]] = {
    Document.SETTINGS: Settings,
    Document.PROFILE: Profile,
    Document.CATALOGUE: Catalogue,
    Document.PEOPLE: People,
    Document.DAY: Day,
}
EMPTY: Final = "{}"
"""The body of a document that nobody has made: all its fields have defaults."""

IS_SET: Final = "set"
"""What is shown, and may be sent back, in place of a PIN that is kept."""

_PIN_DIGITS: Final = range(6, 13)


def read(name: Document, content: JsonValue) -> Content:
    """The content that somebody sent.

    Raises:
        Misfit: a field is missing, unknown or not what it should be, or contradicts another; the
            error says which, and what was expected.
    """
    found = fitting.fit(KINDS[name], content)
    problems = found if isinstance(found, list) else _contradictions(found)
    faults = [Fault(one.field, one.code, one.facts) for one in problems if not one.is_warning]
    if isinstance(found, list) or faults:
        raise Misfit("bad_document", faults, document=name)
    return found


def _contradictions(content: Content) -> list[Problem]:
    """What is wrong in itself, whatever else there is: a name twice, a link class out of order."""
    match content:
        case Profile():
            return rules.of_profile(content, Catalogue())
        case Catalogue():
            return rules.of_catalogue(content, [])
        case _:
            return []


def kept(content: Content, present: str | None, make: Callable[[str], str]) -> str:
    """The body to keep: of people with their PINs hashed, or as they were where `IS_SET` is sent.

    `present` is the body that is replaced, `make` hashes a PIN.

    Raises:
        Malformed: a PIN is not of 6 to 12 digits, or is to stay and there is none.
    """
    if isinstance(content, People):
        before = msgspec.json.decode(present, type=People).people if present else []
        hashes = {person.id: person.pin for person in before}
        people = [_kept(person, hashes, make) for person in content.people]
        content = People(people)
    return msgspec.json.encode(content).decode()


def shown(name: Document, body: str) -> str:
    """The body as people and the journal may see it."""
    if name is not Document.PEOPLE:
        return body
    people = msgspec.json.decode(body, type=People).people
    masked = [structs.replace(one, pin=IS_SET if one.pin else "") for one in people]
    return msgspec.json.encode(People(masked)).decode()


def _kept(person: Person, hashes: Mapping[str, str], make: Callable[[str], str]) -> Person:
    if not person.pin:
        return person
    if person.pin == IS_SET:
        if not hashes.get(person.id):
            raise Malformed("pin_missing", person=person.name)
        return structs.replace(person, pin=hashes[person.id])
    if not (person.pin.isascii() and person.pin.isdigit() and len(person.pin) in _PIN_DIGITS):
        raise Malformed("bad_pin", least=_PIN_DIGITS[0], most=_PIN_DIGITS[-1])
    return structs.replace(person, pin=make(person.pin))
