"""The catalogue of metrics: every reading has one name, one unit and one meaning everywhere.

A key ends in its unit. Units are SI, with the words of the field where it has its own (dBm, dB).
Columns of the telemetry store are made from this catalogue; keys are only ever added.
"""

from enum import StrEnum
from typing import Final

import msgspec

from telemetry.wire.messages import Value

MAX_UNKNOWN: Final = 64
"""How many keys outside the catalogue one report may bring, devices included."""


class Kind(StrEnum):
    """What a metric holds; decides the column's type."""

    NUMBER = "number"
    COUNTER = "counter"
    WHOLE = "whole"
    FLAG = "flag"
    TEXT = "text"


class Scope(StrEnum):
    """Whether a metric is read once an asset or once a device."""

    ASSET = "asset"
    DEVICE = "device"


class Merge(StrEnum):
    """How many values of one bucket become one."""

    MEAN = "mean"
    LAST = "last"
    HIGHEST = "highest"
    LOWEST = "lowest"


class Metric(msgspec.Struct, frozen=True):
    """One metric. Values outside `low`..`high`, and `sentinels`, mean "no value"."""

    key: str
    kind: Kind
    unit: str
    en: str
    zh: str
    scope: Scope = Scope.ASSET
    low: float | None = None
    high: float | None = None
    sentinels: frozenset[float] = frozenset()
    merge: Merge = Merge.MEAN

    def cleaned(self, value: Value) -> Value | None:
        """`value` as this metric stores it, or None when it means "no value".

        Raises:
            TypeError: the value is of another kind than the metric.
        """
        if self.kind is Kind.TEXT:
            if not isinstance(value, str):
                raise TypeError(f"{self.key} is a text, not {type(value).__name__}")
            return value or None
        if self.kind is Kind.FLAG:
            if not isinstance(value, bool):
                raise TypeError(f"{self.key} is true or false, not {type(value).__name__}")
            return value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{self.key} is a number, not {type(value).__name__}")
        if value in self.sentinels or value != value:
            return None
        if (self.low is not None and value < self.low) or (
            self.high is not None and value > self.high
        ):
            return None
        return int(value) if self.kind in {Kind.WHOLE, Kind.COUNTER} else float(value)


def _number(key: str, unit: str, en: str, zh: str, low: float, high: float) -> Metric:
    return Metric(key, Kind.NUMBER, unit, en, zh, low=low, high=high)


def _whole(key: str, unit: str, en: str, zh: str, low: float, high: float) -> Metric:
    return Metric(key, Kind.WHOLE, unit, en, zh, low=low, high=high, merge=Merge.LAST)


def _text(key: str, en: str, zh: str) -> Metric:
    return Metric(key, Kind.TEXT, "", en, zh, merge=Merge.LAST)


def _flag(key: str, en: str, zh: str) -> Metric:
    return Metric(key, Kind.FLAG, "", en, zh, merge=Merge.LAST)


def _device(metric: Metric) -> Metric:
    return Metric(
        metric.key,
        metric.kind,
        metric.unit,
        metric.en,
        metric.zh,
        Scope.DEVICE,
        metric.low,
        metric.high,
        metric.sentinels,
        metric.merge,
    )


def _radio(key: str, unit: str, en: str, zh: str, low: float, high: float) -> Metric:
    """Modems say −200, −32768 or 0 where they have no value."""
    none = frozenset({-32768.0, -200.0, 0.0}) if unit == "dBm" else frozenset({-32768.0})
    return Metric(key, Kind.NUMBER, unit, en, zh, low=low, high=high, sentinels=none)


def _counter(key: str, unit: str, en: str, zh: str) -> Metric:
    return Metric(key, Kind.COUNTER, unit, en, zh, low=0, high=_HUGE, merge=Merge.LAST)


_HUGE: Final = 2.0**53

