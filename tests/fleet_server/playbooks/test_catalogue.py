"""The catalogue over the API, its bundles, and archives that nobody should trust."""

import base64
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest
from fastapi import FastAPI

from fleet_server.access.model import Role
from fleet_server.errors import Malformed, NotFound
from fleet_server.parts import Parts
from fleet_server.playbooks import store
from fleet_server.playbooks.bundling import Bundler
from fleet_server.playbooks.model import Json
from fleet_server.playbooks.store import Catalogue
from telemetry.wire import orders
from tests.fleet_server.asking import Api, signed_in
from tests.fleet_server.playbooks.test_rules import content

COLLECTION = "/api/v1/playbook-collections/our_court"
TASKS = b"- name: Say it\n  ansible.builtin.debug: {msg: '{{ greeting_words }}'}\n"


def test_what_undoes_a_playbook_travels_with_it_but_not_with_a_check(tmp_path: Path) -> None:
    bundler = Bundler(Catalogue(tmp_path))
    release: dict[str, Json] = {"agent_release_version": "1.0", "agent_release_sha256": "0" * 64}

    assert "update_agent.rollback.yml" in bundler.bundle("update_agent", release).rollback
    assert bundler.bundle("update_agent", release, is_check=True).rollback == ""
    assert bundler.bundle("configure", {}).rollback == ""


def packed(**changed: bytes | None) -> bytes:
    return store.packed(content(**{"roles__greeting__tasks__main_yml": TASKS, **changed}))


def put(api: Api, body: bytes) -> tuple[int, str]:
    answer = api.ask("PUT", COLLECTION, content=body)
    return answer.status_code, answer.json().get("code", "")


def names(api: Api) -> list[str]:
    return [one["name"] for one in api.get("/api/v1/playbooks").json()["items"]]


def test_the_servers_own_playbooks_have_no_mistakes_and_no_check_that_changes() -> None:
    catalogue = Catalogue(Path("/nonexistent"))

    for collection in catalogue.collections():
        assert store.unpacked(store.packed(collection.files)) == collection.files
    assert {"configure", "update_agent"} <= {one.name for one in catalogue.playbooks()}


def test_what_a_playbook_takes_is_shown(api: Api) -> None:
    shown = api.get("/api/v1/playbooks/configure").json()

    assert (shown["title"], shown["collection"]) == ("Configure", "builtin")
    zone = next(one for one in shown["options"] if one["name"] == "clock_timezone")
    assert (zone["role"], zone["type"], zone["default"]) == ("clock", "str", "")
    assert api.get("/api/v1/playbooks/nothing").json()["code"] == "playbook_unknown"


def test_a_collection_is_added_changed_and_removed(api: Api) -> None:
    before = names(api)
    added = put(api, packed())
    first = api.get("/api/v1/playbooks/greet").json()["version"]
    put(api, packed(greet_yml=b"- name: Hail\n  hosts: all\n  roles: [greeting]\n"))
    second = api.get("/api/v1/playbooks/greet").json()["version"]
    during = names(api)
    removed = api.delete(COLLECTION)

    assert added == (200, "")
    assert during == [*before, "greet"]
    assert first != second
    assert removed.status_code == 204
    assert names(api) == before
    assert api.delete(COLLECTION).status_code == 404
    said = [row["what"] for row in api.get("/api/v1/journal").json()["items"]]
    assert said == ["playbooks_removed", "playbooks_added", "playbooks_added"]


def test_what_ansible_cannot_read_is_not_taken(api: Api) -> None:
    tasks = b"- name: Say it\n  no_such_module: {}\n"

    assert put(api, packed(roles__greeting__tasks__main_yml=tasks)) == (422, "playbooks_bad_syntax")
    assert "greet" not in names(api)


def test_a_name_that_another_collection_has_is_not_taken(api: Api) -> None:
    play = b"- name: Greet\n  hosts: all\n  roles: [greeting]\n"

    assert put(api, packed(configure_yml=play)) == (409, "playbook_taken")


def test_only_an_admin_brings_in_what_root_will_run(app: FastAPI, parts: Parts) -> None:
    assert put(signed_in(app, parts, Role.OPERATOR), packed())[0] == 403
    assert put(signed_in(app, parts, Role.ADMIN, "重庆市巴南区人民法院"), packed())[0] == 403
    assert put(signed_in(app, parts, Role.ADMIN), packed())[0] == 200


