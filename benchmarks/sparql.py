"""
What the endpoint adds to its engine, and how it stands beside other endpoints, over HTTP.

    python benchmarks/sparql.py                              # the shipped graph, 1 M and 10 M statements
    python benchmarks/sparql.py --sizes 0 --seconds 1        # the shipped graph only, and quickly

The same statements are in four engines, which are asked by turns: EcoGraph's service; a bare Oxigraph server on a copy
of its files; Virtuoso 7, with all of it in memory; and rdflib's own engine, in process and at the shipped size only.
What goes beyond the shipped graph is synthetic (`growth.py`). Times are medians in milliseconds, of the whole answer.
The promise is about the first two: at most 20 % more on queries over 5 ms, at most 3 ms more on smaller ones. Our
deadline is put up to the minute that Virtuoso has; a query beyond it is shown as '–'. Rows are counted: where
Virtuoso's are others, its time is in brackets. Throughput is answers a second to clients that ask small questions
without a pause, each from an address of its own; they share the machine with what they measure.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import signal
import statistics
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

import rdflib
from pyoxigraph import RdfFormat, parse

from endpoints import Asker, Endpoint, bare, grown, ours, shipped, virtuoso

SHARE, SMALL_MS, ADDED_MS = 0.20, 5.0, 3.0
"""The promise: at most this share more on queries over `SMALL_MS`, at most `ADDED_MS` more on smaller ones."""

DEADLINE_S = 60.0
RDFLIB_DEADLINE_S = 30
ROUNDS = range(5, 31)
"""The fewest and the most times that each question is asked."""
SHAPE_S = 12.0
"""After so long on one question there are no rounds beyond the fewest."""
CLIENTS = (1, 4, 16)

PREFIXES = """
PREFIX eco: <https://w3id.org/ecograph/ns#>
PREFIX id: <https://w3id.org/ecograph/id/>
PREFIX c: <https://w3id.org/ecograph/concept/>
PREFIX topic: <https://w3id.org/ecograph/concept/topic/>
PREFIX country: <https://w3id.org/ecograph/concept/country/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX schema: <http://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
_PROJECT = "<https://w3id.org/ecograph/id/project/swecris-2016-00394>"
_PLACES = (
    "<https://w3id.org/ecograph/id/municipality/dk-bornholm> <https://w3id.org/ecograph/id/municipality/synthetic-m0>"
)

SHAPES: Mapping[str, str] = {
    "look-up": f"SELECT ?p ?o {{ {_PROJECT} ?p ?o }}",
    "entity page": f"""SELECT * {{
        {{ {_PROJECT} ?p ?o OPTIONAL {{ ?o skos:prefLabel|foaf:name ?label }} }}
        UNION {{ ?s ?q {_PROJECT} OPTIONAL {{ ?s eco:participant/foaf:name ?who }} }} }}""",
    "star": """SELECT ?project ?title ?start {
        ?project eco:country country:se ; a eco:Project ; schema:startDate ?start ; dcterms:title ?title .
        FILTER (?start >= "2024-01-01"^^xsd:date) }""",
    "path": f"""SELECT DISTINCT ?organisation ?project ?topic {{
        VALUES ?place {{ {_PLACES} }}
        ?organisation eco:locatedIn ?place . ?participation eco:participant ?organisation ; eco:project ?project .
        ?claim eco:about ?project ; eco:topic ?topic }} LIMIT 2000""",
    "property path": """SELECT (COUNT(DISTINCT ?about) AS ?n) {
        ?topic skos:broader* topic:mobility . ?claim eco:topic ?topic ; eco:about ?about }""",
    "text filter": """SELECT ?project ?title {
        ?project a eco:Project ; dcterms:title ?title FILTER (CONTAINS(LCASE(?title), "vatten")) } LIMIT 1000""",
    "aggregate": """SELECT ?topic (COUNT(DISTINCT ?about) AS ?n) {
        ?claim eco:topic ?topic ; eco:about ?about } GROUP BY ?topic""",
    "aggregate of a join": """SELECT ?country (COUNT(*) AS ?n) {
        ?participation eco:project ?project . ?project eco:country ?country } GROUP BY ?country""",
    "top-k": """SELECT ?project ?start { ?project a eco:Project ; schema:startDate ?start }
        ORDER BY DESC(?start) ?project LIMIT 10""",
    "optional": f"""SELECT ?organisation ?name ?homepage ?ror {{
        VALUES ?place {{ {_PLACES} }} ?organisation eco:locatedIn ?place ; foaf:name ?name
        OPTIONAL {{ ?organisation foaf:homepage ?homepage }} OPTIONAL {{ ?organisation eco:ror ?ror }} }} LIMIT 2000""",
    "union": f"""SELECT ?thing {{
        {{ ?thing eco:locatedIn ?place }} UNION {{ ?thing dcterms:spatial ?place }}
        UNION {{ ?thing eco:raisedBy ?place }}
        VALUES ?place {{ {_PLACES} }} }} LIMIT 2000""",
    "negation": """SELECT (COUNT(*) AS ?n) {
        ?project a eco:Project FILTER NOT EXISTS { ?claim eco:about ?project } }""",
    "construct": f"""CONSTRUCT {{ ?organisation foaf:name ?name ; eco:country ?country }} WHERE {{
        VALUES ?place {{ {_PLACES} }} ?organisation eco:locatedIn ?place ; foaf:name ?name ; eco:country ?country }}""",
    "describe": f"DESCRIBE {_PROJECT}",
    "paged list": """SELECT ?organisation ?name { ?organisation eco:locatedIn ?place ; foaf:name ?name }
        ORDER BY ?name ?organisation LIMIT 50 OFFSET 300""",
    "count": "SELECT (COUNT(*) AS ?n) { ?s a ?class }",
}
SMALL = ("look-up", "entity page", "describe", "union")
"""What the clients of the throughput ask by turns."""


