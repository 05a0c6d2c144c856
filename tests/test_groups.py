"""That the tests of one group run in one worker: each other would start its servers once more."""

import os

import pytest


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process runs all tests")
@pytest.mark.xdist_group("groups")
def test_a_test_carries_its_group_for_who_hands_out_the_tests(
    request: pytest.FixtureRequest,
) -> None:
    assert request.node.nodeid.endswith("@groups")
