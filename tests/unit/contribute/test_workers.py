"""Uploads handled in worker processes: the same answers as in this process, and errors as themselves."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import psutil
import pytest

from ecograph.contribute.packing import SourceFile
from ecograph.contribute.rules import Rules
from ecograph.contribute.tasks import Runner, in_process
from ecograph.contribute.workers import ContributionWorkers
from ecograph.errors import ContributionBusy, ContributionTimeout
from ecograph.rdf.patch import Patch
from ecograph.store.base import Snapshot
from ecograph.store.oxigraph import EmbeddedStore, MemorySnapshot

from .conftest import REPOSITORY, Stage, description, files

NEED = SourceFile("need-2.csv", b"id,title_da,country,topic\nn1,Skybrud i k\xc3\xa6ldre,dk,cloudburst\n,,,\n,x,xx,\n")


@pytest.fixture(scope="module")
def workers() -> Iterator[ContributionWorkers]:
    """Two workers."""
    with ContributionWorkers(REPOSITORY, timeout_s=20) as pool:
        yield pool


@pytest.fixture(scope="module")
def snapshot(staged: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """The synthetic contribution, published."""
    store = EmbeddedStore.open(tmp_path_factory.mktemp("workers"))
    with MemorySnapshot() as nothing:
        store.apply(1, staged().patch(nothing))
    store.switch()
    with store.snapshot() as published:
        yield published
    store.close()


class TestAnswers:
    def test_worker_finds_what_is_found_here(
        self, workers: ContributionWorkers, rules: Rules, snapshot: Snapshot
    ) -> None:
        """
        A file has the same statements, findings and reading in a worker as in this process.
        """
        runners: tuple[Runner, ...] = (workers.run, in_process(rules))
        for published in (None, snapshot):
            there, here = (run("stage", published, files=[*files(), NEED], publisher="synthetic") for run in runners)
            assert there.report.findings
            assert there == here

    def test_what_is_published_is_known(self, workers: ContributionWorkers, snapshot: Snapshot) -> None:
        """
        A worker knows the revision that the request holds, and the next one it is asked about.
        """
        refers = SourceFile("need.csv", b"id,title_da,raised_by\nn2,Varsling,municipality/dk-synthetic\n")
        asked = {"files": [description(), refers], "publisher": "other"}
        known, unknown = (workers.run("stage", published, **asked) for published in (snapshot, None))
        assert known.report.findings != unknown.report.findings

    def test_unknown_task_is_a_fault_of_ours(self, workers: ContributionWorkers) -> None:
        """
        Only the tasks that there are can be asked for.
        """
        with pytest.raises(KeyError):
            workers.run("system", None)

    def test_surprise_says_where(self, workers: ContributionWorkers) -> None:
        """
        A fault of ours in a worker is a surprise here, with its trace for the log.
        """
        with pytest.raises(RuntimeError, match="TypeError") as surprise:
            workers.run("stage", None, no_such_argument=1)
        assert "tasks.py" in surprise.value.__notes__[0]

    def test_snapshot_in_memory_is_refused(self, workers: ContributionWorkers) -> None:
        """
        What only this process can read cannot be handed to another.
        """
        with MemorySnapshot() as memory, pytest.raises(ValueError, match="another process"):
            workers.run("stage", memory, files=[NEED], publisher="synthetic")


class TestProcesses:
    def test_deadline_kills(self) -> None:
        """
        A check that takes too long is stopped, and said to be.
        """
        rows = b"".join(b"n%d,Skybrud,dk,cloudburst\n" % number for number in range(8000))
        with ContributionWorkers(REPOSITORY, size=1, timeout_s=1) as pool:
            with pytest.raises(ContributionTimeout) as late:
                pool.run("stage", None, files=[SourceFile("need.csv", NEED.data + rows)], publisher="synthetic")
            assert late.value.values["seconds"] == "1"
            assert len(pool.pids) == 1

    def test_worker_that_dies_while_idle_is_replaced(self, workers: ContributionWorkers) -> None:
        """
        A worker killed by the system is not noticed by the next check.
        """
        workers.run("stage", None, files=[NEED], publisher="synthetic")
        pids = workers.pids
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=0.2)
        assert workers.run("stage", None, files=[NEED], publisher="synthetic").quads

    def test_nothing_is_left_behind(self) -> None:
        """
        A closed pool leaves no process and no descriptor, and takes no more checks.
        """
        me = psutil.Process()
        children, descriptors = {child.pid for child in me.children()}, me.num_fds()
        with ContributionWorkers(REPOSITORY) as pool:
            pool.start()
            assert len(pool.pids) == 2
        assert {child.pid for child in me.children()} == children
        assert me.num_fds() == descriptors
        with pytest.raises(ContributionBusy):
            pool.run("stage", None, files=[NEED], publisher="synthetic")

    def test_worker_has_no_network(self, workers: ContributionWorkers) -> None:
        """
        A worker sits in a network namespace of its own or may open no socket, and says so.
        """
        workers.run("stage", None, files=[NEED], publisher="synthetic")
        assert any(worker.isolated for worker in workers._idle)

    def test_patch_of_a_staged_contribution_is_the_same(
        self, workers: ContributionWorkers, snapshot: Snapshot, staged: Stage
    ) -> None:
        """
        What a worker staged can be published here.
        """
        there = workers.run("stage", None, files=files(), publisher="synthetic", mode="whole")
        assert isinstance(there.patch(snapshot), Patch)
        assert not there.patch(snapshot)
