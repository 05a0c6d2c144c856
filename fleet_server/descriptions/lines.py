"""On which line of a TOML file each field stands: tomllib reads values and forgets their places.

It is given what tomllib has accepted, so it needs to know where things end, not what they mean.
"""

import re
from collections.abc import Iterator
from typing import Final

from fleet_server.descriptions.model import Path

_BLANK: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY: Final = re.compile(r"""[ \t]*(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|([A-Za-z0-9_-]+))[ \t]*""")
_TEXT: Final = re.compile(
    r'''"""(?:[^\\]|\\.)*?"{3,5}|\'{3}.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''', re.DOTALL
)
_PLAIN: Final = re.compile(r"[^,\]}\n#]+")


def lines_of(text: str) -> dict[Path, int]:
    """The line, from 1, of every key, table and element of a list, by its path."""
    found: dict[Path, int] = {}
    for path, line in _Scan(text).places():
        for length in range(1, len(path) + 1):  # what a head or a dotted key opens on its way, too
            found.setdefault(path[:length], line)
    return found


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of what stands at `path`, or of what it should stand in."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


class _Scan:
    """One reading of a text from its beginning to its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._tables: dict[Path, int] = {}  # how many elements each list of tables has

    def places(self) -> Iterator[tuple[Path, int]]:
        table: Path = ()
        while self._skip_blank() < len(self._text):
            start = self._at
            if self._text.startswith("[[", start):
                table = self._head("[[", "]]", is_list=True)
                yield table, self._line(start)
            elif self._text[start] == "[":
                table = self._head("[", "]", is_list=False)
                yield table, self._line(start)
            else:
                yield from self._pair(table)

    def _head(self, opening: str, closing: str, *, is_list: bool) -> Path:
        """The path that `[a.b]` or `[[a.b]]` opens; of a list of tables a further element."""
        self._at += len(opening)
        *above, last = self._keys()
        self._at += len(closing)
        path: Path = ()
        for key in above:
            path = self._inside((*path, key))
        path = (*path, last)
        if is_list:
            self._tables[path] = self._tables.get(path, -1) + 1
        return self._inside(path)

    def _inside(self, path: Path) -> Path:
        return (*path, self._tables[path]) if path in self._tables else path

    def _pair(self, table: Path) -> Iterator[tuple[Path, int]]:
        line = self._line(self._skip_blank())
        path = (*table, *self._keys())
        yield path, line
        self._at += 1  # the equals sign
        yield from self._value(path)

    def _value(self, path: Path) -> Iterator[tuple[Path, int]]:
        start = self._skip_blank()
        if self._text[start] == "[":
            for place in self._elements("]"):
                yield (*path, place), self._line(self._at)
                yield from self._value((*path, place))
        elif self._text[start] == "{":
            for _ in self._elements("}"):
                yield from self._pair(path)
        else:
            found = _TEXT.match(self._text, start) or _PLAIN.match(self._text, start)
            self._at = found.end() if found else start + 1

    def _elements(self, closing: str) -> Iterator[int]:
        """Stops before each element, and behind the closing bracket."""
        self._at += 1
        place = 0
        while self._text[self._skip_blank()] != closing:
            yield place
            place += 1
            if self._text[self._skip_blank()] == ",":
                self._at += 1
        self._at += 1

    def _keys(self) -> list[str]:
        keys = []
        while (found := _KEY.match(self._text, self._at)) is not None:
            self._at = found.end()
            keys.append(found[found.lastindex or 0])
            if self._text[self._at] != ".":
                break
            self._at += 1
        return keys

    def _skip_blank(self) -> int:
        found = _BLANK.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at

    def _line(self, at: int) -> int:
        return self._text.count("\n", 0, at) + 1
