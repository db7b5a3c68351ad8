"""Facts about the door that everything comes in by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ecograph.contribute import door
from ecograph.contribute.provenance import datasets
from ecograph.contribute.publishing import Publisher
from ecograph.contribute.staging import Rules, SourceFile
from ecograph.errors import Rejected
from ecograph.identifiers import thing_iri
from ecograph.ledger.sql import Ledger
from ecograph.messages import LANGUAGES
from ecograph.namespaces import DCTERMS, GRAPH
from ecograph.store.oxigraph import EmbeddedStore

MUNICIPALITY = "id,name,code,country\ndk-synthetic,Synthetic Kommune,9901,dk\n"
NEED = "id,title_da,description_da,topic,country,raised_by\nn1,Varsling,Tekst,water,dk,municipality/dk-synthetic\n"


@dataclass
class Desk:
    """A ledger and a store, and the folders that go through the door."""

    root: Path
    rules: Rules
    ledger: Ledger
    store: EmbeddedStore
    publisher: Publisher

    def folder(self, name: str, dataset: SourceFile, **tables: str) -> Path:
        folder = self.root / name
        folder.mkdir(exist_ok=True)
        (folder / "dataset.ttl").write_bytes(dataset.data)
        for table, content in tables.items():
            (folder / f"{table}.csv").write_text(content, encoding="utf-8")
        return folder

    def load(self, *folders: Path, progress: door.Progress | None = None) -> tuple[door.Outcome, ...]:
        return door.load(folders, self.rules, self.ledger, self.store, self.publisher, who="tester", progress=progress)


@pytest.fixture
def desk(tmp_path: Path, rules: Rules) -> Iterator[Desk]:
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as ledger:
        store = EmbeddedStore.open(tmp_path / "store")
        try:
            yield Desk(tmp_path, rules, ledger, store, Publisher(ledger, store))
        finally:
            store.close()


Dataset = Callable[..., SourceFile]


class TestLoad:
    def test_folders_are_published_in_order(self, desk: Desk, dataset_file: Dataset) -> None:
        """
        Folders are published one by one, those that others build on first, and readers see them together.
        """
        requires = "; dcterms:requires <https://w3id.org/ecograph/id/contribution/places>"
        needs = desk.folder("needs", dataset_file("needs", requires), need=NEED)
        places = desk.folder("places", dataset_file("places"), municipality=MUNICIPALITY)
        said: list[tuple[int, int, str]] = []
        outcomes = desk.load(needs, places, progress=lambda *step: said.append(step))
        assert [outcome.staged.publisher for outcome in outcomes] == ["places", "needs"]
        assert all(outcome.accepted and outcome.revision for outcome in outcomes), outcomes[-1].staged.report.violations
        assert said == [(0, 2, "places"), (1, 2, "needs"), (2, 2, "")]
        with desk.store.snapshot() as snapshot:
            assert set(datasets(snapshot)) == {GRAPH.places, GRAPH.needs}
            assert list(snapshot.quads(thing_iri("need", "n1"), DCTERMS.title, None, GRAPH.needs))

    def test_ledger_remembers_bytes_and_decisions(self, desk: Desk, dataset_file: Dataset) -> None:
        """
        The ledger keeps the bytes as they came, and who received, approved and published them.
        """
        [outcome] = desk.load(desk.folder("places", dataset_file("places"), municipality=MUNICIPALITY))
        assert outcome.contribution_id is not None
        assert desk.ledger.payload(outcome.contribution_id) == outcome.staged.payload
        steps = [event.transition for event in desk.ledger.events(outcome.contribution_id)]
        assert steps == ["received", "checked", "submitted", "approved", "published"]
        assert {event.who for event in desk.ledger.events(outcome.contribution_id)} == {"tester"}

    def test_loading_again_changes_nothing(self, desk: Desk, dataset_file: Dataset) -> None:
        """
        A folder that is published already leaves no trace when it is loaded again.
        """
        folder = desk.folder("places", dataset_file("places"), municipality=MUNICIPALITY)
        desk.load(folder)
        head = desk.ledger.head
        [outcome] = desk.load(folder)
        assert outcome.accepted
        assert outcome.revision is None
        assert desk.ledger.head == head

    def test_rejected_folder_publishes_nothing(self, desk: Desk, dataset_file: Dataset) -> None:
        """
        A folder with a violation is returned, with the reason, and nothing of it is seen.
        """
        folder = desk.folder("needs", dataset_file("needs"), need=NEED)
        outcomes = desk.load(folder)
        assert not outcomes[-1].accepted
        assert desk.ledger.head == 0
        assert outcomes[-1].contribution_id is not None
        assert desk.ledger.contribution(outcomes[-1].contribution_id).state == "returned"
        with pytest.raises(Rejected) as caught:
            door.require(outcomes)
        assert caught.value.findings == outcomes[-1].staged.report.findings
        assert all(caught.value.message(lang) for lang in LANGUAGES)

    def test_what_others_need_cannot_be_left_out(self, desk: Desk, dataset_file: Dataset) -> None:
        """
        Leaving out a thing that others must be able to refer to is a violation that names theirs, said once.
        """
        places = desk.folder("places", dataset_file("places"), municipality=MUNICIPALITY)
        desk.load(
            places,
            desk.folder(
                "needs",
                dataset_file("needs", "; dcterms:requires <https://w3id.org/ecograph/id/contribution/places>"),
                need=NEED,
            ),
        )
        desk.folder("places", dataset_file("places"), municipality="id,name,code,country\nother,Other,9902,dk\n")
        [outcome] = desk.load(places)
        assert not outcome.accepted
        assert {finding.code for finding in outcome.staged.report.findings} == {"affects-other"}
        assert "Varsling" in outcome.staged.report.violations[0].messages["en"]


class TestContribute:
    def test_single_file_is_merged(self, desk: Desk, dataset_file: Dataset) -> None:
        """
        A single file adds to what its publisher has published.
        """
        desk.load(desk.folder("places", dataset_file("places"), municipality=MUNICIPALITY))
        more = SourceFile("municipality.csv", b"id;Navn;Kommunekode;Land\nother;Anden;9902;DK\n")
        outcome = door.contribute([more], "places", desk.rules, desk.ledger, desk.store, desk.publisher, who="tester")
        assert outcome.accepted, outcome.staged.report.violations
        with desk.store.snapshot() as snapshot:
            dataset = datasets(snapshot)[GRAPH.places]
            assert dataset.statements == len(list(snapshot.quads(None, None, None, GRAPH.places))) == 8
