"""Signing in and out, and tokens."""

from datetime import timedelta

from fastapi import APIRouter, Request, Response

from fleet_server.access import store
from fleet_server.access.api import (
    NewToken,
    SessionOut,
    SignIn,
    TokenIn,
    TokenMade,
    TokenOut,
    Tokens,
)
from fleet_server.access.model import Caller
from fleet_server.entrance import COOKIE, CallerNow, Now, PartsNow, refuse_foreign

router = APIRouter(prefix="/api/v1", tags=["access"])


@router.post("/session", operation_id="sign_in", status_code=201)
def sign_in(
    body: SignIn, request: Request, response: Response, parts: PartsNow, now: Now
) -> SessionOut:
    """Sign in; the session is a cookie for twelve hours."""
    refuse_foreign(request)
    secret, caller = parts.access.sign_in(body.name, body.password, now)
    _set_cookie(request, response, secret, store.SESSION)
    return _session(caller)


@router.post("/session/demo", operation_id="enter_demo", status_code=201)
def enter_demo(request: Request, response: Response, parts: PartsNow, now: Now) -> SessionOut:
    """Enter a demo server as an operator, without a password; any other server refuses."""
    refuse_foreign(request)
    secret, caller = parts.access.enter_demo(now)
    _set_cookie(request, response, secret, store.SESSION)
    return _session(caller)


@router.post("/session/token", operation_id="sign_in_with_token", status_code=201)
def sign_in_with_token(
    body: TokenIn, request: Request, response: Response, parts: PartsNow, now: Now
) -> SessionOut:
    """Open a screen on a wall with a viewer's token, for as long as the token is good."""
    refuse_foreign(request)
    secret = body.token.strip()
    caller, until = parts.access.open_screen(secret, now)
    _set_cookie(request, response, secret, until - now)
    return _session(caller)


@router.get("/session", operation_id="show_session")
def show_session(caller: CallerNow) -> SessionOut:
    """Who is asking."""
    return _session(caller)


@router.delete("/session", operation_id="sign_out", status_code=204)
def sign_out(request: Request, caller: CallerNow, parts: PartsNow, now: Now) -> Response:
    """End this session."""
    parts.access.sign_out(request.cookies.get(COOKIE, ""), caller, now)
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


@router.get("/tokens", operation_id="list_tokens")
def list_tokens(caller: CallerNow, parts: PartsNow) -> Tokens:
    """The caller's tokens; an admin sees everybody's."""
    with parts.database.reading() as session:
        found = store.tokens(session, caller)
    return Tokens(items=[TokenOut.model_validate(view, from_attributes=True) for view in found])


@router.post("/tokens", operation_id="make_token", status_code=201)
def make_token(body: NewToken, caller: CallerNow, parts: PartsNow, now: Now) -> TokenMade:
    """A token for programs, sent as `Authorization: Bearer ...`."""
    with parts.database.unit(caller, now) as unit:
        return TokenMade(token=store.make_token(unit, body.label, body.role, body.days))


@router.delete("/tokens/{token}", operation_id="withdraw_token", status_code=204)
def withdraw_token(token: int, caller: CallerNow, parts: PartsNow, now: Now) -> Response:
    """Make a token worthless at once."""
    with parts.database.unit(caller, now) as unit:
        store.withdraw_token(unit, token)
    return Response(status_code=204)


def _set_cookie(request: Request, response: Response, secret: str, span: timedelta) -> None:
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(span.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.headers.get("x-forwarded-proto", request.url.scheme) == "https",
    )


def _session(caller: Caller) -> SessionOut:
    courts = None if caller.courts is None else sorted(caller.courts)
    return SessionOut(name=caller.id, role=caller.role, courts=courts)
