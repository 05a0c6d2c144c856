"""The console's files over HTTP: screens, files, headers, and a server without a build."""

from pathlib import Path

import pytest
from fastapi import FastAPI

from fleet_server import pages
from tests.fleet_server.asking import Api


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "static").mkdir(parents=True)
    (folder / "geo").mkdir()
    (folder / "index.html").write_text("<title>the console</title>")
    (folder / "static" / "index-abc.js").write_text("export {}")
    (folder / "geo" / "places.geojson").write_text("{}")
    (tmp_path / "secret.txt").write_text("not for anybody")
    return folder


def asked(folder: Path) -> Api:
    app = FastAPI(openapi_url=None)
    pages.add(app, folder)
    return Api(app)


@pytest.mark.parametrize("path", ["/", "/assets/veh-001", "/journal?subject=asset:veh-001"])
def test_every_screen_is_the_same_page(built: Path, path: str) -> None:
    answer = asked(built).get(path)

    assert answer.status_code == 200
    assert "the console" in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_file_named_by_its_content_is_kept_for_ever(built: Path) -> None:
    answer = asked(built).get("/static/index-abc.js")

    assert answer.status_code == 200
    assert answer.headers["cache-control"].endswith("immutable")
    assert "javascript" in answer.headers["content-type"]


def test_geojson_is_called_so(built: Path) -> None:
    answer = asked(built).get("/geo/places.geojson")

    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    ["/static/gone.js", "/api/v1/nothing", "/../secret.txt", "/%2e%2e/secret.txt", "/a%00.js"],
)
def test_what_is_not_there_is_not_found(built: Path, path: str) -> None:
    assert asked(built).get(path).status_code == 404


def test_only_the_head_is_sent_when_only_the_head_is_asked_for(built: Path) -> None:
    answer = asked(built).ask("HEAD", "/courts")

    assert answer.status_code == 200
    assert answer.content == b""


def test_without_a_build_it_says_how_to_build(tmp_path: Path) -> None:
    answer = asked(tmp_path / "dist").get("/")

    assert answer.status_code == 503
    assert "make setup" in answer.text
    assert "控制台尚未构建" in answer.text
    assert "The console is not built yet" in answer.text


def test_strangers_get_pages_and_no_answers(stranger: Api) -> None:
    assert stranger.get("/").status_code in {200, 503}
    assert stranger.get("/api/v1/nothing").json()["code"] == "not_found"
    assert stranger.get("/api/v1/assets").status_code == 401
    assert stranger.post("/courts").status_code == 405


def test_only_the_self_check_may_use_camera_and_microphone(built: Path) -> None:
    api = asked(built)
    page, console = api.get("/self-check"), api.get("/")

    assert "/self-check/page.js" in page.text
    assert "camera=(self)" in page.headers["permissions-policy"]
    assert "camera=()" in console.headers["permissions-policy"]
    assert page.headers["content-security-policy"] == console.headers["content-security-policy"]
    assert api.get("/self-check/page.js").status_code == 200
    assert api.get("/self-check/../pages.py").status_code == 404
    assert api.get("/self-check/%2e%2e/rules.py").status_code == 404
