"""Rollouts in a browser: listed, looked into, steered, and planned by the wizard."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from fleet_server.access.model import SYSTEM, Caller, Role
from fleet_server.database import Database
from fleet_server.orders.model import OrderRow
from fleet_server.rollouts import planning, quarantine, store
from fleet_server.rollouts.model import CANARY, Gate, NewRollout, Plan, WavePlan
from telemetry.wire.orders import RunBundle
from tests.console.conftest import Visit
from tests.console.living import LivingServer
from tests.console.looking import (
    DESK,
    DESK_AND_PHONE,
    LAPTOP_AND_PHONE,
    Look,
    also_every_look,
    looked_at,
    shoot,
    violations,
)
from tests.services.waiting import wait_for

OWN_SERVER = True
ORDER_PACE = 0.01
"""No play ends while somebody looks: the tests say how each order ended."""

CHINESE = Look("zh-CN", "dark")
ENGLISH = Look("en", "light", DESK)
_BUNDLE = RunBundle("configure", "1.2.0", "stream")
_OTHER = Caller("他人", Role.OPERATOR)


@contextmanager
def _database(server: LivingServer) -> Iterator[Database]:
    """The server's own, beside it: what makes bundles is not this screen's concern."""
    with closing(Database(f"sqlite:///{server.rig.data / 'state.sqlite'}")) as made:
        yield made


def begin(server: LivingServer, *, needs_approval: bool = False, is_check: bool = False) -> int:
    """A rollout to all assets, two canaries first; the server carries it on."""
    rest = Gate(success_percent=50, failure_percent=40, soak_seconds=0, checks_health=False)
    plan = Plan(
        waves=(WavePlan(count=2, gate=CANARY), WavePlan(percent=100, gate=rest)),
        most_at_once=3,
        needs_approval=needs_approval,
        is_check=is_check,
    )
    members = [(one.asset, one.district.court) for one in server.members]
    waves = [(CANARY, members[:2]), (rest, members[2:])]
    variables: dict[str, object] = {"timezone": "Asia/Shanghai"}
    new = NewRollout("configure", variables, planning.settled(plan), "统一时区")
    with _database(server) as database, database.unit(_OTHER, datetime.now(UTC)) as unit:
        return store.create(unit, new, _BUNDLE, waves)


def end_orders(server: LivingServer, rollout: int, state: str, recap: str) -> None:
    """As events would, for every order that is out."""
    source = store.source(rollout)
    now = datetime.now(UTC) - timedelta(hours=1)
    with _database(server) as database, database.unit(SYSTEM, now) as unit:
        unit.session.execute(
            update(OrderRow)
            .where(OrderRow.source == source)
            .values(state=state, attempt=1, recap=recap, changed_at=now)
        )


def wait_for_orders(server: LivingServer, rollout: int, count: int) -> None:
    with server.asked_as_admin() as api:

        def ordered() -> int:
            targets = api.get(f"/rollouts/{rollout}").json()["targets"]
            return sum(one["order"] is not None for one in targets)

        wait_for(lambda: ordered() >= count)


@pytest.fixture
def rollout(server: LivingServer) -> int:
    made = begin(server)
    wait_for_orders(server, made, 2)
    return made


def test_without_a_rollout_it_says_what_one_is_for(visit: Visit) -> None:
    page = visit("/rollouts", CHINESE)

    expect(page.get_by_text("还没有发布")).to_be_visible()
    assert looked_at(page, "rollouts-empty", [CHINESE, ENGLISH]) == []


def test_each_asset_says_why_it_waits_and_the_rollout_is_steered(
    visit: Visit, rollout: int
) -> None:
    page = visit("/rollouts", CHINESE)
    line = page.locator(f"tr[data-rollout='{rollout}']")
    expect(line).to_contain_text("进行中")
    line.get_by_role("link", name="configure").click()
    expect(page.locator("tr[data-wave='2']")).to_contain_text("尚未判定")
    expect(page.get_by_text("所在批次未开始").first).to_be_visible()

    page.get_by_role("button", name="暂停").click()
    expect(page.get_by_text("已暂停").first).to_be_visible()
    page.get_by_role("button", name="继续").click()
    page.get_by_role("button", name="取消发布").click()
    dialogue = page.get_by_role("dialog")
    dialogue.get_by_role("textbox", name=re.compile("configure")).fill("configure")
    shoot(page, "rollout-cancel", CHINESE)
    assert violations(page) == []
    dialogue.get_by_role("button", name="取消发布").click()

    expect(page.get_by_text("已取消").first).to_be_visible()
    expect(page.get_by_text("轮到前发布已结束").first).to_be_visible()


def test_bad_canaries_stop_it_and_the_page_says_so(
    visit: Visit, server: LivingServer, rollout: int
) -> None:
    page = visit(f"/rollouts?id={rollout}", Look("en", "light"))
    recap = '{"ok":3,"failed":1,"failed_task":"Set the timezone"}'
    end_orders(server, rollout, "failed", recap)

    expect(page.get_by_text("Stopped (too many failed)").first).to_be_visible()
    expect(page.locator("tr[data-wave='2']")).to_contain_text("The rollout ended before")
    expect(page.get_by_text("Failed at: Set the timezone").first).to_be_visible()
    filters = page.get_by_role("group", name="Filter by state")
    filters.get_by_text(re.compile(r"^Failed \d")).click()
    expect(page.locator("tr[data-key]")).to_have_count(2)
    filters.get_by_text(re.compile(r"^All \d")).click()
    assert looked_at(page, "rollout", LAPTOP_AND_PHONE) == []


def test_somebody_else_approves(visit: Visit, server: LivingServer) -> None:
    made = begin(server, needs_approval=True)
    page = visit(f"/rollouts?id={made}", ENGLISH)
    expect(page.get_by_text("the rollout waits for approval").first).to_be_visible()

    page.get_by_role("button", name="Approve").click()

    expect(page.get_by_text("Under way").first).to_be_visible()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_the_wizard_counts_who_fits_and_shows_the_waves(visit: Visit, server: LivingServer) -> None:
    three = " ".join(one.asset for one in server.members[:3])
    page = visit("/rollouts", CHINESE)
    page.get_by_role("button", name="新建发布").click()
    dialogue = page.get_by_role("dialog")
    step = dialogue.get_by_role("button", name="下一步")
    step.click()
    expect(dialogue.get_by_text("请填写剧本")).to_be_visible()
    dialogue.get_by_label("剧本").fill("configure")
    dialogue.get_by_label("clock_timezone").fill("Asia/Shanghai")
    shoot(page, "rollout-new-1", CHINESE)
    assert violations(page) == []

    step.click()
    expect(dialogue.get_by_text(re.compile("^目前符合 8 台"))).to_be_visible()
    dialogue.get_by_label("资产编号").fill(three)
    expect(dialogue.get_by_text(re.compile("^目前符合 3 台"))).to_be_visible()
    shoot(page, "rollout-new-2", CHINESE)
    assert violations(page) == []

    step.click()
    dialogue.get_by_label("失败至多，%").first.fill("20")
    shoot(page, "rollout-new-3", CHINESE)
    assert violations(page) == []
    step.click()
    expect(dialogue.get_by_role("alert")).to_contain_text("之和超过全部")
    dialogue.get_by_role("button", name="上一步").click()
    dialogue.get_by_label("失败至多，%").first.fill("0")
    step.click()

    expect(dialogue.get_by_text("第 1 批：2 台")).to_be_visible()
    expect(dialogue.get_by_text("第 2 批：1 台")).to_be_visible()
    assert looked_at(page, "rollout-new-4", [CHINESE, ENGLISH]) == []


def test_windows_are_set_and_an_asset_is_released_from_quarantine(
    visit: Visit, server: LivingServer
) -> None:
    member = server.members[-1]  # nobody's canary, and so without failures of its own
    with _database(server) as database, database.unit(SYSTEM, datetime.now(UTC)) as unit:
        for _ in range(quarantine.MOST_FAILURES):
            quarantine.note_failure(unit, member.asset, member.district.court, 1)
    page = visit("/rollouts", CHINESE)
    page.get_by_role("link", name="维护时段与隔离").click()
    expect(page.get_by_text("未设置，任何时间均可开始。")).to_be_visible()

    page.get_by_role("button", name="增加时段").click()
    page.get_by_role("textbox", name="开始").fill("25:00")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("请写时间，例如 22:00")).to_be_visible()
    page.get_by_role("textbox", name="开始").fill("23:00")
    with page.expect_response(lambda one: one.request.method == "PUT"):  # a reload would cut it off
        page.get_by_role("button", name="保存").click()
    page.reload()

    expect(page.get_by_role("textbox", name="开始")).to_have_value("23:00")
    expect(page.get_by_text("连续失败 3 次")).to_be_visible()
    assert looked_at(page, "rollouts-upkeep", DESK_AND_PHONE) == []
    page.get_by_role("button", name=f"解除 {member.asset} 的隔离").click()
    expect(page.get_by_text("没有被隔离的资产。")).to_be_visible()
    page.get_by_role("button", name="删除时段 1").click()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("未设置，任何时间均可开始。")).to_be_visible()


@also_every_look(*DESK_AND_PHONE)
def test_the_list_is_accessible(visit: Visit, rollout: int, looks: Sequence[Look]) -> None:
    page = visit("/rollouts", ENGLISH)
    page.locator(f"tr[data-rollout='{rollout}']").wait_for()

    assert looked_at(page, "rollouts", looks) == []
