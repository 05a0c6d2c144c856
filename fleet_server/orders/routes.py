"""Orders over the API: placing, following, cancelling, and what they gave out."""

from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import AwareDatetime, BaseModel, Field

from fleet_server.access.model import Caller
from fleet_server.assets import store as assets
from fleet_server.entrance import CallerNow, Now, PartsNow
from fleet_server.errors import Conflict, Malformed, NotFound
from fleet_server.orders import rendering, store
from fleet_server.orders.asking import ConditionsIO, TaskIn, limit_seconds, new_task, title_of
from fleet_server.orders.model import NewOrder, Output, OutputState, PlacedOrder, Step
from fleet_server.parts import Parts
from fleet_server.sentences import orders as words
from fleet_server.sentences import preferred
from telemetry.words import OrderKind, OrderState

router = APIRouter(prefix="/api/v1", tags=["orders"])

_VALID: Final = timedelta(days=1)
_MOST_DAYS: Final = 30
_PACKED: Final = "application/gzip"
_ENDINGS: Final = {rendering.PLAY: "jsonl", rendering.TEXT: "txt", _PACKED: "tar.gz"}

Count = Annotated[int, Field(ge=0)]


class OrderIn(BaseModel):
    """What an asset is to do once; null for what is usual for such a task.

    `valid_until`: when it is of no use any more, at most 30 days from now; null: in a day.
    `conditions`: when it may begin. `limit_seconds`: how long it may take. `tries`: how often it
    may be begun when crashes or power cuts end it.
    """

    task: TaskIn = Field(
        examples=[{"kind": "bundle", "playbook": "configure", "variables": {}, "is_check": True}]
    )
    valid_until: AwareDatetime | None = None
    conditions: ConditionsIO | None = None
    limit_seconds: Annotated[int | None, Field(ge=1, le=24 * 3600)] = None
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    why: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class CancelIn(BaseModel):
    """Why it is to end, for the journal."""

    why: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class RecapOut(BaseModel):
    """What a play came to: tasks by outcome, and where it failed."""

    ok: int
    changed: int
    failed: int
    skipped: int
    rescued: int
    failed_task: str
    message: str


class OrderOut(BaseModel):
    """An order as it stands. `asked_for` and `sentence` are in the reader's language.

    `number` is null until it is sent; while it is, a cancel takes it back without a trace at the
    asset. `source`: what placed it ("rollout:7"), "" for a person. `cancel_asked_at`: the asset
    is told to end it. `output` says whether what it gave out is here.
    """

    id: str = Field(examples=["8f14e45fceea167a5a36dedd"])
    asset: str = Field(examples=["veh-001"])
    number: int | None = Field(examples=[12])
    kind: OrderKind
    title: str = Field(examples=["configure"])
    is_check: bool
    asked_for: str = Field(examples=["剧本：configure"])
    state: OrderState
    code: str = Field(examples=["play"])
    sentence: str = Field(examples=["失败：有任务失败"])
    detail: str
    attempt: Count
    is_final: bool
    recap: RecapOut | None
    placed_at: datetime
    who: str
    why: str
    source: str
    valid_until: datetime
    changed_at: datetime
    cancel_asked_at: datetime | None
    output: OutputState


class StepOut(BaseModel):
    """A state that an order came to; `at` by the asset's clock where that is known."""

    state: OrderState
    code: str
    sentence: str
    detail: str
    attempt: Count
    at: datetime


class OrderDetail(OrderOut):
    """An order with all it came to, oldest first."""

    steps: list[StepOut]


class OrderPage(BaseModel):
    """Newest first; `next` is the cursor of the page behind, null on the last."""

    items: list[OrderOut]
    next: int | None


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
    return _out(placed, _language(request))


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
    language = _language(request)
    is_last = len(found) < limit
    items = [_out(one, language) for one in found]
    return OrderPage(items=items, next=None if is_last else found[-1].seq)


@router.get("/orders/{order}", operation_id="show_order")
def show_order(order: str, caller: CallerNow, parts: PartsNow, request: Request) -> OrderDetail:
    """One order, with every state that it came to."""
    language = _language(request)
    with parts.database.reading() as session:
        found = store.find(session, caller, order)
        steps = store.steps(session, order)
    shown = _out(found, language).model_dump()
    return OrderDetail(**shown, steps=[_step(one, language) for one in steps])


@router.post("/orders/{order}/cancel", operation_id="cancel_order")
def cancel_order(
    order: str, body: CancelIn, caller: CallerNow, parts: PartsNow, now: Now, request: Request
) -> OrderOut:
    """Withdraw an order that was not sent; of one that was, have the asset end it.

    The first is `cancelled` in the answer; the second when the asset says so.
    """
    with parts.database.unit(caller, now) as unit:
        return _out(store.cancel(unit, order, body.why), _language(request))


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


def _language(request: Request) -> str:
    return preferred(request.headers.get("accept-language", ""))


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


def _step(step: Step, language: str) -> StepOut:
    return StepOut(
        state=step.state,
        code=step.code,
        sentence=words.came_to(step.state, step.code, language),
        detail=step.detail,
        attempt=step.attempt,
        at=step.at,
    )
