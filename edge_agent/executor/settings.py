"""The executor's settings: /etc/courtfleet/executor.toml, which only root writes."""

from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from edge_agent.errors import BadSettings

DEFAULT_FILE: Final = Path("/etc/courtfleet/executor.toml")


class Executor(Struct, frozen=True, forbid_unknown_fields=True):
    """All of it; `asset` alone has no default.

    `asset`: whose orders are carried out here. `signing_key`: root's own copy of the server's
    public key, which the agent cannot write. `socket`: without systemd's. `agent_user`: who may
    connect besides root. `idle_seconds`: it ends when nobody has wanted anything for so long.
    """

    asset: Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,32}\Z")]
    signing_key: str = "/etc/courtfleet/signing.pem"
    state_folder: str = "/var/lib/courtfleet-orders"
    socket: str = "/run/courtfleet-orders/socket"
    agent_user: str = "courtfleet"
    agent_unit: str = "courtfleet-agent.service"
    ntp_marker: str = "/run/systemd/timesync/synchronized"
    usb_bus: str = "/sys/bus/usb/devices"
    memory_megabytes: Annotated[int, Meta(ge=64)] = 768
    idle_seconds: Annotated[float, Meta(gt=0)] = 60.0

    @property
    def state(self) -> Path:
        """The folder of the journals, one an order."""
        return Path(self.state_folder)


def load(path: Path) -> Executor:
    """The settings in `path`.

    Raises:
        BadSettings: absent, not TOML, or a field is missing, unknown or out of range.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Executor)
    except OSError as error:
        raise BadSettings(f"{path} cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path}: {error}") from error
