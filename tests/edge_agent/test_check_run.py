"""Check now: what each step comes to, whatever answers and whatever does not."""

from collections.abc import Sequence

import pytest

from edge_agent.check_run import LONGEST_SECONDS, LOOK_SECONDS, CheckRun
from edge_agent.inputs import Reading, TrialDone
from edge_agent.ports import NO_TRIALS, Planned, Trials
from edge_agent.sitting import Allowed, Deferred
from telemetry.wire.profile import ByIpp, BySound, DeviceSpec, ManualItem, Platform, Profile
from telemetry.words import CheckOutcome, Deferral, DeviceKind
from tests.edge_agent.in_memory_server import moment

PROFILE = Profile(
    devices=[
        DeviceSpec("printer", DeviceKind.PRINTER, ByIpp("ipp://127.0.0.1/ipp/print")),
        DeviceSpec("mic", DeviceKind.MICROPHONE, BySound("default", captures=True)),
    ],
    manual=[ManualItem("emblem", "国徽", "National emblem"), ManualItem("seal", "印章", "Seal")],
    platforms=[Platform("files", "办案平台", "Case files", "files.example")],
)


class Tried:
    """Trials that are begun and end when the test says so."""

    def __init__(self, *planned: Planned) -> None:
        self.planned = planned
        self.begun: list[str] = []

    def plan(self, profile: Profile) -> Sequence[Planned]:
        return self.planned

    def begin(self, device: str, check: int) -> None:
        self.begun.append(device)


class Bench:
    def __init__(self, trials: Trials = NO_TRIALS, *, in_sitting: bool = False) -> None:
        self.up = 100.0
        items = {"emblem": True, "seal": False}
        self.run = CheckRun(7, "p-1", PROFILE, items, trials, moment(self.up))
        self.in_sitting = in_sitting
        self.asked: list[str] = []

    def may_disturb(self, step: str) -> Allowed | Deferred:
        self.asked.append(step)
        return Deferred(Deferral.IN_SITTING) if self.in_sitting else Allowed()

    def advance(self, seconds: float = 0.0, *, is_linked: bool = True) -> bool:
        self.up += seconds
        return self.run.advance(moment(self.up), is_linked=is_linked, may_disturb=self.may_disturb)

    def hear(self, name: str, state: str, faults: str = "") -> None:
        values = {"device_state": state, "device_faults": faults}
        if name.startswith("platform-"):
            values = {"platform_state": state}
        self.run.hear(Reading("any", {}, {name: dict(values)}))

    def outcomes(self) -> dict[str, tuple[str, str]]:
        done = self.run.result(moment(self.up))
        return {step.name: (step.outcome, step.fault) for step in done.steps}


def test_what_probes_find_while_it_runs_decides_each_step() -> None:
    bench = Bench()
    bench.advance(1)
    bench.hear("printer", "limited", "paper_low,toner_low")
    bench.hear("mic", "fault", "silent")
    bench.hear("platform-files", "blocked")
    is_done = bench.advance(1)

    assert is_done
    assert bench.outcomes() == {
        "printer": ("passed", "paper_low"),
        "mic": ("failed", "silent"),
        "platform-files": ("failed", "blocked"),
        "link": ("passed", ""),
        "item-emblem": ("passed", ""),
        "item-seal": ("failed", "not_found"),
    }


def test_what_nothing_looks_at_is_skipped_and_a_link_that_is_down_has_failed() -> None:
    bench = Bench()
    early = bench.advance(LOOK_SECONDS - 1, is_linked=False)
    is_done = bench.advance(1, is_linked=False)

    assert not early
    assert is_done
    assert bench.outcomes()["printer"] == ("skipped", "")
    assert bench.outcomes()["link"] == ("failed", "not_answering")


@pytest.mark.parametrize(("state", "outcome"), [("off", "skipped"), ("unknown", "skipped")])
def test_what_is_off_or_cannot_be_told_has_not_failed(state: str, outcome: str) -> None:
    bench = Bench()
    bench.advance()
    bench.hear("printer", state)
    bench.advance()

    assert bench.outcomes()["printer"][0] == outcome


def test_trials_run_one_after_the_other_instead_of_a_look() -> None:
    trials = Tried(Planned("printer", True, 30.0), Planned("mic", True, 10.0))
    bench = Bench(trials)
    bench.advance()
    bench.hear("printer", "ok")
    bench.hear("mic", "ok")
    bench.advance()
    first = list(trials.begun)
    bench.run.done(TrialDone("printer", 7, CheckOutcome.FAILED, "jammed"))
    bench.advance()

    assert first == ["printer"]
    assert trials.begun == ["printer", "mic"]
    assert bench.outcomes()["printer"] == ("failed", "jammed")


def test_a_trial_that_hangs_holds_up_nothing_but_itself() -> None:
    trials = Tried(Planned("printer", True, 30.0), Planned("mic", True, 10.0))
    bench = Bench(trials)
    bench.advance()
    bench.advance(30)
    bench.run.done(TrialDone("printer", 7, CheckOutcome.PASSED))
    bench.run.done(TrialDone("mic", 6, CheckOutcome.PASSED))
    bench.run.done(TrialDone("mic", 7, CheckOutcome.PASSED))

    assert bench.advance()
    assert bench.outcomes()["printer"] == ("failed", "hung")
    assert bench.outcomes()["mic"] == ("passed", "")


def test_a_check_ends_in_time_whatever_hangs() -> None:
    trials = Tried(Planned("printer", True, 80.0), Planned("mic", True, 80.0))
    bench = Bench(trials)
    while not bench.advance(1, is_linked=False):
        assert bench.up - 100 <= LONGEST_SECONDS

    assert bench.run.took_seconds(moment(bench.up)) <= LONGEST_SECONDS < 90
    assert bench.outcomes()["mic"] == ("failed", "hung")


def test_the_lock_is_asked_before_each_trial_that_disturbs() -> None:
    trials = Tried(Planned("printer", True, 30.0), Planned("mic", False, 10.0))
    bench = Bench(trials, in_sitting=True)
    bench.advance()

    assert bench.asked == ["check-printer"]
    assert trials.begun == ["mic"]
    assert bench.outcomes()["printer"] == ("skipped", "in_sitting")
