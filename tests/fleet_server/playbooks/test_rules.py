"""Which content can be sent to assets, and which variables a playbook takes."""

import pytest

from fleet_server.errors import Malformed
from fleet_server.playbooks import rules
from fleet_server.playbooks.model import Files, Json

PLAY = b"- name: Greet\n  hosts: all\n  roles: [greeting]\n"
SPECS = b"""argument_specs:
  main:
    options:
      greeting_words: {type: list, elements: str, required: true, description: What is said}
      greeting_volume: {type: str, choices: [low, high], default: low}
      greeting_secret_file: {type: path}
      greeting_urls: {type: list, elements: str}
"""
TASKS = b"- name: Say it\n  our_module: {words: '{{ greeting_words }}'}\n"


def content(**changed: bytes | None) -> Files:
    """A collection without mistakes, with some files in other words, or without."""
    files = {
        "greet.yml": PLAY,
        "roles/greeting/meta/argument_specs.yml": SPECS,
        "roles/greeting/tasks/main.yml": TASKS,
        "roles/other/tasks/main.yml": TASKS,
        "library/our_module.py": b"",
        "library/their_module.py": b"",
    }
    for name, body in changed.items():
        path = name.replace("__", "/").replace("_yml", ".yml")
        if body is None:
            del files[path]
        else:
            files[path] = body
    return files


def test_a_playbook_brings_its_roles_and_their_modules_and_nothing_else() -> None:
    playbook = rules.playbooks(content(), "court")["greet"]

    assert rules.problems(content()) == []
    assert playbook.paths == (
        "greet.yml",
        "library/our_module.py",
        "roles/greeting/meta/argument_specs.yml",
        "roles/greeting/tasks/main.yml",
    )
    assert [option.name for option in playbook.options if option.is_required] == ["greeting_words"]
    assert playbook.options[1].choices == ("low", "high")
    assert [option.elements for option in playbook.options[:2]] == ["str", ""]


def test_a_role_that_a_role_includes_comes_too() -> None:
    tasks = b"- ansible.builtin.include_role:\n    name: other\n"
    playbook = rules.playbooks(content(roles__greeting__tasks__main_yml=tasks), "")["greet"]

    assert "roles/other/tasks/main.yml" in playbook.paths


def test_its_version_is_another_when_anything_of_it_changes() -> None:
    def version(files: Files) -> str:
        return rules.playbooks(files, "")["greet"].version

    assert version(content()) == version(content(roles__other__tasks__main_yml=b"[]"))
    assert version(content()) != version(content(roles__greeting__tasks__main_yml=b"[]"))


def test_what_undoes_a_playbook_lies_beside_it_with_roles_of_its_own() -> None:
    undo = PLAY.replace(b"greeting", b"other")
    files = {**content(), "greet.rollback.yml": undo}
    playbook = rules.playbooks(files, "")["greet"]

    assert list(rules.playbooks(files, "")) == ["greet"]
    assert "greet.rollback.yml" in playbook.rollback
    assert "roles/other/tasks/main.yml" in playbook.rollback
    assert "roles/other/tasks/main.yml" not in playbook.paths
    assert playbook.version != rules.playbooks(content(), "")["greet"].version


@pytest.mark.parametrize(
    ("name", "undo", "code"),
    [
        ("greet", PLAY, None),
        ("leave", PLAY, "playbooks_rollback_alone"),
        ("greet", PLAY.replace(b"all", b"depot"), "playbooks_rollback_hosts"),
        ("greet", PLAY.replace(b"greeting", b"nobody"), "playbooks_role_missing"),
        ("greet", PLAY.replace(b"greeting", b"needy"), "playbooks_rollback_needs"),
    ],
)
def test_what_undoes_a_playbook_is_checked_too(name: str, undo: bytes, code: str | None) -> None:
    needy = b"argument_specs: {main: {options: {needy_word: {type: str, required: true}}}}"
    files = {**content(), f"{name}.rollback.yml": undo}
    files |= {"roles/needy/meta/argument_specs.yml": needy}

    assert [one.code for one in rules.problems(files)] == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"greet_yml": b"- name: {"}, "playbooks_bad_yaml"),
        ({"greet_yml": b"\xff"}, "playbooks_bad_yaml"),
        ({"greet_yml": b"!!python/object/apply:os.getcwd []"}, "playbooks_bad_yaml"),
        ({"greet_yml": b"- name: x\n  hosts: all\n  roles: []\n"}, "playbooks_no_role"),
        ({"greet_yml": PLAY.replace(b"all", b"depot")}, "playbooks_none"),
        ({"greet_yml": PLAY.replace(b"greeting", b"nobody")}, "playbooks_role_missing"),
        ({"roles__greeting__meta__argument_specs_yml": None}, "playbooks_no_specs"),
        (
            {"roles__greeting__tasks__main_yml": b"- name: x\n  check_mode: false\n"},
            "playbooks_no_check_mode",
        ),
        ({"..__greet_yml": PLAY}, "playbooks_bad_path"),
        ({"roles__..__x_yml": PLAY}, "playbooks_bad_path"),
        ({"__etc__x": b""}, "playbooks_bad_path"),
        ({"big": b"0" * 2_000_001}, "playbooks_too_large"),
    ],
)
def test_what_cannot_be_used_says_why(changed: dict[str, bytes | None], code: str) -> None:
    assert [problem.code for problem in rules.problems(content(**changed))][:1] == [code]


@pytest.mark.parametrize(
    ("variables", "problem", "named"),
    [
        ({}, "missing required arguments: greeting_words", "words"),
        (
            {"greeting_words": ["a"], "greeting_loud": 1},
            "greeting_loud. Supported parameters",
            "loud",
        ),
        ({"greeting_words": {"a": 1}}, "unable to convert to list", "words"),
        (
            {"greeting_words": [], "greeting_volume": "off"},
            "must be one of: low, high, got: off",
            "volume",
        ),
    ],
)
def test_variables_that_do_not_suit_are_named(
    variables: dict[str, Json], problem: str, named: str
) -> None:
    playbook = rules.playbooks(content(), "")["greet"]

    with pytest.raises(Malformed) as caught:
        rules.checked(playbook, dict(variables))

    assert caught.value.code == "playbook_bad_variables"
    assert problem in str(caught.value.facts["problem"])
    assert caught.value.facts["variable"] == f"greeting_{named}"


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({"wifi_password": "x"}, ["wifi_password"]),
        ({"a": [{"API_KEY": "x"}, {"pin": 1}]}, ["API_KEY", "pin"]),
        ({"a": {"note": "-----BEGIN EC PRIVATE KEY-----"}}, ["note"]),
        ({"proxy": "http://clerk:hunter2@proxy.example"}, ["proxy"]),
        ({"password_file": "/etc/courtfleet/apn", "spin": 3, "password": ""}, []),
        ({"tokens": ["x"], "keypin": "x"}, ["tokens"]),
    ],
)
def test_secrets_are_found_wherever_they_are(value: Json, named: list[str]) -> None:
    assert list(rules.secrets(value)) == named


def test_artifacts_become_links_wherever_they_are() -> None:
    value: Json = {"a": ["artifact:12", "b"], "c": {"d": "artifact:34"}}

    assert list(rules.artifacts(value)) == ["12", "34"]
    assert rules.linked(value, lambda digest: f"<{digest}>") == {
        "a": ["<12>", "b"],
        "c": {"d": "<34>"},
    }
