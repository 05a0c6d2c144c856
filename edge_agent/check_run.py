"""Check now (发车前检查): everything is tried once, in less than 90 seconds.

What a probe can look at is looked at anew. What has to be tried (a picture, a sound, a page) is a
trial, and the sitting lock is asked before each that disturbs. When the centre asks for a check
the day before (`wake_up`), nobody is there: what would disturb is only looked at, nothing ticked.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from edge_agent.inputs import Moment, Reading, TrialDone
from edge_agent.ports import Planned, Trials
from edge_agent.sitting import Allowed, Deferred
from telemetry.rules.facts import ITEM_PREFIX
from telemetry.wire import events
from telemetry.wire.messages import Value
from telemetry.wire.profile import PLATFORM_PREFIX, Profile
from telemetry.words import CheckOutcome, CheckReason, DeviceFault, DeviceState, PlatformState

LONGEST_SECONDS: Final = 85.0
LOOK_SECONDS: Final = 30.0
"""What nothing on this machine has looked at by then is skipped."""
LINK: Final = "link"
_EVERY_SECONDS: Final = 1.0

_COMES_TO: Final = {
    DeviceState.OK: CheckOutcome.PASSED,
    DeviceState.LIMITED: CheckOutcome.PASSED,
    DeviceState.FAULT: CheckOutcome.FAILED,
    DeviceState.ABSENT: CheckOutcome.FAILED,
}

AskLock = Callable[[str], Allowed | Deferred]


class Step(Struct, frozen=True):
    """How far one step is: `outcome` None while it waits (`is_running`: while it is tried)."""

    name: str
    is_running: bool = False
    outcome: CheckOutcome | None = None
    fault: str = ""


class CheckRun:
    """One check, from the button to its `CheckDone`; owned by the agent's thread."""

    def __init__(
        self,
        number: int,
        who: str,
        profile: Profile,
        items: Mapping[str, bool],
        trials: Trials,
        now: Moment,
        why: CheckReason = CheckReason.DEPARTURE,
    ) -> None:
        self.who = who
        self._why = why
        self._number = number
        self._began_up = self._advanced_up = now.up
        self._trials = trials
        is_alone = why is CheckReason.WAKE_UP
        self._to_try = [
            one
            for one in trials.plan(profile)
            if _names(profile, one) and not (is_alone and one.disturbs)
        ]
        self._trying: dict[str, tuple[Planned, float]] = {}
        tried = {planned.device for planned in self._to_try}
        self._steps = {step.name: step for step in _steps(profile, items, tried)}

    @property
    def steps(self) -> Sequence[Step]:
        """All steps, in the order in which people see them."""
        return list(self._steps.values())

    def took_seconds(self, now: Moment) -> float:
        """Since the button was pressed."""
        return round(max(now.up - self._began_up, 0.0), 1)

    def next_due(self) -> float:
        """When to advance again at the latest, in `up` seconds: readings wake nobody."""
        return self._advanced_up + _EVERY_SECONDS

    def hear(self, reading: Reading) -> None:
        """What a probe found while the check runs."""
        for name, values in reading.devices.items():
            step = self._steps.get(name)
            if step is not None and step.is_running and not self._is_tried(name):
                found = _found(values)
                if found is not None:
                    self._settle(name, *found)

    def done(self, trial: TrialDone) -> None:
        """A trial ended; one of an earlier check, or after its limit, means nothing any more."""
        if trial.check != self._number:
            return
        for lane, (planned, _) in list(self._trying.items()):
            if planned.device == trial.device:
                self._settle(trial.device, trial.outcome, trial.fault)
                del self._trying[lane]

    def advance(self, now: Moment, *, is_linked: bool, may_disturb: AskLock) -> bool:
        """Go on: end what took too long, begin what is next; whether all is done."""
        self._advanced_up = now.up
        if is_linked:
            self._settle(LINK, CheckOutcome.PASSED)
        age = now.up - self._began_up
        if age >= LOOK_SECONDS:
            self._settle(LINK, CheckOutcome.FAILED, DeviceFault.NOT_ANSWERING)
            for name in self._looked_at():
                self._settle(name, CheckOutcome.SKIPPED)
        for lane, (planned, until) in list(self._trying.items()):
            if now.up >= until or age >= LONGEST_SECONDS:
                self._settle(planned.device, CheckOutcome.FAILED, DeviceFault.HUNG)
                del self._trying[lane]
        if age >= LONGEST_SECONDS:
            for planned in self._to_try:
                self._settle(planned.device, CheckOutcome.SKIPPED)
            self._to_try.clear()
        self._try_next(now, may_disturb)
        return all(step.outcome is not None for step in self._steps.values())

    def result(self, now: Moment) -> events.CheckDone:
        """The event of a check that is done."""
        steps = [
            events.Checked(step.name, step.outcome or CheckOutcome.SKIPPED, step.fault)
            for step in self._steps.values()
        ]
        return events.CheckDone(self.who, self._why, steps, self.took_seconds(now))

    def _try_next(self, now: Moment, may_disturb: AskLock) -> None:
        for planned in list(self._to_try):
            if planned.lane in self._trying:
                continue
            self._to_try.remove(planned)
            answer = may_disturb(f"check-{planned.device}") if planned.disturbs else Allowed()
            if isinstance(answer, Deferred):
                self._settle(planned.device, CheckOutcome.SKIPPED, answer.reason)
                continue
            self._steps[planned.device] = Step(planned.device, is_running=True)
            self._trying[planned.lane] = planned, now.up + planned.limit_seconds
            self._trials.begin(planned.device, self._number)

    def _settle(self, name: str, outcome: CheckOutcome, fault: str = "") -> None:
        step = self._steps[name]
        if step.outcome is None:
            self._steps[name] = replace(step, is_running=False, outcome=outcome, fault=fault)

    def _is_tried(self, name: str) -> bool:
        return any(planned.device == name for planned, _ in self._trying.values())

    def _looked_at(self) -> Iterator[str]:
        for name, step in self._steps.items():
            if step.is_running and not self._is_tried(name):
                yield name


def _names(profile: Profile, planned: Planned) -> bool:
    return any(spec.name == planned.device for spec in profile.devices)


def _steps(profile: Profile, items: Mapping[str, bool], tried: set[str]) -> Iterator[Step]:
    for spec in profile.devices:
        yield Step(spec.name, is_running=spec.name not in tried)
    for platform in profile.platforms:
        yield Step(PLATFORM_PREFIX + platform.name, is_running=True)
    yield Step(LINK, is_running=True)
    for item in profile.manual:
        is_there = items.get(item.name)
        if is_there is None:
            yield Step(ITEM_PREFIX + item.name, outcome=CheckOutcome.SKIPPED)
        elif is_there:
            yield Step(ITEM_PREFIX + item.name, outcome=CheckOutcome.PASSED)
        else:
            yield Step(
                ITEM_PREFIX + item.name, outcome=CheckOutcome.FAILED, fault=DeviceFault.NOT_FOUND
            )


def _found(values: Mapping[str, Value]) -> tuple[CheckOutcome, str] | None:
    """What a reading says of a device or platform; None when it does not speak of its state."""
    if "platform_state" in values:
        state = str(values["platform_state"])
        is_ok = state == PlatformState.OK
        return (CheckOutcome.PASSED, "") if is_ok else (CheckOutcome.FAILED, state)
    if "device_state" not in values:
        return None
    outcome = _COMES_TO.get(DeviceState(str(values["device_state"])), CheckOutcome.SKIPPED)
    return outcome, str(values.get("device_faults", "")).partition(",")[0]
