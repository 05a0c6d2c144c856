"""Each probe hangs in turn: no other probe, and no report, waits for it."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from queue import Queue

import pytest

from edge_agent.agent import EdgeAgent
from edge_agent.identity import Identity
from edge_agent.inputs import Hung, Input, Reading
from edge_agent.looks import Looks
from edge_agent.outbox import Outbox
from edge_agent.ports import Ports
from edge_agent.probes import Probe
from edge_agent.probes.addresses import AddressProbe
from edge_agent.probes.cameras import CamerasProbe
from edge_agent.probes.drone import DroneProbe
from edge_agent.probes.ignition import IgnitionProbe
from edge_agent.probes.modem import ModemProbe
from edge_agent.probes.platforms import PlatformProbe
from edge_agent.probes.power import PowerProbe
from edge_agent.probes.printers import PrintersProbe
from edge_agent.probes.recorder import RecorderProbe
from edge_agent.probes.resolver import Resolver
from edge_agent.probes.sounds import SoundsProbe
from edge_agent.probes.threads import ProbeThreads
from edge_agent.probes.usb import UsbProbe
from simulators.rig import free_ports
from telemetry.wire.profile import (
    ByAddress,
    ByFolder,
    ByInput,
    ByIpp,
    ByMavlink,
    ByRtsp,
    BySound,
    BySupply,
    ByUsb,
    DeviceSpec,
    Platform,
    Profile,
    Reach,
)
from telemetry.words import DeviceKind
from tests.edge_agent.in_memory_server import Drive, Radio, Server
from tests.services.answering import HOST, silent_datagrams, stays_silent, tcp_server
from tests.services.asound import write_asoundrc
from tests.services.dbus import message_bus, modem_manager, upower
from tests.services.disks import ForgetfulDisk
from tests.services.waiting import PATIENCE_SECONDS, wait_for

pytestmark = pytest.mark.integration

NO_BUS = "unix:path=/nowhere/at/all"
SECONDS = 3 * PATIENCE_SECONDS  # of those that give up by themselves: longer than the drive below
DRIVE_SECONDS = 120
REPORTS = DRIVE_SECONDS // 10 - 1
HARDWARE = DeviceKind.SIGNATURE_PAD


def profile_of(reach: Reach) -> Callable[[], Profile]:
    return lambda: Profile(devices=[DeviceSpec("stuck", HARDWARE, reach)])


@contextmanager
def stuck_file(file: Path) -> Iterator[None]:
    """A file that never ends opening, as one of a driver that hangs."""
    file.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(file)
    yield
    os.close(os.open(file, os.O_RDWR | os.O_NONBLOCK))


@contextmanager
def stuck_usb(folder: Path) -> Iterator[Probe]:
    with stuck_file(folder / "1-1" / "idVendor"):
        yield UsbProbe(profile_of(ByUsb("056a", "00a4")), folder)


@contextmanager
def stuck_battery(folder: Path) -> Iterator[Probe]:
    with stuck_file(folder / "BAT0" / "voltage_now"):
        yield PowerProbe(profile_of(BySupply()), NO_BUS, folder)


@contextmanager
def stuck_upower(folder: Path) -> Iterator[Probe]:
    with message_bus() as bus, upower(bus) as manager:
        probe = PowerProbe(profile_of(BySupply()), bus, folder)
        list(probe.read())
        manager.freeze()
        yield probe


@contextmanager
def stuck_modem(folder: Path) -> Iterator[Probe]:
    with message_bus() as bus, modem_manager(bus) as manager:
        probe = ModemProbe(bus)
        list(probe.read())
        manager.freeze()
        yield probe


@contextmanager
def stuck_contact(folder: Path) -> Iterator[Probe]:
    with stuck_file(folder / "value"):
        yield IgnitionProbe(profile_of(ByInput(str(folder / "value"))))


@contextmanager
def stuck_address(folder: Path) -> Iterator[Probe]:
    with tcp_server(stays_silent) as port:
        reach = ByAddress(HOST, port, "http")
        yield AddressProbe(profile_of(reach), Resolver(), "public", SECONDS)


@contextmanager
def stuck_platform(folder: Path) -> Iterator[Probe]:
    (folder / "resolv.conf").write_text(f"nameserver {HOST}\n")
    profile = Profile(platforms=[Platform("files", "案件系统", "Files", "files.example.org")])
    with silent_datagrams() as port:
        resolver = Resolver(folder / "absent", folder / "resolv.conf", port)
        yield PlatformProbe(lambda: profile, resolver, lambda: True, None, SECONDS)


@contextmanager
def silent_drone(folder: Path) -> Iterator[Probe]:
    (port,) = free_ports(1)
    yield DroneProbe(profile_of(ByMavlink(port)), HOST, SECONDS)


@contextmanager
def stuck_printer(folder: Path) -> Iterator[Probe]:
    with tcp_server(stays_silent) as port:
        yield PrintersProbe(profile_of(ByIpp(f"ipp://{HOST}:{port}/")), SECONDS)


@contextmanager
def stuck_camera(folder: Path) -> Iterator[Probe]:
    with tcp_server(stays_silent) as port:
        profile = profile_of(ByRtsp(f"rtsp://{HOST}:{port}/"))
        yield CamerasProbe(profile, Looks(folder), seconds=SECONDS)


@contextmanager
def stuck_microphone(folder: Path) -> Iterator[Probe]:
    looks = Looks(folder)
    write_asoundrc(folder)
    with stuck_file(folder / "stuck.in"):
        yield SoundsProbe(profile_of(BySound("stuck", captures=True)), looks, seconds=SECONDS)
        looks.close()


@contextmanager
def stuck_disk(folder: Path) -> Iterator[Probe]:
    disk = ForgetfulDisk(folder / "backing", folder / "place")
    disk.mount()
    disk.freeze()
    yield RecorderProbe(profile_of(ByFolder(str(folder / "place"))))
    disk.cut_power()


class Well:
    """A probe that answers at once, and counts."""

    name = "well"
    every = timedelta(seconds=10)
    limit = timedelta(seconds=5)
    streams = False

    def __init__(self) -> None:
        self.answered = 0

    def is_needed(self) -> bool:
        return True

    def read(self) -> Iterator[Reading]:
        self.answered += 1
        yield Reading(self.name, {"processes": self.answered})

    def close(self) -> None: ...


@dataclass
class Probes:
    """Real threads; what they put is seen in the tick after the one that asked."""

    stuck: Probe
    well: Well = field(default_factory=Well)
    inbox: "Queue[Input]" = field(default_factory=Queue)
    up: float = 0.0
    asked: int = 0

    def __post_init__(self) -> None:
        self.threads = ProbeThreads([self.stuck, self.well], self.inbox.put, lambda: self.up)
        self.threads.start()

    def ask(self, name: str) -> None:
        if name != Well.name:
            self.threads.ask(name)
            return
        before = self.well.answered
        self.asked += 1

        def is_answered() -> bool:
            if self.well.answered == before:  # or still at the end of its last answer, and deaf
                self.threads.ask(name)
            return self.well.answered > before

        wait_for(is_answered)

    def inputs(self) -> list[Input]:
        """All that came, once the well probe has answered its question."""
        found: list[Input] = []
        while self.asked:
            found.append(self.inbox.get(timeout=PATIENCE_SECONDS))
            self.asked -= isinstance(found[-1], Reading) and found[-1].probe == Well.name
        while not self.inbox.empty():
            found.append(self.inbox.get_nowait())
        return found


@pytest.mark.parametrize(
    "hanging",
    [
        stuck_usb,
        stuck_battery,
        stuck_upower,
        stuck_modem,
        stuck_contact,
        stuck_address,
        stuck_platform,
        silent_drone,
        stuck_printer,
        stuck_camera,
        stuck_microphone,
        pytest.param(stuck_disk, marks=pytest.mark.root),
    ],
)
def test_a_device_that_hangs_delays_no_other_probe_and_no_report(
    hanging: Callable[[Path], AbstractContextManager[Probe]], tmp_path: Path
) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite", machine="m", asset="veh-001", synchronous="OFF")
    devices = tmp_path / "devices"
    devices.mkdir()
    with hanging(devices) as stuck:
        probes = Probes(stuck)
        every = {probe.name: probe.every.total_seconds() for probe in (stuck, probes.well)}
        identity = Identity("veh-001", "m", HOST, 8883, tmp_path)
        agent = EdgeAgent(outbox, Ports(Radio(), probes), identity, every, lambda *_: True)
        drive = Drive(agent, Radio(), Server(), up=0.0)
        came: list[Input] = []
        for _ in range(DRIVE_SECONDS):
            inputs = probes.inputs()
            came += inputs
            drive.tick(*inputs)
            drive.up += 1.0
            probes.up = drive.up
    probes.threads.close()
    waiting = agent.view().waiting_reports
    outbox.close()

    told = [one for one in came if isinstance(one, Hung)]
    readings = [one for one in came if isinstance(one, Reading)]
    assert told == [Hung(stuck.name)]
    assert {reading.probe for reading in readings} == {Well.name}
    assert len(readings) >= REPORTS
    assert waiting >= REPORTS
