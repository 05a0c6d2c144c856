"""The sentences that people read: a code, and what it says in English and Chinese."""

from typing import Final

from fleet_server.errors import Fact, FleetError, Misfit
from fleet_server.sentences.artifacts import ARTIFACTS
from fleet_server.sentences.assets import ASSETS
from fleet_server.sentences.configuration import CONFIGURATION
from fleet_server.sentences.descriptions import DESCRIPTIONS
from fleet_server.sentences.orders import ORDERS
from fleet_server.sentences.playbooks import PLAYBOOKS
from fleet_server.sentences.rollouts import ROLLOUTS
from telemetry.sentences.wording import Sentence

LANGUAGES: Final = ("en", "zh-CN")
_MOST_FAULTS: Final = 8

SENTENCES: Final[dict[str, Sentence]] = {
    **ARTIFACTS,
    **ASSETS,
    **CONFIGURATION,
    **DESCRIPTIONS,
    **ORDERS,
    **PLAYBOOKS,
    **ROLLOUTS,
    # what was asked for
    "bad_asset_id": Sentence(
        "{asset!r} cannot be an asset's id: use 1 to 32 of a-z, 0-9 and '-', for instance veh-001.",
        "{asset!r} 不能作为资产编号：请用 1 至 32 个 a-z、0-9 或 '-'，例如 veh-001。",
    ),
    "reserved_asset_id": Sentence(
        "{asset!r} is a name of the server's own; choose another id.",
        "{asset!r} 是服务器自用的名称，请换一个编号。",
    ),
    "asset_exists": Sentence("Asset {asset} exists already.", "资产 {asset} 已存在。"),
    "asset_unknown": Sentence(
        "There is no asset {asset}; `courtfleet assets list` shows those there are.",
        "没有资产 {asset}；可用 `courtfleet assets list` 查看现有资产。",
    ),
    "bad_request": Sentence("{field}: {problem}.", "{field}：{problem}。"),
    "bad_cursor": Sentence(
        "The cursor is not one that this server gave.", "翻页游标不是本服务器给出的。"
    ),
    "bad_period": Sentence(
        "The period ends before it begins, or is longer than {days} days.",
        "时间段的结束早于开始，或超过 {days} 天。",
    ),
    "metric_unknown": Sentence("There is no metric {metric!r}.", "没有指标 {metric!r}。"),
    "document_conflict": Sentence(
        "The document is at version {version} meanwhile; read it again and repeat the change.",
        "该文档已更新到第 {version} 版，请重新读取后再修改。",
    ),
    "bad_document": Sentence(
        "This is no {document}: {problem}.", "内容不符合 {document} 的要求：{problem}。"
    ),
    "maintenance_backwards": Sentence(
        "A maintenance ends before it begins.", "维护的结束时间早于开始时间。"
    ),
    "not_a_backpack": Sentence("{asset} is no backpack.", "{asset} 不是执行背包。"),
    "not_a_vehicle": Sentence("{asset} is no vehicle.", "{asset} 不是车辆。"),
    "due_in_the_past": Sentence(
        "It would have to be back before it is out.", "归还时间早于领用时间。"
    ),
    "vehicle_needed": Sentence(
        "Name the vehicle when a vehicle carries it, and only then.",
        "仅由车辆携带时才填写车辆编号，且必须填写。",
    ),
    "backpack_is_out": Sentence(
        "{asset} is out already; {who} took it.", "{asset} 已被 {who} 领用。"
    ),
    "backpack_is_in": Sentence("{asset} is not out.", "{asset} 未被领用。"),
    "device_faulty": Sentence("{state}: {faults}", "{state}：{faults}"),
    "device_tried_well": Sentence("Tried in a check: passed", "检查试用：通过"),
    "device_tried_badly": Sentence("Tried in a check: failed", "检查试用：未通过"),
    "device_tried_faulty": Sentence(
        "Tried in a check: failed, {faults}", "检查试用：未通过，{faults}"
    ),
    "service_unknown": Sentence(
        "There is no service {service}; the catalogue has {known}.",
        "没有业务 {service}；目录中有 {known}。",
    ),
    "nothing_to_preview": Sentence(
        "Give a profile or a catalogue to look at.", "请给出要预览的装备档案或业务目录。"
    ),
    "bad_pin": Sentence(
        "A PIN has {least} to {most} digits.", "PIN 码须为 {least} 至 {most} 位数字。"
    ),
    "pin_missing": Sentence(
        "{person} has no PIN yet that could stay.", "{person} 尚未设置 PIN 码，无法保留。"
    ),
    "body_too_large": Sentence("More than {limit} bytes.", "超过 {limit} 字节。"),
    "not_found": Sentence("There is nothing here.", "此处没有内容。"),
    "method_not_allowed": Sentence("This cannot be done here.", "此处不支持该操作。"),
    "not_a_demo_server": Sentence(
        "Only a demo server (`courtfleet serve --demo`) gives certificates to simulated assets.",
        "只有演示服务器 (`courtfleet serve --demo`) 才给模拟资产签发证书。",
    ),
    # who asks
    "not_signed_in": Sentence("Sign in first, or send a token.", "请先登录，或提供访问令牌。"),
    "wrong_password": Sentence("Name or password is wrong.", "用户名或密码错误。"),
    "too_many_sign_ins": Sentence(
        "Too many wrong passwords; try again in {seconds} s.",
        "密码错误次数过多，请 {seconds} 秒后再试。",
    ),
    "not_allowed": Sentence(
        "Your role {role} may not do this; it needs {needed}.",
        "您的角色 {role} 无权执行此操作，需要 {needed}。",
    ),
    "foreign_court": Sentence("{court} is not one of your courts.", "{court} 不在您的法院范围内。"),
    "foreign_origin": Sentence(
        "A change was asked for from another site's page.", "修改请求来自其他网站的页面。"
    ),
    "token_unknown": Sentence("There is no token {token}.", "没有令牌 {token}。"),
    "no_demo_entry": Sentence(
        "Only a demo server lets anybody in without a password.",
        "只有演示服务器允许免密码进入。",
    ),
    "token_may_change": Sentence(
        "A screen on a wall needs a token that can only look (role viewer); this one is {role}.",
        "大屏须使用只读令牌 (角色 viewer)；该令牌的角色是 {role}。",
    ),
    "not_whole_fleet": Sentence(
        "This concerns the whole fleet; your account sees some courts only.",
        "此操作涉及整个车队，而您的账户只能查看部分法院。",
    ),
    # maps
    "tiles_unknown": Sentence("There is no map source {source!r}.", "没有地图源 {source!r}。"),
    "tiles_unavailable": Sentence(
        "The map source {source} does not answer at the moment.", "地图源 {source} 暂时无法访问。"
    ),
    "station_key_invalid": Sentence(
        "This link does not work (any more): ask the court for a new one.",
        "此链接无效或已失效，请向法院索取新链接。",
    ),
    "station_key_unknown": Sentence("{asset} has no station key.", "{asset} 没有自检链接。"),
    "self_check_unknown_step": Sentence(
        "The profile has nothing called {step} that a browser can check.",
        "装备档案中没有可由浏览器检查的 {step}。",
    ),
    "self_check_step_twice": Sentence("{step} is told twice.", "{step} 重复上报。"),
    "self_check_outcome": Sentence(
        "{step} cannot come to {outcome} ({fault}).", "{step} 不可能得出 {outcome} ({fault})。"
    ),
    "self_checks_too_often": Sentence(
        "Too much for this link just now; again in {seconds} s.",
        "此链接使用过于频繁，请在 {seconds} 秒后重试。",
    ),
    "ready_needs_asset": Sentence(
        "Name an asset, or give --tomorrow or --plan.",
        "请给出资产编号，或使用 --tomorrow、--plan。",
    ),
    "nobody_asked": Sentence(
        "Nobody was asked to check itself for tomorrow.", "没有资产收到明天的唤醒检查通知。"
    ),
    "wake_plan_made": Sentence(
        "Asked every day at {ask_at} for {use_at} of the day after.",
        "每天 {ask_at} 通知检查，为次日 {use_at} 做准备。",
    ),
    "wake_plan_off": Sentence("Nobody is asked by this plan.", "此计划已停用，不再通知。"),
    "day_of_one_asset": Sentence(
        "What is booked is booked on one asset: put the day of each.",
        "预约须落到具体资产，请逐项资产设置日程。",
    ),
    "half_a_place": Sentence(
        "A place needs both: longitude and latitude.", "地点须同时给出 longitude 和 latitude。"
    ),
    "half_a_box": Sentence(
        "A box needs all four: west, south, east, north.",
        "范围须同时给出 west、south、east、north 四个值。",
    ),
    "too_many_hexagons": Sentence(
        "More than {limit} hexagons; ask for a smaller area or a coarser resolution.",
        "六边形超过 {limit} 个；请缩小范围或降低分辨率。",
    ),
    "basemap_not_geojson": Sentence(
        "This is no GeoJSON FeatureCollection of points, lines or areas in UTF-8. From other"
        " formats: ogr2ogr -f GeoJSON -t_srs EPSG:4326 map.geojson FILE.",
        "这不是 UTF-8 编码的 GeoJSON FeatureCollection (点、线或面)。其他格式请先转换："
        "ogr2ogr -f GeoJSON -t_srs EPSG:4326 map.geojson FILE。",
    ),
    "basemap_empty": Sentence("There is no feature in it.", "其中没有任何要素。"),
    "basemap_wrong_shape": Sentence(
        "Feature {feature} is a {shape}, which the layer {layer} cannot show.",
        "第 {feature} 个要素是 {shape}，图层 {layer} 无法显示。",
    ),
    "basemap_unnamed": Sentence(
        "Feature {feature} has no name: one of the properties name_zh, name_en, name is needed.",
        "第 {feature} 个要素没有名称：须有 name_zh、name_en、name 属性之一。",
    ),
    "basemap_bad_coordinates": Sentence(
        "Feature {feature} has coordinates that are no pairs of numbers.",
        "第 {feature} 个要素的坐标不是成对的数字。",
    ),
    "basemap_projected": Sentence(
        "Feature {feature} lies at {x:.9g}, {y:.9g}: those are metres of a projection, not degrees."
        " ogr2ogr -t_srs EPSG:4326 makes degrees of them.",
        "第 {feature} 个要素的坐标为 {x:.9g}, {y:.9g}：这是投影坐标 (米)，不是经纬度。"
        "可用 ogr2ogr -t_srs EPSG:4326 转换为经纬度。",
    ),
    "basemap_swapped": Sentence(
        "Feature {feature} lies at {x:.9g}, {y:.9g}: latitude stands before longitude.",
        "第 {feature} 个要素的坐标为 {x:.9g}, {y:.9g}：纬度与经度的顺序颠倒。",
    ),
    "basemap_outside_china": Sentence(
        "Feature {feature} lies at {x:.9g}, {y:.9g}, outside of China,"
        " where neither GCJ-02 nor CGCS2000 applies.",
        "第 {feature} 个要素的坐标为 {x:.9g}, {y:.9g}，在中国境外，"
        "不适用 GCJ-02 或 CGCS2000 坐标系。",
    ),
    # enrolment
    "invitation_unknown": Sentence(
        "This server did not give out this enrolment string.", "该注册码不是本服务器发出的。"
    ),
    "invitation_used": Sentence(
        "This enrolment string was used already; ask for a new one.",
        "该注册码已被使用，请索取新的注册码。",
    ),
    "invitation_expired": Sentence(
        "This enrolment string has expired; ask for a new one.",
        "该注册码已过期，请索取新的注册码。",
    ),
    "invitation_spent": Sentence(
        "This enrolment string was tried too often; ask for a new one.",
        "该注册码尝试次数过多，请索取新的注册码。",
    ),
    "bad_csr": Sentence(
        "The certificate signing request is not usable: {problem}.",
        "证书签名请求不可用：{problem}。",
    ),
    "bad_renewal": Sentence(
        "The present certificate cannot be renewed: {problem}.", "现有证书无法续期：{problem}。"
    ),
    # the server's own state
    "internal": Sentence(
        "The server failed at this; its log says why.", "服务器处理失败，原因见服务器日志。"
    ),
    "store_unavailable": Sentence(
        "The telemetry store does not answer at the moment.", "遥测存储暂时无法访问。"
    ),
    "database_unavailable": Sentence(
        "The state database does not answer at the moment.", "状态数据库暂时无法访问。"
    ),
    "bad_settings": Sentence("{place}: {problem}.", "{place}：{problem}。"),
    "database_newer": Sentence(
        "The state database is of a newer server (revision {revision}); run that one.",
        "状态数据库属于更新版本的服务器 (版本 {revision})，请运行该版本。",
    ),
    "port_taken": Sentence(
        "Port {port} is in use on {host}; stop what uses it or choose another with {flag}.",
        "{host} 的端口 {port} 已被占用；请停止占用程序，或用 {flag} 换一个端口。",
    ),
    "no_broker_program": Sentence(
        "Mosquitto is not installed (apt-get install mosquitto), and no other broker is set.",
        "未安装 Mosquitto (Debian：apt-get install mosquitto)，也未设置外部代理。",
    ),
    "broker_does_not_start": Sentence(
        "Mosquitto does not start; the log above says why.", "Mosquitto 无法启动，原因见上方日志。"
    ),
    "console_not_loopback": Sentence(
        "The console listens on this machine only; {host} is not a loopback address."
        " Put a reverse proxy with TLS in front of it.",
        "控制台只在本机监听；{host} 不是回环地址。请在前面架设带 TLS 的反向代理。",
    ),
    "data_folder_in_use": Sentence(
        "Another server runs on the data folder {folder}.",
        "另一个服务器正在使用数据目录 {folder}。",
    ),
    # what the commands say
    "no_server": Sentence(
        "No server answers at {address}. Start one with `courtfleet serve`, or name it: --server.",
        "{address} 没有服务器应答。请用 `courtfleet serve` 启动，或用 --server 指定。",
    ),
    "strange_answer": Sentence(
        "The answer of {address} is not this server's.", "{address} 的应答不是本系统的应答。"
    ),
    "bad_instant": Sentence(
        "{text!r} is no time: write 2026-03-01T08:00+08:00, or how long ago, for instance 2h.",
        "{text!r} 不是有效时间：请写 2026-03-01T08:00+08:00，或多久以前，例如 2h。",
    ),
    "no_export_format": Sentence(
        "End the file's name in .csv or .parquet, or say --format.",
        "文件名请以 .csv 或 .parquet 结尾，或指定 --format。",
    ),
    "file_unwritable": Sentence(
        "{path} cannot be written: {problem}.", "无法写入 {path}：{problem}。"
    ),
    "file_unreadable": Sentence(
        "{path} cannot be read: {problem}.", "无法读取 {path}：{problem}。"
    ),
    "file_too_large": Sentence(
        "{path} has more than {limit} MB; leave out what the map need not show, or simplify it.",
        "{path} 超过 {limit} MB；请删去地图不需要的内容，或进行简化。",
    ),
    "basemap_summary": Sentence(
        "{path}: {features} features for the layer {layer},"
        " {west:.5f} to {east:.5f} E, {south:.5f} to {north:.5f} N.",
        "{path}：图层 {layer} 的 {features} 个要素，"
        "东经 {west:.5f} 至 {east:.5f}，北纬 {south:.5f} 至 {north:.5f}。",
    ),
    "basemap_moves": Sentence(
        "From GCJ-02 to WGS-84 positions move by up to {metres:.0f} m.",
        "从 GCJ-02 转换到 WGS-84，位置最多移动 {metres:.0f} 米。",
    ),
    "basemap_stays": Sentence(
        "{datum} is WGS-84 to a few decimetres: positions stay as they are.",
        "{datum} 与 WGS-84 相差不过数分米：位置保持不变。",
    ),
    "basemap_not_sent": Sentence("Nothing was sent (--dry-run).", "未发送任何内容 (--dry-run)。"),
    "basemap_taken": Sentence(
        "The console shows it from now on; `courtfleet basemap reset {layer}` undoes that.",
        "控制台即刻使用该图层；`courtfleet basemap reset {layer}` 可恢复内置图层。",
    ),
    "basemap_own": Sentence(
        "{layer}: imported, {features} features", "{layer}：已导入，{features} 个要素"
    ),
    "basemap_bundled": Sentence("{layer}: the bundled one", "{layer}：内置"),
    "basemap_restored": Sentence(
        "The console shows its own {layer} again.", "控制台已恢复内置图层 {layer}。"
    ),
    "basemap_none": Sentence(
        "No {layer} were imported; the console shows its own.",
        "没有导入过图层 {layer}；控制台使用内置图层。",
    ),
    "console_address": Sentence(
        "Console and API: {address} (this machine only).", "控制台与接口：{address} (仅限本机)。"
    ),
    "first_password": Sentence(
        "The first password of account admin is in {path}.", "admin 账户的初始密码在 {path}。"
    ),
    "broker_address": Sentence(
        "Assets connect to {host}:{port}, enrol at port {enrol_port}.",
        "资产连接 {host}:{port}，注册端口 {enrol_port}。",
    ),
    "demo_server": Sentence(
        "This is a demo server: it accepts simulated assets only.",
        "这是演示服务器：只接受模拟资产。",
    ),
    "asset_added": Sentence(
        "{asset}: on the machine run, within 24 hours:", "{asset}：请在 24 小时内在设备上运行："
    ),
    "no_assets": Sentence(
        "No assets yet; `courtfleet assets add --help` shows how to add one.",
        "还没有资产；`courtfleet assets add --help` 说明如何添加。",
    ),
    "exported": Sentence("{rows} rows written to {path}.", "已将 {rows} 行写入 {path}。"),
    "no_readings": Sentence("No readings in this period.", "该时间段内没有读数。"),
    "token_shown_once": Sentence(
        "Keep this token, it is not shown again:", "请保存此令牌，不会再次显示："
    ),
    # table heads and words
    "head_asset": Sentence("asset", "资产"),
    "head_service": Sentence("service", "业务"),
    "head_readiness": Sentence("readiness", "就绪"),
    "head_reasons": Sentence("what is missing", "缺什么"),
    "head_kind": Sentence("kind", "类别"),
    "head_court": Sentence("court", "法院"),
    "head_tags": Sentence("tags", "标签"),
    "head_name": Sentence("name", "名称"),
    "head_state": Sentence("state", "状态"),
    "head_age": Sentence("age", "距上次"),
    "head_rate": Sentence("reports/min", "上报/分"),
    "head_stored": Sentence("stored", "已存"),
    "head_aside": Sentence("set aside", "搁置"),
    "head_dropped": Sentence("dropped", "声明丢弃"),
    "head_lost": Sentence("lost", "丢失"),
    "head_missing": Sentence("missing", "缺失"),
    "head_time": Sentence("time", "时间"),
    "head_mean": Sentence("mean", "平均"),
    "head_lowest": Sentence("lowest", "最低"),
    "head_highest": Sentence("highest", "最高"),
    "head_last": Sentence("last", "最新"),
    "head_id": Sentence("id", "编号"),
    "head_role": Sentence("role", "角色"),
    "head_label": Sentence("label", "标签"),
    "head_expires": Sentence("expires", "到期"),
    "state_online": Sentence("online", "在线"),
    "state_stale": Sentence("stale", "过时"),
    "state_offline": Sentence("offline", "离线"),
    "state_never": Sentence("never seen", "从未上线"),
    "kind_vehicle": Sentence("vehicle", "车辆"),
    "kind_backpack": Sentence("backpack", "背包"),
    "kind_clinic": Sentence("clinic", "诊所"),
    "kind_station": Sentence("station", "调解点"),
    "fleet_line": Sentence(
        "{live} of {assets} assets live, {rate} reports/min",
        "{assets} 个资产中 {live} 个在线，{rate} 次上报/分",
    ),
    "balance_closed": Sentence(
        "balance: {stored} stored, nothing dropped, lost or missing",
        "收支平衡：已存 {stored}，无丢弃、丢失或缺失",
    ),
    "balance_open": Sentence(
        "balance: {stored} stored, {set_aside} set aside, {dropped} dropped, {lost} lost,"
        " {missing} missing",
        "收支：已存 {stored}，搁置 {set_aside}，声明丢弃 {dropped}，丢失 {lost}，缺失 {missing}",
    ),
}


def say(code: str, language: str, **facts: Fact) -> str:
    """The sentence behind `code` in "en" or "zh-CN"; any other language reads English.

    Raises:
        KeyError: there is no such code, or a fact is missing.
    """
    return SENTENCES[code].said(language, **facts)


def explain(error: FleetError, language: str) -> str:
    """What an error says to people."""
    if isinstance(error, Misfit):
        return say(error.code, language, problem=_all_of(error, language), **error.facts)
    return say(error.code, language, **error.facts)


def _all_of(error: Misfit, language: str) -> str:
    told = []
    for field, code, facts in error.faults[:_MOST_FAULTS]:
        problem = say(code, language, **facts)
        told.append(say("fault_at", language, field=field, problem=problem) if field else problem)
    if len(error.faults) > _MOST_FAULTS:
        told.append(say("more_faults", language, count=len(error.faults) - _MOST_FAULTS))
    return say("between_faults", language).join(told)


def preferred(accepted: str) -> str:
    """The language to answer in, for an Accept-Language header or a LANG variable."""
    for wish in accepted.replace("_", "-").split(","):
        language = wish.split(";")[0].strip().lower()
        if language.startswith("zh"):
            return "zh-CN"
        if language.startswith("en"):
            return "en"
    return "en"
