"""The platforms that a court needs, as the asset's own link reaches them, without signing in.

Name, connection, certificate and, where the profile names a path, one HTTP request. Not answering
and blocked are told apart: blocked is when somebody on the way answers instead.
"""

import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from ipaddress import ip_address
from time import monotonic
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from edge_agent.inputs import Reading
from edge_agent.probes import clean
from edge_agent.probes.deadline import Deadline, side_by_side
from edge_agent.probes.devices import Snapshot
from edge_agent.probes.reaching import HttpHead, NotHttp, ask_http, connect, secure
from edge_agent.probes.resolver import NoSuchName, Resolved, Resolver, is_address
from telemetry.wire.messages import Value
from telemetry.wire.profile import PLATFORM_PREFIX, Platform
from telemetry.words import PlatformState

_ANSWER_SECONDS: Final = 8.0
_WELL_SECONDS: Final = 270.0  # a little less than five minutes, for the question comes each minute
_AT_ONCE: Final = 8
_NO_CHECK_TIME: Final = 0x200000  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL; ssl has no name for it
_WRONG_DATES: Final = frozenset({9, 10})  # X509_V_ERR_CERT_NOT_YET_VALID, _HAS_EXPIRED
_NOT_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"})
_SIGN_IN_TO_THE_NETWORK: Final = 511  # RFC 6585


class Answered(NamedTuple):
    """What a platform was found to be, and after how long."""

    state: PlatformState
    seconds: float | None = None


class PlatformProbe:
    """Asks the profile's platforms, some side by side: every minute those that were not well when
    they were last asked, the others every five.

    `is_clock_known`: whether the dates of certificates can be judged now. `authorities`: a file of
    those to trust instead of the system's.
    """

    name = "platforms"
    every = timedelta(minutes=1)
    limit = timedelta(seconds=60)
    streams = False

    def __init__(
        self,
        profile: Snapshot,
        resolver: Resolver,
        is_clock_known: Callable[[], bool],
        authorities: str | None = None,
        answer_seconds: float = _ANSWER_SECONDS,
        up: Callable[[], float] = monotonic,
    ) -> None:
        self._profile = profile
        self._resolver = resolver
        self._up = up
        self._well_until: dict[Platform, float] = {}
        self._is_clock_known = is_clock_known
        self._authorities = authorities
        self._answer_seconds = answer_seconds

    def is_needed(self) -> bool:
        return bool(self._profile().platforms)

    def read(self) -> Iterator[Reading]:
        now, platforms = self._up(), self._profile().platforms
        due = [one for one in platforms if now >= self._well_until.get(one, now)]
        if due:
            context = self._context()
            questions = {one.name: partial(self._look, one, context) for one in due}
            found = side_by_side(questions, _AT_ONCE)
            self._well_until = {
                one: self._well_until[one] if one not in due else now + _WELL_SECONDS
                for one in platforms
                if one not in due or found[one.name].state is PlatformState.OK
            }
            devices = {PLATFORM_PREFIX + name: platform_metrics(found[name]) for name in questions}
            yield Reading(self.name, {}, devices)

    def close(self) -> None: ...

    def look(self, platform: Platform) -> Answered:
        """One of them, now."""
        return self._look(platform, self._context())

    def _look(self, platform: Platform, context: ssl.SSLContext) -> Answered:
        deadline = Deadline(self._answer_seconds)
        try:
            return Answered(self._ask(platform, context, deadline), deadline.spent())
        except (NoSuchName, OSError, NotHttp) as error:
            return Answered(state_of_failure(error, platform.is_tls))

    def _ask(
        self, platform: Platform, context: ssl.SSLContext, deadline: Deadline
    ) -> PlatformState:
        resolved = self._resolver.resolve(platform.host, deadline)
        if is_diverted(resolved):
            return PlatformState.BLOCKED
        connection = connect(resolved.addresses, platform.port, deadline)
        with connection:
            if platform.is_tls:
                connection = secure(connection, context, platform.host, deadline)
            with connection:
                if not platform.path:
                    return PlatformState.OK
                return state_of_answer(
                    ask_http(connection, platform.host, platform.path, deadline), platform
                )

    def _context(self) -> ssl.SSLContext:
        """The system's authorities are looked up one by one when needed, and not kept."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self._authorities is None:
            context.set_default_verify_paths()
        else:
            context.load_verify_locations(self._authorities)
        if not self._is_clock_known():
            context.verify_flags |= ssl.VerifyFlags(_NO_CHECK_TIME)
        return context


def platform_metrics(answered: Answered) -> dict[str, Value]:
    """The platform's part of a reading."""
    return clean({"platform_state": answered.state.value, "answer_seconds": answered.seconds})


def is_diverted(resolved: Resolved) -> bool:
    """Whether a name server points a name to nowhere, as filters do."""
    if not resolved.is_told:
        return False
    addresses = [ip_address(address) for address in resolved.addresses]
    return all(address.is_loopback or address.is_unspecified for address in addresses)


def state_of_failure(error: Exception, is_tls: bool) -> PlatformState:
    """What a failure on the way means."""
    match error:
        case ssl.SSLCertVerificationError():
            is_its_own = error.verify_code in _WRONG_DATES
            return PlatformState.FAULT if is_its_own else PlatformState.BLOCKED
        case ssl.SSLEOFError():
            return PlatformState.FAULT
        case ssl.SSLError() if getattr(error, "reason", None) in _NOT_TLS:
            return PlatformState.BLOCKED  # a portal that speaks plain HTTP to everybody
        case ssl.SSLError():
            return PlatformState.FAULT
        case ConnectionRefusedError() | ConnectionResetError() | BrokenPipeError():
            return PlatformState.BLOCKED
        case NotHttp():
            return PlatformState.FAULT if is_tls else PlatformState.BLOCKED
    return PlatformState.NOT_ANSWERING


def state_of_answer(head: HttpHead, platform: Platform) -> PlatformState:
    """What an answer means. Over TLS it is the platform's own, wherever it leads."""
    if head.status == _SIGN_IN_TO_THE_NETWORK:
        return PlatformState.BLOCKED
    if head.status >= 500:
        return PlatformState.FAULT
    if platform.is_tls or not 300 <= head.status < 400:
        return PlatformState.OK
    target = urlsplit(head.location).hostname or platform.host
    return PlatformState.OK if _are_kin(target, platform.host) else PlatformState.BLOCKED


def _are_kin(one: str, other: str) -> bool:
    """The same host, or one below the other."""
    one, other = one.lower(), other.lower()
    if one == other:
        return True
    if is_address(one) or is_address(other):
        return False
    return one.endswith("." + other) or other.endswith("." + one)
