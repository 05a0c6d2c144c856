"""What the commands show: tables, and a line drawn with blocks."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from fleet_server import sentences
from fleet_server.access.api import TokenOut
from fleet_server.assets.api import AssetOut
from fleet_server.errors import Fact
from fleet_server.readiness.api import VerdictOut
from fleet_server.views.api import HistoryOut, PointOut, StatusOut, WokenOut
from fleet_server.views.live import BalanceOut
from fleet_server.waking.model import WakeState
from telemetry.words import Readiness

Say = Callable[..., str]
"""`sentences.say` with the language filled in."""

_READINESS_STYLES: Final = {
    Readiness.READY: "green",
    Readiness.LIMITED: "yellow",
    Readiness.NOT_PROVEN: "yellow",
    Readiness.UNKNOWN: "dim",
    Readiness.NOT_READY: "red",
}
_WAKE_STYLES: Final = {
    WakeState.BROKEN: "red",
    WakeState.NOT_WOKEN: "yellow",
    WakeState.UNCHECKED: "yellow",
    WakeState.ASKED: "dim",
    WakeState.PROVEN: "green",
}
_BLOCKS: Final = "▁▂▃▄▅▆▇█"
_STYLES: Final = {"online": "green", "stale": "yellow", "offline": "red", "never": "dim"}
_CLASSES: Final = ("stored", "set_aside", "dropped", "lost", "missing")
_WORST_FIRST: Final = ("offline", "stale", "never", "online")


def is_for_people() -> bool:
    """Whether somebody looks at the output, and no file or pipe takes it."""
    return Console().is_terminal


def output(what: RenderableType) -> None:
    """Print it; into a file or pipe nothing is cut off: `less -S` and programs want whole lines."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    console.print(what, highlight=False, markup=False)


def saying(language: str) -> Say:
    """What says things in one language."""

    def speak(code: str, **facts: Fact) -> str:
        return sentences.say(code, language, **facts)

    return speak


def headed(say: Say, *heads: str) -> Table:
    """An empty table with these heads, by the ends of their codes."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        made.add_column(say(f"head_{head}"))
    return made


def fleet(
    say: Say,
    status: StatusOut,
    assets: Sequence[AssetOut],
    balances: Iterable[BalanceOut],
    most_rows: int | None = None,
) -> Group:
    """The live table of `courtfleet status`, worst first; a narrow terminal shortens the names."""
    sums = totals(balances)
    shown = sorted(assets, key=lambda asset: (_WORST_FIRST.index(_state(asset)), asset.id))
    shown = shown if most_rows is None else shown[: max(1, most_rows)]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("asset", "kind", "name", "court", "state"):
        # Only names may be shortened, and each cell of theirs says that it stays on one line.
        table.add_column(say(f"head_{head}"), no_wrap=head not in {"name", "court"})
    for head in ("age", "rate", "stored", "aside", "dropped", "lost", "missing"):
        table.add_column(say(f"head_{head}"), justify="right", no_wrap=True)
    for asset in shown:
        table.add_row(*_row(say, asset, sums.get(asset.id, {}), status.at))
    head = say("fleet_line", live=status.live, assets=status.assets, rate=status.reports_per_minute)
    if not assets:
        return Group(head, say("no_assets"))
    lines: list[Text | Table | str] = [Text(head, style="bold"), balance(say, sums), "", table]
    if len(shown) < len(assets):
        lines.append(Text(f"… +{len(assets) - len(shown)}", style="dim"))
    return Group(*lines)


def readiness(say: Say, verdicts: Sequence[VerdictOut]) -> Table:
    """Each service with its verdict, and below it what is missing and what would help."""
    table = headed(say, "service", "readiness", "reasons")
    for one in verdicts:
        word = Text(one.word, style=_READINESS_STYLES[one.readiness])
        if one.self_checked:
            word.append(f"\n{one.self_checked}", "dim")
        reasons = Text("\n").join(
            Text.assemble(reason.sentence, (f" {reason.remedy}", "dim")) for reason in one.reasons
        )
        table.add_row(one.label, word, reasons)
    return table


def tomorrow(say: Say, items: Sequence[WokenOut]) -> Table | str:
    """Who was asked for a wake-up check, the worst first."""
    if not items:
        return say("nobody_asked")
    table = headed(say, "asset", "court", "state", "reasons")
    for one in items:
        word = Text(one.word, style=_WAKE_STYLES[one.state])
        table.add_row(one.asset, one.court, word, "\n".join(one.broken))
    return table


def totals(balances: Iterable[BalanceOut]) -> dict[str, dict[str, int]]:
    """Sums over an asset's streams."""
    sums: dict[str, dict[str, int]] = {}
    for one in balances:
        mine = sums.setdefault(one.asset, dict.fromkeys(_CLASSES, 0))
        for name in _CLASSES:
            mine[name] += getattr(one, name)
    return sums


