"""What a sentence is, in the languages that the server speaks."""

from typing import NamedTuple


class Sentence(NamedTuple):
    en: str
    zh: str
