"""
What the ontology, the concepts, the alignments, the shapes and the queries must not contain.

Each query in `tests/conformance/hygiene/` finds one kind of fault; no row, no fault. Beside each lies a small dataset
with the fault (`faults/`), so that a query that has gone blind shows. The queries see one named graph per source:
`h:ontology`, `h:alignments`, `h:concepts`, `h:shapes`, `h:queries` (which file uses which term), `h:external` (terms
of other vocabularies, `external-terms.csv`), `h:vocabularies` (concepts we hold of other vocabularies,
`data/vocabularies/`) and `h:reserved` (`reserved-terms.csv`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, RdfFormat, Store, parse

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "hygiene"
QUERIES = sorted(FOLDER.glob("*.rq"))
NUMBER_OF_QUERIES = 26
"""Counted by hand when a query is added, so that a lost file shows."""

HYGIENE = "urn:ecograph:hygiene:"
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
TERM = NamedNode(HYGIENE + "Term")
ECO = "https://w3id.org/ecograph/ns#"
CODED = {"cpv": "http://data.europa.eu/cpv/cpv/", "sdg": "http://metadata.un.org/sdg/"}
"""What the codes of a vocabulary that is kept without IRIs are appended to."""

STRING = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"')
COMMENT = re.compile(r"(?m)^\s*#(?!\+).*$|(?<=\s)#(?!\+)[^>\n]*$")
PREFIX = re.compile(r"(?i)PREFIX\s+([\w-]*):\s*<([^>]*)>")
FULL_IRI = re.compile(r"<([a-z]+:[^<>\s]*)>")
SHORT_IRI = re.compile(r"(?<![\w:<.-])([\w-]*):([A-Za-z_](?:[\w.-]*[\w-])?)")
PYTHON_TERM = re.compile(r"""\bECO(?:\.(\w+)|\[\s*["'](\w+)["']\s*\])""")


def graph(name: str) -> NamedNode:
    return NamedNode(HYGIENE + name)


def turtle(files: Iterator[Path], name: str) -> Iterator[Quad]:
    for file in sorted(files):
        for quad in parse(
            file.read_bytes(), format=RdfFormat.TURTLE, rename_blank_nodes=True, without_named_graphs=True
        ):
            yield Quad(quad.subject, quad.predicate, quad.object, graph(name))


def rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def terms_of_query(text: str) -> set[str]:
    """Every IRI a query names, in its body or in its header."""
    bare = COMMENT.sub("", STRING.sub('""', text))
    prefixes = dict(PREFIX.findall(bare))
    bare = PREFIX.sub("", bare)
    full = set(FULL_IRI.findall(bare))
    short = SHORT_IRI.findall(FULL_IRI.sub("<>", bare))
    return full | {prefixes[prefix] + name for prefix, name in short if prefix in prefixes}


def uses() -> Iterator[Quad]:
    """Which query, and which module of ours, uses which term; of Python only our own terms can be told."""
    found: list[tuple[Path, set[str]]] = [
        (file, terms_of_query(file.read_text(encoding="utf-8"))) for file in (ROOT / "queries").rglob("*.rq")
    ]
    for file in (ROOT / "src").rglob("*.py"):
        names = PYTHON_TERM.findall(file.read_text(encoding="utf-8"))
        found.append((file, {ECO + (dotted or quoted) for dotted, quoted in names} - {ECO + "iri", ECO + "local"}))
    for file, terms in found:
        subject = NamedNode(f"{HYGIENE}file:{file.relative_to(ROOT).as_posix()}")
        for term in terms:
            yield Quad(subject, graph("uses"), NamedNode(term), graph("queries"))


@cache
def dataset() -> Store:
    store = Store()
    store.extend(turtle((ROOT / "ontology").glob("*.ttl"), "ontology"))
    store.extend(turtle((ROOT / "ontology" / "alignments").glob("*.ttl"), "alignments"))
    store.extend(turtle((ROOT / "ontology" / "concepts").glob("*.ttl"), "concepts"))
    store.extend(turtle((ROOT / "shapes").glob("*.ttl"), "shapes"))
    store.extend(uses())
    for row in rows(FOLDER / "external-terms.csv"):
        store.add(Quad(NamedNode(row["iri"]), TYPE, TERM, graph("external")))
        store.add(Quad(NamedNode(row["iri"]), graph("kind"), Literal(row["kind"]), graph("external")))
    for row in rows(FOLDER / "reserved-terms.csv"):
        store.add(Quad(NamedNode(row["iri"]), graph("because"), Literal(row["reason"]), graph("reserved")))
    for file in sorted((ROOT / "data" / "vocabularies").glob("*.csv")):
        for row in rows(file):
            iri = row["iri"] if "iri" in row else CODED[file.stem] + row["code"]
            store.add(Quad(NamedNode(iri), TYPE, TERM, graph("vocabularies")))
    return store


def found(store: Store, query: Path) -> list[str]:
    solutions = store.query(query.read_text(encoding="utf-8"), use_default_graph_as_union=True)
    assert isinstance(solutions, QuerySolutions)
    return [" ".join(str(value) for value in solution) for solution in solutions]


class TestHygiene:
    def test_no_query_is_lost(self) -> None:
        """
        Each kind of fault that was thought of is looked for, and each query is known to see it.
        """
        assert len(QUERIES) == NUMBER_OF_QUERIES
        assert {file.stem for file in (FOLDER / "faults").glob("*.trig")} == {query.stem for query in QUERIES}

    @pytest.mark.parametrize(
        "name", ["ontology", "alignments", "concepts", "shapes", "queries", "external", "vocabularies"]
    )
    def test_no_source_is_empty(self, name: str) -> None:
        """
        The queries look at something: every source of terms has been read.
        """
        assert next(dataset().quads_for_pattern(None, None, None, graph(name)), None) is not None

    @pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.stem)
    def test_the_fault_is_seen(self, query: Path) -> None:
        """
        A query finds the fault it is named for in a dataset that has it.
        """
        store = Store()
        store.load(path=FOLDER / "faults" / f"{query.stem}.trig", format=RdfFormat.TRIG)
        assert found(store, query)

    @pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.stem)
    def test_there_is_no_fault(self, query: Path) -> None:
        """
        EcoGraph's own words are defined, in three languages, used as declared, and tied to words that exist.
        """
        faults = found(dataset(), query)
        assert not faults, f"{query.stem}: {len(faults)}\n" + "\n".join(faults[:40])

    def test_external_terms_say_where_they_are_defined(self) -> None:
        """
        Each term of another vocabulary is listed once, with its kind and the specification it comes from.
        """
        listed = list(rows(FOLDER / "external-terms.csv"))
        assert len({row["iri"] for row in listed}) == len(listed)
        for row in listed:
            assert row["kind"] in {"class", "property", "individual", "datatype"}, row
            assert row["vocabulary"], row
            assert row["source"], row


class TestTermsOfQuery:
    def test_header_and_body_are_read(self) -> None:
        """
        A term counts as used where a query names it, in full or short, in its header too; not in strings and comments.
        """
        text = """#+ parameters:
#+   need: {kind: iri, class: eco:Need}
PREFIX eco: <https://w3id.org/ecograph/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
# eco:notThis
SELECT ?need WHERE {
  VALUES ?need { <https://w3id.org/ecograph/id/need/x> }  # nor eco:this
  ?need eco:topic/skos:broader* ?t . FILTER(?t != "eco:norThat")
}"""
        assert terms_of_query(text) == {
            ECO + "Need",
            ECO + "topic",
            "http://www.w3.org/2004/02/skos/core#broader",
            "https://w3id.org/ecograph/id/need/x",
        }
