"""The values of REST for shortlists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from ecograph.ledger.entries import MAX_NEED, MAX_NOTE, MAX_WHY, Happened, Status
from ecograph.ledger.records import State
from ecograph.match import weights
from ecograph.match.standing import Ground
from ecograph.messages import Language, texts
from ecograph.namespaces import ID
from ecograph.web.rest import models
from ecograph.web.rest.contribution_bodies import NOT_BLANK
from ecograph.web.rest.models import Iri, Model, Share, Statement, Texts, by_language
from ecograph.web.shortlisting import Item
from ecograph.web.verdicts import MAX_SHARED, Draft, Verdict


class Gone(Model):
    """A cited statement that nobody states any more."""

    statement: Statement
    revision: Annotated[int | None, Field(description="The revision it went with; null where that is not known")]
    when: datetime | None
    withdrawn: Annotated[bool, Field(description="Its whole contribution was withdrawn or expired")]


class KeptReason(Model):
    """A reason as it was when the candidate was put on the list."""

    contribution: float
    sentences: Texts
    path: list[Statement]
    stands: Annotated[bool, Field(description="Whether every statement that it cites is still stated")]
    gone: list[Gone]


class KeptMatch(Model):
    """The match when the candidate was put on the list."""

    score: Share | None
    rank: Annotated[int, Field(description="0 for none")]
    revision: int
    weights: str
    weighting: Annotated[str, Field(description="The name of the profile that said what counts most")]
    day: date
    topics: Annotated[list[str] | None, Field(description="The topics chosen by hand; null: as understood")]
    reasons: list[KeptReason]


class MatchNow(Model):
    """What the candidate has for the same need today."""

    score: Share
    rank: int
    revision: int


class Change(Model):
    """One thing that happened to an entry, and the status it had then."""

    what: Happened
    status: Status
    who: str
    when: datetime


class SharedWith(Model):
    """The contribution that a verdict was sent to others with."""

    contribution: str
    state: State
    url: str


class Entry(Model):
    """One candidate on a shortlist."""

    id: str
    need: Annotated[Iri | None, Field(description="null for a need in words")]
    text: Annotated[str, Field(description="The need in words; empty for one of the graph")]
    candidate: Iri
    candidate_id: Annotated[str, Field(examples=["organisation/lund-university"])]
    labels: Annotated[Texts, Field(description="What the candidate was called when it was put on the list")]
    status: Status
    status_words: Texts
    why: Annotated[str, Field(description="Why it is not relevant, or declined")]
    note: str
    who: str
    added_at: datetime
    changed_at: datetime
    removed_at: datetime | None
    expires_on: Annotated[date, Field(description="When it is deleted if nobody changes it")]
    version: Annotated[int, Field(description="What `If-Match` names")]
    kept: KeptMatch
    now: Annotated[MatchNow | None, Field(description="null where need or candidate is gone from the graph")]
    struck: Annotated[int, Field(description="How many reasons no longer stand")]
    shared: SharedWith | None
    history: list[Change]


class Shortlist(Model):
    """One page of a partner's shortlists."""

    partner: str
    items: list[Entry]
    total: int
    next: Annotated[str | None, Field(description="`cursor` of the next page")]
    revision: int


class Shared(Model):
    """What would be sent to others."""

    verdict: Verdict | None
    text: str
    lang: Language
    turtle: str


class Body(BaseModel):
    """What is sent."""

    model_config = ConfigDict(extra="forbid")


_EMPTY: Final[JsonDict] = {"anyOf": [{"type": "null"}, {"type": "string", "maxLength": 0}]}
_ONE_NEED: Final[JsonDict] = {
    "oneOf": [
        {"required": ["need"], "properties": {"need": {"type": "string", "minLength": 1}, "text": _EMPTY}},
        {"required": ["text"], "properties": {"text": {"type": "string", "pattern": NOT_BLANK}, "need": _EMPTY}},
    ],
    "if": {"required": ["status"], "properties": {"status": {"const": "not-relevant"}}},
    "then": {"required": ["why"], "properties": {"why": {"pattern": NOT_BLANK}}},
}
"""A need of the graph or in words, and a reason where somebody is not relevant; for the description."""


