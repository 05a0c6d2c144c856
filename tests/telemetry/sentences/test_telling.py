"""People read what is missing, for how long, and what to do about it."""

import pytest
from hypothesis import given

from telemetry.rules.grades import Reason
from telemetry.rules.readiness import judge
from telemetry.sentences.reasons import AHEAD
from telemetry.sentences.telling import tell
from telemetry.wire.catalogue import Service
from telemetry.wire.profile import (
    ByUsb,
    ByVideo,
    DeviceSpec,
    ManualItem,
    Platform,
    Profile,
)
from telemetry.words import DeviceFault, DeviceKind, LinkClass, Readiness, Seat
from telemetry.words import ReadinessReason as Code
from tests.telemetry.rules.situations import NOW, Situation
from tests.telemetry.rules.test_readiness import cases

PROFILE = Profile(
    "van",
    [
        DeviceSpec("camera-1", DeviceKind.CAMERA, ByVideo("/dev/video0"), "审判席摄像机", "Bench"),
        DeviceSpec("camera-2", DeviceKind.CAMERA, ByVideo("/dev/video1")),
        DeviceSpec("pad", DeviceKind.SIGNATURE_PAD, ByUsb("0000", "0001")),
    ],
    [ManualItem("emblem", "国徽", "National emblem")],
    [Platform("mediation", "调解平台", "Mediation platform", "mediation.example")],
)
_BAD = Readiness.NOT_READY


@pytest.mark.parametrize(
    ("reason", "en", "zh"),
    [
        (
            Reason(
                Code.DEVICE_FAULT,
                _BAD,
                "pad",
                kinds=(DeviceKind.SIGNATURE_PAD,),
                faults=(DeviceFault.NOT_ANSWERING,),
            ),
            ("Signature pad: does not answer.", "Switch it on and look at its cable."),
            ("签名板：无应答。", "开机并检查连线。"),
        ),
        (
            Reason(
                Code.DEVICE_STALE,
                Readiness.NOT_PROVEN,
                "camera-1",
                kinds=(DeviceKind.CAMERA,),
                since=NOW - 3 * 3_600_000,
            ),
            ("Bench: last seen to work 3 h ago.", "Run a check now."),
            ("审判席摄像机：3 小时前最后一次确认可用。", "立即检查。"),
        ),
        (
            Reason(Code.DEVICE_OFF, Readiness.UNKNOWN, "camera-2", kinds=(DeviceKind.CAMERA,)),
            ("Camera camera-2: switched off.", "Switch it on."),
            ("摄像机 camera-2：已关机。", "开机。"),
        ),
        (
            Reason(
                Code.DEVICE_LIMITED,
                Readiness.LIMITED,
                "printer",
                "bp-001",
                (DeviceKind.PORTABLE_PRINTER,),
                (DeviceFault.PAPER_LOW, DeviceFault.BATTERY_LOW),
            ),
            (
                "Portable printer (carried by bp-001): paper is low, battery is low.",
                "Put more paper in. Charge it soon.",
            ),
            ("便携打印机 (bp-001 携带)：纸张不足、电量低。", "补充纸张。尽快充电。"),
        ),
        (
            Reason(
                Code.DEVICE_LACKING,
                _BAD,
                kinds=(DeviceKind.SCANNER, DeviceKind.DOCUMENT_CAMERA),
                has=0,
                needed=1,
            ),
            (
                "Scanner or Document camera: the asset has 0 of 1.",
                "Take such a device along and enter it in the profile, or take another asset.",
            ),
            (
                "扫描仪或高拍仪：配有 0 台，需要 1 台。",
                "携带该设备并登记到设备清单，或改派其他资产。",
            ),
        ),
        (
            Reason(Code.POWER_LOW, _BAD, has=14.9, needed=90.0, since=NOW),
            (
                "Power lasts 14 min, 90 min are needed.",
                "Connect it to mains, or start the generator.",
            ),
            ("电源可维持 14 分钟，需要 90 分钟。", "接通市电，或启动发电机。"),
        ),
        (
            Reason(Code.LINK_POOR, _BAD, link_has=LinkClass.D, link_needed=LinkClass.B, since=NOW),
            ("The link is of class D; B is needed.", "Move to a place with a better network."),
            ("链路为 D 级，需要 B 级。", "移到网络更好的地方。"),
        ),
        (
            Reason(Code.PLATFORM_BLOCKED, _BAD, "mediation", since=NOW),
            (
                "Mediation platform is blocked on the way.",
                "Have the way opened: private line, APN, firewall or sign-in page.",
            ),
            ("调解平台的访问被拦截。", "打通访问：专线、APN、防火墙或认证页面。"),
        ),
        (
            Reason(Code.SEAT_EMPTY, _BAD, seat=Seat.CLERK, has=0, needed=1),
            ("Clerk: 0 of 1 here.", "Sign in on the crew page."),
            ("书记员：到岗 0 人，需要 1 人。", "在本机的现场页面登记到岗。"),
        ),
        (
            Reason(Code.ITEM_STALE, Readiness.NOT_PROVEN, "emblem", since=NOW - 3 * 86_400_000),
            ("National emblem: last looked at 3 days ago.", "Look and tick it again."),
            ("国徽：3 天前核对，已过期。", "重新核对并勾选。"),
        ),
    ],
)
def test_a_reason_and_its_remedy(reason: Reason, en: tuple[str, str], zh: tuple[str, str]) -> None:
    english, chinese = (tell(reason, PROFILE, language, NOW) for language in ("en", "zh-CN"))

    assert (english.reason, english.remedy) == en
    assert (chinese.reason, chinese.remedy) == zh


@pytest.mark.parametrize("code", AHEAD)
def test_what_a_clock_ahead_has_dated_is_not_said_to_be_fresh(code: Code) -> None:
    reason = Reason(
        code, Readiness.NOT_PROVEN, "pad", kinds=(DeviceKind.SIGNATURE_PAD,), since=NOW + 3_600_000
    )
    english, chinese = (tell(reason, PROFILE, language, NOW) for language in ("en", "zh-CN"))

    assert "60 min ahead" in english.reason
    assert "快了 60 分钟" in chinese.reason
    assert english.remedy == "Set its clock right, then check again."
    assert " 0 s" not in english.reason


def test_a_clock_that_differs_a_little_is_no_matter() -> None:
    stale = Reason(Code.LINK_STALE, Readiness.NOT_PROVEN, since=NOW + 60_000)

    assert "ahead" not in tell(stale, PROFILE, "en", NOW).reason


@given(cases())
def test_every_reason_of_every_situation_can_be_told(
    case: tuple[Service, Profile, Situation],
) -> None:
    service, profile, situation = case
    for reason in judge(service, profile, situation.facts(profile), NOW).reasons:
        for language in ("en", "zh-CN"):
            told = tell(reason, profile, language, NOW)

            assert told.reason.strip()
            assert told.remedy.strip()
            assert "  " not in told.reason
            assert not told.reason.startswith((":", "：", " "))