def archive(**members: tarfile.TarInfo | bytes) -> bytes:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w:gz") as tar:
        for name, member in members.items():
            if isinstance(member, bytes):
                info = tarfile.TarInfo(name)
                info.size = len(member)
                tar.addfile(info, io.BytesIO(member))
            else:
                tar.addfile(member)
    return body.getvalue()


def special(kind: bytes, name: str = "x", link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, link
    return made


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "playbooks_no_archive"),
        (b"PK", "playbooks_no_archive"),
        (packed()[:300], "playbooks_no_archive"),
        (archive(x=special(tarfile.SYMTYPE, link="/etc/shadow")), "playbooks_not_a_file"),
        (archive(x=special(tarfile.LNKTYPE, link="y")), "playbooks_not_a_file"),
        (archive(x=special(tarfile.CHRTYPE)), "playbooks_not_a_file"),
        (archive(**{"../x": b""}), "playbooks_bad_path"),
        (archive(**{"/etc/x": b""}), "playbooks_bad_path"),
        (archive(x=b"0" * 2_100_000), "playbooks_too_large"),
        (archive(x=b"0" * 90_000_000), "playbooks_too_large"),
    ],
    # Not the bytes: in them is when they were packed, and every worker packs its own.
    ids=[
        "nothing",
        "letters",
        "half",
        "symlink",
        "hardlink",
        "device",
        "upwards",
        "absolute",
        "large",
        "bomb",
    ],
)
def test_an_archive_is_not_trusted(body: bytes, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        store.unpacked(body)

    assert caught.value.code == code


def test_a_folder_with_a_link_in_it_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "greet.yml").symlink_to("/etc/hostname")

    with pytest.raises(Malformed) as caught:
        store.read_folder(tmp_path)

    assert caught.value.code == "playbooks_not_a_file"


def zipped(bundle: orders.RunBundle) -> dict[str, bytes]:
    body = bundle.stream.split("}\n", 2)[2].partition('{"eof"')[0]
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(body))) as found:
        return {name: found.read(name) for name in found.namelist() if not name.endswith("/")}


@pytest.fixture(scope="module")
def bundler() -> Bundler:
    return Bundler(Catalogue(Path("/nonexistent")))


def test_a_bundle_holds_one_playbook_its_variables_and_nothing_of_another(bundler: Bundler) -> None:
    bundler.bundle("configure", {"clock_timezone": "Asia/Urumqi"})
    bundle = bundler.bundle("configure", {"clock_timezone": "Asia/Shanghai"})
    checked = bundler.bundle("configure", {"clock_timezone": "Asia/Shanghai"}, is_check=True)

    files = zipped(bundle)
    assert json.loads(files["env/extravars"]) == {"clock_timezone": "Asia/Shanghai"}
    assert "project/configure.yml" in files
    assert "project/update_agent.yml" not in files
    assert "project/library/courtfleet_fetch.py" not in files
    assert "env/cmdline" not in files
    assert b"--check --diff" in zipped(checked)["env/cmdline"]
    assert (bundle.playbook, bundle.is_check, checked.is_check) == ("configure", False, True)
    assert len(orders.encode(orders.Order("x", bundle))) < 30_000


def test_the_same_is_not_made_twice(bundler: Bundler) -> None:
    one = bundler.bundle("configure", {"clock_servers": ["a.example"]})

    assert bundler.bundle("configure", {"clock_servers": ["a.example"]}) is one
    assert bundler.bundle("configure", {"clock_servers": ["b.example"]}) is not one


def test_an_artifact_travels_as_a_link_or_not_at_all(bundler: Bundler) -> None:
    given: dict[str, Json] = {
        "agent_release_version": "1.4.0",
        "agent_release_sha256": "ab",
        "agent_release_urls": ["artifact:ab"],
    }

    linked = bundler.bundle("update_agent", given, link=lambda one: f"https://x/{one}")

    assert b"https://x/ab" in zipped(linked)["env/extravars"]
    with pytest.raises(Malformed) as caught:
        bundler.bundle("update_agent", given)
    assert caught.value.code == "playbook_artifact"
    with pytest.raises(NotFound):
        bundler.bundle("nothing", {})
