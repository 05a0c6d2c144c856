"""Prints a page and waits for it: the only proof that a printer prints."""

from collections.abc import Sequence
from time import monotonic, sleep
from typing import Final, NamedTuple

from edge_agent.checks.page import PDF, TEXT, as_pdf, as_text
from edge_agent.ipp.client import Denied, ask
from edge_agent.ipp.message import Answer, IppValue, Operation, encode_request
from edge_agent.probes.printers import look
from edge_agent.probes.sockets import Silent, Unreachable
from telemetry.wire.profile import ByIpp, DeviceSpec
from telemetry.words import DeviceFault, DeviceState

_ANSWER_SECONDS: Final = 5.0
_PRINTED_WITHIN_SECONDS: Final = 30.0
_LOOK_AGAIN_SECONDS: Final = 0.5
_COMPLETED: Final = 9  # RFC 8011, job-state
_OVER: Final = frozenset({7, 8, _COMPLETED})  # cancelled, aborted
_STOPPED: Final = 6
_LAST_SUCCESS: Final = 0x00FF
_BUSY: Final = 0x0507


class Printed(NamedTuple):
    """Whether the page came out, and what keeps the printer from being well."""

    is_out: bool
    fault: DeviceFault | None = None


def print_page(
    spec: DeviceSpec,
    reach: ByIpp,
    lines: Sequence[str],
    within_seconds: float = _PRINTED_WITHIN_SECONDS,
) -> Printed:
    """Print a test page, and wait until the printer says that it is out.

    A page that does not come out in time is taken back, so that it does not come in a hearing.
    A printer that lacks something is not even sent one. Blocks for ten seconds more at most.
    """
    before = look(spec, reach)
    if before.state not in {DeviceState.OK, DeviceState.LIMITED}:
        return Printed(False, next(iter(before.faults), DeviceFault.NOT_ANSWERING))
    try:
        fault = _print(spec, reach, lines, monotonic() + within_seconds)
    except (Unreachable, Silent):
        fault = DeviceFault.NOT_ANSWERING
    except Denied:
        fault = DeviceFault.REFUSED
    return (
        Printed(True, next(iter(before.faults), None)) if fault is None else Printed(False, fault)
    )


def _print(
    spec: DeviceSpec, reach: ByIpp, lines: Sequence[str], until: float
) -> DeviceFault | None:
    """What kept the page inside, if anything."""
    sent = _send(reach.uri, lines)
    while sent.status == _BUSY and monotonic() < until:
        sleep(_LOOK_AGAIN_SECONDS)
        sent = _send(reach.uri, lines)
    job = next(iter(sent.job.get("job-id", [])), None)
    if sent.status > _LAST_SUCCESS or not isinstance(job, int):
        return DeviceFault.REFUSED
    state: IppValue = None
    while state not in _OVER and state != _STOPPED and monotonic() < until:
        sleep(_LOOK_AGAIN_SECONDS)
        state = _job_state(reach.uri, job)
    if state == _COMPLETED:
        return None
    faults = look(spec, reach).faults
    if state not in _OVER:
        _ask_about(reach.uri, Operation.CANCEL_JOB, job)
    return next(iter(faults), DeviceFault.STOPPED)


def _send(uri: str, lines: Sequence[str]) -> Answer:
    """What the printer says to a page in a form that it knows."""
    wanted = [("requested-attributes", ["document-format-supported"])]
    asked = ask(uri, encode_request(Operation.GET_PRINTER_ATTRIBUTES, uri, wanted), _ANSWER_SECONDS)
    formats = asked.printer.get("document-format-supported", [])
    is_text = TEXT in formats and PDF not in formats
    request = encode_request(
        Operation.PRINT_JOB,
        uri,
        names=[("requesting-user-name", "courtfleet"), ("job-name", "Courtfleet")],
        document_format=TEXT if is_text else PDF,
    )
    page = as_text(lines) if is_text else as_pdf(lines)
    return ask(uri, request + page, _ANSWER_SECONDS)


def _job_state(uri: str, job: int) -> IppValue:
    told = _ask_about(uri, Operation.GET_JOB_ATTRIBUTES, job)
    return next(iter(told.job.get("job-state", [])), None)


def _ask_about(uri: str, operation: Operation, job: int) -> Answer:
    names = [("requesting-user-name", "courtfleet")]
    return ask(uri, encode_request(operation, uri, names=names, job=job), _ANSWER_SECONDS)
