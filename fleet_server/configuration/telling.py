"""Configuration as the API gives it, in the reader's language."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import msgspec
from pydantic import JsonValue

from fleet_server.assets.model import Asset
from fleet_server.configuration import editing
from fleet_server.configuration.api import (
    AssetConfiguration,
    AttemptOut,
    ConfigurationEntry,
    ConfiguredAsset,
    EffectOut,
    LayerDetail,
    LayerOut,
    LayerVersion,
    ReportedOut,
    SaidOut,
    ValueChange,
)
from fleet_server.configuration.editing import Effect
from fleet_server.configuration.engine import Standing
from fleet_server.configuration.model import SOURCE, Attempt, Entry, Layer, Merged, Report
from fleet_server.sentences import say
from fleet_server.sentences.orders import came_to
from telemetry.words import FINAL_STATES

_MOST_TOLD: Final = 200


def layer_out(one: Layer) -> LayerOut:
    return LayerOut(
        scope=one.scope,
        version=one.version,
        made_at=one.made_at,
        who=one.who,
        comment=one.comment,
        values=len(one.content),
    )


def layer_detail(one: Layer, versions: Sequence[Layer]) -> LayerDetail:
    return LayerDetail(
        **dict(layer_out(one)),
        text=one.text,
        versions=[LayerVersion.model_validate(one, from_attributes=True) for one in versions],
    )


def effects_out(found: Collection[Effect]) -> list[EffectOut]:
    """The first of them: a fleet's layer may hit every asset in the same way."""
    return [
        EffectOut(
            asset=one.asset.id,
            court=one.asset.court,
            changes=[
                ValueChange(path=path, before=_json(before), after=_json(after))
                for path, before, after in editing.differences(one.before, one.after)
            ],
        )
        for one in list(found)[:_MOST_TOLD]
    ]


def standing_out(asset: Asset, one: Standing, language: str) -> ConfiguredAsset:
    report = one.situation.report
    return ConfiguredAsset(
        asset=asset.id,
        name=asset.name,
        court=asset.court,
        kind=str(asset.kind),
        state=one.state,
        sentence=say(f"configuration_state_{one.state}", language),
        hold=one.hold,
        held=say(f"configuration_hold_{one.hold}", language) if one.hold else "",
        desired=one.situation.desired,
        reported="" if report is None else report.hash,
        differs=[] if report is None else list(report.differs),
        waiting=[] if report is None else list(report.waiting),
    )


def asset_out(
    asset: Asset,
    one: Standing,
    wanted: Merged,
    chain: Sequence[Layer],
    scopes: Sequence[str],
    history: Sequence[Attempt],
    language: str,
) -> AssetConfiguration:
    """An asset with all that its configuration comes from, and came to."""
    values: Mapping[str, JsonValue] = msgspec.to_builtins(wanted.values)
    return AssetConfiguration(
        **dict(standing_out(asset, one, language)),
        scopes=list(scopes),
        layers=[layer_out(layer) for layer in chain],
        values=dict(values),
        entries=[_entry_out(entry) for entry in wanted.entries],
        report=_report_out(one.situation.report),
        attempts=[_attempt_out(each, wanted.hash, language) for each in history],
        converge=one.situation.converge,
    )


def _entry_out(one: Entry) -> ConfigurationEntry:
    return ConfigurationEntry(
        path=".".join(one.path),
        value=_json(one.value),
        scope=one.scope,
        hidden=[SaidOut(scope=said.scope, value=_json(said.value)) for said in one.hidden],
    )


def _report_out(one: Report | None) -> ReportedOut | None:
    if one is None:
        return None
    return ReportedOut(
        hash=one.hash,
        applied_at=one.applied_at,
        differs=list(one.differs),
        waiting=list(one.waiting),
        seen_at=one.seen_at,
    )


def _attempt_out(one: Attempt, desired: str, language: str) -> AttemptOut:
    recap = one.recap
    return AttemptOut(
        order=one.order,
        is_check=one.is_check,
        is_current=one.source == f"{SOURCE}{desired}",
        state=one.state,
        sentence=came_to(one.state, one.code, language),
        detail=one.detail,
        is_final=one.state in FINAL_STATES,
        placed_at=one.placed_at,
        changed_at=one.changed_at,
        changed=None if recap is None else recap.changed,
        failed_task="" if recap is None else f"{recap.failed_task}: {recap.message}".strip(": "),
    )


def _json(value: object) -> JsonValue:
    found: JsonValue = msgspec.to_builtins(value)
    return found
