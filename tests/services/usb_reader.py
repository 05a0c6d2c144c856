"""Reads the machine's USB with the real probe: a profile as argument, a reading for each line."""

import sys

import msgspec

from edge_agent.probes.usb import UsbProbe
from telemetry.wire.profile import Profile


def main() -> None:
    profile = msgspec.json.decode(sys.argv[1], type=Profile)
    probe = UsbProbe(lambda: profile)
    for _ in sys.stdin:
        (reading,) = probe.read()
        print(msgspec.json.encode(reading.devices).decode(), flush=True)


if __name__ == "__main__":
    main()
