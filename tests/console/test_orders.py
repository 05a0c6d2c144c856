"""Orders of an asset in a real browser: placed, followed, taken back, and read."""

from playwright.sync_api import Page, expect

from tests.console.conftest import Visit
from tests.console.living import LivingServer
from tests.console.looking import Look, shoot, violations

ENGLISH = Look("en", "light")


def choose(page: Page, what: str) -> None:
    page.get_by_role("button", name="New order").click()
    page.get_by_role("menuitem", name=what).click()


def test_an_order_is_placed_with_its_meaning_said_and_taken_back(
    visit: Visit, server: LivingServer
) -> None:
    page = visit("/assets/sta-008?tab=orders", ENGLISH)
    expect(page.get_by_text("No orders yet")).to_be_visible()
    choose(page, "Collect a diagnosis")
    asking = page.get_by_role("dialog")
    expect(asking).to_contain_text("without anything said or shown in court")
    asking.get_by_label("Reason").fill("printer silent")
    asking.get_by_role("button", name="Place order").click()
    shown = page.get_by_role("dialog", name="diagnosis")
    expect(shown).to_contain_text("printer silent")
    shown.get_by_role("button", name="Take back").click()
    expect(shown.locator("[data-state=cancelled]").first).to_be_visible()
    assert violations(page) == []
    shown.get_by_role("button", name="Close").click()

    expect(page.locator("tr[data-order] [data-state=cancelled]")).to_have_text("cancelled")
    with server.asked_as_admin() as api:
        [order] = api.get("/assets/sta-008/orders").json()["items"]
        told = api.get("/journal?subject=asset:sta-008").json()["items"]
    assert (order["state"], order["number"], order["why"]) == ("cancelled", None, "printer silent")
    assert [row["what"] for row in told][:3] == ["order_ended", "order_cancelled", "order_placed"]


def test_what_an_order_comes_to_is_seen_at_once(visit: Visit) -> None:
    page = visit("/assets/sta-023?tab=orders")
    page.get_by_role("button", name="下达指令").click()
    page.get_by_role("menuitem", name="查询命令").click()
    page.get_by_role("dialog").get_by_role("button", name="下达", exact=True).click()
    shown = page.get_by_role("dialog", name="命令：磁盘用量")

    expect(shown.locator("li [data-state=queued]")).to_be_visible()
    expect(shown.locator("li [data-state=sent]")).to_have_text("已发送")
    expect(shown).to_contain_text("第 1 号")
    shoot(page, "asset-order", Look())
    assert violations(page) == []


def test_what_is_missing_or_wrong_is_said_at_its_field(visit: Visit) -> None:
    page = visit("/assets/sta-037?tab=orders", ENGLISH)
    choose(page, "Run a playbook")
    asking = page.get_by_role("dialog")
    submit = asking.get_by_role("button", name="Place order")
    submit.click()
    expect(asking).to_contain_text("Enter a playbook")
    asking.get_by_label("Playbook").fill("unheard-of")
    submit.click()

    expect(asking.get_by_role("alert")).to_be_visible()
    expect(asking.get_by_label("Check only, change nothing")).to_be_checked()


def test_a_playbooks_variables_are_a_form_that_says_what_is_wrong_at_its_field(
    visit: Visit, server: LivingServer
) -> None:
    page = visit("/assets/sta-037?tab=orders", ENGLISH)
    choose(page, "Run a playbook")
    asking = page.get_by_role("dialog")
    submit = asking.get_by_role("button", name="Place order")
    asking.get_by_label("Playbook").fill("update_agent")
    expect(asking.get_by_label("agent_release_version")).to_be_visible()
    submit.click()
    expect(asking.get_by_text("Fill this in")).to_have_count(2)
    expect(asking.get_by_role("switch", name="agent_release_linked")).to_be_checked()
    seconds = asking.get_by_label("agent_release_seconds")
    expect(seconds).to_have_attribute("placeholder", "120")
    assert violations(page) == []
    shoot(page, "order-options", ENGLISH)

    asking.get_by_label("Playbook").fill("configure")
    asking.get_by_label("clock_servers").press_sequentially("ntp1.example ntp2.example ")
    profiles = asking.get_by_label("network_profiles")
    profiles.fill("- name: [")
    expect(asking.get_by_text("Line 1 is no YAML")).to_be_visible()
    submit.click()
    profiles.fill("- name: sim")
    submit.click()
    expect(asking.get_by_text("missing required arguments: kind")).to_be_visible()
    expect(profiles).to_have_attribute("aria-invalid", "true")
    profiles.fill("- {name: sim, kind: gsm, metered: true}")
    submit.click()

    expect(profiles).to_have_count(0)
    with server.asked_as_admin() as api:
        order = api.get("/assets/sta-037/orders").json()["items"][0]
    assert order["kind"] == "bundle"


def test_what_a_play_is_at_is_seen_while_it_runs(visit: Visit, server: LivingServer) -> None:
    asset = server.members[1].asset
    page = visit(f"/assets/{asset}?tab=orders", ENGLISH)
    expect(page.get_by_role("button", name="New order")).to_be_visible()
    task = {"kind": "bundle", "playbook": "configure", "variables": {}}
    conditions = {"disturbs": False, "while_moving": True, "least_free_megabytes": 0}
    with server.asked_as_admin() as api:
        body = {"task": task, "conditions": conditions}
        assert api.post(f"/assets/{asset}/orders", json=body).status_code == 201
    page.get_by_role("button", name="Show order").first.click()
    said = page.get_by_role("dialog").get_by_role("log")

    expect(said).to_contain_text("begun: Write what is wanted")
    expect(said).to_contain_text("begun: Verify that it answers")
    expect(said).to_have_count(0)
