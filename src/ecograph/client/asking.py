"""What can be asked of an EcoGraph, wherever it is: answers are what REST writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ecograph.messages import Language

if TYPE_CHECKING:
    from networkx import MultiDiGraph

    from ecograph.contribute.packing import SourceFile
    from ecograph.match.model import Group

Json = dict[str, Any]
"""An object as REST writes it."""


@dataclass(frozen=True)
class MatchAsked:
    """Who is to be found for a need: its id or its words, and what candidates; `weighting` says what counts most."""

    need: str
    countries: Sequence[str] | None = None
    groups: Sequence[Group] | None = None
    top: int = 5
    weighting: str | None = None


@dataclass(frozen=True)
class WhyAsked:
    """Why somebody is in the list for a need, or not; `goal` is the rank asked for."""

    need: str
    who: str
    countries: Sequence[str] | None = None
    goal: int | None = None
    weighting: str | None = None


@dataclass(frozen=True)
class Result:
    """What a SPARQL query gave: the bytes, what they are, and whether they were cut at a limit."""

    body: bytes
    media_type: str
    truncated: bool = False


class Asking(Protocol):
    """Whoever answers: this process from a data directory, or a service."""

    def match(self, asked: MatchAsked) -> Json:
        """Who fits a need."""

    def why(self, asked: WhyAsked) -> Json:
        """Why somebody is in the list for a need, or not."""

    def consortium(self, asked: Json) -> Json:
        """Who could meet a need together, within rules as REST is asked for them."""

    def search(self, words: str, limit: int, lang: Language) -> list[Json]:
        """Things by name or words."""

    def sparql(self, query: str, accept: str) -> Result:
        """The answer to a query."""

    def questions(self) -> list[Json]:
        """The questions of the catalogue."""

    def question(self, slug: str, values: Mapping[str, Sequence[str]], accept: str, lang: Language) -> Result:
        """The answer to a question of the catalogue."""

    def network(self) -> MultiDiGraph[str]:
        """The things and the statements between them."""

    def check(self, files: Sequence[SourceFile], fields: Mapping[str, str]) -> Json:
        """What is found in files; nothing is kept."""

    def close(self) -> None:
        """Let go of everything."""
