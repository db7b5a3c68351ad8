"""Where a statement comes from: who published it, when, from what, on which terms, and who looked it over."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.bootstrap import EcoGraph
from ecograph.contribute.rights import Who
from ecograph.identifiers import thing_iri
from ecograph.ledger.records import Revision
from ecograph.messages import Language
from ecograph.namespaces import DCTERMS, ECO, PROV, PROVENANCE_GRAPH
from ecograph.web.views.cases import moment
from ecograph.web.views.words import Link, Reader, licence, shown, web_address


@dataclass(frozen=True, slots=True)
class Origin:
    """
    One value, and where it comes from.

    Args:
        value: The value.
        publisher: Who states it.
        contribution: The contribution, leading to its terms.
        facts: What else is known, as label and value.
    """

    value: Link
    publisher: str
    contribution: Link
    facts: tuple[tuple[str, Link], ...]


def origin_page(subject: NamedNode, path: NamedNode, lang: Language) -> str:
    """The page that says where the values of a property of a thing come from."""
    return f"/{lang}/statement?{urlencode({'subject': subject.value, 'property': path.value})}"


def said(
    words: Reader, subject: NamedNode, path: NamedNode, ecograph: EcoGraph, who: Who | None
) -> tuple[Origin, ...]:
    """
    Every value of a property of a thing, with where it comes from.

    Args:
        words: The reader.
        subject: The thing.
        path: The property.
        ecograph: For the memory of what was published when; one that is opened for reading has none.
        who: Who asks; a contribution is linked for those who may see it.
    """
    quads = words.view.snapshot.quads(subject, path)
    return tuple(_origin(words, quad, ecograph, who) for quad in quads if isinstance(quad.graph_name, NamedNode))


def _origin(words: Reader, quad: Quad, ecograph: EcoGraph, who: Who | None) -> Origin:
    link, dataset = words.source(quad.graph_name)
    revision = ecograph.ledger.origin(quad) if ecograph.writes else None
    known: list[tuple[str, Link | None]] = []
    if dataset:
        known += [
            ("licence", licence(dataset)),
            ("issued", Link(words.day(dataset.issued)) if dataset.issued else None),
            *(("source", Link(shown(each), web_address(each))) for each in dataset.sources),
        ]
    if revision:
        known += _published(words, revision, quad, who)
    facts = tuple((words.say(f"page.origin.{name}"), value) for name, value in known if value)
    value = words.value(quad.object, quad.predicate)
    return Origin(value, dataset.publisher_name if dataset else "EcoGraph", link, facts)


def _published(words: Reader, revision: Revision, quad: Quad, who: Who | None) -> list[tuple[str, Link | None]]:
    """What is known of the publication that brought a statement."""
    known: list[tuple[str, Link | None]] = [
        ("published", Link(moment(revision.published_at, words.lang))),
        ("revision", Link(words.number(revision.number))),
    ]
    contribution_id = revision.contribution_id
    if contribution_id is None:
        return known
    activity = thing_iri("publication", contribution_id)
    about = list(words.view.snapshot.quads(activity, None, None, PROVENANCE_GRAPH))
    reviewer = next((each.object for each in about if each.predicate == ECO.reviewerName), None)
    used = next((each.object for each in about if each.predicate == PROV.used), None)
    if reviewer is None and about:
        known.append(("reviewed", Link(words.say("page.case.operator"))))
    if isinstance(reviewer, Literal):
        known.append(("reviewed", Link(reviewer.value)))
    if isinstance(used, NamedNode):
        known.append(("file", Link(used.value)))
    else:
        named = words.view.snapshot.quads(quad.graph_name, DCTERMS.identifier, None, PROVENANCE_GRAPH)  # type: ignore[arg-type]
        known += [("file", Link(each.object.value)) for each in named if isinstance(each.object, Literal)]
    if who is not None and who.sees(revision.publisher):
        link = Link(words.say("page.origin.open"), f"/{words.lang}/contributions/{contribution_id}")
        known.append(("contribution", link))
    return known

