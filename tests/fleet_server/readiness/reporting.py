"""An asset that reports of its printer, for those who judge and those who look."""

from typing import Final

from pydantic import JsonValue

from fleet_server.parts import Parts
from telemetry.wire import codec, events
from telemetry.wire.messages import Report, Value
from tests.fleet_server.conftest import Clock
from tests.fleet_server.intake.speech import Numbered, Speaker, event, record

PROFILE: Final[JsonValue] = {
    "name": "test",
    "devices": [
        {
            "name": "printer",
            "kind": "printer",
            "reach": {"by": "ipp", "uri": "ipp://127.0.0.1/ipp/print"},
        }
    ],
}
CATALOGUE: Final[JsonValue] = {
    "services": [
        {"name": "printing", "zh": "打印", "en": "Printing", "needs": [{"kinds": ["printer"]}]},
        {"name": "talking", "zh": "谈话", "en": "Talking"},
    ]
}
GOOD: Final[dict[str, Value]] = {"device_kind": "printer", "device_state": "ok"}
EMPTY: Final[dict[str, Value]] = {
    "device_kind": "printer",
    "device_state": "fault",
    "device_faults": "paper_out",
}


class Vehicle:
    """An asset that reports of its printer, at the clock's time."""

    def __init__(self, parts: Parts, clock: Clock) -> None:
        self._clock = clock
        self._speaker = Speaker(parts.intake)
        self._number = 0
        self._event = 0
        self._speaker.now = self._ms()
        self._speaker.greet()

    def report(self, printer: dict[str, Value], **others: dict[str, Value]) -> None:
        self._number += 1
        body = codec.encode_report(Report({}, {"printer": printer, **others}))
        said: Numbered = self._number, record(body, self._ms(), up_ms=self._number)
        self._say("reports", said)

    def drive_on_battery(self, minutes: int) -> None:
        self._number += 1
        power: dict[str, Value] = {"mains_power": False, "power_minutes": minutes}
        body = codec.encode_report(Report(power, {}))
        self._say("reports", (self._number, record(body, self._ms(), up_ms=self._number)))

    def happened(self, what: events.Event) -> None:
        self._event += 1
        self._say("events", event(self._event, what, self._ms()))

    def _say(self, stream: str, said: Numbered) -> None:
        self._speaker.now = self._ms()
        self._speaker.say(stream, said)
        self._speaker.commit()

    def _ms(self) -> int:
        return round(self._clock.now.timestamp() * 1000)
