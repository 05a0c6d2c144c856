"""Makes revoked certificates worthless at once: broker, intake, link test, connections."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from fleet_server.authority.store import Authority, Papers
from fleet_server.broker import Broker
from fleet_server.database import Database
from fleet_server.enrolment import certificates
from fleet_server.intake.intake import Intake
from fleet_server.reflector.keyring import Keyring
from fleet_server.visits import BrokerPlace, is_let_in

logger = logging.getLogger(__name__)

_FOLLOWS_SECONDS: Final = 20.0
_PAUSE_SECONDS: Final = 0.05


class Revocation:
    """Safe to share between threads; what it does blocks for some tenths of a second.

    The list of revoked certificates is written anew from the database each time, so a server that
    was killed half-way catches up when it starts. `broker` None: somebody else's, who makes it
    load `authority.revoked_file` and reload that; until the asset's next computer enrols, intake
    refuses what comes all the same.
    """

    def __init__(
        self,
        database: Database,
        authority: Authority,
        intake: Intake,
        keyring: Keyring,
        broker: Broker | None,
        place: BrokerPlace,
    ) -> None:
        self._database = database
        self._authority = authority
        self._intake = intake
        self._keyring = keyring
        self._broker = broker
        self._place = place
        self._lock = threading.Lock()
        self._connected: set[str] = set()

    @property
    def waiting(self) -> frozenset[str]:
        """Assets whose old connection may still live, because the broker does not follow."""
        return frozenset(self._connected)

    def prepare(self, now: datetime) -> None:
        """Before anything runs: who may not speak, and the list that the broker starts with."""
        with self._database.reading() as session:
            silenced = certificates.silenced(session)
        for asset in silenced:
            self._intake.silence(asset, round(now.timestamp() * 1000))
        self._keyring.prepare()
        self._write(None, now)

    def enforce(self, asset: str, now: datetime) -> None:
        """After the commit that revoked: nothing of `asset` is taken, and its connection ends.

        A broker that does not follow is logged and tried again by `repair`.
        """
        with self._lock:
            self._intake.silence(asset, round(now.timestamp() * 1000))
            self._keyring.refresh([asset])
            self._connected.add(asset)
            self._cut_all(now, _FOLLOWS_SECONDS if self._broker is not None else 0.0)

    def admit(self, assets: Sequence[str]) -> None:
        """After the commit that gave a computer its certificate: it is listened to again.

        Unless its asset was retired or replaced once more meanwhile.
        """
        with self._lock:
            with self._database.reading() as session:
                silenced = certificates.silenced(session)
            for asset in assets:
                if asset not in silenced:
                    self._intake.hear_again(asset)
            self._keyring.refresh(assets)

    def repair(self, now: datetime) -> None:
        """Try again what a broker did not follow; for the clockwork."""
        with self._lock:
            if self._connected:
                self._cut_all(now, 0.0)

    def _cut_all(self, now: datetime, patience_seconds: float) -> None:
        """End the connections of all that wait, once the broker refuses their certificates."""
        # One that is revoked from its first moment on tells when the broker has read the list.
        probe = self._authority.passing(min(self._connected), now)
        self._write(probe, now)
        if self._broker is not None:
            self._broker.reload()
        try:
            if not _until(lambda: not self._is_let_in(probe), patience_seconds):
                logger.warning(
                    "the broker does not follow the list of revoked certificates",
                    extra={"file": str(self._authority.revoked_file)},
                )
                return
            for asset in sorted(self._connected):
                self._is_let_in(self._authority.passing(asset, now))
                self._connected.discard(asset)
        except OSError as error:
            logger.warning(
                "the broker was not reached to end a connection", extra={"error": str(error)}
            )

    def _is_let_in(self, papers: Papers) -> bool:
        return is_let_in(self._place, self._authority.ca_file, papers, papers.name)

    def _write(self, probe: Papers | None, now: datetime) -> None:
        with self._database.reading() as session:
            listed = certificates.revoked(session, now)
        serials = {int(one.serial, 16): one.revoked_at for one in listed}
        if probe is not None:
            serials[probe.serial] = now
        self._authority.write_revoked(serials, now)


def _until(is_so: Callable[[], bool], seconds: float) -> bool:
    """Whether it came to be so within `seconds`; asked once at least."""
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() >= until:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True
