"""The probes that the settings want; one that is not wanted is not even loaded."""

from collections.abc import Callable
from datetime import date

from edge_agent.clock import RELEASED_AT
from edge_agent.looks import Looks
from edge_agent.probes import Probe
from edge_agent.probes.devices import Snapshot
from edge_agent.probes.link_place import LinkPlace
from edge_agent.settings import Bootstrap


def wanted_probes(
    bootstrap: Bootstrap,
    socket_info: Callable[[], bytes | None],
    trusted_date: Callable[[], date | None],
    is_clock_known: Callable[[], bool],
    profile: Snapshot,
    looks: Looks,
) -> list[Probe]:
    """Those of the machine itself, and those that follow the profile.

    All arguments are called from the probes' threads.
    """
    return [
        *_of_the_machine(bootstrap, socket_info, trusted_date),
        *_of_the_profile(bootstrap, profile, looks),
        *_plugged_in(bootstrap, profile),
        *_on_a_network(bootstrap, profile, is_clock_known),
    ]


def link_probes(place: LinkPlace) -> list[Probe]:
    """Those that test the link; the last one is asked for a reason only."""
    from edge_agent.probes.link_burst import LinkBurstProbe
    from edge_agent.probes.link_test import LinkTestProbe

    return [LinkTestProbe(place), LinkBurstProbe(place)]


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
    if wanted.units:
        from edge_agent.probes.units import UnitsProbe

        found.append(UnitsProbe())
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
    if wanted.sounds:
        from edge_agent.probes.sounds import SoundsProbe

        found.append(SoundsProbe(profile, looks))
    if wanted.recorder:
        from edge_agent.probes.recorder import RecorderProbe

        found.append(RecorderProbe(profile))
    if wanted.media_use:
        from edge_agent.probes.media_use import MediaUseProbe

        found.append(MediaUseProbe(profile))
    return found


def _plugged_in(bootstrap: Bootstrap, profile: Snapshot) -> list[Probe]:
    wanted = bootstrap.probes
    found: list[Probe] = []
    if wanted.usb:
        from edge_agent.probes.usb import UsbProbe

        found.append(UsbProbe(profile))
    if wanted.power:
        from edge_agent.probes.power import PowerProbe

        found.append(PowerProbe(profile, bootstrap.system_bus or None))
    if wanted.ignition:
        from edge_agent.probes.ignition import IgnitionProbe

        found.append(IgnitionProbe(profile))
    return found


def _on_a_network(
    bootstrap: Bootstrap, profile: Snapshot, is_clock_known: Callable[[], bool]
) -> list[Probe]:
    wanted = bootstrap.probes
    found: list[Probe] = []
    if wanted.addresses:
        from edge_agent.probes.addresses import AddressProbe
        from edge_agent.probes.resolver import Resolver

        found.append(AddressProbe(profile, Resolver(), bootstrap.snmp_community))
    if wanted.platforms:
        from edge_agent.probes.platforms import PlatformProbe
        from edge_agent.probes.resolver import Resolver

        found.append(PlatformProbe(profile, Resolver(), is_clock_known))
    if wanted.drone:
        from edge_agent.probes.drone import DroneProbe

        found.append(DroneProbe(profile))
    return found
