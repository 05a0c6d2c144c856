"""All that can happen next in the model: agent, server, network and every fault, within bounds."""

from collections.abc import Callable, Iterator

from tests.protocol import agent_rules, server_rules
from tests.protocol.agent_rules import Bugs
from tests.protocol.states import (
    EVENTS,
    NAMES,
    REPORTS,
    Ack,
    Agent,
    Bounds,
    Bug,
    Disk,
    Files,
    Message,
    Server,
    World,
)

Step = tuple[str, World]


def stepper(bounds: Bounds, bugs: Bugs = frozenset()) -> Callable[[World], Iterator[Step]]:
    """The successors of a world under these bounds, with these mistakes built in."""

    def steps(world: World) -> Iterator[Step]:
        for label, after in _all_steps(world, bounds, bugs):
            yield label, after if Bug.ACK_BY_NUMBER in bugs else _tidied(after, bounds)

    return steps


def _all_steps(world: World, bounds: Bounds, bugs: Bugs) -> Iterator[Step]:
    if world.server.pending is None and world.server.half is None:
        for at in range(len(world.agents)):
            who = f"agent {at + 1} " if len(world.agents) > 1 else "agent "
            for label, after in _agent_steps(world, at, bounds, bugs):
                yield who + label, after
        yield from _takings(world, bugs)
    else:  # nobody sees what happens inside a commit, so only its end and a kill matter
        yield from _commits(world, bugs)
    yield from _server_faults(world, bounds)


def _tidied(world: World, bounds: Bounds) -> World:
    """The same world without what can never matter again: answers that nobody waits for."""
    known = {sent.id for agent in world.agents for sent in agent.flight}
    known |= {agent.greeting for agent in world.agents}
    down = frozenset(ack for ack in world.down if ack.id in known)
    if down != world.down:
        world = world._replace(down=down)
    if world.disk_restores == bounds.disk_restores:
        world = world._replace(copy=Disk())
    if world.server_restores == bounds.server_restores:
        world = world._replace(backup=Files())
    return world


def _agent_steps(world: World, at: int, bounds: Bounds, bugs: Bugs) -> Iterator[Step]:
    yield from _emissions(world, at, bounds)
    yield from _sendings(world, at, bounds, bugs)
    yield from _answers(world, at, bugs)
    yield from _agent_time(world, at, bounds, bugs)
    yield from _agent_faults(world, at, bounds)


def _emissions(world: World, at: int, bounds: Bounds) -> Iterator[Step]:
    agent = world.agents[at]
    for stream, most in ((REPORTS, bounds.reports), (EVENTS, bounds.events)):
        count = world.emitted[stream] + 1
        if count > most:
            continue
        bad = "?" if count == bounds.unreadable else ""
        content = f"{NAMES[stream][0]}{count}{bad}"
        disk = agent_rules.emit(agent.disk, stream, content)
        reports, events = world.emitted
        emitted = (count, events) if stream == REPORTS else (reports, count)
        after = _agent(world, at, agent._replace(disk=disk))
        yield f"emits {content}", after._replace(emitted=emitted)


def _sendings(world: World, at: int, bounds: Bounds, bugs: Bugs) -> Iterator[Step]:
    agent = world.agents[at]
    if world.messages >= bounds.messages:
        return
    message_id = world.messages + 1
    if not agent.is_open and not agent.greeting:
        message = Message(message_id, marks=agent_rules.marks(agent.disk))
        greeter = agent_rules.greet(agent, message_id)
        if Bug.OLD_IDS in bugs:
            greeter = greeter._replace(flight=agent_rules.time_out(agent).flight)
        after = _agent(world, at, greeter)
        after = after._replace(up=world.up | {message}, messages=message_id)
        yield f"greets with #{message_id}", after
    if not agent.is_open:
        return
    for stream, epoch, records in agent_rules.choices(agent, bounds.records_a_message):
        message = agent_rules.compose(agent.disk, message_id, stream, epoch, records)
        contents = ", ".join(f"{number}={content}" for number, content in records)
        after = _agent(world, at, agent_rules.send(agent, message, bugs))
        after = after._replace(up=world.up | {message}, messages=message_id)
        yield f"sends #{message_id} with {contents} of epoch {epoch}", after


def _answers(world: World, at: int, bugs: Bugs) -> Iterator[Step]:
    agent = world.agents[at]
    for ack in world.down:
        heard = agent_rules.hear(agent, ack, world.epochs + 1, bugs)
        if heard != agent:
            opened = any(book.epoch == world.epochs + 1 for book in heard.disk.books)
            after = _agent(world, at, heard)._replace(epochs=world.epochs + opened)
            yield f"hears {_said(ack)}", after


def _agent_time(world: World, at: int, bounds: Bounds, bugs: Bugs) -> Iterator[Step]:
    agent = world.agents[at]
    if any(sent.live for sent in agent.flight):
        yield "waits too long", _agent(world, at, agent_rules.time_out(agent))
    if world.evicted < bounds.evictions:
        disk = agent_rules.evict(agent.disk, bugs)
        if disk is not None:
            after = _agent(world, at, agent._replace(disk=disk))
            yield "evicts a report", after._replace(evicted=world.evicted + 1)
    yield from _expiries(world, at, bounds, bugs)


