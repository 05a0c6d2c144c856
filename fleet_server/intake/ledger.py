"""Which record numbers of each asset have arrived, were declared dropped, are lost, are missing.

Kept in memory, built at start from the telemetry store and the state database. Not safe to share
between threads: `Intake` holds its lock around every call.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from fleet_server.intake.model import Balance
from telemetry.intervals import IntervalSet
from telemetry.wire.messages import Greeting, Header, Interval, Mark, Seen
from telemetry.words import Stream

MAX_WANTED: Final = 64
"""Intervals that one greeting asks for, an epoch; the next greeting asks for the rest."""

_EVENTS: Final = Stream.EVENTS.value  # looked up once: each time costs a tenth of a microsecond


class Track:
    """One epoch of one stream.

    `taken` are stored or set aside; of events they are all up to the highest but those that the
    agent no longer had. `told` is the head named last, `head` the highest ever named.
    """

    __slots__ = (
        "dropped",
        "head",
        "is_closed",
        "is_current",
        "is_greeted",
        "is_unsaved",
        "kept",
        "set_aside",
        "taken",
        "told",
    )

    def __init__(self) -> None:
        self.taken = IntervalSet()
        self.set_aside = 0
        self.dropped = IntervalSet()
        self.head = 0
        self.told = 0
        self.kept = 1
        self.is_current = False
        self.is_closed = False
        self.is_greeted = False
        self.is_unsaved = False

    def tell(self, mark: Mark) -> None:
        """Note a header's word."""
        self.told = head = mark.head
        self.kept = max(1, min(mark.kept, head + 1))
        if head > self.head:
            self.head = head
        self.is_unsaved = True

    def greet(self, mark: Mark, is_current: bool) -> None:
        self.tell(mark)
        self.is_current = is_current
        self.is_closed = False
        self.is_greeted = True

    def close(self) -> None:
        """The agent holds nothing of this epoch any more and will not count on in it."""
        if not self.is_closed:
            self.is_current = self.is_greeted = False
            self.is_closed = self.is_unsaved = True

    def wanted(self, mark: Mark, above: int) -> list[Interval]:
        """What the agent holds, by `mark`, and nobody has; only numbers above `above`."""
        low = max(mark.kept, above + 1)
        found = list(islice(self._accounted().gaps(low, mark.head), MAX_WANTED + 1))
        if len(found) > MAX_WANTED:
            del found[MAX_WANTED:]
            found[-1] = (found[-1][0], mark.head)
        return found

    def balance(self, asset: str, stream: Stream, epoch: str) -> Balance:
        accounted = self._accounted()
        head = max(self.head, accounted.highest())
        taken, known = self.taken.count(), accounted.count()
        lost = sum(self._lost_within(low, high) for low, high in accounted.gaps(1, head))
        return Balance(
            asset=asset,
            stream=str(stream),
            epoch=epoch,
            head=head,
            stored=taken - self.set_aside,
            set_aside=self.set_aside,
            dropped=known - taken,
            lost=lost,
            missing=head - known - lost,
            is_current=self.is_current,
            is_closed=self.is_closed,
        )

    def _lost_within(self, low: int, high: int) -> int:
        """How many of these numbers, none of them taken or dropped, can never arrive."""
        if self.is_closed:
            return high - low + 1
        below = max(0, min(high, self.kept - 1) - low + 1)
        above = max(0, high - max(low, self.told + 1) + 1)
        return below + above

    def _accounted(self) -> IntervalSet:
        """Taken or dropped; `taken` itself when nothing was dropped."""
        if not self.dropped:
            return self.taken
        accounted = IntervalSet(self.taken)
        for low, high in self.dropped:
            accounted.add(low, high)
        return accounted


