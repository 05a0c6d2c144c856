"""Which units are known to have failed, across restarts: what changes is told, and told once.

A unit that systemd starts again and again fails each time; it is told every ten minutes at most.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from telemetry.wire.events import MOST_UNITS, UnitsFailed

_TOLD_AGAIN_SECONDS: Final = 600.0
_LONGEST_NAME: Final = 255


class UnitBook:
    """`saved` is what `changed` gave some time ago; None: nobody looked before."""

    def __init__(self, saved: bytes | None) -> None:
        self._known = _decoded(saved)
        self._told_at: dict[str, float] = {}
        self._told_last = float("-inf")
        self._is_changed = False

    def take(self, failed: Iterable[str], up: float) -> UnitsFailed | None:
        """What to tell of the units that have failed now; nobody knows when the first ones did."""
        found = [name[:_LONGEST_NAME] for name in failed][:MOST_UNITS]
        known = self._known
        if found == known or (known is not None and not self._is_due(found, known, up)):
            return None
        self._known, self._is_changed = found, True
        if known is None and not found:
            return None
        self._told_last = up
        before = found if known is None else known
        recent = {name: at for name, at in self._told_at.items() if self._is_recent(at, up)}
        self._told_at = recent | dict.fromkeys(set(found) ^ set(before), up)
        return UnitsFailed(found, before)

    def changed(self) -> bytes | None:
        """What is to be saved since the last call."""
        is_changed, self._is_changed = self._is_changed, False
        return msgspec.json.encode(self._known) if is_changed else None

    def _is_due(self, found: Sequence[str], known: Sequence[str], up: float) -> bool:
        """Whether one has failed that was not told of lately, or nothing at all was."""
        fresh = set(found) - set(known)
        lately = {name for name, at in self._told_at.items() if self._is_recent(at, up)}
        return bool(fresh - lately) or not self._is_recent(self._told_last, up)

    @staticmethod
    def _is_recent(at: float, up: float) -> bool:
        return up < at + _TOLD_AGAIN_SECONDS


def _decoded(saved: bytes | None) -> list[str] | None:
    """None for nothing, and for what a later program wrote."""
    try:
        return None if saved is None else msgspec.json.decode(saved, type=list[str])
    except msgspec.MsgspecError:
        return None
