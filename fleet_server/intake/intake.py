"""Intake: takes messages in, commits them, answers, and knows where every record is.

Synchronous and without a clock: `take` and `tick` belong to the event loop's thread, `commit` to
the writer's; whoever calls passes the time (ms since 1970). Everything else may be asked from any
thread.
"""

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from fleet_server.database import Database
from fleet_server.intake import arrivals, store
from fleet_server.intake.acks import Acks, Answers
from fleet_server.intake.arrivals import Arrival
from fleet_server.intake.commits import Committed, Committer, ForkKey, positions_of
from fleet_server.intake.keeping import Keeper
from fleet_server.intake.ledger import Ledger
from fleet_server.intake.live import Live
from fleet_server.intake.model import AssetView, Balance, Counts
from fleet_server.intake.outage import Outage
from fleet_server.intake.settlement import Settlement
from fleet_server.intake.tally import Tally
from telemetry.store.port import ReportRow, StoreUnavailable, TelemetryStore
from telemetry.wire.messages import Greeting, Header
from telemetry.words import Refusal, Stream

logger = logging.getLogger(__name__)

LIMIT_BYTES: Final = 64 << 20
BATCH_RECORDS: Final = 2000
FULL_HOLD_SECONDS: Final = 5.0
"""How long an asset is told to wait when too many bytes wait for their commit already."""

_SLOW_MS: Final = 2000
_BUSY_PART: Final = 4

Waiting = Callable[[], Answers]
OnHeader = Callable[[str, Header, int], Sequence[tuple[str, bytes]]]
OnLive = Callable[[str, bytes], None]
Follower = Callable[[Sequence[ReportRow]], None]


