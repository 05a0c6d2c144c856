"""Every word and reason of readiness has its sentence in both languages, with the same facts."""

import string
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

import pytest

from telemetry import words
from telemetry.sentences import names, reasons
from telemetry.sentences.wording import Sentence

_W = TypeVar("_W", bound=StrEnum)


def _of(kind: type[_W], table: Mapping[_W, Sentence]) -> tuple[list[str], dict[str, Sentence]]:
    return list(kind), {str(word): sentence for word, sentence in table.items()}


_TABLES = {
    "readiness": _of(words.Readiness, names.READINESS),
    "device kinds": _of(words.DeviceKind, names.DEVICE_KINDS),
    "device states": _of(words.DeviceState, names.DEVICE_STATES),
    "device faults": _of(words.DeviceFault, names.DEVICE_FAULTS),
    "platform states": _of(words.PlatformState, names.PLATFORM_STATES),
    "seats": _of(words.Seat, names.SEATS),
    "link classes": _of(words.LinkClass, names.LINK_CLASSES),
    "reasons": _of(words.ReadinessReason, reasons.REASONS),
    "remedies": _of(words.ReadinessReason, reasons.REMEDIES),
    "remedies of faults": _of(words.DeviceFault, reasons.FAULT_REMEDIES),
}


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("name", _TABLES)
def test_every_word_has_a_sentence_in_both_languages(name: str) -> None:
    codes, table = _TABLES[name]

    assert set(table) == set(codes)
    _check(table.values())


def test_what_a_clock_ahead_has_dated_has_its_sentences() -> None:
    stale = {str(code) for code in words.ReadinessReason if code.endswith("_stale")}

    assert {str(code) for code in reasons.AHEAD} == stale
    _check([*reasons.AHEAD.values(), reasons.SET_CLOCK, names.SELF_CHECKED])


def _check(sentences: Iterable[Sentence]) -> None:
    for sentence in sentences:
        assert sentence.en
        assert sentence.zh
        assert sentence.en != sentence.zh
        assert _fields(sentence.en) == _fields(sentence.zh)
