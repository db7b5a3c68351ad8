"""Answers given by a service at another address, over REST and SPARQL."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import httpx

from ecograph.client.asking import Json, MatchAsked, Result, WhyAsked
from ecograph.client.service import API, Service
from ecograph.errors import UnknownThing
from ecograph.identifiers import NAME
from ecograph.messages import Language
from ecograph.namespaces import ID

if TYPE_CHECKING:
    from networkx import MultiDiGraph

    from ecograph.contribute.packing import SourceFile

_JSON: Final = "application/json"
_TRUNCATED: Final = "EcoGraph-Truncated"
_OF_NODES: Final = ("kind", "country", "label_da", "label_sv", "label_en")  # what is empty is left out of the dump
_OF_EDGES: Final = ("property", "label", "graph")
_SEARCHED: Final = 20  # an exact name is among the first


class There:
    """
    Answers from a service.

    Args:
        service: Where it is.
    """

    def __init__(self, service: Service) -> None:
        self.service = service

    def match(self, asked: MatchAsked) -> Json:
        """Who fits a need: one in the graph, or else as it is written out."""
        return self._read(self.matches(asked, _JSON))

    def matches(self, asked: MatchAsked, accept: str) -> httpx.Response:
        """Who fits a need, in the format that `Accept` names."""
        if NAME.fullmatch(asked.need):
            chosen = {"country": list(asked.countries or ()), "group": list(asked.groups or ()), **_given(asked)}
            path = f"{API}/needs/{asked.need}/matches"
            try:
                return self.service.ask("GET", path, params=chosen, headers={"Accept": accept})
            except UnknownThing:
                if not self._read(self._typed(asked, _JSON))["need"]["concepts"]:
                    raise
        return self._typed(asked, accept)

    def why(self, asked: WhyAsked) -> Json:
        """Why somebody is in the list for a need, or not: one in the graph, or else as it is written out."""
        given = {"goal": asked.goal, "weighting": asked.weighting}
        parameters: dict[str, object] = {
            "country": list(asked.countries or ()),
            **{name: value for name, value in given.items() if value},
        }
        written_out = {**parameters, "text": asked.need, "who": asked.who}
        if not NAME.fullmatch(asked.need):
            return self._json("GET", f"{API}/matches/why", params=written_out)
        try:
            return self._json("GET", f"{API}/needs/{asked.need}/matches/{self._id_of(asked.who)}", params=parameters)
        except UnknownThing:
            found = self._json("GET", f"{API}/matches/why", params=written_out)
            if not found["need"]["concepts"]:
                raise
            return found

    def consortium(self, asked: Json) -> Json:
        """Who could meet a need together, within rules as REST is asked for them."""
        return self._json("POST", f"{API}/consortia", json=asked)

    def search(self, words: str, limit: int, lang: Language) -> list[Json]:
        """Things by name or words."""
        return list(self.service.items(f"{API}/search", {"q": words, "lang": lang}, limit))

    def sparql(self, query: str, accept: str) -> Result:
        """The answer to a query."""
        headers = {"Accept": accept, "Content-Type": "application/sparql-query"}
        return _result(self.service.ask("POST", "sparql", content=query.encode(), headers=headers))

    def questions(self) -> list[Json]:
        """The questions of the catalogue."""
        found: list[Json] = self.service.json("GET", f"{API}/queries")
        return found

    def question(self, slug: str, values: Mapping[str, Sequence[str]], accept: str, lang: Language) -> Result:
        """The answer to a question of the catalogue."""
        path = f"{API}/queries/{quote(slug, safe='')}"
        parameters = {**{name: list(given) for name, given in values.items()}, "lang": lang}
        return _result(self.service.ask("GET", path, params=parameters, headers={"Accept": accept}))

    def network(self) -> MultiDiGraph[str]:
        """The things and the statements between them, from the dump of the newest revision."""
        from networkx import MultiDiGraph, read_graphml

        dump = self.service.ask("GET", "dumps/latest.graphml", follow_redirects=True).content
        read = read_graphml(io.BytesIO(dump), force_multigraph=True)
        found: MultiDiGraph[str] = MultiDiGraph()
        for iri, said in read.nodes(data=True):
            found.add_node(iri, **{name: said.get(name, "") for name in _OF_NODES})
        for source, target, said in read.edges(data=True):
            attributes = {name: said.get(name, "") for name in _OF_EDGES}
            found.add_edge(source, target, key=(attributes["property"], attributes["graph"]), **attributes)
        return found

    def check(self, files: Sequence[SourceFile], fields: Mapping[str, str]) -> Json:
        """What is found in files; nothing is kept."""
        return self._read(self.send("contributions?dry_run=true", files, fields))

    def send(
        self,
        path: str,
        files: Sequence[SourceFile],
        fields: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Files and fields as a form."""
        form = {name: value for name, value in fields.items() if value}
        parts = [("file", (file.name, file.data)) for file in files]
        return self.service.ask("POST", f"{API}/{path}", files=parts, data=form, headers=dict(headers or {}))

    def close(self) -> None:
        """Let the connections go."""
        self.service.close()

    def _id_of(self, who: str) -> str:
        """Kind and slug of whoever is called so, as the service knows it; the words themselves where nobody is."""
        if "/" in who:
            return quote(who.removeprefix(ID.iri))
        items = self._json("GET", f"{API}/search", params={"q": who, "limit": _SEARCHED})["items"]
        same = (each for each in items if who.casefold() in {name.casefold() for name in each["labels"].values()})
        return quote(next((str(each["id"]) for each in same), f"actor/{who}"))

    def _typed(self, asked: MatchAsked, accept: str) -> httpx.Response:
        chosen = {"countries": asked.countries or None, "groups": asked.groups or None, **_given(asked)}
        body = {"text": asked.need, **chosen}
        return self.service.ask("POST", f"{API}/matches", json=body, headers={"Accept": accept})

    def _json(self, method: str, path: str, **more: Any) -> Json:
        found: Json = self.service.json(method, path, **more)
        return found

    def _read(self, answer: httpx.Response) -> Json:
        found: Json = self.service.read(answer)
        return found


def _given(asked: MatchAsked) -> dict[str, object]:
    return {"top": asked.top, **({"weighting": asked.weighting} if asked.weighting else {})}


def _result(answer: httpx.Response) -> Result:
    media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip()
    return Result(answer.content, media_type, answer.headers.get(_TRUNCATED, "") == "true")
