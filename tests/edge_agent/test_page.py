"""The test page that a check prints."""

import re

from edge_agent.checks.page import as_pdf, as_text

LINES = ["Courtfleet", r"veh-001 (a \ b)", "书记"]


def test_a_pdf_tells_where_each_of_its_objects_begins() -> None:
    page = as_pdf(LINES)
    (start,) = re.findall(rb"startxref\n(\d+)\n%%EOF\n$", page)
    table = page[int(start) :].splitlines()
    places = [int(line.split()[0]) for line in table[3:8]]

    assert table[:2] == [b"xref", b"0 6"]
    assert [page[place : place + 7] for place in places] == [
        b"%d 0 obj" % number for number in range(1, 6)
    ]


def test_a_pdf_says_how_long_its_content_is() -> None:
    (found,) = re.findall(rb"/Length (\d+)>>stream\n(.*)\nendstream", as_pdf(LINES), re.DOTALL)

    assert int(found[0]) == len(found[1])


def test_lines_cannot_leave_their_brackets() -> None:
    page = as_pdf(LINES)

    assert rb"(veh-001 \(a \\ b\)) Tj" in page
    assert b"(??) Tj" in page


def test_a_text_ends_its_sheet() -> None:
    assert as_text(LINES) == b"Courtfleet\r\nveh-001 (a \\ b)\r\n??\r\n\f"
