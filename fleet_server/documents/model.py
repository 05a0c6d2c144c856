"""Versions of desired documents."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.documents import scopes
from fleet_server.tables import Base, RowId


class DocumentRow(Base):
    """One version of a document; `asset` is its scope: an asset's id, or one of `scopes`.

    `note`: why it was made, as who made it said.
    """

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    name: Mapped[str]
    asset: Mapped[str] = mapped_column(index=True)
    version: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    who: Mapped[str]
    note: Mapped[str] = mapped_column(default="")


class Desired(Struct, frozen=True):
    """The version of a document that an asset should hold; `own`: made for it alone."""

    name: str
    version: int
    body: str
    scope: str
    made_at: datetime
    who: str
    note: str = ""

    @property
    def own(self) -> bool:
        return not scopes.is_shared(self.scope)


class AllDesired(Struct, frozen=True):
    """The newest version of each document by scope and name; `places`: assets' kind and court."""

    documents: Mapping[str, Mapping[str, Desired]] = {}
    places: Mapping[str, tuple[str, str]] = {}

    def of(self, asset: str) -> dict[str, Desired]:
        """What `asset` should hold, by the document's name: that of the narrowest scope.

        Of "", what all assets should hold that have nothing narrower.
        """
        found: dict[str, Desired] = {}
        for scope in self._chain(asset):
            found |= self.documents.get(scope, {})
        return found

    def present(self, scope: str, name: str) -> Desired | None:
        """What those of a scope get where they have nothing narrower; None: nobody made any."""
        chain = (scopes.FLEET, scope) if scopes.is_shared(scope) else self._chain(scope)
        found = (self.documents.get(one, {}).get(name) for one in reversed(chain))
        return next((one for one in found if one is not None), None)

    def reached(self, scope: str, name: str) -> list[str]:
        """The assets that get, or would get, the document of this scope, in order of id."""
        return [asset for asset in sorted(self.places) if self._gets(asset, scope, name)]

    def court_of(self, asset: str) -> str:
        """The court that has the asset, "" for one that nobody added."""
        return self.places.get(asset, ("", ""))[1]

    def _gets(self, asset: str, scope: str, name: str) -> bool:
        chain = self._chain(asset)
        if scope not in chain:
            return False
        narrower = chain[chain.index(scope) + 1 :]
        return not any(name in self.documents.get(one, {}) for one in narrower)

    def _chain(self, asset: str) -> tuple[str, ...]:
        kind, court = self.places.get(asset, ("", ""))
        return scopes.widest_first(asset, kind, court)
