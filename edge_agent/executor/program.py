"""The executor: a socket, an order at a time. The only file of it with threads.

It is started by its socket, goes on with what a power cut interrupted, and ends when nobody has
wanted anything for a while.
"""

import logging
import os
import pwd
import select
import shutil
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from types import FrameType
from typing import Final

import msgspec

from edge_agent.errors import BadSettings
from edge_agent.executor import belief, processes, settings
from edge_agent.executor.belief import Disbelieved
from edge_agent.executor.cages import Cages, own_cages
from edge_agent.executor.foreman import Foreman
from edge_agent.executor.journal import Journals, OrderJournal
from edge_agent.executor.settings import Executor
from edge_agent.orders import talk
from edge_agent.orders.door import claimed_id
from edge_agent.service import log_to_stderr
from telemetry.errors import Unreadable
from telemetry.wire.events import OrderChanged
from telemetry.wire.orders import Order
from telemetry.wire.signed import open_sealed
from telemetry.words import FINAL_STATES, OrderRefusal, OrderState

logger = logging.getLogger(__name__)

_SYSTEMD_SOCKET: Final = 3
_ASK_EVERY_SECONDS: Final = 1.0
_TELL_EVERY_SECONDS: Final = 0.5
_LINES_EVERY_SECONDS: Final = 1.0
_STOP_SECONDS: Final = 5.0


class Program:
    """One executor. `run` returns when it is told to stop, or nobody wants anything any more."""

    def __init__(self, settings: Executor) -> None:
        self._settings = settings
        self._journals = Journals(settings.state)
        self._cages: Cages | None = None
        self._lock = Lock()
        self._foreman: Foreman | None = None
        self._work: Thread | None = None
        self._connections = 0
        self._is_stopping = False

    def run(self) -> None:
        """Listen, and carry out what comes."""
        processes.adopt_orphans()
        if _is_started_by_systemd():  # anybody else's control groups are none of our business
            self._cages = own_cages(self._settings.memory_megabytes << 20)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        newest = self._journals.newest
        if newest is not None and newest.is_over:
            shutil.rmtree(newest.job, ignore_errors=True)  # we were killed before we did that
        elif newest is not None:
            self._begin(newest)
        with _listening(Path(self._settings.socket)) as door:
            self._serve(door)
        if self._foreman is not None and self._work is not None:
            self._foreman.is_stopping = True
            self._foreman.cancel.set()
            self._work.join(_STOP_SECONDS)

    def _serve(self, door: socket.socket) -> None:
        wanted_at = time.monotonic()
        while not self._is_stopping:
            if select.select([door], [], [], _ASK_EVERY_SECONDS)[0]:
                peer, _ = door.accept()
                with self._lock:
                    self._connections += 1
                Thread(target=self._converse, args=(peer,), daemon=True).start()
            is_working = self._work is not None and self._work.is_alive()
            if self._connections or is_working:
                wanted_at = time.monotonic()
            if time.monotonic() - wanted_at > self._settings.idle_seconds:
                return

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._is_stopping = True

    def _converse(self, peer: socket.socket) -> None:
        """One connection, to its end."""
        try:
            with peer, peer.makefile("rb") as lines:
                if not self._may_ask(peer):
                    logger.warning("somebody who may not ask was turned away")
                    return
                while line := lines.readline(talk.MAX_LINE_BYTES):
                    self._answer(talk.asked(line), peer)
        except (OSError, Unreadable) as error:
            logger.info("a connection has ended", extra={"why": str(error)})
        finally:
            with self._lock:
                self._connections -= 1

    def _may_ask(self, peer: socket.socket) -> bool:
        found = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        _, uid, _ = struct.unpack("3i", found)
        allowed = {0, os.getuid()}
        with suppress(KeyError):  # a machine without that user: only root may ask
            allowed.add(pwd.getpwnam(self._settings.agent_user).pw_uid)
        return uid in allowed

    def _answer(self, asked: talk.CarryOut | talk.EndIt, peer: socket.socket) -> None:
        sealed = asked.sealed.encode()
        with self._lock:
            if isinstance(asked, talk.EndIt):
                self._cancel(sealed)
                return
            try:
                journal = self._journal_for(sealed)
            except Disbelieved as refusal:
                logger.warning("an order was not believed", extra={"code": refusal.code})
                peer.sendall(talk.line(_refusal(sealed, asked.heard, refusal.code)))
                return
        Thread(target=_tell, args=(journal, asked, peer), daemon=True).start()

    def _journal_for(self, sealed: bytes) -> OrderJournal:
        """The journal of an order that was begun before, or is begun now."""
        newest = self._journals.newest
        if newest is not None and newest.sealed == sealed:
            return newest
        number, order = belief.order_in(sealed, self._settings)
        if newest is not None and number <= newest.number:
            if number == newest.number and order.id == _order_of(newest).id:
                return newest  # signed once more
            raise Disbelieved(OrderRefusal.OLDER)
        self._end_work()
        journal = self._journals.begin(number, sealed)
        self._begin(journal)
        return journal

    def _cancel(self, sealed: bytes) -> None:
        newest = self._journals.newest
        try:
            number, claimed = belief.cancelled_in(sealed, self._settings)
        except Disbelieved as refusal:
            logger.warning("a cancel was not believed", extra={"code": refusal.code})
            return
        if newest is None or newest.is_over or number != newest.number:
            return
        if claimed == _order_of(newest).id and self._foreman is not None:
            newest.cancel(sealed)
            self._foreman.cancel.set()

    def _begin(self, journal: OrderJournal) -> None:
        self._foreman = Foreman(self._settings, journal, _order_of(journal), self._cages)
        self._work = Thread(target=self._foreman.run, daemon=True)
        self._work.start()

    def _end_work(self) -> None:
        """The server begins another one, so it knows the one before to be over."""
        if self._foreman is not None and self._work is not None and self._work.is_alive():
            self._foreman.cancel.set()
            self._work.join(_STOP_SECONDS)


