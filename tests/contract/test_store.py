"""What a store promises, held on every engine: `store/base.py` as tests."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QueryBoolean, QuerySolutions, QueryTriples, Triple

from contract.conftest import DEVIATIONS, NAMES, Tried
from ecograph.errors import StoreMismatch
from ecograph.identifiers import graph_iri, thing_iri
from ecograph.namespaces import DCTERMS, ECO, LEDGER_GRAPH, RDF, XSD
from ecograph.rdf.patch import Patch, Step, diff
from ecograph.store import remote
from ecograph.store.base import Projection, Snapshot, revision_quad

ROOT = Path(__file__).parents[2]
HERE, THERE = graph_iri("synthetic-shore"), graph_iri("synthetic-hill")
ONE, TWO = thing_iri("need", "one"), thing_iri("need", "two")


def note(value: str, graph: NamedNode = HERE, subject: NamedNode = ONE) -> Quad:
    return Quad(subject, ECO.note, Literal(value), graph)


def said(snapshot: Snapshot) -> set[Quad]:
    """Everything but the revision."""
    return {quad for quad in snapshot.quads() if quad.graph_name != LEDGER_GRAPH}


def rows(snapshot: Snapshot, query: str) -> list[tuple[str, ...]]:
    result = snapshot.query(query)
    assert isinstance(result, QuerySolutions)
    names = [variable.value for variable in result.variables]
    return sorted(tuple(str(row[name]) for name in names) for row in result)


def steps(*patches: Patch) -> list[Step]:
    return [Step(number, (patch.to_bytes(),)) for number, patch in enumerate(patches, start=1)]


class TestFollowing:
    def test_revisions_follow_each_other(self, store: Projection) -> None:
        """
        A store begins at revision 0, follows by one revision at a time, and refuses any other.
        """
        assert (store.revision, store.shown) == (0, 0)
        store.apply(1, Patch((note("a"),)))
        store.apply(2, Patch((note("b"),), (note("a"),)))
        assert store.revision == 2
        with pytest.raises(ValueError, match="cannot follow"):
            store.apply(4, Patch())
        assert said(store.state()) == {note("b")}
        assert set(store.state().quads(graph=LEDGER_GRAPH)) == {revision_quad(2)}

    def test_readers_see_a_revision_when_switched(self, engine: Tried, store: Projection) -> None:
        """
        Readers see a revision when it is switched to, at once and whole, and keep it while they hold it.
        """
        store.apply(1, Patch((note("a"),)))
        store.switch()
        with store.snapshot() as before:
            store.apply(2, Patch((note("b"),)))
            assert (len(said(before)) == 2) is engine.deviates("no-generations")
            store.switch()
            assert (len(said(before)) == 2) is engine.deviates("no-generations")
            assert before.revision == 1
        with store.snapshot() as after:
            assert (said(after), after.revision, store.shown) == ({note("a"), note("b")}, 2, 2)

    def test_large_patch_gives_what_small_ones_give(self, store: Projection, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        A patch that is written in many requests gives the state that it says.
        """
        monkeypatch.setattr(remote, "ONE_REQUEST", 3)
        first = [note(str(number), graph) for number in range(10) for graph in (HERE, THERE)]
        second = [note(str(number), HERE) for number in range(20, 30)]
        store.apply(1, Patch(tuple(first)))
        store.apply(2, Patch(tuple(second), tuple(first[:11])))
        assert said(store.state()) == {*first[11:], *second}
        values = rows(store.state(), f"SELECT DISTINCT ?value WHERE {{ {ONE} {ECO.note} ?value }}")
        assert values == sorted({(str(quad.object),) for quad in (*first[11:], *second)})


