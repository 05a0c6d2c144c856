"""Who is answered: every asset whose computer has a good certificate, under a key of their own.

The key is never sent: the authority's key with the asset's public key gives it here, the asset's
key with the authority's certificate gives it there (ECDH).
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from fleet_server.database import Database
from fleet_server.enrolment import certificates
from telemetry.wire.stamp import ssid_of

_NOBODY: Final[Mapping[str, bytes]] = {}


class Keyring:
    """Safe to share between threads. A key is derived when its asset is first heard of.

    `agree` makes the shared key from an asset's public key; 0.1 ms.
    """

    def __init__(self, database: Database, agree: Callable[[bytes], bytes]) -> None:
        self._database = database
        self._agree = agree
        self._lock = threading.Lock()
        self._public: dict[int, dict[str, bytes]] = defaultdict(dict)
        self._shared: dict[bytes, bytes] = {}

    def prepare(self) -> None:
        """Before anything runs: everybody who is answered."""
        with self._database.reading() as session:
            found = certificates.public_keys(session)
        with self._lock:
            for asset, public_key in found.items():
                self._public[ssid_of(asset)][asset] = public_key

    def refresh(self, assets: Sequence[str]) -> None:
        """After a commit that gave or took a certificate of these."""
        with self._database.reading() as session:
            found = certificates.public_keys(session, assets)
        with self._lock:
            for asset in assets:
                there = self._public[ssid_of(asset)]
                before = there.pop(asset, None)
                if before is not None and before != found.get(asset):
                    self._shared.pop(before, None)
                if asset in found:
                    there[asset] = found[asset]

    def keys(self, ssid: int) -> list[tuple[str, bytes]]:
        """Each asset with this session id, and its key; most often there is one or none."""
        with self._lock:
            there = dict(self._public.get(ssid, _NOBODY))
        return [(asset, self._key(public_key)) for asset, public_key in there.items()]

    def _key(self, public_key: bytes) -> bytes:
        with self._lock:
            if public_key not in self._shared:
                self._shared[public_key] = self._agree(public_key)
            return self._shared[public_key]