POSITION = (
    _number("latitude_degrees", "°", "Latitude (WGS-84)", "纬度 (WGS-84)", -90, 90),
    _number("longitude_degrees", "°", "Longitude (WGS-84)", "经度 (WGS-84)", -180, 180),
    _number("altitude_metres", "m", "Altitude above sea level", "海拔", -500, 9000),
    _number("speed_metres_per_second", "m/s", "Speed over ground", "地面速度", 0, 150),
    _number("heading_degrees", "°", "Heading, from true north", "航向 (真北)", 0, 360),
    _number("position_error_metres", "m", "Horizontal error, 95 %", "水平误差 (95 %)", 0, 1e6),
    _whole("satellites_used", "", "Satellites used", "使用卫星数", 0, 200),
    _whole("satellites_seen", "", "Satellites seen", "可见卫星数", 0, 200),
    _whole(
        "fix_dimensions",
        "",
        "Fix: 0 none, 2 flat, 3 with height",
        "定位: 0 无, 2 平面, 3 立体",
        0,
        3,
    ),
    _number("gnss_unix_seconds", "s", "GNSS time as the receiver says it", "接收机时间", 0, 1e11),
    _flag("gnss_time_wrapped", "GNSS date off by 1,024 weeks", "GNSS 周翻转"),
)
COMPUTER = (
    _number("cpu_used_percent", "%", "CPU used", "CPU 使用率", 0, 100),
    _number("load_1min", "", "Load average, 1 min", "平均负载 (1 分钟)", 0, 1e5),
    _number("memory_used_percent", "%", "Memory used", "内存使用率", 0, 100),
    _whole("memory_available_bytes", "B", "Memory available", "可用内存", 0, _HUGE),
    _number("disk_used_percent", "%", "Disk used", "磁盘使用率", 0, 100),
    _whole("disk_free_bytes", "B", "Disk free", "磁盘可用", 0, _HUGE),
    _number("cpu_celsius", "°C", "CPU temperature", "CPU 温度", -60, 150),
    _whole("processes", "", "Processes", "进程数", 0, 1e7),
    _whole("failed_units", "", "Failed systemd units", "失败的系统服务", 0, 1e5),
    _number("battery_percent", "%", "Battery charge", "电池电量", 0, 100),
    _flag("mains_power", "On mains power", "外接电源"),
    _whole("agent_rss_bytes", "B", "Agent's memory", "代理内存", 0, _HUGE),
    _number(
        "agent_cpu_seconds", "s", "Agent's CPU time since its start", "代理 CPU 时间", 0, _HUGE
    ),
)
NETWORK = (
    _number("tcp_rtt_seconds", "s", "Round trip to the centre", "到中心往返时延", 0, 600),
    _number("tcp_rtt_variance_seconds", "s", "Variance of the round trip", "往返时延方差", 0, 600),
    _counter("tcp_retransmits", "", "Segments sent again on this connection", "重传段数"),
    _counter("tcp_segments", "", "Segments sent on this connection", "发送段数"),
    _text("network_mode", "Network mode", "网络制式"),
    _text("operator", "Operator", "运营商"),
    _text("cell", "Serving cell", "服务小区"),
    _text("cell_hex", "Serving cell, hexadecimal", "服务小区 (十六进制)"),
    _text("cell_area", "Tracking area", "跟踪区"),
    _text("cell_node", "Base station", "基站"),
    _text("cell_raw", "Cell identity as read", "小区原始标识"),
    _radio(
        "rsrp_dbm", "dBm", "Signal power of the serving cell (RSRP)", "服务小区信号 RSRP", -156, -31
    ),
    _radio(
        "rsrq_db", "dB", "Signal quality of the serving cell (RSRQ)", "服务小区质量 RSRQ", -43, 20
    ),
    _radio("snr_db", "dB", "Signal to noise of the serving cell", "服务小区信噪比", -23, 40),
    _radio("rssi_dbm", "dBm", "Received power (RSSI)", "接收功率 RSSI", -150, -1),
    _whole("cqi", "", "Channel quality indicator", "信道质量 CQI", 0, 31),
    _radio("neighbour_rsrp_dbm", "dBm", "RSRP of the best neighbour", "最强邻区 RSRP", -156, -31),
    _radio("neighbour_rsrq_db", "dB", "RSRQ of the best neighbour", "最强邻区 RSRQ", -43, 20),
    _number(
        "downlink_bits_per_second", "bit/s", "Download rate, as used", "下行速率 (实际)", 0, 1e12
    ),
    _number("uplink_bits_per_second", "bit/s", "Upload rate, as used", "上行速率 (实际)", 0, 1e12),
    _text("transfer_state", "Direction of the transfer", "传输方向"),
    _number("ping_mean_seconds", "s", "Ping, mean", "Ping 平均", 0, 600),
    _number("ping_lowest_seconds", "s", "Ping, lowest", "Ping 最小", 0, 600),
    _number("ping_highest_seconds", "s", "Ping, highest", "Ping 最大", 0, 600),
    _number("ping_deviation_seconds", "s", "Ping, standard deviation", "Ping 标准差", 0, 600),
    _number("ping_loss_percent", "%", "Ping, lost", "Ping 丢包率", 0, 100),
)
LINK_TEST = (
    _number("link_rtt_seconds", "s", "Link test: round trip", "链路测试往返时延", 0, 600),
    _number("link_jitter_up_seconds", "s", "Link test: jitter, up", "链路测试上行抖动", 0, 600),
    _number("link_jitter_down_seconds", "s", "Link test: jitter, down", "链路测试下行抖动", 0, 600),
    _number("link_loss_up_percent", "%", "Link test: lost, up", "链路测试上行丢包", 0, 100),
    _number("link_loss_down_percent", "%", "Link test: lost, down", "链路测试下行丢包", 0, 100),
    _number(
        "link_uplink_bits_per_second",
        "bit/s",
        "Link test: uplink of a burst",
        "链路测试上行突发速率",
        0,
        1e12,
    ),
)
POWER = (
    _number("power_minutes", "min", "Power left without mains", "断电可用时间", 0, 1e5),
    _flag("ignition_on", "Ignition is on", "点火"),
)
DEVICE = tuple(
    _device(metric)
    for metric in (
        _flag("interface_up", "Interface is up", "接口已启用"),
        _counter("received_bytes", "B", "Received", "接收字节"),
        _counter("sent_bytes", "B", "Sent", "发送字节"),
        _counter("receive_errors", "", "Receive errors", "接收错误"),
        _counter("send_errors", "", "Send errors", "发送错误"),
        _counter("receive_drops", "", "Received and dropped", "接收丢弃"),
        _counter("send_drops", "", "Dropped before sending", "发送丢弃"),
        _text("modem_state", "Modem state", "调制解调器状态"),
        _text("modem_operator", "Modem's operator", "调制解调器运营商"),
        _text("access_technology", "Access technology", "接入技术"),
        _radio("lte_rsrp_dbm", "dBm", "LTE leg: RSRP", "LTE RSRP", -156, -31),
        _radio("lte_rsrq_db", "dB", "LTE leg: RSRQ", "LTE RSRQ", -43, 20),
        _radio("lte_snr_db", "dB", "LTE leg: signal to noise", "LTE 信噪比", -23, 40),
        _radio("lte_rssi_dbm", "dBm", "LTE leg: RSSI", "LTE RSSI", -150, -1),
        _radio("nr_rsrp_dbm", "dBm", "NR leg: RSRP", "NR RSRP", -156, -31),
        _radio("nr_rsrq_db", "dB", "NR leg: RSRQ", "NR RSRQ", -43, 20),
        _radio("nr_snr_db", "dB", "NR leg: signal to noise", "NR 信噪比", -23, 40),
        _text("sim_iccid", "SIM card (ICCID)", "SIM 卡 (ICCID)"),
        _counter("sim_month_bytes", "B", "SIM: bytes since its reset day", "SIM 本期流量"),
        _number(
            "sim_quota_percent", "%", "SIM: part of its quota used", "SIM 流量已用比例", 0, 1e6
        ),
        _text("device_kind", "Kind of device", "设备类别"),
        _text("device_state", "State", "状态"),
        _text("device_faults", "Faults", "故障"),
        _text("device_serial", "Serial number", "序列号"),
        _flag("device_in_use", "In use by a program", "正被程序使用"),
        _number("device_battery_percent", "%", "Battery charge", "电池电量", 0, 100),
        _number("paper_percent", "%", "Paper", "纸张余量", 0, 100),
        _number("toner_percent", "%", "Toner, the emptiest", "墨粉余量 (最低)", 0, 100),
        _number("picture_brightness", "", "Picture: mean brightness", "画面平均亮度", 0, 255),
        _number("picture_change", "", "Picture: change between frames", "画面变化", 0, 255),
        _number("sound_peak_percent", "%", "Sound: peak level", "声音峰值", 0, 100),
        _number("recorder_free_hours", "h", "Recording time left", "剩余录像时长", 0, 1e5),
        _number("answer_seconds", "s", "Time to answer", "响应时间", 0, 600),
        _text("platform_state", "Platform", "平台状态"),
    )
)

CATALOGUE: Final = {m.key: m for m in (*POSITION, *COMPUTER, *NETWORK, *LINK_TEST, *POWER, *DEVICE)}
ASSET_KEYS: Final = tuple(m.key for m in CATALOGUE.values() if m.scope is Scope.ASSET)
DEVICE_KEYS: Final = tuple(m.key for m in CATALOGUE.values() if m.scope is Scope.DEVICE)
