"""The journal and the events of assets told in sentences, English and Chinese."""

import string
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from pydantic import JsonValue

from fleet_server.journal.model import What
from fleet_server.sentences import orders
from fleet_server.sentences.catalogue import SENTENCES
from fleet_server.sentences.configuration import (
    CONFIGURATION_EVENTS,
    CONFIGURATION_JOURNAL,
    event_of,
)
from fleet_server.sentences.rollouts import ROLLOUT_JOURNAL, ROLLOUT_OUTCOMES
from telemetry.sentences.wording import Sentence
from telemetry.words import Deferral

JOURNAL: Final[dict[What, Sentence]] = {
    What.ACCOUNT_MADE: Sentence("Account made, role {role}.", "已创建账户，角色 {role}。"),
    What.SIGNED_IN: Sentence("Signed in.", "已登录。"),
    What.SIGNED_OUT: Sentence("Signed out.", "已退出登录。"),
    What.TOKEN_MADE: Sentence(
        "Token {label} made, role {role}, for {days} days.",
        "已创建令牌 {label}，角色 {role}，有效期 {days} 天。",
    ),
    What.TOKEN_WITHDRAWN: Sentence("Token {was_label} withdrawn.", "已撤销令牌 {was_label}。"),
    What.DEMO_ENTERED: Sentence("Entered the demo.", "已进入演示。"),
    What.SCREEN_OPENED: Sentence(
        "A screen was opened with token {label}.", "已用令牌 {label} 打开大屏。"
    ),
    What.BASEMAP_IMPORTED: Sentence(
        "Map layer imported: {features} features, datum {datum}.",
        "已导入地图图层：{features} 个要素，坐标系 {datum}。",
    ),
    What.BASEMAP_REMOVED: Sentence(
        "Map layer removed; the built-in one shows again.", "已删除导入的地图图层，恢复内置图层。"
    ),
    What.PLAYBOOKS_ADDED: Sentence("Playbooks added.", "已添加剧本。"),
    What.PLAYBOOKS_REMOVED: Sentence("Playbooks removed.", "已删除剧本。"),
    What.ARTIFACT_ADDED: Sentence(
        "{name} added to the store, {bytes} bytes.", "已将 {name} 加入制品库，{bytes} 字节。"
    ),
    What.ARTIFACT_REMOVED: Sentence(
        "{was_name} removed from the store.", "已从制品库删除 {was_name}。"
    ),
    What.ASSET_ADDED: Sentence(
        "Added to {court} as {name} ({kind}).", "已登记到 {court}：{name} ({kind})。"
    ),
    What.ASSET_CHANGED: Sentence("Changed: {changes}.", "已修改：{changes}。"),
    What.ASSET_MOVED: Sentence("Moved here from {was_court}.", "从 {was_court} 调入。"),
    What.ASSET_LEFT: Sentence("Moved to {court}.", "调往 {court}。"),
    What.ASSET_INVITED: Sentence(
        "Enrolment string {invitation} given out, for one use within 24 hours.",
        "已发出注册码 {invitation}，24 小时内可用一次。",
    ),
    What.ASSET_REPLACED: Sentence(
        "Computer to be replaced; {certificates} certificates of the old one ended.",
        "更换计算机：旧计算机的 {certificates} 张证书已作废。",
    ),
    What.ASSET_RETIRED: Sentence("Retired; its history stays.", "已停用，历史数据保留。"),
    What.ASSET_REINSTATED: Sentence("Taken back into use.", "已恢复使用。"),
    What.ASSETS_IMPORTED: Sentence(
        "{file} imported: {new} new, {changed} changed, {unchanged} unchanged, {refused} refused.",
        "已导入 {file}：新增 {new}，修改 {changed}，未变 {unchanged}，拒绝 {refused}。",
    ),
    What.ENROLMENT_REFUSED: Sentence("Enrolment refused: {reason}", "注册被拒绝：{reason}"),
    What.CERTIFICATE_ENROLLED: Sentence(
        "A computer enrolled; its certificate lasts until {expires_at}.",
        "计算机已注册，证书有效期至 {expires_at}。",
    ),
    What.CERTIFICATE_RENEWED: Sentence(
        "Certificate renewed until {expires_at}.", "证书已续期至 {expires_at}。"
    ),
    What.CERTIFICATE_SIMULATED: Sentence(
        "Simulated computer admitted until {expires_at}.",
        "已接纳模拟计算机，有效期至 {expires_at}。",
    ),
    What.CERTIFICATES_REVOKED: Sentence("{count} certificates revoked.", "已作废 {count} 张证书。"),
    What.COURT_ADDED: Sentence("Court recorded.", "已登记法院。"),
    What.COURT_CHANGED: Sentence("Changed: {changes}.", "已修改：{changes}。"),
    What.COURT_REMOVED: Sentence("Court removed.", "已删除法院记录。"),
    What.DOCUMENT_SETTINGS: Sentence(
        "Settings, version {version}, are to be held.", "已下达设置第 {version} 版。"
    ),
    What.DOCUMENT_PROFILE: Sentence(
        "Profile, version {version}, is to be held.", "已下达装备档案第 {version} 版。"
    ),
    What.DOCUMENT_CATALOGUE: Sentence(
        "Catalogue of services, version {version}, is to be held.",
        "已下达业务目录第 {version} 版。",
    ),
    What.DOCUMENT_PEOPLE: Sentence(
        "List of people, version {version}, is to be held.", "已下达人员名单第 {version} 版。"
    ),
    What.DOCUMENT_DAY: Sentence(
        "Bookings, version {version}, are to be held.", "已下达日程第 {version} 版。"
    ),
    What.EPOCH_OPENED: Sentence(
        "The agent counts its {stream} anew: {why}.", "代理重新开始为{stream}编号：{why}。"
    ),
    What.DOCUMENT_HELD: Sentence(
        "The agent holds {name}, version {version}.", "代理已启用{name}第 {version} 版。"
    ),
    What.DOCUMENT_REFUSED: Sentence(
        "The agent refused {name}, version {version}: {code}.",
        "代理拒绝{name}第 {version} 版：{code}。",
    ),
    What.OUTBOX_SET_ASIDE: Sentence(
        "The agent put its outbox aside: {why}.", "代理已将发件箱另存：{why}。"
    ),
    What.CLOCK_FAULT: Sentence(
        "The clock was wrong by {off_seconds} s, by {better}.",
        "时钟偏差 {off_seconds} 秒 (参照 {better})。",
    ),
    What.FORKED: Sentence(
        "Number {number} of {stream} came with two contents: a copied or restored disk.",
        "{stream}第 {number} 号有两种内容：磁盘可能被复制或恢复过。",
    ),
    What.DEVICE_CHANGED: Sentence(
        "Device {device} is another one: {after} instead of {before}.",
        "设备 {device} 已更换：序列号由 {before} 变为 {after}。",
    ),
    What.CHECK_DONE: Sentence(
        "{why}{by}: {passed} passed, {failed} failed, {skipped} skipped.",
        "{why}{by}：通过 {passed} 项，失败 {failed} 项，跳过 {skipped} 项。",
    ),
    What.MANUAL_TICKED: Sentence("{who} confirmed {items}.", "{who} 已确认 {items}。"),
    What.SITTING_BEGAN: Sentence(
        "A sitting began ({service}); the lock was taken by {owner}.",
        "庭审开始 ({service})，锁由{owner}取得。",
    ),
    What.SITTING_ENDED: Sentence("The sitting ended: {why}{by}.", "庭审结束：{why}{by}。"),
    What.BACKPACK_OUT: Sentence(
        "Taken by {who} until {due_at}: {purpose}", "{who} 已领用，应于 {due_at} 归还：{purpose}"
    ),
    What.BACKPACK_BACK: Sentence("Brought back. {note}", "已归还。{note}"),
    What.WAKE_PLAN_CHANGED: Sentence(
        "The plan of wake-up checks was changed.", "已修改唤醒检查计划。"
    ),
    What.STATION_KEY_MADE: Sentence(
        "A link for self-checks was made, for {days} days.", "已生成自检链接，有效期 {days} 天。"
    ),
    What.STATION_KEY_WITHDRAWN: Sentence(
        "The link for self-checks was withdrawn.", "已撤销自检链接。"
    ),
    What.ORDER_PLACED: Sentence("Ordered: {asked_for}.", "已下达指令：{asked_for}。"),
    What.ORDER_CANCELLED: Sentence(
        "An order is to end: {asked_for}.", "要求终止指令：{asked_for}。"
    ),
    What.ORDER_ENDED: Sentence(
        "An order ended ({asked_for}): {came_to}.", "指令结束 ({asked_for})：{came_to}。"
    ),
    What.UPKEEP_CHANGED: Sentence(
        "Inspection, upkeep and maintenance planned anew.", "已更新年检、保养和维护计划。"
    ),
    What.MAINTENANCE: Sentence(
        "Maintenance {is_on} by {who}{because}.", "{who} {is_on}维护状态{because}。"
    ),
    **CONFIGURATION_JOURNAL,
    **ROLLOUT_JOURNAL,
}

