"""Where a statement comes from: who published it, when, from what, on which terms, and who looked it over."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.bootstrap import EcoGraph
from ecograph.contribute.provenance import PUBLICATION_KIND
from ecograph.contribute.rights import Who
from ecograph.identifiers import thing_iri
from ecograph.ledger.records import Revision
from ecograph.messages import Language
from ecograph.namespaces import ECO, PROVENANCE_GRAPH
from ecograph.web.views.cases import moment
from ecograph.web.views.words import Link, Reader, licence, shown, web_address

SHOWN: Final = 50
"""Values on the page; whoever wants more asks SPARQL."""

SEARCH_S: Final = 3.0
"""How long the memory is searched for one page."""


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


def said(words: Reader, subject: NamedNode, path: NamedNode, ecograph: EcoGraph, who: Who | None) -> tuple[Origin, ...]:
    """
    Every value of a property of a thing, with where it comes from.

    Args:
        words: The reader.
        subject: The thing.
        path: The property.
        ecograph: For the memory of what was published when; one that is opened for reading has none.
        who: Who asks; a contribution is linked for those who may see it.
    """
    found = islice(words.view.snapshot.quads(subject, path), SHOWN)
    until = time.monotonic() + SEARCH_S
    return tuple(_origin(words, quad, ecograph, who, until) for quad in found if isinstance(quad.graph_name, NamedNode))


def _origin(words: Reader, quad: Quad, ecograph: EcoGraph, who: Who | None, until: float) -> Origin:
    link, dataset = words.source(quad.graph_name)
    revision = ecograph.ledger.origin(quad) if ecograph.writes and time.monotonic() < until else None
    known: list[tuple[str, Link | None]] = []
    if dataset:
        known += [
            ("licence", licence(dataset)),
            ("issued", Link(words.day(dataset.issued)) if dataset.issued else None),
            *(("source", Link(shown(each), web_address(each))) for each in dataset.sources),
        ]
    if revision:
        known += _published(words, revision, ecograph, who)
    facts = tuple((words.say(f"page.origin.{name}"), value) for name, value in known if value)
    value = words.value(quad.object, quad.predicate)
    return Origin(value, dataset.publisher_name if dataset else "EcoGraph", link, facts)


def _published(words: Reader, revision: Revision, ecograph: EcoGraph, who: Who | None) -> list[tuple[str, Link | None]]:
    """What is known of the publication that brought a statement: organisations, and no person."""
    known: list[tuple[str, Link | None]] = [
        ("published", Link(moment(revision.published_at, words.lang))),
        ("revision", Link(words.number(revision.number))),
    ]
    contribution_id = revision.contribution_id
    if contribution_id is None:
        return known
    activity = thing_iri(PUBLICATION_KIND, contribution_id)
    reviewers = words.view.snapshot.quads(activity, ECO.reviewerName, None, PROVENANCE_GRAPH)
    names = [each.object.value for each in reviewers if isinstance(each.object, Literal)]
    sha256 = ecograph.ledger.contribution(contribution_id).sha256
    known.append(("reviewed", Link(names[0] if names else words.say("page.case.operator"))))
    known.append(("file", Link(sha256) if sha256 else None))
    if who is not None and who.sees(revision.publisher):
        href = f"/{words.lang}/contributions/{contribution_id}"
        known.append(("contribution", Link(words.say("page.origin.open"), href)))
    return known
