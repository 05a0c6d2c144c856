"""The command `courtfleet`: loads the package behind a sub-command only when it is called."""

import importlib
import os
import select
import sys
from types import ModuleType
from typing import NamedTuple


class Command(NamedTuple):
    module: str  # has main(command, argv) -> exit status
    extra: str  # what `pip install 'courtfleet[...]'` must have brought
    help: str


GROUPS: dict[str, dict[str, Command]] = {
    "On an asset": {
        "agent": Command("edge_agent.cli", "edge", "enrol, run or look into this machine's agent"),
    },
    "At the centre": {
        "serve": Command("fleet_server.cli", "server", "run the fleet server"),
        "assets": Command("fleet_server.cli", "server", "add, change, import, move, retire assets"),
        "courts": Command("fleet_server.cli", "server", "the courts that own assets"),
        "status": Command("fleet_server.cli", "server", "a live table of the fleet"),
        "ready": Command("fleet_server.cli", "server", "can an asset hold a service, and why not"),
        "orders": Command("fleet_server.cli", "server", "have an asset do something once"),
        "rollout": Command("fleet_server.cli", "server", "a playbook to many assets, in waves"),
        "config": Command("fleet_server.cli", "server", "how machines are to be set up"),
        "history": Command("fleet_server.cli", "server", "one metric of one asset over time"),
        "export": Command("fleet_server.cli", "server", "stored readings as CSV or Parquet"),
        "tokens": Command("fleet_server.cli", "server", "make, list and withdraw access tokens"),
        "services": Command("fleet_server.cli", "server", "check what each service needs"),
        "profiles": Command("fleet_server.cli", "server", "check what assets carry"),
        "playbooks": Command("fleet_server.cli", "server", "what assets can do to themselves"),
        "artifacts": Command("fleet_server.cli", "server", "big files that assets fetch"),
        "basemap": Command("fleet_server.cli", "server", "use a court's own map data"),
    },
    "Without vehicles": {
        "demo": Command("simulators.cli", "sim", "a server and 115 simulated assets, here"),
        "replay": Command("simulators.cli", "sim", "a recorded drive, reported by a real agent"),
        "link": Command("simulators.link_command", "sim", "why a recorded link has its class"),
    },
}
COMMANDS = {name: command for group in GROUPS.values() for name, command in group.items()}
OUR_PACKAGES = {command.module.partition(".")[0] for command in COMMANDS.values()} | {"telemetry"}


def main(argv: list[str] | None = None) -> int:
    """Runs one sub-command and returns the exit status, as a shell expects it."""
    name, *rest = (sys.argv[1:] if argv is None else argv) or ["--help"]
    if name == "help" and rest:
        name, rest = rest[0], ["--help"]
    if name in {"-h", "--help", "help"}:
        print(overview())
        return 0
    if name in {"-V", "--version"}:
        from importlib.metadata import version  # brings more than all that stands above

        print(f"courtfleet {version('courtfleet')}")
        return 0
    if name not in COMMANDS:
        print(unknown(name), file=sys.stderr)
        return 2
    return run(name, rest)


def overview() -> str:
    lines = ["usage: courtfleet COMMAND ..."]
    for title, commands in GROUPS.items():
        lines += ["", title]
        lines += [f"  {name:<10}{command.help}" for name, command in commands.items()]
    return "\n".join(
        [*lines, "", "courtfleet help COMMAND says more; courtfleet --version says which."]
    )


def unknown(name: str) -> str:
    import difflib  # only who mistypes waits for it

    near = difflib.get_close_matches(name, COMMANDS, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else " courtfleet --help lists them."
    return f"courtfleet: there is no command {name!r}.{hint}"


def run(name: str, argv: list[str]) -> int:
    command = COMMANDS[name]
    try:
        status: int = _loaded(command).main(name, argv)
        sys.stdout.flush()  # here, where a reader that has gone (`| head`) can still be told apart
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        if not reader_has_gone():
            raise
        return 141
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if not package or package in OUR_PACKAGES:
            raise
        print(
            f"courtfleet {name} needs the Python package {package!r}, which is not installed:"
            f" pip install 'courtfleet[{command.extra}]'",
            file=sys.stderr,
        )
        return 1
    return status


def _loaded(command: Command) -> ModuleType:
    if command.extra == "edge":  # what the other way leaves is 0.2 MB of an agent
        return importlib.import_module(command.module)
    from fleet_server.memory import loaded

    return loaded(command.module)


def reader_has_gone() -> bool:
    """Whether standard output is the pipe that broke; if so, mutes it, so that exit is quiet."""
    output = select.poll()
    output.register(sys.stdout, 0)
    if not any(flags & select.POLLERR for _, flags in output.poll(0)):
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True


if __name__ == "__main__":
    sys.exit(main())
