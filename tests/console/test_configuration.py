"""Configuration in a browser: written with a preview, compared with each asset, and put back."""

from contextlib import closing
from datetime import UTC, datetime

from playwright.sync_api import expect

from fleet_server.access.model import SYSTEM
from fleet_server.configuration import store
from fleet_server.database import Database
from telemetry.wire.events import Configured
from tests.console.conftest import Visit
from tests.console.living import LivingServer
from tests.console.looking import DESK, Look, looked_at, shoot, violations

CHINESE = Look("zh-CN", "dark")
ENGLISH = Look("en", "light", DESK)
BOTH = [CHINESE, ENGLISH]


def report(server: LivingServer, asset: str, *differs: str) -> None:
    """As an asset's event would: it has what is desired of it, but for these files."""
    with server.asked_as_admin() as api:
        wanted = api.get(f"/assets/{asset}/configuration").json()["desired"]
    said = Configured(wanted, 1_790_000_000_000, list(differs))
    with (
        closing(Database(f"sqlite:///{server.rig.data / 'state.sqlite'}")) as database,
        database.unit(SYSTEM, datetime.now(UTC)) as unit,
    ):
        store.take(unit, asset, said)


def test_a_layer_is_written_after_a_look_at_whom_it_changes_and_drift_is_shown(
    visit: Visit, server: LivingServer
) -> None:
    asset = server.members[0].asset
    page = visit("/configuration?view=layers", CHINESE)
    expect(page.get_by_text("尚未编写任何配置层")).to_be_visible()
    shoot(page, "configuration-empty", CHINESE)
    text = page.get_by_role("textbox", name="配置内容")
    text.fill("clock_zone: UTC")
    page.get_by_role("button", name="预览并保存").click()
    dialogue = page.get_by_role("dialog")
    expect(dialogue.get_by_role("alert")).to_contain_text("没有角色接受此项")
    page.keyboard.press("Escape")
    text.fill("clock_timezone: Asia/Shanghai\nclock_servers:\n  - ntp1.example.cn\n")
    page.get_by_role("button", name="预览并保存").click()
    expect(dialogue.get_by_text(f"将影响 {len(server.members)} 台资产")).to_be_visible()
    dialogue.get_by_label("说明").fill("统一时区")
    shoot(page, "configuration-review", CHINESE)
    assert violations(page) == []
    dialogue.get_by_role("button", name="保存").click()
    expect(page.get_by_text("第 1 版").first).to_be_visible()
    assert looked_at(page, "configuration-layers", BOTH) == []

    report(server, asset, "/etc/localtime")
    page.goto("/configuration")
    row = page.locator(f"tr[data-asset='{asset}']")
    expect(row).to_contain_text("Changed by hand")
    expect(row).to_contain_text("/etc/localtime")
    assert looked_at(page, "configuration-assets", BOTH) == []
    row.get_by_role("link", name=asset).click()
    expect(page.locator("tr[data-path='clock_timezone']")).to_contain_text("All assets")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_role("table", name="Applied and checked")).to_contain_text("Checked")
    assert looked_at(page, "configuration-asset", BOTH) == []
