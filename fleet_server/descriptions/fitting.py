"""Whether what a file says has the form that a document asks for: all misfits, not only the first.

The form is that of the msgspec struct itself, so a new field needs no line here.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias, TypeVar

import msgspec
from msgspec import Struct, inspect

from fleet_server.descriptions.model import Path, Problem
from fleet_server.errors import Fact

_T = TypeVar("_T", bound=Struct)

Data: TypeAlias = object
"""What tomllib or a JSON reader made: tables, lists, texts, numbers, flags, dates."""

FORMS: Final = {
    r"^[a-z0-9][a-z0-9-]{0,31}\Z": "form_key",
    r"^[0-9a-f]{4}\Z": "form_hex4",
    r"^ipps?://": "form_ipp",
    r"^rtsps?://": "form_rtsp",
    r"^/dev/": "form_device_file",
    r"^(tcp|http|https|snmp)\Z": "form_speaks",
    r"^[0-9]{18,22}\Z": "form_iccid",
}
"""The sentence that explains each pattern of a profile or catalogue."""

_SHOWN: Final = 40


def fit(kind: type[_T], data: Data) -> _T | list[Problem]:
    """`data` as a struct `kind`, or everything that is wrong with it."""
    problems = misfits(kind, data)
    if problems:
        return problems
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        return [Problem("field_other", (), {"problem": str(error)})]


def misfits(kind: type, data: Data) -> list[Problem]:
    """Everything in `data` that a struct `kind` cannot take, in the order of the file."""
    return list(_of(inspect.type_info(kind), data, ()))


def _of(kind: inspect.Type, data: Data, path: Path) -> Iterator[Problem]:
    match kind:
        case inspect.StructType():
            yield from _of_table(kind, data, path)
        case inspect.UnionType():
            yield from _of_union(kind, data, path)
        case inspect.ListType():
            yield from _of_list(kind, data, path)
        case inspect.DictType():
            yield from _of_names(kind, data, path)
        case inspect.EnumType():
            words = [str(word.value) for word in kind.cls]
            if data not in words:
                yield _choice(words, data, path)
        case inspect.StrType():
            yield from _of_text(kind, data, path)
        case inspect.BoolType():
            if not isinstance(data, bool):
                yield _problem("field_flag", path, data)
        case inspect.IntType() | inspect.FloatType():
            yield from _of_number(kind, data, path)
        case _:
            raise NotImplementedError(f"no check for a field that is {kind}")


def _of_table(kind: inspect.StructType, data: Data, path: Path) -> Iterator[Problem]:
    if not isinstance(data, Mapping):
        yield _problem("field_table", path, data)
        return
    fields = {field.encode_name: field for field in kind.fields}
    tag = kind.tag_field
    for name, value in data.items():
        if name in fields:
            yield from _of(fields[name].type, value, (*path, name))
        elif name != tag:
            yield _unknown(str(name), list(fields), path)
    for name, field in fields.items():
        if field.required and name not in data:
            yield Problem("field_missing", path, {"name": name})


def _unknown(name: str, names: list[str], path: Path) -> Problem:
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return Problem("field_unknown_near", (*path, name), {"name": name, "near": near[0]})
    return Problem("field_unknown", (*path, name), {"name": name, "names": ", ".join(names)})


def _of_union(kind: inspect.UnionType, data: Data, path: Path) -> Iterator[Problem]:
    """One of several tables, told apart by a word in them; or one kind, or nothing."""
    if data is None and any(isinstance(one, inspect.NoneType) for one in kind.types):
        return
    kinds = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
    tables = [one for one in kinds if isinstance(one, inspect.StructType) and one.tag_field]
    if len(kinds) == 1:
        yield from _of(kinds[0], data, path)
    elif not isinstance(data, Mapping):
        yield _problem("field_table", path, data)
    else:
        tag = str(tables[0].tag_field)
        fitting = [one for one in tables if one.tag == data.get(tag)]
        if fitting:
            yield from _of(fitting[0], data, path)
        elif tag in data:
            yield _choice([str(one.tag) for one in tables], data[tag], (*path, tag))
        else:
            yield Problem("field_missing", path, {"name": tag})


def _of_list(kind: inspect.ListType, data: Data, path: Path) -> Iterator[Problem]:
    if not isinstance(data, list):
        yield _problem("field_list", path, data)
        return
    least, most = kind.min_length or 0, kind.max_length
    if len(data) < least or (most is not None and len(data) > most):
        facts: dict[str, Fact] = {"least": least, "most": most or 0, "has": len(data)}
        yield Problem("field_length", path, facts)
    for place, value in enumerate(data):
        yield from _of(kind.item_type, value, (*path, place))


def _of_names(kind: inspect.DictType, data: Data, path: Path) -> Iterator[Problem]:
    """A table whose names are words of a list, as seats."""
    if not isinstance(data, Mapping):
        yield _problem("field_table", path, data)
        return
    for name, value in data.items():
        yield from _of(kind.key_type, name, (*path, str(name)))
        yield from _of(kind.value_type, value, (*path, str(name)))


def _of_text(kind: inspect.StrType, data: Data, path: Path) -> Iterator[Problem]:
    least, most = kind.min_length or 0, kind.max_length
    if kind.pattern is not None and not (isinstance(data, str) and re.search(kind.pattern, data)):
        yield _problem(FORMS[kind.pattern], path, data)
    elif not isinstance(data, str):
        yield _problem("field_text", path, data)
    elif len(data) < least or (most is not None and len(data) > most):
        yield Problem("text_length", path, {"least": least, "most": most or 0, "has": len(data)})


def _of_number(
    kind: inspect.IntType | inspect.FloatType, data: Data, path: Path
) -> Iterator[Problem]:
    is_whole = isinstance(kind, inspect.IntType)
    if (
        isinstance(data, bool)
        or not isinstance(data, int if is_whole else int | float)
        or not _is_within(kind, data)
    ):
        code = "field_whole" if is_whole else "field_number"
        yield Problem(code, path, {"range": _range(kind), "got": _shown(data)})


def _is_within(kind: inspect.IntType | inspect.FloatType, number: float) -> bool:
    return (
        (kind.ge is None or number >= kind.ge)
        and (kind.gt is None or number > kind.gt)
        and (kind.le is None or number <= kind.le)
        and (kind.lt is None or number < kind.lt)
    )


def _range(kind: inspect.IntType | inspect.FloatType) -> str:
    bounds = (("≥", kind.ge), (">", kind.gt), ("≤", kind.le), ("<", kind.lt))
    return ", ".join(f"{sign} {bound:,}" for sign, bound in bounds if bound is not None)


def _choice(words: list[str], data: Data, path: Path) -> Problem:
    near = difflib.get_close_matches(str(data), words, n=1)
    facts: dict[str, Fact] = {"words": ", ".join(words), "got": _shown(data)}
    if near:
        return Problem("field_choice_near", path, {**facts, "near": near[0]})
    return Problem("field_choice", path, facts)


def _problem(code: str, path: Path, data: Data) -> Problem:
    return Problem(code, path, {"got": _shown(data)})


def _shown(data: Data) -> str:
    """What was found, short and on one line."""
    if isinstance(data, Mapping):
        return "{…}"
    if isinstance(data, list):
        return "[…]"
    if isinstance(data, bool):
        return str(data).lower()
    text = f'"{data}"' if isinstance(data, str) else str(data)
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
