"""Every question of `queries/`, as it stands, against a small graph and the rows it must give."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, RdfFormat, parse

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.messages import LANGUAGES, text
from ecograph.namespaces import XSD
from ecograph.query.catalogue import NAME_OF, THEMES, Catalogue
from ecograph.query.guard import admit
from ecograph.query.parameters import bind
from ecograph.rdf.formats import CSV
from ecograph.rdf.serializing import write_result
from ecograph.store.oxigraph import MemorySnapshot

CASES = Path(__file__).parent / "queries"
CATALOGUE = Catalogue.load(Settings().resources_dir / "queries")


AGAIN = NamedNode("https://w3id.org/ecograph/graph/again")
ABOUT_PUBLISHERS = ("publishers-and-licences", "said-by-several", "who-said-this")
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


@pytest.mark.parametrize("slug", [slug for slug, question in CATALOGUE.items() if "year" in question.returns])
def test_years_are_years(slug: str) -> None:
    """
    A year is an `xsd:gYear` and no text, so that a program reckons with it.
    """
    rows = graph(CASES / slug).query(asked(slug))
    assert isinstance(rows, QuerySolutions)
    years = [row["year"] for row in rows if row["year"] is not None]
    assert years
    assert all(isinstance(year, Literal) and year.datatype == XSD.gYear for year in years)


@pytest.mark.parametrize("slug", CATALOGUE)
def test_question_changes_nothing_when_each_is_said_twice(slug: str) -> None:
    """
    What a second publisher says again is counted and listed once.
    """
    if slug in ABOUT_PUBLISHERS:
        return
    twice = MemorySnapshot(
        Quad(each.subject, each.predicate, each.object, name)
        for each in graph(CASES / slug).quads()
        for name in (each.graph_name, AGAIN)
    )
    assert write_result(twice.query(asked(slug)), CSV) == write_result(graph(CASES / slug).query(asked(slug)), CSV)


@pytest.mark.parametrize("slug", CATALOGUE)
def test_columns_have_headings(slug: str) -> None:
    """
    Every column but a name of another has a heading in Danish, Swedish and English.
    """
    names = CATALOGUE[slug].returns
    own = [each for each in names if not (each.endswith(NAME_OF) and each.removesuffix(NAME_OF) in names)]
    assert all(text(f"queries.column.{name}", lang) for name in own for lang in LANGUAGES)


@pytest.mark.parametrize("theme", THEMES)
def test_themes_have_questions(theme: str) -> None:
    """
    Every theme of the list has questions, and a name in three languages.
    """
    assert any(question.theme == theme for question in CATALOGUE.values())
    assert all(text(f"queries.theme.{theme}", lang) for lang in LANGUAGES)


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


def table(pattern: str) -> Iterator[dict[str, str]]:
    """The rows of the tables in `data/` whose path fits."""
    for path in sorted((Settings().resources_dir / "data").glob(pattern)):
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


@pytest.mark.slow
class TestShippedData:
    """What questions say of the shipped graph, against the tables it was loaded from."""

    def rows(self, loaded: EcoGraph, slug: str, **values: str) -> list[dict[str, str]]:
        found = loaded.queries.run(bind(CATALOGUE[slug], values), "text/csv")
        return list(csv.DictReader(io.StringIO(found.body.decode())))

    def test_money_per_year(self, loaded: EcoGraph) -> None:
        """
        The grants of each year sum to those in the tables.
        """
        expected: Counter[str] = Counter()
        for row in table("*/funding-statement*.csv"):
            if (row["kind"], row["currency"]) == ("grant", "sek") and row.get("stated_in"):
                expected[row["stated_in"][:4]] += int(row["amount"])
        found = self.rows(loaded, "funding-by-year", currency="sek", kind="grant")
        assert {row["year"]: int(row["amount"]) for row in found} == expected

    def test_projects_per_year(self, loaded: EcoGraph) -> None:
        """
        Swedish projects by the year they began are those in the tables.
        """
        begun = {
            row["id"]: row["start"][:4] for row in table("*/project*.csv") if row["start"] and "se" in row["country"]
        }
        found = self.rows(loaded, "projects-per-year", country="se")
        assert {row["year"]: int(row["projects"]) for row in found} == Counter(begun.values())

    def test_municipalities_in_projects(self, loaded: EcoGraph) -> None:
        """
        Swedish municipalities take part in as many projects as the tables say.
        """
        taking_part: dict[str, set[str]] = defaultdict(set)
        for row in table("*/participation*.csv"):
            if row["participant"].startswith("municipality/se-"):
                taking_part[row["participant"]].add(row["project"])
        found = self.rows(loaded, "municipalities-by-projects", country="se")
        assert {row["municipality"].partition("/id/")[2]: int(row["projects"]) for row in found} == {
            name: len(projects) for name, projects in taking_part.items()
        }

    def test_calls_that_are_open(self, loaded: EcoGraph) -> None:
        """
        Calls after a date are those in the tables that are not closed.
        """
        expected = {
            row["id"] for row in table("*/call*.csv") if row["deadline"] >= "2026-12-01" and row["status"] != "closed"
        }
        found = self.rows(loaded, "calls-by-deadline", after="2026-12-01")
        assert {row["call"].rpartition("/")[2] for row in found} == expected

    def test_needs_without_a_solution(self, loaded: EcoGraph) -> None:
        """
        Danish needs that no solution fits are those whose topics no solution has, and that none names.
        """
        solutions = list(table("*/solution.csv"))
        topics = {topic for row in solutions for topic in row["topic"].split("|")}
        named = {row["addresses"].removeprefix("need/") for row in solutions}
        expected = {
            row["id"]
            for row in table("*/need.csv")
            if "dk" in row["country"].split("|")
            and row["id"] not in named
            and not topics & set(row["topic"].split("|"))
        }
        found = self.rows(loaded, "needs-without-solution", country="dk")
        assert {row["need"].rpartition("/")[2] for row in found} == expected
