"""Every question of `queries/`, as it stands, against a small graph and the rows it must give."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, QuerySolutions, RdfFormat, parse

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.messages import LANGUAGES
from ecograph.query.catalogue import Catalogue
from ecograph.query.guard import admit
from ecograph.rdf.formats import CSV
from ecograph.rdf.serializing import write_result
from ecograph.store.oxigraph import MemorySnapshot

CASES = Path(__file__).parent / "queries"
CATALOGUE = Catalogue.load(Settings().resources_dir / "queries")


def answer(case: Path, text: str) -> str:
    in_graphs = case / "data.trig"
    if in_graphs.is_file():
        snapshot = MemorySnapshot(parse(in_graphs.read_bytes(), RdfFormat.TRIG))
    else:
        graph = NamedNode("https://w3id.org/ecograph/graph/synthetic")
        triples = parse((case / "data.ttl").read_bytes(), RdfFormat.TURTLE)
        snapshot = MemorySnapshot(Quad(each.subject, each.predicate, each.object, graph) for each in triples)
    return write_result(snapshot.query(text), CSV)[0].decode().replace("\r\n", "\n")


def test_every_question_has_a_case() -> None:
    """
    No question is shipped without a graph and the rows it gives on it.
    """
    assert len(CATALOGUE) == 10
    assert {case.name for case in CASES.iterdir()} == set(CATALOGUE)


@pytest.mark.parametrize("slug", CATALOGUE)
def test_question_gives_the_expected_rows(slug: str) -> None:
    """
    A question gives these rows in this order, and the columns its header promises.
    """
    expected = (CASES / slug / "expected.csv").read_text(encoding="utf-8")
    assert answer(CASES / slug, CATALOGUE[slug].text) == expected
    assert tuple(expected.splitlines()[0].split(",")) == CATALOGUE[slug].returns


@pytest.mark.parametrize("slug", CATALOGUE)
def test_question_is_explained_in_three_languages(slug: str) -> None:
    """
    A question, its description and its parameters can be read in Danish, Swedish and English.
    """
    question = CATALOGUE[slug]
    for texts in (question.summaries, question.descriptions, *(each.labels for each in question.parameters)):
        assert set(texts) == set(LANGUAGES)


def test_names_follow_the_reader() -> None:
    """
    A name is given in the language asked for, and in another one where there is none.
    """
    question = CATALOGUE["needs-per-topic"].text.replace('"en"', '"sv"')
    names = [line.split(",")[1] for line in answer(CASES / "needs-per-topic", question).splitlines()[1:]]
    assert names == ["Klimat", "Cloudburst", "Regnvand"]


def test_the_engine_returns_solutions_for_each() -> None:
    """
    Every question is a SELECT, so that it can be a table.
    """
    empty = MemorySnapshot()
    assert all(isinstance(empty.query(question.text), QuerySolutions) for question in CATALOGUE.values())


@pytest.mark.slow
@pytest.mark.parametrize("slug", CATALOGUE)
def test_example_gives_rows_on_the_shipped_data(loaded: EcoGraph, slug: str) -> None:
    """
    Who opens a question sees an answer, not an empty table: its examples are real.
    """
    found = loaded.queries.run(admit(CATALOGUE[slug].text), "text/csv")
    assert len(found.body.splitlines()) > 1