EVENTS: Final[dict[str, Sentence]] = {
    "epoch_opened": JOURNAL[What.EPOCH_OPENED],
    "dropped": Sentence(
        "{count} {stream} were given up and declared: {why}.",
        "已声明丢弃 {count} 条{stream}：{why}。",
    ),
    "agent_started": Sentence(
        "The agent started, version {version}.", "代理已启动，版本 {version}。"
    ),
    "document_held": JOURNAL[What.DOCUMENT_HELD],
    "document_refused": JOURNAL[What.DOCUMENT_REFUSED],
    "outbox_set_aside": JOURNAL[What.OUTBOX_SET_ASIDE],
    "clock_fault": JOURNAL[What.CLOCK_FAULT],
    "configured": CONFIGURATION_EVENTS["configured"],
    "probe_hung": Sentence("The probe {probe} does not answer.", "探针 {probe} 没有响应。"),
    "units_failed": Sentence(
        "Failed systemd units: {failed} (before: {before}).",
        "失败的系统服务：{failed}（之前：{before}）。",
    ),
    "device_changed": JOURNAL[What.DEVICE_CHANGED],
    "check_done": JOURNAL[What.CHECK_DONE],
    "manual_ticked": JOURNAL[What.MANUAL_TICKED],
    "seat_taken": Sentence("{who} is here as {seat}.", "{who} 已到岗：{seat}。"),
    "seat_left": Sentence("{who} left the seat of {seat}.", "{who} 已离岗：{seat}。"),
    "sitting_began": JOURNAL[What.SITTING_BEGAN],
    "sitting_ended": JOURNAL[What.SITTING_ENDED],
    "disturbance": Sentence(
        "A step that would disturb ({step}) was {outcome}: {why}.",
        "可能干扰庭审的操作 ({step}) {outcome}：{why}。",
    ),
    "maintenance": JOURNAL[What.MAINTENANCE],
    "order": Sentence("Order {number}: {came_to}.", "第 {number} 号指令：{came_to}。"),
    "order_output": Sentence(
        "Part {part} of {parts} of what order {id} gave out.",
        "指令 {id} 的输出，共 {parts} 份，第 {part} 份。",
    ),
}
_UNKNOWN: Final = Sentence(
    "An event of the kind {kind}, which this server does not know.",
    "类型为 {kind} 的事件，本服务器尚不认识。",
)

