"""A rollout as the API gives it, in the reader's language."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from pydantic import JsonValue

from fleet_server.orders.api import RecapOut
from fleet_server.rollouts import rules
from fleet_server.rollouts.api import (
    CandidateOut,
    PlanIO,
    PlannedWaveOut,
    RolloutDetail,
    RolloutOut,
    RolloutPreview,
    TargetOut,
    WaveOut,
    gate_form,
)
from fleet_server.rollouts.model import GateCode, Rollout, TargetState, Wave, Why
from fleet_server.rollouts.planning import Candidate
from fleet_server.rollouts.rules import Standing
from fleet_server.rollouts.starting import Preview
from fleet_server.sentences import say
from fleet_server.sentences.words import word
from telemetry.wire.events import Recap
from telemetry.words import FINAL_STATES


def rollout_out(found: Rollout, language: str) -> RolloutOut:
    """Without its assets."""
    sentence = _with_reason(say(f"rollout_{found.state}", language), found.code, language)
    variables: dict[str, JsonValue] = msgspec.to_builtins(found.variables)
    return RolloutOut(
        id=found.id,
        playbook=found.playbook,
        version=found.version,
        variables=variables,
        plan=PlanIO.model_validate(msgspec.to_builtins(found.plan)),
        state=found.state,
        code=found.code,
        sentence=sentence,
        undoes=found.undoes,
        made_by=found.made_by,
        made_at=found.made_at,
        approved_by=found.approved_by,
        why=found.why,
        ends_at=found.ends_at,
        is_active=found.is_active,
        waves=[_wave_out(wave, language) for wave in found.waves],
    )


def detail(
    found: Rollout, standings: Sequence[Standing], now: datetime, language: str
) -> RolloutDetail:
    """With those of its assets that the reader sees."""
    targets = [_target_out(found, one, now, language) for one in standings]
    return RolloutDetail(**dict(rollout_out(found, language)), targets=targets)


def preview_out(found: Preview) -> RolloutPreview:
    return RolloutPreview(
        waves=[
            PlannedWaveOut(
                gate=gate_form(wave.gate), assets=[_candidate(one) for one in wave.members]
            )
            for wave in found.waves
        ],
        left_out=[_candidate(one) for one in found.left_out],
    )


def why_of(found: Rollout, one: Standing, now: datetime) -> Why:
    """Why an asset is where it is; an order under way speaks for itself."""
    match one.target.state:
        case TargetState.WAITING:
            return rules.waits_for(found, one, now)
        case TargetState.SOAKING:
            return Why.SOAK if one.is_reachable else Why.UNHEARD
        case _:
            return one.target.code


def _target_out(found: Rollout, one: Standing, now: datetime, language: str) -> TargetOut:
    target, order = one.target, one.target.order
    why = why_of(found, one, now)
    return TargetOut(
        asset=target.asset,
        court=target.court,
        wave=target.wave + 1,
        state=target.state,
        code=str(why),
        sentence=_sentence(one, why, language),
        order=None if order is None else order.id,
        order_state=None if order is None else order.state,
        recap=None if order is None else _recap(order.recap),
    )


def _sentence(one: Standing, why: Why, language: str) -> str:
    order = one.target.order
    if why:
        return say(f"why_{why}", language)
    if one.target.state is not TargetState.OUT or order is None or order.state in FINAL_STATES:
        return ""
    said = say(f"at_{order.state}", language)
    return f"{said} ({word(order.code, language)})" if order.code else said


def _wave_out(wave: Wave, language: str) -> WaveOut:
    return WaveOut(
        number=wave.number + 1,
        size=wave.size,
        gate=gate_form(wave.gate),
        verdict=wave.verdict,
        code=wave.code,
        sentence=_with_reason(say(f"gate_{wave.verdict}", language), wave.code, language),
        opened_at=wave.opened_at,
        decided_at=wave.decided_at,
        counts=wave.counts,
    )


def _with_reason(said: str, code: GateCode, language: str) -> str:
    return f"{said} ({say(f'gate_{code}', language)})" if code else said


def _recap(found: Recap | None) -> RecapOut | None:
    return None if found is None else RecapOut.model_validate(found, from_attributes=True)


def _candidate(one: Candidate) -> CandidateOut:
    return CandidateOut(
        asset=one.asset,
        court=one.court,
        kind=one.kind,
        version=one.version,
        is_reachable=one.is_reachable,
        in_sitting=one.in_sitting,
    )