def _tell(journal: OrderJournal, asked: talk.CarryOut, peer: socket.socket) -> None:
    """Tell notes as they come, until the last one; between them, once a second, the newest lines.

    `peer` may be an agent of before there were lines, which does not ask for them.
    """
    heard, order = asked.heard, _order_of(journal).id
    told, lines_at = (0, -1), 0.0
    try:
        while True:
            now = time.monotonic()
            lines = journal.lines.after(order, told)
            if asked.wants_lines and lines is not None and now >= lines_at:
                peer.sendall(talk.line(talk.Said(journal.number, heard, lines)))
                told = lines.attempt, lines.first + len(lines.lines) - 1
                lines_at = now + _LINES_EVERY_SECONDS
            for note in journal.wait(heard, _TELL_EVERY_SECONDS):
                peer.sendall(talk.line(talk.Said(journal.number, heard, note)))
                heard += 1
                if isinstance(note, OrderChanged) and note.state in FINAL_STATES:
                    return
            if peer.fileno() < 0:
                return
    except OSError:
        return  # who listened is gone, and will ask for the rest


def _refusal(sealed: bytes, heard: int, code: OrderRefusal) -> talk.Said:
    try:
        opened = open_sealed(sealed)
        number, claimed = opened.header.number, claimed_id(opened.body)
    except Unreadable:
        number, claimed = 0, "-"
    event = OrderChanged(claimed, number, OrderState.REFUSED, code, "by the executor")
    return talk.Said(number, heard, event)


def _order_of(journal: OrderJournal) -> Order:
    """It was believed when the journal was begun."""
    return msgspec.json.decode(open_sealed(journal.sealed).body, type=Order)


def _is_started_by_systemd() -> bool:
    return os.environ.get("LISTEN_PID") == str(os.getpid())


def _listening(path: Path) -> socket.socket:
    """The socket that systemd gives, or an own one."""
    if _is_started_by_systemd():
        return socket.socket(fileno=_SYSTEMD_SOCKET)
    path.unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    door.bind(str(path))
    path.chmod(0o600)
    door.listen(4)
    return door


def main(argv: list[str]) -> int:
    """The process; `argv` may name the settings' file. The exit status."""
    log_to_stderr()
    try:
        Program(settings.load(Path(argv[0]) if argv else settings.DEFAULT_FILE)).run()
    except BadSettings as error:
        print(f"courtfleet executor: {error}", file=sys.stderr)
        return 1
    return 0
