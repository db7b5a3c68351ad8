"""Topics that a need may be about although none of their names stands in it: a machine's guess from what it means."""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode

from ecograph.match.evidence import Evidence
from ecograph.match.model import NeedProfile, RecognisedConcept

SUGGESTED: Final = 3
"""The right topic is the first in about half of all needs, and among the first three in four of five."""


def suggest(evidence: Evidence, profile: NeedProfile) -> tuple[RecognisedConcept, ...]:
    """
    Up to three concepts that are nearest to the need in meaning, and that it is not known to be about.

    Args:
        evidence: The graph.
        profile: The need with the concepts that are stated or recognised; those, and what is above them, are left out.

    Returns:
        The likeliest first, each weighed by how likely it is; none where texts cannot be compared by meaning.

    Source:
        docs/matching.md, "Possible topics".
    """
    hierarchy = evidence.hierarchy
    known = {
        above
        for each in (*profile.concepts, *profile.capabilities)
        if (number := hierarchy.number(each.iri.value)) is not None
        for above in hierarchy.at_or_above(number)
    }
    found = evidence.meaning.concepts(profile.wording, SUGGESTED + len(known))
    return tuple(
        RecognisedConcept(NamedNode(hierarchy.iris[number]), hierarchy.texts(number), round(likely, 3), (), "suggested")
        for number, likely in found
        if number not in known and likely > 0.0
    )[:SUGGESTED]
