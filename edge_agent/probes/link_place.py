"""Where the link is tested, and under which key; shared by the test and the burst."""

import contextlib
import socket
from collections.abc import Callable
from typing import NamedTuple

from telemetry.wire.arrival import tell_arrivals
from telemetry.wire.profile import LinkTest, Profile
from telemetry.wire.stamp import ssid_of


class Reach(NamedTuple):
    """A socket that speaks with the reflector, the key, and what to add to this machine's clock."""

    socket: socket.socket
    key: bytes
    clock_offset_seconds: float


class LinkPlace:
    """Safe to share between threads.

    `server_host` is meant where the profile names nobody. `derive` makes the key, blocks, and may
    fail (None); it is called until it has worked once. `clock_offset` is the right time less this
    machine's, in seconds; None while the right time is not known: a reflector answers only now.
    """

    def __init__(
        self,
        asset: str,
        server_host: str,
        profile: Callable[[], Profile],
        derive: Callable[[], bytes | None],
        clock_offset: Callable[[], float | None],
    ) -> None:
        self.ssid = ssid_of(asset)
        self._server_host = server_host
        self._profile = profile
        self._derive = derive
        self._clock_offset = clock_offset
        self._key: bytes | None = None

    def spec(self) -> LinkTest | None:
        """What the present profile wants."""
        return self._profile().link_test

    def reach(self, spec: LinkTest) -> Reach | None:
        """A way to the reflector; None when there is none now. Looks names up, so it may block."""
        offset = self._clock_offset()
        if offset is None:
            return None
        if self._key is None:
            self._key = self._derive()
        if self._key is None:
            return None
        made = _connected(spec.host or self._server_host, spec.port)
        return None if made is None else Reach(made, self._key, offset)


def _connected(host: str, port: int) -> socket.socket | None:
    with contextlib.suppress(OSError):
        for family, kind, protocol, _, address in socket.getaddrinfo(
            host, port, type=socket.SOCK_DGRAM
        ):
            made = socket.socket(family, kind, protocol)
            try:
                tell_arrivals(made)
                made.connect(address)
            except OSError:
                made.close()
            else:
                return made
    return None
