"""The probes that the settings want; one that is not wanted is not even loaded."""

from collections.abc import Callable
from datetime import date

from edge_agent.clock import RELEASED_AT
from edge_agent.looks import Looks
from edge_agent.probes import Probe
from edge_agent.probes.devices import Snapshot
from edge_agent.settings import Bootstrap


def wanted_probes(
    bootstrap: Bootstrap,
    socket_info: Callable[[], bytes | None],
    trusted_date: Callable[[], date | None],
    profile: Snapshot,
    looks: Looks,
) -> list[Probe]:
    """Those of the machine itself, and those that follow the profile.

    All arguments are called from the probes' threads.
    """
    return [
        *_of_the_machine(bootstrap, socket_info, trusted_date),
        *_of_the_profile(bootstrap, profile, looks),
    ]


def _of_the_machine(
    bootstrap: Bootstrap,
    socket_info: Callable[[], bytes | None],
    trusted_date: Callable[[], date | None],
) -> list[Probe]:
    wanted = bootstrap.probes
    found: list[Probe] = []
    if wanted.computer:
        from edge_agent.probes.computer import ComputerProbe

        found.append(ComputerProbe(bootstrap.state))
    if wanted.position:
        from edge_agent.probes.position import PositionProbe

        gpsd = bootstrap.gpsd
        found.append(PositionProbe(RELEASED_AT.date(), trusted_date, gpsd.host, gpsd.port))
    if wanted.network:
        from edge_agent.probes.network import NetworkProbe

        found.append(NetworkProbe(socket_info))
    if wanted.modem:
        from edge_agent.probes.modem import ModemProbe

        found.append(ModemProbe(bootstrap.system_bus or None))
    return found


def _of_the_profile(bootstrap: Bootstrap, profile: Snapshot, looks: Looks) -> list[Probe]:
    wanted = bootstrap.probes
    found: list[Probe] = []
    if wanted.cameras:
        from edge_agent.probes.cameras import CamerasProbe

        found.append(CamerasProbe(profile, looks))
    if wanted.printers:
        from edge_agent.probes.printers import PrintersProbe

        found.append(PrintersProbe(profile))
    if wanted.recorder:
        from edge_agent.probes.recorder import RecorderProbe

        found.append(RecorderProbe(profile))
    return found
