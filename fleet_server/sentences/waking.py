"""What the states of a wake-up check are called."""

from collections.abc import Mapping
from typing import Final

from fleet_server.waking.model import WakeState
from telemetry.sentences.wording import Sentence

STATES: Final[Mapping[WakeState, Sentence]] = {
    WakeState.BROKEN: Sentence("Found broken", "发现故障"),
    WakeState.NOT_WOKEN: Sentence("Not woken", "未唤醒"),
    WakeState.UNCHECKED: Sentence("On, but not checked", "已开机，未检查"),
    WakeState.ASKED: Sentence("Asked", "已通知"),
    WakeState.PROVEN: Sentence("Checked and well", "检查正常"),
}