@dataclass(frozen=True)
class Timed:
    """A question's median in milliseconds, None beyond the deadline, and how many rows came."""

    ms: float | None
    rows: int


def timed(endpoints: Sequence[Endpoint], query: str, at: int) -> list[Timed]:
    """Ask by turns; the first round, which reads files and plans, does not count."""
    # Each question from an address of its own: who asks for what is slow has to wait longer with the next question.
    askers = [Asker(endpoint, f"127.0.1.{at + 1}", DEADLINE_S + 30) for endpoint in endpoints]
    times: list[list[float]] = [[] for _ in askers]
    rows = [0] * len(askers)
    failed: set[int] = set()
    started = time.monotonic()
    for number in range(ROUNDS.stop):
        if number > ROUNDS.start and time.monotonic() - started > SHAPE_S:
            break
        for which, asker in enumerate(askers):
            if which in failed:
                continue
            try:
                reply = asker.ask(query)
            except OSError:
                failed.add(which)
                continue
            if reply.status != 200:
                failed.add(which)
            elif number:
                times[which].append(reply.seconds * 1000)
            else:
                rows[which] = counted(reply.body)
    for asker in askers:
        asker.close()
    return [
        Timed(None if which in failed or not found else statistics.median(found), rows[which])
        for which, found in enumerate(times)
    ]


def counted(body: bytes) -> int:
    """Solutions, or statements."""
    if body.lstrip().startswith(b"{"):
        found = json.loads(body)
        return len(found["results"]["bindings"])
    return len(set(map(str, parse(body, RdfFormat.TURTLE))))


def throughput(endpoint: Endpoint, clients: int, seconds: float) -> float:
    """Answers a second to so many clients at once."""
    until = time.monotonic() + seconds
    answered = [0] * clients

    def work(number: int) -> None:
        asker = Asker(endpoint, f"127.0.2.{number + 1}")
        while time.monotonic() < until:
            for shape in SMALL:
                reply = asker.ask(PREFIXES + SHAPES[shape])
                answered[number] += reply.status == 200
        asker.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(answered) / (time.monotonic() - started)


def in_rdflib(file: Path) -> dict[str, float | None]:
    """Each question's milliseconds in rdflib's own engine, the better of two; None beyond its deadline."""
    spawn = multiprocessing.get_context("spawn")
    receiving, sending = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_rdflib, args=(file, sending))
    process.start()
    sending.close()
    found: dict[str, float | None] = receiving.recv()
    process.join()
    return found


