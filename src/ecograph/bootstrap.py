"""
Builds one EcoGraph from the settings: ledger, store, contract, vocabulary, matching and query workers, once.

Everything in the store comes through the ledger: the model and the vocabularies as contributions of EcoGraph itself,
the folders of `data/` as any partner's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pyoxigraph import NamedNode

from ecograph.config import Settings
from ecograph.contribute import door, provenance, system
from ecograph.contribute.provenance import Dataset
from ecograph.contribute.publishing import Publisher
from ecograph.errors import NotLoaded
from ecograph.ledger.records import ContributionRecord
from ecograph.ledger.sql import Ledger
from ecograph.match.matcher import Matcher
from ecograph.query.catalogue import Catalogue
from ecograph.query.workers import WorkerPool
from ecograph.rdf.patch import diff
from ecograph.shacl.contract import Contract
from ecograph.store.base import Snapshot
from ecograph.store.oxigraph import EmbeddedStore
from ecograph.vocabulary.concepts import Concepts
from ecograph.vocabulary.ontology import Ontology

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what is being done)."""


@dataclass(frozen=True)
class LoadSummary:
    """What a load did: the revision it ended at, and how many contributions were new or changed."""

    revision: int
    published: int
    triples: int


class View:
    """
    Everything that answers questions, at one revision: what a request holds from its first line to its last.

    The parts are built when first asked for, and live as long as the view.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._building = threading.Lock()

    @property
    def revision(self) -> int:
        """The ledger's revision that this view shows."""
        return self.snapshot.revision

    @cached_property
    def concepts(self) -> Concepts:
        """The concept schemes and vocabularies."""
        return Concepts.from_snapshot(self.snapshot)

    @cached_property
    def matcher(self) -> Matcher:
        """The matching projection of this revision."""
        return Matcher.build(self.snapshot, self.concepts)

    @cached_property
    def datasets(self) -> Mapping[NamedNode, Dataset]:
        """Who published each graph, from where, under which licence."""
        return provenance.datasets(self.snapshot)

    def warm(self) -> View:
        """Build every part now, so that no visitor waits for it."""
        with self._building:
            _ = (self.concepts, self.matcher, self.datasets)
        return self

    def close(self) -> None:
        """Let the generation go."""
        self.snapshot.close()


class EcoGraph:
    """
    One EcoGraph on one data directory.

    `open` takes the directory for writing; `read` only looks at the current generation, beside a running service.
    """

    def __init__(self, settings: Settings, store: EmbeddedStore, ledger: Ledger | None) -> None:
        self.settings = settings
        self.store = store
        self.ledger = ledger
        self._switch = threading.Lock()
        self._view: View | None = None

    @classmethod
    def open(cls, settings: Settings) -> EcoGraph:
        """
        Open for writing: replays what the ledger holds beyond the store.

        Raises:
            AlreadyOpen: Another instance holds the directory.
            LedgerBroken: The ledger's hash chain does not verify.
        """
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        store = EmbeddedStore.open(settings.data_dir / "store")
        ecograph = cls(settings, store, Ledger.open(settings.ledger_address))
        ecograph.publisher.catch_up()
        return ecograph

    @classmethod
    def read(cls, settings: Settings) -> EcoGraph:
        """
        Open the current generation for reading.

        Raises:
            NotLoaded: The directory holds no graph yet.
        """
        return cls(settings, EmbeddedStore.reader(settings.data_dir / "store"), None)

    def close(self) -> None:
        """Stop the workers and let the store and the ledger go."""
        if "queries" in self.__dict__:
            self.queries.close()
        if self._view:
            self._view.close()
        self.store.close()
        if self.ledger:
            self.ledger.close()

    def __enter__(self) -> EcoGraph:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
