"""Waits at the crew page's door; the page itself is loaded when the first one looks at it.

It takes 3 MB with its sentences, and most machines have nobody in front of them.
"""

import logging
import select
import socket
from collections.abc import Callable, Mapping
from threading import Thread
from typing import TYPE_CHECKING, Final

from edge_agent.inputs import Input, Looked
from telemetry.wire.people import Person

if TYPE_CHECKING:
    from edge_agent.crew.page import CrewPage
    from edge_agent.crew.view import CrewView

logger = logging.getLogger(__name__)

HOST: Final = "127.0.0.1"
_BACKLOG: Final = 8


class CrewBell:
    """Listens on one port of this machine, in a thread; the agent's thread calls the rest.

    `put` hands an input to the agent.
    """

    def __init__(self, port: int, put: Callable[[Input], None]) -> None:
        self._port = port
        self._put = put
        self._listener: socket.socket | None = None
        self._page: CrewPage | None = None

    def start(self) -> None:
        """Listen; where that fails the agent goes on without a page."""
        try:
            self._listener = socket.create_server((HOST, self._port), backlog=_BACKLOG)
        except OSError as error:
            logger.warning(
                "there is no crew page", extra={"port": self._port, "why": error.strerror}
            )
            return
        Thread(target=self._wait, args=(self._listener,), name="crew", daemon=True).start()

    def wants_view(self, *, is_due: bool) -> bool:
        """Whether somebody would see a new picture; `is_due`: one is made for others anyway."""
        page = self._page
        return page is not None and (is_due or page.is_watched() or not page.is_shown)

    def show(self, view: "CrewView", people: Mapping[str, Person]) -> None:
        """What is to be seen from now on; `people` with the hashes of their PINs."""
        if self._page is not None:
            self._page.show(view, people)

    def close(self) -> None:
        """Listen no more."""
        if self._page is not None:
            self._page.close()
        elif self._listener is not None:
            self._listener.close()

    def _wait(self, listener: socket.socket) -> None:
        select.select([listener], [], [])
        from edge_agent.crew.page import CrewPage

        self._page = CrewPage(listener, self._put)
        self._put(Looked())  # the agent wakes and shows itself
        self._page.serve()
