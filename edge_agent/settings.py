"""The bootstrap settings: what the agent must know before it can ask the server for anything.

How an asset reports is not here: that is the desired document `settings`.
"""

from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from edge_agent.errors import BadSettings

DEFAULT_FILE: Final = Path("/etc/courtfleet/agent.toml")

Port = Annotated[int, Meta(ge=1, le=65_535)]


class Gpsd(Struct, frozen=True, forbid_unknown_fields=True):
    """Where gpsd listens."""

    host: str = "127.0.0.1"
    port: Port = 2947


class Probes(Struct, frozen=True, forbid_unknown_fields=True):
    """What the agent reads on this machine; of devices only those that its profile names."""

    computer: bool = True
    units: bool = True
    position: bool = True
    network: bool = True
    modem: bool = True
    cameras: bool = True
    printers: bool = True
    sounds: bool = True
    recorder: bool = True
    media_use: bool = True
    usb: bool = True
    power: bool = True
    ignition: bool = True
    addresses: bool = True
    platforms: bool = True
    drone: bool = True
    link: bool = True


class Crew(Struct, frozen=True, forbid_unknown_fields=True):
    """The crew page, on this machine alone. `port` 0: none."""

    port: Annotated[int, Meta(ge=0, le=65_535)] = 8780


class Bootstrap(Struct, frozen=True, forbid_unknown_fields=True):
    """All of it. Every field has a default, so the file may be absent.

    `broker_host`, `broker_port`: instead of what enrolment was told. `ntp_marker`: a file that is
    there when NTP keeps the clock. `system_bus`: D-Bus address, "" for the usual one.
    `orders_socket`: where the executor listens; while nothing is there, orders are refused.
    `configuration_manifest`: where the play `configure` writes down how it left the machine.
    `snmp_community`: what devices of the own network want to hear before they let somebody read.
    """

    state_folder: str = "/var/lib/courtfleet"
    broker_host: str = ""
    broker_port: Annotated[int, Meta(ge=0, le=65_535)] = 0
    reconnect_first_seconds: Annotated[float, Meta(gt=0, le=3600)] = 1.0
    reconnect_longest_seconds: Annotated[float, Meta(gt=0, le=3600)] = 120.0
    machine_id_file: str = "/etc/machine-id"
    ntp_marker: str = "/run/systemd/timesync/synchronized"
    system_bus: str = ""
    orders_socket: str = "/run/courtfleet-orders/socket"
    configuration_manifest: str = "/etc/courtfleet/configuration.json"
    snmp_community: Annotated[str, Meta(max_length=64)] = "public"
    gpsd: Gpsd = Gpsd()
    probes: Probes = Probes()
    crew: Crew = Crew()

    @property
    def state(self) -> Path:
        """The folder for everything the agent writes."""
        return Path(self.state_folder)

    @property
    def identity_folder(self) -> Path:
        """Where enrolment writes."""
        return self.state / "identity"

    @property
    def outbox_file(self) -> Path:
        """The outbox."""
        return self.state / "outbox.sqlite"

    @property
    def status_file(self) -> Path:
        """What `courtfleet agent status` reads."""
        return self.state / "status.json"


def load(path: Path | None = None) -> Bootstrap:
    """The settings in `path`; without one those of the default file, which may be absent.

    Raises:
        BadSettings: absent, not TOML, or a field is unknown or out of range.
    """
    file = path or DEFAULT_FILE
    try:
        text = file.read_bytes()
    except FileNotFoundError as error:
        if path is None:
            return Bootstrap()
        raise BadSettings(f"{file} does not exist") from error
    except OSError as error:
        raise BadSettings(f"{file} cannot be read: {error.strerror}") from error
    try:
        return msgspec.toml.decode(text, type=Bootstrap)
    except msgspec.ValidationError as error:
        raise BadSettings(f"{file}: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{file} is not TOML: {error}") from error
