"""What people read: a code, and what it says in English and Chinese."""

from fleet_server.sentences.catalogue import LANGUAGES, SENTENCES, explain, preferred, say
from telemetry.sentences.wording import Sentence

__all__ = ["LANGUAGES", "SENTENCES", "Sentence", "explain", "preferred", "say"]
