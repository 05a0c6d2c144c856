"""A sentence for each reason of readiness, and one for what would mend it."""

from collections.abc import Mapping
from typing import Final

from telemetry.sentences.wording import Sentence
from telemetry.words import DeviceFault
from telemetry.words import ReadinessReason as Code

REASONS: Final[Mapping[Code, Sentence]] = {
    Code.MAINTENANCE: Sentence("In maintenance.", "维护中。"),
    Code.INSPECTION_DUE: Sentence("Its inspection will have run out.", "届时年检已过期。"),
    Code.UPKEEP_DUE: Sentence("Its upkeep will be due.", "届时保养到期。"),
    Code.NEVER_HEARD: Sentence("Never heard of.", "从未收到上报。"),
    Code.SILENT: Sentence("Not heard of for {age}.", "已 {age}没有上报。"),
    Code.POWER_LOW: Sentence(
        "Power lasts {has} min, {needed} min are needed.",
        "电源可维持 {has} 分钟，需要 {needed} 分钟。",
    ),
    Code.POWER_UNKNOWN: Sentence(
        "Nobody knows how long the power lasts; {needed} min are needed.",
        "电源可维持时间未知，需要 {needed} 分钟。",
    ),
    Code.POWER_STALE: Sentence("Power was last read {age} ago.", "{age}前最后一次读取电源状态。"),
    Code.LINK_NONE: Sentence(
        "There is no link; class {link_needed} is needed.", "没有链路，需要 {link_needed} 级。"
    ),
    Code.LINK_POOR: Sentence(
        "The link is of class {link_has}; {link_needed} is needed.",
        "链路为 {link_has} 级，需要 {link_needed} 级。",
    ),
    Code.LINK_REDUCED: Sentence(
        "The link is of class {link_has} instead of {link_needed}.",
        "链路为 {link_has} 级，低于 {link_needed} 级。",
    ),
    Code.LINK_UNSURE: Sentence(
        "The link is of class {link_has} as far as it was measured.",
        "链路暂评为 {link_has} 级，部分指标未测。",
    ),
    Code.LINK_UNKNOWN: Sentence(
        "The link was never measured; class {link_needed} is needed.",
        "链路从未测量，需要 {link_needed} 级。",
    ),
    Code.LINK_STALE: Sentence("The link was last measured {age} ago.", "{age}前最后一次测量链路。"),
    Code.DEVICE_LACKING: Sentence(
        "{kinds}: the asset has {has} of {needed}.", "{kinds}：配有 {has} 台，需要 {needed} 台。"
    ),
    Code.DEVICE_ABSENT: Sentence("{device}: not there.", "{device}：未找到。"),
    Code.DEVICE_FAULT: Sentence("{device}: {faults}.", "{device}：{faults}。"),
    Code.DEVICE_LIMITED: Sentence("{device}: {faults}.", "{device}：{faults}。"),
    Code.DEVICE_OFF: Sentence("{device}: switched off.", "{device}：已关机。"),
    Code.DEVICE_UNKNOWN: Sentence("{device}: never seen to work.", "{device}：从未确认可用。"),
    Code.DEVICE_STALE: Sentence(
        "{device}: last seen to work {age} ago.", "{device}：{age}前最后一次确认可用。"
    ),
    Code.PLATFORM_NOT_ANSWERING: Sentence("{platform} does not answer.", "{platform}无应答。"),
    Code.PLATFORM_BLOCKED: Sentence(
        "{platform} is blocked on the way.", "{platform}的访问被拦截。"
    ),
    Code.PLATFORM_FAULT: Sentence(
        "{platform} answers with an error of its own.", "{platform}自身异常。"
    ),
    Code.PLATFORM_UNKNOWN: Sentence("{platform} was never reached.", "{platform}从未连通。"),
    Code.PLATFORM_STALE: Sentence(
        "{platform} was last reached {age} ago.", "{age}前最后一次连通{platform}。"
    ),
    Code.SEAT_EMPTY: Sentence(
        "{seat}: {has} of {needed} here.", "{seat}：到岗 {has} 人，需要 {needed} 人。"
    ),
    Code.ITEM_MISSING: Sentence("{item}: not there.", "{item}：缺少。"),
    Code.ITEM_UNKNOWN: Sentence("{item}: nobody has looked.", "{item}：尚未核对。"),
    Code.ITEM_STALE: Sentence("{item}: last looked at {age} ago.", "{item}：{age}前核对，已过期。"),
}

AHEAD: Final[Mapping[Code, Sentence]] = {
    Code.POWER_STALE: Sentence(
        "Power was read by a clock that is {age} ahead.", "电源状态由快了 {age}的时钟记录，不算数。"
    ),
    Code.LINK_STALE: Sentence(
        "The link was measured by a clock that is {age} ahead.",
        "链路由快了 {age}的时钟测量，不算数。",
    ),
    Code.DEVICE_STALE: Sentence(
        "{device}: seen to work by a clock that is {age} ahead.",
        "{device}：由快了 {age}的时钟确认可用，不算数。",
    ),
    Code.PLATFORM_STALE: Sentence(
        "{platform} was reached by a clock that is {age} ahead.",
        "{platform}由快了 {age}的时钟确认连通，不算数。",
    ),
    Code.ITEM_STALE: Sentence(
        "{item}: looked at by a clock that is {age} ahead.",
        "{item}：由快了 {age}的时钟记录核对，不算数。",
    ),
}
"""What is not proven although it is not old: its instant is still to come."""

SET_CLOCK: Final = Sentence("Set its clock right, then check again.", "校正时钟后重新检查。")
"""The remedy of these."""

