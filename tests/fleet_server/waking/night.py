"""A fleet at night, in virtual time: real agents that are switched off and on, a real intake."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from edge_agent.agent import EdgeAgent
from edge_agent.identity import Identity
from edge_agent.inputs import FromCentre, Input, LinkUp, Moment, Reading
from edge_agent.outbox import Outbox
from edge_agent.outbox_file import MEMORY
from edge_agent.ports import Ports
from fleet_server.parts import Parts
from simulators.courtroom import profile_of
from simulators.fleet import Member
from telemetry.wire.messages import Value
from telemetry.wire.profile import PLATFORM_PREFIX, DeviceSpec
from telemetry.words import ClockTrust, DeviceState
from tests.fleet_server.conftest import Clock

EPOCH: Final = datetime(2027, 1, 1, tzinfo=UTC)
_PROBE: Final = "world"
_TICK_SECONDS: Final = 3


@dataclass
class Radio:
    """The link and the probes of one agent."""

    sent: list[bytes] = field(default_factory=list)
    is_asked: bool = False

    def send(self, message_id: str, payload: bytes) -> None:
        self.sent.append(payload)

    def reconnect(self, why: str) -> None:
        raise AssertionError(f"nothing is wrong with this link: {why}")

    def ask(self, name: str) -> None:
        self.is_asked = True


class Box:
    """One asset: what is true of its instruments, and its agent while it is on."""

    def __init__(self, member: Member, folder: Path) -> None:
        self.member = member
        self.specs: Mapping[str, DeviceSpec] = {
            spec.name: spec for spec in profile_of(member.kind).devices
        }
        self.faults: dict[str, str] = {}
        self.low: set[str] = set()
        self.radio = Radio()
        self.inputs: list[Input] = []
        self.agent: EdgeAgent | None = None
        self._boots = 0
        self._folder = folder
        self._outbox = Outbox(MEMORY, machine="m", asset=member.asset, synchronous="OFF")

    @property
    def name(self) -> str:
        return self.member.asset

    def switch_on(self) -> None:
        self._boots += 1
        self.radio = Radio()
        self.agent = EdgeAgent(
            self._outbox,
            Ports(self.radio, self.radio),
            Identity(self.name, "m", "127.0.0.1", 8883, self._folder),
            {_PROBE: 10.0},
            lambda signed, signature: True,
        )
        self.inputs = [LinkUp()]

    def switch_off(self) -> None:
        self.agent = None

    def close(self) -> None:
        self._outbox.close()

    def tick(self, now: datetime) -> list[bytes]:
        """What it sends."""
        assert self.agent is not None
        up = (now - EPOCH).total_seconds()
        moment = Moment(now, up, f"{self.name[-3:]}{self._boots}", ClockTrust.NTP)
        given, self.inputs = self.inputs, []
        if self.radio.is_asked:
            self.radio.is_asked = False
            given.append(Reading(_PROBE, {"mains_power": True}, self._seen(), reports=True))
        self.agent.tick(moment, given)
        sent, self.radio.sent = self.radio.sent, []
        return sent

    def _seen(self) -> dict[str, dict[str, Value]]:
        found: dict[str, dict[str, Value]] = {
            PLATFORM_PREFIX + platform.name: {"platform_state": "ok"}
            for platform in profile_of(self.member.kind).platforms
        }
        for name, spec in self.specs.items():
            state, fault = DeviceState.OK, ""
            if name in self.faults:
                state, fault = DeviceState.FAULT, self.faults[name]
            elif name in self.low:
                state, fault = DeviceState.LIMITED, "battery_low"
            found[name] = {
                "device_kind": spec.kind.value,
                "device_state": state.value,
                "device_faults": fault,
            }
        return found


class Night:
    """The boxes and the server on one clock."""

    def __init__(self, parts: Parts, clock: Clock, boxes: Iterable[Box]) -> None:
        self.boxes = {box.name: box for box in boxes}
        self._parts = parts
        self._clock = clock

    def run(self, seconds: float) -> None:
        """Let time pass for whoever is on."""
        until = self._clock.now + timedelta(seconds=seconds)
        while self._clock.now < until:
            now_ms = round(self._clock.now.timestamp() * 1000)
            answers = list(self._parts.intake.tick(now_ms))
            for box in self.boxes.values():
                for payload in box.tick(self._clock.now) if box.agent is not None else ():
                    answers += self._parts.intake.take(box.name, "up/batch", payload, now_ms)
            answers += self._parts.intake.commit(now_ms)
            for topic, payload in answers:
                _, _, asset, _, tail = topic.split("/")
                self.boxes[asset].inputs.append(FromCentre(tail, payload))
            self._clock.move(seconds=_TICK_SECONDS)
        self._parts.sender.refresh(self._clock.now)
        self._parts.readiness.step(self._clock.now)

    def sleep_until(self, hour: int, minute: int = 0) -> None:
        """Nobody is on: the clock moves at once, to the next such time by UTC."""
        assert all(box.agent is None for box in self.boxes.values())
        then = self._clock.now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        self._clock.now = then if then > self._clock.now else then + timedelta(days=1)
        self._parts.intake.tick(round(self._clock.now.timestamp() * 1000))
        self._parts.readiness.step(self._clock.now)

    def break_some(self, dice: random.Random, share: float, fault: str) -> dict[str, str]:
        """One more instrument on so many assets; which, by asset."""
        broken = {}
        for name, box in self.boxes.items():
            well = [one for one in box.specs if one not in box.faults]
            if dice.random() < share and well:
                broken[name] = dice.choice(well)
                box.faults[broken[name]] = fault
        return broken
