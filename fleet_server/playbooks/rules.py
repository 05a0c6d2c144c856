"""What Ansible content must be like to be sent, and which variables a playbook takes.

All of it looks at files given as `Files`; nothing is read from a disk and nothing is run.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Final

import yaml

from fleet_server.errors import Malformed
from fleet_server.playbooks.model import Files, Json, Option, Playbook, Problem, Variables

MOST_BYTES: Final = 2_000_000
MOST_FILES: Final = 400
ARTIFACT: Final = "artifact:"
"""Begins a value that stands for a link to the artifact with that SHA-256."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,47}\Z")
_PATH: Final = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*\Z")
_WORD: Final = re.compile(r"\w+")
_PLAYBOOK: Final = re.compile(r"([a-z][a-z0-9_]{0,47})\.yml\Z")
_ROLLBACK: Final = re.compile(r"([a-z][a-z0-9_]{0,47})\.rollback\.yml\Z")
_SPECS: Final = "roles/{role}/meta/argument_specs.yml"
_HOSTS: Final = "all"  # a play for anybody else is not one for an asset alone
_SECRET_NAME: Final = re.compile(
    r"(^|_)(password|passwd|passphrase|secret|token|credential|psk|private_key|api_key|pin)s?\Z"
)
_SECRET_VALUE: Final = re.compile(r"PRIVATE KEY-----|\A\$ANSIBLE_VAULT|://[^/@\s]+:[^/@\s]+@")


def playbooks(files: Files, collection: str) -> dict[str, Playbook]:
    """The playbooks for assets in content without `problems`, by name."""
    found = {}
    for path in sorted(files):
        match = _PLAYBOOK.match(path)
        plays = _parsed(files[path]) if match else None
        if match and isinstance(plays, list) and _is_for_assets(plays):
            found[match[1]] = _playbook(match[1], collection, files, path, plays)
    return found


def problems(files: Files) -> list[Problem]:
    """Why this content cannot be used; empty when it can."""
    if len(files) > MOST_FILES or sum(map(len, files.values())) > MOST_BYTES:
        return [Problem("playbooks_too_large", "", {"files": MOST_FILES, "bytes": MOST_BYTES})]
    found = [problem for path in sorted(files) for problem in _file_problems(path, files[path])]
    if found:
        return found
    known = playbooks(files, "")
    if not known:
        return [Problem("playbooks_none", "", {})]
    for playbook in known.values():
        found += _role_problems(f"{playbook.name}.yml", files)
        if playbook.rollback:
            found += _rollback_problems(playbook, files)
    for path in sorted(files):
        match = _ROLLBACK.match(path)
        if match and match[1] not in known:
            found.append(Problem("playbooks_rollback_alone", path, {}))
    return found


def checked(playbook: Playbook, variables: Variables) -> None:
    """Let a playbook's variables be what its roles say they are.

    Raises:
        Malformed: one is unknown, missing, of another type, or looks like a secret.
    """
    # A seventh of a second to load, which commands that start often do not need.
    from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

    for name in secrets(variables):
        raise Malformed("playbook_secret", playbook=playbook.name, variable=name)
    result = ArgumentSpecValidator(playbook.specs).validate(dict(variables))
    for message in result.error_messages:
        problem = str(message).rstrip(".")
        name = _named(problem, [*playbook.specs, *variables])
        raise Malformed(
            "playbook_bad_variables", playbook=playbook.name, problem=problem, variable=name
        )


def _named(problem: str, names: Iterable[str]) -> str:
    """The variable that a sentence of Ansible's names first, "" when it names none."""
    found = {match[0]: match.start() for match in reversed(list(_WORD.finditer(problem)))}
    return min((name for name in names if name in found), key=found.__getitem__, default="")


def secrets(value: Json, name: str = "") -> Iterator[str]:
    """The names of variables that look like secrets, which do not belong in a bundle.

    A name that ends in `_file` says where the asset itself keeps one.
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            if _SECRET_NAME.search(key.lower()) and inner not in (None, ""):
                yield key
            else:
                yield from secrets(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from secrets(inner, name)
    elif isinstance(value, str) and _SECRET_VALUE.search(value):
        yield name


def artifacts(value: Json) -> Iterator[str]:
    """The SHA-256 of each artifact that variables name."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from artifacts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from artifacts(inner)
    elif isinstance(value, str) and value.startswith(ARTIFACT):
        yield value.removeprefix(ARTIFACT)


def linked(value: Json, link: Callable[[str], str]) -> Json:
    """The same with a link in the place of each artifact."""
    if isinstance(value, dict):
        return {key: linked(inner, link) for key, inner in value.items()}
    if isinstance(value, list):
        return [linked(inner, link) for inner in value]
    if isinstance(value, str) and value.startswith(ARTIFACT):
        return link(value.removeprefix(ARTIFACT))
    return value


def from_yaml(text: str) -> object:
    """What a text says, YAML or JSON; nothing of it is trusted.

    Raises:
        Malformed: it cannot be read.
    """
    try:
        return _parsed(text.encode())
    except Malformed as error:
        raise Malformed("not_yaml", problem=str(error.facts["problem"])) from error


def as_yaml(value: Json) -> str:
    """The same as people write it, its order kept."""
    return str(yaml.dump(value, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False))


def is_name(name: str) -> bool:
    """Whether a collection may be called so."""
    return bool(_NAME.match(name))


def _file_problems(path: str, content: bytes) -> Iterator[Problem]:
    if not _PATH.match(path) or ".." in path.split("/"):
        yield Problem("playbooks_bad_path", path, {})
    elif path.endswith((".yml", ".yaml")):
        try:
            parsed = _parsed(content)
        except Malformed as error:
            yield Problem("playbooks_bad_yaml", path, {"problem": str(error.facts["problem"])})
            return
        if any(value is False for value in _values(parsed, "check_mode")):
            yield Problem("playbooks_no_check_mode", path, {})


