"""Pretended crews: they try until the agent lets them, and hold court in villages only."""

from collections.abc import Callable

from edge_agent.crew.acts import BeginSitting, EndSitting, TakeSeat
from edge_agent.errors import Denial
from edge_agent.inputs import CrewAct, Input
from simulators.crews import Crews
from simulators.fleet import Member, fleet
from simulators.world import World
from telemetry.words import AssetKind


class Agents:
    """Takes acts in place of agents; refuses all of them as long as told so."""

    def __init__(self) -> None:
        self.denial: Denial | None = Denial.NOT_THEIR_SEAT
        self.done: dict[str, list[CrewAct]] = {}

    def inbox(self, asset: str) -> Callable[[Input], None]:
        return lambda item: self._take(asset, item)

    def _take(self, asset: str, item: Input) -> None:
        assert isinstance(item, CrewAct)
        if self.denial is None:
            self.done.setdefault(asset, []).append(item)
        item.answer(self.denial)


def _crews(agents: Agents, members: list[Member]) -> Crews:
    return Crews(7, World(7), members, agents.inbox)


def test_a_crew_takes_its_seats_once_as_soon_as_it_may() -> None:
    agents = Agents()
    members = fleet()[:30]
    crews = _crews(agents, members)
    crews.step(10.0)
    agents.denial = None
    for seconds in (20.0, 30.0, 40.0):
        crews.step(seconds)

    for member in members:
        seats = [one.act for one in agents.done[member.asset] if isinstance(one.act, TakeSeat)]
        assert len(seats) == len(set(seats))
    taken = [len(agents.done[member.asset]) for member in members]
    assert max(taken) >= 5


def test_court_is_held_in_villages_and_nowhere_else() -> None:
    agents = Agents()
    agents.denial = None
    world = World(7)
    vehicles = [one for one in fleet() if one.kind is AssetKind.VEHICLE]
    crews = _crews(agents, vehicles)
    for minute in range(0, 8 * 60, 2):
        crews.step(minute * 60.0 + 10.0)

    begun = 0
    for vehicle in vehicles:
        acts = [type(one.act) for one in agents.done[vehicle.asset]]
        sittings = [act for act in acts if act in {BeginSitting, EndSitting}]
        begun += sittings.count(BeginSitting)
        assert sittings[::2] == [BeginSitting] * len(sittings[::2])
        assert sittings[1::2] == [EndSitting] * len(sittings[1::2])
        sits = len(sittings) % 2 == 1
        assert sits is world.is_in_village(vehicle, 478 * 60.0 + 10.0)
    assert begun > len(vehicles) / 2
