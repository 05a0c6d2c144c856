"""Rows of the journal and events of assets: one sentence each, with places for its facts."""

from typing import Final

from fleet_server.journal.model import What
from fleet_server.sentences.configuration import CONFIGURATION_EVENTS, CONFIGURATION_JOURNAL
from fleet_server.sentences.rollouts import ROLLOUT_JOURNAL
from telemetry.sentences.wording import Sentence

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
