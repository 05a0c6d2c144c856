"""What is said over the API about readings, the server's state and tomorrow."""

from datetime import datetime

from pydantic import BaseModel, Field

from fleet_server.views.live import BalanceOut, Values
from fleet_server.waking.model import WakeState
from telemetry.words import AssetKind


class Balances(BaseModel):
    """Balances, and when they were read."""

    at: datetime
    items: list[BalanceOut]


class MetricOut(BaseModel):
    """One metric of the catalogue."""

    key: str = Field(examples=["rsrp_dbm"])
    kind: str
    unit: str
    scope: str
    en: str
    zh: str
    low: float | None
    high: float | None


class Metrics(BaseModel):
    """The catalogue."""

    items: list[MetricOut]


class LatestOut(BaseModel):
    """The report of an asset that was measured last."""

    asset: str
    epoch: str
    number: int
    measured_at: datetime | None
    received_at: datetime | None
    trust: str
    late: bool
    metrics: Values
    devices: dict[str, Values]


class PointOut(BaseModel):
    """One bucket; without readings its values are null."""

    begins_at: datetime | None
    count: int
    lowest: float | None
    mean: float | None
    highest: float | None
    last: bool | int | float | str | None


class HistoryOut(BaseModel):
    """Equal spans between two instants, gaps included."""

    asset: str
    metric: str
    unit: str
    device: str
    since: datetime
    until: datetime
    points: list[PointOut]


class BrokerOut(BaseModel):
    """The broker that this server runs."""

    port: int
    is_running: bool
    restarts: int
    oversized: int


class MirrorOut(BaseModel):
    """The InfluxDB mirror: reports still to be copied, points refused, and what is wrong now."""

    behind: int
    refused: int
    error: str


class IntakeOut(BaseModel):
    """What intake did since the server started, all courts together."""

    messages: int
    reports: int
    events: int
    stored: int
    applied: int
    duplicates_ignored: int
    unreadable: int
    held: int
    elsewhere: int
    silenced: int
    waiting_messages: int
    waiting_bytes: int
    set_aside: dict[str, int]
    refused: dict[str, int]


class StatusOut(BaseModel):
    """One server, and how many of the caller's assets are live."""

    version: str
    demo: bool
    started_at: datetime
    at: datetime
    assets: int
    live: int
    reports_per_minute: float
    intake: IntakeOut
    broker: BrokerOut | None
    mirror: MirrorOut | None


class WokenOut(BaseModel):
    """An asset that was asked; `broken` are sentences, what its check found wrong."""

    asset: str = Field(examples=["veh-001"])
    kind: AssetKind
    name: str
    court: str
    state: WakeState
    word: str = Field(examples=["未唤醒"])
    broken: list[str] = Field(examples=[["打印机：缺纸。"]])
    services: list[str]
    asked_at: datetime
    use_at: datetime
    checked_at: datetime | None


class Tomorrow(BaseModel):
    """The worst first."""

    items: list[WokenOut]
