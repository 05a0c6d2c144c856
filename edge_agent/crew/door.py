"""Who may come in at the crew page's door: our own page in a browser on this very machine.

A page of another site can make the browser ask us, and a name server can make another site's name
point to us. Neither gets an answer: the host must be a name of this machine, and whoever acts must
come from our own origin.
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Final

_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")
_OWN_SITE: Final = frozenset({"same-origin", "none"})
COOKIE: Final = "courtfleet-crew"

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""With every answer. There is no CORS header: no other origin may read anything."""


def content_policy(style: str = "") -> str:
    """The header that keeps everything out that is not ours; `style` is allowed to stand inline."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'self'; style-src 'sha256-{digest}'; img-src 'self';"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def may_look(headers: Mapping[str, str], port: int) -> bool:
    """Whether this request may be answered at all; header names are in lower case."""
    hosts = {f"{name}:{port}" for name in _NAMES}
    return (
        headers.get("host", "") in hosts
        and headers.get("sec-fetch-site", "none") in _OWN_SITE
        and _is_own(headers.get("origin"), port)
    )


def may_act(headers: Mapping[str, str], port: int) -> bool:
    """Whether a POST may be heeded, as far as its headers tell: browsers say its origin."""
    kind = headers.get("content-type", "").partition(";")[0].strip()
    return may_look(headers, port) and "origin" in headers and kind == "application/json"


def cookie(headers: Mapping[str, str]) -> str:
    """The session's cookie; "" without one."""
    for part in headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value
    return ""


def set_cookie(value: str) -> str:
    """The header that makes the browser keep `value`, or forget it when it is ""."""
    ends = "; Max-Age=0" if not value else ""
    return f"{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict{ends}"


def _is_own(origin: str | None, port: int) -> bool:
    return origin is None or origin in {f"http://{name}:{port}" for name in _NAMES}
