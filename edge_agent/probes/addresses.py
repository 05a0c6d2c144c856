"""Things with an address on the asset's own network: face terminal, router, tablets."""

import ssl
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Final

from edge_agent.inputs import Reading
from edge_agent.probes import snmp
from edge_agent.probes.deadline import Deadline, side_by_side
from edge_agent.probes.devices import Found, Snapshot, judged, missing, names, read_devices
from edge_agent.probes.reaching import NotHttp, ask_http, connect, secure
from edge_agent.probes.resolver import NoSuchName, Resolver
from telemetry.wire.profile import ByAddress, DeviceSpec
from telemetry.words import DeviceFault

_ANSWER_SECONDS: Final = 3.0
_AT_ONCE: Final = 8
_SERVER_ERROR: Final = 500


class AddressProbe:
    """Asks all of them side by side, each for three seconds at most.

    `community`: what SNMP devices want to hear before they let somebody read.
    """

    name = "addresses"
    every = timedelta(seconds=30)
    limit = timedelta(seconds=30)
    streams = False

    def __init__(
        self,
        profile: Snapshot,
        resolver: Resolver,
        community: str = "public",
        answer_seconds: float = _ANSWER_SECONDS,
    ) -> None:
        self._profile = profile
        self._resolver = resolver
        self._community = community
        self._answer_seconds = answer_seconds

    def is_needed(self) -> bool:
        return names(self._profile(), ByAddress)

    def read(self) -> Iterator[Reading]:
        profile = self._profile()
        questions = {
            spec.name: partial(self.look, spec, spec.reach)
            for spec in profile.devices
            if isinstance(spec.reach, ByAddress)
        }
        found = side_by_side(questions, _AT_ONCE)
        return read_devices(self.name, profile, ByAddress, lambda spec, _: found[spec.name])

    def close(self) -> None: ...

    def look(self, spec: DeviceSpec, reach: ByAddress) -> Found:
        """One of them, within its own deadline."""
        deadline = Deadline(self._answer_seconds)
        try:
            faults = self._ask(reach, deadline)
        except ConnectionRefusedError:
            return judged((DeviceFault.REFUSED,))
        except (NoSuchName, OSError):
            return missing(spec, DeviceFault.NOT_ANSWERING)
        return judged(faults, {"answer_seconds": deadline.spent()})

    def _ask(self, reach: ByAddress, deadline: Deadline) -> tuple[DeviceFault, ...]:
        """What is wrong with a device that took the connection.

        Raises:
            NoSuchName, OSError: it did not.
        """
        there = self._resolver.resolve(reach.host, deadline).addresses
        if reach.speaks == "snmp":
            snmp.up_seconds(there[0], reach.port, self._community, deadline)
            return ()
        connection = connect(there, reach.port, deadline)
        with connection:
            if reach.speaks == "tcp":
                return ()
            try:
                if reach.speaks == "https":
                    connection = secure(connection, _unverified(), reach.host, deadline)
                with connection:
                    status = ask_http(connection, reach.host, reach.path, deadline).status
            except (NotHttp, OSError):
                return (DeviceFault.NOT_ANSWERING,)
        return (DeviceFault.STOPPED,) if status >= _SERVER_ERROR else ()


def _unverified() -> ssl.SSLContext:
    """Devices on the own network have certificates that they made for themselves."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
