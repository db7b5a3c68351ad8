"""
One EcoGraph, opened from the settings: what readers, partners and operators ask of it.

Everything in the store comes through the ledger: the model and the vocabularies as contributions of EcoGraph itself,
the folders of `data/` as any partner's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Self

from ecograph.config import Settings
from ecograph.contribute import loading, staging, uploads
from ecograph.contribute.door import Progress
from ecograph.contribute.loading import Loaded
from ecograph.contribute.options import Options
from ecograph.contribute.packing import SourceFile
from ecograph.contribute.staged import Staged
from ecograph.errors import PartnerExists, ReadOnly
from ecograph.identifiers import COMMON, SLUG, Space, graph_iri
from ecograph.ledger.partners import Partner
from ecograph.ledger.sql import Ledger
from ecograph.messages import language_of, text
from ecograph.parts import Parts, reader
from ecograph.store.base import Snapshot
from ecograph.store.oxigraph import EmbeddedStore
from ecograph.view import View

__all__ = ["EcoGraph", "Loaded", "View"]


class EcoGraph(Parts):
    """
    One EcoGraph on one data directory.

    `open` takes the directory for writing; `read` only looks at the current generation, also beside a running service.
    """

    @classmethod
    def open(cls, settings: Settings) -> Self:
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
    def read(cls, settings: Settings) -> Self:
        """
        Open the current generation for reading, or the graph on the server that the settings name.

        Raises:
            NotLoaded: The directory, or the server, holds no graph yet.
            StoreUnavailable: The server does not answer, or refuses.
        """
        return cls(settings, reader(settings), None)

    @property
    def before_showing(self) -> list[Callable[[View], object]]:
        """What else is built for a new view before readers get it."""
        return self._current.before_showing

    @property
    def revision(self) -> int:
        """The revision that readers see."""
        return self.store.shown

    def snapshot(self) -> Snapshot:
        """The current revision, for a reader of its own; close it."""
        return self.store.snapshot()

    def triples(self) -> int:
        """How many statements readers see."""
        with self.store.snapshot() as snapshot:
            return len(snapshot)

    def view(self) -> View:
        """The current revision with everything that answers questions about it; shared, so do not close it."""
        return self._current.view()

    def view_at(self, moment: str | None = None) -> AbstractContextManager[View]:
        """A past revision with everything that answers questions about it; see `Current.at`."""
        return self._current.at(moment)

    @contextmanager
    def at(self, moment: str | None = None) -> Iterator[Snapshot]:
        """
        The graph as it was at a moment, as `view_at` does; `ecograph.queries` answers from the snapshot's `path`.
        """
        with self.view_at(moment) as view:
            yield view.snapshot

    def refresh(self) -> None:
        """Answer from the newest revision from now on; see `Current.refresh`."""
        self._current.refresh()

    def warm(self) -> None:
        """Build what answers the first visitor before they come."""
        self._current.warm()

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

    def load(
        self, paths: Iterable[Path] | None = None, *, publisher: str | None = None, watch: Progress | None = None
    ) -> Loaded:
        """
        Publish what comes with the software, then folders or files, through the door, and read the texts.

        Args:
            paths: Folders with a `dataset.ttl`, or single files with `publisher`; None for every folder of `data/`.
            publisher: Whose data single files are.
            watch: Called as the work goes on.

        Raises:
            Rejected: A contribution has a violation. What was published before it stays.
            DiskFull: The ledger could not be written; what was published before stays.
        """
        loaded = loading.load(
            paths if paths is not None else self.shipped(),
            publisher,
            self.settings.resources_dir,
            self.rules,
            self.ledger,
            self.store,
            self.publisher,
            progress=watch,
        )
        self.read_texts(watch)
        return loaded

    def check(
        self,
        paths: Sequence[Path],
        *,
        publisher: str | None = None,
        template: str | None = None,
        mode: staging.Mode = "merge",
    ) -> Staged:
        """What is found in a folder or in files, against what is published; see `loading.check`."""
        with self.store.snapshot() as snapshot:
            return loading.check(
                paths, publisher, self.settings.resources_dir, self.rules, snapshot, template=template, mode=mode
            )

    def shipped(self) -> list[Path]:
        """The contribution folders that come with EcoGraph."""
        return loading.shipped(self.settings.resources_dir)

    def space_of(self, publisher: str) -> Space:
        """Whose names a publisher gives; see `loading.space_of`."""
        return loading.space_of(publisher, self.settings.resources_dir)

    def read_texts(self, watch: Progress | None = None, limit: int | None = None) -> int:
        """
        Read what the texts mean, as far as that has not been done yet; answers take it into account at once.

        Args:
            watch: Called as the work goes on.
            limit: At most so many texts; None for all.

        Returns:
            How many texts were read; none where there is no model.
        """
        label = text("meaning.reading", language_of(self.settings.language) or "en")
        texts = self.view().passages()
        read = self.vectors.fill(texts, watch and (lambda done, total: watch(done, total, label)), limit)
        if read:
            self._current.reread()
        return read

    def forget_texts(self) -> None:
        """Forget what was read of texts that are no longer in the graph."""
        self.vectors.keep_only(self.view().passages())

    def _has_published(self, publisher: str) -> bool:
        if not self.revision:
            return False
        with self.store.snapshot() as snapshot:
            return next(iter(snapshot.quads(graph=graph_iri(publisher))), None) is not None
