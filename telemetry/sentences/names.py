"""What the words of readiness are called."""

from collections.abc import Mapping
from typing import Final

from telemetry.sentences.wording import Sentence
from telemetry.words import (
    DeviceFault,
    DeviceKind,
    DeviceState,
    LinkClass,
    PlatformState,
    Readiness,
    Seat,
)

READINESS: Final[Mapping[Readiness, Sentence]] = {
    Readiness.READY: Sentence("Ready", "就绪"),
    Readiness.LIMITED: Sentence("Limited", "受限"),
    Readiness.NOT_PROVEN: Sentence("Not proven", "待验证"),
    Readiness.UNKNOWN: Sentence("Unknown", "未知"),
    Readiness.NOT_READY: Sentence("Not ready", "未就绪"),
}

SELF_CHECKED: Final = Sentence("Self-checked, {age} ago", "现场自检，{age}前")
"""The mark of what is known from a person with a browser alone."""

WEBRTC: Final = Sentence("Video calls in the browser", "浏览器视频通话")
"""A step of a self-check that is no device's."""

DEVICE_KINDS: Final[Mapping[DeviceKind, Sentence]] = {
    DeviceKind.CAMERA: Sentence("Camera", "摄像机"),
    DeviceKind.DOCUMENT_CAMERA: Sentence("Document camera", "高拍仪"),
    DeviceKind.MICROPHONE: Sentence("Microphone", "话筒"),
    DeviceKind.SPEAKER: Sentence("Speaker", "音箱"),
    DeviceKind.RECORDER: Sentence("Recorder", "录像机"),
    DeviceKind.PRINTER: Sentence("Printer", "打印机"),
    DeviceKind.PORTABLE_PRINTER: Sentence("Portable printer", "便携打印机"),
    DeviceKind.SCANNER: Sentence("Scanner", "扫描仪"),
    DeviceKind.SIGNATURE_PAD: Sentence("Signature pad", "签名板"),
    DeviceKind.FINGERPRINT_READER: Sentence("Fingerprint reader", "指纹仪"),
    DeviceKind.ID_READER: Sentence("ID card reader", "身份证阅读器"),
    DeviceKind.SEAL_DEVICE: Sentence("Seal device", "电子印章设备"),
    DeviceKind.FACE_TERMINAL: Sentence("Face terminal", "人脸识别终端"),
    DeviceKind.TABLET: Sentence("Tablet", "平板电脑"),
    DeviceKind.ROUTER: Sentence("Router", "路由器"),
    DeviceKind.DRONE: Sentence("Drone", "无人机"),
    DeviceKind.BATTERY: Sentence("Battery", "电池"),
    DeviceKind.IGNITION: Sentence("Ignition", "点火信号"),
}

DEVICE_STATES: Final[Mapping[DeviceState, Sentence]] = {
    DeviceState.OK: Sentence("Works", "正常"),
    DeviceState.LIMITED: Sentence("Works, needs attention", "可用，需处理"),
    DeviceState.OFF: Sentence("Switched off", "已关机"),
    DeviceState.FAULT: Sentence("Faulty", "故障"),
    DeviceState.ABSENT: Sentence("Not there", "未找到"),
    DeviceState.UNKNOWN: Sentence("Unknown", "未知"),
}

DEVICE_FAULTS: Final[Mapping[DeviceFault, Sentence]] = {
    DeviceFault.NOT_FOUND: Sentence("not found", "未找到"),
    DeviceFault.NOT_ANSWERING: Sentence("does not answer", "无应答"),
    DeviceFault.REFUSED: Sentence("refuses access", "拒绝访问"),
    DeviceFault.OTHER_SERIAL: Sentence("another one than expected", "序列号与登记不符"),
    DeviceFault.PAPER_OUT: Sentence("out of paper", "缺纸"),
    DeviceFault.PAPER_LOW: Sentence("paper is low", "纸张不足"),
    DeviceFault.TONER_OUT: Sentence("out of toner", "墨粉用尽"),
    DeviceFault.TONER_LOW: Sentence("toner is low", "墨粉不足"),
    DeviceFault.JAMMED: Sentence("paper is jammed", "卡纸"),
    DeviceFault.COVER_OPEN: Sentence("cover is open", "盖板未关"),
    DeviceFault.STOPPED: Sentence("stopped", "已停止工作"),
    DeviceFault.PICTURE_BLACK: Sentence("picture is black", "画面全黑"),
    DeviceFault.PICTURE_FROZEN: Sentence("picture is frozen", "画面冻结"),
    DeviceFault.SILENT: Sentence("no sound", "没有声音"),
    DeviceFault.SPACE_LOW: Sentence("little space left", "存储空间不足"),
    DeviceFault.SPACE_OUT: Sentence("no space left", "存储空间已满"),
    DeviceFault.BATTERY_LOW: Sentence("battery is low", "电量低"),
    DeviceFault.BATTERY_OUT: Sentence("battery is empty", "电量耗尽"),
    DeviceFault.HUNG: Sentence("the question to it never comes back", "查询无响应"),
}

PLATFORM_STATES: Final[Mapping[PlatformState, Sentence]] = {
    PlatformState.OK: Sentence("Reachable", "可访问"),
    PlatformState.NOT_ANSWERING: Sentence("Does not answer", "无应答"),
    PlatformState.BLOCKED: Sentence("Blocked on the way", "访问被拦截"),
    PlatformState.FAULT: Sentence("Has an error of its own", "平台自身异常"),
}

SEATS: Final[Mapping[Seat, Sentence]] = {
    Seat.JUDGE: Sentence("Judge", "法官"),
    Seat.CLERK: Sentence("Clerk", "书记员"),
    Seat.BAILIFF: Sentence("Bailiff", "法警"),
    Seat.DRIVER: Sentence("Driver", "驾驶员"),
    Seat.MEDIATOR: Sentence("Mediator", "调解员"),
}

LINK_CLASSES: Final[Mapping[LinkClass, Sentence]] = {
    LinkClass.A: Sentence("A: several video streams", "A：多路视频"),
    LinkClass.B: Sentence("B: one video stream in 1080p", "B：一路 1080p 视频"),
    LinkClass.C: Sentence("C: audio and video in 720p", "C：音频和 720p 视频"),
    LinkClass.D: Sentence("D: audio, or record and send later", "D：仅音频，或先录后传"),
    LinkClass.NONE: Sentence("No link", "无链路"),
}
