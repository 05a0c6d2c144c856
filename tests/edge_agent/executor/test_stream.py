"""Which transmit streams are run, and which are refused before anything is unpacked."""

import base64
import io
import json
import stat
import zipfile
from collections.abc import Callable, Mapping

import pytest

from edge_agent.executor.stream import MAX_UNPACKED_BYTES, HostileStream, check_stream

GOOD = {
    "project/": b"",
    "project/site.yml": b"- hosts: all\n",
    "inventory/hosts": b"self\n",
    "env/extravars": b"{}",
}


def entry(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name)
    found.external_attr = mode << 16
    return found


def stream(
    files: Mapping[str, bytes] = GOOD,
    *more: tuple[zipfile.ZipInfo, bytes],
    kwargs: object = None,
    size: int | None = None,
    end: bytes = b'{"eof": true}\n',
    change: Callable[[bytes], bytes] = lambda packed: packed,
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        for info, content in more:
            archive.writestr(info, content)
    packed = change(buffer.getvalue())
    first = json.dumps({"kwargs": kwargs or {"playbook": "site.yml", "ident": "o1"}})
    second = json.dumps({"zipfile": len(packed) if size is None else size})
    return f"{first}\n{second}\n".encode() + base64.b64encode(packed) + end


def test_a_play_of_ours_is_run() -> None:
    check_stream(stream(), is_check=False)
    check_stream(stream({**GOOD, "env/cmdline": b"--check --diff"}), is_check=True)


@pytest.mark.parametrize(
    ("hostile", "why"),
    [
        (stream({**GOOD, "../outside": b"x"}), "leads out"),
        (stream({**GOOD, "project/../../outside": b"x"}), "leads out"),
        (stream({**GOOD, "project\\..\\x": b"x"}), "leads out"),
        (stream({**GOOD, "/etc/passwd": b"x"}), "absolute"),
        (stream(GOOD, (entry("project/l", stat.S_IFLNK | 0o777), b"/etc")), "link"),
        (stream(GOOD, (entry("project/d", stat.S_IFCHR | 0o666), b"")), "device"),
        (stream(GOOD, (entry("project/d", stat.S_IFBLK | 0o666), b"")), "device"),
        (stream(GOOD, (entry("project/p", stat.S_IFIFO | 0o666), b"")), "device"),
        (stream({**GOOD, "project/bomb": bytes(MAX_UNPACKED_BYTES)}), "unpacks to too much"),
        (stream({f"project/{at}": b"" for at in range(5001)}), "too many files"),
        (stream({**GOOD, "project": b"x"}), "name twice"),
        (stream({**GOOD, "env/settings": b"process_isolation: true"}), "no play needs"),
        (stream({**GOOD, "env/ssh_key": b"x"}), "no play needs"),
        (stream({**GOOD, "artifacts/1/rc": b"0"}), "no play needs"),
        (stream({**GOOD, "env/cmdline": b"--become-user other"}), "an option"),
        (stream(kwargs={"playbook": "site.yml", "cmdline": "-e @/etc/shadow"}), "an option"),
        (stream(kwargs={"playbook": "site.yml", "process_isolation": True}), "not a transmit"),
        (stream(kwargs={"playbook": "../../other.yml"}), "a playbook outside"),
        (stream(kwargs={"playbook": "/tmp/other.yml"}), "a playbook outside"),
        (stream(size=0), "another size"),
        (stream(size=1 << 40), "another size"),
        (stream(end=b'{"zipfile": 1}\nAAAA{"eof": true}\n'), "after the archive"),
        (stream(change=lambda packed: packed[:40]), "damaged"),
        (stream(change=lambda packed: b"no zip"), "damaged"),
        (b"", "not a transmit"),
        (b"[" * 100_000, "not a transmit"),
        (b'{"kwargs": {"playbook": "site.yml"}}\n', "not a transmit"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_anything_else_is_refused_with_its_reason(hostile: bytes, why: str) -> None:
    with pytest.raises(HostileStream, match=why):
        check_stream(hostile, is_check=False)


def test_a_check_that_would_change_something_is_refused() -> None:
    with pytest.raises(HostileStream, match="would change"):
        check_stream(stream(), is_check=True)
