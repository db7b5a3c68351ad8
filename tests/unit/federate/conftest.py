"""A small published graph, and servers elsewhere that answer well or badly. Everything in them is synthetic."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.contribute import door
from ecograph.federate.endpoint import Endpoint, Manners
from ecograph.federate.harvest import Known
from ecograph.federate.wikidata import Wikidata
from service import DESCRIPTION, ROOT, filled

RESULTS = "application/sparql-results+json"
REGISTER = "synthetic-register"

# Synthetic: the numbers have right check digits and belong to nobody here; codes 0901 and 9902 are no municipality's.
TABLES = {
    "municipality.csv": "id,name,code,country,label_da\ndk-oe,Syntetisk Ø Kommune,0901,dk,Syntetisk Ø\n",
    "company.csv": (
        "id,name,country,cvr,organisation_number,alternative_name\n"
        "fjord,Syntetisk Fjord A/S,dk,10000009,,FJORDX\n"
        "klint,Syntetisk Klint A/S,dk,20000007,,\n"
        "strand,Påhittad Strand AB,se,,999900-0004,\n"
        "tvilling-a,Tvilling A A/S,dk,30000005,,TVILX\n"
        "tvilling-b,Tvilling B A/S,dk,30000005,,TVILX\n"
    ),
    "research-organisation.csv": (
        "id,name,country,ror,cvr,wikidata\n"
        "lab,Syntetisk Universitet,dk,https://ror.org/0zzzzzz02,40000003,\n"
        "kendt,Kendt Institut,dk,https://ror.org/0zzzzzy05,,http://www.wikidata.org/entity/Q900000009\n"
    ),
    "project.csv": "id,title_en,code\nkendt-projekt,A synthetic project that is known,900001\n",
}


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EcoGraph]:
    """The model, the synthetic places, and a synthetic register of actors."""
    directory = tmp_path_factory.mktemp("federate")
    with EcoGraph.open(Settings(data_dir=filled(directory), resources_dir=ROOT)) as ecograph:
        folder = directory / REGISTER
        folder.mkdir()
        for name, content in TABLES.items():
            (folder / name).write_text(content, encoding="utf-8")
        said = DESCRIPTION.replace("contribution/synthetic-places", f"contribution/{REGISTER}")
        (folder / "dataset.ttl").write_text(said, encoding="utf-8")
        door.require(
            door.load([folder], ecograph.rules, ecograph.ledger, ecograph.store, ecograph.publisher, who="operator")
        )
        yield ecograph


@pytest.fixture
def known(published: EcoGraph) -> Iterator[Known]:
    """The revision that a harvest asks about."""
    with published.snapshot() as snapshot:
        yield Known.of(snapshot, published.rules, Wikidata.source)


@dataclass
class Answer:
    """What a server answers: status, body, headers; sent in pieces with a pause between them."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": RESULTS})
    pieces: int = 1
    pause_s: float = 0.0
    length: int | None = None


@dataclass
class Elsewhere:
    """
    A server elsewhere.

    Args:
        url: Its address.
        queries: What it was asked, in order.
        agents: The User-Agent of each request.
        most: How many requests there were at the same time, at most.
    """

    url: str = ""
    queries: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    most: int = 0


Respond = Callable[[int, str], Answer]


@contextmanager
def elsewhere(respond: Respond | Sequence[Answer]) -> Iterator[Elsewhere]:
    """A server that answers its n-th request as it is told; the last of a list is repeated."""
    listed = () if callable(respond) else tuple(respond)
    seen, lock, now = Elsewhere(), threading.Lock(), [0]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            self.waiting = True
            with lock:
                now[0] += 1
                seen.most = max(seen.most, now[0])
            try:
                self._answer()
            except (BrokenPipeError, ConnectionResetError):
                pass
            finally:
                self._over()

        def _over(self) -> None:
            """Nobody waits for this answer any more; said before its last byte, after which the next may come."""
            with lock:
                now[0] -= self.waiting
                self.waiting = False

        def _answer(self) -> None:
            said = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
            with lock:
                place = len(seen.queries)
                seen.queries.append(parse_qs(said).get("query", [""])[0])
                seen.agents.append(self.headers.get("user-agent", ""))
            given = respond if callable(respond) else None
            answer = given(place, seen.queries[place]) if given else listed[min(place, len(listed) - 1)]
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.length != -1:
                self.send_header("Content-Length", str(len(answer.body) if answer.length is None else answer.length))
            if not answer.body:
                self._over()
            self.end_headers()
            size = max(1, len(answer.body) // answer.pieces)
            for start in range(0, len(answer.body), size):
                if start + size >= len(answer.body):
                    self._over()
                self.wfile.write(answer.body[start : start + size])
                self.wfile.flush()
                time.sleep(answer.pause_s)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    seen.url = f"http://127.0.0.1:{server.server_address[1]}/sparql"
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def results(variables: Sequence[str], *rows: dict[str, object]) -> bytes:
    """A result as SPARQL 1.1 Query Results JSON."""
    return json.dumps({"head": {"vars": list(variables)}, "results": {"bindings": rows}}).encode()


def iri(value: str) -> dict[str, str]:
    """An IRI in a result."""
    return {"type": "uri", "value": value}


def words(value: str, lang: str = "") -> dict[str, str]:
    """A literal in a result."""
    return {"type": "literal", "value": value, **({"xml:lang": lang} if lang else {})}


def quick(url: str, **changed: object) -> Endpoint:
    """An endpoint that is asked without pauses."""
    manners: dict[str, object] = {"delay_s": 0.0, "timeout_s": 5.0, "tries": 3, **changed}
    return Endpoint(url, Manners(**manners))  # type: ignore[arg-type]


def no_watch(done: int, total: int, batch: str) -> None:
    """Nobody looks on."""
