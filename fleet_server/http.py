"""The API: its routes put together, and what it says when something is wrong."""

import logging
from http import HTTPStatus
from importlib.metadata import version

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

from fleet_server import health, importing, lifecycle, pages, welcome
from fleet_server.access import routes as access_routes
from fleet_server.artifacts import routes as artifact_routes
from fleet_server.assets import routes as asset_routes
from fleet_server.basemap import routes as basemap_routes
from fleet_server.book import routes as book_routes
from fleet_server.configuration import routes as configuration_routes
from fleet_server.courts import routes as court_routes
from fleet_server.coverage import routes as coverage_routes
from fleet_server.documents import checking, desired, versions
from fleet_server.documents import routes as settings_routes
from fleet_server.enrolment import routes as enrolment_routes
from fleet_server.entrance import authorise, language_of
from fleet_server.errors import STATUS, FleetError, Malformed, NotFound, Unavailable
from fleet_server.journal import routes as journal_routes
from fleet_server.ledger import routes as ledger_routes
from fleet_server.openapi import PROBLEM, Problem
from fleet_server.orders import routes as order_routes
from fleet_server.parts import Parts
from fleet_server.playbooks import routes as playbook_routes
from fleet_server.readiness import preview
from fleet_server.readiness import routes as readiness_routes
from fleet_server.rollouts import routes as rollout_routes
from fleet_server.rollouts import upkeep as rollout_upkeep
from fleet_server.selfcheck import routes as selfcheck_routes
from fleet_server.sentences import explain
from fleet_server.views import (
    configuration,
    device_history,
    devices,
    events,
    inventory,
    readings,
    self_check,
    set_aside,
    status,
    stream,
    tomorrow,
    trails,
)
from fleet_server.waking import routes as waking_routes
from telemetry.store.port import StoreError, UnknownMetric

logger = logging.getLogger(__name__)

# Compressed already, read by range, or flushed event by event.
_AS_THEY_ARE = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES,
    "application/vnd.apache.parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.pmtiles",
    "application/gzip",
    "application/octet-stream",
)


def build(parts: Parts) -> FastAPI:
    """The application over `parts`; it starts and stops nothing."""
    app = routes()
    app.state.parts = parts
    return app


def routes() -> FastAPI:
    """What there is to ask for and what errors look like, over no parts yet."""
    app = FastAPI(
        title="Courtfleet",
        version=version("courtfleet"),
        summary="Assets, readings, documents and the journal of one fleet",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(authorise)],
    )
    app.add_middleware(GZipMiddleware, compresslevel=5, exclude_content_types=_AS_THEY_ARE)
    for module in (
        health,
        status,
        stream,
        trails,
        welcome,
        access_routes,
        importing,
        artifact_routes,
        asset_routes,
        lifecycle,
        court_routes,
        ledger_routes,
        events,
        devices,
        inventory,
        device_history,
        enrolment_routes,
        readings,
        set_aside,
        journal_routes,
        settings_routes,
        desired,
        versions,
        checking,
        coverage_routes,
        readiness_routes,
        preview,
        book_routes,
        basemap_routes,
        playbook_routes,
        selfcheck_routes,
        self_check,
        waking_routes,
        tomorrow,
        order_routes,
        rollout_routes,
        rollout_upkeep,
        configuration_routes,
        configuration,
    ):
        app.include_router(module.router)
    app.add_exception_handler(FleetError, _on_fleet_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(StoreError, _on_store_error)
    app.add_exception_handler(OperationalError, _on_database_error)
    app.add_exception_handler(Exception, _on_failure)
    pages.add(app)
    return app


def problem(error: FleetError, request: Request, status: int | None = None) -> Response:
    """An error as problem+json, in the reader's language."""
    code = status or STATUS.get(type(error), 500)
    language = language_of(request)
    said = Problem(
        title=HTTPStatus(code).phrase,
        status=code,
        code=error.code,
        detail=explain(error, language),
        facts=error.facts,
    )
    headers = {"content-language": language, "cache-control": "no-store"}
    if "seconds" in error.facts:
        headers["retry-after"] = str(error.facts["seconds"])
    if code == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse(said.model_dump(), code, headers, media_type=PROBLEM)


def _on_fleet_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, FleetError)  # noqa: S101  # Starlette's type is wider than the handler
    return problem(error, request)


def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # as above
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"]) or "body"
    return problem(Malformed("bad_request", field=field, problem=str(first["msg"])), request)


def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # as above
    code = "method_not_allowed" if error.status_code == 405 else "not_found"
    return problem(FleetError(code), request, error.status_code)


def _on_store_error(request: Request, error: Exception) -> Response:
    if isinstance(error, UnknownMetric):
        return problem(NotFound("metric_unknown", metric=str(error)[:80]), request)
    logger.warning("the telemetry store refused a question", extra={"error": str(error)})
    return problem(Unavailable("store_unavailable"), request)


def _on_database_error(request: Request, error: Exception) -> Response:
    logger.warning("the state database does not answer", extra={"error": type(error).__name__})
    return problem(Unavailable("database_unavailable"), request)


def _on_failure(request: Request, error: Exception) -> Response:
    # Starlette raises it again after the answer, and the HTTP server logs it: once is enough.
    return problem(FleetError("internal"), request, 500)
