"""Facts about the graph as it was."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyoxigraph import Literal, Quad

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.errors import BadParameter, NoHistory, QueryBusy, UnknownMoment
from ecograph.history import History
from ecograph.identifiers import graph_iri, thing_iri
from ecograph.ledger.records import ContributionRecord, State
from ecograph.ledger.timeline import Entry
from ecograph.namespaces import ECO, FOAF
from ecograph.query.guard import admit
from ecograph.rdf.patch import Patch
from ecograph.store.base import Snapshot

ROOT = Path(__file__).parents[2]
GRAPH = graph_iri("synthetic-shore")
NEED = thing_iri("need", "n01")
ANNE = thing_iri("person", "example-researcher-1")


def said(words: str) -> Quad:
    """A statement about a synthetic need."""
    return Quad(NEED, ECO.note, Literal(words), GRAPH)


def publish(ecograph: EcoGraph, patch: Patch) -> int:
    """One more revision."""
    payload = b"synthetic"
    record = ContributionRecord(
        publisher="synthetic-shore",
        title="Synthetic",
        licence="",
        source="",
        sha256=hashlib.sha256(payload).hexdigest(),
        payload=payload,
        submitted_by="partner",
    )
    contribution = ecograph.ledger.receive(record)
    ecograph.ledger.decide(contribution, State.APPROVED, "reviewer")
    return ecograph.publisher.publish(contribution, patch, "reviewer").number


def words(snapshot: Snapshot) -> set[str]:
    """What a snapshot says of the need."""
    return {quad.object.value for quad in snapshot.quads(NEED, ECO.note, None, GRAPH)}  # type: ignore[union-attr]


@pytest.fixture
def ecograph(tmp_path: Path) -> Iterator[EcoGraph]:
    """Three revisions: words, other words, and a person."""
    settings = Settings(data_dir=tmp_path, resources_dir=ROOT, past_kept=2, query_workers=1)
    with EcoGraph.open(settings) as opened:
        publish(opened, Patch((said("Skybrud i Malmö"),)))
        publish(opened, Patch((said("Skybrud på Østerbro"),), (said("Skybrud i Malmö"),)))
        publish(opened, Patch((Quad(ANNE, FOAF.name, Literal("Synthetic Person"), GRAPH),)))
        yield opened


class TestHistory:
    def test_each_revision_as_it_was(self, ecograph: EcoGraph) -> None:
        """
        A past revision says what was published then; the present one says what is published now.
        """
        with ecograph.at("1") as first, ecograph.at("2") as second, ecograph.at() as now:
            assert (first.revision, second.revision, now.revision) == (1, 2, 3)
            assert words(first) == {"Skybrud i Malmö"}
            assert words(second) == words(now) == {"Skybrud på Østerbro"}

    def test_moments(self, ecograph: EcoGraph) -> None:
        """
        A moment names the last revision by then, a date the last one of its day, a number itself.
        """
        entries = [ecograph.ledger.timeline.entry(number) for number in (1, 2, 3)]
        assert all(entries)
        when = entries[1].published_at  # type: ignore[union-attr]
        zone = (when + timedelta(hours=1)).replace(tzinfo=None).isoformat() + " 01:00"
        assert ecograph.history.moment("2").number == 2
        assert ecograph.history.moment(when.isoformat()).number == 2
        assert ecograph.history.moment(zone).number == 2
        assert ecograph.history.moment(datetime.now(UTC).date().isoformat()).number == 3

    @pytest.mark.parametrize(
        "moment", ["0", "4", "2001-01-01", "2999-01-01", "2999-01-01T00:00:00Z", "2026-13-01", "0001-01-01T00:00+23:00"]
    )
    def test_no_such_moment(self, ecograph: EcoGraph, moment: str) -> None:
        """
        Before the first revision and after now there is no graph; the answer names the revisions there are.
        """
        with pytest.raises(UnknownMoment) as caught:
            ecograph.history.moment(moment)
        assert (caught.value.values["first"], caught.value.values["last"]) == (1, 3)

    @pytest.mark.parametrize("moment", ["yesterday", "", "2026-11-1", "١٧", "9" * 20])
    def test_not_a_moment(self, ecograph: EcoGraph, moment: str) -> None:
        """
        What is neither a number nor a date is refused with an example of each.
        """
        with pytest.raises(BadParameter):
            ecograph.history.moment(moment)

    def test_queries_are_answered_from_it(self, ecograph: EcoGraph) -> None:
        """
        A worker process opens a past revision as it opens the present one.
        """
        with ecograph.at("1") as snapshot:
            query = admit("SELECT ?words WHERE { ?need <https://w3id.org/ecograph/ns#note> ?words }")
            answer = ecograph.queries.run(query, "text/csv", directory=snapshot.path)
        assert answer.body.decode().split("\r\n")[1] == "Skybrud i Malmö"

    def test_built_once_for_all_who_ask(self, ecograph: EcoGraph) -> None:
        """
        Readers who ask for a revision at the same time get the same one, and nobody sees half of it.
        """
        seen: list[tuple[Path | None, set[str]]] = []

        def ask() -> None:
            with ecograph.at("1") as snapshot:
                seen.append((snapshot.path, words(snapshot)))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(seen) == 8
        assert len({path for path, _ in seen}) == 1
        assert all(found == {"Skybrud i Malmö"} for _, found in seen)

    def test_only_a_few_are_kept(self, ecograph: EcoGraph, tmp_path: Path) -> None:
        """
        Of the revisions that nobody reads the latest asked for are kept; one that is being read stays.
        """
        for number in range(4, 7):
            publish(ecograph, Patch((said(f"Behov {number}"),)))
        with ecograph.at("1") as held:
            for moment in ("2", "3", "4"):
                with ecograph.at(moment):
                    pass
            assert words(held) == {"Skybrud i Malmö"}
        kept = {path.name.split("-")[0] for path in (tmp_path / "past").iterdir()}
        assert len(kept) == 2
        assert "4" in kept

    def test_erasure_reaches_the_past(self, ecograph: EcoGraph, tmp_path: Path) -> None:
        """
        After somebody was erased, no past revision says anything of them, neither to readers nor on the disk.
        """
        publish(ecograph, Patch((said("Mere"),)))
        with ecograph.at("3") as before:
            assert list(before.quads(ANNE))
            ecograph.publisher.erase(ANNE, "operator", "on request")
            with ecograph.at("3") as after:
                assert not list(after.quads(ANNE))
                assert words(after) == {"Skybrud på Østerbro"}
        files = [path for path in (tmp_path / "past").rglob("*") if path.is_file()]
        assert files
        assert not [path for path in files if b"Synthetic Person" in path.read_bytes()]

    def test_erased_while_it_is_built(self, ecograph: EcoGraph, tmp_path: Path) -> None:
        """
        A revision that was being replayed when somebody was erased is replayed again.
        """
        publish(ecograph, Patch((said("Mere"),)))
        shown: list[int] = []

        class Erasing(History[Snapshot]):
            def _replay(self, number: int, path: Path) -> None:
                super()._replay(number, path)
                shown.append(number)
                if len(shown) == 1:
                    ecograph.publisher.erase(ANNE, "operator", "on request")

        history = Erasing(ecograph.ledger, tmp_path / "other", 1, lambda snapshot: snapshot)
        with history.at(history.moment("3")) as snapshot:
            assert not list(snapshot.quads(ANNE))
        assert shown == [3, 3]
        history.close()

    def test_too_many_wait(self, ecograph: EcoGraph, tmp_path: Path) -> None:
        """
        Whoever would have to wait behind too many others is asked to come back.
        """
        begun, go_on = threading.Event(), threading.Event()

        class Slow(History[Snapshot]):
            def _replay(self, number: int, path: Path) -> None:
                begun.set()
                go_on.wait()
                super()._replay(number, path)

        history = Slow(ecograph.ledger, tmp_path / "other", 1, lambda snapshot: snapshot)
        entry = history.moment("1")
        refused: list[Entry] = []

        def ask() -> None:
            try:
                with history.at(entry):
                    pass
            except QueryBusy:
                refused.append(entry)
                go_on.set()

        threads = [threading.Thread(target=ask) for _ in range(12)]
        for thread in threads:
            thread.start()
        begun.wait()
        for thread in threads:
            thread.join()
        history.close()
        assert refused

    def test_only_readers_have_no_history(self, ecograph: EcoGraph) -> None:
        """
        A service that only reads shows the present and says that it has no past.
        """
        with EcoGraph.read(ecograph.settings) as reader:
            with reader.at() as now:
                assert now.revision == 3
            with pytest.raises(NoHistory), reader.at("1"):
                pass

    def test_left_from_an_earlier_run(self, ecograph: EcoGraph, tmp_path: Path) -> None:
        """
        What a crash left of past revisions is gone when the next process opens the directory.
        """
        left = tmp_path / "past" / "building-synthetic"
        left.mkdir(parents=True)
        ecograph.close()
        with EcoGraph.open(ecograph.settings):
            assert not left.exists()
