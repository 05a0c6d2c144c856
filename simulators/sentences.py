"""What the demo and `link explain` say to people: a code, in English and Chinese."""

from typing import Final

from fleet_server.sentences import Sentence

SENTENCES: Final[dict[str, Sentence]] = {
    "starting": Sentence("starting the server ...", "正在启动服务器……"),
    "port_taken": Sentence(
        "port {wanted} is taken, the console is on {port}", "端口 {wanted} 已被占用，改用 {port}"
    ),
    "enrolling": Sentence("enrolling {assets} assets ...", "正在登记 {assets} 个资产……"),
    "rhythm": Sentence(
        "a report every {moving:g} s on the road, every {standing:g} s standing",
        "行驶中每 {moving:g} 秒上报一次，静止时每 {standing:g} 秒一次",
    ),
    "lived": Sentence(
        "they lived through the last {minutes} min: {reports} reports, made in {seconds} s",
        "已补齐过去 {minutes} 分钟的经历：{reports} 条上报，用时 {seconds} 秒",
    ),
    "ready": Sentence(
        "{address}   live {seconds} s after the start; Ctrl-C ends it",
        "{address}   启动后 {seconds} 秒可见实时数据；按 Ctrl-C 结束",
    ),
    "status": Sentence(
        "{live} of {assets} assets live, {rate:.0f} reports/min;"
        " {stored} stored, {dropped} dropped, {lost} lost, {missing} missing",
        "{assets} 个资产，{live} 个在线，每分钟 {rate:.0f} 条；"
        "已存 {stored}，丢弃 {dropped}，丢失 {lost}，缺失 {missing}",
    ),
    "draining": Sentence("draining the outboxes ...", "正在排空发件箱……"),
    # what a run came to
    "assets": Sentence("{count} assets", "{count} 个资产"),
    "reports": Sentence(
        "{accepted} reports accepted, {stored} stored", "接受 {accepted} 条上报，已存 {stored} 条"
    ),
    "bytes": Sentence("{count} bytes a report on the air", "每条上报平均传输 {count} 字节"),
    "trouble": Sentence("trouble: {said}", "扰动：{said}"),
    "broken": Sentence("broken: {fault}", "异常：{fault}"),
    "broken_by": Sentence("broken by {bug}: {fault}", "异常（{bug}）：{fault}"),
    "closes": Sentence("the balance closes", "台账平衡"),
    "not_stored": Sentence(
        "{count} accepted reports are neither stored nor declared",
        "{count} 条已接受的上报既未存储也未申明",
    ),
    "stored_twice": Sentence("{count} reports are stored twice", "{count} 条上报存储了两次"),
    "strange": Sentence(
        "{count} stored reports were never measured", "{count} 条已存上报从未测量过"
    ),
    "missing": Sentence("{count} numbers are missing in the ledger", "台账缺 {count} 个编号"),
    "lost": Sentence("{count} numbers are lost", "丢失 {count} 个编号"),
    "set_aside": Sentence("{count} reports could not be read", "{count} 条上报无法读取"),
    "events_missing": Sentence("{count} events are missing", "缺 {count} 个事件"),
    # why a link has its class
    "link_good": Sentence("all within the bounds", "各项均在限值内"),
    "link_uplink": Sentence("uplink {value:.1f} Mbit/s", "上行 {value:.1f} Mbit/s"),
    "link_loss": Sentence("loss {value:.1f} %", "丢包 {value:.1f} %"),
    "link_jitter": Sentence("jitter {value:.0f} ms", "抖动 {value:.0f} 毫秒"),
    "link_rtt": Sentence("round trip {value:.0f} ms", "往返时延 {value:.0f} 毫秒"),
    "link_shares": Sentence(
        "of the time: {shares}; all measures known: {sure}",
        "时间占比：{shares}；各项均已测得：{sure}",
    ),
    "link_changes": Sentence(
        "{count} changes; {without} if it followed every sample",
        "变化 {count} 次；若逐样本跟随则为 {without} 次",
    ),
    "link_mos": Sentence(
        "speech, estimated (ITU-T G.107): MOS {mos:.1f}",
        "语音质量估计 (ITU-T G.107)：MOS {mos:.1f}",
    ),
    "not_drained": Sentence("the outboxes stopped draining", "发件箱停止排空"),
}


def say(code: str, language: str, **facts: object) -> str:
    """The sentence behind `code` in "en" or "zh-CN".

    Raises:
        KeyError: there is no such code, or a fact is missing.
    """
    sentence = SENTENCES[code]
    return (sentence.zh if language == "zh-CN" else sentence.en).format(**facts)
