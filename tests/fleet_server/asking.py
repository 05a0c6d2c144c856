"""Asks an ASGI application without a socket."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
from fastapi import FastAPI
from pydantic import JsonValue

from fleet_server.access.model import SYSTEM, Account, Role
from fleet_server.listeners import Application
from fleet_server.parts import Parts
from tests.fleet_server.prepared import kept_password

COURT = "重庆市巴南区人民法院"
OTHER_COURT = "重庆市万州区人民法院"


@dataclass
class Api:
    """One reader's way to the application; cookies are kept as a browser would."""

    application: Application
    headers: dict[str, str] = field(default_factory=dict)
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    def ask(
        self,
        method: str,
        path: str,
        body: JsonValue = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        return asyncio.run(self._ask(method, path, body, headers or {}, content))

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def post(self, path: str, body: JsonValue = None) -> httpx.Response:
        return self.ask("POST", path, body)

    def put(self, path: str, body: JsonValue = None) -> httpx.Response:
        return self.ask("PUT", path, body)

    def delete(self, path: str) -> httpx.Response:
        return self.ask("DELETE", path)

    def add(self, asset: str, court: str = COURT, kind: str = "vehicle") -> str:
        """Add an asset; its enrolment string."""
        new: JsonValue = {"assets": [{"id": asset, "kind": kind, "court": court}]}
        answer = self.post("/api/v1/assets", new)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["items"][0]["enrolment_string"])

    async def _ask(
        self,
        method: str,
        path: str,
        body: JsonValue,
        headers: Mapping[str, str],
        content: bytes | None,
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.application, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://local", cookies=self.cookies
        ) as client:
            if content is None and body is not None:
                answer = await client.request(
                    method, path, json=body, headers={**self.headers, **headers}
                )
            else:
                answer = await client.request(
                    method, path, content=content, headers={**self.headers, **headers}
                )
            self.cookies = client.cookies
        return answer


def signed_in(app: FastAPI, parts: Parts, role: Role, courts: str = "") -> Api:
    """A new account of this role, signed in; it sees all courts, or those with commas between."""
    name = f"{role}-{courts}"
    with parts.database.unit(SYSTEM, parts.clock()) as unit:
        account = Account(
            name=name,
            role=str(role),
            courts=courts,
            password_hash=kept_password("right"),
            made_at=parts.clock(),
        )
        unit.session.add(account)
    api = Api(app)
    answer = api.post("/api/v1/session", {"name": name, "password": "right"})
    assert answer.status_code == 201
    return api
