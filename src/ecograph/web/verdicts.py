"""
What a partner tells others about a candidate: the contribution that is made of it, to be looked at before it is sent.

Source:
    docs/shortlist.md, "Telling others".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, get_args

from pyoxigraph import Literal as RdfLiteral
from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from ecograph.contribute.packing import SourceFile
from ecograph.errors import BadParameter
from ecograph.identifiers import Space, concept_iri, kind_and_slug
from ecograph.ledger.entries import Entry, Status
from ecograph.ledger.writing import plain
from ecograph.messages import Language
from ecograph.namespaces import ADMS, DCTERMS, ECO, ID, PREFIXES, RDF, RDFS, XSD

Verdict = Literal["suits", "partly-suits", "does-not-suit"]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)

MAX_SHARED: Final = 1000
"""Characters of a text that goes with a verdict: a few sentences."""

_PERSON: Final = "person"
_ID_LETTERS: Final = 12  # of an entry's number: enough to tell a partner's entries apart


@dataclass(frozen=True)
class Draft:
    """
    What would be sent to others.

    Args:
        verdict: What the partner thinks of the candidate; None tells the status alone.
        words: The text that goes with it.
        lang: The language of the text.
        file: The contribution.
    """

    verdict: Verdict | None
    words: str
    lang: Language
    file: SourceFile


def is_person(candidate: NamedNode) -> bool:
    """Whether a candidate is a person, about whom nothing is told to others."""
    return (kind_and_slug(candidate) or ("",))[0] == _PERSON


def draft(entry: Entry, space: Space, verdict: Verdict | None, words: str, lang: Language) -> Draft:
    """
    What would be sent to others.

    Args:
        entry: The candidate on the list.
        space: Whose names the partner gives.
        verdict: What the partner thinks of it; None tells the status alone.
        words: The text that goes with it; the note never does.
        lang: The language of the text.

    Raises:
        BadParameter: The need is only words, the candidate is a person, the text too long, or there is nothing that
            could be told.
    """
    words = plain(words).strip()
    if entry.about.iri is None:
        raise BadParameter(name="need", value=entry.about.text[:40], expected="need/n09")
    if is_person(entry.candidate):
        raise BadParameter(name="candidate", value=ID.local(entry.candidate), expected="organisation/…, solution/…")
    if len(words) > MAX_SHARED:
        raise BadParameter(name="text", value=f"{words[:20]}…", expected=f"≤ {MAX_SHARED}")
    if verdict is None and entry.status is Status.NOT_RELEVANT:
        raise BadParameter(name="verdict", value="", expected=", ".join(VERDICTS))
    kind = "feedback" if verdict else "shortlist-entry"
    status = concept_iri("feedback-verdict", verdict) if verdict else concept_iri("shortlist-status", entry.status)
    said: list[tuple[NamedNode, NamedNode | RdfLiteral]] = [
        (RDF.type, ECO.Feedback if verdict else ECO.ShortlistEntry),
        (ECO.need, entry.about.iri),
        (ECO.candidate, entry.candidate),
        (ADMS.status, status),
        (DCTERMS.created, RdfLiteral(datetime.now(UTC).date().isoformat(), datatype=XSD.date)),
        *([(RDFS.comment, RdfLiteral(words, language=lang))] if words else ()),
    ]
    thing = space.iri(kind, entry.id[:_ID_LETTERS])
    triples = [Triple(thing, predicate, value) for predicate, value in said]
    prefixes = {name: PREFIXES[name] for name in ("adms", "dcterms", "eco", "rdfs", "xsd")}
    written = serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes)
    return Draft(verdict, words, lang, SourceFile(f"{kind}.ttl", written or b""))
