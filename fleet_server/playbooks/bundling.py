"""Playbooks to bundles: what ansible-runner transmits, made here in one process, some ms each."""

import io
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from fleet_server.errors import Malformed
from fleet_server.playbooks import rules
from fleet_server.playbooks.model import Files, Json, Playbook, Variables
from fleet_server.playbooks.store import Catalogue
from telemetry.wire.orders import SELF, RunBundle

# The interpreter is named, for discovery takes whatever it finds first.
_INVENTORY: Final = (
    "[asset]\n"
    f"{SELF} ansible_connection=local"
    ' ansible_python_interpreter="{{ ansible_playbook_python }}"\n'
)
_IDENT: Final = "order"
_MOST_KEPT: Final = 64


class _Key(NamedTuple):
    playbook: str
    version: str
    variables: bytes
    is_check: bool


class _Stream(io.BytesIO):
    """Runner asks its output for a name."""

    name = "<bundle>"


class Bundler:
    """Makes bundles of the catalogue's playbooks; may be used from any thread."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._kept: OrderedDict[_Key, RunBundle] = OrderedDict()
        self._making = threading.Lock()

    def bundle(
        self,
        name: str,
        variables: Variables,
        *,
        is_check: bool = False,
        link: Callable[[str], str] | None = None,
    ) -> RunBundle:
        """A bundle of one playbook with its variables, the same for the same of both.

        `link` gives what an asset fetches an artifact by, from its SHA-256, for each value
        `artifact:SHA256`. Takes some ms, and a second at the first time.

        Raises:
            NotFound: there is no such playbook.
            Malformed: a variable is unknown, missing, of another type, looks like a secret, or
                names an artifact and there is no `link`.
        """
        playbook, files = self._catalogue.find(name)
        rules.checked(playbook, variables)
        given = {key: _linked(name, value, link) for key, value in variables.items()}
        encoded = msgspec.json.encode(given, order="sorted")
        key = _Key(name, playbook.version, encoded, is_check)
        with self._making:  # runner changes folders of the process it is in
            kept = self._kept.get(key)
            if kept is None:
                kept = _bundled(playbook, files, given, is_check=is_check)
                self._kept[key] = kept
                while len(self._kept) > _MOST_KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return kept


def _linked(playbook: str, value: Json, link: Callable[[str], str] | None) -> Json:
    if link is not None:
        return rules.linked(value, link)
    for named in rules.artifacts(value):
        raise Malformed("playbook_artifact", playbook=playbook, artifact=named[:64])
    return value


def _bundled(playbook: Playbook, files: Files, given: Variables, *, is_check: bool) -> RunBundle:
    """With what undoes it, where it has that and changes anything."""
    forth = {path: files[path] for path in playbook.paths}
    stream = _transmitted(f"{playbook.name}.yml", forth, given, is_check=is_check)
    rollback = ""
    if playbook.rollback and not is_check:
        back = {path: files[path] for path in playbook.rollback}
        rollback = _transmitted(rules.rollback_path(playbook.name), back, given, is_check=False)
    return RunBundle(playbook.name, playbook.version, stream, is_check, rollback)


def _transmitted(playbook: str, content: Files, variables: Variables, *, is_check: bool) -> str:
    from ansible_runner.interface import run  # a third of a second that only this needs

    # A folder of its own: what an earlier job left there would travel with this one.
    with tempfile.TemporaryDirectory(prefix="courtfleet-bundle-") as folder:
        _write(Path(folder, "inventory", "hosts"), _INVENTORY.encode())
        for path, body in content.items():
            _write(Path(folder, "project", path), body)
        output = _Stream()
        run(
            streamer="transmit",
            _output=output,
            private_data_dir=folder,
            ident=_IDENT,
            playbook=playbook,
            extravars=variables,
            **({"cmdline": "--check --diff"} if is_check else {}),
        )
        return output.getvalue().decode()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o644)
