"""What a revision holds, graph by graph: how much, of what, about where and when; for the catalogue and its page."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolutions

from ecograph.bootstrap import View
from ecograph.contribute.provenance import Dataset
from ecograph.contribute.system import LICENCE
from ecograph.messages import LANGUAGES, Language, text, texts
from ecograph.namespaces import BASE, ECO, GRAPH, LEDGER_GRAPH, OWL, PROV, PROVENANCE_GRAPH, RDF, SH, SKOS, Namespace
from ecograph.store.base import Snapshot
from ecograph.web.reading.keeping import kept

_OWN: Final = ("ontology", "concepts", "alignments", "shapes", "queries", "provenance")

_THEME: Final = Namespace("http://publications.europa.eu/resource/authority/data-theme/")
_COUNTRY: Final = Namespace("http://publications.europa.eu/resource/authority/country/")
_COUNTRIES: Final[Mapping[str, NamedNode]] = {"dk": _COUNTRY.DNK, "se": _COUNTRY.SWE, "no": _COUNTRY.NOR}

# The theme of the EU's data-theme table under which somebody would look for things of a class.
_THEMES: Final[Mapping[NamedNode, NamedNode]] = {
    ECO.Municipality: _THEME.REGI,
    ECO.Region: _THEME.REGI,
    ECO.Programme: _THEME.GOVE,
    ECO.Need: _THEME.GOVE,
    ECO.PublicBody: _THEME.GOVE,
    ECO.Company: _THEME.ECON,
    ECO.Call: _THEME.ECON,
    ECO.FundingStatement: _THEME.ECON,
    ECO.Project: _THEME.TECH,
    ECO.ResearchOrganisation: _THEME.TECH,
    ECO.Solution: _THEME.TECH,
    ECO.Standard: _THEME.TECH,
    ECO.DataModel: _THEME.TECH,
    ECO.TopicClaim: _THEME.TECH,
    SKOS.Concept: _THEME.GOVE,
}

# Classes of others that our ontology has no word for; shapes and properties come in several.
_OTHERS: Final[Mapping[NamedNode, str]] = {
    SKOS.Concept: "concept",
    SKOS.ConceptScheme: "scheme",
    OWL.Class: "class",
    RDF.Property: "property",
    OWL.ObjectProperty: "property",
    OWL.DatatypeProperty: "property",
    SH.NodeShape: "shape",
    SH.PropertyShape: "rule",
}

_LINKING: Final = (
    SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch, ECO.wikidata, ECO.ror,
)  # fmt: skip
TARGETS: Final[Mapping[str, str]] = {
    "http://www.wikidata.org/entity/": "Wikidata",
    "https://ror.org/": "ROR",
    "http://eurovoc.europa.eu/": "EuroVoc",
    "http://data.europa.eu/8mn/euroscivoc/": "EuroSciVoc",
    "http://data.europa.eu/cpv/": "CPV",
    "http://metadata.un.org/sdg": "SDG",
    "http://data.europa.eu/s66#": "EURIO",
    "http://data.europa.eu/a4g/": "ePO",
    "http://data.europa.eu/m8g/": "SEMIC Core Vocabularies",
    "http://schema.org/": "schema.org",
}
"""What our links lead to, by the beginning of the IRIs."""

_BEGIN: Final = NamedNode("http://schema.org/startDate")
_END: Final = NamedNode("http://schema.org/endDate")

_BY_PROPERTY: Final = "SELECT ?g ?p (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ?p"
_BY_CLASS: Final = "SELECT ?g ?p (COUNT(DISTINCT ?s) AS ?n) WHERE { GRAPH ?g { ?s a ?p } } GROUP BY ?g ?p"


@dataclass(frozen=True, slots=True)
class Links:
    """Statements of one property that lead from a graph to one vocabulary or register elsewhere."""

    predicate: NamedNode
    target: str
    count: int


@dataclass(frozen=True)
class Holding:
    """
    One graph.

    Args:
        name: Below `.../graph/`, such as `ror` or `vocabulary/cpv`.
        iri: What the catalogue calls the dataset: the contribution, or the graph itself where there is none.
        titles: What it is called.
        descriptions: What it is, in each language.
        publisher: Whose words they are; None for EcoGraph's own.
        publisher_name: Their name.
        license: IRI of the licence.
        rights: The sentence of attribution.
        issued: Date of issue.
        modified: When it was published last, a date or a dateTime.
        sources: Where it was taken from.
        statements: How many.
        classes: How many things of each class.
        properties: How many statements of each property.
        countries: IRIs of the EU's country table.
        themes: IRIs of the EU's data-theme table.
        period: First and last day, month or year of what it tells of; empty where nothing is dated.
        links: What it links to elsewhere.
        example: A thing it describes.
        made_up: Whether it only serves to try the system.
    """

    name: str
    iri: NamedNode
    titles: Mapping[Language, str]
    descriptions: Mapping[Language, str]
    publisher: NamedNode | None
    publisher_name: str
    license: NamedNode
    rights: Mapping[Language, str]
    issued: str
    modified: str
    sources: tuple[str, ...]
    statements: int
    classes: Mapping[NamedNode, int]
    properties: Mapping[NamedNode, int]
    countries: tuple[NamedNode, ...]
    themes: tuple[NamedNode, ...]
    period: tuple[str, str]
    links: tuple[Links, ...]
    example: NamedNode | None
    made_up: bool

    @property
    def graph(self) -> NamedNode:
        """The graph."""
        return GRAPH[self.name]

    @property
    def slug(self) -> str:
        """The name as a fragment and in the names of files."""
        return self.name.replace("/", "--")


@kept
def holdings(view: View) -> tuple[Holding, ...]:
    """Every graph of a revision but the ledger's: partners' and registers' first, then vocabularies, then our own."""
    return tuple(_holdings(view))


