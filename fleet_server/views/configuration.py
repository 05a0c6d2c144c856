"""What the last look, or play, found different on an asset."""

from fastapi import APIRouter, Request

from fleet_server.assets import store as assets
from fleet_server.configuration import store
from fleet_server.configuration.api import ConfigurationDiff, DifferenceOut
from fleet_server.entrance import CallerNow, PartsNow, language_of
from fleet_server.orders import rendering
from fleet_server.orders import store as orders
from fleet_server.sentences.orders import came_to
from telemetry.words import FINAL_STATES, OrderState

router = APIRouter(prefix="/api/v1", tags=["configuration"])


@router.get("/assets/{asset}/configuration/diff", operation_id="show_configuration_diff")
def show_configuration_diff(
    asset: str, caller: CallerNow, parts: PartsNow, request: Request
) -> ConfigurationDiff:
    """What the last look found that setting the asset up would change, with a diff."""
    with parts.database.reading() as session:
        found = assets.find(session, caller, asset)
        looks = [one for one in store.history(session, asset) if one.is_check]
        wanted = parts.configurations.merged(found, store.newest(session)).hash
        output = orders.output(session, looks[0].order) if looks else None
    if not looks:
        return ConfigurationDiff(
            order=None, state=None, sentence="", is_final=True, is_current=False, changes=None
        )
    last = looks[0]
    changes = None
    if last.state is OrderState.SUCCEEDED and output is not None:
        changes = [
            DifferenceOut(task=one.task, text=one.text)
            for one in rendering.differences(output.content)
        ]
    return ConfigurationDiff(
        order=last.order,
        state=last.state,
        sentence=came_to(last.state, last.code, language_of(request)),
        is_final=last.state in FINAL_STATES,
        is_current=last.source == store.source(wanted),
        changes=changes,
    )