def rollback_path(playbook: str) -> str:
    """The file that undoes a playbook, where there is one."""
    return f"{playbook}.rollback.yml"


def _rollback_problems(playbook: Playbook, files: Files) -> Iterator[Problem]:
    """It is a playbook for assets too, and needs no variable that its playbook does not take."""
    path = rollback_path(playbook.name)
    plays = _parsed(files[path])
    if not isinstance(plays, list) or not _is_for_assets(plays):
        yield Problem("playbooks_rollback_hosts", path, {})
        return
    yield from _role_problems(path, files)
    for role in _roles(files, path):
        for name, spec in _specs(files.get(_SPECS.format(role=role), b"")).items():
            is_needed = isinstance(spec, dict) and spec.get("required") is True
            if is_needed and name not in playbook.specs:
                yield Problem("playbooks_rollback_needs", path, {"variable": name})


def _role_problems(path: str, files: Files) -> Iterator[Problem]:
    roles = _roles(files, path)
    if not roles:
        yield Problem("playbooks_no_role", path, {})
    for role in roles:
        if not any(name.startswith(f"roles/{role}/") for name in files):
            yield Problem("playbooks_role_missing", path, {"role": role})
        elif _SPECS.format(role=role) not in files:
            yield Problem("playbooks_no_specs", path, {"role": role})


def _playbook(name: str, collection: str, files: Files, path: str, plays: list[Json]) -> Playbook:
    roles = _roles(files, path)
    paths = _paths(files, path)
    undoing = rollback_path(name)
    rollback = _paths(files, undoing) if undoing in files else []
    digest = sha256()
    for one in sorted({*paths, *rollback}):
        digest.update(one.encode() + b"\0" + sha256(files[one]).digest())
    specs: dict[str, Json] = {}
    options: list[Option] = []
    for role in roles:
        mine = _specs(files.get(_SPECS.format(role=role), b""))
        specs.update(mine)
        options += [_option(role, key, spec) for key, spec in mine.items()]
    title = next((str(play["name"]) for play in plays if isinstance(play, dict)), name)
    version = digest.hexdigest()[:12]
    return Playbook(
        name, collection, title, version, tuple(options), tuple(paths), specs, tuple(rollback)
    )


def _paths(files: Files, path: str) -> list[str]:
    """A file with its roles and the modules that they use."""
    roles = _roles(files, path)
    paths = [path, *_modules(files, roles)]
    paths += [one for role in roles for one in files if one.startswith(f"roles/{role}/")]
    return sorted(paths)


def _is_for_assets(plays: list[Json]) -> bool:
    return bool(plays) and all(
        isinstance(play, dict) and play.get("hosts") == _HOSTS and "name" in play for play in plays
    )


def _roles(files: Files, path: str) -> list[str]:
    """The roles that a file names, and those that they name, in this order."""
    found: list[str] = []
    waiting = [path]
    while waiting:
        for role in _named_roles(_parsed(files[waiting.pop(0)])):
            if role not in found:
                found.append(role)
                inside = (
                    f"roles/{role}/tasks/",
                    f"roles/{role}/handlers/",
                    f"roles/{role}/meta/main",
                )
                waiting += [one for one in sorted(files) if one.startswith(inside)]
    return found


def _named_roles(parsed: Json) -> Iterator[str]:
    for key in ("roles", "dependencies"):
        for listed in _values(parsed, key):
            for one in listed if isinstance(listed, list) else []:
                name = one.get("role", one.get("name")) if isinstance(one, dict) else one
                yield str(name)
    for key in ("import_role", "include_role"):
        for full in (key, f"ansible.builtin.{key}"):
            for called in _values(parsed, full):
                if isinstance(called, dict):
                    yield str(called.get("name"))


def _modules(files: Files, roles: list[str]) -> list[str]:
    """The modules of our own that these roles use."""
    text = b"\n".join(
        content
        for path, content in files.items()
        if path.startswith(tuple(f"roles/{role}/" for role in roles))
    )
    return [
        path
        for path in files
        if path.startswith("library/")
        and path.removeprefix("library/").removesuffix(".py").encode() in text
    ]


def _specs(content: bytes) -> dict[str, Json]:
    parsed = _parsed(content)
    for part in ("argument_specs", "main", "options"):
        parsed = parsed.get(part) if isinstance(parsed, dict) else None
    return parsed if isinstance(parsed, dict) else {}


def _option(role: str, name: str, spec: Json) -> Option:
    said = spec if isinstance(spec, dict) else {}
    choices = said.get("choices")
    return Option(
        name=name,
        role=role,
        type=str(said.get("type", "str")),
        is_required=said.get("required") is True,
        default=said.get("default"),
        choices=tuple(map(str, choices)) if isinstance(choices, list) else (),
        description=str(said.get("description", "")),
        elements=str(said.get("elements", "")),
    )


def _values(parsed: Json, key: str) -> Iterator[Json]:
    """Whatever stands under a key, however deep."""
    if isinstance(parsed, dict):
        for name, inner in parsed.items():
            if name == key:
                yield inner
            yield from _values(inner, key)
    elif isinstance(parsed, list):
        for inner in parsed:
            yield from _values(inner, key)


def _parsed(content: bytes) -> Json:
    try:
        found: Json = yaml.load(content, Loader=yaml.CSafeLoader)  # ten times as fast as in Python
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        problem = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise Malformed("playbooks_bad_yaml", problem=problem[:200]) from error
    return found
