"""IPP messages: requests encoded, answers decoded (RFC 8010).

The reader is strict and bounded: what a device sends is not to be trusted with time or memory.
"""

import struct
from collections.abc import Sequence
from enum import IntEnum
from typing import Final, NamedTuple, TypeAlias, Union

IppValue: TypeAlias = Union[int, bool, str, bytes, "Range", "Attributes", None]
"""One value; bytes for what has no simple form here, None for "unknown", "no value"."""

Attributes: TypeAlias = dict[str, list[IppValue]]
"""Attributes by name; each has one value or more, in order."""

_MOST_VALUES: Final = 20_000
_MOST_NESTED: Final = 8

_OPERATION, _JOB, _END, _PRINTER = 0x01, 0x02, 0x03, 0x04
_LAST_DELIMITER: Final = 0x0F
_LAST_OUT_OF_BAND: Final = 0x1F
_INTEGER, _BOOLEAN, _ENUM, _RANGE = 0x21, 0x22, 0x23, 0x33
_COLLECTION, _COLLECTION_END, _MEMBER = 0x34, 0x37, 0x4A
_TEXT_WITH_LANGUAGE, _NAME_WITH_LANGUAGE = 0x35, 0x36
_FIRST_TEXT, _LAST_TEXT = 0x41, 0x5F
_NAME, _KEYWORD, _URI, _CHARSET, _LANGUAGE, _MIME = 0x42, 0x44, 0x45, 0x47, 0x48, 0x49

_HEAD: Final = struct.Struct(">BBhI")
_LENGTH: Final = struct.Struct(">h")
_NUMBER: Final = struct.Struct(">i")
_TWO_NUMBERS: Final = struct.Struct(">ii")


class Operation(IntEnum):
    """What is asked of a printer."""

    PRINT_JOB = 0x0002
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_PRINTER_ATTRIBUTES = 0x000B


class Range(NamedTuple):
    """A rangeOfInteger."""

    low: int
    high: int


class Answer(NamedTuple):
    """What came back; of several jobs the first."""

    status: int
    printer: Attributes
    job: Attributes


class Malformed(Exception):
    """What came is no IPP answer."""


def encode_request(
    operation: Operation,
    uri: str,
    keywords: Sequence[tuple[str, Sequence[str]]] = (),
    names: Sequence[tuple[str, str]] = (),
    *,
    document_format: str = "",
    job: int | None = None,
) -> bytes:
    """A request to the printer at `uri`; a document would follow it.

    `keywords` and `names` are further operation attributes of these two types.
    """
    attributes = [
        _attribute(_CHARSET, "attributes-charset", b"utf-8"),
        _attribute(_LANGUAGE, "attributes-natural-language", b"en"),
        _attribute(_URI, "printer-uri", uri.encode()),
    ]
    if job is not None:
        attributes.append(_attribute(_INTEGER, "job-id", _NUMBER.pack(job)))
    attributes += [_attribute(_NAME, name, value.encode()) for name, value in names]
    for name, values in keywords:
        for index, value in enumerate(values):
            attributes.append(_attribute(_KEYWORD, "" if index else name, value.encode()))
    if document_format:
        attributes.append(_attribute(_MIME, "document-format", document_format.encode()))
    head = _HEAD.pack(1, 1, operation, 1)
    return head + bytes([_OPERATION]) + b"".join(attributes) + bytes([_END])


def decode_answer(message: bytes) -> Answer:
    """The printer's answer.

    Raises:
        Malformed: it is cut off, has lengths or nesting that cannot be, or is something else.
    """
    return _Reader(message).answer()


def _attribute(tag: int, name: str, value: bytes) -> bytes:
    return b"".join(
        (bytes([tag]), _LENGTH.pack(len(name)), name.encode(), _LENGTH.pack(len(value)), value)
    )


class _Reader:
    def __init__(self, message: bytes) -> None:
        self._message = message
        self._at = 0
        self._values_left = _MOST_VALUES

    def answer(self) -> Answer:
        major, _, status, _ = _HEAD.unpack(self._take(_HEAD.size))
        if major not in {1, 2}:
            raise Malformed(f"IPP version {major}")
        groups: dict[int, Attributes] = {}
        tag = self._byte()
        while tag != _END:
            if not 0 < tag <= _LAST_DELIMITER:
                raise Malformed("attributes outside of a group")
            attributes, following = self._group()
            groups.setdefault(tag, attributes)
            tag = following
        return Answer(status, groups.get(_PRINTER, {}), groups.get(_JOB, {}))

    def _group(self) -> tuple[Attributes, int]:
        """The attributes up to the next delimiter, and that."""
        attributes: Attributes = {}
        values: list[IppValue] | None = None
        while (tag := self._byte()) > _LAST_DELIMITER:
            name = self._text(self._field())
            if name:
                values = attributes.setdefault(name, [])
            if values is None:
                raise Malformed("a value without a name")
            values.append(self._value(tag, 0))
        return attributes, tag

    def _value(self, tag: int, depth: int) -> IppValue:
        self._values_left -= 1
        if not self._values_left:
            raise Malformed("too many values")
        field = self._field()
        if tag == _COLLECTION:
            return self._collection(depth + 1)
        if tag <= _LAST_OUT_OF_BAND:
            return None
        if tag in {_INTEGER, _ENUM}:
            return self._numbers(_NUMBER, field)[0]
        if tag == _BOOLEAN:
            if field not in {b"\0", b"\1"}:
                raise Malformed("neither true nor false")
            return field == b"\1"
        if tag == _RANGE:
            return Range(*self._numbers(_TWO_NUMBERS, field))
        if tag in {_TEXT_WITH_LANGUAGE, _NAME_WITH_LANGUAGE}:
            inside = _Reader(field)
            inside._field()
            return self._text(inside._field())
        return self._text(field) if _FIRST_TEXT <= tag <= _LAST_TEXT else field

    def _collection(self, depth: int) -> Attributes:
        """Members up to the end of this collection; its begin tag and empty value are read."""
        if depth > _MOST_NESTED:
            raise Malformed("nested too deep")
        members: Attributes = {}
        values: list[IppValue] | None = None
        while (tag := self._byte()) != _COLLECTION_END:
            if tag <= _LAST_DELIMITER or self._field():
                raise Malformed("a collection without an end")
            if tag == _MEMBER:
                values = members.setdefault(self._text(self._field()), [])
            elif values is None:
                raise Malformed("a value without a name")
            else:
                values.append(self._value(tag, depth))
        if self._field() or self._field():
            raise Malformed("the end of a collection has no name and no value")
        return members

    def _numbers(self, form: struct.Struct, field: bytes) -> tuple[int, ...]:
        if len(field) != form.size:
            raise Malformed("a number of another length")
        return form.unpack(field)

    def _text(self, field: bytes) -> str:
        return field.decode(errors="replace")

    def _field(self) -> bytes:
        (length,) = _LENGTH.unpack(self._take(_LENGTH.size))
        if length < 0:
            raise Malformed("a negative length")
        return self._take(length)

    def _byte(self) -> int:
        return self._take(1)[0]

    def _take(self, count: int) -> bytes:
        taken = self._message[self._at : self._at + count]
        if len(taken) != count:
            raise Malformed("cut off")
        self._at += count
        return taken
