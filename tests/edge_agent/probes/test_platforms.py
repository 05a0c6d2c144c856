import ssl

import pytest

from edge_agent.probes.platforms import (
    Answered,
    is_diverted,
    platform_metrics,
    state_of_answer,
    state_of_failure,
)
from edge_agent.probes.reaching import HttpHead, NotHttp, http_head
from edge_agent.probes.resolver import NoSuchName, Resolved
from telemetry.wire.profile import Platform
from telemetry.words import PlatformState

OK, FAULT = PlatformState.OK, PlatformState.FAULT
BLOCKED, NOT_ANSWERING = PlatformState.BLOCKED, PlatformState.NOT_ANSWERING
PLAIN = Platform("files", "案件", "Case files", "files.example.org", 80, False, "/")
SECURE = Platform("files", "案件", "Case files", "files.example.org", 443, True, "/")


@pytest.mark.parametrize(
    ("addresses", "is_told", "diverted"),
    [
        (("127.0.0.1",), True, True),
        (("0.0.0.0",), True, True),
        (("::", "::1"), True, True),
        (("192.0.2.1", "127.0.0.1"), True, False),
        (("127.0.0.1",), False, False),  # the machine's own hosts file says so
    ],
)
def test_a_name_that_leads_nowhere_was_diverted(
    addresses: tuple[str, ...], is_told: bool, diverted: bool
) -> None:
    assert is_diverted(Resolved(addresses, is_told)) is diverted


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (NoSuchName("x"), NOT_ANSWERING),
        (TimeoutError(), NOT_ANSWERING),
        (OSError(113, "no route to host"), NOT_ANSWERING),
        (ConnectionRefusedError(), BLOCKED),
        (ConnectionResetError(), BLOCKED),
        (ssl.SSLEOFError(), FAULT),
        (ssl.SSLError(1, "handshake failure"), FAULT),
        (NotHttp(), FAULT),
    ],
)
def test_a_failure_says_who_did_not_answer(error: Exception, state: PlatformState) -> None:
    assert state_of_failure(error, is_tls=True) is state


def test_what_answers_a_plain_request_with_something_else_is_somebody_else() -> None:
    assert state_of_failure(NotHttp(), is_tls=False) is BLOCKED


@pytest.mark.parametrize(
    ("status", "location", "plain", "secure"),
    [
        (200, "", OK, OK),
        (401, "", OK, OK),
        (404, "", OK, OK),
        (302, "/login", OK, OK),
        (302, "https://files.example.org/login", OK, OK),
        (302, "http://sso.files.example.org/", OK, OK),
        (302, "http://example.org/", OK, OK),
        (302, "http://portal.example.net/?from=files.example.org", BLOCKED, OK),
        (302, "http://192.0.2.1/", BLOCKED, OK),
        (302, "http://badfiles.example.org/", BLOCKED, OK),
        (511, "", BLOCKED, BLOCKED),
        (500, "", FAULT, FAULT),
        (503, "", FAULT, FAULT),
    ],
)
def test_a_redirect_elsewhere_is_a_portal_unless_the_certificate_vouches(
    status: int, location: str, plain: PlatformState, secure: PlatformState
) -> None:
    head = HttpHead(status, location)

    assert (state_of_answer(head, PLAIN), state_of_answer(head, SECURE)) == (plain, secure)


def test_only_the_head_of_an_answer_is_read() -> None:
    head = b"HTTP/1.1 302 Found\r\nServer: x\r\nLOCATION:  /in \r\n\r\nLocation: /body\r\n"

    assert http_head(head) == HttpHead(302, "/in")
    for garbage in (b"", b"SSH-2.0-x\r\n", b"HTTP/1.1\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"):
        with pytest.raises(NotHttp):
            http_head(garbage)


def test_a_platform_that_was_not_reached_has_no_time_to_answer() -> None:
    assert platform_metrics(Answered(NOT_ANSWERING)) == {"platform_state": "not_answering"}
    assert platform_metrics(Answered(OK, 0.25)) == {
        "platform_state": "ok",
        "answer_seconds": 0.25,
    }
