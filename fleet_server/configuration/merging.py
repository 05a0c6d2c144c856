"""Layers to one configuration: a pure function that also says where each value comes from.

Mappings are merged deep, lists of things with a `name` by that name, all else is replaced; what a
narrower layer says counts. `null` takes a value away, `absent: true` a named thing.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final, TypeAlias

import msgspec

from fleet_server.configuration.model import Entry, Layer, Merged, Said
from fleet_server.playbooks.model import Json, Variables

NAME: Final = "name"
ABSENT: Final = "absent"
_HASH_LETTERS: Final = 16


class _Leaf:
    """A value, with all that was said of it, widest first; the last counts."""

    def __init__(self, said: Sequence[Said]) -> None:
        self.said = said

    @property
    def is_gone(self) -> bool:
        return self.said[-1].value is None


class _Branch:
    """A mapping, or a list of named things; `scope` is whose layer began it."""

    def __init__(self, scope: str, *, is_list: bool) -> None:
        self.scope = scope
        self.is_list = is_list
        self.children: dict[str, _Node] = {}


_Node: TypeAlias = _Leaf | _Branch


def merged(layers: Iterable[Layer]) -> Merged:
    """What these layers come to, the widest first."""
    root = _Branch("", is_list=False)
    for layer in layers:
        _lay_mapping(root, layer.content, layer.scope)
    values = _values(root)
    assert isinstance(values, dict)  # noqa: S101  # it is no list
    return Merged(values, tuple(_entries(root, ())), digest(values))


def digest(values: Variables) -> str:
    """The hash of a configuration, the same whichever layers it came from; "" for an empty one."""
    if not values:
        return ""
    return sha256(msgspec.json.encode(values, order="deterministic")).hexdigest()[:_HASH_LETTERS]


def is_named(value: Json) -> bool:
    """Whether it is a list of things that are told apart by name."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, dict) and isinstance(one.get(NAME), str) for one in value)
    )


def _laid(under: _Node | None, value: Json, scope: str) -> _Node | None:
    """What was there with a value laid over it."""
    if value is None:
        return None if under is None else _Leaf([*_said(under), Said(scope, None)])
    if isinstance(value, dict):
        return _lay_mapping(_branch(under, scope, is_list=False), value, scope)
    if isinstance(value, list) and is_named(value):
        return _lay_things(_branch(under, scope, is_list=True), value, scope)
    return _Leaf([*_said(under), Said(scope, value)])


def _branch(under: _Node | None, scope: str, *, is_list: bool) -> _Branch:
    if isinstance(under, _Branch) and under.is_list is is_list:
        return under
    return _Branch(scope, is_list=is_list)


def _lay_mapping(branch: _Branch, value: Variables, scope: str) -> _Branch:
    for key, inner in value.items():
        _put(branch, key, _laid(branch.children.get(key), inner, scope))
    return branch


def _lay_things(branch: _Branch, things: list[Json], scope: str) -> _Branch:
    for thing in things:
        if isinstance(thing, dict):
            name = str(thing[NAME])
            rest = {key: one for key, one in thing.items() if key not in {NAME, ABSENT}}
            wanted = None if thing.get(ABSENT) is True else rest
            _put(branch, name, _laid(branch.children.get(name), wanted, scope))
    return branch


def _put(branch: _Branch, key: str, node: _Node | None) -> None:
    if node is not None:
        branch.children[key] = node


def _said(node: _Node | None) -> Sequence[Said]:
    if isinstance(node, _Branch):
        return [Said(node.scope, _values(node))]
    return () if node is None else node.said


def _values(node: _Node) -> Json:
    if isinstance(node, _Leaf):
        return node.said[-1].value
    there = {
        key: _values(child)
        for key, child in node.children.items()
        if not (isinstance(child, _Leaf) and child.is_gone)
    }
    if not node.is_list:
        return there
    return [{NAME: name, **one} for name, one in there.items() if isinstance(one, dict)]


def _entries(node: _Node, path: tuple[str, ...]) -> Iterator[Entry]:
    if isinstance(node, _Leaf):
        said = node.said[-1]
        yield Entry(path, said.value, said.scope, tuple(node.said[:-1]))
    elif path and not node.children:
        yield Entry(path, [] if node.is_list else {}, node.scope)
    else:
        for key, child in node.children.items():
            yield from _entries(child, (*path, key))
