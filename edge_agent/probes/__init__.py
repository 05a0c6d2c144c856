"""What an asset can read about itself: one file a subject, each unaware of the outbox and the link.

"Unavailable" is not "failed": what a machine does not have (no battery, no modem) is an absent key.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Protocol

from edge_agent.inputs import Reading
from telemetry.metrics import CATALOGUE
from telemetry.wire.messages import Value


class Probe(Protocol):
    """One subject. `read` may block; it runs in a thread of its own and never sees the outbox.

    A probe that `streams` is followed from the start: its `read` goes on until `close`, and
    `every` is how long to wait before following anew should it end. Any other answers a question
    with its readings (none is an answer too) and should be done within `limit`. One whose `every`
    is 0 is asked when there is a reason, never by the clock.
    """

    @property
    def name(self) -> str: ...
    @property
    def every(self) -> timedelta: ...
    @property
    def limit(self) -> timedelta: ...
    @property
    def streams(self) -> bool: ...

    def is_needed(self) -> bool:
        """Whether there is something to look at just now; asked from another thread."""

    def read(self) -> Iterator[Reading]: ...

    def close(self) -> None:
        """Ends a `read` under way as soon as it can; called from another thread."""


def clean(values: Mapping[str, Value | None]) -> dict[str, Value]:
    """Only the values that the catalogue accepts; None and sentinels are left out.

    Raises:
        KeyError: a key is not in the catalogue.
        TypeError: a value is of another kind than its metric.
    """
    cleaned = {
        key: CATALOGUE[key].cleaned(value) for key, value in values.items() if value is not None
    }
    return {key: value for key, value in cleaned.items() if value is not None}
