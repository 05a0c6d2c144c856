"""Where real recordings lie: beside the project, never in it."""

import os
from pathlib import Path

import pytest


def recordings(kind: str) -> Path:
    """The folder of that kind of recordings; skips the test where they are not at hand."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("COURTFLEET_SHARED_DATA", beside)) / kind
    if not folder.is_dir():
        pytest.skip(f"no recordings at {folder}; COURTFLEET_SHARED_DATA names another place")
    return folder