def _rdflib(file: Path, report: Connection) -> None:
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(file, format="nquads")
    found: dict[str, float | None] = {}
    signal.signal(signal.SIGALRM, _too_long)
    for name, query in SHAPES.items():
        found[name] = None
        try:
            for _ in range(2):
                signal.alarm(RDFLIB_DEADLINE_S)
                started = time.perf_counter()
                result = dataset.query(PREFIXES + query)
                _ = len(result)
                result.serialize(format="nt" if result.type in ("CONSTRUCT", "DESCRIBE") else "json")
                took = (time.perf_counter() - started) * 1000
                found[name] = min(took, found[name] or took)
        except TimeoutError:
            pass
        signal.alarm(0)
    report.send(found)


def _too_long(_: int, __: FrameType | None) -> None:
    raise TimeoutError


def verdict(own: Timed, bare_one: Timed) -> tuple[str, bool]:
    """What the endpoint adds, in words, and whether that is as promised."""
    if own.ms is None or bare_one.ms is None:
        return "", own.ms is not None or bare_one.ms is None
    added, share = own.ms - bare_one.ms, own.ms / bare_one.ms - 1
    kept = share <= SHARE if bare_one.ms > SMALL_MS else added <= ADDED_MS
    return f"{added:+8.1f} ms {share:+6.0%}", kept


def show(triples: int, endpoints: Sequence[Endpoint], peer: Mapping[str, float | None], seconds: float) -> list[str]:
    """Print the tables of one size; returns the questions that cost more than promised."""
    broken = []
    print(f"\n{triples:,} statements\n")
    print(f"{'':<20}{'rows':>8}{'EcoGraph':>11}{'Oxigraph':>11}{'added':>19}{'Virtuoso':>12}{'rdflib':>11}")
    for at, (name, query) in enumerate(SHAPES.items()):
        own, engine, other = timed(endpoints, PREFIXES + query, at)
        said, kept = verdict(own, engine)
        if own.ms is not None and engine.ms is not None and own.rows != engine.rows:
            said, kept = f"{own.rows} and {engine.rows} rows", False
        if not kept:
            broken.append(f"{name} at {triples:,}")
        beside = _shown(other.ms) if other.rows == own.rows else f"({_shown(other.ms)})"
        theirs = _shown(peer.get(name)) if peer else ""
        print(
            f"{name:<20}{own.rows:>8,}{_shown(own.ms):>11}{_shown(engine.ms):>11}{said:>19}{beside:>12}{theirs:>11}"
            + ("" if kept else "  more than promised"),
            flush=True,
        )
    print(f"\n{'answers a second':<20}{'clients':>8}" + "".join(f"{each.name:>11}" for each in endpoints))
    for clients in CLIENTS:
        rates = "".join(f"{throughput(each, clients, seconds):>11,.0f}" for each in endpoints)
        print(f"{'':<20}{clients:>8}{rates}", flush=True)
    return broken


def _shown(ms: float | None) -> str:
    if ms is None:
        return "–"
    return f"{ms:,.1f}" if ms < 1000 else f"{ms:,.0f}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=[0, 1_000_000, 10_000_000], help="statements; 0 is the shipped graph"
    )
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement of throughput")
    parser.add_argument("--data", type=Path, help="a data directory with the shipped graph; without it, it is loaded")
    parser.add_argument("--in", dest="parent", type=Path, help="where the stores are made")
    options = parser.parse_args()
    broken: list[str] = []
    with tempfile.TemporaryDirectory(dir=options.parent) as temporary:
        base = shipped(Path(temporary), options.data)
        for size in options.sizes:
            with tempfile.TemporaryDirectory(dir=options.parent) as place, ExitStack() as running:
                file = grown(base, size)
                triples = size or sum(1 for _ in file.open("rb"))
                own = running.enter_context(ours(Path(place) / "ours", file, query_timeout_s=DEADLINE_S))
                endpoints = (
                    own,
                    running.enter_context(bare(Path(place) / "bare", Path(place) / "ours")),
                    running.enter_context(virtuoso(Path(place) / "virtuoso", file, triples)),
                )
                broken += show(triples, endpoints, in_rdflib(file) if size == 0 else {}, options.seconds)
                file.unlink()
    print(f"\nMore than promised: {', '.join(broken) or 'none'}.")


if __name__ == "__main__":
    main()