def _holdings(view: View) -> Iterable[Holding]:
    properties, classes = _counted(view.snapshot, _BY_PROPERTY), _counted(view.snapshot, _BY_CLASS)
    graphs = sorted(properties, key=lambda graph: _place(GRAPH.local(graph)))
    for graph in graphs:
        if graph != LEDGER_GRAPH:
            yield _holding(view, graph, properties[graph], classes.get(graph, {}))


def _holding(
    view: View, graph: NamedNode, properties: Mapping[NamedNode, int], classes: Mapping[NamedNode, int]
) -> Holding:
    snapshot, name = view.snapshot, GRAPH.local(graph)
    dataset = view.datasets.get(graph) or _own(view, graph, name)
    countries = {
        _COUNTRIES[slug]
        for quad in snapshot.quads(None, ECO.country, None, graph)
        if isinstance(quad.object, NamedNode) and (slug := quad.object.value.rpartition("/")[2]) in _COUNTRIES
    }
    themes = {_THEMES[each] for each in classes if each in _THEMES}
    return Holding(
        name=name,
        iri=dataset.iri,
        titles=dataset.titles,
        descriptions=_described(view, dataset, classes),
        publisher=dataset.publisher,
        publisher_name=dataset.publisher_name,
        license=dataset.license or NamedNode(LICENCE),
        rights=dataset.rights,
        issued=dataset.issued,
        modified=_modified(snapshot, graph) or dataset.issued,
        sources=dataset.sources,
        statements=sum(properties.values()),
        classes=classes,
        properties=properties,
        countries=tuple(sorted(countries, key=str)),
        themes=tuple(sorted(themes, key=str)),
        period=_period(snapshot, graph),
        links=tuple(_links(snapshot, graph)),
        example=_example(snapshot, graph, classes),
        made_up=dataset.example,
    )


