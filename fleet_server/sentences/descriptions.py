"""Sentences about catalogues of services and profiles of assets, and what is wrong with a file."""

from typing import Final

from telemetry.sentences.wording import Sentence

DESCRIPTIONS: Final[dict[str, Sentence]] = {
    # the form of a file
    "not_toml": Sentence("this is no TOML: {problem}", "不是有效的 TOML：{problem}"),
    "field_unknown": Sentence(
        "there is no field {name} here; those there are: {names}",
        "此处没有字段 {name}；可用字段：{names}",
    ),
    "field_unknown_near": Sentence(
        "there is no field {name} here; did you mean {near}?",
        "此处没有字段 {name}；是否应为 {near}？",
    ),
    "field_missing": Sentence("{name} is missing", "缺少 {name}"),
    "field_choice": Sentence(
        "expected one of {words}; found {got}", "应为 {words} 之一；现为 {got}"
    ),
    "field_choice_near": Sentence(
        "expected one of {words}; found {got}, did you mean {near}?",
        "应为 {words} 之一；现为 {got}，是否应为 {near}？",
    ),
    "field_text": Sentence(
        "expected a text in quotes; found {got}", "应为带引号的文本；现为 {got}"
    ),
    "text_length": Sentence(
        "expected {least} to {most} characters; found {has}",
        "应为 {least} 至 {most} 个字符；现为 {has} 个",
    ),
    "field_number": Sentence(
        "expected a number {range}; found {got}", "应为数字 {range}；现为 {got}"
    ),
    "field_whole": Sentence(
        "expected a whole number {range}; found {got}", "应为整数 {range}；现为 {got}"
    ),
    "field_flag": Sentence("expected true or false; found {got}", "应为 true 或 false；现为 {got}"),
    "field_list": Sentence("expected a list [...]; found {got}", "应为列表 [...]；现为 {got}"),
    "field_length": Sentence(
        "expected {least} to {most} elements; found {has}",
        "应有 {least} 至 {most} 项；现为 {has} 项",
    ),
    "field_table": Sentence("expected a table {{...}}; found {got}", "应为表 {{...}}；现为 {got}"),
    "field_other": Sentence("{problem}", "{problem}"),
    "form_key": Sentence(
        "expected 1 to 32 of a-z, 0-9 and '-', not beginning with '-'; found {got}",
        "应为 1 至 32 个 a-z、0-9 或 '-'，且不以 '-' 开头；现为 {got}",
    ),
    "form_hex4": Sentence(
        'expected four of 0-9 and a-f, as lsusb shows them, like "04b8"; found {got}',
        '应为 lsusb 显示的四位十六进制数 (0-9、a-f)，例如 "04b8"；现为 {got}',
    ),
    "form_ipp": Sentence(
        "expected an address like ipp://192.0.2.9:631/ipp/print; found {got}",
        "应为 ipp://192.0.2.9:631/ipp/print 形式的地址；现为 {got}",
    ),
    "form_rtsp": Sentence(
        "expected an address like rtsp://192.0.2.9:554/stream; found {got}",
        "应为 rtsp://192.0.2.9:554/stream 形式的地址；现为 {got}",
    ),
    "form_device_file": Sentence(
        "expected a file in /dev, like /dev/video0; found {got}",
        "应为 /dev 下的设备文件，例如 /dev/video0；现为 {got}",
    ),
    "form_speaks": Sentence(
        "expected one of tcp, http, https, snmp; found {got}",
        "应为 tcp、http、https、snmp 之一；现为 {got}",
    ),
    "form_iccid": Sentence(
        "expected the 18 to 22 digits of a SIM card (ICCID); found {got}",
        "应为 SIM 卡的 18 至 22 位数字 (ICCID)；现为 {got}",
    ),
    "fault_at": Sentence("{field}: {problem}", "{field}：{problem}"),
    "between_faults": Sentence("; ", "；"),
    "more_faults": Sentence("and {count} more", "另有 {count} 处"),
    # what it says
    "name_twice": Sentence("{name} stands at {first} already", "{name} 已在 {first} 出现"),
    "name_reserved": Sentence(
        "{name} begins with {prefix}, which reports use themselves",
        "{name} 以 {prefix} 开头，该前缀由上报自用",
    ),
    "link_order": Sentence(
        "with limits down to class {least} is no worse than the class {link} that it needs;"
        " expected {link} or worse",
        "最低 {least} 级优于所需的 {link} 级；应为 {link} 级或更低",
    ),
    "link_not_needed": Sentence(
        "the service needs no link, so class {least} means nothing; leave it out",
        "该业务不需要链路，{least} 级没有意义，请删去",
    ),
    "path_without_slash": Sentence(
        "expected a path that begins with /; found {path}", "路径应以 / 开头；现为 {path}"
    ),
    "need_unmet": Sentence(
        "no profile has {count} of {kinds}, so this need is never met",
        "没有任何设备清单配有 {count} 台 {kinds}，该需求无法满足",
    ),
    "platform_unnamed": Sentence(
        "no profile names the platform {name}, so nobody is asked for it; perhaps it is mistyped",
        "没有任何设备清单登记平台 {name}，因此不会检查；可能写错",
    ),
    "item_unnamed": Sentence(
        "no profile names the manual item {name}, so nobody is asked for it;"
        " perhaps it is mistyped",
        "没有任何设备清单登记人工核对项 {name}，因此不会核对；可能写错",
    ),
    "platform_unneeded": Sentence(
        "no service needs the platform {name}; perhaps it is mistyped",
        "没有业务需要平台 {name}；可能写错",
    ),
    "item_unneeded": Sentence(
        "no service needs the manual item {name}; perhaps it is mistyped",
        "没有业务需要人工核对项 {name}；可能写错",
    ),
    "same_reach": Sentence(
        "{name} is reached just like {first}: one device, or a serial number is missing",
        "{name} 与 {first} 的访问方式相同：可能是同一设备，或缺少序列号",
    ),
    "placeholder": Sentence(
        "{address} is a placeholder; put in what your asset has", "{address} 是占位，请填写实际值"
    ),
    # what the commands say
    "check_error": Sentence("error", "错误"),
    "check_warning": Sentence("warning", "警告"),
    "check_at": Sentence("{level}: {text}", "{level}：{text}"),
    "check_at_field": Sentence("{level}: {field}: {text}", "{level}：{field}：{text}"),
    "check_sound": Sentence(
        "{path}: sound; warnings: {warnings}", "{path}：可用；警告 {warnings} 条"
    ),
    "check_unsound": Sentence(
        "{path}: cannot be used; errors: {errors}, warnings: {warnings}",
        "{path}：不可用；错误 {errors} 条，警告 {warnings} 条",
    ),
    "check_first": Sentence(
        "{path} has an error on line {line} itself; check it first.",
        "{path} 第 {line} 行有错误，请先检查该文件。",
    ),
    "check_services": Sentence("services, {count}: {names}", "业务 {count} 项：{names}"),
    "check_can": Sentence(
        "it can do ({count}): {names}",
        "可承担业务 {count} 项：{names}",
    ),
    "check_cannot": Sentence(
        "it cannot do {name}: too few of {kinds}", "不能承担{name}：缺少 {kinds}"
    ),
}
