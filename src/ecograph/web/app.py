"""The application: everything EcoGraph answers over HTTP, around one `EcoGraph`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from ecograph import __version__
from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.errors import EcoGraphError
from ecograph.query.guard import admit
from ecograph.web import logs, pages, problems
from ecograph.web.access import TheEcoGraph
from ecograph.web.auth import Failures
from ecograph.web.envelope import Envelope
from ecograph.web.idempotency import Once
from ecograph.web.linked import context, dataset, dumps, things
from ecograph.web.pages.kept import Shelf
from ecograph.web.protocol import graph_store, reconcile, sparql
from ecograph.web.reading.building import directory
from ecograph.web.reconciling.index import index
from ecograph.web.rest import (
    api,
    changes,
    consortia,
    contributions,
    matching,
    queries,
    same,
    schema,
    shortlists,
    statements,
    steps,
    templates_api,
    tokens,
    why,
)
from ecograph.web.rest.openapi import description
from ecograph.web.routes import operation_id
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
        # Queries that wait keep a thread each; others must find one all the same.
        places = settings.query_workers + 2 * settings.query_slow_workers + 2 * settings.query_queue
        current_default_thread_limiter().total_tokens += places
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
        generate_unique_id_function=operation_id,
        redirect_slashes=False,  # the redirect would trust the Host header
    )
    app.openapi = lambda: description(app)  # type: ignore[method-assign]
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

    app.include_router(sparql.router)  # first: what is asked most is found soonest
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
        queries,
        changes,
        schema,
        api,
    ):  # api's lists come last: any name fits
        app.include_router(part.router)
    app.include_router(graph_store.router)
    app.include_router(reconcile.router)
    for part in (context, dataset, dumps, things):
        app.include_router(part.router)
    app.mount("/static", pages.static)
    app.include_router(pages.router)
    app.middleware_stack = sparql.Shortcut(app.build_middleware_stack(), Envelope(sparql.endpoint, answer))
    return app


def _warm(ecograph: EcoGraph) -> None:
    """Build what the first visitor needs before they come."""
    for build in (directory, index):
        if build not in ecograph.before_showing:
            ecograph.before_showing.append(build)
    ecograph.warm()
    ecograph.queries.start()
    _ = (ecograph.catalogue, ecograph.contribution_workers)  # each once, before threads ask for them
    _ = ecograph.desk if ecograph.writes else None
    _log.info("ready", revision=ecograph.revision)
