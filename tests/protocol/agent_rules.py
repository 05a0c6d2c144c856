"""The agent of the model: pure functions from disk or agent to disk or agent."""

from tests.protocol.states import (
    EVENTS,
    REPORTS,
    Ack,
    Agent,
    Book,
    Bug,
    Content,
    Declared,
    Disk,
    Mark,
    Message,
    Row,
    Sent,
    Status,
)

Bugs = frozenset[Bug]


def emit(disk: Disk, stream: int, content: Content) -> Disk:
    """Accept one record: it gets the next number of the current epoch."""
    return _put(disk, stream, _appended(disk.books[stream], content), (content,))


def marks(disk: Disk) -> tuple[Mark, ...]:
    """Every epoch that the outbox holds, and the current one of each stream."""
    found = []
    for stream in (REPORTS, EVENTS):
        book = disk.books[stream]
        for epoch, head in book.heads:
            held = [row.number for row in book.rows if row.epoch == epoch]
            if held or epoch == book.epoch:
                found.append(Mark(stream, epoch, head, min(held, default=head + 1)))
    return tuple(found)


def greet(agent: Agent, message_id: int) -> Agent:
    """A new connection, or `greet_first`: nothing that was sent before counts any more."""
    return agent._replace(is_open=False, greeting=message_id, flight=())


def choices(agent: Agent, most: int) -> list[tuple[int, int, tuple[tuple[int, Content], ...]]]:
    """What may be sent next: (stream, epoch, records); events oldest first, one message."""
    found = []
    events = _waiting(agent, EVENTS)
    if events and not any(sent.live and sent.stream == EVENTS for sent in agent.flight):
        found += _cuts(EVENTS, events, most, from_oldest=True)
    reports = _waiting(agent, REPORTS)
    if reports:
        found += _cuts(REPORTS, reports, most, from_oldest=True)
        found += _cuts(REPORTS, reports, most, from_oldest=False)
    return list(dict.fromkeys(found))


def compose(
    disk: Disk, message_id: int, stream: int, epoch: int, records: tuple[tuple[int, Content], ...]
) -> Message:
    """A message with its header, which says what is still kept."""
    held = [row.number for row in disk.books[stream].rows if row.epoch == epoch]
    return Message(message_id, (), stream, epoch, records, min(held))


def send(agent: Agent, message: Message, bugs: Bugs) -> Agent:
    """`message` is handed to the broker, which answers with a PUBACK."""
    numbers = tuple(number for number, _ in message.records)
    if Bug.FORGET_ON_PUBACK in bugs:
        return agent._replace(disk=_settled(agent.disk, message.stream, message.epoch, numbers))
    sent = Sent(message.id, message.stream, message.epoch, numbers)
    return agent._replace(flight=(*agent.flight, sent))


def hear(agent: Agent, ack: Ack, fresh_epoch: int, bugs: Bugs) -> Agent:
    """The agent after an answer; the same agent when the answer means nothing to it."""
    if ack.id == agent.greeting and agent.greeting:
        return _greeted(agent, ack, fresh_epoch, bugs)
    if Bug.ACK_BY_NUMBER in bugs and ack.settled and ack.about is not None:
        numbers = tuple(number for number, _ in ack.about.records)
        disk = _settled(agent.disk, ack.about.stream, ack.about.epoch, numbers)
        return agent._replace(disk=disk)
    sent = next((known for known in agent.flight if known.id == ack.id), None)
    if sent is None:
        return agent
    if ack.greet_first:
        return agent._replace(is_open=False) if Bug.OLD_IDS in bugs else greet(agent, 0)
    agent = agent._replace(flight=tuple(known for known in agent.flight if known.id != ack.id))
    disk = agent.disk
    if ack.forked and Bug.SAME_EPOCH not in bugs:
        disk = _renumbered(disk, sent, ack.forked, fresh_epoch, bugs)
    if ack.settled:
        disk = _settled(disk, sent.stream, sent.epoch, sent.numbers)
        if Bug.REFUSED_GONE in bugs:
            disk = _without(disk, sent.stream, sent.epoch, ack.refused)
    return agent._replace(disk=disk)


def time_out(agent: Agent) -> Agent:
    """Everything sent waits again; a late answer is still understood."""
    return agent._replace(flight=tuple(sent._replace(live=False) for sent in agent.flight))


def evict(disk: Disk, bugs: Bugs) -> Disk | None:
    """The outbox is full: the oldest report that was not settled is given up, and declared."""
    book = disk.books[REPORTS]
    row = next((row for row in book.rows if row.status is Status.WAITING), None)
    if row is None or not isinstance(row.content, str):
        return None
    disk = _without(disk, REPORTS, row.epoch, (row.number,))
    if Bug.SILENT_EVICTION in bugs:
        return disk
    return emit(disk, EVENTS, Declared(REPORTS, row.epoch, (row.number,), row.content))


