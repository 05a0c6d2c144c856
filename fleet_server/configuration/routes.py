"""Configuration over the API: its layers, how assets stand, and setting them up."""

from collections import Counter
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session

from fleet_server.access.model import Caller
from fleet_server.assets import store as assets
from fleet_server.configuration import editing, store, telling
from fleet_server.configuration.api import (
    AppliedOut,
    ApplyIn,
    AssetConfiguration,
    ConfigurationOut,
    ConfiguredAssets,
    CourtPolicy,
    LayerChange,
    LayerDetail,
    LayerIn,
    PolicyIO,
)
from fleet_server.configuration.checking import specs_of
from fleet_server.configuration.editing import Wish
from fleet_server.configuration.model import PLAYBOOK, Layer, ScopeKind, parted
from fleet_server.entrance import CallerNow, Now, PartsNow, language_of
from fleet_server.errors import NotAllowed, NotFound
from fleet_server.parts import Parts
from fleet_server.playbooks.api import OptionOut
from telemetry.wire.orders import Conditions

router = APIRouter(prefix="/api/v1", tags=["configuration"])

_MOST_VERSIONS = 50

Scope = Annotated[str, Query(max_length=120)]
Court = Annotated[str, Query(max_length=80)]


@router.get("/configuration", operation_id="show_configuration")
def show_configuration(caller: CallerNow, parts: PartsNow, now: Now) -> ConfigurationOut:
    """The layers that you see, what can be said in one, and how many assets stand how."""
    with parts.database.reading() as session:
        seen = assets.courts(session, caller)
        layers = [one for one in store.newest(session).values() if _sees(caller, one.scope, seen)]
        policies = store.policies(session)
        standings = parts.configurations.standings(session, caller, now)
    playbook, _ = parts.catalogue.find(PLAYBOOK)
    names = specs_of(playbook)
    return ConfigurationOut(
        layers=[telling.layer_out(one) for one in sorted(layers, key=lambda one: one.scope)],
        policies=[
            CourtPolicy(court=court, converge=converge)
            for court, converge in sorted(policies.items())
            if not court or caller.sees(court)
        ],
        options=[
            OptionOut.model_validate(one, from_attributes=True)
            for one in playbook.options
            if one.name in names
        ],
        counts=dict(Counter(one.state for one in standings)),
    )


@router.get("/configuration/assets", operation_id="list_configured_assets")
def list_configured_assets(
    caller: CallerNow, parts: PartsNow, now: Now, request: Request
) -> ConfiguredAssets:
    """How each asset stands."""
    language = language_of(request)
    with parts.database.reading() as session:
        found = {one.id: one for one in assets.page(session, caller, limit=1_000_000)}
        standings = parts.configurations.standings(session, caller, now)
    return ConfiguredAssets(
        items=[
            telling.standing_out(found[one.situation.asset], one, language)
            for one in standings
            if one.situation.asset in found
        ]
    )


@router.get("/configuration/layer", operation_id="show_configuration_layer")
def show_configuration_layer(caller: CallerNow, parts: PartsNow, scope: Scope) -> LayerDetail:
    """A layer as it was written, with its versions; scope: `fleet`, or `kind:`, `profile:`,
    `court:` or `asset:` with a name."""
    with parts.database.reading() as session:
        editing.check_scope(session, caller, scope, is_change=False)
        return _detail(session, store.find(session, scope))


@router.put("/configuration/layer", operation_id="put_configuration_layer")
def put_configuration_layer(
    body: LayerIn, caller: CallerNow, parts: PartsNow, now: Now, scope: Scope
) -> LayerChange:
    """Write a new version of a layer; it is refused when some asset's configuration were none."""
    wish = Wish(
        text=body.text,
        restores=body.restores,
        puts=dict(body.puts),
        drops=tuple(body.drops),
        expected=body.version,
        comment=body.comment,
    )
    with parts.database.reading() as session:
        court = editing.check_scope(session, caller, scope, is_change=True)
        made = editing.draft(session, parts.catalogue, scope, wish)
        found = editing.effects(parts.configurations, session, parts.catalogue, made)
        present = store.find(session, scope)
    if not body.dry_run:
        with parts.database.unit(caller, now) as unit:
            present = store.put(
                unit,
                scope,
                made.text,
                made.content,
                expected=wish.expected,
                comment=wish.comment,
                court=court,
            )
    with parts.database.reading() as session:
        detail = _detail(session, present)
    seen = telling.effects_out(editing.seen(found, caller))
    return LayerChange(layer=detail, count=len(found), assets=seen)


@router.put("/configuration/policy", operation_id="put_configuration_policy")
def put_configuration_policy(
    body: PolicyIO, caller: CallerNow, parts: PartsNow, now: Now, court: Court = store.WHOLE_FLEET
) -> PolicyIO:
    """Say whether a court's assets, or without a court the fleet's, are set up by themselves."""
    if court and not caller.sees(court):
        raise NotAllowed("foreign_court", court=court)
    if not court and caller.courts is not None:
        raise NotAllowed("not_whole_fleet")
    with parts.database.unit(caller, now) as unit:
        store.put_policy(unit, court, body.converge)
    return body


@router.get("/assets/{asset}/configuration", operation_id="show_asset_configuration")
def show_asset_configuration(
    asset: str, caller: CallerNow, parts: PartsNow, now: Now, request: Request
) -> AssetConfiguration:
    """What is desired of an asset and which layer says so, what it reports, and what differs."""
    with parts.database.reading() as session:
        found = assets.find(session, caller, asset)
        if found.retired_at is not None:
            raise NotFound("configuration_retired", asset=asset)
        standing = parts.configurations.standing(session, found, now)
        layers = store.newest(session)
        history = store.history(session, asset, limit=20)
    return telling.asset_out(
        found,
        standing,
        parts.configurations.merged(found, layers),
        parts.configurations.chain(found, layers),
        parts.configurations.scopes(found),
        history,
        language_of(request),
    )


@router.post(
    "/assets/{asset}/configuration/apply", operation_id="apply_configuration", status_code=201
)
def apply_configuration(
    asset: str, body: ApplyIn, caller: CallerNow, parts: PartsNow, now: Now
) -> AppliedOut:
    """Set an asset up as desired, or find out what that would change there."""
    return AppliedOut(order=_placed(parts, caller, now, asset, body))


def _placed(parts: Parts, caller: Caller, now: datetime, asset: str, body: ApplyIn) -> str:
    with parts.database.reading() as session:
        found = assets.find(session, caller, asset)
    with parts.database.unit(caller, now) as unit:
        placed = parts.configurations.place(
            unit, found, is_check=body.is_check, why=body.why, conditions=Conditions()
        )
    return placed.id


def _detail(session: Session, one: Layer) -> LayerDetail:
    return telling.layer_detail(one, store.versions(session, one.scope, None, _MOST_VERSIONS))


def _sees(caller: Caller, scope: str, seen: dict[str, str]) -> bool:
    """Wide layers are everybody's to see: they say what their own assets get."""
    kind, name = parted(scope) or (ScopeKind.FLEET, "")
    if kind is ScopeKind.ASSET:
        return name in seen
    return kind is not ScopeKind.COURT or caller.sees(name)
