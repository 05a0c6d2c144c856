"""A real machine that is told to restart, by a server, while its crew holds court."""

import json
from typing import Any

import pytest

from tests.services.uplink import LONGEST_SECONDS, Uplink
from tests.services.waiting import wait_for

pytestmark = [
    pytest.mark.root,
    pytest.mark.integration,
    pytest.mark.timeout(1800),
    pytest.mark.xdist_group("nspawn"),
]

JUDGE = {"id": "p-judge", "name": "王法官", "seats": ["judge"], "pin": "246802"}
PAGE = "http://127.0.0.1:8780"
ACT = f"""
import json, sys, urllib.request
headers = {{"Origin": "{PAGE}", "Content-Type": "application/json"}}
def post(path, body):
    asked = urllib.request.Request("{PAGE}" + path, body.encode(), headers)
    return urllib.request.urlopen(asked, timeout=60)
with post("/api/sign-in", sys.argv[1]) as answer:
    headers["Cookie"] = answer.headers["Set-Cookie"].partition(";")[0]
    headers["X-Courtfleet-Token"] = json.load(answer)["token"]
post("/api/act", sys.argv[2]).close()
"""
LOOK = f"""
import urllib.request
print(urllib.request.urlopen("{PAGE}/api/view", timeout=60).read().decode())
"""


def inside(vehicle: Uplink, *words: str) -> str:
    """What our Python says on the machine; it may be too busy to say anything."""
    return vehicle.machine.run("/opt/courtfleet/bin/python3", "-c", *words, check=False)


def act(vehicle: Uplink, *, begins: bool) -> None:
    """The judge begins a sitting on the machine's crew page, or ends it.

    The machine may be gone before it can say that it is over.
    """
    signs_in = json.dumps({"who": JUDGE["id"], "pin": JUDGE["pin"]})
    what = json.dumps({"act": "begin" if begins else "end"})

    def has_done_it() -> bool:
        inside(vehicle, ACT, signs_in, what)
        return vehicle.machine.is_down or in_sitting(vehicle) is begins

    wait_for(has_done_it, LONGEST_SECONDS)


def in_sitting(vehicle: Uplink) -> bool | None:
    """None: the page does not answer."""
    try:
        return json.loads(inside(vehicle, LOOK))["view"]["sitting"] is not None
    except ValueError:
        return None


def put_people(vehicle: Uplink) -> None:
    """Those who may act there, and wait until the machine knows them."""
    path = f"/assets/{vehicle.name}/documents/people"
    answer = vehicle.made.api.put(path, json={"content": {"people": [JUDGE]}})
    assert answer.status_code == 200, answer.text
    wait_for(lambda: str(JUDGE["id"]) in inside(vehicle, LOOK), LONGEST_SECONDS)


def boot(vehicle: Uplink) -> str:
    return vehicle.machine.run("cat", "/proc/sys/kernel/random/boot_id")


def steps(order: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(one["state"], one["code"], one["attempt"]) for one in order["steps"]]


def test_a_machine_restarts_once_when_its_sitting_is_over_and_says_so_when_it_is_back(
    vehicle: Uplink,
) -> None:
    api = vehicle.made.api
    put_people(vehicle)
    act(vehicle, begins=True)
    task = {"kind": "restart", "device": "machine"}
    placed = api.post(f"/assets/{vehicle.name}/orders", json={"task": task})
    order = placed.json()["id"]
    wait_for(lambda: api.get(f"/orders/{order}").json()["state"] == "deferred", LONGEST_SECONDS)
    before, waiting = boot(vehicle), api.get(f"/orders/{order}").json()
    act(vehicle, begins=False)
    vehicle.come_back()
    after = boot(vehicle)
    done = vehicle.made.ended(order)
    wait_for(vehicle.is_online, LONGEST_SECONDS)
    act(vehicle, begins=True)  # the maintenance lock was given back
    act(vehicle, begins=False)

    assert waiting["code"] == "in_sitting"
    assert steps(done) == [
        ("queued", "", 0),
        ("sent", "", 0),
        ("accepted", "", 0),
        ("deferred", "in_sitting", 0),
        ("running", "", 1),
        ("succeeded", "", 1),
    ]
    assert after not in {"", before}
    assert boot(vehicle) == after
