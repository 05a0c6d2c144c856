"""Sees one order through: attempts, limits, cancel, rollback; after a crash, the rest of it."""

import logging
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import Final, NamedTuple

from edge_agent.executor import bundles, kinds, usb
from edge_agent.executor.cages import Cages
from edge_agent.executor.job import How, Job, run
from edge_agent.executor.journal import OrderJournal
from edge_agent.executor.processes import end_all, interpreter
from edge_agent.executor.settings import Executor
from edge_agent.executor.stream import HostileStream, check_stream
from edge_agent.executor.telling import ROLLED_BACK, PlayWatch, Redaction, created_at
from edge_agent.executor.transcript import Transcript
from telemetry.wire.events import OrderChanged, Recap
from telemetry.wire.orders import (
    MACHINE,
    CheckNow,
    Diagnose,
    Order,
    Restart,
    RunBundle,
    RunCommand,
)
from telemetry.wire.output import MAX_OUTPUT_BYTES, cut_output
from telemetry.wire.profile import ByUsb, DeviceSpec
from telemetry.words import OrderFault, OrderRefusal, OrderState

logger = logging.getLogger(__name__)

_JSON_LINES: Final = "application/jsonl"
_TEXT: Final = "text/plain"
_TAR_GZ: Final = "application/gzip"
_GZIP: Final = b"\x1f\x8b"
_SUCCESSFUL: Final = "successful"
_FAILED: Final = "failed"
_ROLLS_BACK: Final = frozenset(
    {OrderFault.PLAY, OrderFault.TIME_LIMIT, OrderFault.MEMORY_LIMIT, OrderFault.INTERRUPTED}
)


class Verdict(NamedTuple):
    """What an order came to."""

    state: OrderState
    code: str = ""
    detail: str = ""
    recap: Recap | None = None


