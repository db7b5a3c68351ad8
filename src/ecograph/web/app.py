"""The application: everything EcoGraph answers over HTTP, around one `EcoGraph`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from ecograph import __version__
from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.errors import EcoGraphError
from ecograph.query.guard import admit
from ecograph.web import (
    api,
    consortia,
    contributions,
    logs,
    matching,
    pages,
    problems,
    same,
    shortlists,
    sparql,
    statements,
    steps,
    templates_api,
    things,
    tokens,
    why,
)
from ecograph.web.access import TheEcoGraph
from ecograph.web.auth import Failures
from ecograph.web.envelope import Envelope
from ecograph.web.idempotency import Once
from ecograph.web.models import ProblemDetails
from ecograph.web.pages.kept import Shelf
from ecograph.web.reading.building import directory
from ecograph.web.upkeep import upkeep

_log = structlog.get_logger(__name__)


def create_app(ecograph: EcoGraph, settings: Settings) -> FastAPI:
    """
    The ASGI application.

    Args:
        ecograph: What is served; the caller opens and closes it.
        settings: The settings it was opened with.

    Source:
        docs/api.md; docs/sparql.md.
    """

    logs.configure()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(_warm, ecograph)
        with upkeep(ecograph):
            yield

    app = FastAPI(
        title="EcoGraph",
        version=__version__,
        summary="Needs, actors, results, solutions and standards of the Øresund region, as one knowledge graph",
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,  # the redirect would trust the Host header
    )
    app.openapi = lambda: _description(app)  # type: ignore[method-assign]
    app.state.ecograph = ecograph
    app.state.settings = settings
    app.state.failures = Failures()
    app.state.once = Once()
    app.state.reading = 0
    app.state.shelf = Shelf()
    answer = problems.install(app, pages.problem)
    app.add_middleware(Envelope, answer=answer)

    @app.get("/healthz", include_in_schema=False)
    def healthy() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok", "version": __version__}

    @app.get("/readyz", include_in_schema=False)
    def ready(request: Request, served: TheEcoGraph) -> JSONResponse:
        """The graph is open and a query is answered."""
        try:
            view = served.view()
            served.queries.run(admit("ASK {}"), directory=view.snapshot.path)
        except EcoGraphError as error:
            return JSONResponse({"status": "not ready", "code": error.code}, 503)
        return JSONResponse({"status": "ready", "revision": view.revision})

    for part in (
        consortia,
        same,
        contributions,
        steps,
        shortlists,
        tokens,
        statements,
        templates_api,
        why,
        matching,
        api,
    ):  # api's lists come last: any name fits
        app.include_router(part.router)
    app.include_router(sparql.router)
    app.include_router(things.router)
    app.mount("/static", pages.static)
    app.include_router(pages.router)
    return app


def _warm(ecograph: EcoGraph) -> None:
    """Build what the first visitor needs before they come."""
    if directory not in ecograph.before_showing:
        ecograph.before_showing.append(directory)
    ecograph.warm()
    _ = (ecograph.queries, ecograph.catalogue, ecograph.contribution_workers)  # each once, before threads ask for them
    _ = ecograph.desk if ecograph.writes else None
    _log.info("ready", revision=ecograph.revision)


def _description(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document: FastAPI's, with our problems instead of its own validation error."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        schemas = document["components"]["schemas"]
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        schemas["ProblemDetails"] = ProblemDetails.model_json_schema()
        app.openapi_schema = document
    return app.openapi_schema
