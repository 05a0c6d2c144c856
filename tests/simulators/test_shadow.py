"""A tunnel lets nothing through, either way, and the connection is there again behind it."""

from edge_agent.inputs import FromCentre, Input, LinkDown, LinkUp
from simulators.shadow import Shadow


class Wire:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, message_id: str, payload: bytes) -> None:
        self.sent.append(message_id)

    def reconnect(self, why: str) -> None:
        self.sent.append(why)


def shadow() -> tuple[Shadow, Wire, list[Input]]:
    heard: list[Input] = []
    made, wire = Shadow(heard.append), Wire()
    made.link = wire
    return made, wire, heard


def test_in_the_dark_nothing_gets_through() -> None:
    made, wire, heard = shadow()
    made.heard(LinkUp())

    made.turn(is_dark=True)
    made.send("one", b"")
    made.heard(FromCentre("ack", b""))

    assert wire.sent == []
    assert heard == [LinkUp(), LinkDown("no signal")]


def test_behind_the_tunnel_the_connection_is_there_again() -> None:
    made, wire, heard = shadow()
    made.heard(LinkUp())
    made.turn(is_dark=True)

    made.turn(is_dark=False)
    made.send("two", b"")

    assert heard[-1] == LinkUp()
    assert wire.sent == ["two"]


def test_a_connection_that_broke_in_the_dark_is_not_there_behind_it() -> None:
    made, _, heard = shadow()
    made.heard(LinkUp())
    made.turn(is_dark=True)
    made.heard(LinkDown("the broker hung up"))

    made.turn(is_dark=False)

    assert heard == [LinkUp(), LinkDown("no signal")]


def test_a_connection_made_in_the_dark_is_told_of_behind_it() -> None:
    made, _, heard = shadow()
    made.turn(is_dark=True)
    made.heard(LinkUp())

    made.turn(is_dark=False)

    assert heard == [LinkDown("no signal"), LinkUp()]
