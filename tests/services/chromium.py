"""Debian's Chromium for tests: the shell without windows, started as lightly as a page allows."""

import shutil
from typing import Final

_QUIET: Final = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No name or address leads anywhere but here; a page that calls itself hides behind a *.local.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE *.local",
)
DRAWING: Final = (
    *_QUIET,
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # Only the map pays for a graphics card in software; the page around it is put together without.
    "--disable-gpu-compositing",
    "--disable-gpu-rasterization",
)
"""With WebGL."""

PLAIN: Final = (*_QUIET, "--disable-gpu", "--disable-3d-apis")
"""Without: the console shows its schematic map."""


def program() -> str:
    """Its path. Chromium itself would draw a window with a browser's controls for each page."""
    found = shutil.which("chromium-headless-shell")
    assert found, "chromium-headless-shell is not installed: tools/setup test"
    return found
