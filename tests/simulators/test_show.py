"""What the demo tells whoever runs it."""

import time
from string import Formatter

import pytest

from simulators import show
from simulators.sentences import SENTENCES, say

REMOTE = ("SSH_CONNECTION", "SSH_TTY", "DISPLAY", "WAYLAND_DISPLAY")


def facts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", SENTENCES)
def test_both_languages_tell_the_same_facts(code: str) -> None:
    english, chinese = SENTENCES[code]

    assert facts(english) == facts(chinese)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese)


def test_an_unknown_language_reads_english() -> None:
    assert say("assets", "fr", count=3) == "3 assets"


@pytest.mark.parametrize(
    ("variables", "opens"),
    [
        ({}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": "localhost:10", "SSH_CONNECTION": "from afar"}, False),
    ],
)
def test_a_browser_opens_only_where_it_is_seen(
    variables: dict[str, str], opens: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in REMOTE:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert show.has_display() is opens


def test_the_start_is_that_of_make_when_make_told(monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.time() - 100
    monkeypatch.setenv(show.BEGAN, str(began))

    assert show.began_at() == pytest.approx(began, abs=1e-3)


@pytest.mark.parametrize("told", ["", "yesterday", "12"])
def test_otherwise_it_is_that_of_the_process(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(show.BEGAN, told)

    assert 0 < time.time() - show.began_at() < 3600
