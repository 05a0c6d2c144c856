"""The broker's topics, built and parsed in one place."""

from telemetry.errors import BadAssetId
from telemetry.words import ASSET_ID

ROOT = "fleet/v1"
ALL_UP = f"{ROOT}/+/up/#"
"""What the server subscribes to."""


def checked(asset: str) -> str:
    """`asset` itself when it can stand in a topic and in a certificate.

    Raises:
        BadAssetId: it is not `[a-z0-9-]{1,32}`.
    """
    if ASSET_ID.match(asset) is None:
        raise BadAssetId(
            f"asset id {asset[:40]!r} must be 1 to 32 of a-z, 0-9 and '-', for instance veh-001"
        )
    return asset


def batch(asset: str) -> str:
    """Agent to server: records, or a bare header as heartbeat."""
    return f"{ROOT}/{asset}/up/batch"


def live(asset: str) -> str:
    """Agent to server: lines of the play that runs, at QoS 0."""
    return f"{ROOT}/{asset}/up/live"


def gone(asset: str) -> str:
    """Broker to server: the agent's last will."""
    return f"{ROOT}/{asset}/up/gone"


def down(asset: str) -> str:
    """All that an agent subscribes to."""
    return f"{ROOT}/{asset}/down/#"


def ack(asset: str) -> str:
    """Server to agent: answers to batches."""
    return f"{ROOT}/{asset}/down/ack"


def desired(asset: str) -> str:
    """Server to agent: a desired document, signed."""
    return f"{ROOT}/{asset}/down/desired"


def order(asset: str) -> str:
    """Server to agent: an order, signed."""
    return f"{ROOT}/{asset}/down/order"


def parse(topic: str) -> tuple[str, str] | None:
    """Asset and what follows it ("up/batch"), or None for a topic that is none of ours."""
    parts = topic.split("/", 3)
    if len(parts) != 4 or f"{parts[0]}/{parts[1]}" != ROOT or ASSET_ID.match(parts[2]) is None:
        return None
    return parts[2], parts[3]
