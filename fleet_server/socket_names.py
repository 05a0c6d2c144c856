"""Unix sockets in folders that are too deep for an address of 107 bytes."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def short_name(path: Path) -> Iterator[str]:
    """A name of at most 107 bytes for a socket in a folder however deep; good within the block."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
