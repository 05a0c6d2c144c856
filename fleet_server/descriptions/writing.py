"""A catalogue or profile as a TOML text that people can read, change and give back.

What is as by default is left out, as in the files that come with the server.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from msgspec import NODEFAULT, Struct, structs

Value: TypeAlias = object
"""What a field of a description holds: text, number, flag, word, struct, list or table of those."""

_WIDE: Final = 88
"""A list that is longer stands on a line for each of its elements."""


def written(content: Struct) -> str:
    """The text; `reading.read` of it is the same content."""
    plain, tables = [], []
    for name, value in _said(content):
        if isinstance(value, Struct):
            tables.append((f"[{name}]", value))
        elif isinstance(value, list) and any(isinstance(one, Struct) for one in value):
            tables += [(f"[[{name}]]", one) for one in value]
        else:
            plain.append(f"{name} = {_text(value)}")
    parts = ["\n".join(plain)] if plain else []
    parts += ["\n".join([head, *_lines(table)]) for head, table in tables]
    return "\n\n".join(parts) + "\n"


def _lines(table: Struct) -> Iterator[str]:
    for name, value in _said(table):
        yield f"{name} = {_text(value)}"


def _said(table: Struct) -> Iterator[tuple[str, Value]]:
    """The fields that are not as by default; those that must be there always."""
    config = table.__struct_config__
    if config.tag_field is not None:
        yield config.tag_field, config.tag
    for field in structs.fields(table):
        value = getattr(table, field.name)
        default = field.default
        if default is NODEFAULT and field.default_factory is not NODEFAULT:
            default = field.default_factory()
        if value is not None and (field.required or value != default):
            yield field.encode_name, value


def _text(value: Value) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            # Every escape of JSON is one of TOML; that DEL must be escaped is TOML's alone.
            return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
        case float() if value.is_integer():
            return str(int(value))
        case int() | float():
            return repr(value)
        case Struct():
            return _inline(f"{name} = {_text(one)}" for name, one in _said(value))
        case Mapping():
            return _inline(f"{name} = {_text(one)}" for name, one in value.items())
        case Sequence():
            return _list([_text(one) for one in value])
        case _:
            raise TypeError(f"no way to write {type(value).__name__}")


def _inline(pairs: Iterator[str]) -> str:
    return f"{{ {', '.join(pairs)} }}"


def _list(elements: list[str]) -> str:
    line = f"[{', '.join(elements)}]"
    if len(line) <= _WIDE:
        return line
    return "\n".join(["[", *(f"  {one}," for one in elements), "]"])
