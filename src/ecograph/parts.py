"""What an EcoGraph is made of: each part made from the settings when it is first asked for, closed with the others."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from functools import cached_property
from typing import Self

from ecograph.analyse.dumps import Dumps
from ecograph.config import Settings
from ecograph.contribute.desk import Desk
from ecograph.contribute.publishing import Publisher
from ecograph.contribute.rules import Rules
from ecograph.contribute.workers import ContributionWorkers
from ecograph.current import Current
from ecograph.errors import ReadOnly
from ecograph.history import History
from ecograph.isolation.pool import SlowLane
from ecograph.ledger.sql import Ledger
from ecograph.query.catalogue import Catalogue
from ecograph.query.remote import RemoteAnswers
from ecograph.query.workers import Answers, WorkerPool
from ecograph.store.endpoint import Address
from ecograph.store.oxigraph import EmbeddedStore
from ecograph.store.remote import RemoteStore
from ecograph.text.vectors import VectorCache, Vectors
from ecograph.view import View


class Parts:
    """
    The parts of one EcoGraph, and how they hold together.

    Args:
        settings: What each is made from.
        store: What readers see; closed with the others.
        ledger: The memory, where this process publishes; closed with the others. None where it only reads.
    """

    def __init__(self, settings: Settings, store: EmbeddedStore | RemoteStore, ledger: Ledger | None) -> None:
        self.settings = settings
        self.store = store
        self._ledger = ledger
        self._workers: ContributionWorkers | None = None
        self._starting = threading.Lock()
        self._closing = ExitStack()
        past = None
        if ledger:
            self._closing.callback(ledger.close)
            place, kept = settings.data_dir / "past", settings.past_kept
            past = History(ledger, place, kept, lambda snapshot: View(snapshot, self.rules))
        self._closing.callback(store.close)
        self._current = Current(
            store, lambda snapshot, concepts: View(snapshot, self.rules, concepts, self.vectors), ledger, past
        )
        self._closing.callback(self._current.close)

    @property
    def ledger(self) -> Ledger:
        """
        The memory.

        Raises:
            ReadOnly: This EcoGraph was opened for reading.
        """
        if self._ledger is None:
            raise ReadOnly()
        return self._ledger

    @property
    def writes(self) -> bool:
        """Whether it was opened for writing."""
        return self._ledger is not None

    @property
    def history(self) -> History[View]:
        """
        The graph as it was.

        Raises:
            NoHistory: This EcoGraph was opened for reading.
        """
        return self._current.history

    @cached_property
    def publisher(self) -> Publisher:
        """The one writer."""
        return Publisher(self.ledger, self.store, self._published)

    @cached_property
    def dumps(self) -> Dumps:
        """The graph as files, for the last few revisions."""
        dumps = Dumps(self.settings.data_dir / "dumps")
        self._closing.callback(dumps.close)
        return dumps

    @cached_property
    def rules(self) -> Rules:
        """What contributions are held against."""
        return Rules.load(self.settings.resources_dir)

    @cached_property
    def desk(self) -> Desk:
        """The way of a contribution, for partners and reviewers; files are read in processes of their own."""
        return Desk(self.ledger, self.store, self.publisher, self.rules, self.contribution_workers.run)

    @property
    def contribution_workers(self) -> ContributionWorkers:
        """The processes that read and check uploaded files; started when first needed."""
        with self._starting:
            if self._workers is None:
                self._workers = ContributionWorkers(
                    self.settings.resources_dir,
                    size=self.settings.contribution_workers,
                    queue=self.settings.contribution_queue,
                    timeout_s=self.settings.contribution_timeout_s,
                    memory_bytes=self.settings.contribution_memory_bytes,
                )
                self._closing.callback(self._workers.close)
            return self._workers

    @cached_property
    def vectors(self) -> Vectors:
        """What texts mean, as far as it has been read."""
        key = self.settings.embedder_key
        cache = VectorCache(self.settings.vectors_path)
        return Vectors(cache, self.settings.embedder, key.get_secret_value() if key else None)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The questions in `queries/`."""
        return Catalogue.load(self.settings.resources_dir / "queries")

    @cached_property
    def queries(self) -> Answers:
        """What runs people's SPARQL, on the revision of the current view: processes, or the server with the graph."""
        answers = _answers(self.settings, self.store)
        self._closing.callback(answers.close)
        self._current.also_switch(answers.switch)
        return answers

    def close(self) -> None:
        """Stop the workers, and let the store and the ledger go."""
        self._closing.close()

    def _published(self) -> None:
        self.history.clean()
        self.dumps.clean(self.history.erased())
        self._current.refresh()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def reader(settings: Settings) -> EmbeddedStore | RemoteStore:
    """
    The store for reading: of the data directory, or the server that the settings name.

    Raises:
        NotLoaded: It holds no graph yet.
        StoreUnavailable: The server does not answer, or refuses.
    """
    if settings.store_url is None:
        return EmbeddedStore.reader(settings.data_dir / "store")
    settings.data_dir.mkdir(parents=True, exist_ok=True)  # for what is kept of texts
    return RemoteStore.reader(Address(settings.store_url, user=settings.store_user, password=settings.store_secret))


def _answers(settings: Settings, store: EmbeddedStore | RemoteStore) -> Answers:
    if isinstance(store, RemoteStore):
        return RemoteAnswers(
            store.endpoint,
            size=settings.query_workers + settings.query_slow_workers,
            queue=settings.query_queue,
            timeout_s=settings.query_timeout_s,
            result_bytes=settings.query_result_bytes,
            rows=settings.query_rows,
        )
    return WorkerPool(
        size=settings.query_workers,
        queue=settings.query_queue,
        timeout_s=settings.query_timeout_s,
        memory_bytes=settings.query_memory_bytes,
        result_bytes=settings.query_result_bytes,
        rows=settings.query_rows,
        slow=SlowLane(settings.query_slow_workers, settings.query_slow_after_s, settings.query_slow_per_minute),
    )
