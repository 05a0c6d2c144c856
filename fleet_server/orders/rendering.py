"""What an order gave out, as text: a play's events as Ansible itself would print them."""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import msgspec

PLAY: Final = "application/jsonl"
"""One event of a play a line, as the executor tells it."""
TEXT: Final = "text/plain"

_SIDES: Final = ("before", "after")
_WIDE: Final = 79
_MOST_DIFF_LINES: Final = 2000
_ESCAPES: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SAID: Final = {
    "runner_on_ok": "ok",
    "runner_item_on_ok": "ok",
    "runner_on_skipped": "skipping",
    "runner_item_on_skipped": "skipping",
    "runner_on_failed": "fatal",
    "runner_item_on_failed": "failed",
    "runner_on_unreachable": "fatal",
}
_SAYS: Final = ("debug", "ansible.builtin.debug")
_COUNTS: Final = {
    "ok": "ok",
    "changed": "changed",
    "dark": "unreachable",
    "failures": "failed",
    "skipped": "skipped",
    "rescued": "rescued",
    "ignored": "ignored",
}

Facts = Mapping[str, object]


def rendered(media_type: str, content: bytes) -> str | None:
    """The text; None: it is none. Nothing in it can move a terminal's cursor."""
    if media_type == PLAY:
        lines = (line for event in content.splitlines() for line in _told(event))
        return plain("".join(f"{line}\n" for line in lines))
    return plain(content.decode(errors="replace")) if media_type == TEXT else None


class Difference(NamedTuple):
    """What a task changed, or would change, as lines of a diff."""

    task: str
    text: str


def differences(content: bytes) -> list[Difference]:
    """What a play's events say that was, or would be, changed: a task each, in their order."""
    found = []
    for line in content.splitlines():
        event, data = _opened(line)
        result = data.get("res")
        if _SAID.get(event) != "ok" or not isinstance(result, dict):
            continue
        if result.get("changed") is True:
            task = str(data.get("task", "")).rpartition(" : ")[2]
            text = "".join(f"{each}\n" for each in _diffs(result))
            found.append(Difference(plain(task), plain(text)))
    return found


def plain(text: str) -> str:
    """The text without what moves a terminal's cursor."""
    return _CONTROLS.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n")))


def _opened(line: bytes) -> tuple[str, Facts]:
    """An event's name and data; "" for what is no event."""
    try:
        said = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "", {}
    data = said.get("event_data") if isinstance(said, dict) else None
    return (str(said.get("event")), data) if isinstance(data, dict) else ("", {})


def _told(line: bytes) -> Iterator[str]:
    """The lines that one event prints; none for what is no event."""
    event, data = _opened(line)
    if event == "playbook_on_play_start":
        yield from _headed(f"PLAY [{data.get('play', '')}]")
    elif event == "playbook_on_task_start":
        yield from _headed(f"TASK [{data.get('task', '')}]")
    elif event == "playbook_on_stats":
        yield from _headed("PLAY RECAP")
        yield "  ".join(f"{word}={data.get(key, 0)}" for key, word in _COUNTS.items())
    elif event in _SAID:
        yield from _result(event, data)


def _headed(title: str) -> Iterator[str]:
    yield ""
    yield f"{title} ".ljust(_WIDE, "*")


def _result(event: str, data: Facts) -> Iterator[str]:
    found = data.get("res")
    result: Facts = found if isinstance(found, dict) else {}
    yield from _diffs(result)
    word = _SAID[event]
    if word == "ok" and result.get("changed") is True:
        word = "changed"
    line = f"{word}: [{data.get('host', '')}]"
    if event == "runner_on_unreachable":
        yield f"{line}: UNREACHABLE! => {_said(result)}"
    elif event == "runner_on_failed":
        yield f"{line}: FAILED! => {_said(result)}"
        if data.get("ignore_errors") is True:
            yield "...ignoring"
    elif event == "runner_item_on_failed":
        yield f"{line} => {_said(result)}"
    elif word == "ok" and data.get("task_action") in _SAYS and "msg" in result:
        yield f"{line} => {_said({'msg': result['msg']})}"
    else:
        yield line


def _said(result: Facts) -> str:
    return msgspec.json.encode({key: one for key, one in result.items() if key != "diff"}).decode()


def _diffs(result: Facts) -> Iterator[str]:
    """What would be, or was, changed, as `--diff` shows it."""
    diffs = result.get("diff")
    for diff in diffs if isinstance(diffs, list) else []:
        if not isinstance(diff, dict):
            continue
        if isinstance(diff.get("prepared"), str):
            yield from diff["prepared"].splitlines()
        before, after = (_text(diff.get(side)).splitlines() for side in _SIDES)
        if before != after and len(before) + len(after) <= _MOST_DIFF_LINES:
            was, will_be = (str(diff.get(f"{side}_header") or side) for side in _SIDES)
            yield from difflib.unified_diff(before, after, was, will_be, lineterm="")


def _text(value: object) -> str:
    """A text as it is; other values, as of file attributes, as JSON a field a line."""
    if value is None or isinstance(value, str):
        return value or ""
    return msgspec.json.format(msgspec.json.encode(value), indent=4).decode()