REMEDIES: Final[Mapping[Code, Sentence]] = {
    Code.MAINTENANCE: Sentence(
        "End the maintenance, or take another asset.", "结束维护，或改派其他资产。"
    ),
    Code.INSPECTION_DUE: Sentence(
        "Have it inspected before, or take another asset.", "提前年检，或改派其他资产。"
    ),
    Code.UPKEEP_DUE: Sentence("Have it looked after before.", "提前保养。"),
    Code.NEVER_HEARD: Sentence("Enrol the asset and start its agent.", "注册该资产并启动代理。"),
    Code.SILENT: Sentence(
        "Switch the asset on, or bring it where there is a network.", "开机，或移到有网络的地方。"
    ),
    Code.POWER_LOW: Sentence(
        "Connect it to mains, or start the generator.", "接通市电，或启动发电机。"
    ),
    Code.POWER_UNKNOWN: Sentence("Connect it to mains.", "接通市电。"),
    Code.POWER_STALE: Sentence("Run a check now.", "立即检查。"),
    Code.LINK_NONE: Sentence(
        "Move to a place with a network; look at SIM and router.",
        "移到有网络的地方，检查 SIM 卡和路由器。",
    ),
    Code.LINK_POOR: Sentence("Move to a place with a better network.", "移到网络更好的地方。"),
    Code.LINK_REDUCED: Sentence(
        "Use fewer video streams, or move to a place with a better network.",
        "减少视频路数，或移到网络更好的地方。",
    ),
    Code.LINK_UNSURE: Sentence(
        "Run a check now: it measures the uplink.", "立即检查，测量上行速率。"
    ),
    Code.LINK_UNKNOWN: Sentence("Run a check now: it measures the link.", "立即检查，测量链路。"),
    Code.LINK_STALE: Sentence("Run a check now: it measures the link.", "立即检查，测量链路。"),
    Code.DEVICE_LACKING: Sentence(
        "Take such a device along and enter it in the profile, or take another asset.",
        "携带该设备并登记到设备清单，或改派其他资产。",
    ),
    Code.DEVICE_ABSENT: Sentence("Plug it in.", "接上设备。"),
    Code.DEVICE_FAULT: Sentence("Have it repaired or replaced.", "维修或更换。"),
    Code.DEVICE_LIMITED: Sentence("Look after it before it fails.", "尽快处理，以免失效。"),
    Code.DEVICE_OFF: Sentence("Switch it on.", "开机。"),
    Code.DEVICE_UNKNOWN: Sentence("Run a check now, and try it by hand.", "立即检查，并人工试用。"),
    Code.DEVICE_STALE: Sentence("Run a check now.", "立即检查。"),
    Code.PLATFORM_NOT_ANSWERING: Sentence(
        "Look at the link; if it is good, call whoever runs the platform.",
        "检查链路；链路正常时联系平台运维。",
    ),
    Code.PLATFORM_BLOCKED: Sentence(
        "Have the way opened: private line, APN, firewall or sign-in page.",
        "打通访问：专线、APN、防火墙或认证页面。",
    ),
    Code.PLATFORM_FAULT: Sentence("Call whoever runs the platform.", "联系平台运维。"),
    Code.PLATFORM_UNKNOWN: Sentence("Run a check now.", "立即检查。"),
    Code.PLATFORM_STALE: Sentence("Run a check now.", "立即检查。"),
    Code.SEAT_EMPTY: Sentence("Sign in on the crew page.", "在本机的现场页面登记到岗。"),
    Code.ITEM_MISSING: Sentence("Fetch it and tick it.", "取来后勾选。"),
    Code.ITEM_UNKNOWN: Sentence("Look and tick it.", "核对后勾选。"),
    Code.ITEM_STALE: Sentence("Look and tick it again.", "重新核对并勾选。"),
}

FAULT_REMEDIES: Final[Mapping[DeviceFault, Sentence]] = {
    DeviceFault.NOT_FOUND: Sentence("Plug it in.", "接上设备。"),
    DeviceFault.NOT_ANSWERING: Sentence("Switch it on and look at its cable.", "开机并检查连线。"),
    DeviceFault.REFUSED: Sentence("Have its access set right.", "修正访问权限。"),
    DeviceFault.OTHER_SERIAL: Sentence(
        "Put the right one back, or enter the new serial number.", "换回原设备，或登记新序列号。"
    ),
    DeviceFault.PAPER_OUT: Sentence("Put paper in.", "装纸。"),
    DeviceFault.PAPER_LOW: Sentence("Put more paper in.", "补充纸张。"),
    DeviceFault.TONER_OUT: Sentence("Change the toner.", "更换墨粉。"),
    DeviceFault.TONER_LOW: Sentence("Take toner along.", "备好墨粉。"),
    DeviceFault.JAMMED: Sentence("Take the jammed paper out.", "取出卡住的纸。"),
    DeviceFault.COVER_OPEN: Sentence("Close the cover.", "关上盖板。"),
    DeviceFault.STOPPED: Sentence("Start it again.", "重新启动设备。"),
    DeviceFault.PICTURE_BLACK: Sentence(
        "Take the cap off, or put light on.", "取下镜头盖，或开灯。"
    ),
    DeviceFault.PICTURE_FROZEN: Sentence("Switch it off and on.", "关机后重新开机。"),
    DeviceFault.SILENT: Sentence("Look at cable, volume and mute.", "检查连线、音量和静音。"),
    DeviceFault.SPACE_LOW: Sentence("Move old recordings away soon.", "尽快转存旧录像。"),
    DeviceFault.SPACE_OUT: Sentence("Move old recordings away.", "转存旧录像。"),
    DeviceFault.BATTERY_LOW: Sentence("Charge it soon.", "尽快充电。"),
    DeviceFault.BATTERY_OUT: Sentence("Charge it.", "充电。"),
    DeviceFault.HUNG: Sentence("Switch it off and on.", "关机后重新开机。"),
}
