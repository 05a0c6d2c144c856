"""The crew page in a browser, served by a real agent without any network."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from edge_agent.outbox import Outbox
from edge_agent.records import Stamp, Work
from telemetry.rules.facts import DeviceFact, Facts, LinkFact, Look, PlatformFact, PowerFact
from telemetry.wire.people import Booking, Day
from telemetry.words import (
    DeviceFault,
    DeviceKind,
    DeviceState,
    LinkClass,
    PlatformState,
)
from tests.console import looking
from tests.console.looking import (
    DESK_AND_PHONE,
    EVERY_LOOK,
    PHONE,
    context_of,
    in_short,
    shoot,
    violations,
)
from tests.edge_agent.crew.people import ALL, CLERK_PIN, JUDGE_PIN, PROFILE, hold
from tests.services.crew import CrewAgent, crew_agent, make_identity

AT_A_LAPTOP = looking.Look()
TALL = looking.Look("zh-CN", "dark", PHONE)


def seen_facts(now: int) -> Facts:
    """A vehicle on a working morning: most is well, paper is low, a platform is blocked."""

    def device(kind: DeviceKind, state: DeviceState, *faults: DeviceFault) -> DeviceFact:
        found = Look(state, faults, now - 40_000)
        return DeviceFact(kind, found, found, now - 40_000)

    return Facts(
        devices={
            "bench": device(DeviceKind.CAMERA, DeviceState.OK),
            "mic": device(DeviceKind.MICROPHONE, DeviceState.OK),
            "speaker": device(DeviceKind.SPEAKER, DeviceState.OK),
            "printer": device(DeviceKind.PRINTER, DeviceState.LIMITED, DeviceFault.PAPER_LOW),
            "id": device(DeviceKind.ID_READER, DeviceState.FAULT, DeviceFault.NOT_ANSWERING),
        },
        platforms={
            "court-files": PlatformFact(PlatformState.OK, now - 30_000, now - 30_000),
            "people-query": PlatformFact(PlatformState.BLOCKED, now - 30_000),
        },
        link=LinkFact(LinkClass.B, is_sure=False, at=now - 20_000),
        power=PowerFact(now, is_on_mains=True),
    )


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrewAgent]:
    folder = tmp_path_factory.mktemp("crew")
    machine = make_identity(folder / "identity")
    now = round(time.time() * 1000)
    day = Day([Booking("b-1", "hearing", now + 7_200_000, now + 12_600_000, "示例乡便民服务中心")])
    outbox = folder / "outbox.sqlite"
    hold(outbox, *ALL[:3], day, machine=machine)
    store_facts(outbox, machine, seen_facts(now))
    with crew_agent(folder) as running:
        yield running


def store_facts(path: Path, machine: str, facts: Facts) -> None:
    outbox = Outbox(path, machine=machine, asset="veh-001", synchronous="OFF")
    outbox.commit(Work(facts={"facts": msgspec.json.encode(facts)}), Stamp("boot0", 1))
    outbox.close()


@pytest.fixture
def look(request: pytest.FixtureRequest) -> looking.Look:
    return request.param if hasattr(request, "param") else AT_A_LAPTOP


@contextmanager
def opened(agent: CrewAgent, browser: Browser, look: looking.Look) -> Iterator[Page]:
    """The page, opened by a new person, once it shows what the agent knows.

    Not in a context that stays: it would keep its connections, of which an agent has few.
    """
    with context_of(browser, agent.url, look, {"courtfleet.theme": look.theme}) as context:
        page = context.new_page()
        page.goto("/")
        page.locator("#services li").first.wait_for()
        yield page


@pytest.fixture
def page(agent: CrewAgent, plain_browser: Browser, look: looking.Look) -> Iterator[Page]:
    with opened(agent, plain_browser, look) as page:
        yield page


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def sign_in(page: Page, person: str = "王法官", pin: str = JUDGE_PIN) -> None:
    """Through the open dialog, by its large keys."""
    button(page, person).click()
    for digit in pin:
        button(page, digit).click()
    button(page, "确定").click()


@pytest.mark.parametrize("look", in_short(EVERY_LOOK, DESK_AND_PHONE), indirect=True)
def test_the_page_is_complete_and_accessible(page: Page, look: looking.Look) -> None:
    titles = {"zh-CN": ["巡回审判", "现场立案", "设备"], "en": ["Hearing", "Devices", "Next"]}
    for title in titles[look.language]:
        expect(page.get_by_text(title, exact=True).first).to_be_visible()
    shoot(page, "crew", look)

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_says_what_is_missing_and_what_would_mend_it(page: Page) -> None:
    filing = page.locator(".service", has_text="现场立案")

    expect(filing).to_contain_text("未就绪")
    expect(filing).to_contain_text("身份证阅读器：无应答。")
    expect(filing).to_contain_text("开机并检查连线。")
    expect(page.locator("#devices")).to_contain_text("纸张不足")
    expect(page.locator("#devices")).to_contain_text("访问被拦截")
    expect(page.locator("#side")).to_contain_text("B：一路 1080p 视频 (部分未测)")
    expect(page.locator("#side")).to_contain_text("未连接")
    expect(page.locator("#side")).to_contain_text("示例乡便民服务中心")


@pytest.mark.parametrize("look", in_short([AT_A_LAPTOP, TALL], [AT_A_LAPTOP]), indirect=True)
def test_a_sitting_begins_by_pin_and_ends(page: Page, look: looking.Look) -> None:
    button(page, "开始庭审").click()
    shoot(page, "crew-service", look)
    button(page, "巡回审判").click()
    shoot(page, "crew-who", look)
    button(page, "王法官").click()
    shoot(page, "crew-pin", look)
    assert violations(page) == []
    for digit in JUDGE_PIN:
        button(page, digit).click()
    button(page, "确定").click()
    expect(page.locator("#state")).to_contain_text("庭审中 · 巡回审判")
    expect(page.locator("#state")).to_contain_text("由 王法官 开始")
    shoot(page, "crew-sitting", look)
    found = violations(page)
    button(page, "结束庭审").click()
    page.get_by_role("dialog").get_by_role("button", name="结束庭审").click()

    expect(page.locator("#state")).to_be_hidden()
    assert found == []


def test_breaking_the_lock_asks_for_a_reason_and_composing_does_not_send_it(page: Page) -> None:
    button(page, "开始庭审").click()
    button(page, "其他").click()
    sign_in(page)
    button(page, "强制解除").click()
    reason = page.get_by_label("理由")
    reason.fill("演示")
    reason.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    expect(page.get_by_role("dialog")).to_be_visible()
    reason.press("Enter")

    expect(page.locator("#state")).to_be_hidden()


def test_seats_maintenance_and_things_are_said_by_their_person(page: Page) -> None:
    button(page, "登记到岗").click()
    sign_in(page, "李书记员", CLERK_PIN)
    button(page, "书记员").click()
    expect(page.locator(".seats")).to_contain_text("书记员 李书记员")
    expect(page.locator("#top")).to_contain_text("以 李书记员 身份操作")
    button(page, "开始维护").click()
    page.get_by_label("理由").fill("更换硬盘")
    page.get_by_role("dialog").get_by_role("button", name="开始维护").click()
    expect(page.locator("#state")).to_contain_text("李书记员：更换硬盘")
    expect(button(page, "开始庭审")).to_be_disabled()
    button(page, "结束维护").click()
    expect(page.locator("#state")).to_be_hidden()
    button(page, "离岗").click()
    expect(page.locator("#side")).to_contain_text("无人到岗登记")
    button(page, "退出").click()

    expect(page.locator("#top")).not_to_contain_text("身份操作")


def test_a_check_shows_its_progress_and_its_result_can_be_printed(
    plain_browser: Browser, tmp_path: Path
) -> None:
    machine = make_identity(tmp_path / "identity")
    there = msgspec.structs.replace(PROFILE, devices=[*PROFILE.devices[3:5], *PROFILE.devices[:1]])
    hold(tmp_path / "outbox.sqlite", *ALL[:2], there, machine=machine)
    look = AT_A_LAPTOP
    with crew_agent(tmp_path, looks=True) as agent, opened(agent, plain_browser, look) as page:
        button(page, "发车前检查").click()
        page.get_by_role("group", name="国徽").get_by_text("有").click()
        page.get_by_role("group", name="印章").get_by_text("缺").click()
        shoot(page, "crew-check-items", look)
        found = violations(page)
        button(page, "开始检查").click()
        sign_in(page)
        expect(page.get_by_role("progressbar")).to_be_visible()
        shoot(page, "crew-checking", look)
        found += violations(page)
        expect(page.locator("#check")).to_contain_text("上次检查")
        steps = page.locator(".steps li")
        expect(steps.filter(has_text="国徽")).to_contain_text("通过")
        expect(steps.filter(has_text="印章")).to_contain_text("未通过")
        expect(steps.filter(has_text="打印机")).to_contain_text("未通过")
        expect(steps.filter(has_text="链路")).to_contain_text("无应答")
        shoot(page, "crew-checked", look)
        page.emulate_media(media="print")
        shoot(page, "crew-print", look)

        expect(page.locator("#services")).to_be_hidden()
        expect(page.get_by_text("签字")).to_be_visible()
    assert found == []


def test_a_wrong_pin_is_told_and_tries_run_out(page: Page) -> None:
    button(page, "登记到岗").click()
    button(page, "李书记员").click()
    pin = page.get_by_label("请输入 PIN")
    alert = page.get_by_role("alert")
    for _ in range(4):
        pin.fill("0000")
        pin.press("Enter")
        expect(alert).to_contain_text("PIN 不正确")
        expect(pin).to_have_value("")
    pin.fill("0000")
    pin.press("Enter")

    expect(alert).to_contain_text("尝试次数过多")


def test_a_page_of_another_site_can_neither_read_nor_act_nor_frame(
    agent: CrewAgent, plain_browser: Browser
) -> None:
    context = plain_browser.new_context()
    other = context.new_page()
    other.route("http://other.example/", lambda route: route.fulfill(body="<h1>other</h1>"))
    other.goto("http://other.example/")
    read = other.evaluate(
        "url => fetch(url + '/api/view').then(() => 'read', () => 'barred')", agent.url
    )
    acted = other.evaluate(
        "url => fetch(url + '/api/act', {method: 'POST', mode: 'no-cors', body: '{}'})"
        ".then(answer => answer.type, () => 'barred')",
        agent.url,
    )
    framed = other.evaluate(
        "url => new Promise(done => { const frame = document.createElement('iframe');"
        " frame.onload = () => { try { done(frame.contentDocument ? 'open' : 'barred') }"
        " catch { done('barred') } }; frame.src = url; document.body.append(frame) })",
        agent.url,
    )
    context.close()

    assert (read, framed) == ("barred", "barred")
    assert acted in {"barred", "opaque"}


def test_both_languages_and_themes_are_one_press_away(page: Page) -> None:
    button(page, "English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(button(page, "Sitting begins")).to_be_visible()
    page.get_by_label("Light").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(button(page, "中文")).to_be_visible()
