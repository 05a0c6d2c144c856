"""The command finds sub-commands, explains itself, and ends as a shell expects."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import courtfleet
from tests.services.waiting import PATIENCE_SECONDS

Body = Callable[[str, list[str]], int]
Install = Callable[[Body], list[tuple[str, list[str]]]]


@pytest.fixture
def agent_cli(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a given main() behind `courtfleet agent` and returns the calls it gets."""

    def install(body: Body) -> list[tuple[str, list[str]]]:
        calls: list[tuple[str, list[str]]] = []

        def main(command: str, argv: list[str]) -> int:
            calls.append((command, argv))
            return body(command, argv)

        module = ModuleType("edge_agent.cli")
        vars(module)["main"] = main
        monkeypatch.setitem(sys.modules, "edge_agent.cli", module)
        return calls

    return install


def test_a_sub_command_gets_its_arguments_and_gives_the_exit_status(agent_cli: Install) -> None:
    calls = agent_cli(lambda _command, _argv: 7)

    assert courtfleet.main(["agent", "run", "--once"]) == 7
    assert calls == [("agent", ["run", "--once"])]


@pytest.mark.parametrize("argv", [[], ["--help"], ["-h"], ["help"]])
def test_help_lists_every_command(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status = courtfleet.main(argv)

    printed = capsys.readouterr().out
    assert status == 0
    for name, command in courtfleet.COMMANDS.items():
        assert f"  {name} " in printed
        assert command.help in printed


def test_help_of_a_command_is_that_commands_own(agent_cli: Install) -> None:
    calls = agent_cli(lambda _command, _argv: 0)

    courtfleet.main(["help", "agent"])

    assert calls == [("agent", ["--help"])]


def test_version_is_the_distributions(capsys: pytest.CaptureFixture[str]) -> None:
    assert courtfleet.main(["--version"]) == 0
    assert capsys.readouterr().out == "courtfleet 0.1.0\n"


def test_a_mistyped_command_is_answered_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert courtfleet.main(["sevre"]) == 2
    assert "Did you mean 'serve'?" in capsys.readouterr().err


def test_a_word_like_no_command_is_answered_with_where_they_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert courtfleet.main(["zzz"]) == 2
    assert "courtfleet --help lists them" in capsys.readouterr().err


def test_a_missing_library_names_the_extra_that_brings_it(
    agent_cli: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    def lacks_paho(_command: str, _argv: list[str]) -> int:
        raise ModuleNotFoundError("No module named 'paho'", name="paho.mqtt")

    agent_cli(lacks_paho)

    assert courtfleet.main(["agent"]) == 1
    assert capsys.readouterr().err == (
        "courtfleet agent needs the Python package 'paho', which is not installed:"
        " pip install 'courtfleet[edge]'\n"
    )


def test_a_missing_module_of_our_own_is_a_bug_and_shows_itself(agent_cli: Install) -> None:
    def lacks_ours(_command: str, _argv: list[str]) -> int:
        raise ModuleNotFoundError("No module named 'telemetry.gone'", name="telemetry.gone")

    agent_cli(lacks_ours)

    with pytest.raises(ModuleNotFoundError, match=r"telemetry\.gone"):
        courtfleet.main(["agent"])


def test_an_interrupt_ends_quietly(agent_cli: Install, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(_command: str, _argv: list[str]) -> int:
        raise KeyboardInterrupt

    agent_cli(interrupted)

    assert courtfleet.main(["agent"]) == 130
    assert capsys.readouterr().err == ""


def test_a_broken_connection_is_not_taken_for_a_reader_that_left(
    agent_cli: Install, capfd: pytest.CaptureFixture[str]
) -> None:
    def loses_its_socket(_command: str, _argv: list[str]) -> int:
        raise BrokenPipeError("socket")

    agent_cli(loses_its_socket)

    with pytest.raises(BrokenPipeError):
        courtfleet.main(["agent"])


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("lines", [1, 100_000])
def test_a_reader_that_left_ends_the_command_quietly(
    lines: int, unbuffered: str, tmp_path: Path
) -> None:
    talker = tmp_path / "talker.py"
    talker.write_text(
        "import sys, types, courtfleet\n"
        "module = types.ModuleType('edge_agent.cli')\n"
        f"module.main = lambda command, argv: [print('row') for _ in range({lines})] and 0\n"
        "sys.modules['edge_agent.cli'] = module\n"
        "sys.stdin.read()\n"
        "sys.exit(courtfleet.main(['agent']))\n"
    )
    process = subprocess.Popen(
        [sys.executable, talker],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    )
    assert process.stdout is not None
    process.stdout.close()

    _, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert errors == ""
    assert process.returncode == 141


@pytest.mark.parametrize("argv", [["--help"], ["--version"], ["zzz"]])
def test_no_package_is_loaded_before_its_command_is_called(argv: list[str]) -> None:
    look = (
        f"import sys, courtfleet; courtfleet.main({argv!r});"
        "print(sorted(courtfleet.OUR_PACKAGES & set(sys.modules)))"
    )

    seen = subprocess.run(
        [sys.executable, "-c", look],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_SECONDS,
    )

    assert seen.stdout.splitlines()[-1] == "[]"


def _loaded_by(code: str) -> set[str]:
    look = f"import sys; {code}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", look],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_SECONDS,
    )
    return set(done.stdout.split())


def test_a_command_at_the_centre_does_not_load_the_server() -> None:
    commands = [name.stem for name in Path("fleet_server/command").glob("[!_]*.py")]
    others = ", ".join(f"fleet_server.command.{name}" for name in commands if name != "serve")

    loaded = _loaded_by(f"import fleet_server.cli, {others}")

    heavy = {"fastapi", "uvicorn", "duckdb", "pyarrow", "gmqtt", "fleet_server.program"}
    assert heavy & loaded == set()
    assert "fleet_server.command.assets" in loaded


def test_a_server_starts_without_what_only_some_need() -> None:
    loaded = _loaded_by("import fleet_server.cli, fleet_server.command.serve")

    sometimes = {"alembic", "httpx", "influxdb_client", "openpyxl", "rich"}
    assert {*sometimes, "sqlalchemy.dialects.postgresql"} & loaded == set()
    assert "fleet_server.program" in loaded


def test_a_commands_own_help_loads_no_other_command() -> None:
    loaded = _loaded_by("from fleet_server.command.options import parser; parser('assets')")

    assert {"httpx", "rich", "fleet_server.command.assets"} & loaded == set()
