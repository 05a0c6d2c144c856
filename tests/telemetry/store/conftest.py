"""A store in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from telemetry.store.duckdb_store import DuckDBStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckDBStore]:
    """An empty store, closed after the test."""
    opened = DuckDBStore(tmp_path / "store")
    yield opened
    opened.close()
