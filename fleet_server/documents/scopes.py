"""For whom a document is made: the fleet, a kind of asset, a court, or one asset.

A scope is a text: an asset's id, or what no id can be.
"""

from typing import Final

from telemetry.words import AssetKind

FLEET: Final = ""
"""All assets for which nothing narrower is made."""

_KIND: Final = "@kind:"
_COURT: Final = "@court:"


def of_kind(kind: AssetKind) -> str:
    """All assets of a kind."""
    return f"{_KIND}{kind}"


def of_court(court: str) -> str:
    """All assets of a court."""
    return f"{_COURT}{court}"


def is_shared(scope: str) -> bool:
    """Whether more than one asset may be meant."""
    return scope == FLEET or scope.startswith("@")


def widest_first(asset: str, kind: str, court: str) -> tuple[str, ...]:
    """The scopes in which an asset stands; the last one that has a document counts."""
    return (FLEET, f"{_KIND}{kind}", f"{_COURT}{court}", asset)


def subject(scope: str) -> str:
    """How the journal calls it."""
    if scope == FLEET:
        return "fleet"
    return scope.removeprefix("@") if is_shared(scope) else f"asset:{scope}"
