"""Signed links: which file, for whom, until when; nobody without the key can make or change one.

`/a/SHA256/ASSET/UNTIL/SIGNATURE`: the signature is HMAC-SHA256 (RFC 2104) over all that stands
before it, so there is nothing in a link that could be changed.
"""

import base64
import hmac
import re
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple

from fleet_server.errors import NotAllowed, NotFound

_PATH: Final = re.compile(
    r"/a/(?P<sha256>[0-9a-f]{64})/(?P<asset>[a-z0-9-]{1,32})/(?P<until>[0-9]{1,12})"
    r"/(?P<signature>[A-Za-z0-9_-]{43})\Z"
)


class Grant(NamedTuple):
    """What a link allows."""

    sha256: str
    asset: str


def path(key: bytes, artifact: str, asset: str, until: datetime) -> str:
    """The path of a link, good until the second that `until` falls into."""
    said = f"/a/{artifact}/{asset}/{int(until.timestamp())}"
    return f"{said}/{_signature(key, said)}"


def granted(key: bytes, asked: str, now: datetime) -> Grant:
    """What the path that was asked for allows now.

    Raises:
        NotFound: it is no link.
        NotAllowed: it was changed, or its time is over.
    """
    match = _PATH.match(asked)
    if match is None:
        raise NotFound("not_found")
    said = asked.rpartition("/")[0]
    if not hmac.compare_digest(_signature(key, said), match["signature"]):
        raise NotAllowed("link_invalid")
    if now.timestamp() > int(match["until"]):
        raise NotAllowed("link_expired")
    return Grant(match["sha256"], match["asset"])


def _signature(key: bytes, said: str) -> str:
    made = hmac.digest(key, said.encode(), sha256)
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
