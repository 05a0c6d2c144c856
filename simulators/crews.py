"""The pretended crews: they take their seats, look at what no sensor sees, and hold court.

They do it as people do on the crew page; what comes of it is the real agent's. All of it is a
function of seed, member and time.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from edge_agent.crew.acts import Act, BeginSitting, EndSitting, TakeSeat, TickItems
from edge_agent.errors import Denial
from edge_agent.inputs import CrewAct, Input
from simulators.courtroom import profile_of
from simulators.fleet import Member
from simulators.noise import key_of, unit
from simulators.world import World
from telemetry.wire.people import People, Person
from telemetry.words import AssetKind, Seat

PEOPLE: Final = People(
    [
        Person("judge", "演示法官", [Seat.JUDGE]),
        Person("clerk", "演示书记员", [Seat.CLERK]),
        Person("bailiff", "演示法警", [Seat.BAILIFF]),
        Person("driver", "演示驾驶员", [Seat.DRIVER]),
        Person("mediator", "演示调解员", [Seat.MEDIATOR]),
    ]
)
"""Who may act on every asset of the demo: roles, no persons, and nobody has a PIN."""

_CREWS: Final[Mapping[AssetKind, Sequence[Seat]]] = {
    AssetKind.VEHICLE: (Seat.JUDGE, Seat.CLERK, Seat.BAILIFF, Seat.DRIVER),
    AssetKind.BACKPACK: (Seat.BAILIFF,),
    AssetKind.CLINIC: (Seat.MEDIATOR, Seat.CLERK),
    AssetKind.STATION: (Seat.MEDIATOR,),
}
_ABSENT: Final = 0.05
_FORGOTTEN: Final = 0.04
_STEPS_APART_SECONDS: Final = 3.0


class Crews:
    """`inbox` gives where an asset's inputs are put. Owned by the thread that drives the fleet."""

    def __init__(
        self,
        seed: int,
        world: World,
        members: Sequence[Member],
        inbox: Callable[[str], Callable[[Input], None]],
    ) -> None:
        self._seed = seed
        self._world = world
        self._members = members
        self._inbox = inbox
        self._next_at = _STEPS_APART_SECONDS
        self._waiting = {one.asset: list(self._morning(one)) for one in members}
        self._sits: dict[str, bool] = {}

    def step(self, seconds: float) -> None:
        """Called all the time; `seconds` since the fleet started."""
        if seconds < self._next_at:
            return
        self._next_at = seconds + _STEPS_APART_SECONDS
        for member in self._members:
            for who, act in self._waiting[member.asset]:
                # An agent that does not hold the list of people yet refuses; so, once more.
                self._do(member.asset, who, act, partial(self._done, member.asset, who, act))
            if member.kind is AssetKind.VEHICLE and not self._waiting[member.asset]:
                self._hold_court(member, seconds)

    def _morning(self, member: Member) -> Sequence[tuple[str, Act]]:
        """What a crew does before it leaves; now and then somebody is ill, or forgets a thing."""
        key = key_of(self._seed, member.asset, "crew")
        seats = _CREWS[member.kind]
        there = [seat for at, seat in enumerate(seats) if unit(key, at) >= _ABSENT]
        items = profile_of(member.kind).manual
        seen = [item.name for at, item in enumerate(items) if unit(key, 9 + at) >= _FORGOTTEN]
        acts: list[tuple[str, Act]] = [(seat.value, TakeSeat(seat)) for seat in there]
        if seen:
            acts.append((seats[0].value, TickItems(seen)))
        return acts

    def _hold_court(self, member: Member, seconds: float) -> None:
        sits = self._world.is_in_village(member, seconds)
        if sits is self._sits.get(member.asset, False):
            return
        self._sits[member.asset] = sits
        act = BeginSitting("hearing") if sits else EndSitting()
        self._do(member.asset, Seat.JUDGE.value, act, _ignored)

    def _do(self, asset: str, who: str, act: Act, answer: Callable[[Denial | None], None]) -> None:
        self._inbox(asset)(CrewAct(who, act, answer))

    def _done(self, asset: str, who: str, act: Act, denial: Denial | None) -> None:
        waiting = self._waiting[asset]
        if denial is None and (who, act) in waiting:
            waiting.remove((who, act))


def _ignored(denial: Denial | None) -> None:
    """A crew that may not begin or end goes on as it is."""
