import socket
import struct
from pathlib import Path

from edge_agent.probes.network import NetworkProbe, connection_metrics

NET_DEV = "".join(
    f"{name}: 1 0 0 0 0 0 0 0 2 0 0 0 0 0 0 0\n" for name in ("eth0", "wwan0", "wlan0")
)


def write_interface(folder: Path, name: str, operstate: str, flags: str) -> None:
    (folder / name).mkdir()
    (folder / name / "operstate").write_text(operstate + "\n")
    (folder / name / "flags").write_text(flags + "\n")


def test_an_interface_is_up_when_the_kernel_says_so(tmp_path: Path) -> None:
    (tmp_path / "dev").write_text(NET_DEV)
    write_interface(tmp_path, "eth0", "down", "0x1003")
    write_interface(tmp_path, "wwan0", "unknown", "0x1091")
    probe = NetworkProbe(lambda: None, tmp_path / "dev", tmp_path)

    (reading,) = probe.read()

    assert {name: values.get("interface_up") for name, values in reading.devices.items()} == {
        "eth0": False,
        "wwan0": True,
        "wlan0": None,  # unplugged a moment ago
    }
    assert reading.metrics == {}


def test_tcp_info_holds_round_trip_and_retransmissions() -> None:
    numbers = [0] * 24
    numbers[15], numbers[16], numbers[23] = 48_250, 11_000, 7
    info = bytes(8) + struct.pack("=24I", *numbers) + bytes(52) + struct.pack("=I", 9) + bytes(96)

    assert connection_metrics(info) == {
        "tcp_rtt_seconds": 0.04825,
        "tcp_rtt_variance_seconds": 0.011,
        "tcp_retransmits": 7,
        "tcp_segments": 9,
    }
    assert "tcp_segments" not in connection_metrics(info[:104])  # of an older kernel
    assert connection_metrics(info[:100]) == {}
    assert connection_metrics(None) == {}


def test_a_real_socket_has_a_round_trip() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        info = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)

    assert 0 < float(connection_metrics(info)["tcp_rtt_seconds"]) < 1
