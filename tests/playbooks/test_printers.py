"""What `courtfleet_printers` reads out of CUPS' own words."""

from playbooks.library.courtfleet_printers import ours, queues_there

DEVICES = """\
device for courtroom: ipp://192.0.2.9:631/ipp/print
device for office: usb://Example/Printer?serial=1
"""
DETAILS = """\
printer courtroom is idle.  enabled since Mon 02 Mar 2026 08:00:00
\tForm mounted:
\tContent types: any
\tDescription: courtroom
\tAlerts: none
\tLocation: Courtfleet
\tConnection: direct
printer office disabled since Mon 02 Mar 2026 08:00:00 -
\tpaused
\tForm mounted:
\tDescription: office
\tLocation: second floor
\tConnection: direct
"""


def test_queues_are_read_with_their_addresses() -> None:
    assert queues_there(DEVICES) == {
        "courtroom": "ipp://192.0.2.9:631/ipp/print",
        "office": "usb://Example/Printer?serial=1",
    }
    assert queues_there("lpstat: No destinations added.\n") == {}


def test_only_queues_that_were_made_here_are_ours_to_remove() -> None:
    assert ours(DETAILS) == {"courtroom"}
    assert ours("") == set()