# Words of closed lists that stand inside the sentences.
WORDS: Final[dict[str, Sentence]] = {
    **ROLLOUT_OUTCOMES,
    "by_hand": Sentence("by hand", "仅手动"),
    "when_idle": Sentence("by itself when idle", "空闲时自动"),
    "reports": Sentence("reports", "上报"),
    "events": Sentence("events", "事件"),
    "settings": Sentence("settings", "设置"),
    "vehicle": Sentence("vehicle", "车辆"),
    "backpack": Sentence("backpack", "背包"),
    "clinic": Sentence("clinic", "诊所"),
    "station": Sentence("station", "调解点"),
    "basic": Sentence("basic", "基层"),
    "intermediate": Sentence("intermediate", "中级"),
    "high": Sentence("high", "高级"),
    "viewer": Sentence("viewer", "查看"),
    "operator": Sentence("operator", "操作"),
    "admin": Sentence("admin", "管理"),
    # why an epoch was opened, or an outbox put aside
    "first": Sentence("the first time", "首次启用"),
    "disk_went_back": Sentence("its disk went back in time", "磁盘被恢复到较早的状态"),
    "forked": Sentence("its numbers were taken already", "编号已被占用"),
    "other_machine": Sentence("another machine", "换了计算机"),
    "other_asset": Sentence("it belonged to another asset", "属于另一资产"),
    "outbox_damaged": Sentence("it was damaged", "文件损坏"),
    # why records were given up
    "outbox_full": Sentence("the outbox was full", "发件箱已满"),
    "disk_full": Sentence("the disk was full", "磁盘已满"),
    "too_large": Sentence("too large to send", "过大，无法发送"),
    "damaged": Sentence("damaged", "已损坏"),
    "renumbered": Sentence("they come again under other numbers", "将以其他编号重新发送"),
    # why a check was made
    "departure": Sentence("Check before departure", "发车前检查"),
    "wake_up": Sentence("Wake-up check", "唤醒检查"),
    "self_check": Sentence("Self-check", "现场自检"),
    # why a document was refused
    "signature": Sentence("its signature is wrong", "签名不符"),
    "addressee": Sentence("it is for another asset", "收件资产不符"),
    "not_yet_valid": Sentence("it is not valid yet", "尚未生效"),
    "expired": Sentence("it has expired", "已过期"),
    "older": Sentence("it is older than the present one", "版本较旧"),
    "hash": Sentence("its content was changed on the way", "内容在途中被改动"),
    "content": Sentence("its content makes no sense", "内容无法理解"),
    # clocks
    "gnss": Sentence("satellites", "卫星"),
    "ntp": Sentence("NTP", "NTP"),
    "server": Sentence("the server", "服务器"),
    "none": Sentence("nothing", "无"),
    # desired documents
    "profile": Sentence("profile", "装备档案"),
    "catalogue": Sentence("catalogue of services", "业务目录"),
    "people": Sentence("list of people", "人员名单"),
    "day": Sentence("bookings", "日程"),
    # seats
    "judge": Sentence("judge", "法官"),
    "clerk": Sentence("clerk", "书记员"),
    "bailiff": Sentence("bailiff", "法警"),
    "driver": Sentence("driver", "驾驶员"),
    "mediator": Sentence("mediator", "调解员"),
    # sittings, and what would disturb them
    "crew": Sentence("the crew", "随车人员"),
    "recording": Sentence("a running recording", "正在进行的录制"),
    "quiet": Sentence("nothing had moved for long", "长时间无动静"),
    "overridden": Sentence("overridden", "强制解除"),
    "deferred": Sentence("deferred", "已推迟"),
    "allowed": Sentence("allowed", "已允许"),
    **{str(one): orders.CODES[one] for one in Deferral},
    "not_quiet": Sentence("it has not been quiet for 15 minutes", "安静未满 15 分钟"),
    "centre": Sentence("the centre", "中心"),
    "True": Sentence("began", "进入"),
    "False": Sentence("ended", "结束"),
    # fields of records
    "field_kind": Sentence("kind", "类别"),
    "field_name": Sentence("name", "名称"),
    "field_court": Sentence("court", "法院"),
    "field_plate": Sentence("plate", "车牌号"),
    "field_note": Sentence("note", "备注"),
    "field_tags": Sentence("tags", "标签"),
    "field_home": Sentence("home", "驻地"),
    "field_level": Sentence("level", "层级"),
    "field_district": Sentence("district", "辖区"),
    "field_contact": Sentence("contact", "联系人"),
    "field_phone": Sentence("telephone", "电话"),
    "field_hours": Sentence("hours", "办公时间"),
}
_OF_ORDERS: Final = frozenset({What.ORDER_PLACED, What.ORDER_CANCELLED, What.ORDER_ENDED})
_TRANSLATED: Final = frozenset(
    {
        "stream",
        "why",
        "kind",
        "role",
        "code",
        "better",
        "name",
        "seat",
        "owner",
        "outcome",
        "is_on",
        "converge",
    }
)
"""Facts that may be a word of ours; what is none stays as it is."""


