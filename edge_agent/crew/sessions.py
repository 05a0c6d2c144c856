"""Who has shown a PIN in which browser; in memory, so that a restart signs everybody out."""

import secrets
import time
from collections.abc import Callable
from threading import Lock
from typing import Final, NamedTuple

IDLE_SECONDS: Final = 600.0
_MOST: Final = 16


class Session(NamedTuple):
    """`cookie` is what the browser sends by itself, `token` what only our own page can add."""

    who: str
    cookie: str
    token: str
    until: float


class Sessions:
    """Called from many threads."""

    def __init__(self, up: Callable[[], float] = time.monotonic) -> None:
        self._up = up
        self._lock = Lock()
        self._open: dict[str, Session] = {}

    def begin(self, who: str) -> Session:
        """A new session; of too many the one that was idle longest ends."""
        session = Session(
            who, secrets.token_urlsafe(24), secrets.token_urlsafe(24), self._up() + IDLE_SECONDS
        )
        with self._lock:
            self._open[session.cookie] = session
            if len(self._open) > _MOST:
                del self._open[min(self._open, key=lambda cookie: self._open[cookie].until)]
        return session

    def find(self, cookie: str) -> Session | None:
        """The session of this cookie, unless it was idle for too long."""
        with self._lock:
            session = self._open.get(cookie)
            if session is not None and session.until <= self._up():
                del self._open[cookie]
                session = None
        return session

    def touch(self, session: Session) -> None:
        """Somebody acted: it stays open for another while."""
        with self._lock:
            if session.cookie in self._open:
                self._open[session.cookie] = session._replace(until=self._up() + IDLE_SECONDS)

    def end(self, session: Session) -> None:
        """Nobody acts in this browser any more."""
        with self._lock:
            self._open.pop(session.cookie, None)
