"""The embedded store: a projection of the ledger at a known revision."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from ecograph.errors import AlreadyOpen, NotLoaded, StoreMismatch
from ecograph.identifiers import graph_iri, thing_iri
from ecograph.namespaces import ECO, LEDGER_GRAPH, XSD
from ecograph.rdf.patch import Patch, Step, diff
from ecograph.store import building, oxigraph, snapshots
from ecograph.store.base import Projection, Snapshot, revision_quad
from ecograph.store.oxigraph import EmbeddedStore, MemorySnapshot, StoreSnapshot

GRAPH = graph_iri("synthetic")


def note(value: str, graph: NamedNode = GRAPH) -> Quad:
    return Quad(thing_iri("need", "n01"), ECO.note, Literal(value), graph)


def notes(*values: str) -> tuple[Quad, ...]:
    return tuple(note(value) for value in values)


def said(snapshot: Snapshot) -> list[str]:
    return sorted(str(quad.object) for quad in snapshot.quads(graph=GRAPH))


def steps(*patches: Patch) -> list[Step]:
    return [Step(number, (patch.to_bytes(),)) for number, patch in enumerate(patches, start=1)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore.open(tmp_path / "store")
    yield store
    store.close()


class TestFollowing:
    def test_embedded_store_is_a_projection(self, store: EmbeddedStore) -> None:
        """
        The embedded store offers what every store offers: an empty one is at revision 0.
        """
        projection: Projection = store
        snapshot: Snapshot = projection.snapshot()
        with snapshot:
            assert (projection.revision, projection.shown, snapshot.revision) == (0, 0, 0)

    def test_readers_see_a_revision_when_switched(self, store: EmbeddedStore) -> None:
        """
        What is applied is the writer's alone until the switch; then readers see it whole, with its revision.
        """
        store.apply(1, Patch(notes("æ", "ø")))
        with store.snapshot() as before:
            assert (said(before), before.revision) == ([], 0)
        assert said(store.state()) == ['"æ"', '"ø"']
        store.switch()
        with store.snapshot() as after:
            assert (said(after), after.revision, store.shown) == (['"æ"', '"ø"'], 1, 1)
            assert revision_quad(1) in after

    def test_snapshot_stays_at_its_revision(self, store: EmbeddedStore) -> None:
        """
        A request that began at one revision ends at it, whatever is published meanwhile.
        """
        store.apply(1, Patch(notes("a")))
        store.switch()
        with store.snapshot() as old:
            store.apply(2, Patch(notes("b"), notes("a")))
            store.switch()
            assert (said(old), old.revision) == (['"a"'], 1)
            with store.snapshot() as new:
                assert (said(new), new.revision) == (['"b"'], 2)
        assert len(list((store._directory / "generations").glob("*.lock"))) == 1

    def test_forgotten_snapshot_lets_its_generation_go(self, store: EmbeddedStore) -> None:
        """
        A generation goes when the last who read it is gone, whether or not they said so.
        """
        forgotten = store.snapshot()
        store.apply(1, Patch(notes("a")))
        store.switch()
        assert len(list((store._directory / "generations").glob("*.lock"))) == 2
        del forgotten
        assert len(list((store._directory / "generations").glob("*.lock"))) == 1

    def test_snapshot_may_be_open_when_the_process_ends(self, tmp_path: Path) -> None:
        """
        A process that ends with a snapshot of an old revision in hand ends without complaint.
        """
        code = (
            "import threading; from pathlib import Path; from ecograph.store.oxigraph import EmbeddedStore;"
            "from ecograph.rdf.patch import Patch;"
            f"store = EmbeddedStore.open(Path({str(tmp_path)!r}));"
            "threading.kept = store.snapshot();"  # a module that is taken down late
            "store.apply(1, Patch()); store.switch()"
        )
        ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert (ended.stdout, ended.stderr) == ("", "")

    def test_revisions_come_one_by_one(self, store: EmbeddedStore) -> None:
        """
        A store follows the ledger without gaps and without repetition.
        """
        store.apply(1, Patch(notes("a")))
        for number in (1, 3, 0):
            with pytest.raises(ValueError, match="cannot follow"):
                store.apply(number, Patch())

    def test_one_statement_names_the_revision(self, store: EmbeddedStore) -> None:
        """
        The ledger's graph holds one statement, the revision, and SPARQL can ask for it.
        """
        for number in (1, 2, 3):
            store.apply(number, Patch(notes(str(number))))
        assert [str(quad) for quad in store.state().quads(graph=LEDGER_GRAPH)] == [str(revision_quad(3))]
        result = store.state().query(f"SELECT ?n WHERE {{ {LEDGER_GRAPH} {ECO.revision} ?n }}")
        assert isinstance(result, QuerySolutions)
        assert [str(row["n"]) for row in result] == [str(Literal("3", datatype=XSD.integer))]

    def test_queries_see_the_union(self, store: EmbeddedStore) -> None:
        """
        A query that names no graph sees the statements of every publisher.
        """
        store.apply(1, Patch((note("a"), note("b", graph_iri("another")))))
        result = store.state().query(f"SELECT ?o WHERE {{ ?s {ECO.note} ?o }}")
        assert isinstance(result, QuerySolutions)
        assert len(list(result)) == 2

    def test_large_patch_takes_the_bulk_road(self, store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        A patch above the size of one update gives the same state as a small one.
        """
        monkeypatch.setattr(snapshots, "_ONE_UPDATE", 2)
        store.apply(1, Patch(notes("a", "b", "c")))
        store.apply(2, Patch(notes("d", "e"), notes("a", "b")))
        assert (said(store.state()), store.revision) == (['"c"', '"d"', '"e"'], 2)

    @given(
        st.text(st.characters(blacklist_categories=["Cs"]), max_size=20),
        st.sampled_from(["da", "sv-SE", None]),
    )
    @settings(deadline=None, max_examples=200)
    def test_any_text_survives(self, text: str, lang: str | None) -> None:
        """
        Whatever characters a literal holds, applying and removing it as an update does exactly that.
        """
        quad = Quad(thing_iri("need", "n01"), ECO.note, Literal(text, language=lang), GRAPH)
        store = Store()
        store.update(f"INSERT DATA {{ {snapshots._data([quad])} }}")
        assert list(store) == [quad]
        store.update(f"DELETE DATA {{ {snapshots._data([quad])} }}")
        assert len(store) == 0


