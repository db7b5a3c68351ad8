"""The ledger written to a server: step by step, killed and gone on with, checked, and refused where it must be."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions

from contract.conftest import Tried, clear
from ecograph.contribute.publishing import Publisher
from ecograph.errors import NotLoaded, StoreForeign, StoreMismatch, StoreUnavailable
from ecograph.identifiers import graph_iri, thing_iri
from ecograph.ledger.records import ContributionRecord, State
from ecograph.ledger.sql import Ledger
from ecograph.namespaces import ECO
from ecograph.rdf.patch import Patch, Step, merged
from ecograph.store.base import Projection
from ecograph.store.endpoint import Address, Endpoint
from ecograph.store.memory import MemoryStore
from ecograph.store.remote import RemoteStore

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("projector.py")
REVISIONS = 8
STATEMENTS = 20 * REVISIONS - 5 * (REVISIONS - 1) + 1
HERE, THERE = graph_iri("synthetic-shore"), graph_iri("synthetic-hill")


def publish(publisher: Publisher, ledger: Ledger, patch: Patch) -> None:
    """Take one synthetic contribution through the ledger."""
    payload = str(ledger.head).encode()
    digest = hashlib.sha256(payload).hexdigest()
    record = ContributionRecord("synthetic", "Synthetic", "", "", digest, payload, "test")
    contribution = ledger.receive(record)
    ledger.decide(contribution, State.APPROVED, "test")
    publisher.publish(contribution, patch, "test")


def revision(number: int) -> Patch:
    """Ten new statements in each of two graphs, and some of the one before gone from one of them."""

    def said(of: int, graph: NamedNode) -> list[Quad]:
        return [Quad(thing_iri("need", f"n{of}"), ECO.note, Literal(f"Ærø {of}.{each}"), graph) for each in range(10)]

    gone = said(number - 1, HERE)[:5] if number else []
    return Patch((*said(number, HERE), *said(number, THERE)), tuple(gone))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger of a few synthetic revisions."""
    with closing(Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")) as ledger:
        publisher = Publisher(ledger, MemoryStore())
        for number in range(REVISIONS):
            publish(publisher, ledger, revision(number))
        yield ledger


@pytest.fixture
def target(remote: Tried, tmp_path: Path) -> Iterator[RemoteStore]:
    """An empty dataset on each server."""
    store = remote.empty(tmp_path)
    assert isinstance(store, RemoteStore)
    yield store
    store.close()


def arguments(place: Address, directory: Path) -> list[str]:
    """What `projector.py` is told."""
    login = [place.user, place.password] if place.user and place.password else []
    return [str(directory / "ledger.sqlite"), place.query, str(place.update), *login]


def command(place: Address) -> list[str]:
    """`ecograph project` onto a server; the password is in the environment."""
    login = ["--user", place.user] if place.user else []
    return ["project", "--to", place.query, "--update", str(place.update), *login]


def run(*arguments: str, data: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """The command in a process, as a person starts it."""
    return subprocess.run(
        [sys.executable, "-c", "from ecograph.cli import main; main()", "--data", str(data), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "ECOGRAPH_RESOURCES_DIR": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200", **more},
    )


def merge_of(store: Projection) -> set[str]:
    """The statements of the default graph."""
    rows = store.state().query("SELECT ?s ?p ?o WHERE { ?s ?p ?o }")
    assert isinstance(rows, QuerySolutions)
    return {f"{row['s']} {row['p']} {row['o']}" for row in rows}


class TestProjecting:
    @pytest.mark.slow
    def test_killed_projection_goes_on(
        self, remote: Tried, target: RemoteStore, ledger: Ledger, tmp_path: Path
    ) -> None:
        """
        A projection that is killed in the midst of a revision goes on from the revision before, and ends right.
        """
        command = [sys.executable, str(SCRIPT), *arguments(remote.address, tmp_path)]
        reached = [0]
        for requests in (12, 17):
            with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
                assert process.stdout
                for _ in range(requests):
                    process.stdout.readline()
                process.kill()
            reached.append(target.revision)
        assert reached == sorted(set(reached))
        assert reached[-1] < REVISIONS
        done = subprocess.run(command, capture_output=True, check=True)
        assert done.stdout.endswith(b"done\n")
        assert target.revision == REVISIONS
        assert target.verify(each.step for each in ledger.revisions()) == STATEMENTS

    @pytest.mark.slow
    def test_killed_rebuild_is_begun_anew(
        self, remote: Tried, target: RemoteStore, ledger: Ledger, tmp_path: Path
    ) -> None:
        """
        A rebuild that is killed after any of its requests is known for one by whoever projects next, who ends right.
        """
        Publisher(ledger, target).catch_up()
        script = [sys.executable, str(SCRIPT)]
        steps = [each.step for each in ledger.revisions()]
        for requests in (*range(1, 9), 14):
            killed = subprocess.run(
                [*script, "--rebuild", str(requests), *arguments(remote.address, tmp_path)], capture_output=True
            )
            assert killed.returncode == -signal.SIGKILL, killed.stderr
            assert requests == 1 or target.revision < REVISIONS
            with closing(RemoteStore.open(remote.address)) as again:
                Publisher(ledger, again).catch_up()
                assert again.revision == REVISIONS
                assert again.verify(steps) == STATEMENTS

    def test_two_do_not_write_the_same_revision(self, remote: Tried, target: RemoteStore, ledger: Ledger) -> None:
        """
        Whoever finds that another has written the revision that is next leaves it at that, and says so.
        """
        first, *others = [each.step for each in ledger.revisions()]
        with closing(RemoteStore.open(remote.address)) as another:

            def overtaken() -> Iterator[Step]:
                yield first
                another.apply(others[0].number, merged(Patch.from_bytes(part) for part in others[0].parts))
                yield from others

            with pytest.raises(StoreUnavailable, match="another “ecograph project” is writing to it"):
                target.rebuild(overtaken())
            with pytest.raises(StoreUnavailable, match="another “ecograph project” is writing to it"):
                target.apply(1, revision(0))
            Publisher(ledger, another).catch_up()
            another.rebuild((first, *others[:1]))
            with pytest.raises(StoreUnavailable, match="another “ecograph project” is writing to it"):
                target.apply(REVISIONS + 1, revision(REVISIONS))
            Publisher(ledger, another).catch_up()
        assert target.verify((first, *others)) == STATEMENTS

    def test_only_what_is_new_is_written(self, target: RemoteStore, ledger: Ledger) -> None:
        """
        Projecting again writes the revisions since; a sample then shows that the server says what the ledger says.
        """
        Publisher(ledger, target).catch_up()
        local = MemoryStore()
        publisher = Publisher(ledger, local)
        publisher.catch_up()
        publish(publisher, ledger, revision(REVISIONS))
        seen: list[int] = []
        Publisher(ledger, target).catch_up(lambda done, total: seen.append(done))
        assert seen == [REVISIONS + 1]
        steps = [each.step for each in ledger.revisions()]
        assert target.check(steps, sample=20) == 20
        target.endpoint.update(f"DELETE WHERE {{ GRAPH {HERE} {{ {thing_iri('need', 'n3')} ?p ?o }} }}")
        with pytest.raises(StoreMismatch) as caught:
            target.check(steps, sample=20)
        assert caught.value.values == {"missing": 5, "extra": 0}
        target.rebuild(steps)
        assert target.verify(steps) == len(list(local.state().quads()))

    def test_statement_in_place_of_another_is_found(self, target: RemoteStore, ledger: Ledger) -> None:
        """
        Where the counts agree, looking at all statements finds the one that is not the ledger's.
        """
        Publisher(ledger, target).catch_up()
        one = revision(2).additions[0]
        target.endpoint.update(f"DELETE DATA {{ GRAPH {one.graph_name} {{ {one.triple} }} }}")
        target.endpoint.update(f'INSERT DATA {{ GRAPH {one.graph_name} {{ {one.subject} {one.predicate} "x" }} }}')
        with pytest.raises(StoreMismatch) as caught:
            target.verify(each.step for each in ledger.revisions())
        assert caught.value.values == {"missing": 1, "extra": 1}


@pytest.mark.parametrize("remote", ["oxigraph"], indirect=True)
class TestDefaultGraph:
    @pytest.mark.parametrize("graph_store", [True, False])
    def test_dump_loaded_by_the_engine_gets_its_default_graph(
        self, remote: Tried, target: RemoteStore, ledger: Ledger, graph_store: bool
    ) -> None:
        """
        After the engine's own loader took the N-Quads dump, nothing is served before projecting wrote the merge.
        """
        local = MemoryStore()
        Publisher(ledger, local).catch_up()
        dump = "".join(f"{quad.triple} {quad.graph_name} .\n" for quad in local.state().quads())
        place = remote.address if graph_store else replace(remote.address, graphs=None)
        clear(remote.address)
        sent = httpx.post(str(remote.address.graphs), content=dump, headers={"Content-Type": "application/n-quads"})
        assert sent.is_success
        with pytest.raises(StoreUnavailable, match="default graph does not show"):
            RemoteStore.reader(place)
        steps = [each.step for each in ledger.revisions()]
        with pytest.raises(StoreMismatch):
            target.verify(steps)
        with closing(RemoteStore.open(place)) as store:
            assert store.verify(steps) == STATEMENTS
            assert merge_of(store) == merge_of(local)
        RemoteStore.reader(place).close()

    @pytest.mark.parametrize("sample", [None, 20])
    def test_default_graph_is_compared_as_well(self, target: RemoteStore, ledger: Ledger, sample: int | None) -> None:
        """
        What only the default graph lacks, or says otherwise, is found; a rebuild puts it right.
        """
        Publisher(ledger, target).catch_up()
        steps = [each.step for each in ledger.revisions()]
        one = revision(2).additions[0].triple
        target.endpoint.update(f"DELETE DATA {{ {one} }}")
        with pytest.raises(StoreMismatch) as caught:
            target.check(steps, sample)
        assert caught.value.values == {"missing": 1, "extra": 0}
        if sample is None:
            target.endpoint.update(f'INSERT DATA {{ {one.subject} {one.predicate} "x" }}')
            with pytest.raises(StoreMismatch) as caught:
                target.verify(steps)
            assert caught.value.values == {"missing": 1, "extra": 1}
        target.rebuild(steps)
        target.check(steps, sample)

    def test_default_graph_that_was_left_behind_is_written_anew(
        self, remote: Tried, target: RemoteStore, ledger: Ledger
    ) -> None:
        """
        Where the default graph's own mark is not that of the named graphs, projecting writes it from them.
        """
        Publisher(ledger, target).catch_up()
        target.endpoint.update(f'CLEAR DEFAULT ; INSERT DATA {{ {HERE} {ECO.note} "old" }}')
        with closing(RemoteStore.open(remote.address)) as store:
            assert store.verify(each.step for each in ledger.revisions()) == STATEMENTS


class TestCommand:
    @pytest.mark.slow
    def test_commands_that_overlap_take_turns(
        self, remote: Tried, target: RemoteStore, ledger: Ledger, tmp_path: Path
    ) -> None:
        """
        Of several `ecograph project` at once, those that find another at work say so, and the store ends right.
        """
        place = remote.address
        with ThreadPoolExecutor(4) as threads:
            started = [
                threads.submit(run, *command(place), data=tmp_path, ECOGRAPH_STORE_PASSWORD=place.password or "")
                for _ in range(4)
            ]
            done = [each.result() for each in started]
        assert 0 in {each.returncode for each in done}
        for each in done:
            assert "Traceback" not in each.stderr
            assert each.returncode == 0 or "another “ecograph project” is writing to it" in each.stderr, each.stderr
        assert target.verify(each.step for each in ledger.revisions()) == STATEMENTS

    @pytest.mark.slow
    def test_command_projects_and_checks(
        self, remote: Tried, target: RemoteStore, ledger: Ledger, tmp_path: Path
    ) -> None:
        """
        `ecograph project` brings a server to the ledger's head and compares; the password comes from the environment.
        """
        place = remote.address
        where = ("--to", place.query, "--update", str(place.update), "--graph-store", str(place.graphs))
        login = ("--user", place.user) if place.user else ()
        secret = {"ECOGRAPH_STORE_PASSWORD": place.password or ""}
        done = run("project", *where, *login, "--verify", "all", data=tmp_path, **secret)
        assert done.returncode == 0, done.stderr
        assert "statements are what the ledger says" in done.stderr
        assert target.revision == REVISIONS
        if place.user:
            wrong = run("project", *where, *login, "--rebuild", data=tmp_path, ECOGRAPH_STORE_PASSWORD="wrong")
            assert wrong.returncode == 3
            assert "wants another user name or password" in wrong.stderr


class TestRefusals:
    def test_dataset_of_somebody_else_is_left_alone(self, remote: Tried) -> None:
        """
        A dataset that holds graphs under our names, without our mark, is not written to.
        """
        clear(remote.address)
        with closing(Endpoint(remote.address)) as endpoint:
            endpoint.update(f'INSERT DATA {{ GRAPH {HERE} {{ {HERE} {ECO.note} "somebody else" }} }}')
            with pytest.raises(StoreForeign):
                RemoteStore.open(remote.address)
            assert endpoint.holds(f"ASK {{ GRAPH {HERE} {{ ?s ?p ?o }} }}")
        clear(remote.address)
        with pytest.raises(NotLoaded):
            RemoteStore.reader(remote.address)

    def test_server_that_does_not_answer_is_named(self) -> None:
        """
        Where nothing listens, the error names the address.
        """
        with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:9/query"):
            RemoteStore.open(Address("http://127.0.0.1:9/query"))
