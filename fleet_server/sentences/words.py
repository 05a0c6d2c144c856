"""Words of closed lists, as they stand inside sentences."""

from typing import Final

from fleet_server.sentences import orders
from fleet_server.sentences.rollouts import ROLLOUT_OUTCOMES
from telemetry.sentences.wording import Sentence
from telemetry.words import Deferral

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


def word(text: str, language: str) -> str:
    """A word of ours in the reader's language; any other stays as it is."""
    found = WORDS.get(text)
    if found is None:
        return text
    return found.zh if language == "zh-CN" else found.en