class TestStatements:
    def test_statements_match_any_pattern(self, store: Projection) -> None:
        """
        Statements are found by every combination of subject, predicate, object and graph.
        """
        quads = [
            *(note(value, graph, subject) for value, graph, subject in product("ab", (HERE, THERE), (ONE, TWO))),
            Quad(ONE, RDF.type, ECO.Need, HERE),
            Quad(ONE, ECO.owner, TWO, THERE),
        ]
        store.apply(1, Patch(tuple(quads)))
        snapshot = store.state()
        for subject, predicate, object_, graph in product(
            (None, ONE, TWO), (None, ECO.note, RDF.type), (None, Literal("a"), TWO), (None, HERE, THERE)
        ):
            found = [
                quad for quad in snapshot.quads(subject, predicate, object_, graph) if quad.graph_name != LEDGER_GRAPH
            ]
            wanted = {
                quad
                for quad in quads
                if subject in (None, quad.subject)
                and predicate in (None, quad.predicate)
                and object_ in (None, quad.object)
                and graph in (None, quad.graph_name)
            }
            assert set(found) == wanted
            assert len(found) == len(wanted)
        assert len(snapshot) == len(quads) + 1
        assert note("a") in snapshot
        assert note("c") not in snapshot

    @pytest.mark.parametrize(
        ("literal", "deviation"),
        [
            (Literal(""), None),
            (Literal('a "quoted" \\ text\n\twith lines'), None),
            (Literal("Ærø, Åmål, Øresund, Växjö – 🌧", language="da"), None),
            (Literal("x" * 50_000, language="sv"), None),
            (Literal("tag", language="de-AT"), None),
            (Literal("1.5", datatype=XSD.decimal), None),
            (Literal("7", datatype=XSD.integer), None),
            (Literal("-9223372036854775807", datatype=XSD.integer), None),
            (Literal("123456789012345678901234567890", datatype=XSD.integer), "big-integers"),
            (Literal("true", datatype=XSD.boolean), None),
            (Literal("2026", datatype=XSD.gYear), None),
            (Literal("2026-11", datatype=XSD.gYearMonth), None),
            (Literal("2026-11-22", datatype=XSD.date), None),
            (Literal("2026-11-22T10:00:00Z", datatype=XSD.dateTime), None),
            (Literal("P1D", datatype=XSD.dayTimeDuration), "durations"),
            (Literal("https://example.org/å", datatype=XSD.anyURI), None),
        ],
        ids=lambda value: str(value)[:24],
    )
    def test_literals_come_back(
        self, engine: Tried, store: Projection, literal: Literal, deviation: str | None
    ) -> None:
        """
        What a literal says comes back as it was, can be found by it, and can be removed by it.
        """
        quad = Quad(ONE, ECO.note, literal, HERE)
        if not _survives(store, quad):
            assert deviation is not None
            assert engine.deviates(deviation)
        elif deviation is not None:
            assert not engine.deviates(deviation), "the list of deviations is out of date"

    def test_numbers_are_their_literals(self, engine: Tried, store: Projection) -> None:
        """
        Two literals of the same value and another type are two statements.
        """
        store.apply(1, Patch(tuple(Quad(ONE, ECO.note, Literal("1.5", datatype=each), HERE) for each in _NUMBERS)))
        assert (len(said(store.state())) == 1) is engine.deviates("numbers-of-equal-value")


