"""`courtfleet rollout`: a playbook to many assets, wave by wave."""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Final, TypeAlias

from pydantic import BaseModel, JsonValue
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from fleet_server.command import terminal, upkeep
from fleet_server.command.client import Client
from fleet_server.command.terminal import Say
from fleet_server.errors import CommandFailed
from fleet_server.rollouts.api import (
    GateIO,
    PlanIO,
    RollbackIn,
    RolloutCancelIn,
    RolloutConditionsIO,
    RolloutDetail,
    RolloutIn,
    RolloutOut,
    RolloutPage,
    RolloutPreview,
    RolloutWhyIn,
    SelectionIO,
    WaveIO,
)
from fleet_server.rollouts.model import ENDED, RolloutState, TargetState

Connect: TypeAlias = Callable[[], AbstractContextManager[Client]]

_PATH: Final = "/api/v1/rollouts"
_STOPPED: Final = 3
_EVERY_SECONDS: Final = 2.0
_STYLES: Final = {
    TargetState.SUCCEEDED: "green",
    TargetState.SOAKING: "cyan",
    TargetState.OUT: "blue",
    TargetState.WAITING: "dim",
    TargetState.FAILED: "red",
    TargetState.SKIPPED: "yellow",
    TargetState.MISSED: "yellow",
}
_ACTIONS: Final = {"approve": "approval", "pause": "pause", "resume": "resume"}


def run(arguments: argparse.Namespace, language: str, connect: Connect) -> int:
    """The exit status: 0, or 3 when the rollout that is shown was stopped by a gate."""
    speak = terminal.saying(language)
    with connect() as client:
        match arguments.action:
            case "windows":
                upkeep.windows(client, arguments, speak)
                return 0
            case "quarantine":
                upkeep.quarantine(client, arguments, speak)
                return 0
            case "plan":
                planned = client.post(f"{_PATH}/preview", _plan(arguments), RolloutPreview)
                _show(arguments, planned, _preview(speak, planned))
                return 0
            case "list":
                page = client.get(_PATH, RolloutPage)
                _show(arguments, page, _table(speak, page.items))
                return 0
            case "status":
                found = client.get(f"{_PATH}/{arguments.rollout}", RolloutDetail)
            case "start":
                found = client.post(_PATH, _wish(arguments), RolloutDetail)
            case _:
                found = _steer(client, arguments)
        if getattr(arguments, "follow", False):
            found = _follow(client, found, speak, is_quiet=arguments.json)
        _show(arguments, found, _detail(speak, found))
    return _STOPPED if found.state is RolloutState.STOPPED else 0


def _steer(client: Client, arguments: argparse.Namespace) -> RolloutDetail:
    path, why = f"{_PATH}/{arguments.rollout}", arguments.why
    if arguments.action == "cancel":
        wish = RolloutCancelIn(ends_running=arguments.now, why=why)
        return client.post(f"{path}/cancel", wish, RolloutDetail)
    if arguments.action == "rollback":
        variables = _variables(arguments)
        back = RollbackIn(playbook=arguments.playbook, variables=variables, why=why)
        return client.post(f"{path}/rollback", back, RolloutDetail)
    return client.post(f"{path}/{_ACTIONS[arguments.action]}", RolloutWhyIn(why=why), RolloutDetail)


def _wish(arguments: argparse.Namespace) -> RolloutIn:
    plan = _plan(arguments)
    plan.is_check = arguments.dry_run
    return RolloutIn(
        playbook=arguments.playbook, variables=_variables(arguments), plan=plan, why=arguments.why
    )


def _plan(arguments: argparse.Namespace) -> PlanIO:
    return PlanIO(
        selection=SelectionIO(
            courts=arguments.court,
            kinds=arguments.kind,
            versions=arguments.version,
            assets=arguments.asset,
            service=arguments.service,
            readiness=arguments.readiness,
            tags=arguments.tag,
        ),
        waves=_waves(arguments),
        conditions=RolloutConditionsIO(
            while_moving=arguments.while_moving,
            least_battery_percent=arguments.least_battery,
            worst_link=arguments.worst_link,
        ),
        most_at_once=arguments.at_once,
        lasts_seconds=arguments.hours * 3600,
        in_windows=not arguments.any_time,
        needs_approval=arguments.needs_approval,
    )


