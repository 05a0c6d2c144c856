"""Sentences about assets: their life, their enrolment, and the sheets that they come in."""

from typing import Final

from telemetry.sentences.wording import Sentence

ASSETS: Final[dict[str, Sentence]] = {
    # their life
    "asset_retired": Sentence(
        "Asset {asset} is retired; reinstate it first.", "资产 {asset} 已停用，请先恢复使用。"
    ),
    "asset_not_retired": Sentence("Asset {asset} is in use.", "资产 {asset} 正在使用，未停用。"),
    "asset_there_already": Sentence(
        "{asset} belongs to {court} already.", "{asset} 已属于 {court}。"
    ),
    "confirm_differs": Sentence(
        "To confirm, type the asset's id: {asset}.", "请输入资产编号 {asset} 以确认。"
    ),
    "court_unknown": Sentence("There is no record of {court}.", "没有 {court} 的记录。"),
    "court_has_assets": Sentence(
        "{court} has {assets} assets, retired ones included; move them first.",
        "{court} 名下有 {assets} 个资产 (含已停用)，请先调出。",
    ),
    # sheets
    "sheet_unreadable": Sentence(
        "The file cannot be read as xlsx or CSV ({problem}).",
        "无法按 xlsx 或 CSV 读取该文件 ({problem})。",
    ),
    "sheet_old_format": Sentence(
        "This is an old or encrypted Excel file; save it as xlsx or CSV without a password.",
        "这是旧版或加密的 Excel 文件，请另存为不加密的 xlsx 或 CSV。",
    ),
    "sheet_too_large": Sentence(
        "The file unpacks to more than {limit} MB.", "该文件解压后超过 {limit} MB。"
    ),
    "too_many_lines": Sentence("The file has more than {limit} lines.", "该文件超过 {limit} 行。"),
    "too_many_rows": Sentence(
        "More than {limit} rows; cut the file into several.", "超过 {limit} 行，请拆分文件。"
    ),
    "no_id_column": Sentence(
        'No column is headed 资产编号 or "asset id" within the first ten lines.',
        "前十行中没有名为“资产编号”或 asset id 的列。",
    ),
    "import_differs": Sentence(
        "The file or the assets have changed since the preview; look at it again.",
        "预览之后文件或资产有变化，请重新预览。",
    ),
    "row_without_id": Sentence("The row has no asset id.", "该行没有资产编号。"),
    "id_twice": Sentence(
        "{asset} stands in the file {times} times.", "{asset} 在文件中出现 {times} 次。"
    ),
    "kind_not_understood": Sentence(
        "{kind!r} is no kind: vehicle, backpack, clinic or station.",
        "不认识类别 {kind!r}：应为车辆、背包、诊所或调解点。",
    ),
    "kind_fixed": Sentence(
        "{asset} is a {kind}; an asset's kind does not change.",
        "{asset} 的类别是 {kind}，登记后不能更改。",
    ),
    "cell_missing": Sentence("A new asset needs {field}.", "新资产必须填写 {field}。"),
    "cell_too_long": Sentence(
        "{field} has more than {limit} characters.", "{field} 超过 {limit} 个字符。"
    ),
    "cell_with_controls": Sentence(
        "{field} has line breaks or control characters.", "{field} 含有换行或控制字符。"
    ),
    "bad_tag": Sentence(
        "'{tag}' is no tag: 1 to 32 of a-z, 0-9 and '-'.",
        "“{tag}”不是标签：1 至 32 个 a-z、0-9 或“-”。",
    ),
    "too_many_tags": Sentence(
        "An asset has at most {limit} tags.", "一个资产最多有 {limit} 个标签。"
    ),
    "asset_tagged": Sentence("{asset} has the tags: {tags}", "{asset} 的标签：{tags}"),
    "asset_untagged": Sentence("{asset} has no tags.", "{asset} 没有标签。"),
    "bad_court_name": Sentence(
        "{court} has a comma or a slash, which a court's name cannot have.",
        "{court} 含有逗号或斜线，法院名称不能使用。",
    ),
    "court_is_new": Sentence(
        "{court} has no record yet and gets one.", "{court} 尚无记录，将自动登记。"
    ),
    "asset_elsewhere": Sentence(
        "{asset} belongs to a court that is not yours.", "{asset} 属于您管辖之外的法院。"
    ),
    "half_a_place": Sentence(
        "Latitude and longitude go together; one is empty.", "经度和纬度须同时填写。"
    ),
    "place_not_understood": Sentence(
        "The coordinates {text!r} are not understood.", "无法识别坐标 {text!r}。"
    ),
    "place_not_on_earth": Sentence(
        "Latitude is at most 90, longitude 180; perhaps they are swapped.",
        "纬度不超过 90，经度不超过 180；经纬度可能填反了。",
    ),
    "datum_not_understood": Sentence(
        "The coordinate system {text!r} is none of WGS-84, GCJ-02, CGCS2000.",
        "不认识坐标系 {text!r}：应为 WGS-84、GCJ-02 或 CGCS2000。",
    ),
    # enrolment
    "invitation_withdrawn": Sentence(
        "This enrolment string was withdrawn when a newer one was given out; use that.",
        "该注册码已被更新的注册码取代，请使用新的注册码。",
    ),
    "invitation_wrong_secret": Sentence(
        "An enrolment string of this asset was tried with a wrong secret; copy the whole line.",
        "有人用错误的密钥尝试了该资产的注册码，请完整复制整行命令。",
    ),
    "certificate_revoked": Sentence(
        "The certificate of {asset} was revoked; enrol with a new string.",
        "{asset} 的证书已作废，请用新的注册码重新注册。",
    ),
    # what the commands say
    "asset_changed": Sentence("{asset} is changed.", "{asset} 已修改。"),
    "station_key_made": Sentence(
        "{asset}: who opens this link can check it, until {until}. It is not shown again.",
        "{asset}：打开此链接即可自检，有效期至 {until}。链接只显示这一次。",
    ),
    "station_key_withdrawn": Sentence(
        "{asset}: its link for self-checks is worthless now.", "{asset}：自检链接已失效。"
    ),
    "asset_moved_to": Sentence("{asset} belongs to {court} now.", "{asset} 现属于 {court}。"),
    "asset_is_retired": Sentence(
        "{asset} is retired: it may not connect any more; its history stays.",
        "{asset} 已停用：不能再连接，历史数据保留。",
    ),
    "bad_place": Sentence(
        "{text!r} is no place: write degrees in WGS-84 as 29.3825,106.5407, or none.",
        "{text!r} 不是有效位置：请写 WGS-84 度数，例如 29.3825,106.5407，或 none。",
    ),
    "court_put": Sentence("{court} is recorded.", "已登记 {court}。"),
    "court_is_removed": Sentence("The record of {court} is removed.", "已删除 {court} 的记录。"),
    "import_would": Sentence(
        "Nothing was changed (--dry-run): {new} new, {changed} changed, {unchanged} unchanged,"
        " {refused} refused.",
        "未作修改 (--dry-run)：新增 {new}，修改 {changed}，未变 {unchanged}，拒绝 {refused}。",
    ),
    "import_did": Sentence(
        "Imported: {new} new, {changed} changed, {unchanged} unchanged, {refused} refused.",
        "已导入：新增 {new}，修改 {changed}，未变 {unchanged}，拒绝 {refused}。",
    ),
    "import_ignores": Sentence("Ignored columns: {columns}.", "忽略的列：{columns}。"),
    "no_sheet_format": Sentence(
        "End the file's name in .xlsx or .csv.", "文件名请以 .xlsx 或 .csv 结尾。"
    ),
    # table heads and words
    "head_line": Sentence("line", "行"),
    "head_verdict": Sentence("verdict", "结果"),
    "head_changes": Sentence("changes and problems", "修改与问题"),
    "head_level": Sentence("level", "层级"),
    "head_district": Sentence("district", "辖区"),
    "head_contact": Sentence("contact", "联系人"),
    "head_phone": Sentence("telephone", "电话"),
    "head_hours": Sentence("hours", "办公时间"),
    "head_assets": Sentence("assets", "资产数"),
    "verdict_new": Sentence("new", "新增"),
    "verdict_changed": Sentence("changed", "修改"),
    "verdict_unchanged": Sentence("unchanged", "未变"),
    "verdict_refused": Sentence("refused", "拒绝"),
    "level_basic": Sentence("basic", "基层"),
    "level_intermediate": Sentence("intermediate", "中级"),
    "level_high": Sentence("high", "高级"),
}
