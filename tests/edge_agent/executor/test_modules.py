"""What a module of a play imports: what Ansible has installed, where it is the same as packed."""

import subprocess
import sys
import zipfile
from pathlib import Path

import ansible.module_utils
import pytest

from edge_agent.executor import modules

SHARED = Path(ansible.module_utils.__path__[0])
SAME, OTHER, MISSING = "splitter.py", "errors.py", "courtfleet_only.py"

# As AnsiballZ does: what is packed comes before all else.
PROGRAM = """
import sys
sys.path.insert(0, {archive!r})
import ansible.module_utils.splitter as same
import ansible.module_utils.errors as other
import ansible.module_utils.courtfleet_only as missing
print(__name__, same.__file__, other.__file__, missing.__file__, sys.argv[0])
"""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Packed: a file as it is installed, one that differs, and one that is not installed."""
    found = tmp_path / "payload.zip"
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as packed:
        for package in ("ansible", "ansible/module_utils"):
            packed.writestr(f"{package}/__init__.py", "")
        packed.write(SHARED / SAME, f"ansible/module_utils/{SAME}")
        packed.writestr(f"ansible/module_utils/{OTHER}", "changed = True\n")
        packed.writestr(f"ansible/module_utils/{MISSING}", "")
    return found


def ran(program: Path, *arguments: str, given: str = "") -> list[str]:
    done = subprocess.run(
        [str(program), *arguments], input=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_only_what_is_the_same_to_the_byte_is_taken_from_what_is_installed(
    archive: Path, tmp_path: Path
) -> None:
    program = modules.write_interpreter(tmp_path, sys.executable)
    text = PROGRAM.format(archive=str(archive))
    file = tmp_path / "AnsiballZ_look.py"
    file.write_text(text)

    by_pipe = ran(program, given=text)
    by_file = ran(program, str(file))

    packed = f"{archive}/ansible/module_utils"
    places = [str(SHARED / SAME), f"{packed}/{OTHER}", f"{packed}/{MISSING}"]
    assert by_pipe == ["__main__", *places, "-"]
    assert by_file == ["__main__", *places, str(file)]


def test_a_module_that_fails_says_so_by_its_status(tmp_path: Path) -> None:
    program = modules.write_interpreter(tmp_path, sys.executable)

    done = subprocess.run([str(program)], input=b"raise SystemExit(3)", check=False)

    assert done.returncode == 3