def of_journal(what: str, before: JsonValue, after: JsonValue, language: str) -> str:
    """What a row of the journal says; a row of a newer server's kind says its code."""
    sentence = JOURNAL.get(What(what)) if what in frozenset(What) else None
    if sentence is None:
        return what
    facts: dict[str, JsonValue] = {}
    if isinstance(before, dict):
        facts |= {f"was_{key}": value for key, value in before.items()}
    if isinstance(after, dict):
        facts |= after
    if isinstance(before, dict) and isinstance(after, dict):
        facts["changes"] = _changes(before, after, language)
    facts |= _summed(facts)
    if what == What.MAINTENANCE:
        facts |= _work(facts, language)
    if what in _OF_ORDERS:
        facts |= orders.facts_of(facts, language)
    # Names are people's own words, except those of documents.
    is_own = what in {What.ASSET_ADDED, What.ASSET_CHANGED}
    if what == What.ENROLMENT_REFUSED:
        facts["reason"] = _reason(str(facts.get("code", "")), language)
    return _filled(sentence, facts, language, {"name"} if is_own else set())


def of_event(kind: str, body: JsonValue, language: str) -> str:
    """What an event says; one of an unknown kind says so."""
    facts: dict[str, JsonValue] = dict(body) if isinstance(body, dict) else {}
    numbers = facts.get("numbers")
    if kind == "dropped" and isinstance(numbers, list):
        facts["count"] = sum(_span(one) for one in numbers)
    facts |= _summed(facts)
    if kind == What.MAINTENANCE:
        facts |= _work(facts, language)
    if kind == "order":
        facts |= orders.facts_of(facts, language)
    if kind == "units_failed":
        facts |= {key: _listed(facts.get(key), language) for key in ("failed", "before")}
    if kind == "order_output":
        facts["part"] = _next(facts.get("part"))
    if kind == "configured":
        code, facts = event_of(facts)
        return _filled(CONFIGURATION_EVENTS[code], facts, language, set())
    if kind not in EVENTS:
        return _filled(_UNKNOWN, {"kind": kind}, language, {"kind"})
    return _filled(EVENTS[kind], facts, language, set())