def balance(say: Say, sums: dict[str, dict[str, int]]) -> Text:
    """The fleet's balance as a sentence."""
    total = {name: sum(mine[name] for mine in sums.values()) for name in _CLASSES}
    if any(total[name] for name in ("set_aside", "dropped", "lost", "missing")):
        return Text(say("balance_open", **total), style="yellow")
    return Text(say("balance_closed", stored=total["stored"]), style="green")


def assets_table(say: Say, assets: Sequence[AssetOut]) -> Table | str:
    """The table of `courtfleet assets list`."""
    if not assets:
        return say("no_assets")
    table = headed(say, "asset", "kind", "name", "court", "tags", "state")
    for asset in assets:
        state = _state(asset)
        table.add_row(
            asset.id,
            say(f"kind_{asset.kind}"),
            asset.name,
            asset.court,
            " ".join(asset.tags),
            Text(say(f"state_{state}"), style=_STYLES[state]),
        )
    return table


def asset_sheet(say: Say, asset: AssetOut, balances: Sequence[BalanceOut], at: datetime) -> Group:
    """One asset with all its live readings."""
    facts = Table(box=None, pad_edge=False, show_header=False)
    for head, value in (
        ("asset", asset.id),
        ("kind", say(f"kind_{asset.kind}")),
        ("name", asset.name),
        ("court", asset.court),
        ("tags", " ".join(asset.tags)),
        ("state", say(f"state_{_state(asset)}")),
        ("age", _age(asset, at)),
    ):
        facts.add_row(Text(say(f"head_{head}"), style="bold"), value)
    if asset.live is not None:
        for key, reading in asset.live.metrics.items():
            facts.add_row(key, _value(reading))
        for device, readings in asset.live.devices.items():
            for key, reading in readings.items():
                facts.add_row(f"{device} · {key}", _value(reading))
    return Group(facts, "", balance(say, totals(balances)))


def history(say: Say, found: HistoryOut) -> Group | str:
    """A line over time, and a table under it."""
    if not any(point.count for point in found.points):
        return say("no_readings")
    table = headed(say, "time")
    for head in ("lowest", "mean", "highest", "last"):
        table.add_column(say(f"head_{head}"), justify="right")
    for point in found.points:
        if point.count and point.begins_at is not None:
            local = f"{point.begins_at.astimezone():%m-%d %H:%M:%S}"
            values = (point.lowest, point.mean, point.highest, point.last)
            table.add_row(local, *(_value(value) for value in values))
    head = f"{found.asset} {found.metric} ({found.unit})" if found.unit else found.metric
    return Group(Text(head, style="bold"), sparkline(found.points), "", table)


def sparkline(points: Sequence[PointOut]) -> str:
    """One block a bucket between the lowest and the highest mean; a gap is a space."""
    means = [point.mean for point in points if point.mean is not None]
    if not means:
        return ""
    low, high = min(means), max(means)
    span = (high - low) or 1.0
    return "".join(
        " " if point.mean is None else _BLOCKS[round((point.mean - low) / span * 7)]
        for point in points
    )


def tokens_table(say: Say, tokens: Sequence[TokenOut]) -> Table:
    """The table of `courtfleet tokens list`."""
    table = headed(say, "id", "label", "role", "expires")
    for token in tokens:
        expires = f"{token.expires_at.astimezone():%Y-%m-%d}"
        table.add_row(str(token.id), token.label, str(token.role), expires)
    return table


def _row(say: Say, asset: AssetOut, sums: dict[str, int], at: datetime) -> list[str | Text]:
    state = _state(asset)
    rate = f"{asset.live.reports_per_minute:.0f}" if asset.live is not None else ""
    return [
        asset.id,
        say(f"kind_{asset.kind}"),
        Text(asset.name, no_wrap=True, overflow="ellipsis"),
        Text(asset.court, no_wrap=True, overflow="ellipsis"),
        Text(say(f"state_{state}"), style=_STYLES[state]),
        _age(asset, at),
        rate,
        *(str(sums.get(name, 0)) for name in _CLASSES),
    ]


def _state(asset: AssetOut) -> str:
    if asset.live is None or asset.live.seen_at is None:
        return "never"
    return str(asset.live.presence)


def _age(asset: AssetOut, at: datetime) -> str:
    if asset.live is None or asset.live.seen_at is None:
        return "-"
    return span(at - asset.live.seen_at)


def span(since: timedelta) -> str:
    """How long, in the unit that fits; never less than nothing."""
    seconds = max(0, round(since.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"


def _value(value: bool | float | str | None) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return "" if value is None else str(value)
