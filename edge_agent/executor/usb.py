"""Starts a device on USB anew: the kernel takes its leave of it and greets it again.

Deauthorised, a device keeps its power and its port, and every driver lets go of it; authorised, it
is set up as if it had just been plugged in.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from edge_agent.probes.usb import scan
from telemetry.wire.profile import ByUsb

_PAUSE_SECONDS: Final = 1.0
_AUTHORISED: Final = "authorized"


class NotRestarted(Exception):
    """The device is as it was; one sentence."""


def restart(
    bus: Path, reach: ByUsb, serial: str, pause: Callable[[float], None] = time.sleep
) -> str:
    """Start the one device of that type, and number if one is given, anew; its port. Blocks 1 s.

    Raises:
        NotRestarted: there is none, or more than one, or the kernel does not let it.
    """
    found = [
        one.port
        for one in scan(bus) or []
        if (one.vendor, one.product) == (reach.vendor, reach.product) and serial in {"", one.serial}
    ]
    if len(found) != 1:
        many = "no such device is" if not found else f"{len(found)} such devices are"
        raise NotRestarted(f"{many} plugged in")
    switch = bus / found[0] / _AUTHORISED
    try:
        switch.write_text("0")
        try:
            pause(_PAUSE_SECONDS)
        finally:
            switch.write_text("1")
    except OSError as error:
        raise NotRestarted(f"the kernel does not let it: {error.strerror}") from error
    return found[0]
