"""Which numbers were taken, by which orders: one after the other, each once."""

from typing import Final

from msgspec import Struct

NO_ID: Final = "-"
"""Stands for the id of an order whose body cannot be read."""
_REMEMBERED: Final = 64


class Row(Struct, frozen=True):
    """`last` is the last number taken; `taken` the newest of them with their orders' ids."""

    last: int = 0
    taken: tuple[tuple[int, str], ...] = ()

    def is_next(self, number: int) -> bool:
        """Whether this number may be taken. Who remembers no order takes whichever comes."""
        return number == self.last + 1 or (not self.last and number > 0)

    def is_repeat(self, number: int, id: str) -> bool:
        """Whether this very order was taken by this number, as far back as is remembered."""
        return (number, id) in self.taken

    def knows(self, id: str) -> bool:
        """Whether an order of this id was taken, by whichever number."""
        return id != NO_ID and any(id == known for _, known in self.taken)

    def with_taken(self, number: int, id: str) -> "Row":
        """The row once this order has taken its number."""
        return Row(number, (*self.taken, (number, id))[-_REMEMBERED:])
