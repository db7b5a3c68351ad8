"""Answers given by this process, from a data directory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ecograph.bootstrap import EcoGraph
from ecograph.client.asking import Json, MatchAsked, Result, WhyAsked
from ecograph.contribute.options import Options
from ecograph.contribute.packing import SourceFile
from ecograph.match import weights
from ecograph.match.model import MatchResult
from ecograph.messages import Language
from ecograph.query import guard
from ecograph.web import answering
from ecograph.web.reading import building, fulltext
from ecograph.web.reading.directory import MAX_PAGE, Filter
from ecograph.web.rest import contribution_models, models, queries, why_models

if TYPE_CHECKING:
    from networkx import MultiDiGraph


class Here:
    """
    Answers from an EcoGraph that is open.

    Args:
        ecograph: Of the data directory.
    """

    def __init__(self, ecograph: EcoGraph) -> None:
        self.ecograph = ecograph

    def match(self, asked: MatchAsked) -> Json:
        """Who fits a need."""
        return models.matches(self.matches(asked)).model_dump(mode="json")

    def matches(self, asked: MatchAsked) -> MatchResult:
        """Who fits a need, as the matcher has it."""
        return self.ecograph.view().match(
            asked.need,
            countries=asked.countries,
            groups=asked.groups or None,
            top=asked.top,
            weighting=asked.weighting or weights.DEFAULT,
        )

    def why(self, asked: WhyAsked) -> Json:
        """Why somebody is in the list for a need, or not."""
        view = self.ecograph.view()
        found = view.why(
            view.profile(asked.need),
            asked.who,
            countries=asked.countries,
            goal=asked.goal,
            weighting=asked.weighting or weights.DEFAULT,
        )
        return why_models.why(found).model_dump(mode="json")

    def consortium(self, asked: Json) -> Json:
        """Who could meet a need together, within rules as REST is asked for them."""
        from ecograph.web.rest import consortia

        return consortia.answer_json(self.ecograph.view(), asked)

    def search(self, words: str, limit: int, lang: Language) -> list[Json]:
        """Things by name or words."""
        view, cursor = self.ecograph.view(), None
        found: list[Json] = []
        wanted = Filter(text=words, also=fulltext.find(view, words, lang))
        while len(found) < limit:
            page = building.directory(view).find(
                wanted, lang, topics=True, limit=min(MAX_PAGE, limit - len(found)), cursor=cursor
            )
            found += [models.summary(view, each, lang).model_dump(mode="json") for each in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        return found

    def sparql(self, query: str, accept: str) -> Result:
        """The answer to a query."""
        return self._run(guard.admit(query), accept)

    def questions(self) -> list[Json]:
        """The questions of the catalogue."""
        found = queries.queries(self.ecograph, self.ecograph.view())
        return [each.model_dump(mode="json") for each in found]

    def question(self, slug: str, values: Mapping[str, Sequence[str]], accept: str, lang: Language) -> Result:
        """The answer to a question of the catalogue."""
        question = self.ecograph.catalogue.question(slug)
        found = answering.answer(self.ecograph, self.ecograph.view(), question, values, lang, accept=accept)
        return Result(found.body, found.content_type, found.truncated)

    def network(self) -> MultiDiGraph[str]:
        """The things and the statements between them."""
        from ecograph.analyse.network import network

        return network(self.ecograph.view().snapshot)

    def check(self, files: Sequence[SourceFile], fields: Mapping[str, str]) -> Json:
        """What is found in files; nothing is kept."""
        staged = self.ecograph.check_files(files, Options.from_json(fields))
        return contribution_models.check(staged)

    def close(self) -> None:
        """Let go of the data directory."""
        self.ecograph.close()

    def _run(self, query: guard.AdmittedQuery, accept: str) -> Result:
        view = self.ecograph.view()
        answer = self.ecograph.queries.run(query, accept, directory=view.snapshot.path)
        return Result(answer.body, answer.media_type, answer.truncated)
