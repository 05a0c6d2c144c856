"""What the model of the protocol consists of: agent, server, network; all frozen and hashable.

Reduced to what can matter: epochs are whole numbers, a CRC is the content itself, every message
ever sent stays in the network. Delivering is a choice and takes nothing away, so that loss,
repetition and any order are in it without actions of their own.
"""

from enum import StrEnum
from typing import NamedTuple, TypeAlias

REPORTS, EVENTS = 0, 1
NAMES = ("reports", "events")


class Bug(StrEnum):
    """A mistake that an implementation could make; the model must find each one."""

    ACK_BEFORE_COMMIT = "ack before commit"
    FORGET_ON_PUBACK = "forget on PUBACK"
    LEDGER_OUTSIDE = "ledger outside the transaction"
    NO_CRC = "dedupe without CRC"
    ACK_BY_NUMBER = "ack by number"
    SAME_EPOCH = "numbers reused after a disk restore"
    OUT_OF_ORDER = "events taken out of order"
    SILENT_EVICTION = "eviction without declaration"
    BLIND_REPEAT = "events below the position settled unseen"
    GO_ON_AFTER_FORK = "events after a forked one applied"
    MOVE_ONE = "only the forked event moved"
    STUCK = "no way past events that are gone"
    REFUSED_GONE = "refused records forgotten at once"
    OLD_IDS = "message ids outlive a greeting"
    UNDECLARED_MOVE = "renumbering not declared"
    EXPIRY_ASLEEP = "kept records expire before a greeting"


class Declared(NamedTuple):
    """Content of an event: these numbers were given up (`content`), or moved (None)."""

    stream: int
    epoch: int
    numbers: tuple[int, ...]
    content: str | None


Content: TypeAlias = str | Declared


class Status(StrEnum):
    """Of a record in the outbox. OLD: kept, and a backup of the server was made since."""

    WAITING = "waiting"
    KEPT = "kept"
    OLD = "old"


class Row(NamedTuple):
    """One record in the outbox."""

    epoch: int
    number: int
    content: Content
    status: Status


class Book(NamedTuple):
    """One stream in the outbox; `heads` of every epoch, `rows` in the order of emission."""

    epoch: int = 1
    heads: tuple[tuple[int, int], ...] = ((1, 0),)
    rows: tuple[Row, ...] = ()


class Disk(NamedTuple):
    """What survives a kill of the agent. `log` (for the properties only): all it ever emitted."""

    books: tuple[Book, Book] = (Book(), Book())
    log: tuple[Content, ...] = ()


class Sent(NamedTuple):
    """A message that this process knows; `live` until it times out."""

    id: int
    stream: int
    epoch: int
    numbers: tuple[int, ...]
    live: bool = True


class Agent(NamedTuple):
    """`greeting` is the message that must be answered first; 0 while offline or when it was."""

    disk: Disk = Disk()
    is_open: bool = False
    greeting: int = 0
    flight: tuple[Sent, ...] = ()


class Mark(NamedTuple):
    """Where an epoch stands at the agent; see `telemetry.wire.messages.Mark`."""

    stream: int
    epoch: int
    head: int
    kept: int


class Message(NamedTuple):
    """Up: a greeting with marks, or records of one epoch and the lowest number `kept` of it."""

    id: int
    marks: tuple[Mark, ...] = ()
    stream: int = REPORTS
    epoch: int = 0
    records: tuple[tuple[int, Content], ...] = ()
    kept: int = 1


class Seen(NamedTuple):
    """The server's word on one epoch, in the answer to a greeting."""

    stream: int
    epoch: int
    seen: int
    want: frozenset[int]


class Ack(NamedTuple):
    """Down: an answer to message `id`; what it was about is there for the bug that reads it."""

    id: int
    settled: bool = False
    forked: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()
    greet_first: bool = False
    greeting: tuple[Seen, ...] | None = None
    about: Message | None = None


class Files(NamedTuple):
    """What survives a kill of the server. `rows`: stored, as they came; `taken`: the ledger."""

    rows: tuple[tuple[int, int, int, Content], ...] = ()
    taken: frozenset[tuple[int, int, int, Content]] = frozenset()
    aside: frozenset[tuple[int, int, int]] = frozenset()
    dropped: frozenset[tuple[int, int, int]] = frozenset()
    positions: tuple[tuple[int, int], ...] = ()
    heads: tuple[tuple[int, int, int], ...] = ()


class Server(NamedTuple):
    """`greetings` it took since its start, and the epochs that they `named`.

    `pending`: a message taken and not committed; `half`: one whose commit is half made.
    """

    files: Files = Files()
    greetings: frozenset[int] = frozenset()
    named: frozenset[tuple[int, int]] = frozenset()
    pending: Message | None = None
    half: Message | None = None


class World(NamedTuple):
    """Everything, and what has been used up of the bounds."""

    agents: tuple[Agent, ...] = (Agent(),)
    server: Server = Server()
    up: frozenset[Message] = frozenset()
    down: frozenset[Ack] = frozenset()
    copy: Disk = Disk()
    backup: Files = Files()
    gone: frozenset[tuple[int, int, int]] = frozenset()
    messages: int = 0
    epochs: int = 1
    emitted: tuple[int, int] = (0, 0)
    evicted: int = 0
    kills: int = 0
    server_kills: int = 0
    copies: int = 0
    disk_restores: int = 0
    backups: int = 0
    server_restores: int = 0


class Bounds(NamedTuple):
    """How far the exploration goes.

    The copy of the disk and the backup of the server are from the first day, unless `copies` and
    `backups` let them be made anew. `unreadable`: that record of each stream (0: none).
    `old_backup`: kept records may expire although the last backup lacks them.
    """

    reports: int = 0
    events: int = 0
    messages: int = 4
    records_a_message: int = 2
    unreadable: int = 0
    evictions: int = 0
    kills: int = 0
    server_kills: int = 0
    copies: int = 0
    disk_restores: int = 0
    backups: int = 0
    server_restores: int = 0
    old_backup: bool = False
    second_machine: bool = False
