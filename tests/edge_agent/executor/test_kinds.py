"""What the orders that are no plays run."""

import pytest

from edge_agent.executor import kinds
from telemetry.wire.orders import MACHINE_ENDS, MODEM, Restart


def test_a_unit_is_restarted_by_systemd_and_the_modem_by_its_manager() -> None:
    unit, modem = kinds.restart(Restart("cups.service")), kinds.restart(Restart(device=MODEM))

    assert unit == ["systemctl", "restart", "cups.service"]
    assert modem == ["mmcli", "--modem", "any", "--reset"]


@pytest.mark.parametrize("unit", sorted(MACHINE_ENDS | kinds.OWN_UNITS))
def test_no_unit_is_restarted_that_would_end_who_restarts_it(unit: str) -> None:
    assert kinds.restart(Restart(unit)) is None


@pytest.mark.parametrize("unit", ["--now.service", "a.target", "a.service\n", "../a.service"])
def test_what_names_no_service_socket_or_timer_is_not_restarted(unit: str) -> None:
    assert kinds.restart(Restart(unit)) is None
