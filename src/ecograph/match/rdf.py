"""
A match result as RDF: one `eco:Match` per candidate, with the statements behind each reason.

An answer is worked out anew each time and kept nowhere, so its matches and reasons get the names that EcoGraph gives to
nodes without one: they follow from what is said, and the same answer has the same names. A need that was typed is such
a node too, with its text: it is no need of anybody's in the graph, and must not look like one.

Source:
    docs/matching.md, "As RDF"; shapes/Match.ttl; shapes/Reason.ttl.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from pyoxigraph import BlankNode, Literal, Quad, Triple

from ecograph.identifiers import concept_iri
from ecograph.match import weights
from ecograph.match.model import Match, MatchResult, NeedProfile, Reason, Statement
from ecograph.messages import LANGUAGES
from ecograph.namespaces import DCTERMS, ECO, RDF, RDFS, XSD
from ecograph.rdf.skolemising import skolemised

_STEP: Final = Decimal("1e-12")
"""What numbers are rounded to: far below what a sum of them may be off by, and few enough digits for every engine."""

_TYPED: Final = frozenset({"stated", "recognised"})
"""The topics of a typed need that are told; broader ones follow from them."""


def triples(result: MatchResult) -> tuple[Triple, ...]:
    """
    The answer to one need as statements.

    Args:
        result: The answer.

    Returns:
        The matches with need, candidate, score, place in the group, revision, profile and version of the weights, each
        with its reasons; the contributions of its reasons, and what `eco:otherContribution` adds, sum to the score.
    """
    need = result.need.iri or BlankNode("need")
    profile = weights.profile(result.weighting).iri
    found = [
        Triple(need, RDF.type, ECO.Need),
        Triple(profile, RDF.type, ECO.WeightingProfile),
        *(() if result.need.iri else _typed(result.need, BlankNode("need"))),
    ]
    cited: dict[Statement, BlankNode] = {}
    for number, match in enumerate(result.matches):
        node = BlankNode(f"match{number}")
        found += [
            Triple(node, RDF.type, ECO.Match),
            Triple(node, ECO.need, need),
            Triple(node, ECO.order, Literal(match.rank)),
            Triple(node, ECO.weighting, profile),
            Triple(node, ECO.weightsVersion, Literal(result.weights)),
            Triple(node, ECO.revision, Literal(result.revision)),
            *_match(node, match, cited),
        ]
    for statement, node in cited.items():
        found += _reified(node, statement)
    places: dict[object, int] = {}
    found.sort(key=lambda triple: places.setdefault(triple.subject, len(places)))  # what is said of one thing together
    return tuple(quad.triple for quad in skolemised([Quad(*triple) for triple in found]))


def _match(node: BlankNode, match: Match, cited: dict[Statement, BlankNode]) -> Iterator[Triple]:
    yield Triple(node, ECO.candidate, match.candidate)
    score = _decimal(match.score)
    yield Triple(node, ECO.score, _literal(score))
    rest = score
    for number, reason in enumerate(match.reasons):
        share = _decimal(reason.contribution)
        rest -= share
        why = BlankNode(f"{node.value}reason{number}")
        yield Triple(node, ECO.matchReason, why)
        yield from _reason(why, reason, share, cited)
    if abs(rest) > _STEP * len(match.reasons):
        yield Triple(node, ECO.otherContribution, _literal(rest))


def _reason(node: BlankNode, reason: Reason, share: Decimal, cited: dict[Statement, BlankNode]) -> Iterable[Triple]:
    yield Triple(node, RDF.type, ECO.Reason)
    yield Triple(node, ECO.signal, concept_iri("signal", reason.signal))
    yield Triple(node, ECO.contribution, _literal(share))
    for lang in LANGUAGES:
        yield Triple(node, RDFS.comment, Literal(reason.sentences[lang], language=lang))
    for statement in reason.path:
        yield Triple(node, ECO.cites, cited.setdefault(statement, BlankNode(f"statement{len(cited)}")))


def _reified(node: BlankNode, statement: Statement) -> Iterable[Triple]:
    yield Triple(node, RDF.type, RDF.Statement)
    yield Triple(node, RDF.subject, statement.subject)
    yield Triple(node, RDF.predicate, statement.predicate)
    yield Triple(node, RDF.object, statement.object)
    yield Triple(node, DCTERMS.source, statement.graph)


def _typed(need: NeedProfile, node: BlankNode) -> Iterable[Triple]:
    """What is known of a need that is not in the graph: its text, and the topics it was understood to be about."""
    whole = next(iter(need.texts.values()), "")
    yield Triple(node, DCTERMS.description, Literal(whole, language=need.language))
    for concept in (*need.concepts, *need.capabilities):
        if concept.basis in _TYPED:
            yield Triple(node, ECO.topic, concept.iri)


def _decimal(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(_STEP)


def _literal(value: Decimal) -> Literal:
    """
    A number in the one form that every engine writes.

    Example:
        >>> _literal(Decimal("0.250000000000")).value, _literal(Decimal("0E-12")).value
        ('0.25', '0.0')
    """
    written = f"{value:f}".rstrip("0")
    return Literal(written + "0" if written.endswith(".") else written, datatype=XSD.decimal)
