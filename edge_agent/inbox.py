"""What happens, on its way to the thread that ticks: most of it wakes that thread, readings do not.

A wake-up is what costs an idle agent most, and a receiver alone has a fix every second.
"""

from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue

from msgspec.structs import replace

from edge_agent.inputs import Input, Moment, Reading


class Inbox:
    """Filled from any thread, emptied by one.

    A reading that only joins the next report has time until that is due; its moment, from `moment`,
    is noted when it comes. Of a probe that tells nothing but metrics the newest is kept: it is the
    one that joins. With `is_patient` False every reading wakes.
    """

    def __init__(self, moment: Callable[[], Moment]) -> None:
        self.is_patient = True
        self._moment = moment
        self._urgent: SimpleQueue[Input] = SimpleQueue()
        self._patient: deque[Reading] = deque()
        self._newest: dict[str, Reading] = {}  # by probe

    def put(self, item: Input) -> None:
        """Take one in; never blocks."""
        if isinstance(item, Reading) and self.is_patient and not item.reports:
            noted = replace(item, taken=item.taken or self._moment())
            if item.devices or item.failed_units is not None:
                self._patient.append(noted)
            else:
                self._newest[item.probe] = noted
        else:
            self._urgent.put(item)

    def wait(self, seconds: float) -> Input | None:
        """The first that wakes; None when none came within so many seconds."""
        try:
            return self._urgent.get(timeout=seconds)
        except Empty:
            return None

    def rest(self) -> list[Input]:
        """Everything else that is here, readings that had time first."""
        found: list[Input] = []
        while self._patient:
            found.append(self._patient.popleft())
        while self._newest:
            found.append(self._newest.popitem()[1])
        while not self._urgent.empty():
            found.append(self._urgent.get_nowait())
        return found
