"""What must hold in every reachable world, and that a fair end can be reached from each."""

from functools import cache
from typing import NamedTuple

from tests.protocol import agent_rules, server_rules
from tests.protocol.agent_rules import Bugs
from tests.protocol.checker import Property
from tests.protocol.states import (
    EVENTS,
    REPORTS,
    Agent,
    Content,
    Declared,
    Disk,
    Files,
    Message,
    Server,
    Status,
    World,
)

_MOST_ROUNDS = 8
Numbers = frozenset[tuple[int, int, int]]


def properties(bugs: Bugs = frozenset()) -> dict[str, Property[World]]:
    """Every property by its name; `bugs` are those of the code that must still drain."""
    return {
        "stored at most once": _stored_at_most_once,
        "forgotten by the agent means committed": _forgotten_means_committed,
        "events in order without gaps": _events_in_order,
        "a quiet end stores what survived": _drains(bugs),
    }


def _stored_at_most_once(world: World) -> str | None:
    rows = world.server.files.rows
    keys = [row[:3] for row in rows]
    if len(set(keys)) < len(keys):
        return f"a number has two rows in {_shown(rows)}"
    contents = [row[3] for row in rows]
    if not world.server_restores and len(set(contents)) < len(contents):
        return f"a record is there twice in {_shown(rows)}"
    return None


def _forgotten_means_committed(world: World) -> str | None:
    """A kept record counts as forgotten, unless a restored server may still ask for it."""
    committed = _committed(world.server.files)
    for agent in world.agents:
        owned = {
            row.content
            for book in agent.disk.books
            for row in book.rows
            if row.status is Status.WAITING or world.server_restores
        }
        forgotten = set(agent.disk.log) - owned - _given_up(agent.disk.log) - committed
        if forgotten:
            return f"{_shown(forgotten)} nowhere"
    return None


def _events_in_order(world: World) -> str | None:
    files = world.server.files
    passed = {
        (EVENTS, epoch, number)
        for epoch, position in files.positions
        for number in range(1, position + 1)
    }
    gaps = passed - {taken[:3] for taken in files.taken} - world.gone
    if gaps:
        return f"passed over {_shown(gaps)}"
    return _emission_order(world)


def _emission_order(world: World) -> str | None:
    events = [row for row in world.server.files.rows if row[0] == EVENTS]
    for agent in world.agents:
        firsts = [row[3] for row in events]
        order = [firsts.index(content) for content in agent.disk.log if content in firsts]
        if order != sorted(order):
            return f"{_shown(events)} were emitted in another order"
    return None


def _drains(bugs: Bugs) -> Property[World]:
    @cache
    def end_of(disks: tuple[Disk, ...], files: Files, restored: bool) -> _End:
        for _ in range(_MOST_ROUNDS):
            before = (disks, files)
            for at, disk in enumerate(disks):
                disk, files = _visit(disk, files, bugs)
                disks = (*disks[:at], disk, *disks[at + 1 :])
            if (disks, files) == before:
                break
        return _judged(disks, files, restored)

    def holds(world: World) -> str | None:
        if world.server.half is not None:
            return None  # what is amiss may still be put right
        disks = tuple(agent.disk for agent in world.agents)
        end = end_of(disks, world.server.files, world.server_restores > 0)
        unexplained = end.lost - world.gone
        return end.why or (f"lost without a cause: {_shown(unexplained)}" if unexplained else None)

    return holds


class _End(NamedTuple):
    """After the drain: what is wrong, and the numbers lost, for which there may be a cause."""

    why: str | None
    lost: Numbers


def _judged(disks: tuple[Disk, ...], files: Files, restored: bool) -> _End:
    agents = tuple(Agent(disk) for disk in disks)
    world = World(agents, Server(files), server_restores=int(restored))
    log = {content for disk in disks for content in disk.log}
    rows = {row for disk in disks for book in disk.books for row in book.rows}
    waiting = {row.content for row in rows if row.status is Status.WAITING}
    left = waiting | log - _given_up(tuple(log)) - _committed(files)
    missing, lost = _balance(disks, files)
    why = _stored_at_most_once(world) or _emission_order(world)
    if left:
        why = f"{_shown(left)} never stored"
    elif missing:
        why = f"missing for ever: {_shown(missing)}"
    return _End(why, lost)


def _visit(disk: Disk, files: Files, bugs: Bugs) -> tuple[Disk, Files]:
    """One connection without faults: greet, then send each record until nothing is answered."""
    fresh = 1 + max(epoch for book in disk.books for epoch, _ in book.heads)
    fresh = max(fresh, 100 + len(files.heads))
    greeting = Message(1, marks=agent_rules.marks(disk))
    files, answer = server_rules.greeted(files, greeting)
    assert answer is not None
    agent = agent_rules.hear(agent_rules.greet(Agent(disk), 1), answer, fresh, bugs)
    for stream in (EVENTS, REPORTS):
        for row in agent.disk.books[stream].rows:
            if row.status is not Status.WAITING:
                continue
            record = (row.number, row.content)
            message = agent_rules.compose(agent.disk, 2, stream, row.epoch, (record,))
            files, ack = server_rules.commit(files, message, bugs)
            agent = agent_rules.send(agent, message, bugs)
            if ack is not None:
                agent = agent_rules.hear(agent, ack, fresh + 1 + stream, bugs)
            if ack is None or ack.forked:
                break
    return agent.disk, files


def _balance(disks: tuple[Disk, ...], files: Files) -> tuple[Numbers, Numbers]:
    """The numbers missing and lost, by the words of docs/protocol.md."""
    held = {
        (mark.stream, mark.epoch, number)
        for disk in disks
        for mark in agent_rules.marks(disk)
        for number in range(mark.kept, mark.head + 1)
    }
    given = {(s, e, number) for s, e, head in files.heads for number in range(1, head + 1)}
    open_ = given - {taken[:3] for taken in files.taken} - files.dropped
    return frozenset(open_ & held), frozenset(open_ - held)


def _committed(files: Files) -> set[Content]:
    return {row[3] for row in files.rows} | {taken[3] for taken in files.taken}


def _given_up(log: tuple[Content, ...]) -> set[Content]:
    return {
        content.content
        for content in log
        if isinstance(content, Declared) and content.content is not None
    }


def _shown(things: object) -> str:
    return str(sorted(things, key=str)) if isinstance(things, set | frozenset) else str(things)
