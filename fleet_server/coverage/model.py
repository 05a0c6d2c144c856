"""What coverage is made of: the metrics that are mapped, and a sample of one."""

from enum import StrEnum

from msgspec import Struct


class Measured(StrEnum):
    """The metrics that are mapped, as the catalogue calls them."""

    RSRP = "rsrp_dbm"
    SINR = "snr_db"
    RTT = "tcp_rtt_seconds"
    UPLINK = "link_uplink_bits_per_second"
    LINK_RTT = "link_rtt_seconds"


class Ruler(Struct, frozen=True):
    """How a value becomes a bin and back: equal steps, on a logarithmic scale if it says so.

    Bins count from 0; `steps` of them lie between `low` and `high`, what is outside goes into the
    first or the last.
    """

    low: float
    high: float
    steps: int
    is_logarithmic: bool = False