def _expiries(world: World, at: int, bounds: Bounds, bugs: Bugs) -> Iterator[Step]:
    """24 h later. A heartbeat is never that late, so the server knows the agent's epochs."""
    agent = world.agents[at]
    if Bug.EXPIRY_ASLEEP not in bugs and not (agent.is_open and world.server.named):
        return
    if bounds.old_backup or not bounds.server_restores:
        agent = agent._replace(disk=agent_rules.aged(agent.disk))
    for stream in (REPORTS, EVENTS):
        disk = agent_rules.expire(agent.disk, stream)
        if disk is None:
            continue
        after = _agent(world, at, agent._replace(disk=disk))
        if bounds.old_backup:
            row = agent.disk.books[stream].rows[0]
            log = tuple(content for content in disk.log if content != row.content)
            after = _agent(world, at, agent._replace(disk=disk._replace(log=log)))
            after = after._replace(gone=world.gone | {(stream, row.epoch, row.number)})
        yield f"forgets a kept one of {NAMES[stream]}", after


def _agent_faults(world: World, at: int, bounds: Bounds) -> Iterator[Step]:
    agent = world.agents[at]
    if world.kills < bounds.kills and (agent.is_open or agent.greeting):
        after = _agent(world, at, Agent(agent.disk))
        yield "is killed", after._replace(kills=world.kills + 1)
    if world.copies < bounds.copies:
        yield "has its disk copied", world._replace(copy=agent.disk, copies=world.copies + 1)
    if world.disk_restores < bounds.disk_restores:
        after = _agent(world, at, Agent(world.copy))
        gone = world.gone | _numbers(agent.disk)
        after = after._replace(gone=gone, disk_restores=world.disk_restores + 1)
        yield "wakes with the older disk", after
    if bounds.second_machine and len(world.agents) == 1:
        twin = Agent(agent.disk)
        yield "is copied to a second machine", world._replace(agents=(agent, twin))


def _server_faults(world: World, bounds: Bounds) -> Iterator[Step]:
    if world.server_kills < bounds.server_kills:
        after = world._replace(server_kills=world.server_kills + 1)
        yield "server is killed", _restarted(after, world.server.files)
    if world.backups < bounds.backups and world.server.pending is None:
        agents = tuple(a._replace(disk=agent_rules.aged(a.disk)) for a in world.agents)
        after = world._replace(backups=world.backups + 1, agents=agents)
        yield "server is backed up", after._replace(backup=world.server.files)
    if world.server_restores < bounds.server_restores:
        after = world._replace(server_restores=world.server_restores + 1)
        yield "server is restored", _restarted(after, world.backup)


def _restarted(world: World, files: Files) -> World:
    """A new process. The broker gives it no greeting that the one before had: clean sessions."""
    had = world.server.greetings
    up = frozenset(message for message in world.up if not message.marks or message.id not in had)
    return world._replace(server=Server(files), up=up)


def _takings(world: World, bugs: Bugs) -> Iterator[Step]:
    server = world.server
    awaited = {agent.greeting for agent in world.agents}
    for message in world.up:
        if message.marks:
            if message.id not in awaited and not server.named:
                continue  # nor one that was overtaken by a newer one on the agent's connection
            outcome = server_rules.greeted(server.files, message)
            named = server.named | {mark[:2] for mark in message.marks}
            greetings = server.greetings | {message.id}
            answered = server._replace(files=outcome.files, greetings=greetings, named=named)
            yield f"server answers #{message.id}", _served(world, answered, outcome.ack)
        elif (message.stream, message.epoch) not in server.named:
            refusal = Ack(message.id, greet_first=True)
            if refusal not in world.down:
                yield f"server refuses #{message.id}", _served(world, server, refusal)
        else:
            taken = server._replace(pending=message)
            early = Bug.ACK_BEFORE_COMMIT in bugs
            ack = server_rules.commit(server.files, message, bugs).ack if early else None
            yield f"server takes #{message.id}", _served(world, taken, ack)


def _commits(world: World, bugs: Bugs) -> Iterator[Step]:
    server = world.server
    if server.half is not None:
        late = server_rules.commit(server.files, server.half, bugs)
        whole = server_rules.ledger_only(server.files, late.files)
        done = server._replace(files=whole, half=None)
        yield "server writes the ledger", _served(world, done, late.ack)
    if server.pending is None:
        return
    files, ack = server_rules.commit(server.files, server.pending, bugs)
    done = server._replace(files=files, pending=None)
    if Bug.LEDGER_OUTSIDE in bugs:
        ack = None
        half = server_rules.data_only(server.files, files)
        done = done._replace(files=half, half=server.pending)
    yield f"server commits #{server.pending.id}", _served(world, done, ack)


def _served(world: World, server: Server, ack: Ack | None) -> World:
    down = world.down if ack is None else world.down | {ack}
    return world._replace(server=server, down=down)


def _agent(world: World, at: int, agent: Agent) -> World:
    agents = (*world.agents[:at], agent, *world.agents[at + 1 :])
    return world._replace(agents=agents)


def _numbers(disk: Disk) -> frozenset[tuple[int, int, int]]:
    return frozenset(
        (stream, epoch, number)
        for stream in (REPORTS, EVENTS)
        for epoch, head in disk.books[stream].heads
        for number in range(1, head + 1)
    )


def _said(ack: Ack) -> str:
    if ack.greeting is not None:
        return f"the answer to greeting #{ack.id}"
    if ack.greet_first:
        return f"greet first (#{ack.id})"
    return f"#{ack.id} settled" if ack.settled else f"#{ack.id} forked {list(ack.forked)}"
