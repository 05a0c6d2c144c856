"""What ansible-runner says of a play, and what of it may leave the machine: pure.

Only named fields of named events go on. The environment, the command, module arguments and places
on this machine stay here; so does what a task marked `no_log`, which Ansible has left out already.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from telemetry.wire.events import Recap
from telemetry.wire.lines import LONGEST_TASK, Line
from telemetry.words import LineKind, OrderState

FETCH: Final = "courtfleet_fetch"
"""While a task of this module runs, something is downloaded."""
VERIFY: Final = "verify"
"""While a task whose name begins so runs, what was done is verified."""
OUTCOME: Final = "courtfleet_outcome"
OUTPUT: Final = "courtfleet_output"
"""The custom stat by which a play names a tar.gz in its folder that comes home as its output."""
ROLLED_BACK: Final = "rolled_back"

_LONGEST_TEXT: Final = 16_384
_LONGEST_TOLD: Final = 500
_DEEPEST: Final = 6
_EVENTS: Final = frozenset(
    {
        "playbook_on_play_start",
        "playbook_on_task_start",
        "playbook_on_stats",
        "runner_on_ok",
        "runner_on_failed",
        "runner_on_skipped",
        "runner_on_unreachable",
        "runner_item_on_ok",
        "runner_item_on_failed",
        "runner_item_on_skipped",
    }
)
_FIELDS: Final = frozenset(
    {"play", "role", "task", "task_action", "host", "duration", "res", "ignore_errors"}
)
_COUNTS: Final = ("ok", "changed", "failures", "dark", "skipped", "rescued", "ignored")
_RESULT: Final = frozenset(
    {"changed", "failed", "skipped", "skip_reason", "unreachable", "msg", "rc", "censored"}
    | {"stdout", "stderr", "diff", "results", "attempts", "state", "status", "name", "version"}
)
_LINES: Final = {
    "playbook_on_task_start": LineKind.BEGUN,
    "runner_on_ok": LineKind.OK,
    "runner_on_skipped": LineKind.SKIPPED,
    "runner_on_failed": LineKind.FAILED,
    "runner_on_unreachable": LineKind.UNREACHABLE,
}
_LONGEST_HOST: Final = 64
_DIFF: Final = frozenset({"before", "after", "before_header", "after_header", "prepared"})


class Redaction(NamedTuple):
    """What is written instead of places of this machine, the longest first."""

    places: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, places: Mapping[str, str]) -> "Redaction":
        """`places`: folders, and what is said instead."""
        return cls(sorted(places.items(), key=lambda place: -len(place[0])))

    def text(self, text: str) -> str:
        """The text without these places, cut where it is too long."""
        for place, instead in self.places:
            text = text.replace(place, instead)
        if len(text) > _LONGEST_TEXT:
            return text[:_LONGEST_TEXT] + "…"
        return text


class PlayWatch:
    """Follows one play, event by event."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self._failed: tuple[str, str] = ("", "")
        self.state = OrderState.RUNNING
        self.status = ""
        self.recap: Recap | None = None
        self.outcome = ""
        self.output = ""
        self.line: Line | None = None

    def take(self, line: bytes) -> bytes:
        """One line of the worker's stream; what of it may be told, b"" for nothing.

        `line` is then what to say of it at once, if anything.
        """
        self.line = None
        try:
            said = msgspec.json.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return b""
        if not isinstance(said, dict):
            return b""
        if isinstance(said.get("status"), str):
            self.status = said["status"]
            return b""
        event, data = said.get("event"), said.get("event_data")
        if not isinstance(event, str) or event not in _EVENTS or not isinstance(data, dict):
            return b""
        self._follow(event, data)
        stripped = self._stripped(data)
        self.line = _line_of(event, stripped)
        told = {"event": event, "created": said.get("created"), "event_data": stripped}
        return msgspec.json.encode(told) + b"\n"

    def _follow(self, event: str, data: Mapping[str, object]) -> None:
        if event == "playbook_on_task_start":
            self.state = _state_of(data)
        elif event in {"runner_on_failed", "runner_on_unreachable"}:
            if not data.get("ignore_errors"):
                self._failed = (_name_of(data), self._message(data.get("res")))
        elif event == "playbook_on_stats":
            self.recap = self._recap(data)
            stats = data.get("artifact_data")
            if isinstance(stats, dict):
                self.outcome = str(stats.get(OUTCOME, ""))
                self.output = str(stats.get(OUTPUT, ""))

    def _recap(self, data: Mapping[str, object]) -> Recap:
        ok, changed, failures, dark, skipped, rescued, _ = (
            _total(data.get(name)) for name in _COUNTS
        )
        has_failed = failures + dark + rescued > 0
        task, message = self._failed if has_failed else ("", "")
        return Recap(
            ok=ok,
            changed=changed,
            failed=failures + dark,
            skipped=skipped,
            rescued=rescued,
            failed_task=task[:_LONGEST_TOLD],
            message=message[:_LONGEST_TOLD],
        )

    def _message(self, result: object) -> str:
        if not isinstance(result, dict):
            return ""
        parts = [str(result[key]).strip() for key in ("msg", "stderr") if result.get(key)]
        return self._redaction.text(": ".join(parts))

    def _stripped(self, data: Mapping[str, object]) -> dict[str, object]:
        found = {key: self._plain(data[key], 0) for key in _FIELDS & data.keys() if key != "res"}
        if isinstance(data.get("res"), dict):
            found["res"] = self._result(data["res"], 0)
        found |= {name: _total(data[name]) for name in _COUNTS if isinstance(data.get(name), dict)}
        return found

    def _result(self, result: object, depth: int) -> object:
        """What a module answered: named fields only, in the results of a loop too."""
        if not isinstance(result, dict):
            return None
        found: dict[str, object] = {}
        for key in _RESULT & result.keys():
            value = result[key]
            if key == "results" and isinstance(value, list) and depth < _DEEPEST:
                found[key] = [self._result(one, depth + 1) for one in value]
            elif key == "diff":
                diffs = value if isinstance(value, list) else [value]
                found[key] = [self._diff(one) for one in diffs if isinstance(one, dict)]
            else:
                found[key] = self._plain(value, depth)
        return found

    def _diff(self, diff: Mapping[str, object]) -> dict[str, object]:
        return {key: self._plain(diff[key], 0) for key in _DIFF & diff.keys()}

    def _plain(self, value: object, depth: int) -> object:
        if isinstance(value, str):
            return self._redaction.text(value)
        if value is None or isinstance(value, bool | int | float):
            return value
        if depth < _DEEPEST and isinstance(value, list):
            return [self._plain(one, depth + 1) for one in value]
        if depth < _DEEPEST and isinstance(value, dict):
            return {
                self._redaction.text(str(key)): self._plain(one, depth + 1)
                for key, one in value.items()
            }
        return None