class TestOpening:
    def test_second_writer_is_refused(self, store: EmbeddedStore) -> None:
        """
        One process writes: opening the directory a second time says who has it.
        """
        with pytest.raises(AlreadyOpen):
            EmbeddedStore.open(store._directory)

    def test_reader_works_beside_the_writer(self, store: EmbeddedStore) -> None:
        """
        Another process may read while one writes, sees each new generation, and can write nothing.
        """
        with pytest.raises(NotLoaded):
            EmbeddedStore.reader(store._directory)
        store.apply(1, Patch(notes("a")))
        store.switch()
        reader = EmbeddedStore.reader(store._directory)
        store.apply(2, Patch(notes("b")))
        store.switch()
        with reader.snapshot() as snapshot:
            assert said(snapshot) == ['"a"', '"b"']
            assert snapshot.path is not None
            assert len(StoreSnapshot.at(snapshot.path)) == len(snapshot) == 3
        with pytest.raises(RuntimeError):
            reader.apply(3, Patch())
        reader.close()

    def test_reopening_starts_from_what_readers_saw(self, tmp_path: Path) -> None:
        """
        What was applied but never switched to is forgotten at reopening: the ledger brings it again.
        """
        store = EmbeddedStore.open(tmp_path)
        store.apply(1, Patch(notes("a")))
        store.switch()
        store.apply(2, Patch(notes("b")))
        store.close()
        store = EmbeddedStore.open(tmp_path)
        assert (store.revision, said(store.state())) == (1, ['"a"'])
        store.close()

    @pytest.mark.parametrize("damage", ["*/CURRENT", "*/MANIFEST*", "*/*.sst", "current"])
    @pytest.mark.parametrize("content", [b"damaged", None])
    def test_damaged_generation_is_given_up(self, tmp_path: Path, damage: str, content: bytes | None) -> None:
        """
        A generation that cannot be opened is given up: the store opens empty, to be built again from the ledger.
        """
        store = EmbeddedStore.open(tmp_path)
        store.apply(1, Patch(notes("a")))
        store.switch()
        store.close()
        for file in (tmp_path / "generations").glob(damage):
            file.write_bytes(content) if content else file.unlink()
        store = EmbeddedStore.open(tmp_path)
        assert store.revision == 0
        store.rebuild(steps(Patch(notes("a"))))
        with store.snapshot() as snapshot:
            assert (said(snapshot), snapshot.revision) == (['"a"'], 1)
        store.close()

    def test_readers_come_and_go_while_the_writer_switches(self, store: EmbeddedStore) -> None:
        """
        Readers in many threads take and leave snapshots while revisions follow each other: each sees whole revisions,
        in order, and only the newest generation is left at the end.
        """
        done = threading.Event()
        faults: list[object] = []

        def read() -> None:
            last = 0
            while not done.is_set():
                try:
                    snapshot = store.snapshot()
                    if len(said(snapshot)) != snapshot.revision or snapshot.revision < last:
                        faults.append((snapshot.revision, said(snapshot)))
                    last = snapshot.revision
                    if last % 2:
                        snapshot.close()
                except Exception as error:
                    faults.append(error)

        readers = [threading.Thread(target=read) for _ in range(6)]
        for reader in readers:
            reader.start()
        for number in range(1, 16):
            store.apply(number, Patch(notes(str(number))))
            store.switch()
        done.set()
        for reader in readers:
            reader.join()
        assert faults == []
        store._generations.collect()
        assert len(list((store._directory / "generations").glob("*.lock"))) == 1

    def test_closed_snapshot_is_closed(self, store: EmbeddedStore) -> None:
        """
        A snapshot that was let go answers nothing any more; letting go twice is allowed.
        """
        snapshot = store.snapshot()
        snapshot.close()
        snapshot.close()
        with pytest.raises(RuntimeError, match="closed"):
            snapshot.query("ASK {}")


