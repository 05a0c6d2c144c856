"""What is said of configuration."""

from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from fleet_server.journal.model import What
from telemetry.sentences.wording import Sentence

CONFIGURATION: Final[dict[str, Sentence]] = {
    # what was asked for
    "configuration_no_scope": Sentence(
        "{scope!r} is no scope: say fleet, or kind:, profile:, court: or asset: with a name.",
        "{scope!r} 不是有效的范围：请填写 fleet，或 kind:、profile:、court:、asset: 加名称。",
    ),
    "configuration_no_version": Sentence(
        "This layer has no version {version}.", "该配置层没有第 {version} 版。"
    ),
    "configuration_conflict": Sentence(
        "The layer is at version {version} meanwhile; read it again and repeat the change.",
        "该配置层已更新到第 {version} 版，请重新读取后再修改。",
    ),
    "configuration_nothing": Sentence(
        "Nothing is desired of {asset}: no layer says anything for it.",
        "没有针对 {asset} 的配置：各层均未设置任何内容。",
    ),
    "configuration_retired": Sentence("{asset} is retired.", "{asset} 已停用。"),
    "configuration_no_mapping": Sentence(
        "A layer is a mapping, lines like `clock_timezone: Asia/Shanghai`.",
        "配置层应为键值映射，例如一行 `clock_timezone: Asia/Shanghai`。",
    ),
    "configuration_too_large": Sentence(
        "A layer may hold {most} values at most.", "一个配置层最多包含 {most} 个值。"
    ),
    "configuration_no_json": Sentence(
        "{field!r} holds something that is no text, number, list or mapping; quote dates.",
        "{field!r} 的内容不是文本、数字、列表或映射；日期请加引号。",
    ),
    "configuration_bad_layer": Sentence(
        "The layer cannot be so: {problem}.", "配置层不符合要求：{problem}。"
    ),
    "configuration_bad_whole": Sentence(
        "With this layer the configuration of {asset} would be none: {problem}.",
        "采用该配置层后，{asset} 的配置将不完整：{problem}。",
    ),
    # what is wrong at a field
    "configuration_unknown": Sentence(
        "no role takes this; known are {known}", "没有角色接受此项；可用的有 {known}"
    ),
    "configuration_missing": Sentence("is missing", "缺少此项"),
    "configuration_no_str": Sentence("must be a text", "应为文本"),
    "configuration_no_bool": Sentence("must be true or false", "应为 true 或 false"),
    "configuration_no_int": Sentence("must be a whole number", "应为整数"),
    "configuration_no_float": Sentence("must be a number", "应为数字"),
    "configuration_no_list": Sentence("must be a list", "应为列表"),
    "configuration_no_dict": Sentence("must be a mapping", "应为映射"),
    "configuration_no_choice": Sentence("must be one of {choices}", "应为 {choices} 之一"),
    "configuration_no_name": Sentence("needs a name", "缺少名称"),
    "configuration_twice": Sentence("stands there twice", "重复出现"),
    "configuration_absent_and_more": Sentence(
        "is absent, so nothing else can be said of it", "已标记为移除，不能再设置其他内容"
    ),
    # how an asset stands
    "configuration_state_failing": Sentence("Failed", "应用失败"),
    "configuration_state_drifted": Sentence("Changed by hand", "被手工改动"),
    "configuration_state_behind": Sentence("Not applied yet", "尚未应用"),
    "configuration_state_never": Sentence("Never set up", "从未配置"),
    "configuration_state_unheard": Sentence("Waits until it appears", "等待上线"),
    "configuration_state_applying": Sentence("Being applied", "正在应用"),
    "configuration_state_waiting": Sentence("In step; a device is off", "已一致，有设备未开机"),
    "configuration_state_in_step": Sentence("In step", "一致"),
    "configuration_state_nothing": Sentence("Nothing desired", "无配置要求"),
    # why it is not set up just now
    "configuration_hold_by_hand": Sentence("applied by hand only", "仅手动应用"),
    "configuration_hold_in_sitting": Sentence("court is held there", "正在开庭"),
    "configuration_hold_window": Sentence("outside the maintenance windows", "不在维护时段内"),
    "configuration_hold_quarantined": Sentence("in quarantine", "已隔离"),
    "configuration_hold_busy": Sentence("another order comes first", "另有指令在执行"),
    "configuration_hold_pause": Sentence("tried not long ago", "刚尝试过，稍后重试"),
    "configuration_hold_braked": Sentence(
        "held back: it failed elsewhere", "已暂缓：该配置在其他资产上失败"
    ),
    "configuration_hold_turn": Sentence("others come first", "排队等待"),
    # commands
    "configuration_none": Sentence("Nobody has written a layer yet.", "尚未编写任何配置层。"),
    "configuration_would_change": Sentence(
        "{count} assets would change.", "将影响 {count} 台资产。"
    ),
    "configuration_written": Sentence(
        "{scope} is at version {version}; {count} assets change.",
        "{scope} 已更新到第 {version} 版，影响 {count} 台资产。",
    ),
    "configuration_is_desired": Sentence("Desired: {hash}", "期望配置：{hash}"),
    "configuration_is_reported": Sentence("Reported: {hash}", "上报配置：{hash}"),
    "configuration_never_looked": Sentence(
        "Nobody has looked what would change; add --now to do so.",
        "尚未检查过差异；加 --now 立即检查。",
    ),
    "configuration_no_difference": Sentence(
        "The last check found no difference.", "最近一次检查未发现差异。"
    ),
    "configuration_ordered": Sentence("Order {order} is placed.", "已下达指令 {order}。"),
    "head_scope": Sentence("scope", "范围"),
    "head_changed_at": Sentence("changed", "修改时间"),
    "head_comment": Sentence("comment", "说明"),
    "head_value": Sentence("value", "值"),
    "head_path": Sentence("setting", "配置项"),
    "head_origin": Sentence("from", "来源"),
    "head_hidden": Sentence("instead of", "覆盖"),
    "head_differs": Sentence("differs", "差异"),
}

CONFIGURATION_JOURNAL: Final[dict[What, Sentence]] = {
    What.CONFIGURATION_CHANGED: Sentence(
        "Configuration of {scope} changed, version {version}.",
        "已修改 {scope} 的配置，第 {version} 版。",
    ),
    What.CONFIGURATION_POLICY: Sentence(
        "Configuration is applied: {converge}.", "配置应用方式：{converge}。"
    ),
    What.CONFIGURATION_DRIFTED: Sentence("Changed by hand: {files}.", "被手工改动：{files}。"),
}

CONFIGURATION_EVENTS: Final[dict[str, Sentence]] = {
    "configured": Sentence("Set up as desired: {hash}.", "已按期望配置：{hash}。"),
    "configured_differs": Sentence(
        "Not as it was set up any more: {files}.", "与已应用的配置不一致：{files}。"
    ),
    "configured_waiting": Sentence(
        "Set up as desired: {hash}; {files} waits for its device.",
        "已按期望配置：{hash}；{files} 等待设备开机。",
    ),
    "configured_never": Sentence("It is not set up.", "未配置。"),
}
"""What an asset's event `configured` says, by what is in it."""


def event_of(facts: Mapping[str, JsonValue]) -> tuple[str, dict[str, JsonValue]]:
    """Which of these an event is, and what its sentence holds."""
    for name in ("differs", "waiting"):
        named = facts.get(name)
        if isinstance(named, list) and named:
            return f"configured_{name}", {**facts, "files": ", ".join(map(str, named))}
    return "configured" if facts.get("hash") else "configured_never", dict(facts)
