"""Where simulated assets are put together: identity, outbox, connection and agent of each."""

import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from edge_agent import VERSION, identity, keys
from edge_agent.agent import EdgeAgent
from edge_agent.link import LinkSettings, PahoLink
from edge_agent.orders.client import SocketExecutor
from edge_agent.outbox import Outbox
from edge_agent.outbox_file import MEMORY
from edge_agent.ports import NO_LINES, Executor, Ports
from edge_agent.verify import verifies
from simulators.asset import CountedLink, Feed, Fleet, SimulatedAsset
from simulators.centre import Centre
from simulators.executors import Faults, PretendedExecutor
from simulators.faults import Bug, ForgettingOutbox, forgetting
from simulators.feeds import HushedFeed
from simulators.fleet import Member
from simulators.shadow import Shadow
from simulators.world import PROBE
from telemetry.wire.enrolment import EnrolAnswer
from telemetry.wire.events import Configured
from telemetry.words import Stream

_BACK_OFF_SECONDS: Final = (0.5, 5.0)
"""Shorter than on the road: the server is near, and somebody is watching."""


@dataclass(slots=True)
class _Parts:
    """What of one asset has to be closed."""

    asset: SimulatedAsset
    feed: Feed
    outbox: Outbox
    link: CountedLink
    connection: PahoLink | None

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.outbox.close()


