"""
The whole graph as files at `/dumps/...`, each with its SHA-256 beside it.

Source:
    docs/linked-data.md, "Dumps".
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import TimeoutError as StillRunning
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from ecograph.analyse.dumps import KINDS, Dumps, Kind, Made, Wanted, day_of
from ecograph.bootstrap import EcoGraph, View
from ecograph.errors import UnknownThing
from ecograph.identifiers import graph_iri
from ecograph.namespaces import GRAPH
from ecograph.rdf.formats import HTML, Format, negotiate
from ecograph.web import conditions
from ecograph.web.access import PAST_KEPT_S, REVISION_HEADER, TheEcoGraph, TheView, headers_of, http_date
from ecograph.web.negotiating import page_address, see
from ecograph.web.problems import NotModified, Refused
from ecograph.web.reading.holdings import holdings

router = APIRouter(include_in_schema=False)

WAIT_S: Final = 20.0
"""How long a request waits for a dump that has to be made; the shipped graph takes a second or two."""

_LATEST: Final = "latest"
_DIGEST: Final = ".sha256"
_JSON: Final = Format("json", "application/json", "json")


@dataclass(frozen=True, slots=True)
class Offered:
    """
    A dump of the current revision.

    Args:
        name: Of the file.
        kind: The format.
        graph: The name of its only graph; None for all.
        made: The file, where it has been made already.
    """

    name: str
    kind: Kind
    graph: str | None
    made: Made | None

    @property
    def path(self) -> str:
        """Where it is fetched."""
        return f"/dumps/{self.name}"


def offered(ecograph: EcoGraph, view: View) -> tuple[Offered, ...]:
    """Every dump there is of a revision: of the whole graph first, then graph by graph."""
    every: list[tuple[Kind, str | None]] = [(kind, None) for kind in KINDS if not kind.per_graph]
    per_graph = [kind for kind in KINDS if kind.per_graph]
    every += [(kind, holding.name) for holding in holdings(view) for kind in per_graph]
    found = []
    for kind, graph in every:
        wanted = _wanted(view, kind, graph)
        found.append(Offered(wanted.file_name, kind, graph, ecograph.dumps.found(wanted)))
    return tuple(found)


def headers_with(view: View, dumps: Sequence[Offered]) -> dict[str, str]:
    """What an answer says about itself that names the dumps of a revision: it changes with each that is made."""
    headers = headers_of(view)
    made = [each.made.path.stat().st_mtime for each in dumps if each.made]
    headers["ETag"] = f'{headers["ETag"][:-1]}-{len(made)}"'
    if made and view.published_at:
        newest = max(datetime.fromtimestamp(max(made), UTC), view.published_at.astimezone(UTC))
        headers["Last-Modified"] = http_date(newest)
    return headers


@router.get("/dumps")
def listing(request: Request, ecograph: TheEcoGraph, view: TheView) -> Response:
    """Which dumps there are, as JSON; a browser is led to the page."""
    if negotiate(request.headers.get("accept"), (_JSON, HTML)) is HTML:
        return see(request, page_address(request, "/data#dumps"), headers=headers_of(view))
    found = offered(ecograph, view)
    rows = [
        {
            "name": each.name,
            "href": each.path,
            "mediaType": each.kind.media_type,
            "graph": GRAPH[each.graph].value if each.graph else None,
            "bytes": each.made.size_bytes if each.made else None,
            "sha256": each.made.sha256 if each.made else None,
        }
        for each in found
    ]
    return JSONResponse({"revision": view.revision, "dumps": rows}, headers=headers_with(view, found))


@router.get("/dumps/{name}")
def dump(request: Request, ecograph: TheEcoGraph, name: str) -> Response:
    """A dump, its digest, or where the latest one is."""
    view = ecograph.view()
    wants_digest = name.endswith(_DIGEST)
    file_name = name.removesuffix(_DIGEST)
    if file_name.startswith(_LATEST):
        target = _latest(view, file_name) + (_DIGEST if wants_digest else "")
        return RedirectResponse(f"/dumps/{target}", 302, {"Cache-Control": "no-cache"})
    wanted = Wanted.named(file_name)
    if wanted is None:
        raise UnknownThing(kind="dump", id=name[:100])
    made = _made(ecograph.dumps, view, wanted)
    headers = {
        "ETag": f'"{made.sha256}"',
        REVISION_HEADER: str(wanted.revision),
        # It never changes, but an erasure must reach it.
        "Cache-Control": f"public, max-age={PAST_KEPT_S}",
        "Link": f'</dumps/{file_name}{_DIGEST}>; rel="describedby"; type="text/plain"',
    }
    if wants_digest:
        headers["ETag"] = f'"{made.sha256}-digest"'
        return PlainTextResponse(f"{made.sha256}  {file_name}\n", headers=headers)
    if conditions.names(request.headers, headers["ETag"]):
        raise NotModified(headers)
    return FileResponse(made.path, media_type=wanted.kind.media_type, filename=file_name, headers=headers)


def _made(dumps: Dumps, view: View, wanted: Wanted) -> Made:
    """
    A dump: found, or made now if it is of the current revision.

    Raises:
        UnknownThing: It is of a revision whose dumps are not kept, or of a graph that is not there.
        Refused: It takes longer than a request can wait.
    """
    found = dumps.found(wanted)
    if found is not None:
        return found
    is_current = (wanted.revision, wanted.day) == (view.revision, day_of(view.published_at))
    if not is_current or (wanted.graph is not None and not _holds(view, wanted.graph)):
        raise UnknownThing(kind="dump", id=wanted.file_name)
    making = dumps.make(wanted, view)
    try:
        return making.result(WAIT_S)
    except StillRunning:
        raise Refused(503, "dump-being-made", {"Retry-After": "30"}, name=wanted.file_name, seconds=30) from None


def _holds(view: View, graph: str) -> bool:
    return next(iter(view.snapshot.quads(graph=graph_iri(graph))), None) is not None


def _latest(view: View, name: str) -> str:
    """The name of the current dump that `latest.nq.gz` or `latest-ror.ttl` means."""
    for kind in KINDS:
        ending = f".{kind.suffix}"
        graph = name[len(_LATEST) : -len(ending)] if name.endswith(ending) else None
        if graph is not None and bool(graph) == kind.per_graph:
            wanted = _wanted(view, kind, graph.removeprefix("-").replace("--", "/") or None)
            if Wanted.named(wanted.file_name) == wanted:
                return wanted.file_name
    raise UnknownThing(kind="dump", id=name[:100])


def _wanted(view: View, kind: Kind, graph: str | None) -> Wanted:
    return Wanted(view.revision, day_of(view.published_at), kind, graph)
