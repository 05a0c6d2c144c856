"""Who this machine is: the folder that enrolment wrote."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from edge_agent.errors import NoIdentity
from telemetry.errors import BadAssetId
from telemetry.wire.topics import checked

MACHINE_ID: Final = Path("/etc/machine-id")
CA: Final = "ca.pem"
CERTIFICATE: Final = "certificate.pem"
NEXT_CERTIFICATE: Final = "certificate-next.pem"
KEY: Final = "key.pem"
SIGNING: Final = "signing.pem"
CARD: Final = "identity.json"


class Card(Struct, frozen=True):
    """What enrolment learnt and no certificate says. `renew_at`: ms since 1970.

    `public_key_sha256` is over the DER of the public key, in lower-case hexadecimal.
    """

    asset: str
    broker_host: str
    broker_port: int
    enrolment_host: str
    enrolment_port: int
    public_key_sha256: str
    renew_at: int


class Identity(Struct, frozen=True):
    """One asset on one machine; `machine` changes with the machine and with its key.

    `server_host`: the fleet server itself, where the broker is somebody else's.
    """

    asset: str
    machine: str
    broker_host: str
    broker_port: int
    folder: Path
    server_host: str = ""


class Credentials:
    """The certificate to connect with: a renewed one is tried in turn with the old one until it
    has worked once; only then the old one goes."""

    def __init__(self, folder: Path) -> None:
        self._present = folder / CERTIFICATE
        self._next = folder / NEXT_CERTIFICATE
        self._chosen = self._present

    def choose(self) -> Path:
        """The certificate for the next connection."""
        tries_next = self._next.exists() and self._chosen is not self._next
        self._chosen = self._next if tries_next else self._present
        return self._chosen

    def worked(self) -> None:
        """The broker took the chosen one."""
        if self._chosen is self._next:
            with suppress(OSError):  # then the next connection tries again
                self._next.replace(self._present)
        self._chosen = self._present


def exists(folder: Path) -> bool:
    """Whether this machine was enrolled."""
    return (folder / CARD).exists()


def load(folder: Path, machine_id: Path = MACHINE_ID) -> Identity:
    """The identity in `folder`.

    Raises:
        NoIdentity: not enrolled, or a file is missing or damaged.
    """
    card = load_card(folder)
    for name in (CA, CERTIFICATE, KEY, SIGNING):
        if not (folder / name).is_file():
            raise NoIdentity(f"{folder / name} is missing; enrol this machine again with --replace")
    machine = machine_hash(machine_id, card.public_key_sha256)
    return Identity(
        card.asset, machine, card.broker_host, card.broker_port, folder, card.enrolment_host
    )


def load_card(folder: Path) -> Card:
    """The card in `folder`.

    Raises:
        NoIdentity: not enrolled, or the card is damaged.
    """
    path = folder / CARD
    try:
        card = msgspec.json.decode(path.read_bytes(), type=Card)
        checked(card.asset)
    except FileNotFoundError as error:
        raise NoIdentity(
            f"this machine is not enrolled ({path} is missing): on the server run"
            " `courtfleet assets add`, here `courtfleet agent enrol STRING`"
        ) from error
    except (OSError, msgspec.MsgspecError, BadAssetId) as error:
        raise NoIdentity(f"{path} cannot be read: {error}") from error
    return card


def save_card(folder: Path, card: Card) -> None:
    """Write the card; it is the last file of an enrolment, and makes it valid."""
    write_durably(folder / CARD, msgspec.json.encode(card) + b"\n")


def machine_hash(machine_id: Path, public_key_sha256: str) -> str:
    """16 hexadecimal digits over machine id and public key."""
    try:
        machine = machine_id.read_text().strip()
    except OSError:
        machine = ""  # the key alone still tells machines apart
    return hashlib.sha256(f"{machine}|{public_key_sha256}".encode()).hexdigest()[:16]


def write_durably(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Replace a file as a whole: after a power cut it is the old one or the new one.

    Raises:
        OSError: it could not be written; the old one stands.
    """
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with open(fresh, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