class TestQueries:
    def test_triple_of_two_publishers_is_answered_once(self, engine: Tried, store: Projection) -> None:
        """
        The default graph is the merge of all graphs: a triple is there once, and as long as somebody states it.
        """
        store.apply(1, Patch((note("a"), note("a", THERE), note("b"))))
        values = rows(store.state(), f"SELECT ?value WHERE {{ {ONE} {ECO.note} ?value }}")
        assert (values == [('"a"',), ('"a"',), ('"b"',)]) is engine.deviates("default-graph-repeats")
        assert set(values) == {('"a"',), ('"b"',)}
        store.apply(2, Patch(removals=(note("a"), note("b"))))
        assert rows(store.state(), f"SELECT ?value WHERE {{ {ONE} {ECO.note} ?value }}") == [('"a"',)]
        store.apply(3, Patch(removals=(note("a", THERE),)))
        assert rows(store.state(), f"SELECT ?value WHERE {{ {ONE} {ECO.note} ?value }}") == []

    def test_default_graph_holds_nothing_else(self, engine: Tried, store: Projection) -> None:
        """
        A query over everything sees what publishers state and the revision, and nothing of the engine's own.
        """
        store.apply(1, Patch((note("a"),)))
        seen = rows(store.state(), "SELECT (COUNT(*) AS ?count) WHERE { ?s ?p ?o }")
        assert (seen != [(str(Literal(2)),)]) is engine.deviates("system-graphs")

    def test_every_form_of_query_is_answered(self, engine: Tried, store: Projection) -> None:
        """
        SELECT gives rows, ASK a truth, CONSTRUCT and DESCRIBE triples; a fault in the text is an error of syntax.
        """
        owned = Quad(TWO, ECO.owner, ONE, THERE)
        store.apply(1, Patch((note("å"), owned)))
        snapshot = store.state()
        assert rows(snapshot, f"SELECT ?thing ?none WHERE {{ ?thing {ECO.owner} {ONE} }}") == [(str(TWO), "None")]
        yes, no = (snapshot.query(f"ASK {{ ?thing {ECO.owner} {each} }}") for each in (ONE, TWO))
        assert isinstance(yes, QueryBoolean)
        assert (bool(yes), bool(no)) == (True, False)
        built = snapshot.query(f"CONSTRUCT {{ ?s {DCTERMS.title} ?o }} WHERE {{ ?s {ECO.note} ?o }}")
        assert isinstance(built, QueryTriples)
        assert list(built) == [Triple(ONE, DCTERMS.title, Literal("å"))]
        described = set(_triples(snapshot.query(f"DESCRIBE {ONE}")))
        assert (described != {note("å").triple}) is engine.deviates("describe")
        with pytest.raises(SyntaxError):
            snapshot.query("SELECT WHERE {{{")

    def test_given_values_restrict(self, store: Projection) -> None:
        """
        Values that are given in a VALUES line, as the catalogue does, restrict the answer to them.
        """
        spoken = Quad(TWO, ECO.note, Literal("a", language="da"), HERE)
        store.apply(1, Patch((note("a"), note("b", subject=TWO), spoken)))
        query = f"SELECT ?thing ?value WHERE {{{{ VALUES {{}} ?thing {ECO.note} ?value }}}}"
        found = (str(TWO), str(spoken.object))
        assert rows(store.state(), query.format(f"?thing {{ {ONE} }}")) == [(str(ONE), '"a"')]
        assert rows(store.state(), query.format(f'?value {{ {spoken.object} "c"@da }}')) == [found]


class TestRebuilding:
    def test_rebuilt_store_is_what_the_ledger_says(self, engine: Tried, store: Projection) -> None:
        """
        A rebuilt store holds the last state, whatever was there before, says how far it is, and goes on from there.
        """
        history = [Patch((note("a"), note("b", THERE))), Patch((note("c"),), (note("a"),)), Patch((note("a", THERE),))]
        store.apply(1, Patch((note("wrong"), note("wrong", graph_iri("synthetic-gone")))))
        store.switch()
        seen: list[tuple[int, int]] = []
        store.rebuild(steps(*history), 3, lambda done, total: seen.append((done, total)))
        assert seen == [(1, 3), (2, 3), (3, 3)]
        with store.snapshot() as snapshot:
            assert said(snapshot) == {note("b", THERE), note("c"), note("a", THERE)}
            assert snapshot.revision == 3
        assert store.verify(steps(*history)) == 4
        store.apply(4, diff([note("c")], [note("d")]))
        store.switch()
        assert store.shown == 4

    def test_verification_counts_what_differs(self, store: Projection) -> None:
        """
        Verifying compares with the ledger's replay and finds what is missing, too many, or something else.
        """
        store.apply(1, Patch((note("a"), note("b"))))
        store.switch()
        for other in ((note("a"),), (note("a"), note("b"), note("c")), (note("a"), note("x")), (note("b", THERE),)):
            with pytest.raises(StoreMismatch):
                store.verify(steps(Patch(other)))


class TestDeviations:
    def test_deviations_are_told(self) -> None:
        """
        docs/scaling.md names every deviation with its engine, and no other.
        """
        page = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
        section = page.split("## Where engines deviate")[1].split("\n## ")[0]
        named = {line.split("`")[1] for line in section.splitlines() if line.startswith("| `")}
        assert named == set(DEVIATIONS)
        assert {engine for each in DEVIATIONS.values() for engine in each["engines"]} <= set(NAMES)


_NUMBERS = (XSD.decimal, XSD.double)


def _survives(store: Projection, quad: Quad) -> bool:
    try:
        store.apply(1, Patch((quad,)))
    except Exception:
        return False
    there = said(store.state()) == {quad} and quad in store.state()
    store.apply(2, Patch(removals=(quad,)))
    return there and said(store.state()) == set()


def _triples(result: object) -> Iterable[Triple]:
    assert isinstance(result, QueryTriples)
    return result