def _summed(facts: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What of an event a sentence can hold: a check's outcomes, the items ticked, who said what."""
    said = [str(one) for one in (facts.get("who"), facts.get("said")) if one]
    found: dict[str, JsonValue] = {"by": f" ({': '.join(said)})" if said else ""}
    steps, items = facts.get("steps"), facts.get("items")
    if isinstance(steps, list):
        outcomes = [one[1] for one in steps if isinstance(one, list) and len(one) > 1]
        found |= {name: outcomes.count(name) for name in ("passed", "failed")}
        found["skipped"] = outcomes.count("skipped") + outcomes.count("refused")
    if isinstance(items, list):
        found["items"] = ", ".join(str(one) for one in items)
    return found


def _work(facts: Mapping[str, JsonValue], language: str) -> dict[str, JsonValue]:
    """Who works on an asset, and why: an order of the centre has nobody's name."""
    why = facts.get("why")
    colon = "：" if language == "zh-CN" else ": "
    return {
        "who": facts.get("who") or word("centre", language),
        "because": f"{colon}{why}" if why else "",
    }


def word(text: str, language: str) -> str:
    """A word of ours in the reader's language; any other stays as it is."""
    return _say(WORDS[text], language) if text in WORDS else text


def _filled(
    sentence: Sentence, facts: Mapping[str, JsonValue], language: str, own: set[str]
) -> str:
    """The sentence with its facts; one that an old row lacks is a question mark."""
    text = sentence.zh if language == "zh-CN" else sentence.en
    names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return text.format_map(
        {name: _word(facts.get(name), language, name in _TRANSLATED - own) for name in names}
    )


def _word(value: JsonValue, language: str, is_ours: bool) -> str:
    if value is None:
        return "?"
    text = str(value)
    if is_ours and text in WORDS:
        return _say(WORDS[text], language)
    try:
        is_instant = len(text) >= 20 and text[10] == "T"
        return f"{datetime.fromisoformat(text):%Y-%m-%d}" if is_instant else text
    except ValueError:
        return text


def _changes(before: Mapping[str, JsonValue], after: Mapping[str, JsonValue], language: str) -> str:
    """Which fields differ, and how."""
    is_chinese = language == "zh-CN"
    found = []
    for key, value in after.items():
        word = WORDS.get(f"field_{key}")
        if word is not None and value != before.get(key):
            was = _shown(before.get(key), language)
            found.append(f"{_say(word, language)} {was} → {_shown(value, language)}")
    return ("；" if is_chinese else "; ").join(found)


def _shown(value: JsonValue, language: str) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{one:.5f}" for one in value.values() if isinstance(one, float))
    if isinstance(value, list):
        return " ".join(map(str, value)) or "–"
    text = "" if value is None else str(value)
    if text in WORDS:
        return _say(WORDS[text], language)
    return text or "–"


def _reason(code: str, language: str) -> str:
    sentence = SENTENCES.get(code)
    return code if sentence is None else _filled(sentence, {}, language, set())


def _listed(names: JsonValue, language: str) -> str:
    said = ", ".join(map(str, names)) if isinstance(names, list) else ""
    return said or word("none", language)


def _next(number: JsonValue) -> JsonValue:
    """People count from one."""
    return number + 1 if isinstance(number, int) else number


def _span(interval: JsonValue) -> int:
    if isinstance(interval, Sequence) and not isinstance(interval, str) and len(interval) == 2:
        low, high = interval
        if isinstance(low, int) and isinstance(high, int):
            return high - low + 1
    return 0


def _say(sentence: Sentence, language: str) -> str:
    return sentence.zh if language == "zh-CN" else sentence.en
