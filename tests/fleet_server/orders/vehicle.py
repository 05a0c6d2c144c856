"""An asset that speaks to a whole server: it takes what it is sent, and tells what came of it."""

from collections.abc import Iterator

from fleet_server.access.model import SYSTEM
from fleet_server.intake.model import EventRow
from fleet_server.orders import store
from fleet_server.orders.model import NewOrder, PlacedOrder
from fleet_server.parts import Parts
from telemetry.wire import signed
from telemetry.wire.events import Event, OrderChanged
from telemetry.wire.messages import Header, Mark
from telemetry.wire.orders import CheckNow, Task
from tests.fleet_server.conftest import Clock
from tests.fleet_server.intake.speech import Numbered, Speaker, event


class Vehicle:
    """`last_order` is what its next header says. It is online as long as it speaks."""

    def __init__(self, parts: Parts, clock: Clock, asset: str = "veh-001") -> None:
        self.parts = parts
        self.clock = clock
        self.asset = asset
        self.last_order = 0
        self._told = 0
        self._speaker = Speaker(parts.intake, asset)
        self.beat(greets=True)

    def beat(self, *, greets: bool = False) -> None:
        self._say(greets=greets)

    def tell(self, *happened: Event) -> None:
        """Events, each once, and the commit that gives them their effect."""
        numbered = []
        for one in happened:
            self._told += 1
            numbered.append(event(self._told, one, at=self._now_ms()))
        self._say(*numbered)
        self._speaker.commit()

    def order(self, state: str, placed: PlacedOrder, code: str = "", attempt: int = 0) -> None:
        number = self.number_of(placed) or 0
        self.tell(OrderChanged(placed.id, number, state, code, attempt=attempt))

    def take(self, placed: PlacedOrder) -> None:
        """Accept an order."""
        self.last_order = self.number_of(placed) or 0
        self.order("accepted", placed)

    def is_sent(self, **later: float) -> list[signed.Opened]:
        """What it gets when the server looks next, so much later."""
        self.clock.move(**(later or {"seconds": 1}))
        self.beat()
        return list(self._got())

    def place(self, task: Task | None = None, source: str = "rollout:1") -> PlacedOrder:
        new = NewOrder(
            task or CheckNow(), "", self.clock.now.replace(hour=20, minute=0), source=source
        )
        with self.parts.database.unit(SYSTEM, self.clock.now) as unit:
            return store.place(unit, self.asset, new)

    def cancel(self, placed: PlacedOrder) -> PlacedOrder:
        with self.parts.database.unit(SYSTEM, self.clock.now) as unit:
            return store.cancel(unit, placed.id)

    def now(self, placed: PlacedOrder) -> PlacedOrder:
        with self.parts.database.reading() as session:
            return store.by_id(session, [placed.id])[placed.id]

    def state(self, placed: PlacedOrder) -> str:
        return str(self.now(placed).state)

    def number_of(self, placed: PlacedOrder) -> int | None:
        return self.now(placed).number

    def states(self, placed: PlacedOrder) -> list[str]:
        """All that it came to, in order."""
        with self.parts.database.reading() as session:
            return [str(step.state) for step in store.steps(session, placed.id)]

    def kept_events(self) -> list[str]:
        with self.parts.database.reading() as session:
            return [row.body for row in session.query(EventRow).order_by(EventRow.id)]

    def aside(self) -> int:
        return sum(one.set_aside for one in self.parts.intake.balance(self.asset))

    def _got(self) -> Iterator[signed.Opened]:
        self.parts.orders.step(self.clock.now)
        for topic, payload in self.parts.intake.tick(self._now_ms()):
            if topic == f"fleet/v1/{self.asset}/down/order":
                yield signed.open_sealed(payload)

    def _say(self, *numbered: Numbered, greets: bool = False) -> None:
        self._speaker.now = self._now_ms()
        head = Mark("e1", self._told, 1)
        header = Header(
            self._now_ms(),
            "gnss",
            "boot1",
            0,
            [Mark("e1", 0, 1)],
            [head],
            every_seconds=10.0,
            greets=greets,
            last_order=self.last_order,
            machine="m1" if greets else "",
        )
        self._speaker.say("events", *numbered, header=header)

    def _now_ms(self) -> int:
        return round(self.clock.now.timestamp() * 1000)
