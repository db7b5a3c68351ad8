"""An EcoGraph as scripts and notebooks ask it, on this machine or elsewhere."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

from ecograph.client import shaping
from ecograph.client.asking import Asking, Json, MatchAsked, Result, WhyAsked
from ecograph.client.explanation import Explanation
from ecograph.client.giving import countries, groups, language, sources, thing, within, written
from ecograph.client.results import read
from ecograph.client.rows import Rows
from ecograph.errors import UnknownThing
from ecograph.identifiers import NAME
from ecograph.messages import Language, text

if TYPE_CHECKING:
    import rdflib
    from networkx import MultiDiGraph
    from pandas import DataFrame

Table: TypeAlias = "Rows | DataFrame"
"""A data frame where pandas is installed, else `Rows`."""

_RESULTS: Final = "application/sparql-results+json"
_TRIPLES: Final = "application/n-triples"
_MOST: Final = 50  # of a rank, and of candidates per group
_LONGEST: Final = 5000  # characters of a need in words
_STATEMENTS: Final = """SELECT ?direction ?property ?value ?language ?publisher WHERE {{
  {{ GRAPH ?publisher {{ <{iri}> ?property ?value }} BIND("out" AS ?direction) BIND(LANG(?value) AS ?language) }}
  UNION {{ GRAPH ?publisher {{ ?value ?property <{iri}> }} BIND("in" AS ?direction) }}
}}"""


class TruncatedWarning(UserWarning):
    """There is more than the rows that were given: the service has a limit."""


class Client:
    """
    An EcoGraph, asked where it is: a directory of this machine (`ecograph.open`) or a service (`ecograph.connect`).

    Both give the same answers. Tables are data frames where pandas is installed, else `Rows`.

    Args:
        asking: Who answers.
        lang: The language of names and sentences: `da`, `sv` or `en`.
        pandas: Whether tables are data frames; None for where pandas is installed.

    Source:
        docs/client.md.
    """

    def __init__(self, asking: Asking, lang: str = "en", *, pandas: bool | None = None) -> None:
        self._asking = asking
        self.lang: Language = language(lang)
        self._frames = find_spec("pandas") is not None if pandas is None else pandas

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the data directory or the connection."""
        self._asking.close()

    def match(
        self,
        need: str,
        *,
        country: str | Sequence[str] | None = None,
        group: str | Sequence[str] | None = None,
        top: int = 10,
        weighting: str | None = None,
        lang: str | None = None,
    ) -> Table:
        """
        Who fits a need, best first within each group.

        Args:
            need: The id of a need, such as `n09`, or a text in Danish, Swedish or English; a text is not kept.
            country: Only candidates of these: `dk`, `se`, `no`.
            group: Only these groups, such as `research` or `company`.
            top: How many per group, 1 to 50.
            weighting: The profile that says what counts most, such as `ready-to-buy`.
            lang: The language of names and sentences, if another than usual.

        Returns:
            A row per candidate: group, rank, label, countries, score (0 to 1), the points of each signal, which sum to
            the score, sentences for it, against it and about what nobody knows, id and iri. `attrs` has `need` (as it
            was understood), `notes`, `weights`, `weighting`, `first` and `revision`.

        Raises:
            UnknownThing: A single word that looks like an id and is none.
            BadParameter: A value outside its range.

        Example:
            >>> best = eg.match("Varsling ved skybrud i Albertslund", country="se", top=3)
            >>> bool(best["countries"].str.contains("se").all())
            True
        """
        spoken = self._spoken(lang)
        within("top", top, 1, _MOST)
        within("need", len(need), 1, _LONGEST)
        asked = MatchAsked(need, countries(country), groups(group), top, weighting)
        return self._table(shaping.matches(self._asking.match(asked), spoken))

    def explain(
        self,
        need: str,
        who: str,
        *,
        country: str | Sequence[str] | None = None,
        goal: int | None = None,
        weighting: str | None = None,
        lang: str | None = None,
    ) -> Explanation:
        """
        Why somebody is in the list for a need, or not, and what would change it.

        Args:
            need: The id of a need, or a text.
            who: Kind and slug, IRI or exact name.
            country: Only candidates of these were asked for.
            goal: The rank asked for, 1 to 50; None for the first ten, or the very first.
            weighting: The profile that says what counts most.
            lang: The language of names and sentences, if another than usual.

        Raises:
            UnknownThing: Nobody is called so, or no need has that id.
            BadParameter: A value outside its range.

        Example:
            >>> why = eg.explain("n09", "organisation/lund-university")
            >>> abs(sum(why.points.values()) - why.score) < 1e-9
            True
        """
        spoken = self._spoken(lang)
        within("goal", goal or 1, 1, _MOST)
        within("need", len(need), 1, _LONGEST)
        return Explanation.of(self._asking.why(WhyAsked(need, who, countries(country), goal, weighting)), spoken)

    def consortium(self, need: str = "", **rules: Any) -> Json:
        """
        Who could meet a need together, within rules.

        Args:
            need: The id of a need, or a text; empty where the rules say everything.
            rules: As REST takes them.

        Returns:
            The answer as REST gives it: proposals, or the rules that collide.

        Source:
            docs/consortium.md.
        """
        named = {"need" if NAME.fullmatch(need) else "text": need} if need else {}
        return self._asking.consortium({**named, **rules})

    def query(self, slug: str, *, lang: str | None = None, short: bool = False, **values: Any) -> Table:
        """
        The answer to a question of the catalogue.

        Args:
            slug: As `queries` lists it.
            lang: The language of names, if another than usual.
            short: Whether IRIs are written with the usual prefixes.
            values: By parameter; several as a list. A thing may be written `need/n09`, a concept as its slug.

        Raises:
            UnknownThing: There is no such question.
            BadParameter: A parameter that it does not have, or a value that it does not take.

        Example:
            >>> found = eg.query("actors-for-need", need="need/n09")
            >>> len(found) > 0
            True
        """
        given = {name: written(value) for name, value in values.items() if value is not None}
        rows = self._read(self._asking.question(slug, given, _RESULTS, self._spoken(lang)), short)
        assert isinstance(rows, Rows)
        return self._table(rows)

    def queries(self, *, lang: str | None = None) -> Table:
        """
        The questions of the catalogue: slug, the question, its parameters, the columns it returns, and what it counts.

        Args:
            lang: The language of the questions, if another than usual.

        Example:
            >>> "actors-for-need" in set(eg.queries()["slug"])
            True
        """
        return self._table(shaping.questions(self._asking.questions(), self._spoken(lang)))

    def sparql(self, query: str, *, short: bool = False) -> Table | bool | rdflib.Graph:
        """
        The answer to a SPARQL query: a table for SELECT, a truth value for ASK, a graph for CONSTRUCT and DESCRIBE.

        Args:
            query: SPARQL 1.1 Query.
            short: Whether IRIs are written with the usual prefixes, such as `eco:Need`.

        Raises:
            QuerySyntax: It does not parse; `values` has line and column.
            QueryRefused: An update, SERVICE, or a graph elsewhere.
            QueryTimeout, QueryTooBig, QueryTooComplex, QueryBusy: A limit.

        Example:
            >>> eg.sparql("ASK { ?need a <https://w3id.org/ecograph/ns#Need> }")
            True

        Source:
            docs/sparql.md; docs/client.md, "Types".
        """
        found = self._asking.sparql(query, f"{_RESULTS}, {_TRIPLES}")
        if not found.media_type.startswith(_TRIPLES):
            read_in = self._read(found, short)
            return read_in if isinstance(read_in, bool) else self._table(read_in)
        import rdflib

        self._warn(found, 3)
        return rdflib.Graph().parse(data=found.body, format="nt")

    def network(self, *, lang: str | None = None) -> MultiDiGraph[str]:
        """
        The things and the statements between them, for networkx.

        Args:
            lang: The language of the attribute `label` of nodes, if another than usual.

        Returns:
            Nodes are IRIs with `kind`, `country`, `label` and `label_da`, `label_sv`, `label_en`; edges have
            `property`, `label` (in English) and `graph`.

        Example:
            >>> found = eg.network()
            >>> found.nodes["https://w3id.org/ecograph/id/municipality/se-malmoe"]["label_sv"]
            'Malmö stad'
        """
        spoken = self._spoken(lang)
        found = self._asking.network()
        for _, node in found.nodes(data=True):
            node["label"] = node[f"label_{spoken}"]
        return found

    def validate(
        self, files: str | Path | Sequence[str | Path], *, template: str | None = None, lang: str | None = None
    ) -> Table:
        """
        Everything that is found in files that could be contributed; nothing is sent in or kept.

        Args:
            files: A file (CSV, XLSX, Turtle, N-Triples), several that belong together, or a folder.
            template: The template of every table; None lets file names and headings tell.
            lang: The language of the messages, if another than usual.

        Returns:
            A row per finding, what stops publication first: severity, file, sheet, row, column, value, message,
            suggestion, code. `attrs` has `conforms`, `verdict` and `counts`.

        Raises:
            ContributionError: Files that cannot be read at all.
            BadParameter: A file that is not there.

        Source:
            docs/validation.md.
        """
        spoken = self._spoken(lang)
        fields = {"lang": spoken, **({"template": template} if template else {})}
        return self._table(shaping.findings(self._asking.check(sources(files), fields), spoken))

    def search(self, words: str, *, limit: int = 25, lang: str | None = None) -> Table:
        """
        Things and topics by name, text and topic, the closest first: kind, label, countries, topics, id and iri.

        Args:
            words: In Danish, Swedish or English.
            limit: At most so many, up to 10,000.
            lang: The language of names, if another than usual.

        Example:
            >>> eg.search("Malmö stad")["iri"][0]
            'https://w3id.org/ecograph/id/municipality/se-malmoe'
        """
        within("limit", limit, 1, 10_000)
        return self._table(shaping.found(self._asking.search(words, limit, self._spoken(lang))))

    def thing(self, name: str) -> Table:
        """
        Everything that is said of a thing and what points at it, with whose words it is.

        Args:
            name: Kind and slug, such as `need/n09`, or an IRI, which may have a prefix.

        Returns:
            A row per statement: direction (`out`, or `in` for what points at it), property, value, language, publisher.

        Raises:
            UnknownThing: Nothing is said of it.

        Example:
            >>> said = eg.thing("municipality/se-malmoe")
            >>> "Malmö stad" in set(said["value"])
            True
        """
        query = _STATEMENTS.format(iri=thing(name).value)
        rows = self._read(self._asking.sparql(query, _RESULTS), short=False)
        assert isinstance(rows, Rows)
        if not len(rows):
            raise UnknownThing(kind="thing", id=name[:100])
        return self._table(shaping.statements(rows))

    def _spoken(self, lang: str | None) -> Language:
        return self.lang if lang is None else language(lang)

    def _table(self, rows: Rows) -> Table:
        return rows.to_pandas() if self._frames else rows

    def _read(self, found: Result, short: bool) -> Rows | bool:
        self._warn(found, 4)
        attrs: Mapping[str, Any] = {"truncated": found.truncated}
        return read(found.body, short=short, attrs=attrs)

    def _warn(self, found: Result, level: int) -> None:
        """Say that a result is cut, where the person asked: so many calls further up."""
        if found.truncated:
            warnings.warn(text("client.truncated", self.lang), TruncatedWarning, stacklevel=level)
