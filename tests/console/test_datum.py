"""Maps in GCJ-02: what lies over them is moved for display, what is chosen on them is WGS-84."""

import json
import re
import subprocess
import time
from pathlib import Path

from playwright.sync_api import Locator, Page, Route, expect

from fleet_server.basemap.rules import Position, distance_metres, to_gcj02
from tests.console.conftest import Visit
from tests.console.living import LivingServer
from tests.console.looking import LAPTOP, PATIENCE_MILLISECONDS, Look
from tests.console.tiles import SpottedMap, spot_on

CONSOLE = Path(__file__).parents[2] / "fleet_server" / "console"
LANDMARK = Position(106.576912, 29.557983)
NEAR_LANDMARK = {"longitude_degrees": 106.5765, "latitude_degrees": 29.5582}
STREETS = {
    "id": "streets",
    "name_en": "Streets",
    "name_zh": "街道图",
    "kind": "raster",
    "url": "/street-tiles/{z}/{x}/{y}",
    "overlay_url": None,
    "datum": "gcj02",
    "attribution": "Streets",
    "min_zoom": 1,
    "max_zoom": 18,
}
SPOTTED = SpottedMap(*to_gcj02(*LANDMARK))


def offer_streets(page: Page) -> None:
    """A street map in GCJ-02 among the server's maps, with a spot at the landmark."""

    def answer(route: Route) -> None:
        said = route.fetch().json()
        route.fulfill(json=said | {"sources": [*said["sources"], STREETS]})

    def draw(route: Route) -> None:
        zoom, column, row = map(int, route.request.url.rsplit("/", 3)[1:])
        route.fulfill(body=SPOTTED.tile(zoom, column, row), content_type="image/png")

    page.route("**/api/v1/console", answer)
    page.route("**/street-tiles/**", draw)


def wait_for_spot(page: Page, shown: Locator) -> tuple[float, float]:
    """Its middle, once it stands still: while the map moves, tiles of another scale lie."""
    until = time.monotonic() + PATIENCE_MILLISECONDS / 1000
    before = None
    while True:
        spot = spot_on(page, shown)
        if spot is not None and spot == before:
            return spot
        assert time.monotonic() < until, "the spot is not on the map"
        before = spot
        page.wait_for_timeout(250)


def test_a_click_on_a_gcj02_map_stores_wgs84(visit: Visit, server: LivingServer) -> None:
    asset = server.members[0].asset
    with server.asked_as_admin() as api:
        api.patch(f"/assets/{asset}", json={"home": NEAR_LANDMARK}).raise_for_status()
    page = visit("about:blank", Look("en", "light", LAPTOP), draws=True)
    offer_streets(page)
    page.goto(f"/assets/{asset}")
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Edit").click()
    form = page.get_by_role("dialog")
    shown = form.get_by_test_id("map")
    expect(shown).to_have_attribute("data-ready", "1")
    form.get_by_role("combobox", name="Base map").click()
    page.get_by_role("option", name="Streets").click()
    for _ in range(3):
        form.get_by_role("button", name="Zoom in").click()

    spot = wait_for_spot(page, shown)
    box = shown.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + spot[0], box["y"] + spot[1])
    longitude = form.get_by_role("textbox", name="Longitude")
    expect(longitude).not_to_have_value(str(NEAR_LANDMARK["longitude_degrees"]))
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)

    with server.asked_as_admin() as api:
        home = api.get(f"/assets/{asset}").json()["home"]
    stored = Position(home["longitude_degrees"], home["latitude_degrees"])
    assert distance_metres(stored, LANDMARK) < 1.0


def test_what_lies_over_a_gcj02_map_is_moved_with_it(visit: Visit, server: LivingServer) -> None:
    asset = server.members[0].asset
    home = {"longitude_degrees": LANDMARK.longitude, "latitude_degrees": LANDMARK.latitude}
    with server.asked_as_admin() as api:
        api.patch(f"/assets/{asset}", json={"home": home}).raise_for_status()
    page = visit("about:blank", Look("en", "light", LAPTOP), draws=True)
    offer_streets(page)

    page.goto(f"/?base=streets&hide=assets&map={LANDMARK.longitude},{LANDMARK.latitude},17")

    shown = page.get_by_test_id("map")
    expect(shown).to_have_attribute("data-ready", "1")
    expect(page.get_by_text(re.compile("This base map is in GCJ-02"))).to_be_visible()
    spot, box = wait_for_spot(page, shown), shown.bounding_box()
    assert box is not None
    # The stored place is looked at, so the spot of the same place lies in the middle.
    assert abs(spot[0] - box["width"] / 2) < 2
    assert abs(spot[1] - box["height"] / 2) < 2


def test_20000_places_come_home_within_20_centimetres() -> None:
    script = Path(__file__).with_name("datum_round_trip.mjs")

    # Given as text, because a script finds packages beside itself, and these are the console's.
    ran = subprocess.run(
        ["node", "--input-type=module", "--eval", script.read_text()],
        cwd=CONSOLE,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found["error"] < 0.2
    assert found["shift"] > 100
    server_says = to_gcj02(106.57, 29.56)
    assert distance_metres(Position(found["longitude"], found["latitude"]), server_says) < 0.01
