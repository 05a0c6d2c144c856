"""The editor of services and profiles in a browser: fields, mistakes, preview, saving, undoing."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.console.conftest import Visit
from tests.console.living import LivingServer
from tests.console.looking import (
    DESK_AND_PHONE,
    Look,
    also_every_look,
    looked_at,
    shoot,
    violations,
)

CHINESE = Look("zh-CN", "dark")
ENGLISH = Look("en", "light")


def document(server: LivingServer, path: str) -> dict[str, Any]:
    with server.asked_as_admin() as api:
        return dict(api.get(path).json())


def as_admin(visit: Visit, server: LivingServer, path: str) -> Page:
    """A page of who may change what holds for all; a demo lets people in as operators."""
    page = visit(path, ENGLISH, enters=False)
    page.get_by_label("Account").fill("admin")
    page.get_by_label("Password", exact=True).fill(server.password)
    page.get_by_role("button", name="Sign in").click()
    return page


def field(page: Page, path: str) -> Locator:
    return page.locator(f"[data-path='{path}']")


def service(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name="Services").get_by_role("button", name=name)


def pick(page: Page, box: Locator, option: str) -> None:
    box.click()
    page.get_by_role("option", name=option, exact=True).click()


def test_a_change_is_previewed_by_name_saved_with_a_note_and_put_back(
    visit: Visit, server: LivingServer
) -> None:
    before = document(server, "/documents/catalogue")
    page = as_admin(visit, server, "/documents")
    expect(service(page, "Law publicity")).to_be_visible()
    expect(page.get_by_text(f"Version {before['version']}", exact=True)).to_be_visible()
    service(page, "Law publicity").click()
    pick(page, field(page, "services[3].link"), "A: several video streams")

    page.get_by_role("button", name="Preview and save").click()
    dialogue = page.get_by_role("dialog")
    row = dialogue.locator("tr[data-asset='veh-001']")
    expect(row.locator("[data-service=publicity]")).to_contain_text("Not ready")
    expect(dialogue.get_by_role("status")).to_contain_text(
        re.compile(r"of \d+ assets would change")  # others may have added some
    )
    shoot(page, "documents-preview", ENGLISH)
    assert violations(page) == []
    dialogue.get_by_label("Why").fill("video in the square")
    dialogue.get_by_role("button", name="Save").click()
    expect(dialogue).to_have_count(0)

    saved = document(server, "/documents/catalogue")
    assert (saved["note"], saved["content"]["services"][3]["link"]) == ("video in the square", "A")
    expect(page.get_by_text("video in the square")).to_be_visible()
    page.get_by_role("button", name="Versions").click()
    expect(dialogue.locator(f"tr[data-version='{saved['version']}']")).to_contain_text(
        "services.publicity.link none → A"
    )
    shoot(page, "documents-versions", ENGLISH)
    dialogue.locator(f"tr[data-version='{before['version']}']").get_by_role("button").click()
    page.get_by_role("button", name="Preview and save").click()
    dialogue.get_by_role("button", name="Save").click()
    expect(dialogue).to_have_count(0)
    assert document(server, "/documents/catalogue")["content"] == before["content"]


def test_a_mistake_stands_at_its_field_and_cannot_be_saved(
    visit: Visit, server: LivingServer
) -> None:
    page = as_admin(visit, server, "/documents")
    service(page, "Hearing").first.click()
    power = field(page, "services[0].power_minutes")
    power.fill("long")

    wrapper = page.locator(".mantine-InputWrapper-root", has=power)
    expect(wrapper.get_by_text("expected a number")).to_be_visible()
    expect(power).to_have_attribute("aria-invalid", "true")
    expect(service(page, "Hearing").first.locator("[data-bad=true]")).to_be_visible()
    expect(page.get_by_role("button", name="Preview and save")).to_be_disabled()
    assert violations(page) == []
    power.fill("90")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_who_saves_second_is_told_and_overwrites_only_on_purpose(
    visit: Visit, server: LivingServer
) -> None:
    path = "/documents/profile?kind=clinic"
    page = as_admin(visit, server, "/documents?document=profile&scope=kind:clinic")
    page.get_by_role("tab", name="Name and link test").click()
    field(page, "name").fill("mine")
    with server.asked_as_admin() as api:
        content = api.get(path).json()["content"]
        theirs = api.put(path, json={"content": {**content, "name": "theirs"}, "note": "first"})
    expect(page.get_by_role("alert")).to_contain_text("first")
    expect(field(page, "name")).to_have_value("mine")
    page.get_by_role("button", name="Preview and save").click()
    dialogue = page.get_by_role("dialog")
    dialogue.get_by_role("button", name="Save").click()

    expect(dialogue.get_by_role("alert")).to_contain_text("first")
    expect(dialogue.get_by_role("button", name="Save")).to_be_disabled()
    assert document(server, path)["content"]["name"] == "theirs"
    shoot(page, "documents-conflict", ENGLISH)
    dialogue.get_by_label("Put mine in place").check()
    dialogue.get_by_role("button", name="Save").click()
    expect(dialogue).to_have_count(0)
    saved = document(server, path)
    assert saved["content"]["name"] == "mine"
    assert saved["version"] > theirs.json()["version"]


def test_an_asset_shows_where_its_profile_comes_from_and_gets_its_own(
    visit: Visit, server: LivingServer
) -> None:
    page = visit("/documents?document=profile&scope=asset:veh-015", CHINESE)
    expect(page.get_by_text("来自：全部车辆")).to_be_visible()
    page.get_by_role("button", name="审判席摄像机").click()
    field(page, "devices[0].serial").fill("DEMO-0001")
    page.get_by_role("button", name="预览并保存").click()
    page.get_by_role("dialog").get_by_role("button", name="保存", exact=True).click()

    expect(page.get_by_text("为此范围单独建立")).to_be_visible()
    own = document(server, "/assets/veh-015/documents/profile")
    assert own["scope"] == "veh-015"
    assert own["content"]["devices"][0]["serial"] == "DEMO-0001"
    assert document(server, "/assets/veh-001/documents/profile")["scope"] == "@kind:vehicle"


def test_who_may_not_save_may_look_and_preview(visit: Visit) -> None:
    page = visit("/documents", ENGLISH)
    expect(page.get_by_text("Your role may look and preview")).to_be_visible()
    service(page, "Law publicity").first.click()
    pick(page, field(page, "services[3].link"), "A: several video streams")
    page.get_by_role("button", name="Preview", exact=True).click()

    dialogue = page.get_by_role("dialog")
    expect(dialogue.get_by_text("assets would change").first).to_be_visible()
    expect(dialogue.get_by_role("button", name="Save")).to_have_count(0)


def test_a_toml_text_is_read_into_the_form_by_the_same_check(
    visit: Visit, server: LivingServer
) -> None:
    page = as_admin(visit, server, "/documents")
    page.get_by_role("button", name="TOML").click()
    dialogue = page.get_by_role("dialog")
    text = dialogue.get_by_role("textbox", name="TOML text")
    expect(text).to_have_value(re.compile(r'^\[\[services\]\]\nname = "hearing"'))
    text.fill('[[services]]\nname = "a"\nzh = "甲"\nen = "Only"\nlinc = "B"\n')
    dialogue.get_by_role("button", name="Read into the form").click()
    expect(dialogue.get_by_role("alert")).to_contain_text("Line 5")

    text.fill('[[services]]\nname = "a"\nzh = "甲"\nen = "Only"\nlink = "B"\n')
    dialogue.get_by_role("button", name="Read into the form").click()

    expect(dialogue).to_have_count(0)
    expect(page.get_by_role("list", name="Services").get_by_role("button")).to_have_text(["Only"])
    expect(page.get_by_role("button", name="Preview and save")).to_be_enabled()


@pytest.mark.parametrize("name", ["catalogue", "profile"])
@also_every_look(*DESK_AND_PHONE)
def test_the_editor_is_accessible(visit: Visit, name: str, looks: Sequence[Look]) -> None:
    page = visit(f"/documents?document={name}", ENGLISH)
    expect(page.locator(".cf-parts-form")).to_be_visible()

    assert looked_at(page, f"documents-{name}", looks) == []