def _own(view: View, graph: NamedNode, name: str) -> Dataset:
    """How the catalogue describes a graph of the model."""
    known = name if name in _OWN else "other"
    day = view.published_at.date().isoformat() if view.published_at else ""
    return Dataset(
        iri=graph,
        graph=graph,
        titles=texts(f"data.own.{known}"),
        publisher=None,
        publisher_name="EcoGraph",
        license=NamedNode(LICENCE),
        rights={},
        issued=day,
        sources=(),
        requires=(),
        statements=0,
        example=False,
    )


def _described(view: View, dataset: Dataset, classes: Mapping[NamedNode, int]) -> Mapping[Language, str]:
    """A sentence that says what is in it, by the names of its classes; a dataset says no more of itself."""
    found: dict[Language, str] = {}
    ranked = sorted(classes, key=lambda each: (-classes[each], each.value))
    for lang in LANGUAGES:
        counts: Counter[str] = Counter()
        for each in ranked:
            other = _OTHERS.get(each)
            counts[text(f"data.class.{other}", lang) if other else view.ontology.label(each, lang) or ""] += classes[
                each
            ]
        names = [f"{label.lower()} ({count})" for label, count in counts.most_common() if label]
        listed = ", ".join(names[:6]) or text("data.statements-only", lang)
        found[lang] = text("data.described", lang, what=listed, name=dataset.publisher_name)
    return found


def _counted(snapshot: Snapshot, query: str) -> dict[NamedNode, dict[NamedNode, int]]:
    rows = snapshot.query(query)
    assert isinstance(rows, QuerySolutions)
    found: dict[NamedNode, dict[NamedNode, int]] = defaultdict(dict)
    for row in rows:
        graph, term, count = row["g"], row["p"], row["n"]
        if isinstance(graph, NamedNode) and isinstance(term, NamedNode) and isinstance(count, Literal):
            found[graph][term] = int(count.value)
    return {graph: dict(sorted(counts.items(), key=lambda item: item[0].value)) for graph, counts in found.items()}


def _place(name: str) -> tuple[int, int, str]:
    if name in _OWN:
        return 2, _OWN.index(name), name
    return int(name.startswith("vocabulary/")), 0, name


def _modified(snapshot: Snapshot, graph: NamedNode) -> str:
    ended = [
        quad.object.value
        for made in snapshot.quads(graph, PROV.wasGeneratedBy, None, PROVENANCE_GRAPH)
        if isinstance(made.object, NamedNode)
        for quad in snapshot.quads(made.object, PROV.endedAtTime, None, PROVENANCE_GRAPH)
        if isinstance(quad.object, Literal)
    ]
    return max(ended, default="")


def _period(snapshot: Snapshot, graph: NamedNode) -> tuple[str, str]:
    """From the first beginning to the last end; years, months and days compare as text."""
    begins = [q.object.value for q in snapshot.quads(None, _BEGIN, None, graph) if isinstance(q.object, Literal)]
    ends = [q.object.value for q in snapshot.quads(None, _END, None, graph) if isinstance(q.object, Literal)]
    return min(begins, default=""), max(ends, default="")


def _links(snapshot: Snapshot, graph: NamedNode) -> Iterable[Links]:
    for predicate in _LINKING:
        counts = Counter(
            target
            for quad in snapshot.quads(None, predicate, None, graph)
            if isinstance(quad.object, NamedNode) and not quad.object.value.startswith(BASE)
            for target in TARGETS
            if quad.object.value.startswith(target)
        )
        for target, count in sorted(counts.items()):
            yield Links(predicate, target, count)


def _example(snapshot: Snapshot, graph: NamedNode, classes: Mapping[NamedNode, int]) -> NamedNode | None:
    own = [each for each in classes if each in ECO] or list(classes)
    for each in sorted(own, key=lambda cls: (-classes[cls], cls.value))[:1]:
        found = [quad.subject for _, quad in zip(range(50), snapshot.quads(None, None, each, graph), strict=False)]
        return min((node for node in found if isinstance(node, NamedNode)), key=str, default=None)
    return None
