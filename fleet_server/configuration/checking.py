"""Whether a layer, or a whole configuration, is what the playbook's roles take; pure.

Each fault names the field, with things by their names, and what was expected of it.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from fleet_server.configuration.merging import ABSENT, NAME
from fleet_server.errors import Fault, Malformed
from fleet_server.playbooks.model import Json, Playbook, Variables

_BOOKKEEPING: Final = "manifest"
"""The role whose variables the server says itself."""

_MOST_VALUES: Final = 5000
_DEEPEST: Final = 8
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "str": (str,),
    "path": (str,),
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
    "list": (list,),
    "dict": (dict,),
}


def specs_of(playbook: Playbook) -> dict[str, Json]:
    """The options of its roles that people set."""
    kept = {option.name for option in playbook.options if option.role == _BOOKKEEPING}
    return {name: spec for name, spec in playbook.specs.items() if name not in kept}


def plain(value: object) -> Variables:
    """What was read from YAML, as the mapping of JSON values that it should be.

    Raises:
        Malformed: it is none, or too large: a few lines of YAML can stand for millions of values.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Malformed("configuration_no_mapping")
    left = [_MOST_VALUES]
    found = _plain(value, "", 0, left)
    assert isinstance(found, dict)  # noqa: S101  # as it came
    return found


def faults(
    specs: Mapping[str, Json], values: Variables, *, is_layer: bool, field: str = ""
) -> Iterator[Fault]:
    """What is wrong; of a layer (`is_layer`) what is required may stand in another one."""
    for key, value in values.items():
        name = f"{field}.{key}" if field else key
        spec = specs.get(key)
        if not isinstance(spec, dict):
            yield Fault(name, "configuration_unknown", {"known": ", ".join(specs)})
        elif value is not None or not is_layer:
            yield from _value_faults(spec, value, name, is_layer=is_layer)
    if not is_layer:
        for key, spec in specs.items():
            if isinstance(spec, dict) and spec.get("required") is True and key not in values:
                yield Fault(f"{field}.{key}" if field else key, "configuration_missing", {})


def _value_faults(
    spec: Mapping[str, Json], value: Json, field: str, *, is_layer: bool
) -> Iterator[Fault]:
    kind = str(spec.get("type", "str"))
    choices = spec.get("choices")
    if not _is(value, kind):
        yield Fault(field, f"configuration_no_{'str' if kind == 'path' else kind}", {})
    elif isinstance(choices, list) and value not in choices:
        facts = {"choices": ", ".join(map(str, choices))}
        yield Fault(field, "configuration_no_choice", facts)
    elif isinstance(value, list):
        yield from _element_faults(spec, value, field, is_layer=is_layer)
    elif isinstance(value, dict) and isinstance(spec.get("options"), dict):
        yield from faults(_options(spec), value, is_layer=is_layer, field=field)


def _element_faults(
    spec: Mapping[str, Json], value: list[Json], field: str, *, is_layer: bool
) -> Iterator[Fault]:
    kind, options = str(spec.get("elements", "raw")), _options(spec)
    seen: set[str] = set()
    for number, one in enumerate(value, 1):
        name = f"{field}.{number}"
        if not _is(one, kind):
            yield Fault(name, f"configuration_no_{'str' if kind == 'path' else kind}", {})
        elif isinstance(one, dict) and options:
            given = dict(one)
            if NAME in options:
                called = one.get(NAME)
                if not isinstance(called, str) or not called:
                    yield Fault(name, "configuration_no_name", {})
                    continue
                name = f"{field}.{called}"
                if called in seen:
                    yield Fault(name, "configuration_twice", {})
                seen.add(called)
                if is_layer and given.pop(ABSENT, None) is True and len(given) > 1:
                    yield Fault(name, "configuration_absent_and_more", {})
            yield from faults(options, given, is_layer=is_layer, field=name)


def _options(spec: Mapping[str, Json]) -> Mapping[str, Json]:
    found = spec.get("options")
    return found if isinstance(found, dict) else {}


def _is(value: Json, kind: str) -> bool:
    wanted = _TYPES.get(kind)
    if wanted is None:
        return True
    # In Python true is a number.
    return isinstance(value, wanted) and (kind == "bool" or not isinstance(value, bool))


def _plain(value: object, field: str, depth: int, left: list[int]) -> Json:
    left[0] -= 1
    if left[0] < 0 or depth > _DEEPEST:
        raise Malformed("configuration_too_large", most=_MOST_VALUES)
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, list):
        return [_plain(one, field, depth + 1, left) for one in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _plain(one, key, depth + 1, left) for key, one in value.items()}
    raise Malformed("configuration_no_json", field=field[:80])
