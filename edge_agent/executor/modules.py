"""The interpreter of a play's modules: Python, which takes Ansible's part of them compiled.

    python -I -m edge_agent.executor.modules [FILE]

A module is a program, of a file or of standard input, with the part of Ansible that it needs packed
inside as source, for a machine that has none of it. An asset has Ansible, and compiled: what is
packed is taken from there wherever it is the same to the byte, which saves a third of the CPU.
"""

import runpy
import shlex
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Final
from zipimport import zipimporter

_SHARED: Final = "ansible.module_utils."
"""Not the modules themselves, nor the packages around both: those are made for each program."""


class CompiledFinder(MetaPathFinder):
    """Finds the installed file in the place of the same packed one; `installed`: its root."""

    def __init__(self, installed: Path) -> None:
        self._installed = installed

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(_SHARED):
            return None
        packed = PathFinder.find_spec(fullname, path, target)
        if packed is None or packed.origin is None:
            return packed
        archive: object = packed.loader  # which is more than its type says
        if not isinstance(archive, zipimporter):
            return packed
        here = self._installed / Path(packed.origin).relative_to(archive.archive)
        try:
            is_same = here.read_bytes() == archive.get_data(packed.origin)
        except OSError:
            is_same = False
        if not is_same:
            return packed
        within = packed.submodule_search_locations
        return spec_from_file_location(fullname, here, submodule_search_locations=within)


def write_interpreter(folder: Path, python: str) -> Path:
    """A program there that is this interpreter: Ansible wants a file, without arguments."""
    program = folder / "modules-python"
    own = f"{shlex.quote(python)} -I -m {__name__}"
    program.write_text(f'#!/bin/sh\nexec {own} "$@"\n')
    program.chmod(0o700)
    return program


def main(argv: list[str]) -> None:
    """Run the program as this interpreter's own."""
    ansible = find_spec("ansible")
    if ansible is not None and ansible.origin is not None:
        sys.meta_path.insert(0, CompiledFinder(Path(ansible.origin).parents[1]))
    sys.argv[:] = argv or ["-"]
    if argv:
        runpy.run_path(argv[0], run_name="__main__")
    else:
        program = compile(sys.stdin.buffer.read(), "<stdin>", "exec")
        exec(program, {"__name__": "__main__"})  # noqa: S102 -- an interpreter's one task


if __name__ == "__main__":
    main(sys.argv[1:])
