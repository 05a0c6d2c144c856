"""The service manager's side of the agent: readiness, watchdog, the status line, log lines."""

import logging
import os
import socket
from contextlib import suppress
from typing import Final

_PLAIN: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class ServiceManager:
    """systemd's notification socket; without one, nothing happens."""

    def __init__(self) -> None:
        self._address = os.environ.get("NOTIFY_SOCKET", "")
        watchdog_us = int(os.environ.get("WATCHDOG_USEC", "0"))
        self.watchdog_seconds = watchdog_us / 1e6 if watchdog_us else None

    def tell(self, *lines: str) -> None:
        """Send lines such as READY=1; a manager that is away is none of the agent's business."""
        if not self._address:
            return
        address = self._address
        if address.startswith("@"):  # the abstract name space
            address = "\0" + address[1:]
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto("\n".join(lines).encode(), address)


class FactsFormatter(logging.Formatter):
    """A constant sentence, and the facts after it: `link down why="a valley"`."""

    def format(self, record: logging.LogRecord) -> str:
        facts = [f"{name}={value!r}" for name, value in vars(record).items() if name not in _PLAIN]
        return " ".join([super().format(record), *facts])


def log_to_stderr() -> None:
    """One line a message; journald adds the time."""
    handler = logging.StreamHandler()
    handler.setFormatter(FactsFormatter("%(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
