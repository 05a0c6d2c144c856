"""Orders over the API: placing, following, cancelling, and what they gave out."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response

from fleet_server.access.model import Caller
from fleet_server.assets import store as assets
from fleet_server.entrance import CallerNow, Now, PartsNow, language_of
from fleet_server.errors import Conflict, Malformed, NotFound
from fleet_server.orders import rendering, store
from fleet_server.orders.api import (
    CancelIn,
    ConditionsIO,
    OrderDetail,
    OrderIn,
    OrderLineOut,
    OrderLinesOut,
    OrderOut,
    OrderPage,
    OrderStepOut,
    RecapOut,
)
from fleet_server.orders.asking import limit_seconds, new_task, title_of
from fleet_server.orders.lines import Numbered
from fleet_server.orders.model import NewOrder, Output, OutputState, PlacedOrder, Step
from fleet_server.parts import Parts
from fleet_server.sentences import orders as words
from telemetry.words import LineKind

router = APIRouter(prefix="/api/v1", tags=["orders"])

_VALID: Final = timedelta(days=1)
_MOST_DAYS: Final = 30
_PACKED: Final = "application/gzip"
_ENDINGS: Final = {rendering.PLAY: "jsonl", rendering.TEXT: "txt", _PACKED: "tar.gz"}


@router.post("/assets/{asset}/orders", operation_id="place_order", status_code=201)
def place_order(
    asset: str, body: OrderIn, caller: CallerNow, parts: PartsNow, now: Now, request: Request
) -> OrderOut:
    """Let an asset do something once; it is sent when it is heard and what came before has ended.

    It is held back for five seconds, so that a cancel can take it back.
    """
    until = now + _VALID if body.valid_until is None else body.valid_until
    if not now < until <= now + timedelta(days=_MOST_DAYS):
        raise Malformed("order_valid_too_short", days=_MOST_DAYS)
    with parts.database.reading() as session:
        assets.find(session, caller, asset)
    task = new_task(body.task, asset, parts.bundler, parts.readiness.documents(asset)[0])
    conditions = body.conditions or ConditionsIO.usual(task)
    new = NewOrder(
        task=task,
        title=title_of(task),
        valid_until=until,
        conditions=conditions.conditions(),
        limit_seconds=body.limit_seconds or limit_seconds(task),
        tries=body.tries,
        why=body.why,
    )
    with parts.database.unit(caller, now) as unit:
        placed = store.place(unit, asset, new)
    return _out(placed, language_of(request))


@router.get("/assets/{asset}/orders", operation_id="list_orders")
def list_orders(
    asset: str,
    caller: CallerNow,
    parts: PartsNow,
    request: Request,
    cursor: Annotated[int | None, Query(ge=0)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> OrderPage:
    """The orders of an asset, newest first."""
    with parts.database.reading() as session:
        assets.find(session, caller, asset)
        found = store.page(session, asset, cursor, limit)
    language = language_of(request)
    is_last = len(found) < limit
    items = [_out(one, language) for one in found]
    return OrderPage(items=items, next=None if is_last else found[-1].seq)


@router.get("/orders/{order}", operation_id="show_order")
def show_order(order: str, caller: CallerNow, parts: PartsNow, request: Request) -> OrderDetail:
    """One order, with every state that it came to."""
    language = language_of(request)
    with parts.database.reading() as session:
        found = store.find(session, caller, order)
        steps = store.steps(session, order)
    shown = _out(found, language).model_dump()
    return OrderDetail(**shown, steps=[_step(one, language) for one in steps])


@router.get("/orders/{order}/lines", operation_id="list_order_lines")
def list_order_lines(
    order: str, caller: CallerNow, parts: PartsNow, request: Request
) -> OrderLinesOut:
    """What its play is at, while it runs; for a minute the stream tells when there is more."""
    with parts.database.reading() as session:
        store.find(session, caller, order)
    language = language_of(request)
    attempt, found = parts.orders.lines.of(order)
    return OrderLinesOut(attempt=attempt, items=[_line(one, language) for one in found])


@router.post("/orders/{order}/cancel", operation_id="cancel_order")
def cancel_order(
    order: str, body: CancelIn, caller: CallerNow, parts: PartsNow, now: Now, request: Request
) -> OrderOut:
    """Withdraw an order that was not sent; of one that was, have the asset end it.

    The first is `cancelled` in the answer; the second when the asset says so.
    """
    with parts.database.unit(caller, now) as unit:
        return _out(store.cancel(unit, order, body.why), language_of(request))


@router.get(
    "/orders/{order}/output", operation_id="read_order_output", response_class=PlainTextResponse
)
def read_order_output(order: str, caller: CallerNow, parts: PartsNow) -> PlainTextResponse:
    """What it gave out as text, a play as Ansible would print it."""
    _, output = _given_out(order, caller, parts)
    text = rendering.rendered(output.media_type, output.content)
    if text is None:
        raise Conflict("output_no_text", order=order)
    return PlainTextResponse(text, headers={"x-content-type-options": "nosniff"})


@router.get(
    "/orders/{order}/output/file", operation_id="fetch_order_output", response_class=Response
)
def fetch_order_output(order: str, caller: CallerNow, parts: PartsNow) -> Response:
    """What it gave out as it came: a play's events as JSON lines, a diagnosis as tar.gz."""
    found, output = _given_out(order, caller, parts)
    ending = _ENDINGS.get(output.media_type)
    # What an asset calls its output is not believed further than this list.
    kind = output.media_type if ending else "application/octet-stream"
    name = f"courtfleet-{found.asset}-{found.id}.{ending or 'bin'}"
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "x-content-type-options": "nosniff",
    }
    return Response(output.content, media_type=kind, headers=headers)


def _given_out(order: str, caller: Caller, parts: Parts) -> tuple[PlacedOrder, Output]:
    with parts.database.reading() as session:
        found = store.find(session, caller, order)
        output = store.output(session, order)
    if output is not None:
        return found, output
    match found.output:
        case OutputState.PARTIAL:
            raise Conflict("output_not_here", order=order)
        case OutputState.DAMAGED:
            raise Conflict("output_damaged", order=order)
        case _:
            raise NotFound("no_output", order=order)


def _out(found: PlacedOrder, language: str) -> OrderOut:
    recap = found.recap
    return OrderOut(
        id=found.id,
        asset=found.asset,
        number=found.number,
        kind=found.kind,
        title=found.title,
        is_check=found.is_check,
        asked_for=words.asked_for(found.kind, found.title, language),
        state=found.state,
        code=found.code,
        sentence=words.came_to(found.state, found.code, language),
        detail=found.detail,
        attempt=found.attempt,
        is_final=found.is_final,
        recap=None if recap is None else RecapOut.model_validate(recap, from_attributes=True),
        placed_at=found.placed_at,
        who=found.who,
        why=found.why,
        source=found.source,
        valid_until=found.valid_until,
        changed_at=found.changed_at,
        cancel_asked_at=found.cancel_asked_at,
        output=found.output,
    )


def _line(one: Numbered, language: str) -> OrderLineOut:
    line = one.line
    return OrderLineOut(
        number=one.number,
        what=LineKind(line.what),
        task=rendering.plain(line.task),
        host=rendering.plain(line.host),
        sentence=rendering.plain(words.of_line(line, language)),
    )


def _step(step: Step, language: str) -> OrderStepOut:
    return OrderStepOut(
        state=step.state,
        code=step.code,
        sentence=words.came_to(step.state, step.code, language),
        detail=step.detail,
        attempt=step.attempt,
        at=step.at,
    )
