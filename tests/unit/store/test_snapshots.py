"""The exact default graph: the merge of what publishers state, kept true by every change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, Store

from ecograph.errors import StoreMismatch
from ecograph.identifiers import graph_iri, thing_iri
from ecograph.namespaces import ECO
from ecograph.rdf.patch import Patch, Step, diff
from ecograph.store import snapshots
from ecograph.store.base import revision_quad
from ecograph.store.oxigraph import EmbeddedStore, MemorySnapshot, StoreSnapshot

HERE, THERE = graph_iri("synthetic"), graph_iri("synthetic-other")
VALUES = f"SELECT ?value WHERE {{ ?thing {ECO.note} ?value }}"


def note(value: str, graph: NamedNode = HERE) -> Quad:
    return Quad(thing_iri("need", "n01"), ECO.note, Literal(value), graph)


def values(snapshot: StoreSnapshot) -> list[str]:
    rows = snapshot.query(VALUES)
    assert isinstance(rows, QuerySolutions)
    return sorted(str(row["value"]) for row in rows)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore.open(tmp_path / "store")
    yield store
    store.close()


class TestExactDefaultGraph:
    def test_triple_of_two_publishers_is_answered_once(self, store: EmbeddedStore) -> None:
        """
        What two publishers state is one triple to a query, and two statements to whoever asks for statements.
        """
        store.apply(1, Patch((note("a"), note("a", THERE))))
        state = store.state()
        assert values(state) == ['"a"']
        assert set(state.quads(None, ECO.note)) == {note("a"), note("a", THERE)}
        assert set(state.quads(thing_iri("need", "n01"))) == {note("a"), note("a", THERE)}
        assert len(state) == 3  # with the revision

    def test_triple_stays_while_somebody_states_it(self, store: EmbeddedStore) -> None:
        """
        A triple leaves the default graph with the last publisher who states it.
        """
        store.apply(1, Patch((note("a"), note("a", THERE))))
        store.apply(2, Patch(removals=(note("a"),)))
        assert values(store.state()) == ['"a"']
        store.apply(3, Patch(removals=(note("a", THERE),)))
        assert values(store.state()) == []

    def test_triple_stays_when_it_changes_hands(self, store: EmbeddedStore) -> None:
        """
        A patch that takes a statement from one publisher and gives it to another leaves the triple where it is.
        """
        store.apply(1, Patch((note("a"),)))
        store.apply(2, Patch((note("a", THERE),), (note("a"),)))
        assert values(store.state()) == ['"a"']

    @pytest.mark.parametrize("one_update", [0, 20_000])
    @given(
        st.lists(
            st.sets(st.tuples(st.sampled_from("abc"), st.sampled_from([HERE, THERE])), max_size=6),
            min_size=1,
            max_size=5,
        )
    )
    @settings(deadline=None, max_examples=60)
    def test_default_graph_is_the_merge_whatever_happens(
        self, one_update: int, states: list[set[tuple[str, NamedNode]]]
    ) -> None:
        """
        After any series of patches, small or large, the default graph holds what named graphs state and nothing else.
        """
        store, before = Store(), set[Quad]()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(snapshots, "_ONE_UPDATE", one_update)
            for number, state in enumerate(states):
                after = {note(value, graph) for value, graph in state}
                snapshots.follow(store, number, diff(before, after))
                before = after
                merged = {quad.triple for quad in store.quads_for_pattern(None, None, None, DefaultGraph())}
                assert merged == {quad.triple for quad in (*before, revision_quad(number + 1))}

    def test_difference_in_the_default_graph_alone_is_found(self, store: EmbeddedStore) -> None:
        """
        Verifying finds a triple that only the default graph has lost.
        """
        patch = Patch((note("a"),))
        store._writable.add(Quad(note("x").subject, ECO.note, Literal("x")))
        store.apply(1, patch)
        store.switch()
        with pytest.raises(StoreMismatch) as caught:
            store.verify([Step(1, (patch.to_bytes(),))])
        assert caught.value.values == {"missing": 0, "extra": 1}


class TestEarlierStores:
    def test_earlier_generation_is_read_until_it_is_rebuilt(self, tmp_path: Path) -> None:
        """
        A generation without the exact default graph is read as the union of its graphs; opening it for writing begins
        anew, so that the ledger builds it, while readers keep what they had.
        """
        store = EmbeddedStore.open(tmp_path)
        named = [note("a"), note("b", THERE), revision_quad(1)]
        store._generations.add(1, lambda target: _earlier(target, named))
        store.close()
        with EmbeddedStore.reader(tmp_path).snapshot() as snapshot:
            assert (values(snapshot), len(snapshot)) == (['"a"', '"b"'], 3)
        store = EmbeddedStore.open(tmp_path)
        assert (store.revision, store.shown) == (0, 1)
        store.rebuild([Step(1, (Patch((note("a"),)).to_bytes(),))])
        with store.snapshot() as snapshot:
            assert (values(snapshot), snapshots.is_exact(snapshot._store)) == (['"a"'], True)
        store.close()


class TestMemory:
    def test_memory_answers_like_the_disk(self) -> None:
        """
        Statements in memory have the same exact default graph.
        """
        with MemorySnapshot([note("a"), note("a", THERE)]) as snapshot:
            assert (values(snapshot), len(list(snapshot.quads())), len(snapshot)) == (['"a"'], 2, 2)


def _earlier(target: Path, named: list[Quad]) -> None:
    built = Store(str(target))
    built.extend(named)
    built.flush()
