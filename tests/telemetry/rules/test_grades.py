"""The code of a reason says what is wrong with the link, as the catalogue's two classes have it."""

import pytest

from telemetry.rules.facts import LinkFact
from telemetry.rules.grades import of_link, span
from telemetry.wire.catalogue import Service
from telemetry.words import LinkClass, Readiness
from telemetry.words import ReadinessReason as Code

NOW = 1_700_000_000_000
SERVICE = Service("s", "业务", "Service", link=LinkClass.B, link_at_least=LinkClass.C)


@pytest.mark.parametrize(
    ("link", "told"),
    [
        (LinkFact(LinkClass.A, True, NOW), []),
        (LinkFact(LinkClass.B, True, NOW), []),
        (LinkFact(LinkClass.B, False, NOW), [(Code.LINK_UNSURE, Readiness.LIMITED)]),
        (LinkFact(LinkClass.C, True, NOW), [(Code.LINK_REDUCED, Readiness.LIMITED)]),
        (LinkFact(LinkClass.C, False, NOW), [(Code.LINK_REDUCED, Readiness.LIMITED)]),
        (LinkFact(LinkClass.D, False, NOW), [(Code.LINK_POOR, Readiness.NOT_READY)]),
        (LinkFact(LinkClass.NONE, True, NOW - 99_000), [(Code.LINK_NONE, Readiness.NOT_READY)]),
        (
            LinkFact(LinkClass.C, True, NOW - 99_000),
            [(Code.LINK_STALE, Readiness.NOT_PROVEN), (Code.LINK_REDUCED, Readiness.LIMITED)],
        ),
        (LinkFact(LinkClass.A, True, NOW + 301_000), [(Code.LINK_STALE, Readiness.NOT_PROVEN)]),
        (None, [(Code.LINK_UNKNOWN, Readiness.UNKNOWN)]),
    ],
)
def test_a_link_is_told_by_what_is_wrong_with_it(
    link: LinkFact | None, told: list[tuple[Code, Readiness]]
) -> None:
    found = of_link(SERVICE, link, span(60.0, NOW, NOW))

    assert [(reason.code, reason.readiness) for reason in found] == told
