"""What several files of real programs share, so that it is started once."""

from collections.abc import Iterator

import pytest

from tests.services.uplink import Uplink, uplink


@pytest.fixture(scope="session")
def vehicle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Uplink]:
    """A machine that can be switched off and on; for tests of the group `nspawn`."""
    with uplink(tmp_path_factory.mktemp("uplink"), "veh-001") as found:
        yield found