class Intake:
    """Owns the ledger, the live views, and what waits for its commit.

    `on_header` is called with each header that could be read, in the loop's thread, and returns
    messages to publish. What `deliver` is given is asked at each tick for more of them.
    """

    def __init__(
        self,
        telemetry: TelemetryStore,
        database: Database,
        *,
        on_header: OnHeader | None = None,
        limit_bytes: int = LIMIT_BYTES,
        batch_records: int = BATCH_RECORDS,
    ) -> None:
        self._on_header = on_header or _nothing
        self._followers: list[Follower] = []
        self._deliveries: list[Waiting] = []
        self._on_live: OnLive = _to_nobody
        self._limit_bytes = limit_bytes
        self._batch_records = batch_records
        self._lock = Lock()
        self._ledger = Ledger()
        for asset, epoch, taken in telemetry.taken():
            track = self._ledger.book(asset).track(Stream.REPORTS, epoch)
            track.taken = taken
            track.set_aside = telemetry.counts(asset, epoch)[1]
        with database.reading() as session:
            store.load_ledger(session, self._ledger)
            self._live = Live(store.sightings(session))
            self._forks: set[ForkKey] = store.forks(session)
        self._committer = Committer(telemetry, database, self._forks)
        self._tally = Tally()
        self._settlement = Settlement(self._ledger, self._live, self._tally)
        self._keeper = Keeper(database, self._ledger, self._live, self._lock)
        self._silenced: set[str] = set()
        self._waiting: deque[Arrival] = deque()
        self._waiting_bytes = 0
        self._waiting_records = 0
        self._committing: Sequence[Arrival] = ()
        self._outage = Outage()

    def follow(self, follower: Follower) -> None:
        """Have `follower` called after each commit, in the writer's thread, with what was new.

        It must be quick: answers wait for it. To be said before anything is taken in.
        """
        self._followers.append(follower)

    def give_lines(self, on_live: OnLive) -> None:
        """Have lines of plays taken, in the loop's thread; to be said before anything comes."""
        self._on_live = on_live

    def deliver(self, waiting: Waiting) -> None:
        """Have what `waiting` hands over published; to be said before anything is taken in."""
        self._deliveries.append(waiting)

    def take(self, asset: str, tail: str, payload: bytes, now: int) -> Answers:
        """Take one message from `fleet/v1/{asset}/{tail}`; what to publish at once.

        Never blocks on a disk. Never raises for what an asset sent.
        """
        if tail == "up/batch":
            return self._take_batch(asset, payload, now)
        if tail == "up/live":
            if asset not in self._silenced:
                self._on_live(asset, payload)
            return []
        with self._lock:
            if asset in self._silenced:
                self._tally.refuse_silenced()
            elif tail == "up/gone":
                self._live.leave(asset, now)
            else:
                self._tally.elsewhere += 1
        return []

    def _take_batch(self, asset: str, payload: bytes, now: int) -> Answers:
        arrival, header = arrivals.read(asset, payload, now)
        with self._lock:
            if asset in self._silenced:
                self._tally.refuse_silenced()
                return []
            self._tally.note(arrival)
            greeting = self._note_header(asset, header, now) if header is not None else None
            if greeting is None and self._is_queued(arrival):
                answers: Answers = []
            else:
                answers = self._answered(arrival, greeting).answers(now)
        if header is not None:
            answers += self._on_header(asset, header, now)
        return answers

    def _note_header(self, asset: str, header: Header, now: int) -> Greeting | None:
        """Believe a heartbeat; the answer to it if it greets."""
        self._live.hear(asset, header, now)
        if not header.greets:
            self._ledger.tell(asset, header)
            return None
        greeting = self._ledger.greet(asset, header)
        self._live.flag(asset, forked=self._ledger.counts_on_in(asset, self._forks))
        return greeting

    def _is_queued(self, arrival: Arrival) -> bool:
        """Let the message wait for its commit, if it may."""
        numbers = arrival.numbers
        if numbers:
            if self._outage:
                return False
            if not self._ledger.is_greeted(arrival.asset, arrival.stream, arrival.epoch):
                return False
        elif arrival.fault is None:
            return False
        if self._waiting_bytes + arrival.size > self._limit_bytes:
            return False
        self._waiting.append(arrival)
        self._waiting_bytes += arrival.size
        self._waiting_records += len(numbers) or 1
        return True

    def _answered(self, arrival: Arrival, greeting: Greeting | None) -> Acks:
        """What a message is answered at once that does not just wait for its commit."""
        asset, numbers = arrival.asset, arrival.numbers
        acks = Acks(self._outage.hold_seconds)
        if greeting is not None:
            acks.greet(asset, greeting)
        if self._outage:
            self._outage.tell(asset)
        if numbers and not self._ledger.is_greeted(asset, arrival.stream, arrival.epoch):
            self._tally.refused[Refusal.GREET_FIRST] += len(numbers)
            acks.refuse(asset, arrival.id, Refusal.GREET_FIRST)
        elif arrival.fault is None and not numbers:
            acks.hear(asset, arrival.id)
        elif greeting is None or not self._is_queued(arrival):
            self._forget(arrival, acks)
            if not self._outage:
                acks.hold_seconds = FULL_HOLD_SECONDS
        return acks

    def _forget(self, arrival: Arrival, acks: Acks) -> None:
        """The asset's outbox still has it; the link works, which the asset is told."""
        self._tally.held += 1
        if arrival.id:
            acks.hear(arrival.asset, arrival.id)

    def silence(self, asset: str, now: int) -> None:
        """Refuse whatever comes from `asset` until `hear_again`, unanswered and counted.

        Its epochs are closed: what its computer still held is lost with it.
        """
        with self._lock:
            self._silenced.add(asset)
            self._ledger.close(asset)
            if self._live.view(asset).seen_at is not None:
                self._live.leave(asset, now)

    def hear_again(self, asset: str) -> None:
        """A computer enrolled for `asset`; its first greeting says what it holds."""
        with self._lock:
            self._silenced.discard(asset)

    def tick(self, now: int) -> Answers:
        """Once a second or oftener: messages whose commit takes long are heard, leases run out."""
        with self._lock:
            acks = Acks(self._outage.hold_seconds)
            for arrival in (*self._committing, *self._waiting):
                if now - arrival.received_at < _SLOW_MS:
                    break
                if not arrival.is_heard and arrival.id:
                    arrival.is_heard = True
                    acks.hear(arrival.asset, arrival.id)
            self._live.evaluate(now)
        answers = acks.answers(now)
        for waiting in self._deliveries:
            answers += waiting()
        return answers

    def commit(self, now: int) -> Answers:
        """Commit one micro-batch of what waits, if anything does; what to publish then.

        Blocks on the disk. While the store is down it is tried again once a second, with a message
        that it refused before; everything else has been forgotten and will be sent again.
        """
        with self._lock:
            arrivals = self._next_batch(now)
            positions = positions_of(arrivals, self._ledger)
        if not arrivals:
            self._keeper.save_when_due(now)
            return []
        try:
            committed = self._committer.commit(arrivals, positions, now)
        except (StoreUnavailable, SQLAlchemyError) as error:
            logger.warning("the store refuses", extra={"error": type(error).__name__})
            return self._hold(arrivals, now)
        except Exception:
            # A defect that one message has woken must not end the thread that serves all others.
            logger.exception("a commit failed")
            return self._hold(arrivals, now)
        with self._lock:
            self._committing = ()
            answers = self._settle(committed, now)
        self._tell_followers(committed.rows)
        self._keeper.save_when_due(now)
        return answers

    def is_behind(self) -> bool:
        """Whether a whole micro-batch waits already."""
        return self._waiting_records >= self._batch_records and not self._outage

    def is_busy(self) -> bool:
        """Whether so much came that a whole micro-batch soon will be there, and is not yet."""
        return self._batch_records // _BUSY_PART <= self._waiting_records < self._batch_records

    def _next_batch(self, now: int) -> Sequence[Arrival]:
        if self._outage:
            return self._outage.next_try(now)
        batch: list[Arrival] = []
        records = 0
        while self._waiting and records < self._batch_records:
            arrival = self._waiting.popleft()
            self._waiting_bytes -= arrival.size
            records += len(arrival.numbers) or 1
            batch.append(arrival)
        self._waiting_records -= records
        self._committing = batch
        return batch

    def _hold(self, arrivals: Sequence[Arrival], now: int) -> Answers:
        """The store is down: forget what waits, keep a few messages to try it with."""
        with self._lock:
            self._committing = ()
            if self._outage:
                return []
            rest = self._outage.begin(arrivals, now)
            acks = Acks(self._outage.hold_seconds)
            for arrival in (*arrivals, *self._waiting):
                if arrival.numbers:
                    self._forget(arrival, acks)
                    self._outage.tell(arrival.asset)
            self._wait_again(rest)
            return acks.answers(now)

    def _wait_again(self, arrivals: Sequence[Arrival]) -> None:
        """Of these and all that waits keep what nobody would send again."""
        kept = [a for a in (*arrivals, *self._waiting) if not a.numbers]
        self._waiting = deque(kept)
        self._waiting_bytes = sum(arrival.size for arrival in kept)
        self._waiting_records = len(kept)

    def _settle(self, committed: Committed, now: int) -> Answers:
        acks = Acks()
        if self._outage:
            told, left = self._outage.end(committed.reports)
            logger.info("the store works again", extra={"assets_told": len(told)})
            self._wait_again(left)
            for asset in told:
                acks.release(asset)
        self._settlement.settle(committed, acks, now)
        for fork in committed.forks:
            self._forks.add(fork)
            self._live.flag(fork[0], forked=self._ledger.counts_on_in(fork[0], self._forks))
        return acks.answers(now)

    def _tell_followers(self, rows: Sequence[ReportRow]) -> None:
        for follower in self._followers:
            try:
                follower(rows)
            except Exception:
                logger.exception("a follower failed")

    def save(self, now: int) -> None:
        """Write what headers told; `commit` does it now and then, a stop has to.

        Raises:
            SQLAlchemyError: the state database refuses.
        """
        self._keeper.save(now)

    def views(self) -> Mapping[str, AssetView]:
        """Every asset that was ever heard of."""
        with self._lock:
            return self._live.views()

    def view(self, asset: str) -> AssetView:
        """One asset, heard of or not."""
        with self._lock:
            return self._live.view(asset)

    def changed_since(self, token: int) -> tuple[int, list[AssetView]]:
        """A token for the next call, and the views changed since the one given (0: all)."""
        with self._lock:
            return self._live.changed_since(token)

    def note_readiness(self, asset: str, letters: str) -> None:
        """What the asset can do, a letter a service; its view changes."""
        with self._lock:
            self._live.note_readiness(asset, letters)

    def balance(self, asset: str) -> list[Balance]:
        """Where each number of the asset's records is, a stream and epoch at a time."""
        with self._lock:
            return self._ledger.balance(asset)

    def balances(self) -> list[Balance]:
        """The balance of all assets."""
        with self._lock:
            return [b for asset, _ in self._ledger.books() for b in self._ledger.balance(asset)]

    def counts(self) -> Counts:
        """What was done since the server started, and what waits now."""
        with self._lock:
            return self._tally.counts(len(self._waiting), self._waiting_bytes)

    def is_holding(self) -> bool:
        """Whether the store is down and assets are told to hold."""
        return bool(self._outage)


def _to_nobody(asset: str, payload: bytes) -> None: ...


def _nothing(asset: str, header: Header, now: int) -> Answers:
    return []
