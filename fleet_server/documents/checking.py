"""Looks at a profile or catalogue before it is saved: every problem at its field, and as TOML."""

from enum import StrEnum, unique
from typing import Annotated, Final, TypeVar

import msgspec
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, JsonValue, TypeAdapter

from fleet_server.descriptions import fitting, reading, rules, writing
from fleet_server.descriptions.model import Problem
from fleet_server.descriptions.reading import Read
from fleet_server.entrance import CallerNow, PartsNow, language_of
from fleet_server.parts import Parts
from fleet_server.sentences import say
from telemetry.wire.catalogue import Catalogue
from telemetry.wire.profile import Profile
from telemetry.words import Document

router = APIRouter(prefix="/api/v1", tags=["documents"])

_JSON: Final[TypeAdapter[JsonValue]] = TypeAdapter(JsonValue)
_C = TypeVar("_C", Catalogue, Profile)
_BYTE_ORDER_MARK: Final = "\ufeff"


@unique
class Described(StrEnum):
    """The documents that people write as TOML files too."""

    PROFILE = "profile"
    CATALOGUE = "catalogue"


class DocumentCheckIn(BaseModel):
    """One of both: content as it would be saved, or the text of a TOML file."""

    content: JsonValue = None
    toml: Annotated[str | None, Field(max_length=500_000)] = None


class FieldProblem(BaseModel):
    """One thing that is wrong, or with `is_warning` doubtful; `field` "" is all of it.

    `line` is that of the TOML text, from 1; null when content was sent.
    """

    field: str = Field(examples=["services[0].needs[0].kinds[0]"])
    line: int | None
    text: str = Field(examples=["没有业务需要平台 meditation；可能写错"])
    is_warning: bool


class DocumentCheck(BaseModel):
    """`content` and `toml` are the same, null when it has not the form of such a document."""

    is_sound: bool
    content: JsonValue
    toml: str | None
    problems: list[FieldProblem]


@router.post("/documents/{name}/check", operation_id="check_document")
def check_document(
    name: Described, body: DocumentCheckIn, caller: CallerNow, parts: PartsNow, request: Request
) -> DocumentCheck:
    """What is wrong with a profile or catalogue, beside what the fleet has; nothing is kept."""
    language = language_of(request)
    found: Read[Profile] | Read[Catalogue]
    found = _read(Profile, body) if name is Described.PROFILE else _read(Catalogue, body)
    problems = [*found.problems, *_doubts(parts, found.content)]
    content = found.content
    return DocumentCheck(
        is_sound=content is not None and all(one.is_warning for one in problems),
        content=None if content is None else _JSON.validate_json(msgspec.json.encode(content)),
        toml=None if content is None else writing.written(content),
        problems=[
            FieldProblem(
                field=one.field,
                line=None if body.toml is None else found.line(one),
                text=say(one.code, language, **one.facts),
                is_warning=one.is_warning,
            )
            for one in problems
        ],
    )


def _read(kind: type[_C], body: DocumentCheckIn) -> Read[_C]:
    if body.toml is not None:
        return reading.read(kind, body.toml.removeprefix(_BYTE_ORDER_MARK))
    found = fitting.fit(kind, body.content)
    return Read(None, found, {}) if isinstance(found, list) else Read(found, [], {})


def _doubts(parts: Parts, content: Profile | Catalogue | None) -> list[Problem]:
    """What contradicts itself, or fits nothing that the fleet has."""
    match content:
        case Profile():
            return rules.of_profile(content, parts.readiness.documents("")[1])
        case Catalogue():
            return rules.of_catalogue(content, _profiles(parts))
        case None:
            return []


def _profiles(parts: Parts) -> list[Profile]:
    """The newest profile of every scope."""
    scopes = parts.sender.all_desired.documents.values()
    made = [documents.get(Document.PROFILE) for documents in scopes]
    return [msgspec.json.decode(one.body, type=Profile) for one in made if one is not None]
