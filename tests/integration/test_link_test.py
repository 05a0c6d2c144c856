"""The link test through a proxy of known delay, jitter and loss measures what the proxy did."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import fmean
from typing import TypedDict

import httpx
import msgspec
import pytest
from pydantic import JsonValue

from edge_agent import children, enrolment, identity
from edge_agent.outbox import Outbox
from edge_agent.probes.link_burst import LinkBurstProbe
from edge_agent.probes.link_place import LinkPlace
from edge_agent.probes.link_test import PACKETS, LinkTestProbe, p95
from edge_agent.records import HeldDocument, Stamp, Work
from telemetry.wire.documents import Settings
from telemetry.wire.messages import Value
from telemetry.wire.profile import LinkTest, Profile
from tests.services.server import Server, server
from tests.services.udp_proxy import HOST, UdpProxy, Way, udp_proxy
from tests.services.waiting import PATIENCE_SECONDS, wait_for

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("link-test")]

ASSET = "veh-001"
COURT = "重庆市巴南区人民法院"
TRIES = 10
FINEST_SECONDS = 0.002
"""Below this the machine's own scheduling is measured, not the proxy."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("link") / "data") as started:
        yield started


@pytest.fixture(scope="module")
def folder(running: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The identity of an enrolled asset."""
    return enrolled(running, ASSET, tmp_path_factory.mktemp("asset"))


def enrolled(running: Server, asset: str, state: Path) -> Path:
    new: JsonValue = {"assets": [{"id": asset, "kind": "vehicle", "court": COURT}]}
    string = ask(running, "POST", "", new)["items"][0]["enrolment_string"]
    enrolment.enrol(string, state / "identity")
    return state / "identity"


class Said(TypedDict):
    """Of what the server answers about assets, what is looked at here."""

    items: list[dict[str, str]]
    live: dict[str, str] | None


def ask(running: Server, method: str, path: str, body: JsonValue = None) -> Said:
    """What the server answers."""
    transport = httpx.HTTPTransport(uds=running.ready.socket)
    with httpx.Client(
        transport=transport, base_url="http://server", timeout=PATIENCE_SECONDS
    ) as client:
        answer = client.request(method, f"/api/v1/assets{path}", json=body).raise_for_status()
        found: Said = answer.json()
        return found


def place(folder: Path, proxy: UdpProxy) -> LinkPlace:
    spec = LinkTest(host=HOST, port=proxy.port, every_seconds=0.001, burst_bytes=2_000_000)
    return LinkPlace(
        identity.load(folder).asset,
        HOST,
        lambda: Profile(link_test=spec),
        lambda: children.link_key(folder),
        lambda: 0.0,
    )


def measure(folder: Path, proxy: UdpProxy, times: int) -> list[dict[str, Value]]:
    probe = LinkTestProbe(place(folder, proxy))
    return [dict(reading.metrics) for _ in range(times) for reading in probe.read()]


def values(found: list[dict[str, Value]], key: str) -> list[float]:
    return [float(metrics[key]) for metrics in found if key in metrics]


def comes_to(is_so: Callable[[], bool]) -> bool:
    """Whether it is so at one of some tries: a busy machine adds its own delays to the proxy's."""
    return any(is_so() for _ in range(TRIES))


def is_in_time(*ways: Way) -> bool:
    """Whether the proxy was so punctual that no answer came too late to count."""
    late = 0.5
    return all(
        delay < way.delay_seconds + way.jitter_seconds + late
        for way in ways
        for delay in way.delays
    )


def test_delay_jitter_and_loss_are_those_of_the_proxy(running: Server, folder: Path) -> None:
    port = running.ready.link_test_port
    assert port is not None

    def is_measured() -> bool:
        up = Way(delay_seconds=0.08, jitter_seconds=0.03, lost_every=9)
        down = Way(delay_seconds=0.05, jitter_seconds=0.06, lost_every=13)
        with udp_proxy(port, up, down) as proxy:
            found = measure(folder, proxy, 5)

        sent = 5 * PACKETS
        assert up.taken == sent
        measured_up = fmean(values(found, "link_loss_up_percent")) / 100
        measured_down = fmean(values(found, "link_loss_down_percent")) / 100
        rtts = values(found, "link_rtt_seconds")
        assert min(rtts) >= 0.13
        return (
            is_in_time(up, down)
            # one packet of all that were sent, or 10 % of the share
            and measured_up == pytest.approx(up.lost / sent, rel=0.1, abs=1 / sent)
            and measured_down == pytest.approx(down.lost / down.taken, rel=0.1, abs=1 / sent)
            and max(rtts) <= max(up.delays) + max(down.delays) + FINEST_SECONDS
        )

    assert comes_to(is_measured)


@pytest.mark.parametrize("direction", ["up", "down"])
def test_jitter_is_that_of_its_direction(running: Server, folder: Path, direction: str) -> None:
    still, shaky = Way(delay_seconds=0.02), Way(delay_seconds=0.02, jitter_seconds=0.05)
    port = running.ready.link_test_port
    assert port is not None
    ways = (shaky, still) if direction == "up" else (still, shaky)
    with udp_proxy(port, *ways) as proxy:
        probe = LinkTestProbe(place(folder, proxy))

        def is_measured() -> bool:
            shaky.forget()
            still.forget()
            (reading,) = probe.read()
            close = [
                reading.metrics.get(f"link_jitter_{name}_seconds")
                == pytest.approx(p95(way.delays) - min(way.delays), rel=0.1, abs=FINEST_SECONDS)
                for name, way in zip(("up", "down"), ways, strict=True)
            ]
            both = fmean(ways[0].delays) + fmean(ways[1].delays)
            rtt = reading.metrics.get("link_rtt_seconds")
            return all(close) and rtt == pytest.approx(both, abs=shaky.jitter_seconds)

        assert all(comes_to(is_measured) for _ in range(3))


def test_round_trip_is_that_of_the_proxy(running: Server, folder: Path) -> None:
    port = running.ready.link_test_port
    assert port is not None

    def is_measured() -> bool:
        up, down = Way(delay_seconds=0.11), Way(delay_seconds=0.07)
        with udp_proxy(port, up, down) as proxy:
            (found,) = measure(folder, proxy, 1)
        if not is_in_time(up, down):
            return False
        did = [one + other for one, other in zip(up.delays, down.delays, strict=True)]
        assert found["link_loss_up_percent"] == found["link_loss_down_percent"] == 0.0
        return found["link_rtt_seconds"] == pytest.approx(p95(did), rel=0.1)

    assert comes_to(is_measured)


def test_an_outage_is_a_loss_of_all(running: Server, folder: Path) -> None:
    with udp_proxy(running.ready.link_test_port or 0, Way(lost_every=1), Way()) as proxy:
        (found,) = measure(folder, proxy, 1)

        assert found == {"link_loss_up_percent": 100.0, "link_loss_down_percent": 100.0}


def test_a_burst_measures_the_uplink(running: Server, folder: Path) -> None:
    def is_measured() -> bool:
        up = Way(delay_seconds=0.03, bits_per_second=6e6)
        with udp_proxy(running.ready.link_test_port or 0, up, Way()) as proxy:
            (reading,) = LinkBurstProbe(place(folder, proxy)).read()
        assert up.taken * 1228 <= 2_000_000 + 30 * 1228
        measured = reading.metrics.get("link_uplink_bits_per_second")
        return measured == pytest.approx(6e6, rel=0.1)

    assert comes_to(is_measured)


def test_an_agent_whose_profile_asks_for_it_tells_the_centre_its_class(
    running: Server, tmp_path: Path
) -> None:
    me = identity.load(enrolled(running, "veh-002", tmp_path))
    profile = Profile(link_test=LinkTest(HOST, running.ready.link_test_port or 0))
    settings = Settings(report_standing_seconds=1, message_seconds=1)
    outbox = Outbox(tmp_path / "outbox.sqlite", machine=me.machine, asset=me.asset)
    held = [
        HeldDocument(name, 1, msgspec.json.encode(content))
        for name, content in (("profile", profile), ("settings", settings))
    ]
    outbox.commit(Work(held=held), Stamp("boot", 0))
    outbox.close()
    config = tmp_path / "agent.toml"
    config.write_text(f'state_folder = "{tmp_path}"\n[probes]\nposition = false\nmodem = false\n')
    command = [sys.executable, "-m", "courtfleet", "agent", "run", "--config", str(config)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as agent:
        try:
            wait_for(lambda: "A" in class_at_the_centre(running, "veh-002"))
            said = class_at_the_centre(running, "veh-002")
        finally:
            agent.terminate()

    assert said == "A?"  # the uplink is not known: it has not arrived anywhere


def class_at_the_centre(running: Server, asset: str) -> str:
    live = ask(running, "GET", f"/{asset}")["live"]
    return "" if live is None else live["link_class"]


def test_a_retired_asset_is_not_answered(running: Server, folder: Path) -> None:
    with udp_proxy(running.ready.link_test_port or 0, Way(), Way()) as proxy:
        assert comes_to(lambda: measure(folder, proxy, 1)[0]["link_loss_down_percent"] == 0.0)
        ask(running, "POST", f"/{ASSET}/retire", {"confirm": ASSET})
        (after,) = measure(folder, proxy, 1)

        assert after["link_loss_down_percent"] == 100.0
