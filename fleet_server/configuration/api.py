"""What is said over the API about configuration."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from fleet_server.configuration.model import ConfigurationState, Converge, Hold
from fleet_server.playbooks.api import OptionOut
from telemetry.words import OrderState

Scope = Annotated[str, Field(max_length=120, examples=["court:重庆市巴南区人民法院"])]
Comment = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class LayerOut(BaseModel):
    """The newest version of a layer; `values` counts what it says at its top."""

    scope: Scope
    version: int
    made_at: datetime | None
    who: str
    comment: str
    values: int


class LayerVersion(BaseModel):
    """One version of a layer, as it was written (YAML)."""

    version: int
    text: str
    made_at: datetime | None
    who: str
    comment: str


class LayerDetail(LayerOut):
    """A layer with its text, and the versions before it, newest first."""

    text: str
    versions: list[LayerVersion]


class LayerIn(BaseModel):
    """How a layer is to be: `text` (YAML or JSON) as a whole, or the version `restores` again, or
    with `puts` put into it and `drops` left out of it. A value null takes away what wider layers
    say. `version` is the one that was changed, null to write over whichever there is. `dry_run`:
    only say what it would do.
    """

    text: Annotated[str | None, Field(max_length=65_536)] = None
    restores: Annotated[int | None, Field(ge=1)] = None
    puts: dict[str, JsonValue] = {}
    drops: Annotated[list[str], Field(max_length=100)] = []
    version: Annotated[int | None, Field(ge=0)] = None
    comment: Comment = ""
    dry_run: bool = False


class ValueChange(BaseModel):
    """A value that is another; null where there is none."""

    path: str = Field(examples=["network_profiles.uplink.apn"])
    before: JsonValue
    after: JsonValue


class EffectOut(BaseModel):
    """An asset of which something else is desired then."""

    asset: str
    court: str
    changes: list[ValueChange]


class LayerChange(BaseModel):
    """What became, or would become, of a layer; `assets` are those that you see, `count` all."""

    layer: LayerDetail
    count: int
    assets: list[EffectOut]


class PolicyIO(BaseModel):
    """When assets that are not as desired are set up; null: as the fleet's policy says."""

    converge: Converge | None


class CourtPolicy(BaseModel):
    """Of a court that has one of its own, or of the fleet (court "")."""

    court: str
    converge: Converge


class ConfigurationOut(BaseModel):
    """The layers, the policies, what can be said, and how many assets stand how."""

    layers: list[LayerOut]
    policies: list[CourtPolicy]
    options: list[OptionOut]
    counts: dict[ConfigurationState, int]


class ConfiguredAsset(BaseModel):
    """How an asset stands; `sentence` and `held` (why it is not set up just now) for people."""

    asset: str
    name: str
    court: str
    kind: str
    state: ConfigurationState
    sentence: str
    hold: Hold
    held: str
    desired: str
    reported: str
    differs: list[str]
    waiting: list[str]


class ConfiguredAssets(BaseModel):
    """In order of id."""

    items: list[ConfiguredAsset]


class SaidOut(BaseModel):
    """A value, and the layer that says so."""

    scope: Scope
    value: JsonValue


class ConfigurationEntry(BaseModel):
    """One value of a merged configuration; `hidden`: those of wider layers, widest first. A value
    null: this layer takes away what they said."""

    path: str = Field(examples=["printers_queues.courtroom.uri"])
    value: JsonValue
    scope: Scope
    hidden: list[SaidOut]


class ReportedOut(BaseModel):
    """What an asset said last of how it is set up."""

    hash: str
    applied_at: datetime | None
    differs: list[str]
    waiting: list[str]
    seen_at: datetime


class AttemptOut(BaseModel):
    """An order that was to set it up, or to look (`is_check`); `is_current`: as desired now."""

    order: str
    is_check: bool
    is_current: bool
    state: OrderState
    sentence: str
    detail: str
    is_final: bool
    placed_at: datetime
    changed_at: datetime
    changed: int | None
    failed_task: str


class AssetConfiguration(ConfiguredAsset):
    """All that is to be known of an asset's configuration; `values` is what is desired."""

    scopes: list[Scope]
    layers: list[LayerOut]
    values: dict[str, JsonValue]
    entries: list[ConfigurationEntry]
    report: ReportedOut | None
    attempts: list[AttemptOut]
    converge: Converge


class ApplyIn(BaseModel):
    """Set it up as desired; `is_check`: only find out what that would change."""

    is_check: bool = False
    why: Comment = ""


class AppliedOut(BaseModel):
    """The order that does it."""

    order: str


class DifferenceOut(BaseModel):
    """A task that would change something, and what, as lines of a diff; "": it does not say."""

    task: str = Field(examples=["Set the time zone"])
    text: str


class ConfigurationDiff(BaseModel):
    """What the last look (a play in check mode) found; null without one. `is_current`: it was for
    what is desired now. `changes` null: it has not ended, or did not come to its end."""

    order: str | None
    state: OrderState | None
    sentence: str
    is_final: bool
    is_current: bool
    changes: list[DifferenceOut] | None
