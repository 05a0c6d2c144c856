"""The one door to the system bus: a service on it, asked by short connections.

Asking costs 2 ms; holding a connection and following signals would cost more. dbus-fast and asyncio
take 4 MB, so they are loaded only where a service that somebody wants was seen.
"""

import subprocess
from collections.abc import Callable
from time import monotonic
from typing import Final, NamedTuple

_ANSWER_SECONDS: Final = 8.0
_LOOK_AGAIN_SECONDS: Final = 60.0


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
        import asyncio

        return asyncio.run(asyncio.wait_for(self._ask(calls), _ANSWER_SECONDS))

    async def _ask(self, calls: tuple[Call, ...]) -> list[Answer] | None:
        from dbus_fast import BusType, ErrorType, Message, MessageFlag, MessageType, unpack_variants
        from dbus_fast.aio import MessageBus

        gone = {ErrorType.NAME_HAS_NO_OWNER.value, ErrorType.SERVICE_UNKNOWN.value}
        bus = MessageBus(bus_address=self._bus, bus_type=BusType.SYSTEM)
        answers = []
        try:
            await bus.connect()
            for call in calls:
                answer = await bus.call(
                    Message(
                        destination=self.name,
                        path=call.path,
                        interface=call.interface,
                        member=call.member,
                        signature=call.signature,
                        body=list(call.body),
                        flags=MessageFlag.NO_AUTOSTART,
                    )
                )
                if answer.message_type is MessageType.METHOD_RETURN:
                    answers.append(Answer(tuple(unpack_variants(answer.body))))
                elif answer.error_name in gone:
                    return None
                else:
                    answers.append(Answer(error=answer.error_name or "error"))
        except (OSError, EOFError):
            return None
        finally:
            bus.disconnect()
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