class TestRebuilding:
    @given(st.lists(st.sets(st.sampled_from("abcdefgh"), max_size=8), min_size=1, max_size=6))
    @settings(deadline=None, max_examples=10)
    def test_replay_gives_the_last_state(self, states: list[set[str]]) -> None:
        """
        Building from the ledger gives exactly the state that following it step by step gives.
        """
        patches, before = [], set[Quad]()
        for state in states:
            after = {note(value) for value in state}
            patches.append(diff(before, after))
            before = after
        with TemporaryDirectory() as directory:
            assert oxigraph.build(Path(directory) / "built", steps(*patches)) == len(states)
            built = Store.read_only(str(Path(directory) / "built"))
            named = before | {revision_quad(len(states))}
            assert set(built) == named | {Quad(quad.subject, quad.predicate, quad.object) for quad in named}

    def test_rebuild_replaces_at_once(self, store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        A rebuilt store is switched to when it is whole, readers of the old one go on, and writing continues from it.
        """
        monkeypatch.setattr(building, "_SMALL_BYTES", 10)
        monkeypatch.setattr(building, "_BULK_BYTES", 200)
        store.apply(1, Patch(notes("wrong")))
        store.switch()
        seen: list[tuple[int, int]] = []
        with store.snapshot() as old:
            history = steps(Patch(notes("a", "b")), Patch(notes("c"), notes("a")), Patch(notes("a"), notes("b")))
            store.rebuild(history, 3, lambda done, total: seen.append((done, total)))
            assert said(old) == ['"wrong"']
        with store.snapshot() as snapshot:
            assert (said(snapshot), snapshot.revision) == (['"a"', '"c"'], 3)
        assert seen == [(1, 3), (2, 3), (3, 3)]
        store.apply(4, Patch(notes("d")))
        store.switch()
        with store.snapshot() as snapshot:
            assert said(snapshot) == ['"a"', '"c"', '"d"']

    def test_failed_rebuild_leaves_the_old_store(self, store: EmbeddedStore) -> None:
        """
        A rebuild that breaks off leaves readers with what they had, and nothing on the disk.
        """
        store.apply(1, Patch(notes("a")))
        store.switch()
        with pytest.raises(ValueError, match="not a patch"):
            store.rebuild([Step(1, (b"broken",))])
        assert store.shown == 1
        assert not list(store._directory.glob("building-*"))

    def test_verification_counts_what_differs(self, store: EmbeddedStore) -> None:
        """
        Verifying compares every statement with the ledger's replay and says how many are missing and too many.
        """
        patch = Patch(notes("a", "b", "c"))
        store.apply(1, patch)
        store.switch()
        assert store.verify(steps(patch)) == 4
        with pytest.raises(StoreMismatch) as caught:
            store.verify(steps(Patch(notes("a", "x", "y", "z"))))
        assert caught.value.values == {"missing": 3, "extra": 2}
        with pytest.raises(StoreMismatch):
            store.verify(steps(patch, Patch(notes("d"))))


class TestMemorySnapshot:
    def test_looks_like_any_snapshot(self) -> None:
        """
        A few statements in memory can be asked like the whole graph.
        """
        snapshot: Snapshot = MemorySnapshot(notes("a", "b"), revision=7)
        with snapshot:
            assert (snapshot.revision, snapshot.path, len(list(snapshot.quads()))) == (7, None, 2)
            assert note("a") in snapshot
            assert note("c") not in snapshot
