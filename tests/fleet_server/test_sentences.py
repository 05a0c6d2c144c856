"""Every code has its sentence in both languages, and every code in use is in the catalogue."""

import ast
import string
from pathlib import Path

import pytest

import fleet_server
from fleet_server import errors
from fleet_server.sentences import SENTENCES, preferred, say

_PLACES = ("say", "speak", *(name for name in vars(errors) if name[0].isupper()))


def _used() -> set[str]:
    """The codes that stand as text where an error is made or a sentence said."""
    found = set()
    for path in Path(fleet_server.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0]
            if name in (*_PLACES, "CommandFailed", "Problem") and isinstance(first, ast.Constant):
                found.add(str(first.value))
    return found


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_says_the_same_facts_in_both_languages(code: str) -> None:
    sentence = SENTENCES[code]

    assert sentence.en
    assert sentence.zh
    assert _fields(sentence.en) == _fields(sentence.zh)


def test_every_code_in_use_has_a_sentence() -> None:
    used = _used()

    assert len(used) > 40
    assert used <= set(SENTENCES)


def test_facts_are_filled_in() -> None:
    assert say("asset_exists", "zh-CN", asset="veh-001") == "资产 veh-001 已存在。"
    assert say("asset_exists", "fr", asset="veh-001") == "Asset veh-001 exists already."


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh_CN.UTF-8", "zh-CN"),
        ("en-GB", "en"),
        ("fr-FR, zh", "zh-CN"),
        ("C.UTF-8", "en"),
        ("", "en"),
    ],
)
def test_the_language_is_the_first_that_we_speak(wish: str, language: str) -> None:
    assert preferred(wish) == language
