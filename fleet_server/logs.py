"""How log lines look: a constant sentence, and its facts behind it."""

import logging
from datetime import UTC, datetime

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


class Lines(logging.Formatter):
    """`2026-03-01T08:00:00.123Z WARNING fleet_server.broker: sentence waiting=12`."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts = [f"{key}={value!r}" for key, value in vars(record).items() if key not in _OWN]
        head = f"{at.replace('+00:00', 'Z')} {record.levelname} {record.name}: "
        line = head + " ".join([record.getMessage(), *facts])
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


def to_stderr(level: str) -> None:
    """Send all logs to stderr; libraries' only from warnings on."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("fleet_server", "telemetry"):
        logging.getLogger(name).setLevel(level.upper())
