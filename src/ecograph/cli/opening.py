"""A data directory, opened as far as a command needs it."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cached_property
from typing import Self

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.contribute.rules import Rules
from ecograph.errors import AlreadyOpen, NotLoaded
from ecograph.identifiers import Space
from ecograph.messages import Language, text
from ecograph.store.base import Snapshot


class Opened:
    """
    An EcoGraph on a data directory, opened when something asks for it: for reading, or for writing.

    Whoever runs commands on the directory is its operator.
    """

    def __init__(self, settings: Settings, lang: Language) -> None:
        self.settings = settings
        self.lang = lang
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @cached_property
    def reading(self) -> EcoGraph:
        """
        The graph as it is published, also beside a running service.

        Raises:
            NotLoaded: There is none yet.
        """
        if "writing" in self.__dict__:
            return self.writing
        return self._open.enter_context(EcoGraph.read(self.settings))

    @cached_property
    def writing(self) -> EcoGraph:
        """
        The directory, for this process alone.

        Raises:
            AlreadyOpen: Another process has it.
        """
        try:
            return self._open.enter_context(EcoGraph.open(self.settings))
        except AlreadyOpen as error:
            error.add_note(text("cli.use-endpoint", self.lang))
            raise

    @cached_property
    def rules(self) -> Rules:
        """What contributions are held against."""
        return Rules.load(self.settings.resources_dir)

    def graph(self, held: ExitStack, publisher: str) -> tuple[Snapshot | None, Rules, Space]:
        """What is published, the rules, and whose names a publisher gives."""
        try:
            ecograph = self.reading
        except NotLoaded:
            return None, self.rules, Space(publisher)
        snapshot = ecograph.snapshot()
        held.callback(snapshot.close)
        return snapshot, ecograph.rules, ecograph.space_of(publisher)
