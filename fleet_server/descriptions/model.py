"""What can be wrong with a file that describes services or an asset."""

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct

from fleet_server.errors import Fact

Step: TypeAlias = str | int
Path: TypeAlias = tuple[Step, ...]
"""Where something stands: names of fields, and the place in a list from 0."""


class Problem(Struct, frozen=True):
    """One thing that is wrong, or with `is_warning` only doubtful; `code` has a sentence."""

    code: str
    path: Path
    facts: Mapping[str, Fact]
    is_warning: bool = False

    @property
    def field(self) -> str:
        """The path as people write it: `services[2].needs[0].kinds`."""
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return "".join(steps).removeprefix(".")


def is_sound(problems: list[Problem]) -> bool:
    """Whether what was read may be used."""
    return all(problem.is_warning for problem in problems)
