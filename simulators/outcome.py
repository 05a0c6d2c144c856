"""What a run came to: the balance as the server has it, and the store against the witness."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from simulators.centre import Balance, Centre, Exported
from simulators.sentences import say
from simulators.witness import StoredReport, fingerprint, judge
from telemetry.words import Stream


@dataclass(frozen=True, slots=True)
class Outcome:
    """Numbers of reports; `reports_accepted` is the witness's, all others are the server's.

    `drained_seconds` None: outboxes that were not empty did not get emptier any more. `not_stored`,
    `stored_twice` and `strange` compare what is stored with the witness, by content.
    """

    assets: int
    reports_accepted: int
    reports_stored: int
    set_aside: int
    dropped: int
    missing: int
    lost: int
    duplicates_ignored: int
    not_stored: int
    stored_twice: int
    strange: int
    payload_bytes_per_report: float
    drained_seconds: float | None
    events_missing: int
    planted: str = ""
    trouble: tuple[str, ...] = ()

    @property
    def faults(self) -> list[str]:
        """What is wrong, a sentence each; empty when all is accounted for."""
        return self._faults("en")

    @property
    def is_good(self) -> bool:
        return not self.faults

    def _faults(self, language: str) -> list[str]:
        counts = {
            "not_stored": self.not_stored - self.dropped,
            "stored_twice": self.stored_twice,
            "strange": self.strange,
            "missing": self.missing,
            "lost": self.lost,
            "set_aside": self.set_aside,
            "events_missing": self.events_missing,
        }
        said = [say(code, language, count=count) for code, count in counts.items() if count > 0]
        if self.drained_seconds is None:
            said.append(say("not_drained", language))
        return said

    def as_text(self, language: str) -> str:
        """A few lines for a terminal."""
        broken = "broken_by" if self.planted else "broken"
        faults = self._faults(language)
        accepted, stored = self.reports_accepted, self.reports_stored
        lines = [
            say("assets", language, count=self.assets),
            say("reports", language, accepted=accepted, stored=stored),
            say("bytes", language, count=self.payload_bytes_per_report),
            *(say("trouble", language, said=said) for said in self.trouble),
            *(say(broken, language, bug=self.planted, fault=fault) for fault in faults),
        ]
        return "\n".join(lines if faults else [*lines, say("closes", language)])

    def as_dict(self) -> dict[str, object]:
        return {**asdict(self), "balance_closes": self.is_good, "broken": self.faults}


def measure(
    centre: Centre,
    witness: Path,
    assets: int,
    payload_bytes: int,
    drained_seconds: float | None,
) -> Outcome:
    """Ask the server, and compare.

    Raises:
        RigFailed: the server does not answer.
    """
    verdict = judge(witness, stored(centre.reports()))
    balances = centre.balances()
    reports = [one for one in balances if one.stream == Stream.REPORTS]
    events = [one for one in balances if one.stream == Stream.EVENTS]
    return Outcome(
        assets=assets,
        reports_accepted=verdict.accepted,
        reports_stored=verdict.stored,
        set_aside=_total(reports, "set_aside"),
        dropped=_total(reports, "dropped"),
        missing=_total(reports, "missing"),
        lost=_total(reports, "lost"),
        duplicates_ignored=centre.status().intake.duplicates_ignored,
        not_stored=verdict.missing,
        stored_twice=verdict.twice,
        strange=verdict.strange,
        payload_bytes_per_report=round(payload_bytes / max(verdict.accepted, 1), 1),
        drained_seconds=None if drained_seconds is None else round(drained_seconds, 1),
        events_missing=_total(events, "missing") + _total(events, "lost"),
    )


def stored(reports: Iterable[Exported]) -> Iterable[StoredReport]:
    """Exported reports as the witness compares them."""
    return (
        StoredReport(
            report.asset,
            report.epoch,
            report.number,
            fingerprint(report.up_ms, report.metrics, report.devices),
        )
        for report in reports
    )


def _total(balances: Iterable[Balance], name: str) -> int:
    return sum(getattr(one, name) for one in balances)
