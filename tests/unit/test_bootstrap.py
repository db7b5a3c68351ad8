"""Facts about one EcoGraph: what readers see while others publish."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from ecograph.bootstrap import EcoGraph, View
from ecograph.config import Settings
from ecograph.contribute.desk import OPERATOR, Options
from ecograph.contribute.packing import SourceFile
from ecograph.identifiers import COMMON, Space, graph_iri
from ecograph.namespaces import DCTERMS
from ecograph.query.guard import admit

RESOURCES = Path(__file__).parents[2]
SLUG = "synthetic-shore"
LARGEST = "cpv.csv"


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What comes with the software, but only the beginning of the largest vocabulary."""
    directory = tmp_path_factory.mktemp("resources")
    (directory / "data" / "vocabularies").mkdir(parents=True)
    for folder in ("", "data", "data/vocabularies"):
        for path in (RESOURCES / folder).iterdir():
            if not (directory / folder / path.name).exists() and path.name != LARGEST:
                (directory / folder / path.name).symlink_to(path)
    with (RESOURCES / "data" / "vocabularies" / LARGEST).open(encoding="utf-8") as rows:
        (directory / "data" / "vocabularies" / LARGEST).write_text("".join(islice(rows, 100)), encoding="utf-8")
    return directory


@pytest.fixture
def ecograph(tmp_path: Path, resources: Path) -> Iterator[EcoGraph]:
    """An empty EcoGraph with one partner."""
    with EcoGraph.open(Settings(data_dir=tmp_path, resources_dir=resources, contribution_workers=1)) as opened:
        licence = "https://creativecommons.org/licenses/by/4.0/"
        opened.ledger.partners.add(SLUG, "Synthetic Shore", "https://example.org/", licence)
        yield opened


def submitted(ecograph: EcoGraph, name: str) -> str:
    """A contribution of one need that waits for approval."""
    table = f"id,title_da,country\n{name},Behov {name},dk\n".encode()
    case = ecograph.desk.receive([SourceFile("need.csv", table)], Options(), OPERATOR, partner=SLUG)
    ecograph.desk.submit(case.contribution.id, OPERATOR)
    return case.contribution.id


def titles(view: View) -> set[str]:
    """What a view shows of the partner's needs."""
    return {quad.object.value for quad in view.snapshot.quads(None, DCTERMS.title, None, graph_iri(SLUG))}  # type: ignore[union-attr]


class TestView:
    def test_published_at_the_next_read(self, ecograph: EcoGraph) -> None:
        """
        When an approval returns, the next reader sees what was approved; who reads meanwhile keeps the old revision.
        """
        before = ecograph.view()
        ecograph.desk.approve(submitted(ecograph, "a"), OPERATOR)
        after = ecograph.view()
        assert titles(after) == {"Behov a"}
        assert titles(before) == set()
        assert (before.revision, after.revision) == (0, 1)

    def test_built_before_it_is_shown(self, ecograph: EcoGraph) -> None:
        """
        A new view has the parts that the old one had before any reader gets it, and keeps the concepts as they are.
        """
        before = ecograph.view()
        _ = (before.concepts, before.datasets)
        built: list[tuple[int, int]] = []
        ecograph.before_showing.append(lambda view: built.append((view.revision, ecograph.view().revision)))
        ecograph.desk.approve(submitted(ecograph, "a"), OPERATOR)
        assert built == [(1, 0)]
        assert "datasets" in ecograph.view().built
        assert ecograph.view().concepts is before.concepts

    def test_matching_follows_what_is_published_and_withdrawn(self, ecograph: EcoGraph) -> None:
        """
        The matcher of a later revision goes on from the one before it, and knows what came and what went.
        """
        first = ecograph.view().matcher
        contribution = submitted(ecograph, "a")
        ecograph.desk.approve(contribution, OPERATOR)
        second = ecograph.view().matcher
        ecograph.publisher.withdraw(contribution, "operator", "a mistake")
        third = ecograph.view().matcher
        assert [len(matcher.needs()) for matcher in (first, second, third)] == [0, 1, 0]
        assert first.evidence.statements is second.evidence.statements is third.evidence.statements
        assert third.revision == ecograph.view().revision == 2

    def test_matching_is_built_anew_when_a_vocabulary_changes(self, ecograph: EcoGraph) -> None:
        """
        What comes with the software holds the concepts, by which every text is read: nothing is taken over then.
        """
        before = ecograph.view().matcher
        ecograph.load([])
        after = ecograph.view().matcher
        assert after.evidence.statements is not before.evidence.statements
        assert after.profile_text("skybrud", "da").concepts

    def test_many_publications_share_a_refresh(self, ecograph: EcoGraph) -> None:
        """
        Of many who publish at once, each sees its own when it returns, and not each of them builds a view.
        """
        ecograph.view()
        waiting = [submitted(ecograph, f"n{number}") for number in range(8)]
        built: list[View] = []
        ecograph.before_showing.append(built.append)
        everybody = threading.Barrier(len(waiting))
        missed: list[str] = []

        def approve(number: int) -> None:
            everybody.wait()
            ecograph.desk.approve(waiting[number], OPERATOR)
            if f"Behov n{number}" not in titles(ecograph.view()):
                missed.append(f"n{number}")

        threads = [threading.Thread(target=approve, args=(number,)) for number in range(len(waiting))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert missed == []
        assert len(built) <= len(waiting)
        assert [view.revision for view in built] == sorted({view.revision for view in built})

    def test_load_is_seen(self, ecograph: EcoGraph, tmp_path: Path) -> None:
        """
        What an operator loads is seen by the next reader of the same process.
        """
        ecograph.view()
        table = tmp_path / "need.csv"
        table.write_text("id,title_da,country\nn,Et behov,dk\n", encoding="utf-8")
        description = (RESOURCES / "examples" / "people" / "dataset.ttl").read_text("utf-8")
        (tmp_path / "dataset.ttl").write_text(
            description.replace("contribution/people", f"contribution/{SLUG}"), "utf-8"
        )
        ecograph.load([table, tmp_path / "dataset.ttl"], publisher=SLUG)
        assert titles(ecograph.view()) == {"Et behov"}


class TestQueries:
    def test_answered_from_what_readers_see(self, ecograph: EcoGraph) -> None:
        """
        A query that names no revision is answered from the one that readers see, also when that is a later one.
        """
        titled = admit(
            f"SELECT ?title WHERE {{ GRAPH <{graph_iri(SLUG).value}> {{ ?need <{DCTERMS.title.value}> ?title }} }}"
        )
        before = ecograph.queries.run(titled, "text/csv").body
        ecograph.desk.approve(submitted(ecograph, "a"), OPERATOR)
        after = ecograph.queries.run(titled, "text/csv").body
        assert (before.split(), after.split()) == ([b"title"], [b"title", b"Behov", b"a"])


class TestSpace:
    def test_registers_and_partners(self, ecograph: EcoGraph) -> None:
        """
        Registers that are shipped name things in the common space, partners in their own.
        """
        assert ecograph.space_of("ror") == COMMON
        assert ecograph.space_of(SLUG) == Space(SLUG)


class TestCheck:
    def test_files_of_nobody_yet(self, ecograph: EcoGraph, tmp_path: Path) -> None:
        """
        Files are checked before it is said whose they are: everything that is found, and how they were read.
        """
        table = tmp_path / "need.csv"
        table.write_text("id;title_da;country\nn;Et behov;zz\n", encoding="utf-8")
        staged = ecograph.check([table])
        assert [finding.code for finding in staged.report.violations] == ["unknown-concept"]
        assert "need.csv" in staged.tables[0].how_read("da")