class Foreman:
    """Owned by one thread, which calls `run`; `cancel` and `stop` may be set by any."""

    def __init__(
        self,
        settings: Executor,
        journal: OrderJournal,
        order: Order,
        cages: Cages | None = None,
    ) -> None:
        self._settings = settings
        self._cages = cages
        self._journal = journal
        self._order = order
        self._mark = f"{settings.state_folder}:{journal.number}:{order.id}"
        self._folder = journal.job
        self._transcript = Transcript(journal.folder / "output")
        self._attempt = journal.attempts
        self._archive = b""
        self.cancel = Event()
        self.is_stopping = False

    def run(self) -> None:
        """Begin or go on, until a final state is told or the executor is stopped. Blocks."""
        end_all(self._mark)  # of an executor that was killed
        try:
            verdict = self._verdict()
        except Exception:  # whatever it was: the order must not stay without an end
            logger.exception("an order could not be carried out")
            verdict = Verdict(OrderState.FAILED, OrderFault.EXECUTOR, "see the executor's log")
        is_going_down = bool(self._journal.ending_boot)  # no cancel can call that back
        goes_on_later = is_going_down or (self.is_stopping and not self._journal.is_cancelled)
        if goes_on_later and verdict.state is OrderState.CANCELLED:
            self._wipe()
            return
        if self._archive:
            self._tell_output(_TAR_GZ, self._archive, is_cut=False)
        else:
            kind = _JSON_LINES if isinstance(self._order.task, RunBundle) else _TEXT
            self._tell_output(kind, self._transcript.content(), is_cut=self._transcript.is_cut)
        self._tell(verdict)
        self._wipe()  # not sooner: there it stands that the play is over
        logger.info("an order has ended", extra={"state": verdict.state, "code": verdict.code})

    def _verdict(self) -> Verdict:
        if self._journal.ending_boot not in {"", kinds.boot()}:
            return Verdict(OrderState.SUCCEEDED)
        if self._journal.is_cancelled:
            return Verdict(OrderState.CANCELLED)
        task = self._order.task
        if isinstance(task, RunBundle):
            try:
                for stream in filter(None, (task.stream, task.rollback)):
                    check_stream(stream.encode(), is_check=task.is_check)
            except HostileStream as hostile:
                return Verdict(OrderState.REFUSED, OrderRefusal.CONTENT, str(hostile))
        verdict = self._attempts()
        if isinstance(task, RunBundle) and task.rollback and verdict.code in _ROLLS_BACK:
            return self._roll_back(task.rollback, verdict.code)
        return verdict

    def _attempts(self) -> Verdict:
        """What the order came to; begun anew as long as something from outside ends it."""
        if self._journal.rollbacks:
            return Verdict(OrderState.FAILED, self._journal.rollbacks[0])
        if isinstance(self._order.task, RunBundle):
            verdict = self._untold_end()
            if verdict is not None:
                return verdict
        while self._attempt < self._order.tries:
            self._attempt += 1
            self._journal.lines.begin(self._attempt)
            self._tell(Verdict(OrderState.RUNNING))
            verdict = self._once()
            if verdict is not None:
                return verdict
        return Verdict(OrderState.FAILED, OrderFault.INTERRUPTED)

    def _once(self) -> Verdict | None:
        """One attempt; None: it broke off."""
        match self._order.task:
            case RunBundle(stream=stream):
                return self._play(stream)
            case RunCommand(command):
                return self._program(kinds.command(command, self._settings.agent_unit))
            case Restart(unit="", spec=DeviceSpec(reach=ByUsb() as reach, serial=serial)):
                return self._restart_usb(reach, serial)
            case Restart(unit="", device=device) if device == MACHINE:
                return self._restart_machine()
            case Restart() as task:
                argv = kinds.restart(task)
                if argv is None:
                    said = "no unit or device that may be restarted: see docs/orders.md"
                    return Verdict(OrderState.FAILED, OrderFault.EXECUTOR, said)
                return self._program(argv)
            case Diagnose():
                return self._diagnose()
            case CheckNow():
                return Verdict(OrderState.FAILED, OrderFault.EXECUTOR, "the agent does that")

    def _play(self, stream: str) -> Verdict | None:
        folder = self._fresh_folder()
        file = folder / "stream"
        file.write_text(stream)
        data = folder / "data"
        data.mkdir(mode=0o700)
        watch = PlayWatch(self._redaction(data))
        # -I: nothing in the job's folder is ever imported.
        program = [interpreter(), "-I", "-m", "edge_agent.executor.bundles"]
        argv = [*program, str(file), str(data), str(self._settings.memory_megabytes)]
        told = OrderState.RUNNING

        def take(line: bytes) -> None:
            nonlocal told
            self._transcript.add(watch.take(line))
            if watch.line is not None:
                self._journal.lines.add(watch.line)
            if watch.state is not told:
                told = watch.state
                self._tell(Verdict(told))

        how = self._run(argv, folder, take)
        self._archive = _archive_in(folder, watch.output)
        return how if isinstance(how, Verdict) else _verdict_of(watch)

    def _untold_end(self) -> Verdict | None:
        """What a play came to whose executor was killed before it said so; None: no play ended."""
        event = bundles.end_of_play(self._folder)
        if event is None:
            return None
        watch = PlayWatch(self._redaction(self._folder / "data"))
        heard = self._transcript.content().splitlines(keepends=True)
        for line in heard:
            watch.take(line)
        last = watch.take(event)
        if not heard or created_at(heard[-1]) != created_at(last):
            self._transcript.add(last)
            self._transcript.is_cut = True  # nobody heard what was on its way
        self._archive = _archive_in(self._folder, watch.output)
        has_failed = watch.recap is None or watch.recap.failed
        watch.status = _FAILED if has_failed else _SUCCESSFUL
        return _verdict_of(watch)

    def _roll_back(self, stream: str, why: str) -> Verdict:
        while len(self._journal.rollbacks) < self._order.tries:
            self._journal.begin_rollback(why)
            self._tell(Verdict(OrderState.RUNNING, detail="rollback"))
            verdict = self._play(stream)
            if verdict is None:
                continue
            if verdict.state in {OrderState.SUCCEEDED, OrderState.ROLLED_BACK}:
                return Verdict(OrderState.ROLLED_BACK, why, recap=verdict.recap)
            if verdict.state is OrderState.CANCELLED:
                return verdict
            return Verdict(OrderState.FAILED, why, "the rollback failed", verdict.recap)
        return Verdict(OrderState.FAILED, why, "the rollback was interrupted")

    def _program(self, argv: Sequence[str]) -> Verdict | None:
        """A program whose output is the order's."""
        ended = self._run(argv, self._fresh_folder(), self._transcript.add)
        if isinstance(ended, Verdict):
            return ended
        if ended < 0:
            return None
        return _verdict_of_status(ended)

    def _restart_usb(self, reach: ByUsb, serial: str) -> Verdict:
        """In this process: a device that is let go of halfway would stay away."""
        try:
            port = usb.restart(Path(self._settings.usb_bus), reach, serial)
        except usb.NotRestarted as error:
            return Verdict(OrderState.FAILED, OrderFault.EXECUTOR, str(error))
        self._transcript.add(f"{reach.vendor}:{reach.product} at {port}\n".encode())
        return Verdict(OrderState.SUCCEEDED)

    def _restart_machine(self) -> Verdict:
        """Ends with the machine, and nothing is told: the executor of the next boot knows it done.

        What asks systemd for it may be ended by what it asked for.
        """
        self._journal.end_boot(kinds.boot())
        ended = self._run(kinds.MACHINE_RESTART, self._fresh_folder(), self._transcript.add)
        if isinstance(ended, Verdict):
            return ended
        if ended > 0:
            return _verdict_of_status(ended)
        if self.cancel.wait(self._order.limit_seconds):
            return Verdict(OrderState.CANCELLED)
        return Verdict(OrderState.FAILED, OrderFault.TIME_LIMIT)

    def _diagnose(self) -> Verdict | None:
        folder = self._fresh_folder()
        file = folder / "diagnosis.tar.gz"
        argv = kinds.diagnosis(file, self._settings.agent_unit)
        ended = self._run(argv, folder, lambda line: None)
        if isinstance(ended, Verdict):
            return ended
        if ended < 0:
            return None
        self._archive = _archive_in(folder, str(file))
        return _verdict_of_status(ended)

    def _run(
        self, argv: Sequence[str], folder: Path, take: Callable[[bytes], None]
    ) -> Verdict | int:
        """The exit status, or what the order came to when it was not the program that ended it."""
        job = Job(argv, folder, self._mark, self._order.limit_seconds)
        try:
            ended = run(job, self.cancel, take, self._cages)
        except OSError as error:
            logger.warning("a program could not be started", extra={"why": str(error)})
            return Verdict(OrderState.FAILED, OrderFault.EXECUTOR, f"{argv[0]} is not here")
        if ended.how is How.CANCELLED:
            return Verdict(OrderState.CANCELLED)
        if ended.how is How.TIME:
            return Verdict(OrderState.FAILED, OrderFault.TIME_LIMIT)
        if ended.was_short_of_memory:
            return Verdict(OrderState.FAILED, OrderFault.MEMORY_LIMIT)
        return ended.status

    def _redaction(self, data: Path) -> Redaction:
        places = {
            str(data): ".",
            str(self._folder): ".",
            str(self._settings.state): "(orders)",
            sys.prefix: "(python)",
            str(Path(sys.executable).parent): "(python)",
        }
        resolved = {str(Path(place).resolve()): instead for place, instead in places.items()}
        return Redaction.of({**resolved, **places})

    def _fresh_folder(self) -> Path:
        """A folder of its own for each attempt: one that is used twice has leftovers."""
        self._wipe()
        self._folder.mkdir(mode=0o700)
        return self._folder

    def _wipe(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _tell_output(self, media_type: str, content: bytes, *, is_cut: bool) -> None:
        try:
            parts = cut_output(self._order.id, media_type, content, is_cut=is_cut)
        except ValueError:
            logger.exception("an order's output is left out")
            return
        for part in parts:
            self._journal.add(part)

    def _tell(self, verdict: Verdict) -> None:
        self._journal.add(
            OrderChanged(
                self._order.id,
                self._journal.number,
                verdict.state,
                verdict.code,
                verdict.detail,
                self._attempt,
                verdict.recap,
            )
        )


def _archive_in(folder: Path, named: str) -> bytes:
    """The tar.gz that a job has left in its folder; b"" for anything else."""
    file = Path(named)
    try:
        if not named or file.is_symlink() or not file.resolve().is_relative_to(folder.resolve()):
            return b""
        content = file.read_bytes() if file.stat().st_size <= MAX_OUTPUT_BYTES else b""
    except OSError:
        return b""
    return content if content.startswith(_GZIP) else b""


def _verdict_of(watch: PlayWatch) -> Verdict | None:
    """What a play came to; None when the worker did not say, because something ended it."""
    if watch.status not in {_SUCCESSFUL, _FAILED}:
        if watch.status == "error":
            return Verdict(OrderState.FAILED, OrderFault.EXECUTOR, "the play could not be begun")
        return None
    if watch.outcome == ROLLED_BACK:
        return Verdict(OrderState.ROLLED_BACK, recap=watch.recap)
    if watch.status == _SUCCESSFUL:
        return Verdict(OrderState.SUCCEEDED, recap=watch.recap)
    return Verdict(OrderState.FAILED, OrderFault.PLAY, recap=watch.recap)


def _verdict_of_status(status: int) -> Verdict:
    if status == 0:
        return Verdict(OrderState.SUCCEEDED)
    return Verdict(OrderState.FAILED, OrderFault.PLAY, f"exit status {status}")
