"""What a playbook is and what it can be told."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from msgspec import Struct

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Variables: TypeAlias = "dict[str, Json]"
Files: TypeAlias = Mapping[str, bytes]
"""A folder of Ansible content: path inside it, with slashes, to content."""

BUILTIN: Final = "builtin"
"""The collection that comes with the server."""


class Option(Struct, frozen=True):
    """A variable that a playbook understands, from the argument specs of its roles.

    `elements`: the type of a list's, "" when it does not say.
    """

    name: str
    role: str
    type: str
    is_required: bool
    default: Json
    choices: tuple[str, ...]
    description: str
    elements: str = ""


class Playbook(Struct, frozen=True):
    """A playbook for assets; `version` is another when any of its paths changes.

    `rollback`: the paths of what undoes it, `NAME.rollback.yml` and its roles; empty: nothing does.
    """

    name: str
    collection: str
    title: str
    version: str
    options: tuple[Option, ...]
    paths: tuple[str, ...]
    specs: dict[str, Json]
    """Of all its roles together, as Ansible's own validator wants them."""
    rollback: tuple[str, ...] = ()


class Problem(Struct, frozen=True):
    """Why content cannot be used: a code, in which file ("": all of it), and the code's facts."""

    code: str
    path: str
    facts: dict[str, str | int]
