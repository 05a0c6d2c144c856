"""The one door to the system bus: a service on it, asked by short connections.

Asking costs 2 ms; holding a connection and following signals would cost more. jeepney writes and
reads the messages (docs/adr/0010); it is loaded only where a service that somebody wants was seen.
"""

import itertools
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from jeepney import Message

_ANSWER_SECONDS: Final = 8.0
_LOOK_AGAIN_SECONDS: Final = 60.0
_READ_BYTES: Final = 65_536
_GONE: Final = frozenset(
    {
        "org.freedesktop.DBus.Error.NameHasNoOwner",
        "org.freedesktop.DBus.Error.ServiceUnknown",
    }
)


class Call(NamedTuple):
    """One method call; `signature` and `body` as D-Bus has them."""

    path: str
    interface: str
    member: str
    signature: str = ""
    body: tuple[object, ...] = ()


class Answer(NamedTuple):
    """The values of a method's return, without the variants; or the name of an error."""

    values: tuple[object, ...] = ()
    error: str = ""


class Service:
    """A service by its well-known name; `bus` is a D-Bus address, None for the system bus.

    Owned by one probe's thread.
    """

    def __init__(
        self, name: str, bus: str | None = None, up: Callable[[], float] = monotonic
    ) -> None:
        self.name = name
        self._bus = bus
        self._up = up
        self._look_at = float("-inf")
        self._was_seen = False

    def is_worth_asking(self) -> bool:
        """Whether it was seen, or it is time to look for it; from any thread."""
        return self._was_seen or self._up() >= self._look_at

    def was_seen(self) -> bool:
        """Whether it has run since this machine's agent began; looks once a minute until then."""
        if not self._was_seen and self._up() >= self._look_at:
            self._was_seen = self._is_running()
            self._look_at = self._up() + _LOOK_AGAIN_SECONDS
        return self._was_seen

    def ask(self, *calls: Call) -> list[Answer] | None:
        """Makes the calls on one connection; None when the service, or the bus, is not there.

        Raises:
            TimeoutError: it is there, and has no answer.
        """
        if not self.was_seen():
            return None
        from jeepney import DBusAddress, HeaderFields, MessageFlag, MessageType, new_method_call
        from jeepney.bus_messages import message_bus

        answers = []
        try:
            with closing(_Connection(self._bus, self._up)) as connection:
                connection.ask(message_bus.Hello())
                for call in calls:
                    where = DBusAddress(call.path, self.name, call.interface)
                    # jeepney tells "no signature" from an empty one
                    signature = call.signature or None
                    message = new_method_call(where, call.member, signature, call.body)
                    message.header.flags = MessageFlag.no_auto_start
                    answer = connection.ask(message)
                    error = str(answer.header.fields.get(HeaderFields.error_name, "error"))
                    if answer.header.message_type is MessageType.method_return:
                        answers.append(Answer(_values(answer)))
                    elif error in _GONE:
                        return None
                    else:
                        answers.append(Answer(error=error))
        except TimeoutError:
            raise
        except OSError:
            return None
        return answers

    def _is_running(self) -> bool:
        """Asked without loading a D-Bus library into this process."""
        command = [
            "busctl",
            "--system" if self._bus is None else f"--address={self._bus}",
            "--auto-start=no",
            f"--timeout={_ANSWER_SECONDS}",
            *("call", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus"),
            *("NameHasOwner", "s", self.name),
        ]
        try:
            answer = subprocess.run(
                command, capture_output=True, timeout=2 * _ANSWER_SECONDS, check=False
            )
        except (FileNotFoundError, subprocess.TimeoutExpired):
            return False
        return answer.stdout.strip() == b"b true"


class _Connection:
    """A connection to the bus; all that is asked on it takes `_ANSWER_SECONDS` at most."""

    def __init__(self, bus: str | None, up: Callable[[], float]) -> None:
        from jeepney import Parser
        from jeepney.bus import get_bus
        from jeepney.io.blocking import prep_socket

        self._up = up
        self._until = up() + _ANSWER_SECONDS
        self._parser = Parser()
        self._serials = itertools.count(1)
        self._socket: socket.socket = prep_socket(get_bus(bus or "SYSTEM"), timeout=_ANSWER_SECONDS)

    def ask(self, message: "Message") -> "Message":
        """The answer to a call.

        Raises:
            TimeoutError: none came in time.
            OSError: the bus is gone.
        """
        from jeepney import HeaderFields

        serial = next(self._serials)
        self._wait_at_most()
        self._socket.sendall(message.serialise(serial))
        return next(
            one
            for one in self._received()
            if one.header.fields.get(HeaderFields.reply_serial) == serial
        )

    def close(self) -> None:
        self._socket.close()

    def _received(self) -> "Iterator[Message]":
        while True:
            message = self._parser.get_next_message()
            if message is not None:
                yield message
                continue
            self._wait_at_most()
            data = self._socket.recv(_READ_BYTES)
            if not data:
                raise ConnectionResetError("the bus hung up")
            self._parser.add_data(data)

    def _wait_at_most(self) -> None:
        left = self._until - self._up()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)


def _values(answer: "Message") -> tuple[object, ...]:
    """The body without its variants: jeepney gives each as a pair of signature and value."""
    from jeepney import HeaderFields
    from jeepney.low_level import parse_signature

    left = list(answer.header.fields.get(HeaderFields.signature, ""))
    return tuple(_plain(parse_signature(left), value) for value in answer.body)


# Any: what a service of somebody else's says; who asked looks at each value.
def _plain(kind: Any, value: Any) -> Any:
    from jeepney import low_level

    if isinstance(kind, low_level.Variant):
        signature, inner = value
        return _plain(low_level.parse_signature(list(signature)), inner)
    if isinstance(kind, low_level.Array) and isinstance(value, dict):
        inner_kind = kind.elt_type.fields[1]
        return {key: _plain(inner_kind, inner) for key, inner in value.items()}
    if isinstance(kind, low_level.Array) and isinstance(value, list):
        return [_plain(kind.elt_type, inner) for inner in value]
    if isinstance(kind, low_level.Struct):
        return tuple(map(_plain, kind.fields, value))
    return value
