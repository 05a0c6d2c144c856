"""What a sentence is, in the languages that people read here."""

from typing import Final, NamedTuple, TypeAlias

Fact: TypeAlias = str | int | float

CHINESE: Final = "zh-CN"


class Sentence(NamedTuple):
    """One sentence, or a word; `{name}` is filled in by a fact of that name."""

    en: str
    zh: str

    def said(self, language: str, **facts: Fact) -> str:
        """In "zh-CN" or "en"; any other language reads English.

        Raises:
            KeyError: a fact is missing.
        """
        return self.pick(language).format(**facts)

    def pick(self, language: str) -> str:
        """The text of that language as it stands, without facts."""
        return self.zh if language == CHINESE else self.en
