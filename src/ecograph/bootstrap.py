"""
Builds one EcoGraph from the settings: ledger, store, rules, matching and query workers, once.

Everything in the store comes through the ledger: the model and the vocabularies as contributions of EcoGraph itself,
the folders of `data/` as any partner's.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from ecograph.analyse.dumps import Dumps
from ecograph.config import Settings
from ecograph.contribute import door, provenance, staging, system, uploads
from ecograph.contribute.desk import NOBODY, Desk
from ecograph.contribute.options import Options
from ecograph.contribute.packing import SourceFile
from ecograph.contribute.publishing import Publisher
from ecograph.contribute.rules import Rules
from ecograph.contribute.staged import Staged
from ecograph.contribute.workers import ContributionWorkers
from ecograph.errors import NoHistory, PartnerExists, ReadOnly
from ecograph.history import History
from ecograph.identifiers import COMMON, SLUG, Space, graph_iri
from ecograph.isolation.pool import SlowLane
from ecograph.ledger.partners import Partner
from ecograph.ledger.records import Kind
from ecograph.ledger.sql import Ledger
from ecograph.messages import language_of, text
from ecograph.query.catalogue import Catalogue
from ecograph.query.remote import RemoteAnswers
from ecograph.query.workers import Answers, WorkerPool
from ecograph.shacl.report import Finding
from ecograph.store.base import Snapshot
from ecograph.store.endpoint import Address
from ecograph.store.oxigraph import EmbeddedStore
from ecograph.store.remote import RemoteStore
from ecograph.text.vectors import VectorCache, Vectors
from ecograph.view import View

__all__ = ["OPERATOR", "EcoGraph", "Loaded", "View", "Watch"]

Watch = Callable[[int, int, str], None]
"""Called with (done, total, what is being done)."""

_FOLLOWED_BYTES: Final = 4_000_000
"""Of written patches, some hundred thousand statements: after more, reading the whole graph anew is quicker."""

_COSTLY: Final = frozenset({"concepts", "matcher", "datasets"})
"""Parts of a view that a reader would wait for."""

OPERATOR = "operator"
"""Who loads what is shipped, as the ledger names them."""


@dataclass(frozen=True)
class Loaded:
    """What a load did: the revision it ended at, what was new or changed, and every finding on the way."""

    revision: int
    published: int
    triples: int
    findings: tuple[Finding, ...]


class EcoGraph:
    """
    One EcoGraph on one data directory.

    `open` takes the directory for writing; `read` only looks at the current generation, also beside a running service.
    """

    def __init__(self, settings: Settings, store: EmbeddedStore | RemoteStore, ledger: Ledger | None) -> None:
        self.settings = settings
        self.store = store
        self._ledger = ledger
        self._switching = threading.Lock()
        self._refreshing = threading.Lock()
        self._starting = threading.Lock()
        self._workers: ContributionWorkers | None = None
        self._view: View | None = None
        self._history = (
            History(ledger, settings.data_dir / "past", settings.past_kept, lambda snapshot: View(snapshot, self.rules))
            if ledger
            else None
        )
        self.before_showing: list[Callable[[View], object]] = []
        """What else is built for a new view before readers get it."""

    @classmethod
    def open(cls, settings: Settings) -> EcoGraph:
        """
        Open for writing, and replay what the ledger holds beyond the store.

        Raises:
            AlreadyOpen: Another instance holds the directory.
            LedgerBroken: The ledger is not as it was written.
        """
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with ExitStack() as undo:
            store = EmbeddedStore.open(settings.data_dir / "store")
            undo.callback(store.close)
            ledger = Ledger.open(settings.ledger_address)
            undo.callback(ledger.close)
            ecograph = cls(settings, store, ledger)
            ecograph.publisher.catch_up()
            undo.pop_all()
        return ecograph

    @classmethod
    def read(cls, settings: Settings) -> EcoGraph:
        """
        Open the current generation for reading, or the graph on the server that the settings name.

        Raises:
            NotLoaded: The directory, or the server, holds no graph yet.
            StoreUnavailable: The server does not answer, or refuses.
        """
        return cls(settings, cls._reader(settings), None)

    @staticmethod
    def _reader(settings: Settings) -> EmbeddedStore | RemoteStore:
        if settings.store_url is None:
            return EmbeddedStore.reader(settings.data_dir / "store")
        settings.data_dir.mkdir(parents=True, exist_ok=True)  # for what is kept of texts
        return RemoteStore.reader(Address(settings.store_url, user=settings.store_user, password=settings.store_secret))

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
        if self._history is None:
            raise NoHistory()
        return self._history

    @contextmanager
    def view_at(self, moment: str | None = None) -> Iterator[View]:
        """
        A past revision with everything that answers questions about it; shared, so do not close it.

        Args:
            moment: See `History.moment`; None for the current revision.

        Raises:
            BadParameter: It is no moment.
            UnknownMoment: There is no revision of that moment.
            NoHistory: This EcoGraph was opened for reading.
            QueryBusy: Too many wait for past revisions already.
        """
        entry = self.history.moment(moment) if moment is not None else None
        view = self.view()
        if entry is None or entry.number == view.revision:
            yield view
        else:
            with self.history.at(entry) as past:
                yield past

    @contextmanager
    def at(self, moment: str | None = None) -> Iterator[Snapshot]:
        """
        The graph as it was at a moment, as `view_at` does; `ecograph.queries` answers from the snapshot's `path`.
        """
        with self.view_at(moment) as view:
            yield view.snapshot

    @cached_property
    def publisher(self) -> Publisher:
        """The one writer."""
        return Publisher(self.ledger, self.store, self._published)

    @cached_property
    def dumps(self) -> Dumps:
        """The graph as files, for the last few revisions."""
        return Dumps(self.settings.data_dir / "dumps")

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
            return self._workers

    @cached_property
    def desk(self) -> Desk:
        """The way of a contribution, for partners and reviewers; files are read in processes of their own."""
        return Desk(self.ledger, self.store, self.publisher, self.rules, self.contribution_workers.run)

    def check_files(self, files: Sequence[SourceFile], options: Options, partner: str | None = None) -> Staged:
        """
        What is in files that somebody sends, with every finding; nothing is kept. Also where nothing can be written.

        Args:
            files: The files.
            options: How to read them.
            partner: Slug of whose they are; None for somebody who has not said.

        Raises:
            ReadOnly: A partner is named, and this EcoGraph was opened for reading.
            UnknownThing: No such partner.
            ContributionTimeout, ContributionTooBig, ContributionBusy: They could not be checked.
        """
        if partner is not None:
            return self.desk.check(files, options, partner)
        with self.store.snapshot() as snapshot:
            if snapshot.path is None:  # the workers could not look anything up
                raise ReadOnly()
            return uploads.check(files, options, None, snapshot, self.contribution_workers.run)

    def add_partner(self, slug: str, name: str, homepage: str, licence: str, language: str = "en") -> Partner:
        """
        Add a partner; see `Partners.add`.

        Raises:
            PartnerExists: There is one with that slug, or a graph of that name holds what somebody else has published.
            ReadOnly: This EcoGraph was opened for reading.
        """
        if self.space_of(slug) == COMMON or (SLUG.fullmatch(slug) and self._has_published(slug)):
            raise PartnerExists(slug=slug)
        return self.ledger.partners.add(slug, name, homepage, licence, language)

    def _has_published(self, publisher: str) -> bool:
        if not self.revision:
            return False
        with self.store.snapshot() as snapshot:
            return next(iter(snapshot.quads(graph=graph_iri(publisher))), None) is not None

    @cached_property
    def rules(self) -> Rules:
        """What contributions are held against."""
        return Rules.load(self.settings.resources_dir)

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
        if isinstance(self.store, RemoteStore):
            return RemoteAnswers(
                self.store.endpoint,
                size=self.settings.query_workers + self.settings.query_slow_workers,
                queue=self.settings.query_queue,
                timeout_s=self.settings.query_timeout_s,
                result_bytes=self.settings.query_result_bytes,
                rows=self.settings.query_rows,
            )
        return WorkerPool(
            self.view().snapshot.path,
            size=self.settings.query_workers,
            queue=self.settings.query_queue,
            timeout_s=self.settings.query_timeout_s,
            memory_bytes=self.settings.query_memory_bytes,
            result_bytes=self.settings.query_result_bytes,
            rows=self.settings.query_rows,
            slow=SlowLane(
                self.settings.query_slow_workers,
                self.settings.query_slow_after_s,
                self.settings.query_slow_per_minute,
            ),
        )

    @property
    def revision(self) -> int:
        """The revision that readers see."""
        return self.store.shown

    def snapshot(self) -> Snapshot:
        """The current revision, for a reader of its own; close it."""
        return self.store.snapshot()

    def view(self) -> View:
        """The current revision with everything that answers questions about it; shared, so do not close it."""
        with self._switching:
            # The process that publishes refreshes the view before a publication returns; others look for news here.
            if self._view is None or (self._ledger is None and self._view.revision != self.store.shown):
                self._show(View(self.store.snapshot(), self.rules, vectors=self.vectors))
            assert self._view is not None
            return self._view

    def refresh(self) -> None:
        """
        Answer from the newest revision from now on.

        Whoever reads meanwhile keeps the old view, until the new one has all the parts that the old one had. Of many
        who ask at once, most find that another's refresh has reached what they wrote.
        """
        with self._refreshing:
            with self._switching:  # so that a first view is either there or will be of this revision
                old = self._view
            if old is None or old.revision == self.store.shown:
                return
            new = self._view_after(old)
            for part in old.built & _COSTLY:
                getattr(new, part)
            self._show_built(new)

    def _published(self) -> None:
        self.history.clean()
        self.dumps.clean(self.history.erased())
        self.refresh()

    def _view_after(self, old: View) -> View:
        """The view of the newest revision, which takes over what has not changed since an old one."""
        snapshot = self.store.snapshot()
        # Read after the snapshot was taken, so that none of those it shows is missing.
        steps = list(self.ledger.revisions(after=old.revision))
        vocabulary = any(step.publisher == system.PUBLISHER for step in steps)
        new = View(snapshot, self.rules, old.__dict__.get("concepts") if not vocabulary else None, self.vectors)
        size_bytes = sum(len(part) for step in steps for part in step.parts)
        # What was erased is in no patch any more.
        erased = any(step.kind is Kind.ERASURE for step in steps)
        if not vocabulary and not erased and size_bytes <= _FOLLOWED_BYTES:
            new.follow(old, [quad for step in steps for quad in (*step.patch.additions, *step.patch.removals)])
        return new

    def _show_built(self, view: View) -> None:
        for build in self.before_showing:
            build(view)
        with self._switching:
            self._show(view)

    def _show(self, view: View) -> None:
        view.published_at = self._published_at(view.snapshot)
        self._view = view
        if "queries" in self.__dict__ and view.snapshot.path is not None:
            self.queries.switch(view.snapshot.path)

    def _published_at(self, snapshot: Snapshot) -> datetime | None:
        """When a revision was published, or without a ledger when its generation was made."""
        if self._ledger is not None:
            entry = self._ledger.timeline.entry(snapshot.revision)
            return entry.published_at if entry else None
        return datetime.fromtimestamp(snapshot.path.stat().st_mtime, UTC) if snapshot.path else None

    def warm(self) -> None:
        """Build what answers the first visitor before they come."""
        view = self.view()
        _ = (view.matcher, view.datasets, view.property_names)
        for build in self.before_showing:
            build(view)
        # What stays for good need not be looked through for garbage: with a large graph that would take seconds.
        gc.freeze()

    def triples(self) -> int:
        """How many statements readers see."""
        with self.store.snapshot() as snapshot:
            return len(snapshot)

    def load(
        self, paths: Iterable[Path] | None = None, *, publisher: str | None = None, watch: Watch | None = None
    ) -> Loaded:
        """
        Publish what comes with the software, then folders or files, through the door.

        Args:
            paths: Folders with a `dataset.ttl`, or single files with `publisher`; None for every folder of `data/`.
            publisher: Whose data single files are.
            watch: Called as the work goes on.

        Raises:
            Rejected: A contribution has a violation. What was published before it stays.
            DiskFull: The ledger could not be written; what was published before stays.
        """
        given = list(paths) if paths is not None else self.shipped()
        folders = [path for path in given if path.is_dir()]
        files = [path for path in given if not path.is_dir()]
        with self.publisher.batch():
            published = self._load_system(watch)
            outcomes = list(
                door.load(folders, self.rules, self.ledger, self.store, self.publisher, who=OPERATOR, progress=watch)
            )
            door.require(outcomes)
        if files:  # after the switch: they may refer to what the folders brought
            outcomes.append(
                door.contribute(
                    [SourceFile.at(path) for path in files],
                    publisher or OPERATOR,
                    self.rules,
                    self.ledger,
                    self.store,
                    self.publisher,
                    who=OPERATOR,
                    space=self.space_of(publisher or OPERATOR),
                )
            )
            door.require(outcomes)
        published += sum(outcome.revision is not None for outcome in outcomes)
        self.read_texts(watch)
        findings = tuple(finding for outcome in outcomes for finding in outcome.staged.report.findings)
        return Loaded(self.revision, published, self.triples(), findings)

    def shipped(self) -> list[Path]:
        """The contribution folders that come with EcoGraph."""
        found = (self.settings.resources_dir / "data").glob(f"*/{provenance.FILE_NAME}")
        return sorted(path.parent for path in found)

    def check(
        self,
        paths: Sequence[Path],
        *,
        publisher: str | None = None,
        template: str | None = None,
        mode: staging.Mode = "merge",
    ) -> Staged:
        """
        Everything that is found in a folder or in files, against what is published; nothing is written.

        Args:
            paths: One folder with a `dataset.ttl`, or files.
            publisher: Whose data the files are; None checks the rows alone, for those who have not published yet.
            template: The template of every table; None lets file names and headings tell.
            mode: What becomes of the publisher's things that the files leave out.
        """
        with self.store.snapshot() as snapshot:
            if len(paths) == 1 and paths[0].is_dir():
                return staging.stage_folder(paths[0], self.rules, snapshot)
            return staging.stage(
                [SourceFile.at(path) for path in paths],
                publisher or NOBODY,
                self.rules,
                snapshot,
                mode=mode,
                template=template,
                rows_only=publisher is None,
                space=self.space_of(publisher or NOBODY),
            )

    def space_of(self, publisher: str) -> Space:
        """Whose names a publisher gives: a register that is shipped the common ones, everybody else their own."""
        return COMMON if publisher in {folder.name for folder in self.shipped()} else Space(publisher)

    def read_texts(self, watch: Watch | None = None, limit: int | None = None) -> int:
        """
        Read what the texts mean, as far as that has not been done yet; answers take it into account at once.

        Args:
            watch: Called as the work goes on.
            limit: At most so many texts; None for all.

        Returns:
            How many texts were read; none where there is no model.
        """
        texts = self.view().passages()
        label = text("meaning.reading", language_of(self.settings.language) or "en")
        read = self.vectors.fill(texts, watch and (lambda done, total: watch(done, total, label)), limit)
        with self._refreshing:
            old = self.view()
            if read and "matcher" in old.built and old.revision == self.store.shown:
                self._show_built(old.reread(self.store.snapshot()))
        return read

    def forget_texts(self) -> None:
        """Forget what was read of texts that are no longer in the graph."""
        self.vectors.keep_only(self.view().passages())

    def _load_system(self, watch: Watch | None) -> int:
        """Publish each graph that comes with the software and is not what the store holds."""
        published = 0
        with self.publisher.batch():
            graphs = list(system.graphs(self.settings.resources_dir, self.rules))
            for done, graph in enumerate(graphs):
                if watch:
                    watch(done, len(graphs), graph.title)
                if graph.patch(self.store.state()):
                    self.publisher.publish(graph.approved(self.ledger, OPERATOR), graph.patch, OPERATOR)
                    published += 1
        return published

    def close(self) -> None:
        """Stop the workers, and let the store and the ledger go."""
        if "queries" in self.__dict__:
            self.queries.close()
        if self._workers:
            self._workers.close()
        if self._view:
            self._view.close()
        if self._history:
            self._history.close()
        if "dumps" in self.__dict__:
            self.dumps.close()
        self.store.close()
        if self._ledger:
            self._ledger.close()

    def __enter__(self) -> EcoGraph:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
