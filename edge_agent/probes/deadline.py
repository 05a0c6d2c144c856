"""One question's time, shared by all the steps that it takes; and many questions side by side."""

from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import TypeVar

_T = TypeVar("_T")


class Deadline:
    """Ends after so many seconds."""

    def __init__(self, seconds: float, up: Callable[[], float] = monotonic) -> None:
        self._up = up
        self._began = up()
        self._until = self._began + seconds

    def left(self) -> float:
        """Seconds left, more than 0: fit for a socket's timeout.

        Raises:
            TimeoutError: it is over.
        """
        left = self._until - self._up()
        if left <= 0:
            raise TimeoutError("no answer in time")
        return left

    def at_most(self, seconds: float) -> "Deadline":
        """A part of it, from now on.

        Raises:
            TimeoutError: it is over.
        """
        return Deadline(min(seconds, self.left()), self._up)

    def spent(self) -> float:
        """Seconds since it began."""
        return self._up() - self._began


def side_by_side(questions: Mapping[str, Callable[[], _T]], at_once: int) -> dict[str, _T]:
    """The answer to each, asked by at most so many threads; each question keeps its own deadline.

    Raises:
        Exception: what a question raised; then it has no answer, and neither have the others.
    """
    waiting: SimpleQueue[tuple[str, Callable[[], _T]]] = SimpleQueue()
    for item in questions.items():
        waiting.put(item)
    answers: dict[str, _T] = {}
    failures: list[Exception] = []

    def work() -> None:
        while not failures:
            try:
                name, question = waiting.get_nowait()
            except Empty:
                return
            try:
                answers[name] = question()
            except Exception as error:  # raised again by whoever asked
                failures.append(error)

    threads = [Thread(target=work, daemon=True) for _ in range(min(at_once, len(questions)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return answers
