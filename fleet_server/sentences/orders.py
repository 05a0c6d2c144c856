"""What is said of orders."""

from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from telemetry.sentences.wording import Sentence
from telemetry.wire.lines import Line
from telemetry.words import (
    Deferral,
    LineKind,
    OrderFault,
    OrderKind,
    OrderRefusal,
    OrderState,
    RemoteCommand,
    word,
)

ORDERS: Final[dict[str, Sentence]] = {
    "no_order": Sentence("There is no order {order}.", "没有指令 {order}。"),
    "order_has_ended": Sentence("Order {order} has ended already.", "指令 {order} 已结束。"),
    "order_too_large": Sentence(
        "The order has {size} bytes and an asset takes {most}; let the play fetch large files.",
        "指令有 {size} 字节，超过资产可接收的 {most} 字节；大文件请由剧本自行下载。",
    ),
    "no_playbook": Sentence("There is no playbook {playbook!r}.", "没有剧本 {playbook!r}。"),
    "restart_needs_one": Sentence(
        "Name either a unit or a device to restart.", "请指定要重启的服务或设备，二者选一。"
    ),
    "unit_ends_machine": Sentence(
        "{unit} takes the machine away. To restart the machine, name the device 'machine'.",
        "{unit} 会使整机停止运行。如需重启整机，请将设备名填为 machine。",
    ),
    "no_such_device": Sentence(
        "The profile of {asset} names no device {device!r}.",
        "{asset} 的装备档案中没有设备 {device!r}。",
    ),
    "device_not_restarted": Sentence(
        "{device} of {asset} cannot be restarted from afar: only devices on USB and the modem can.",
        "{asset} 的设备 {device} 无法远程重启：仅支持 USB 设备和调制解调器。",
    ),
    "order_valid_too_short": Sentence(
        "The order's time would be over before it is placed, or in more than {days} days.",
        "指令的有效期早于下达时间，或超过 {days} 天。",
    ),
    "window_backwards": Sentence("A window ends before it begins.", "时间窗口的结束早于开始。"),
    "no_output": Sentence("Order {order} has given out nothing.", "指令 {order} 没有输出。"),
    "output_not_here": Sentence(
        "What order {order} gave out has not all come yet.", "指令 {order} 的输出尚未全部到达。"
    ),
    "output_damaged": Sentence(
        "What came of order {order} was not what its asset said, and was not kept.",
        "指令 {order} 的输出与资产所述不符，未予保留。",
    ),
    "output_no_text": Sentence(
        "What order {order} gave out is no text; fetch it as a file.",
        "指令 {order} 的输出不是文本，请下载文件。",
    ),
    # the command line
    "bad_variable": Sentence(
        "{text!r} is no variable; write name=value.", "{text!r} 不是变量；请写成 名称=值。"
    ),
    "order_is_placed": Sentence(
        "Order {order} for {asset}: {title}.", "已对 {asset} 下达指令 {order}：{title}。"
    ),
    "order_withdrawn": Sentence("Withdrawn; nothing of it was sent.", "已撤回，指令从未发出。"),
    "order_to_end": Sentence(
        "The asset is told to end it; it is over when the asset says so.",
        "已通知资产终止；以资产回报为准。",
    ),
    "order_tasks": Sentence(
        "{ok} ok, {changed} changed, {failed} failed, {skipped} skipped, {rescued} rescued",
        "正常 {ok}，变更 {changed}，失败 {failed}，跳过 {skipped}，补救 {rescued}",
    ),
    "order_output_saved": Sentence("{size} bytes in {path}.", "已写入 {path}，{size} 字节。"),
    "head_order": Sentence("order", "指令"),
    "head_number": Sentence("no.", "序号"),
    "head_what": Sentence("what", "内容"),
    "head_who": Sentence("who", "下达者"),
    "head_tasks": Sentence("tasks", "任务"),
    "checks_only": Sentence("check only", "仅检查"),
}

STATES: Final[dict[OrderState, Sentence]] = {
    OrderState.QUEUED: Sentence("queued", "排队中"),
    OrderState.SENT: Sentence("sent", "已发送"),
    OrderState.ACCEPTED: Sentence("accepted", "已接收"),
    OrderState.DEFERRED: Sentence("waiting", "等待中"),
    OrderState.DOWNLOADING: Sentence("downloading", "下载中"),
    OrderState.RUNNING: Sentence("running", "执行中"),
    OrderState.VERIFYING: Sentence("verifying", "核验中"),
    OrderState.SUCCEEDED: Sentence("succeeded", "成功"),
    OrderState.FAILED: Sentence("failed", "失败"),
    OrderState.ROLLED_BACK: Sentence("rolled back", "已回退"),
    OrderState.CANCELLED: Sentence("cancelled", "已取消"),
    OrderState.EXPIRED: Sentence("expired", "已过期"),
    OrderState.REFUSED: Sentence("refused", "被拒绝"),
}

