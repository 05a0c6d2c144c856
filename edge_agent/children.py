"""Short-lived processes for what is too heavy for the running agent: checks and renewals.

They take their turn with looks at devices, so that only one of them is in memory at a time.
"""

import logging
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Thread
from typing import Final, TypeAlias

from edge_agent import identity, verify
from edge_agent.errors import NoIdentity
from edge_agent.inputs import Checked, Input
from edge_agent.looks import NoTurn

logger = logging.getLogger(__name__)

Turn: TypeAlias = Callable[[float], AbstractContextManager[None]]
"""Waits so many seconds for the machine's one turn, and holds it; raises NoTurn."""

_TURN_SECONDS: Final = 60.0
_CHECK_SECONDS: Final = 60.0
_RENEW_SECONDS: Final = 120.0
_RENEW_AGAIN_SECONDS: Final = 3600.0


class SignatureChecks:
    """Answers by an input, a fifth of a second later or so; `turn` is the machine's one turn."""

    def __init__(self, signing_key: Path, put: Callable[[Input], None], turn: Turn) -> None:
        self._signing_key = signing_key
        self._put = put
        self._turn = turn

    def check(self, signed: bytes, signature: bytes) -> bool | None:
        """False at once for what cannot be a signature, else None: the answer is an input."""
        if len(signature) != verify.SIGNATURE_BYTES:
            return False
        Thread(target=self._ask, args=(signed, signature), daemon=True).start()
        return None

    def _ask(self, signed: bytes, signature: bytes) -> None:
        command = [sys.executable, "-m", "edge_agent.verify", str(self._signing_key)]
        try:
            with self._turn(_TURN_SECONDS):
                status = subprocess.run(
                    command,
                    input=signature + signed,
                    timeout=_CHECK_SECONDS,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    check=False,
                ).returncode
        except (NoTurn, OSError, subprocess.SubprocessError) as error:
            logger.warning("a signature could not be checked", extra={"why": str(error)})
            self._put(Checked(signature, None))
            return
        answers = {verify.GENUINE: True, verify.FORGED: False}
        self._put(Checked(signature, answers.get(status)))


def link_key(folder: Path) -> bytes | None:
    """The key of this machine's link tests; None when it could not be made this time. Blocks."""
    command = [sys.executable, "-m", "edge_agent.link_key", str(folder)]
    try:
        ended = subprocess.run(
            command, timeout=_CHECK_SECONDS, capture_output=True, text=True, check=True
        )
        return bytes.fromhex(ended.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        logger.warning("the key of the link test could not be made", extra={"why": str(error)})
        return None


class Renewals:
    """Asks for the next certificate once two thirds of the present one's life are over."""

    def __init__(self, folder: Path, turn: Turn) -> None:
        self._folder = folder
        self._turn = turn
        self._next_at = 0.0
        self._thread: Thread | None = None

    def step(self, up: float, now_ms: int) -> None:
        """Start a renewal when it is time and none is under way; called often, returns at once."""
        if up < self._next_at or (self._thread is not None and self._thread.is_alive()):
            return
        self._next_at = up + _RENEW_AGAIN_SECONDS
        try:
            renew_at = identity.load_card(self._folder).renew_at
        except NoIdentity as error:
            logger.warning("the certificate's age is not known", extra={"why": str(error)})
            return
        if now_ms >= renew_at:
            self._thread = Thread(target=self._renew, daemon=True)
            self._thread.start()

    def _renew(self) -> None:
        command = [sys.executable, "-m", "edge_agent.renewal", str(self._folder)]
        try:
            with self._turn(_TURN_SECONDS):
                ended = subprocess.run(
                    command, timeout=_RENEW_SECONDS, capture_output=True, text=True, check=False
                )
        except (NoTurn, OSError, subprocess.SubprocessError) as error:
            logger.warning("the certificate was not renewed", extra={"why": str(error)})
            return
        if ended.returncode:
            logger.warning("the certificate was not renewed", extra={"why": ended.stderr.strip()})
        else:
            logger.info("the certificate was renewed")
