"""A pretended executor: orders take their time, some fail, and nothing is changed anywhere.

What happens to an order is a function of seed, asset and order; when it was begun is remembered,
so an agent that starts again hears the rest. How the machine would be set up is remembered too.
"""

import base64
import io
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from edge_agent.inputs import LinesHeard, Moment, OrderNote
from simulators.noise import between, key_of, unit
from telemetry.wire.events import Configured, OrderChanged, OrderOutput, Recap
from telemetry.wire.lines import Line, OrderLines
from telemetry.wire.orders import Order, RunBundle, Task, kind_of
from telemetry.wire.output import cut_output
from telemetry.wire.signed import open_sealed
from telemetry.words import LineKind, OrderFault, OrderKind, OrderState

BAD_SHARE: Final = 0.01
"""Of plays fail although nobody told them to: a full disk, a device that hangs."""


_CONFIGURE: Final = "configure"
_HASH: Final = "manifest_hash"
"""The variable that says what that playbook sets up; without it, it writes nothing down."""
_VARIABLES: Final = "env/extravars"

_TASKS: Final[dict[str, str]] = {
    OrderState.DOWNLOADING: "Fetch the release",
    OrderState.RUNNING: "Write what is wanted",
    OrderState.VERIFYING: "Verify that it answers",
}


@dataclass(slots=True)
class Faults:
    """What of the fleet's orders fails; may be changed at any time, and be shared by executors.

    `bad`: (playbook, version) that break what they update, found out while verifying; they roll
    themselves back, or fail, where they are in `stuck` too. `bad_share`: of all other plays.
    """

    bad: set[tuple[str, str]] = field(default_factory=set)
    stuck: set[tuple[str, str]] = field(default_factory=set)
    bad_share: float = BAD_SHARE


@dataclass(slots=True)
class _Job:
    """An order that was begun at `began_up`: notes, each at its seconds from then on.

    `sets_up`: the hash of the configuration that the machine has when it has succeeded, or "".
    """

    id: str
    notes: list[tuple[float, OrderChanged | OrderOutput]]
    sets_up: str = ""
    began_up: float | None = None
    told: int = 0