CODES: Final[dict[str, Sentence]] = {
    Deferral.IN_SITTING: Sentence("a sitting is in progress", "庭审中"),
    Deferral.NOT_QUIET: Sentence("it has not been quiet for long enough", "安静时间不足"),
    Deferral.MOVING: Sentence("it is moving", "行驶中"),
    Deferral.BATTERY: Sentence("the battery is low", "电量不足"),
    Deferral.DISK: Sentence("the disk has too little room", "磁盘空间不足"),
    Deferral.LINK: Sentence("the link is too poor", "链路质量不足"),
    Deferral.METERED: Sentence("the link is metered", "正在使用计费流量"),
    Deferral.WINDOW: Sentence("it is not the time for it", "不在允许的时间段"),
    Deferral.BUSY: Sentence("somebody is working on it", "有人正在作业"),
    OrderRefusal.SIGNATURE: Sentence("its signature is wrong", "签名不符"),
    OrderRefusal.ADDRESSEE: Sentence("it is for another asset", "收件资产不符"),
    OrderRefusal.HASH: Sentence("it was changed on the way", "内容在途中被改动"),
    OrderRefusal.OLDER: Sentence("its number was taken already", "序号已被占用"),
    OrderRefusal.NOT_YET_VALID: Sentence(
        "it is not valid yet by the asset's clock", "按资产时钟尚未生效"
    ),
    OrderRefusal.EXPIRED: Sentence("its time is over", "已超过有效期"),
    OrderRefusal.CONTENT: Sentence("the asset does not understand it", "资产无法理解其内容"),
    OrderRefusal.DONE_ALREADY: Sentence("it was done already", "此前已执行"),
    OrderRefusal.OUTBOX_FULL: Sentence("the outbox has too little room", "发件箱空间不足"),
    OrderRefusal.NO_EXECUTOR: Sentence(
        "nothing there may carry it out", "该机没有可执行指令的程序"
    ),
    OrderFault.PLAY: Sentence("a task failed", "有任务失败"),
    OrderFault.TIME_LIMIT: Sentence("it took too long", "超过时间上限"),
    OrderFault.MEMORY_LIMIT: Sentence("it took too much memory", "超过内存上限"),
    OrderFault.INTERRUPTED: Sentence("it was interrupted too often", "中断次数过多"),
    OrderFault.EXECUTOR: Sentence("the executor failed", "执行程序出错"),
}

LINES: Final[dict[LineKind, Sentence]] = {
    LineKind.BEGUN: Sentence("begun", "开始"),
    LineKind.OK: Sentence("ok", "正常"),
    LineKind.CHANGED: Sentence("changed", "已更改"),
    LineKind.SKIPPED: Sentence("skipped", "跳过"),
    LineKind.FAILED: Sentence("failed", "失败"),
    LineKind.IGNORED: Sentence("failed, goes on", "失败，继续"),
    LineKind.UNREACHABLE: Sentence("unreachable", "联系不上"),
}

KINDS: Final[dict[OrderKind, Sentence]] = {
    OrderKind.BUNDLE: Sentence("playbook", "剧本"),
    OrderKind.CHECK_NOW: Sentence("device check", "设备检查"),
    OrderKind.DIAGNOSE: Sentence("diagnosis", "诊断"),
    OrderKind.COMMAND: Sentence("command", "命令"),
    OrderKind.RESTART: Sentence("restart", "重启"),
}

COMMANDS: Final[dict[RemoteCommand, Sentence]] = {
    RemoteCommand.DISK_USE: Sentence("disk use", "磁盘用量"),
    RemoteCommand.MEMORY_USE: Sentence("memory use", "内存用量"),
    RemoteCommand.NETWORK_STATE: Sentence("network state", "网络状态"),
    RemoteCommand.FAILED_UNITS: Sentence("failed units", "故障服务"),
    RemoteCommand.AGENT_LOG: Sentence("agent's log", "代理日志"),
    RemoteCommand.TIME_STATE: Sentence("time state", "时钟状态"),
}


def came_to(state: str, code: str, language: str) -> str:
    """A state with its reason: "refused: its signature is wrong"."""
    known = word(OrderState, state)
    said = state if known is None else STATES[known].pick(language)
    if not code:
        return said
    why = CODES[code].pick(language) if code in CODES else code
    return f"{said}：{why}" if language == "zh-CN" else f"{said}: {why}"


def of_line(line: Line, language: str) -> str:
    """What a play is at: "changed: Write the printer queues"."""
    known = word(LineKind, line.what)
    said = line.what if known is None else LINES[known].pick(language)
    return f"{said}：{line.task}" if language == "zh-CN" else f"{said}: {line.task}"


def asked_for(kind: str, title: str, language: str) -> str:
    """What an order is: its kind, and of what: "command: disk use"."""
    known = word(OrderKind, kind)
    said = kind if known is None else KINDS[known].pick(language)
    command = word(RemoteCommand, title)
    what = title if command is None else COMMANDS[command].pick(language)
    if not what:
        return said
    return f"{said}：{what}" if language == "zh-CN" else f"{said}: {what}"


def facts_of(facts: Mapping[str, JsonValue], language: str) -> dict[str, JsonValue]:
    """What of a journal row or event about an order its sentence holds."""
    state, code = str(facts.get("state", "")), str(facts.get("code", ""))
    kind, title = str(facts.get("kind", "")), str(facts.get("title", ""))
    return {
        "came_to": came_to(state, code, language),
        "asked_for": asked_for(kind, title, language),
    }
