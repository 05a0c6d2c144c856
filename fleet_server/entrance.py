"""Who asks, and whether they may: a dependency of every route."""

from datetime import datetime
from typing import Annotated, Final, cast

from fastapi import Depends, Request

from fleet_server.access.model import Caller, Role
from fleet_server.errors import NotAllowed, NotSignedIn
from fleet_server.parts import Parts
from fleet_server.permissions import NEEDED, PUBLIC, STATION
from fleet_server.selfcheck.model import StationKey
from fleet_server.sentences import preferred

COOKIE: Final = "courtfleet"
LOCAL: Final = Caller("local", Role.ADMIN)
"""Whoever may open the server's Unix socket, hence its user."""

IS_LOCAL: Final = "courtfleet.is_local"
"""Set in the ASGI scope of what came by the Unix socket."""

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def parts_of(request: Request) -> Parts:
    return cast("Parts", request.app.state.parts)


def language_of(request: Request) -> str:
    """The language that the reader's browser asks for, one of ours."""
    return preferred(request.headers.get("accept-language", ""))


PartsNow = Annotated[Parts, Depends(parts_of)]


def authorise(request: Request, parts: PartsNow) -> Caller:
    """The caller, known and allowed to use this route.

    Raises:
        NotSignedIn: no session and no token, or an expired one; for a station's routes no key.
        NotAllowed: the role does not suffice, the route has no entry in the table, or the change
            comes from another site's page.
    """
    operation = getattr(request.scope.get("route"), "operation_id", None) or ""
    if operation in PUBLIC:
        return Caller("", Role.VIEWER, frozenset())
    if operation in STATION:
        key = parts.self_checks.recognise(_bearer(request), parts.clock())
        request.state.station_key = key
        return key.caller
    caller = recognise(request, parts)
    needed = NEEDED.get(operation)
    if needed is None or not caller.role.covers(needed):
        raise NotAllowed("not_allowed", role=caller.role, needed=needed or "nobody's")
    return caller


def recognise(request: Request, parts: Parts) -> Caller:
    """Who asks.

    Raises:
        NotSignedIn: no session and no token, or an expired one.
        NotAllowed: a browser says that another site's page asks for a change.
    """
    if request.scope.get(IS_LOCAL):
        return LOCAL
    now = parts.clock()
    token = _bearer(request)
    if token:
        return parts.access.recognise(token, now)
    secret = request.cookies.get(COOKIE, "")
    if not secret:
        raise NotSignedIn("not_signed_in")
    refuse_foreign(request)
    return parts.access.recognise(secret, now)


def _bearer(request: Request) -> str:
    """The secret that the request carries in its header, "" for none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def refuse_foreign(request: Request) -> None:
    """Refuse changes that a browser sends on behalf of another site's page.

    Raises:
        NotAllowed: it is one.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    if request.method not in _READS and site not in {"same-origin", "none"}:
        raise NotAllowed("foreign_origin")


CallerNow = Annotated[Caller, Depends(authorise)]


def station_of(request: Request, caller: CallerNow) -> StationKey:
    return cast("StationKey", request.state.station_key)


StationNow = Annotated[StationKey, Depends(station_of)]
"""The key that was recognised, of routes in `permissions.STATION`."""


def moment_of(parts: PartsNow) -> datetime:
    return parts.clock()


Now = Annotated[datetime, Depends(moment_of)]
