"""
How long matching takes, and how much memory, as the graph grows; beside ranking by BM25 alone over the same index.

    python benchmarks/match.py                      # the shipped data 1x and 10x, and 1 M triples
    python benchmarks/match.py --sizes 1x 100x      # also 15 M triples: about an hour, and 16 GB of memory

Every need of the graph and five typed ones are matched, all groups, with reasons. *Update* is what a contribution of
fifty rows (projects, participations, topic claims, organisations) costs the matcher; the answers are then those of a
matcher built afresh. The peer asks the full-text engine for the same words and takes its hundred best things: no
topics, no evidence, no reasons. What goes beyond the shipped data is synthetic (`growth.py`), and so are the vectors of
meaning: random directions, as many and as wide as the model's, as reading a million made-up texts shows nothing. Each
size is taken in a process of its own.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

import numpy as np
import psutil
from numpy.typing import NDArray
from pyoxigraph import Quad, RdfFormat, Store, parse

import growth
from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.match.matcher import Matcher
from ecograph.match.ordering.signals import word_units
from ecograph.store.oxigraph import StoreSnapshot
from ecograph.text.vectors import VectorCache, Vectors
from ecograph.vocabulary.concepts import Concepts

TYPED = (
    "Varsling ved skybrud i Albertslund",
    "Varning vid skyfall i Malmö",
    "Cloudburst warning for a municipality",
    "Bedre affaldssortering i etageboliger",
    "Samkörning och delad mobilitet på landsbygden",
)
ROUNDS = 3
PEER_HITS = 100
UPDATED_ROWS = 50
DIMENSIONS = 384

Question = TypeVar("Question")


@dataclass(frozen=True)
class Figures:
    """One line of the table; times in milliseconds unless named otherwise."""

    triples: int
    candidates: int
    links: int
    texts: int
    build_s: float
    update: float
    memory_mb: float
    match: tuple[float, float]
    peer: tuple[float, float]


class RandomVectors(Vectors):
    """Stands in for a model that has read everything: a random direction for each text, the same for the same text."""

    def __init__(self) -> None:
        super().__init__(VectorCache(Path("never-written")), "none")

    @property
    def embedder(self):  # type: ignore[no-untyped-def]
        return self

    @property
    def state(self):  # type: ignore[no-untyped-def]
        return "ready"

    def query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self.known([text])[0][0]
        return vector

    def known(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        found = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
            found[row] = np.random.Generator(np.random.SFC64(seed)).standard_normal(DIMENSIONS, dtype=np.float32)
        unit: NDArray[np.float32] = found / np.linalg.norm(found, axis=1, keepdims=True)
        return unit, np.ones(len(texts), dtype=np.bool_)


def shipped(directory: Path, settings: Settings) -> Path:
    """The shipped graph as one N-Quads file."""
    file = directory / "shipped.nq"
    here = Settings(data_dir=directory / "graph", resources_dir=settings.resources_dir, embedder="none")
    with EcoGraph.open(here) as ecograph:
        ecograph.load()
        with ecograph.snapshot() as snapshot, file.open("w", encoding="utf-8") as out:
            out.writelines(f"{quad} .\n" for quad in snapshot.quads())
    return file


def contribution(resources_dir: Path) -> list[Quad]:
    """Fifty rows that no size has."""
    rows: dict[object, list[Quad]] = {}
    for quad in islice(growth.quads(10_000, resources_dir, part=9), 2, None):
        rows.setdefault(quad.subject, []).append(quad)
        if len(rows) > UPDATED_ROWS:
            break
    return [quad for quads in islice(rows.values(), UPDATED_ROWS) for quad in quads]


def measure(file: Path, resources_dir: Path, added: int) -> Figures:
    """Build a matcher over the shipped graph and `added` synthetic statements, and ask it every need."""
    more = growth.quads(added, resources_dir) if added else ()
    with tempfile.TemporaryDirectory() as name:
        # On the disk: the store is another process's memory in production, too.
        store = Store(name)
        store.bulk_extend(chain(parse(path=str(file), format=RdfFormat.N_QUADS), more))
        store.flush()
        triples = len(store)
        with StoreSnapshot(store, 1) as snapshot:
            concepts = Concepts.from_snapshot(snapshot)
            before = psutil.Process().memory_info().rss
            started = time.perf_counter()
            matcher = Matcher.build(snapshot, concepts, vectors=RandomVectors())
            build_s = time.perf_counter() - started
            memory = psutil.Process().memory_info().rss - before
            gc.freeze()  # as the service does
            update = _update(store, snapshot, matcher, contribution(resources_dir))
        del store
    profiles = [*map(matcher.profile, matcher.needs()), *map(matcher.profile_text, TYPED)]
    index = matcher.evidence.index
    asked = [
        [(lang, [unit.name for unit in units]) for lang, units in word_units(matcher.evidence, profile).items()]
        for profile in profiles
    ]
    return Figures(
        triples,
        len(matcher.evidence.candidates),
        len(matcher.evidence.links.candidate),
        len(matcher.evidence.meaning.matrix),
        build_s,
        update,
        memory / 1e6,
        percentiles(matcher.match, profiles),
        percentiles(lambda words: [index.search_words(each, lang, limit=PEER_HITS) for lang, each in words], asked),
    )


def _update(store: Store, snapshot: StoreSnapshot, matcher: Matcher, rows: Sequence[Quad]) -> float:
    store.bulk_extend(rows)
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        matcher.followed(snapshot, matcher.evidence.concepts, rows, today=matcher.today)
        taken.append(1000 * (time.perf_counter() - started))
    return min(taken)


def percentiles(ask: Callable[[Question], object], questions: Sequence[Question]) -> tuple[float, float]:
    """Half and nineteen of twenty answers come within so many milliseconds."""
    taken = []
    for question in [*questions[:2], *list(questions) * ROUNDS]:
        started = time.perf_counter()
        ask(question)
        taken.append(1000 * (time.perf_counter() - started))
    # The first two questions fill what is worked out once.
    p50, p95 = np.percentile(taken[2:], [50, 95])
    return float(p50), float(p95)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="*", default=["1x", "10x", "1000000"], help="like 1x, 10x, or statements")
    arguments = parser.parse_args()
    settings = Settings()
    print(
        f"{'size':>8} {'triples':>10} {'candidates':>10} {'links':>9} {'texts':>9} {'build s':>8} {'triples/s':>9}"
        f" {'update ms':>9} {'MB':>6} {'p50 ms':>7} {'p95 ms':>7} {'BM25 p50':>8} {'p95':>5} {'ratio':>5}"
    )
    with tempfile.TemporaryDirectory() as name:
        file = shipped(Path(name), settings)
        own = sum(1 for _ in parse(path=str(file), format=RdfFormat.N_QUADS))
        for size in arguments.sizes:
            wanted = own * int(size.removesuffix("x")) if size.endswith("x") else int(size)
            context = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(1, mp_context=context) as pool:
                found = pool.submit(measure, file, settings.resources_dir, max(wanted - own, 0)).result()
            print(f"{size:>8} {found.triples:>10,} {found.candidates:>10,} {found.links:>9,} {found.texts:>9,} "
                  f"{found.build_s:>8.1f} {found.triples / found.build_s:>9,.0f} {found.update:>9.0f} "
                  f"{found.memory_mb:>6.0f} {found.match[0]:>7.1f} {found.match[1]:>7.1f} {found.peer[0]:>8.1f} "
                  f"{found.peer[1]:>5.1f} {found.match[0] / found.peer[0]:>5.0f}", flush=True)  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