class Book:
    """All epochs of one asset."""

    __slots__ = ("events", "reports")

    def __init__(self) -> None:
        self.reports: dict[str, Track] = {}
        self.events: dict[str, Track] = {}

    def of(self, stream: str) -> dict[str, Track]:
        """One stream's epochs. `stream` is one of `words.Stream`."""
        return self.events if stream == _EVENTS else self.reports

    def track(self, stream: str, epoch: str) -> Track:
        """The epoch's track, a new one when there is none."""
        tracks = self.of(stream)
        track = tracks.get(epoch)
        if track is None:
            track = tracks[epoch] = Track()
        return track

    def tracks(self) -> Iterator[tuple[Stream, str, Track]]:
        """Every epoch with its stream."""
        for stream in Stream:
            for epoch, track in self.of(stream).items():
                yield stream, epoch, track


class Ledger:
    """The books of all assets."""

    def __init__(self) -> None:
        self._books: dict[str, Book] = {}

    def book(self, asset: str) -> Book:
        """The asset's book, opened when there is none."""
        book = self._books.get(asset)
        if book is None:
            book = self._books[asset] = Book()
        return book

    def books(self) -> Iterator[tuple[str, Book]]:
        return iter(self._books.items())

    def is_greeted(self, asset: str, stream: str, epoch: str) -> bool:
        """Whether a greeting since the server started named this epoch."""
        book = self._books.get(asset)
        if book is None:
            return False
        track = book.of(stream).get(epoch)
        return track is not None and track.is_greeted

    def counts_on_in(self, asset: str, epochs: Collection[tuple[str, str, str]]) -> bool:
        """Whether a current epoch of the asset is one of these (asset, stream, epoch)."""
        book = self._books.get(asset)
        return book is not None and any(
            track.is_current and (asset, stream, epoch) in epochs
            for stream, epoch, track in book.tracks()
        )

    def tell(self, asset: str, header: Header) -> None:
        """Note where the header says its epochs stand; those that no greeting named are ignored."""
        book = self._books.get(asset)
        if book is None:
            return
        _tell(book.reports, header.reports)
        _tell(book.events, header.events)

    def greet(self, asset: str, header: Header) -> Greeting:
        """Take a greeting: epochs that it does not name are closed. The answer to it."""
        book = self.book(asset)
        answer = Greeting(
            [_seen(book, Stream.REPORTS, mark) for mark in header.reports],
            [_seen(book, Stream.EVENTS, mark) for mark in header.events],
        )
        _greet(book.reports, header.reports)
        _greet(book.events, header.events)
        return answer

    def close(self, asset: str) -> None:
        """Close every epoch of the asset, until a greeting names it again."""
        book = self._books.get(asset)
        if book is not None:
            for _, _, track in book.tracks():
                track.close()

    def drop(self, asset: str, stream: str, epoch: str, numbers: Sequence[Interval]) -> None:
        """Note records that the agent declared dropped."""
        dropped = self.book(asset).track(stream, epoch).dropped
        for low, high in numbers:
            dropped.add(low, high)

    def balance(self, asset: str) -> list[Balance]:
        """One entry a stream and epoch, the oldest known first."""
        book = self._books.get(asset)
        if book is None:
            return []
        return [track.balance(asset, stream, epoch) for stream, epoch, track in book.tracks()]


def _seen(book: Book, stream: Stream, mark: Mark) -> Seen:
    track = book.track(stream, mark.epoch)
    seen = track.taken.highest()
    # Events are taken in order only: what was passed over cannot come under its number any more.
    above = seen if stream is Stream.EVENTS else 0
    return Seen(mark.epoch, seen, track.wanted(mark, above))


def _tell(tracks: Mapping[str, Track], marks: Sequence[Mark]) -> None:
    for mark in marks:
        track = tracks.get(mark.epoch)
        if track is not None and (track.told != mark.head or track.kept != mark.kept):
            track.tell(mark)


def _greet(tracks: Mapping[str, Track], marks: Sequence[Mark]) -> None:
    named = {mark.epoch for mark in marks}
    for epoch, track in tracks.items():
        if epoch not in named:
            track.close()
    for index, mark in enumerate(marks, start=1):
        tracks[mark.epoch].greet(mark, is_current=index == len(marks))
