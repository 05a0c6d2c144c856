"""The server of the model: pure functions on its files, each one transaction."""

from typing import NamedTuple

from tests.protocol.agent_rules import Bugs
from tests.protocol.states import EVENTS, Ack, Bug, Content, Declared, Files, Mark, Message, Seen


class Outcome(NamedTuple):
    """The files after a message, and its answer (None: none)."""

    files: Files
    ack: Ack | None


def is_unreadable(content: Content) -> bool:
    """Whether the server will have to set this content aside."""
    return isinstance(content, str) and content.endswith("?")


def greeted(files: Files, message: Message) -> Outcome:
    """The answer to a greeting."""
    answers = []
    for mark in message.marks:
        files = _told(files, mark)
        numbers = {n for s, e, n, _ in files.taken if (s, e) == (mark.stream, mark.epoch)}
        given_up = {n for s, e, n in files.dropped if (s, e) == (mark.stream, mark.epoch)}
        seen = max(numbers, default=0)
        if mark.stream == EVENTS:
            seen = dict(files.positions).get(mark.epoch, 0)
        span = range(max(mark.kept, 1), mark.head + 1)
        if mark.stream == EVENTS:
            span = range(max(mark.kept, seen + 1), mark.head + 1)
        want = frozenset(span) - numbers - given_up
        answers.append(Seen(mark.stream, mark.epoch, seen, want))
    return Outcome(files, Ack(message.id, greeting=tuple(answers)))


def commit(files: Files, message: Message, bugs: Bugs) -> Outcome:
    """One transaction: rows and ledger, or effect and position; then the answer."""
    if message.stream == EVENTS:
        return _apply_events(files, message, bugs)
    return _store_reports(files, message, bugs)


def data_only(files: Files, after: Files) -> Files:
    """The first half of a commit that is (wrongly) made in two transactions."""
    return after._replace(taken=files.taken, positions=files.positions)


def ledger_only(files: Files, after: Files) -> Files:
    """The second half: what `after` took, without its rows."""
    return files._replace(taken=files.taken | after.taken, positions=after.positions)


def _told(files: Files, mark: Mark) -> Files:
    others = tuple(h for h in files.heads if h[:2] != (mark.stream, mark.epoch))
    before = max((h[2] for h in files.heads if h[:2] == (mark.stream, mark.epoch)), default=0)
    told = (mark.stream, mark.epoch, max(before, mark.head))
    return files._replace(heads=tuple(sorted((*others, told))))


def _store_reports(files: Files, message: Message, bugs: Bugs) -> Outcome:
    forked, refused = [], []
    for number, content in message.records:
        have = _taken(files, message, number)
        if have is None:
            if is_unreadable(content):
                refused.append(number)
            files = _kept(files, message, number, content)
        elif have != content and Bug.NO_CRC not in bugs:
            forked.append(number)
    return Outcome(files, _answer(message, forked, refused))


def _apply_events(files: Files, message: Message, bugs: Bugs) -> Outcome:
    forked, refused = [], []
    for number, content in message.records:
        position = dict(files.positions).get(message.epoch, 0)
        have = _taken(files, message, number)
        trusting = Bug.NO_CRC in bugs or Bug.BLIND_REPEAT in bugs
        if number <= position or have is not None:
            if have != content and not trusting:
                forked.append(number)
                if Bug.GO_ON_AFTER_FORK not in bugs:
                    break
        elif number == position + 1 or number <= _passable(message, bugs):
            if is_unreadable(content):
                refused.append(number)
            files = _moved_on(_kept(files, message, number, content), message.epoch, number)
        else:
            return Outcome(files, None)
    return Outcome(files, _answer(message, forked, refused))


def _passable(message: Message, bugs: Bugs) -> int:
    """Up to where a number may be applied although others before it never came."""
    if Bug.OUT_OF_ORDER in bugs:
        return max(number for number, _ in message.records)
    return 0 if Bug.STUCK in bugs else message.kept


def _answer(message: Message, forked: list[int], refused: list[int]) -> Ack:
    return Ack(message.id, not forked, tuple(forked), tuple(refused), about=message)


def _taken(files: Files, message: Message, number: int) -> Content | None:
    key = (message.stream, message.epoch, number)
    return next((taken[3] for taken in files.taken if taken[:3] == key), None)


def _kept(files: Files, message: Message, number: int, content: Content) -> Files:
    key = (message.stream, message.epoch, number)
    taken = files.taken | {(*key, content)}
    if is_unreadable(content):
        return files._replace(taken=taken, aside=files.aside | {key})
    dropped = files.dropped
    if isinstance(content, Declared):
        dropped |= {(content.stream, content.epoch, given_up) for given_up in content.numbers}
    return files._replace(rows=(*files.rows, (*key, content)), taken=taken, dropped=dropped)


def _moved_on(files: Files, epoch: int, position: int) -> Files:
    positions = dict(files.positions)
    positions[epoch] = max(position, positions.get(epoch, 0))
    return files._replace(positions=tuple(sorted(positions.items())))
