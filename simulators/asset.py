"""A simulated asset: the real agent and the real connection, with pretended devices and clock.

Any number of assets are driven by the one thread that calls `Fleet.run`; the only other threads are
those of the MQTT clients, which put what they hear into the fleet's one inbox.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Final, Protocol

from edge_agent.agent import EdgeAgent
from edge_agent.inputs import Input, Moment, Reading
from edge_agent.ports import Link
from simulators.executors import PretendedExecutor
from simulators.shadow import Shadow
from simulators.witness import Witness, fingerprint
from telemetry.wire.events import Configured
from telemetry.words import ClockTrust

TICKS_APART_SECONDS: Final = 0.2
"""As the agent's own program does: what arrives within this is one tick."""


class Clock:
    """A pretended machine's clock: `up` in whole milliseconds, `wall` as wrong as one likes."""

    def __init__(self, boot: str, up_at_start: float = 100_000.0) -> None:
        self._boot = boot
        self._up_offset = up_at_start - time.monotonic()
        self.wall_offset = timedelta(0)
        self.trust = ClockTrust.NTP

    def up(self) -> float:
        return round(time.monotonic() + self._up_offset, 3)

    def now(self) -> Moment:
        return Moment(datetime.now(UTC) + self.wall_offset, self.up(), self._boot, self.trust)


class Feed(Protocol):
    """The pretended devices of one asset; the agent's port to its probes is a part of it."""

    def ask(self, name: str) -> None:
        """The agent asks; what is answered comes with the next `take`."""

    def take(self, now: Moment) -> Sequence[Reading]:
        """What has been measured by now and was not taken yet, each a report of its own."""

    def due(self) -> float:
        """When there will be something to take, in `up` seconds; infinite: never by itself."""

    def own(self, now: Moment) -> Moment:
        """This moment by the asset's own clock, which may be wrong."""

    def is_cut_off(self, now: Moment) -> bool:
        """Whether the asset is where nothing gets through."""


@dataclass(slots=True)
class SimulatedAsset:
    """One asset: its agent, and what drives it. `told`: how its agent heard it is set up."""

    name: str
    agent: EdgeAgent
    feed: Feed
    shadow: Shadow | None = None
    executor: PretendedExecutor | None = None
    inputs: list[Input] = field(default_factory=list)
    told: Configured | None = None
    ticked_at: float = -math.inf
    wakes_at: float = -math.inf


class CountedLink:
    """A link that adds up what it is given to send."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.payload_bytes = 0
        self.messages = 0

    def send(self, message_id: str, payload: bytes) -> None:
        self.payload_bytes += len(payload)
        self.messages += 1
        self._link.send(message_id, payload)

    def reconnect(self, why: str) -> None:
        self._link.reconnect(why)


class Fleet:
    """Drives assets by turns, and has a witness write down what they are given."""

    def __init__(self, clock: Clock, witness: Witness | None = None) -> None:
        self.clock = clock
        self._assets: dict[str, SimulatedAsset] = {}
        self._witness = witness
        self._inbox: SimpleQueue[tuple[str, Input]] = SimpleQueue()

    def add(self, asset: SimulatedAsset) -> None:
        """Drive this asset from now on."""
        self._assets[asset.name] = asset

    def remove(self, name: str) -> None:
        """Drive it no more; what it was to hear is lost, as in a restart."""
        self._assets.pop(name, None)

    def wake(self) -> None:
        """Let everybody be due at once."""
        for asset in self._assets.values():
            asset.wakes_at = -math.inf

    def inbox(self, name: str) -> Callable[[Input], None]:
        """Where the link of an asset puts what it hears; from any thread."""
        return lambda said: self._inbox.put((name, said))

    def run(self, until: Callable[[], bool]) -> None:
        """Tick whoever is due, until `until` says so; it is asked about 20 times a second."""
        while not until():
            self._sleep()
            now = self.clock.now()
            self._tick([a for a in self._assets.values() if a.wakes_at <= now.up], now)

    def _sleep(self) -> None:
        """Until somebody is due, or something is heard; then take all that was heard."""
        wake = min((asset.wakes_at for asset in self._assets.values()), default=math.inf)
        seconds = min(max(wake - self.clock.up(), 0.0), _SLEEP_SECONDS)
        time.sleep(_SLICE_SECONDS)  # so that one round serves several assets
        try:
            name, said = self._inbox.get(timeout=max(seconds - _SLICE_SECONDS, 0.001))
            while True:
                asset = self._assets.get(name)
                if asset is not None:
                    asset.inputs.append(said)
                    asset.wakes_at = min(asset.wakes_at, asset.ticked_at + TICKS_APART_SECONDS)
                name, said = self._inbox.get_nowait()
        except Empty:
            return

    def _tick(self, due: Sequence[SimulatedAsset], now: Moment) -> None:
        given = [(asset, list(asset.feed.take(now))) for asset in due]
        seen = [line for asset, readings in given for line in witnessed(asset, readings, now)]
        if self._witness is not None:
            self._witness.offered(seen)
        for asset, readings in given:
            if asset.shadow is not None:
                asset.shadow.turn(is_dark=asset.feed.is_cut_off(now))
            own = asset.feed.own(now)
            inputs = [*asset.inputs, *ordered(asset, own), *readings]
            asset.inputs.clear()
            wake = asset.agent.tick(own, inputs)
            asset.ticked_at = now.up
            soonest = now.up + TICKS_APART_SECONDS
            done_at = math.inf if asset.executor is None else asset.executor.due()
            asset.wakes_at = max(min(wake, asset.feed.due(), done_at), soonest)
        if self._witness is not None:
            self._witness.accepted(seen)


_SLEEP_SECONDS: Final = 0.05
_SLICE_SECONDS: Final = 0.01


def ordered(asset: SimulatedAsset, own: Moment) -> list[Input]:
    """What its orders did by this moment of its own, and how its machine is set up since."""
    if asset.executor is None:
        return []
    notes = asset.executor.take(own)
    inputs: list[Input] = [*notes, *asset.executor.said_live(notes)]
    found = asset.executor.configured
    if found is not None and found != asset.told:
        asset.told = found
        inputs.append(found)
    return inputs


def witnessed(
    asset: SimulatedAsset, readings: Sequence[Reading], now: Moment
) -> list[tuple[str, str]]:
    """What a witness writes down of these readings."""
    return [
        (
            asset.name,
            fingerprint(round((reading.taken or now).up * 1000), reading.metrics, reading.devices),
        )
        for reading in readings
    ]
