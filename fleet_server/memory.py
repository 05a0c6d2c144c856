"""How Python's collector works in a server that takes in thousands of reports a second."""

import atexit
import gc
import importlib
from types import ModuleType
from typing import Final

_YOUNG: Final = 100_000
_OLDER: Final = (20, 100)


def loaded(name: str) -> ModuleType:
    """A module by its name, imported without the collector.

    What is imported stays. To look through it over and over was a fifth of what a start costs.
    """
    gc.disable()
    try:
        return importlib.import_module(name)
    finally:
        gc.freeze()
        gc.unfreeze()  # after the other: all of it is old now, without having been looked at
        gc.enable()


def rest_collector() -> None:
    """Call before parts are built, which stay too; `calm_collector` lets it work again."""
    gc.disable()


def calm_collector() -> None:
    """Call once, when all parts are built.

    What a report is made of never forms a cycle, but some of it counts as a container: by default
    the collector looks through all that waits for its commit several times a second, which was a
    tenth of intake's CPU. What exists by now stays until the end and is never looked at again.
    """
    atexit.register(gc.unfreeze)  # else the interpreter's end finds DuckDB's types still in use
    gc.freeze()
    gc.set_threshold(_YOUNG, *_OLDER)
    gc.enable()