def _line_of(event: str, stripped: Mapping[str, object]) -> Line | None:
    what = _LINES.get(event)
    if what is None:
        return None
    result = stripped.get("res")
    if what is LineKind.OK and isinstance(result, dict) and result.get("changed") is True:
        what = LineKind.CHANGED
    if what is LineKind.FAILED and stripped.get("ignore_errors") is True:
        what = LineKind.IGNORED
    task, host = str(stripped.get("task") or ""), str(stripped.get("host") or "")
    return Line(what, task[:LONGEST_TASK], host[:_LONGEST_HOST])


def created_at(told: bytes) -> str:
    """When the event that `PlayWatch.take` gave back was made, as it stands there."""
    return str(msgspec.json.decode(told)["created"])


def _state_of(data: Mapping[str, object]) -> OrderState:
    if str(data.get("task_action", "")).rpartition(".")[2] == FETCH:
        return OrderState.DOWNLOADING
    if _name_of(data).lower().startswith(VERIFY):
        return OrderState.VERIFYING
    return OrderState.RUNNING


def _name_of(data: Mapping[str, object]) -> str:
    """The task's name without its role's."""
    return str(data.get("task", "")).rpartition(" : ")[2]


def _total(by_host: object) -> int:
    if not isinstance(by_host, dict):
        return 0
    return sum(max(count, 0) for count in by_host.values() if isinstance(count, int))