def expire(disk: Disk, stream: int) -> Disk | None:
    """24 h later: the first kept record of a stream goes, if it is older than the last backup."""
    rows = disk.books[stream].rows
    if not rows or rows[0].status is not Status.OLD:
        return None
    return _without(disk, stream, rows[0].epoch, (rows[0].number,))


def aged(disk: Disk) -> Disk:
    """A backup of the server was made: what was settled before is in it."""
    books = tuple(
        book._replace(
            rows=tuple(
                row._replace(status=Status.OLD) if row.status is Status.KEPT else row
                for row in book.rows
            )
        )
        for book in disk.books
    )
    return disk._replace(books=(books[0], books[1]))


def _greeted(agent: Agent, ack: Ack, fresh_epoch: int, bugs: Bugs) -> Agent:
    disk = agent.disk
    for seen in ack.greeting or ():
        book = disk.books[seen.stream]
        rows = tuple(
            row._replace(status=Status.WAITING)
            if row.epoch == seen.epoch and row.number in seen.want
            else row
            for row in book.rows
        )
        book = book._replace(rows=rows)
        went_back = seen.epoch == book.epoch and seen.seen > dict(book.heads)[book.epoch]
        if went_back and seen.stream == REPORTS and Bug.SAME_EPOCH not in bugs:
            book = _opened(book, fresh_epoch)
        disk = _put(disk, seen.stream, book)
    return agent._replace(disk=disk, is_open=True, greeting=0)


def _renumbered(
    disk: Disk, sent: Sent, forked: tuple[int, ...], fresh_epoch: int, bugs: Bugs
) -> Disk:
    """Refused as forked: emitted again, events with all that follow them in their epoch."""
    book = disk.books[sent.stream]
    tail = sent.stream == EVENTS and Bug.MOVE_ONE not in bugs
    moved = [
        row
        for row in book.rows
        if row.epoch == sent.epoch
        and row.status is Status.WAITING
        and (row.number >= min(forked) if tail else row.number in forked)
    ]
    if not moved:
        return disk
    if book.epoch == sent.epoch:
        book = _opened(book, fresh_epoch)
    book = book._replace(rows=tuple(row for row in book.rows if row not in moved))
    for row in moved:
        book = _appended(book, row.content)
    disk = _put(disk, sent.stream, book)
    if Bug.UNDECLARED_MOVE in bugs:
        return disk
    numbers = tuple(row.number for row in moved)
    return emit(disk, EVENTS, Declared(sent.stream, sent.epoch, numbers, None))


def _waiting(agent: Agent, stream: int) -> list[Row]:
    in_flight = {
        (sent.epoch, number)
        for sent in agent.flight
        if sent.live and sent.stream == stream
        for number in sent.numbers
    }
    return [
        row
        for row in agent.disk.books[stream].rows
        if row.status is Status.WAITING and (row.epoch, row.number) not in in_flight
    ]


def _cuts(
    stream: int, rows: list[Row], most: int, from_oldest: bool
) -> list[tuple[int, int, tuple[tuple[int, Content], ...]]]:
    epoch = rows[0 if from_oldest else -1].epoch
    same = [row for row in rows if row.epoch == epoch]
    cuts = []
    for size in {1, min(most, len(same))}:
        chosen = same[:size] if from_oldest else same[-size:]
        cuts.append((stream, epoch, tuple((row.number, row.content) for row in chosen)))
    return cuts


def _settled(disk: Disk, stream: int, epoch: int, numbers: tuple[int, ...]) -> Disk:
    book = disk.books[stream]
    rows = tuple(
        row._replace(status=Status.KEPT)
        if row.epoch == epoch and row.number in numbers and row.status is Status.WAITING
        else row
        for row in book.rows
    )
    return _put(disk, stream, book._replace(rows=rows))


def _without(disk: Disk, stream: int, epoch: int, numbers: tuple[int, ...]) -> Disk:
    book = disk.books[stream]
    rows = tuple(row for row in book.rows if row.epoch != epoch or row.number not in numbers)
    return _put(disk, stream, book._replace(rows=rows))


def _opened(book: Book, fresh_epoch: int) -> Book:
    return book._replace(epoch=fresh_epoch, heads=(*book.heads, (fresh_epoch, 0)))


def _appended(book: Book, content: Content) -> Book:
    number = dict(book.heads)[book.epoch] + 1
    heads = tuple((epoch, number if epoch == book.epoch else head) for epoch, head in book.heads)
    row = Row(book.epoch, number, content, Status.WAITING)
    return book._replace(heads=heads, rows=(*book.rows, row))


def _put(disk: Disk, stream: int, book: Book, emitted: tuple[Content, ...] = ()) -> Disk:
    reports, events = disk.books
    books = (book, events) if stream == REPORTS else (reports, book)
    return Disk(books, disk.log + emitted)
