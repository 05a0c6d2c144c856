"""Rows of the journal and events of assets told in sentences: facts put into their places."""

import string
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from pydantic import JsonValue

from fleet_server.journal.model import What
from fleet_server.sentences import orders
from fleet_server.sentences.catalogue import SENTENCES
from fleet_server.sentences.configuration import CONFIGURATION_EVENTS, event_of
from fleet_server.sentences.journal import EVENTS, JOURNAL
from fleet_server.sentences.words import WORDS, word
from telemetry.sentences.wording import Sentence

_UNKNOWN: Final = Sentence(
    "An event of the kind {kind}, which this server does not know.",
    "类型为 {kind} 的事件，本服务器尚不认识。",
)

_OF_ORDERS: Final = frozenset({What.ORDER_PLACED, What.ORDER_CANCELLED, What.ORDER_ENDED})
_TRANSLATED: Final = frozenset(
    {
        "stream",
        "why",
        "kind",
        "role",
        "code",
        "better",
        "name",
        "seat",
        "owner",
        "outcome",
        "is_on",
        "converge",
    }
)
"""Facts that may be a word of ours; what is none stays as it is."""


def of_journal(what: str, before: JsonValue, after: JsonValue, language: str) -> str:
    """What a row of the journal says; a row of a newer server's kind says its code."""
    sentence = JOURNAL.get(What(what)) if what in frozenset(What) else None
    if sentence is None:
        return what
    facts: dict[str, JsonValue] = {}
    if isinstance(before, dict):
        facts |= {f"was_{key}": value for key, value in before.items()}
    if isinstance(after, dict):
        facts |= after
    if isinstance(before, dict) and isinstance(after, dict):
        facts["changes"] = _changes(before, after, language)
    facts |= _summed(facts)
    if what == What.MAINTENANCE:
        facts |= _work(facts, language)
    if what in _OF_ORDERS:
        facts |= orders.facts_of(facts, language)
    # Names are people's own words, except those of documents.
    is_own = what in {What.ASSET_ADDED, What.ASSET_CHANGED}
    if what == What.ENROLMENT_REFUSED:
        facts["reason"] = _reason(str(facts.get("code", "")), language)
    return _filled(sentence, facts, language, {"name"} if is_own else set())


def of_event(kind: str, body: JsonValue, language: str) -> str:
    """What an event says; one of an unknown kind says so."""
    facts: dict[str, JsonValue] = dict(body) if isinstance(body, dict) else {}
    numbers = facts.get("numbers")
    if kind == "dropped" and isinstance(numbers, list):
        facts["count"] = sum(_span(one) for one in numbers)
    facts |= _summed(facts)
    if kind == What.MAINTENANCE:
        facts |= _work(facts, language)
    if kind == "order":
        facts |= orders.facts_of(facts, language)
    if kind == "units_failed":
        facts |= {key: _listed(facts.get(key), language) for key in ("failed", "before")}
    if kind == "order_output":
        facts["part"] = _next(facts.get("part"))
    if kind == "configured":
        code, facts = event_of(facts)
        return _filled(CONFIGURATION_EVENTS[code], facts, language, set())
    if kind not in EVENTS:
        return _filled(_UNKNOWN, {"kind": kind}, language, {"kind"})
    return _filled(EVENTS[kind], facts, language, set())


def _summed(facts: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What of an event a sentence can hold: a check's outcomes, the items ticked, who said what."""
    said = [str(one) for one in (facts.get("who"), facts.get("said")) if one]
    found: dict[str, JsonValue] = {"by": f" ({': '.join(said)})" if said else ""}
    steps, items = facts.get("steps"), facts.get("items")
    if isinstance(steps, list):
        outcomes = [one[1] for one in steps if isinstance(one, list) and len(one) > 1]
        found |= {name: outcomes.count(name) for name in ("passed", "failed")}
        found["skipped"] = outcomes.count("skipped") + outcomes.count("refused")
    if isinstance(items, list):
        found["items"] = ", ".join(str(one) for one in items)
    return found


def _work(facts: Mapping[str, JsonValue], language: str) -> dict[str, JsonValue]:
    """Who works on an asset, and why: an order of the centre has nobody's name."""
    why = facts.get("why")
    colon = "：" if language == "zh-CN" else ": "
    return {
        "who": facts.get("who") or word("centre", language),
        "because": f"{colon}{why}" if why else "",
    }


def _filled(
    sentence: Sentence, facts: Mapping[str, JsonValue], language: str, own: set[str]
) -> str:
    """The sentence with its facts; one that an old row lacks is a question mark."""
    text = sentence.zh if language == "zh-CN" else sentence.en
    names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return text.format_map(
        {name: _word(facts.get(name), language, name in _TRANSLATED - own) for name in names}
    )


def _word(value: JsonValue, language: str, is_ours: bool) -> str:
    if value is None:
        return "?"
    text = str(value)
    if is_ours and text in WORDS:
        return word(text, language)
    try:
        is_instant = len(text) >= 20 and text[10] == "T"
        return f"{datetime.fromisoformat(text):%Y-%m-%d}" if is_instant else text
    except ValueError:
        return text


def _changes(before: Mapping[str, JsonValue], after: Mapping[str, JsonValue], language: str) -> str:
    """Which fields differ, and how."""
    is_chinese = language == "zh-CN"
    found = []
    for key, value in after.items():
        field = f"field_{key}"
        if field in WORDS and value != before.get(key):
            was = _shown(before.get(key), language)
            found.append(f"{word(field, language)} {was} → {_shown(value, language)}")
    return ("；" if is_chinese else "; ").join(found)


def _shown(value: JsonValue, language: str) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{one:.5f}" for one in value.values() if isinstance(one, float))
    if isinstance(value, list):
        return " ".join(map(str, value)) or "–"
    return word("" if value is None else str(value), language) or "–"


def _reason(code: str, language: str) -> str:
    sentence = SENTENCES.get(code)
    return code if sentence is None else _filled(sentence, {}, language, set())


def _listed(names: JsonValue, language: str) -> str:
    said = ", ".join(map(str, names)) if isinstance(names, list) else ""
    return said or word("none", language)


def _next(number: JsonValue) -> JsonValue:
    """People count from one."""
    return number + 1 if isinstance(number, int) else number


def _span(interval: JsonValue) -> int:
    if isinstance(interval, Sequence) and not isinstance(interval, str) and len(interval) == 2:
        low, high = interval
        if isinstance(low, int) and isinstance(high, int):
            return high - low + 1
    return 0
