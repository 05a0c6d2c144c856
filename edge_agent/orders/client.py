"""The port to the executor: its socket, and a thread while an order is being carried out."""

import logging
import socket
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock, Thread
from typing import Final

from msgspec import Struct

from edge_agent.inputs import Input, LinesHeard, OrderNote
from edge_agent.orders import talk
from telemetry.errors import Unreadable
from telemetry.wire.events import OrderChanged
from telemetry.wire.lines import OrderLines
from telemetry.words import FINAL_STATES, OrderKind

logger = logging.getLogger(__name__)

_AGAIN_SECONDS: Final = 2.0
_CONNECT_SECONDS: Final = 10.0


class _Following(Struct):
    """The order that is followed, and how far; `peer` is the connection of now."""

    number: int
    sealed: bytes
    heard: int
    cancel: bytes = b""
    peer: socket.socket | None = None


class SocketExecutor:
    """Connects as long as an order is not over, again and again, and tells what is new."""

    def __init__(self, path: Path, put: Callable[[Input], None]) -> None:
        self._path = path
        self._put = put
        self._lock = Lock()
        self._following: _Following | None = None

    def can(self, kind: OrderKind) -> bool:
        return self._path.exists()

    def carry_out(self, number: int, sealed: bytes, heard: int) -> None:
        following = _Following(number, sealed, heard)
        with self._lock:
            before, self._following = self._following, following
            if before is not None and before.peer is not None:
                _hang_up(before.peer)
        Thread(target=self._follow, args=(following,), daemon=True).start()

    def cancel(self, number: int, sealed: bytes) -> None:
        with self._lock:
            following = self._following
            if following is None or following.number != number:
                return
            following.cancel = sealed
            if following.peer is not None:
                _say(following.peer, talk.EndIt(sealed.decode()))

    def _follow(self, following: _Following) -> None:
        while self._following is following:
            try:
                if self._listen(following):
                    return
            except (OSError, Unreadable) as error:
                logger.info("the executor is away", extra={"why": str(error)})
            time.sleep(_AGAIN_SECONDS)

    def _listen(self, following: _Following) -> bool:
        """One connection; whether the order is over."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
            peer.settimeout(_CONNECT_SECONDS)
            peer.connect(str(self._path))
            peer.settimeout(None)
            with self._lock:
                following.peer = peer
                _say(peer, talk.CarryOut(following.sealed.decode(), following.heard, True))
                if following.cancel:
                    _say(peer, talk.EndIt(following.cancel.decode()))
            try:
                with peer.makefile("rb") as lines:
                    while line := lines.readline(talk.MAX_LINE_BYTES):
                        if self._is_last(talk.said(line), following):
                            return True
            finally:
                with self._lock:
                    following.peer = None
        return False

    def _is_last(self, said: talk.Said, following: _Following) -> bool:
        if self._following is not following:
            return False
        if isinstance(said.event, OrderLines):
            self._put(LinesHeard(said.number, said.event))
            return False
        if said.at != following.heard:
            return False
        following.heard += 1
        self._put(OrderNote(said.number, said.at, said.event))
        return isinstance(said.event, OrderChanged) and said.event.state in FINAL_STATES


def _say(peer: socket.socket, message: talk.CarryOut | talk.EndIt) -> None:
    """Whoever does not listen is asked again over the next connection."""
    try:
        peer.sendall(talk.line(message))
    except OSError as error:
        logger.info("the executor does not listen", extra={"why": str(error)})


def _hang_up(peer: socket.socket) -> None:
    try:
        peer.shutdown(socket.SHUT_RDWR)
    except OSError as error:
        logger.debug("it was over already", extra={"why": str(error)})
