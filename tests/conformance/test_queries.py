"""Every question of `queries/`, as it stands, against a small graph and the rows it must give."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, QuerySolutions, RdfFormat, parse

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.messages import LANGUAGES
from ecograph.query.catalogue import Catalogue
from ecograph.query.guard import admit
from ecograph.query.parameters import bind
from ecograph.rdf.formats import CSV
from ecograph.rdf.serializing import write_result
from ecograph.store.oxigraph import MemorySnapshot

CASES = Path(__file__).parent / "queries"
CATALOGUE = Catalogue.load(Settings().resources_dir / "queries")


REGION = CASES / "region.trig"
"""The graph of every case that brings none of its own."""


@cache
def graph(case: Path) -> MemorySnapshot:
    """The graph of a case; Turtle is one publisher's."""
    alone = case / "data.ttl"
    if not alone.is_file():
        in_graphs = case / "data.trig"
        return MemorySnapshot(parse((in_graphs if in_graphs.is_file() else REGION).read_bytes(), RdfFormat.TRIG))
    name = NamedNode("https://w3id.org/ecograph/graph/synthetic")
    triples = parse(alone.read_bytes(), RdfFormat.TURTLE)
    return MemorySnapshot(Quad(each.subject, each.predicate, each.object, name) for each in triples)


def answer(case: Path, text: str) -> str:
    return write_result(graph(case).query(text), CSV)[0].decode().replace("\r\n", "\n")


def asked(slug: str) -> str:
    """A question as its case asks it: with the values beside it, else as it stands."""
    values = CASES / slug / "values.json"
    question = CATALOGUE[slug]
    if not values.is_file():
        return question.text
    return bind(question, question.examples | json.loads(values.read_text(encoding="utf-8"))).text


def test_every_question_has_a_case() -> None:
    """
    No question is shipped without a graph and the rows it gives on it.
    """
    assert len(CATALOGUE) == 65
    assert {case.name for case in CASES.iterdir() if case.is_dir()} == set(CATALOGUE)


@pytest.mark.parametrize("slug", CATALOGUE)
def test_question_gives_the_expected_rows(slug: str) -> None:
    """
    A question gives these rows in this order, and the columns its header promises.
    """
    expected = (CASES / slug / "expected.csv").read_text(encoding="utf-8")
    assert answer(CASES / slug, asked(slug)) == expected
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
