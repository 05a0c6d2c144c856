"""The commands `services check` and `profiles check`: what is wrong with a file, and where."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel

from fleet_server.descriptions import reading, rules
from fleet_server.descriptions.model import Problem, is_sound
from fleet_server.descriptions.reading import Read
from fleet_server.errors import CommandFailed
from fleet_server.sentences import say
from telemetry.sentences import names
from telemetry.wire.catalogue import Catalogue, Need, Service
from telemetry.wire.profile import Profile

_BYTE_ORDER_MARK: Final = "\ufeff"  # Windows' editors write one, TOML has none
_C = TypeVar("_C", Catalogue, Profile)


class Finding(BaseModel):
    """One problem; `level` is `error` or `warning`, `field` "" when it is the file itself."""

    line: int
    field: str
    level: str
    code: str
    text: str


class Impossible(BaseModel):
    """A service that an asset with this profile can never be ready for, and the kinds it lacks."""

    service: str
    lacks: list[str]


class FileChecked(BaseModel):
    """One file. `services`: those in a catalogue, or those that a profile can be ready for."""

    file: str
    is_sound: bool
    findings: list[Finding]
    services: list[str] = []
    impossible: list[Impossible] = []


class Checks(BaseModel):
    """What `--json` prints."""

    items: list[FileChecked]


def run(arguments: argparse.Namespace, language: str, _connect: object) -> int:
    """Look at the files; the exit status: 1 when one of them cannot be used.

    Raises:
        CommandFailed: a file cannot be read, or one to compare with is not sound.
    """
    check = _services if arguments.command == "services" else _profiles
    checks = check(arguments, language)
    if arguments.json:
        print(checks.model_dump_json())
    return 0 if all(item.is_sound for item in checks.items) else 1


def _services(arguments: argparse.Namespace, language: str) -> Checks:
    paths = arguments.profile or list(reading.PROFILE_FILES.values())
    profiles = [_sound(Profile, path, language) for path in paths]
    path = arguments.file or reading.CATALOGUE_FILE
    found = _read(Catalogue, path)
    problems = [*found.problems]
    services: Sequence[Service] = []
    if found.content is not None:
        services = found.content.services
        problems += rules.of_catalogue(found.content, profiles)
    checked = _checked(path, found, problems, language)
    checked.services = [service.name for service in services]
    if not arguments.json:
        _tell(checked, language)
        print(
            say("check_services", language, count=len(services), names=_named(services, language))
        )
    return Checks(items=[checked])


def _profiles(arguments: argparse.Namespace, language: str) -> Checks:
    catalogue = _sound(Catalogue, arguments.catalogue or reading.CATALOGUE_FILE, language)
    items = []
    for path in arguments.files or reading.PROFILE_FILES.values():
        found = _read(Profile, path)
        problems = [*found.problems]
        unmet: Mapping[str, Sequence[Need]] = {}
        if found.content is not None:
            problems += rules.of_profile(found.content, catalogue)
            unmet = {s.name: rules.unmet(s, found.content) for s in catalogue.services}
        checked = _checked(path, found, problems, language)
        checked.services = [name for name, needs in unmet.items() if not needs]
        checked.impossible = [
            Impossible(service=name, lacks=[kind for need in needs for kind in need.kinds])
            for name, needs in unmet.items()
            if needs
        ]
        if not arguments.json:
            _tell(checked, language)
            _tell_services(catalogue.services, unmet, language)
        items.append(checked)
    return Checks(items=items)


def _tell_services(
    services: Sequence[Service], unmet: Mapping[str, Sequence[Need]], language: str
) -> None:
    if not unmet:
        return
    can = [service for service in services if not unmet[service.name]]
    if can:
        print("  " + say("check_can", language, count=len(can), names=_named(can, language)))
    for service in services:
        lacks = [_need(need, language) for need in unmet[service.name]]
        if lacks:
            facts = {"name": _named([service], language), "kinds": ", ".join(lacks)}
            print("  " + say("check_cannot", language, **facts))


def _need(need: Need, language: str) -> str:
    kinds = " / ".join(names.DEVICE_KINDS[kind].said(language) for kind in need.kinds)
    return kinds if need.count == 1 else f"{need.count} × {kinds}"


def _named(services: Sequence[Service], language: str) -> str:
    return ", ".join(s.zh if language == "zh-CN" else s.en for s in services)


def _tell(checked: FileChecked, language: str) -> None:
    """Problems as compilers tell them, so that editors can jump to them; then one line of all."""
    levels = [finding.level for finding in checked.findings]
    for finding in checked.findings:
        facts = {"level": say(f"check_{finding.level}", language), "text": finding.text}
        if finding.field:
            text = say("check_at_field", language, field=finding.field, **facts)
        else:
            text = say("check_at", language, **facts)
        print(f"{checked.file}:{finding.line}: {text}", file=sys.stderr)
    counts = {"errors": levels.count("error"), "warnings": levels.count("warning")}
    if checked.is_sound:
        print(say("check_sound", language, path=checked.file, warnings=counts["warnings"]))
    else:
        print(say("check_unsound", language, path=checked.file, **counts), file=sys.stderr)


def _checked(path: Path, found: Read[_C], problems: list[Problem], language: str) -> FileChecked:
    findings = [
        Finding(
            line=found.line(problem),
            field=problem.field,
            level="warning" if problem.is_warning else "error",
            code=problem.code,
            text=say(problem.code, language, **problem.facts),
        )
        for problem in problems
    ]
    findings.sort(key=lambda finding: finding.line)
    return FileChecked(file=str(path), is_sound=is_sound(problems), findings=findings)


def _sound(kind: type[_C], path: Path, language: str) -> _C:
    """A file to compare with."""
    found = _read(kind, path)
    if found.content is None:
        checked = _checked(path, found, found.problems, language)
        raise CommandFailed("check_first", path=str(path), line=checked.findings[0].line)
    return found.content


def _read(kind: type[_C], path: Path) -> Read[_C]:
    try:
        text = path.read_text(encoding="utf-8").removeprefix(_BYTE_ORDER_MARK)
    except (OSError, UnicodeDecodeError) as error:
        problem = getattr(error, "strerror", None) or str(error)
        raise CommandFailed("file_unreadable", path=str(path), problem=problem) from error
    return reading.read(kind, text)
