"""Every field of a TOML file is found on its line, however the file is written."""

import tomllib
from pathlib import Path as FilePath

import pytest

from fleet_server.descriptions import reading
from fleet_server.descriptions.lines import line_of, lines_of
from fleet_server.descriptions.model import Path

TEXT = '''\
# a comment = "with [brackets]"
title = "one # no comment"
'quoted key' = """
[[not.a.table]]
x = 1
\\""" still the text"""
a.b."c.d" = 5

[table] # behind a head
list = [ 1, [2, 3],
  "four, ]", # five
  { six = 6, seven = ['}', 8] },
]
plain = 2026-01-01T08:00:00+08:00
[[rows]]
name = "first"
  [[rows.needs]]
  kinds = ["a",
           "b"]
  [rows.inner]
  deep = true
[[rows]]

name = \'\'\'
second\'\'\'
[[rows.needs]]
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("quoted key",), 3),
        (("a", "b", "c.d"), 7),
        (("table",), 9),
        (("table", "list", 1, 1), 10),
        (("table", "list", 2), 11),
        (("table", "list", 3, "six"), 12),
        (("table", "list", 3, "seven", 1), 12),
        (("table", "plain"), 14),
        (("rows", 0), 15),
        (("rows", 0, "name"), 16),
        (("rows", 0, "needs", 0), 17),
        (("rows", 0, "needs", 0, "kinds", 0), 18),
        (("rows", 0, "needs", 0, "kinds", 1), 19),
        (("rows", 0, "inner", "deep"), 21),
        (("rows", 1, "name"), 24),
        (("rows", 1, "needs", 0), 26),
        (("rows", 1, "needs", 0, "missing"), 26),
        (("nowhere",), 1),
    ],
)
def test_a_field_is_found_on_its_line(path: Path, line: int) -> None:
    assert line_of(lines_of(TEXT), path) == line


def _paths(data: object, path: Path = ()) -> set[Path]:
    found = {path} if path else set()
    if isinstance(data, dict):
        return found.union(*(_paths(value, (*path, name)) for name, value in data.items()))
    if isinstance(data, list):
        return found.union(*(_paths(value, (*path, i)) for i, value in enumerate(data)))
    return found


@pytest.mark.parametrize("file", [reading.CATALOGUE_FILE, *reading.PROFILE_FILES.values()])
def test_nothing_in_a_file_is_without_a_line(file: FilePath) -> None:
    text = file.read_text(encoding="utf-8")

    assert set(lines_of(text)) == _paths(tomllib.loads(text))