def _waves(arguments: argparse.Namespace) -> list[WaveIO]:
    """ "2,10%,100%"; of a first wave that is a number all must succeed, it is the canaries."""
    found = []
    for place, text in enumerate(part.strip() for part in arguments.waves.split(",")):
        number = text.removesuffix("%")
        if not number.isdecimal():
            raise CommandFailed("bad_waves", text=arguments.waves)
        is_share = text.endswith("%")
        is_canary = place == 0 and not is_share
        gate = GateIO(
            success_percent=100 if is_canary else arguments.success,
            failure_percent=0 if is_canary else arguments.failure,
            soak_seconds=arguments.soak * 60,
            checks_health=not arguments.no_health,
        )
        size = {"percent" if is_share else "count": int(number)}
        found.append(WaveIO(gate=gate, **size))
    return found


def _variables(arguments: argparse.Namespace) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for text in arguments.variable:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise CommandFailed("bad_variable", text=text)
        try:
            found[name] = json.loads(value)
        except json.JSONDecodeError:
            found[name] = value
    return found


def _follow(client: Client, found: RolloutDetail, speak: Say, *, is_quiet: bool) -> RolloutDetail:
    """Until it has ended; at a terminal the table is drawn anew each time."""
    console = Console(quiet=is_quiet)
    with Live(console=console, auto_refresh=False, transient=True) as display:
        while found.is_active or found.state not in ENDED:
            display.update(_detail(speak, found, rows=console.height - 8), refresh=True)
            time.sleep(_EVERY_SECONDS)
            found = client.get(f"{_PATH}/{found.id}", RolloutDetail)
    return found


def _show(arguments: argparse.Namespace, found: BaseModel, drawn: RenderableType) -> None:
    if arguments.json:
        print(found.model_dump_json())
    else:
        terminal.output(drawn)


def _preview(speak: Say, planned: RolloutPreview) -> Group:
    lines = []
    for number, wave in enumerate(planned.waves, 1):
        offline = sum(not one.is_reachable for one in wave.assets)
        said = speak("rollout_plan_wave", wave=number, assets=len(wave.assets), offline=offline)
        names = ", ".join(one.asset for one in wave.assets)
        lines += [Text(said, style="bold"), Text(f"  {names}")]
    if planned.left_out:
        names = ", ".join(one.asset for one in planned.left_out)
        lines.append(Text(speak("rollout_left_out", assets=names), style="yellow"))
    return Group(*lines) if lines else Group(speak("rollout_means_nobody"))


def _table(speak: Say, items: Sequence[RolloutOut]) -> Table | str:
    if not items:
        return speak("rollout_none")
    table = terminal.headed(speak, "rollout", "playbook", "state", "progress")
    for one in items:
        settled = sum(wave.counts.get(TargetState.SUCCEEDED, 0) for wave in one.waves)
        size = sum(wave.size for wave in one.waves)
        table.add_row(str(one.id), one.playbook, one.sentence, f"{settled}/{size}")
    return table


def _detail(speak: Say, found: RolloutDetail, rows: int | None = None) -> Group:
    head = speak("rollout_made", rollout=found.id, playbook=found.playbook, state=found.sentence)
    waves = terminal.headed(speak, "wave", "gate", "progress")
    for wave in found.waves:
        progress = Text()
        for state, count in wave.counts.items():
            progress.append(f"{speak(f'target_{state}')} {count}  ", style=_STYLES[state])
        waves.add_row(f"{wave.number} ({wave.size})", wave.sentence, progress)
    return Group(Text(head, style="bold"), waves, "", _targets(speak, found, rows))


def _targets(speak: Say, found: RolloutDetail, rows: int | None) -> Table:
    table = terminal.headed(speak, "asset", "wave", "state", "why")
    if found.plan.is_check:
        table.add_column(speak("head_would_change"), justify="right")
    busy_first = sorted(found.targets, key=lambda one: one.state is TargetState.WAITING)
    for one in busy_first[: None if rows is None else max(rows, 5)]:
        state = Text(speak(f"target_{one.state}"), style=_STYLES[one.state])
        message = "" if one.recap is None else one.recap.failed_task
        row: list[str | Text] = [one.asset, str(one.wave), state, one.sentence or message]
        if found.plan.is_check:
            row.append("" if one.recap is None else str(one.recap.changed))
        table.add_row(*row)
    return table