class Depot:
    """Owned by the thread that drives the fleet; a folder an asset.

    `order_faults` says which orders fail on all of its assets, and may be changed at any time;
    pretended plays take their time divided by `order_pace`.
    """

    def __init__(
        self,
        folder: Path,
        fleet: Fleet,
        bug: Bug | None = None,
        synchronous: str = "FULL",
        order_pace: float = 1.0,
    ) -> None:
        self._folder = folder
        self._synchronous = synchronous
        self._fleet = fleet
        self._bug = bug
        self.order_faults = Faults()
        self._order_pace = order_pace
        self._executors: dict[str, PretendedExecutor] = {}
        self._sockets: dict[str, Path] = {}
        self._parts: dict[str, _Parts] = {}
        self._every: dict[str, float] = {}
        self._away: dict[str, Feed] = {}
        self._diskless: set[str] = set()
        self._bytes_before = 0

    def start(
        self,
        name: str,
        feed: Feed,
        every_seconds: float | None = None,
        starts_up: float = -math.inf,
        past: Callable[[SimulatedAsset], None] | None = None,
        *,
        is_on_disk: bool = True,
        executor: Path | None = None,
    ) -> None:
        """Put an enlisted asset together and hand it to the fleet.

        `every_seconds`: how often its agent asks the pretended devices; None: they speak unasked.
        `starts_up`: when its first tick is. `past` is what its agent lives through before it
        connects. Without a disk the outbox is gone with the agent: it must never be restarted.
        `executor` is the socket of a real one; None: what it is ordered is pretended.
        """
        if executor is not None:
            self._sockets[name] = executor
        if every_seconds is not None:
            self._every[name] = every_seconds
        if not is_on_disk:
            self._diskless.add(name)
        self._build(name, feed, is_online=True, starts_up=starts_up, past=past)

    def restart(self, name: str, *, is_online: bool) -> None:
        """The same asset with a new agent on the same outbox, as after a restart."""
        feed = self._parts[name].feed
        self._end(name)
        self._build(name, feed, is_online=is_online)

    def kill(self, name: str) -> None:
        """The agent's machine loses its power: no goodbye; `bring_back` starts it again."""
        parts = self._parts[name]
        if parts.connection is not None:
            parts.connection.reconnect("the power is gone")
        self._away[name] = parts.feed
        self._end(name)

    def bring_back(self) -> None:
        """Start again whoever was killed."""
        for name, feed in self._away.items():
            self._build(name, feed, is_online=True)
        self._away.clear()

    def set_up(self, name: str, found: Configured) -> None:
        """From now on its machine is set up so, whoever did it; only where a play is pretended."""
        self._executors[name].configured = found

    def hush(self, name: str) -> None:
        """Its devices say nothing more until its agent starts anew, so that its outbox drains."""
        parts = self._parts[name]
        parts.asset.feed = HushedFeed(parts.feed)

    def copy_outbox(self, name: str) -> None:
        """Keep a copy of the outbox as it is now; the agent is ended for it and started again."""
        feed = self._parts[name].feed
        self._end(name)
        shutil.copytree(self._home(name), self._copy(name))
        self._build(name, feed, is_online=True)

    def put_back_outbox(self, name: str) -> None:
        """The copy becomes the outbox; the asset goes on without a link."""
        feed = self._parts[name].feed
        self._end(name)
        shutil.rmtree(self._home(name))
        self._copy(name).rename(self._home(name))
        self._build(name, feed, is_online=False)

    def head(self, name: str) -> int:
        """The last number given to a report of the present epoch."""
        return self._parts[name].outbox.head(Stream.REPORTS).head

    def is_drained(self, name: str) -> bool:
        """Whether the server has acked everything."""
        return _waiting(self._parts[name].outbox) == 0

    def all_drained(self) -> bool:
        return self.waiting() == 0

    def waiting(self) -> int:
        """How many records of all assets the server has not acked."""
        return sum(_waiting(parts.outbox) for parts in self._parts.values())

    @property
    def payload_bytes(self) -> int:
        """Of all messages that the assets ever sent."""
        return self._bytes_before + sum(parts.link.payload_bytes for parts in self._parts.values())

    def close(self) -> None:
        """End all agents; what they accepted stays in their outboxes."""
        for name in list(self._parts):
            self._end(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _home(self, name: str) -> Path:
        return self._folder / name / "outbox"

    def _copy(self, name: str) -> Path:
        return self._folder / name / "copy"

    def _build(
        self,
        name: str,
        feed: Feed,
        *,
        is_online: bool,
        starts_up: float = -math.inf,
        past: Callable[[SimulatedAsset], None] | None = None,
    ) -> None:
        me = identity.load(self._folder / name)
        put = self._fleet.inbox(name)
        if self._bug is Bug.FORGET_ON_PUBACK:
            put = forgetting(put)
        settings = LinkSettings(
            me.asset, me.broker_host, me.broker_port, me.folder, _BACK_OFF_SECONDS
        )
        shadow = Shadow(put)
        connection = PahoLink(settings, shadow.heard) if is_online else None
        if connection is not None:
            shadow.link = connection
        link = CountedLink(shadow)
        kind = Outbox if self._bug is None else ForgettingOutbox
        outbox = kind(
            MEMORY if name in self._diskless else self._home(name) / "outbox.sqlite",
            machine=me.machine,
            asset=me.asset,
            synchronous=self._synchronous,
        )
        key = (me.folder / identity.SIGNING).read_bytes()
        every = {PROBE: self._every[name]} if name in self._every else {}
        executor, pretended = self._executor(name)
        say_live = NO_LINES if connection is None else connection.say_live
        ports = Ports(link, feed, executor=executor, say_live=say_live)
        agent = EdgeAgent(outbox, ports, me, every, partial(verifies, key), version=VERSION)
        asset = SimulatedAsset(
            name, agent, feed, shadow, pretended, wakes_at=starts_up, ticked_at=starts_up
        )
        self._parts[name] = _Parts(asset, feed, outbox, link, connection)
        if past is not None:
            past(asset)
        self._fleet.add(asset)
        if connection is not None:
            connection.start()

    def _executor(self, name: str) -> tuple[Executor, PretendedExecutor | None]:
        """The agent's port, and what has to be driven of it; both outlive the agent."""
        if name in self._sockets:
            return SocketExecutor(self._sockets[name], self._fleet.inbox(name)), None
        made = PretendedExecutor(name, self.order_faults, pace=self._order_pace)
        pretended = self._executors.setdefault(name, made)
        return pretended, pretended

    def _end(self, name: str) -> None:
        self._fleet.remove(name)
        parts = self._parts.pop(name)
        parts.close()
        self._bytes_before += parts.link.payload_bytes


def enlist(centre: Centre, members: Sequence[Member], folder: Path) -> None:
    """Have the server certify these assets, and write an identity for each.

    Raises:
        RigFailed: the server refuses, for instance because it is no demo server.
    """
    made = [keys.new_key() for _ in members]
    requests = [
        keys.signing_request(key, member.asset) for key, member in zip(made, members, strict=True)
    ]
    answers = centre.certify(list(zip(members, requests, strict=True)))
    for key, answer in zip(made, answers, strict=True):
        _save(folder / answer.asset, answer, key)


def _save(folder: Path, answer: EnrolAnswer, key: bytes) -> None:
    """The same files that an enrolment writes; nobody needs them after a power cut."""
    folder.mkdir(mode=0o700, parents=True)
    (folder / identity.KEY).write_bytes(key)
    (folder / identity.CA).write_text(answer.ca)
    (folder / identity.CERTIFICATE).write_text(answer.certificate)
    (folder / identity.SIGNING).write_text(answer.signing_key)
    card = identity.Card(
        asset=answer.asset,
        broker_host=answer.broker_host,
        broker_port=answer.broker_port,
        enrolment_host=answer.broker_host,
        enrolment_port=0,
        public_key_sha256=keys.public_key_sha256(key),
        renew_at=keys.two_thirds(answer.certificate, datetime.now(UTC)),
    )
    identity.save_card(folder, card)


def _waiting(outbox: Outbox) -> int:
    """Records that are not acked, and those for which a full disk had no room so far."""
    return sum(outbox.waiting(stream) for stream in Stream) + sum(outbox.unwritten)