class PretendedExecutor:
    """The port, and what drives it: ask `take` for what has happened. Owned by one thread.

    What it does goes `pace` times as fast as it would. `configured` is how the machine is set up by
    now, None as long as it never was; whoever changes a file by hand says so there.
    """

    def __init__(
        self, asset: str, faults: Faults | None = None, seed: int = 0, pace: float = 1.0
    ) -> None:
        self._asset = asset
        self._seed = seed
        self._pace = pace
        self.faults = faults or Faults()
        self.configured: Configured | None = None
        self._jobs: dict[int, _Job] = {}
        self._current: int | None = None

    def can(self, kind: OrderKind) -> bool:
        return True

    def carry_out(self, number: int, sealed: bytes, heard: int) -> None:
        order = msgspec.json.decode(open_sealed(sealed).body, type=Order)
        job = self._jobs.get(number)
        if job is None or job.id != order.id:
            job = _Job(order.id, self._plan(order, number), _set_up_by(order.task))
        job.told = heard
        self._jobs = {number: job}
        self._current = number

    def cancel(self, number: int, sealed: bytes) -> None:
        job = self._jobs.get(number)
        if job is None:
            return
        del job.notes[job.told :]
        job.notes.append((-math.inf, OrderChanged(job.id, number, OrderState.CANCELLED, attempt=1)))

    def take(self, now: Moment) -> Sequence[OrderNote]:
        """What has happened by now and was not told yet."""
        job = None if self._current is None else self._jobs[self._current]
        if job is None or self._current is None:
            return ()
        if job.began_up is None:
            job.began_up = now.up
        found = []
        while job.told < len(job.notes):
            seconds, event = job.notes[job.told]
            if now.up < job.began_up + seconds / self._pace:
                break
            found.append(OrderNote(self._current, job.told, event))
            job.told += 1
            if job.sets_up and _ends_well(event):
                self.configured = Configured(job.sets_up, round(now.wall.timestamp() * 1000))
        return found

    def said_live(self, notes: Sequence[OrderNote]) -> list[LinesHeard]:
        """The lines that go with what `take` gave."""
        return [
            LinesHeard(
                note.number,
                OrderLines(note.event.id, 1, note.at, [Line(LineKind.BEGUN, task, "self")]),
            )
            for note in notes
            if isinstance(note.event, OrderChanged) and (task := _TASKS.get(note.event.state))
        ]

    def due(self) -> float:
        """When there will be something to take, in `up` seconds."""
        job = None if self._current is None else self._jobs[self._current]
        if job is None or job.told >= len(job.notes):
            return math.inf
        seconds = job.notes[job.told][0] / self._pace
        return -math.inf if job.began_up is None else job.began_up + seconds

    def _plan(self, order: Order, number: int) -> list[tuple[float, OrderChanged | OrderOutput]]:
        key = key_of(self._seed, self._asset, order.id, "order")
        if isinstance(order.task, RunBundle):
            return self._play(order, order.task, number, key)
        took = between(0.5, 4.0, key, 1)
        text = f"{kind_of(order.task).value} on a simulated asset\n".encode()
        return [
            (0.0, OrderChanged(order.id, number, OrderState.RUNNING, attempt=1)),
            *((took, part) for part in cut_output(order.id, "text/plain", text, is_cut=False)),
            (took, OrderChanged(order.id, number, OrderState.SUCCEEDED, attempt=1)),
        ]

    def _play(
        self, order: Order, task: RunBundle, number: int, key: int
    ) -> list[tuple[float, OrderChanged | OrderOutput]]:
        """Updates download first, and take longest on a slow link; every play verifies at last."""
        at = between(2.0, 6.0, key, 1)
        states = [(0.0, OrderState.RUNNING)]
        if not task.is_check and task.playbook.startswith(("update", "install")):
            states.append((at, OrderState.DOWNLOADING))
            at += between(15.0, 60.0, key, 2) * (8.0 if unit(key, 3) < 0.1 else 1.0)
            states.append((at, OrderState.RUNNING))
        at += between(8.0, 40.0, key, 4)
        states.append((at, OrderState.VERIFYING))
        at += between(3.0, 10.0, key, 5)
        end = self._end(order, task, number, key)
        text = msgspec.json.encode({"event": "playbook_on_stats", "simulated": True}) + b"\n"
        changes = [
            (when, OrderChanged(order.id, number, state, attempt=1)) for when, state in states
        ]
        output = cut_output(order.id, "application/jsonl", text, is_cut=False)
        return [*changes, *((at, part) for part in output), (at, end)]

    def _end(self, order: Order, task: RunBundle, number: int, key: int) -> OrderChanged:
        which = (task.playbook, task.version)
        has_bad_luck = unit(key, 6) < self.faults.bad_share
        tasks = 4 + key % 9
        if task.is_check or (which not in self.faults.bad and not has_bad_luck):
            recap = Recap(ok=tasks, changed=key % 3, skipped=1)
            return OrderChanged(order.id, number, OrderState.SUCCEEDED, attempt=1, recap=recap)
        recap = Recap(
            ok=tasks, changed=2, failed=1, failed_task="Verify that it answers", message="no answer"
        )
        if which in self.faults.bad and which not in self.faults.stuck:
            state, code = OrderState.ROLLED_BACK, ""
        else:
            state, code = OrderState.FAILED, str(OrderFault.PLAY)
        return OrderChanged(order.id, number, state, code, attempt=1, recap=recap)


def _ends_well(event: OrderChanged | OrderOutput) -> bool:
    return isinstance(event, OrderChanged) and event.state is OrderState.SUCCEEDED


def _set_up_by(task: Task) -> str:
    """The hash of the configuration that this play would write down at its end; "" if none."""
    if not isinstance(task, RunBundle) or task.playbook != _CONFIGURE or task.is_check:
        return ""
    return str(_variables(task.stream).get(_HASH, ""))


def _variables(stream: str) -> Mapping[str, object]:
    """What a play is given, from the stream in the form that `edge_agent.executor.stream` says.

    Nothing if it has another form: that is not for a pretended executor to judge.
    """
    try:
        _, size, rest = stream.split("\n", 2)
        count = msgspec.json.decode(size, type=dict[str, int])["zipfile"]
        packed = base64.b64decode(rest[: (count + 2) // 3 * 4])
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            given = archive.read(_VARIABLES) if _VARIABLES in archive.namelist() else b"{}"
        return msgspec.json.decode(given, type=dict[str, object])
    except (KeyError, ValueError, msgspec.DecodeError, zipfile.BadZipFile):
        return {}
