"""What the crew did stands in the journal, with who and why, though the agent was killed."""

import signal

import httpx
import pytest

from edge_agent import identity
from edge_agent.enrolment import enrol
from simulators.rig import Rig
from tests.edge_agent.crew.people import ALL, hold
from tests.services.crew import CrewBrowser, crew_agent
from tests.services.edge_install import invite
from tests.services.waiting import PATIENCE_SECONDS, wait_for

pytestmark = pytest.mark.integration


def told(rig: Rig) -> list[str]:
    """The journal's sentences about the vehicle, oldest first, as the centre reads them."""
    with httpx.Client(
        transport=httpx.HTTPTransport(uds=str(rig.data / "server.sock")),
        base_url="http://courtfleet/api/v1",
        headers={"accept-language": "zh-CN"},
        timeout=PATIENCE_SECONDS,
    ) as client:
        rows = client.get("/journal", params={"subject": "asset:veh-201"}).json()["items"]
    return [row["sentence"] for row in reversed(rows)]


def test_an_override_is_in_the_journal_with_who_and_why(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("c")
    with Rig(folder / "r") as rig:
        enrol(invite(rig.data, "veh-201"), folder / "state" / "identity")
        machine = identity.load(folder / "state" / "identity").machine
        outbox = folder / "state" / "outbox.sqlite"
        hold(outbox, *ALL, asset="veh-201", machine=machine)
        with crew_agent(folder / "state") as first:
            browser = CrewBrowser(first.url)
            signed_in = browser.sign_in()
            began, _ = browser.act(act="begin", service="hearing")
            first.process.send_signal(signal.SIGKILL)
            first.process.wait()
        with crew_agent(folder / "state") as second:
            browser = CrewBrowser(second.url)
            browser.sign_in()
            broken, _ = browser.act(act="override", why="演示断电")
            wait_for(lambda: any("演示断电" in one for one in told(rig)))
            story = told(rig)

    assert (signed_in, began, broken) == (200, 200, 200)
    assert "庭审开始 (hearing)，锁由随车人员取得。" in story
    assert "庭审结束：强制解除 (p-judge: 演示断电)。" in story
