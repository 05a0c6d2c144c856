from pathlib import Path

from edge_agent.probes.computer import ComputerProbe
from telemetry.metrics import COMPUTER


def test_this_machine_can_be_read(tmp_path: Path) -> None:
    probe = ComputerProbe(tmp_path)

    (first,), (second,) = list(probe.read()), list(probe.read())

    always = {"memory_used_percent", "disk_free_bytes", "processes", "agent_rss_bytes"}
    assert always <= first.metrics.keys() <= {metric.key for metric in COMPUTER}
    assert first.metrics["processes"] != 0
    assert "cpu_used_percent" not in first.metrics  # there is nothing yet to compare with
    assert "cpu_used_percent" in second.metrics
