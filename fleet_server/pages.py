"""The console's files, at every address that is not the API's.

`npm run build` puts them into `console/dist`; in a wheel they are there. Nobody is asked who they
are: the files are the same for everybody, and tell nothing.
"""

from pathlib import Path, PurePosixPath
from typing import Final

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

BUILT: Final = Path(__file__).parent / "console" / "dist"
SELF_CHECK: Final = Path(__file__).parent / "selfcheck" / "page_files"
"""A page of its own, for people without an account: no framework, nothing to build."""

POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        # Components place themselves by style attributes. No script has this freedom.
        "style-src 'self' 'unsafe-inline'",
        "worker-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""No other host: tiles from elsewhere are fetched by this server."""

_HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_SELF_CHECK_HEADERS: Final = {
    **_HEADERS,
    "permissions-policy": "camera=(self), geolocation=(), microphone=(self)",
    "cache-control": "no-cache",
}
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_TYPES: Final = {".geojson": "application/geo+json", ".mjs": "text/javascript; charset=utf-8"}
"""Kinds of files that Python has no name for, or another one than browsers."""

_NOT_BUILT: Final = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>Courtfleet</title>
<style>body{font:15px/1.6 sans-serif;max-width:44em;margin:12vh auto;padding:0 1em}</style>
<h1>控制台尚未构建</h1>
<p>服务器运行正常，但没有找到控制台的文件。请在项目目录执行 <code>make setup</code>
（需要 Node.js 20.19 或更新版本），然后刷新本页。</p>
<div lang="en"><h1>The console is not built yet</h1>
<p>The server works, but the console's files are not here. Run <code>make setup</code> in the
project's folder (it needs Node.js 20.19 or newer), then reload this page.</p></div>
</html>
"""


class Pages:
    """Serves the folder of a build; it may appear, or be replaced, while the server runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = StaticFiles(directory=folder, check_dir=False)
        self._self_check = StaticFiles(directory=SELF_CHECK)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self.show(scope)
        await answer(scope, receive, send)

    async def show(self, scope: Scope) -> Response:
        """A file, or for a screen's address the page that draws it.

        Raises:
            HTTPException: 404 for a file that is not there, and for what is the API's; 405.
        """
        path = PurePosixPath(scope["path"].lstrip("/"))
        if path.parts[:1] == ("api",) or "\0" in str(path):
            raise HTTPException(404)
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(405)
        if path.parts[:1] == ("self-check",):
            return await self._show_self_check(path, scope)
        if not (self._folder / "index.html").is_file():
            return HTMLResponse(_NOT_BUILT, 503, {**_HEADERS, "cache-control": "no-store"})
        is_screen = path.suffix == ""
        name = "index.html" if is_screen else str(path)
        answer = await self._files.get_response(name, scope)
        answer.headers.update(_HEADERS)
        is_named_by_content = path.parts[:1] == ("static",)
        answer.headers["cache-control"] = _FOR_EVER if is_named_by_content else "no-cache"
        if path.suffix in _TYPES:
            answer.headers["content-type"] = _TYPES[path.suffix]
        return answer

    async def _show_self_check(self, path: PurePosixPath, scope: Scope) -> Response:
        name = str(PurePosixPath(*path.parts[1:])) if path.parts[1:] else "index.html"
        answer = await self._self_check.get_response(name, scope)
        answer.headers.update(_SELF_CHECK_HEADERS)
        return answer


def add(app: FastAPI, folder: Path = BUILT) -> None:
    """Serve the console wherever no route of the API is."""
    # Not a route: no permission is asked for, no description mentions it, and nothing hides behind.
    app.router.default = Pages(folder)
