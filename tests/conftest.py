"""Hypothesis without a stop-watch, and tests named alike in every worker."""

import pytest
from hypothesis import settings

# A busy machine is no fault of the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

_LONGEST_NAME = 40


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Longer bytes name no test: what was packed just now differs from worker to worker."""
    return argname if isinstance(val, bytes) and len(val) > _LONGEST_NAME else None
