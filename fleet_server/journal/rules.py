"""The chain of the journal."""

import hashlib
from datetime import datetime

import msgspec

from fleet_server.journal.model import Entry

FIRST_HASH = "0" * 64


def chained(previous: str, number: int, who: str, at: datetime, entry: Entry) -> str:
    """The row's hash: SHA-256 over the previous row's hash and everything this row says."""
    said = [
        previous,
        number,
        who,
        at.isoformat(timespec="microseconds"),
        entry.what,
        entry.subject,
        entry.court,
        entry.before,
        entry.after,
        entry.why,
    ]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def as_text(value: object | None) -> str | None:
    """`value` as JSON with its keys in order, None for nothing."""
    if value is None:
        return None
    return msgspec.json.encode(value, order="deterministic").decode()
