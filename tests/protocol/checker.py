"""A small explicit-state model checker: breadth first over hashable states, shortest traces."""

import gc
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

State = TypeVar("State", bound=Hashable)
Steps = Callable[[State], Iterable[tuple[str, State]]]
"""A state to what can happen next: a label and the state after it."""
Property = Callable[[State], str | None]
"""None while it holds, else what is wrong with the state."""


@dataclass(frozen=True)
class Violation:
    """A property that does not hold, and the shortest way there."""

    name: str
    why: str
    trace: tuple[str, ...]

    def __str__(self) -> str:
        steps = "\n".join(f"  {at:2}. {label}" for at, label in enumerate(self.trace, 1))
        return f"{self.name}: {self.why}, after {len(self.trace)} steps\n{steps}"


@dataclass(frozen=True)
class Verdict(Generic[State]):
    """How much was explored, and the first violation, if any."""

    states: int
    violation: Violation | None


class TooManyStates(Exception):
    """The bounds of the model let it grow past what the caller wants to pay for."""


def explore(
    initial: State,
    steps: Steps[State],
    properties: Mapping[str, Property[State]],
    most_states: int = 1_000_000,
) -> Verdict[State]:
    """Every state reachable from `initial`, until the first that breaks a property.

    Raises:
        TooManyStates: more than `most_states`; nothing was proved.
    """
    collects = gc.isenabled()
    gc.disable()  # states are tuples without cycles; the collector would walk all of them, often
    try:
        return _explored(initial, steps, properties, most_states)
    finally:
        if collects:
            gc.enable()


def _explored(
    initial: State,
    steps: Steps[State],
    properties: Mapping[str, Property[State]],
    most_states: int,
) -> Verdict[State]:
    came_from: dict[State, tuple[str, State] | None] = {initial: None}
    queue = deque([initial])
    while queue:
        state = queue.popleft()
        for name, holds in properties.items():
            why = holds(state)
            if why is not None:
                return Verdict(len(came_from), Violation(name, why, _trace(state, came_from)))
        for label, following in steps(state):
            if following not in came_from:
                came_from[following] = (label, state)
                queue.append(following)
        if len(came_from) > most_states:
            raise TooManyStates(f"more than {most_states} states")
    return Verdict(len(came_from), None)


def _trace(state: State, came_from: Mapping[State, tuple[str, State] | None]) -> tuple[str, ...]:
    labels: list[str] = []
    step = came_from[state]
    while step is not None:
        label, state = step
        labels.append(label)
        step = came_from[state]
    return tuple(reversed(labels))
