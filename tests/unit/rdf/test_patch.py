"""The difference between two states of the graph."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, Quad, Store

from ecograph.identifiers import graph_iri, thing_iri
from ecograph.namespaces import ECO, XSD
from ecograph.rdf.patch import Patch, diff, digest_of, merged, n_quads

GRAPH = graph_iri("synthetic")

_texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
_objects = st.one_of(
    st.sampled_from([thing_iri("need", "a"), thing_iri("need", "b")]),
    _texts.map(Literal),
    st.builds(lambda text, lang: Literal(text, language=lang), _texts, st.sampled_from(["da", "sv", "en"])),
    st.integers().map(lambda number: Literal(str(number), datatype=XSD.integer)),
)
_quads = st.builds(
    lambda name, value: Quad(thing_iri("need", name), ECO.topic, value, GRAPH), st.sampled_from("abc"), _objects
)


def quad(value: str | Literal) -> Quad:
    return Quad(thing_iri("need", "n01"), ECO.note, Literal(value) if isinstance(value, str) else value, GRAPH)


class TestDiff:
    @given(old=st.sets(_quads, max_size=8), new=st.sets(_quads, max_size=8))
    @settings(deadline=None)
    def test_patch_turns_old_into_new(self, old: set[Quad], new: set[Quad]) -> None:
        """
        Applying the difference to the old state gives the new state, and applying its inverse gives the old one back.
        """
        before, after = set(_stored(old)), set(_stored(new))
        patch = diff(old, new)
        assert before - set(patch.removals) | set(patch.additions) == after
        back = patch.inverse()
        assert after - set(back.removals) | set(back.additions) == before

    def test_spelling_of_a_number_is_no_difference(self) -> None:
        """
        1.50 and 1.5 are the same decimal, so replacing one by the other changes nothing.
        """
        old, new = (quad(Literal(text, datatype=XSD.decimal)) for text in ("1.50", "1.5"))
        assert not diff([old], [new])

    def test_same_state_gives_an_empty_patch(self) -> None:
        """
        A contribution that says what is already so makes an empty patch.
        """
        assert len(diff([quad("æøå")], [quad("æøå")])) == 0


class TestPatch:
    @given(additions=st.sets(_quads, max_size=8), removals=st.sets(_quads, max_size=8))
    @settings(deadline=None)
    def test_written_patch_reads_back(self, additions: set[Quad], removals: set[Quad]) -> None:
        """
        Whatever characters the literals hold, a patch that is written reads back the same, with the same digest.
        """
        patch = Patch(tuple(additions - removals), tuple(removals))
        data = patch.to_bytes()
        assert Patch.from_bytes(data) == patch
        assert Patch.from_bytes(data).digest == patch.digest == digest_of(data)

    def test_order_of_statements_does_not_matter(self) -> None:
        """
        A patch is a set of statements: their order and repetition change neither the patch nor its digest.
        """
        one, other = Patch((quad("a"), quad("b"), quad("a"))), Patch((quad("b"), quad("a")))
        assert one == other
        assert one.digest == other.digest

    def test_digest_tells_added_from_removed(self) -> None:
        """
        Adding and removing the same statement are different patches with different digests.
        """
        patch = Patch((quad("a"),))
        assert patch.digest != patch.inverse().digest

    def test_literal_that_looks_like_the_mark(self) -> None:
        """
        A literal that contains the line which parts added from removed statements does not confuse the reader.
        """
        patch = Patch((quad("x\n-\ny"),), (quad("\n-\n"),))
        assert Patch.from_bytes(patch.to_bytes()) == patch

    def test_blank_nodes_are_refused(self) -> None:
        """
        A blank node cannot be recorded, because its name would mean nothing when the ledger is replayed.
        """
        with pytest.raises(ValueError, match="blank node"):
            Patch((Quad(BlankNode("b"), ECO.note, Literal("x"), GRAPH),))

    def test_default_graph_is_refused(self) -> None:
        """
        Every statement belongs to a named graph, so that whose words it is can be asked.
        """
        with pytest.raises(ValueError, match="named graphs"):
            Patch((Quad(thing_iri("need", "a"), ECO.note, Literal("x")),))

    def test_contradiction_is_refused(self) -> None:
        """
        A patch that adds and removes the same statement has no meaning.
        """
        with pytest.raises(ValueError, match="add and remove"):
            Patch((quad("a"),), (quad("a"),))

    @pytest.mark.parametrize("data", [b"", b"x", zlib.compress(b"x"), zlib.compress(b"+\nnot a statement\n-\n")])
    def test_damaged_bytes_are_refused(self, data: bytes) -> None:
        """
        Bytes that are not a written patch are refused, never read as an empty one.
        """
        with pytest.raises(ValueError, match="not a patch"):
            Patch.from_bytes(data)

    def test_statements_are_there_as_n_quads(self) -> None:
        """
        A replay gets the added and removed statements as N-Quads without building terms.
        """
        added, removed = n_quads(Patch((quad("a"),), (quad("b"),)).to_bytes())
        assert added == f"{quad('a')} .\n".encode()
        assert removed == f"{quad('b')} .\n".encode()
        assert n_quads(Patch().to_bytes()) == (b"", b"")

    def test_parts_merge_into_one(self) -> None:
        """
        Parts that were kept apart say together what the whole said.
        """
        assert merged([Patch((quad("a"),)), Patch((quad("b"),), (quad("c"),))]) == Patch(
            (quad("a"), quad("b")), (quad("c"),)
        )
        assert merged([]) == Patch()


def _stored(quads: set[Quad]) -> list[Quad]:
    store = Store()
    store.extend(quads)
    return list(store)