class NewEntry(Body):
    """A candidate to put on the shortlist for a need."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_ONE_NEED)

    need: Annotated[str | None, Field(max_length=300, description="A need of the graph", examples=["n09"])] = None
    text: Annotated[str | None, Field(max_length=MAX_NEED, description="Or a need in words; they are kept")] = None
    candidate: Annotated[str, Field(min_length=1, max_length=300, examples=["organisation/lund-university"])]
    status: Status = Status.CONSIDERING
    why: Annotated[str, Field(max_length=MAX_WHY, description="Needed where it is not relevant")] = ""
    note: Annotated[str, Field(max_length=MAX_NOTE, description="About the organisation, not about persons")] = ""
    topics: Annotated[
        list[Annotated[str, Field(max_length=100)]] | None,
        Field(max_length=50, description="The topics that the need is narrowed to; as understood if left out"),
    ] = None
    weighting: Annotated[
        str,
        Field(
            max_length=100,
            description="What counts most; see `/weights`",
            json_schema_extra={"enum": list(weights.PROFILES)},
        ),
    ] = weights.DEFAULT


class EntryChange(Body):
    """What is to be said of an entry from now on; what is left out stays."""

    status: Status | None = None
    why: Annotated[str | None, Field(max_length=MAX_WHY)] = None
    note: Annotated[str | None, Field(max_length=MAX_NOTE)] = None


class NewShare(Body):
    """A verdict to send to others."""

    verdict: Annotated[Verdict | None, Field(description="null tells the status alone")] = None
    text: Annotated[str, Field(max_length=MAX_SHARED)] = ""
    lang: Language = "en"
    consent: Annotated[
        Literal[True], Field(description="That others may read this, under the licence of what the partner contributes")
    ]


def entry(found: Item) -> Entry:
    """An entry beside the graph."""
    kept, said = found.kept, found.entry
    return Entry(
        id=said.id,
        need=said.about.iri.value if said.about.iri else None,
        text=said.about.text,
        candidate=said.candidate.value,
        candidate_id=said.candidate.value.removeprefix(ID.iri),
        labels=by_language(found.now.labels if found.now else kept.labels),
        status=said.status,
        status_words=by_language(texts(f"shortlist.status.{said.status}")),
        why=said.why,
        note=said.note,
        who=said.who,
        added_at=said.added_at,
        changed_at=said.changed_at,
        removed_at=said.removed_at,
        expires_on=found.expires_on,
        version=said.version,
        kept=KeptMatch(
            score=kept.score,
            rank=kept.rank,
            revision=kept.revision,
            weights=kept.weights,
            weighting=kept.weighting,
            day=date.fromisoformat(kept.day),
            topics=list(kept.topics) if kept.topics is not None else None,
            reasons=[_ground(each) for each in found.grounds],
        ),
        now=MatchNow(score=found.now.score, rank=found.now.rank, revision=found.revision) if found.now else None,
        struck=found.struck,
        shared=SharedWith(
            contribution=found.shared.id,
            state=found.shared.state,
            url=f"/api/v1/contributions/{found.shared.id}",
        )
        if found.shared
        else None,
        history=[Change(what=each.what, status=each.status, who=each.who, when=each.when) for each in found.history],
    )


def draft(found: Draft) -> Shared:
    """What would be sent."""
    return Shared(verdict=found.verdict, text=found.words, lang=found.lang, turtle=found.file.data.decode())


def as_json(found: Item) -> dict[str, Any]:
    """An entry as JSON."""
    return entry(found).model_dump(mode="json")


def _ground(found: Ground) -> KeptReason:
    return KeptReason(
        contribution=found.reason.contribution,
        sentences=by_language(found.reason.sentences),
        path=[models.statement(each) for each in found.reason.path],
        stands=found.stands,
        gone=[
            Gone(
                statement=models.statement(each.statement),
                revision=each.revision.number if each.revision else None,
                when=each.revision.published_at if each.revision else None,
                withdrawn=each.withdrawn,
            )
            for each in found.gone
        ],
    )
