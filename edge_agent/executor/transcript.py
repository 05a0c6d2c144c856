"""All that an order gives out; of what is too long the middle is left out."""

from collections import deque
from pathlib import Path
from typing import Final

HEAD_BYTES: Final = 1 << 20
TAIL_BYTES: Final = 1 << 20


class Transcript:
    """Lines in order. The head is a file, so that of a play that a power cut ended it is known."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._head_bytes = file.stat().st_size if file.exists() else 0
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0
        self.is_cut = False

    def add(self, line: bytes) -> None:
        """One more line, line feed included."""
        if not self._tail and self._head_bytes + len(line) <= HEAD_BYTES:
            with self._file.open("ab") as file:
                file.write(line)
            self._head_bytes += len(line)
            return
        self._tail.append(line)
        self._tail_bytes += len(line)
        while self._tail_bytes > TAIL_BYTES:
            self._tail_bytes -= len(self._tail.popleft())
            self.is_cut = True

    def content(self) -> bytes:
        """All of it."""
        head = self._file.read_bytes() if self._file.exists() else b""
        return head + b"".join(self._tail)
