"""The values of REST for contributions: what a check says, what is known of a contribution, what it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from ecograph.contribute.desk import Case
from ecograph.contribute.difference import Difference, ThingChange, Value
from ecograph.contribute.reading.table import Table
from ecograph.contribute.staged import Staged
from ecograph.ledger.partners import Partner, Role, Token
from ecograph.ledger.records import Contribution, Event, Note, State
from ecograph.messages import LANGUAGES, Language, texts
from ecograph.shacl.report import Report, Severity
from ecograph.web.rest.models import Iri, Model, Texts, by_language

MAX_FINDINGS: Final = 50_000
"""Findings in one answer: as many as a file of 20,000 rows with two faults in each has, about 40 MB."""

StepName = Literal["submit", "approve", "return", "withdraw", "renew", "note"]


class FindingModel(Model):
    """One thing to look at: where, what is wrong, and what to do."""

    severity: Annotated[Severity, Field(description="Only a violation stops publication")]
    code: Annotated[str, Field(description="Stays when the wording changes", examples=["unknown-concept"])]
    file: str | None
    sheet: str | None
    row: Annotated[int | None, Field(description="As in the sheet; 1 is the first")]
    column: Annotated[str | None, Field(description="The heading as it was written")]
    value: str | None
    message: Texts
    suggestion: Annotated[
        dict[Language, list[str]],
        Field(description="What a reader of each language could write instead, the likeliest first"),
    ]
    shape: Iri | None
    focus: Iri | None
    path: Iri | None


class Read(Model):
    """How a file was read."""

    file: str
    sheet: str
    sentence: Texts
    remarks: Annotated[list[Texts], Field(description="What was assumed or passed over")]
    rows: int
    encoding: str
    delimiter: str


class Counts(Model):
    """How much there is, and how much is wrong."""

    violation: int
    warning: int
    info: int
    rows: int
    things: int
    statements: int
    affected: Annotated[int, Field(description="Others' things that were checked because this may change them")]
    queued: Annotated[int, Field(description="Others' things that are still to be checked")]


class Check(Model):
    """The verdict on files, and all findings."""

    conforms: Annotated[bool, Field(description="Whether nothing stops publication")]
    verdict: Texts
    how_read: list[Read]
    counts: Counts
    findings: Annotated[list[FindingModel], Field(description=f"What stops publication first; {MAX_FINDINGS} at most")]
    left_out: Annotated[dict[str, list[int | str]], Field(description="By file, rows and things that do not go on")]
    revision: Annotated[int, Field(description="The revision of the graph that they were checked against")]


class EventModel(Model):
    """One thing that happened."""

    transition: str
    words: Texts
    who: str
    when: datetime
    why: str


class NoteModel(Model):
    """What somebody wrote about a contribution."""

    who: str
    when: datetime
    words: str


class ContributionModel(Model):
    """A contribution as lists show it."""

    id: str
    partner: str
    title: str
    state: State
    state_words: Texts
    version: Annotated[int, Field(description="What `If-Match` names")]
    licence: str
    source: str
    sha256: Annotated[str | None, Field(description="Of the bytes as sent; null when they were erased")]
    file_name: str
    submitted_by: str
    received_at: datetime
    expires_on: date | None
    url: str


class CaseModel(ContributionModel):
    """A contribution with what happened to it and what may happen next."""

    options: Annotated[dict[str, Any], Field(description="How it is to be read")]
    allowed: Annotated[list[StepName], Field(description="What whoever asks may do with it now")]
    events: list[EventModel]
    notes: list[NoteModel]
    check: Annotated[Check | None, Field(description="With the answer to a step that checked it; else see `/report`")]


class Contributions(Model):
    """One page of a list."""

    items: list[ContributionModel]
    total: int
    next: Annotated[str | None, Field(description="`cursor` of the next page")]


class ValueModel(Model):
    """A value in words."""

    words: Texts
    iri: Iri | None
    lang: str | None


class PropertyModel(Model):
    """What becomes of one property of a thing."""

    property: Iri
    names: Texts
    added: list[ValueModel]
    removed: list[ValueModel]


class ThingModel(Model):
    """What becomes of one thing."""

    iri: Iri
    change: Literal["added", "changed", "removed"]
    labels: Texts
    kind: str
    kinds: Texts
    properties: list[PropertyModel]


class Diff(Model):
    """What a contribution changes, in words and in statements."""

    summary: Texts
    counts: dict[str, int]
    things: list[ThingModel]
    added: Annotated[list[str], Field(description="N-Quads")]
    removed: Annotated[list[str], Field(description="N-Quads")]


class Consequences(Model):
    """What withdrawing a contribution would break for others."""

    findings: list[FindingModel]


class PartnerModel(Model):
    """An organisation that contributes."""

    slug: str
    name: str
    homepage: str
    licence: str
    language: str
    created_at: datetime


class TokenModel(Model):
    """What is known of a token."""

    id: str
    partner: str
    role: Role
    label: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class IssuedToken(TokenModel):
    """A new token."""

    secret: Annotated[str, Field(description="What proves it. It is shown now and never again.")]


class WhoModel(Model):
    """Whoever asks."""

    name: str
    partner: str | None
    role: Role


def check(staged: Staged) -> dict[str, Any]:
    """What a check says, as `Check` describes it; not validated again, because there may be many findings."""
    report = staged.report
    return {
        "conforms": staged.conforms,
        "verdict": {lang: report.verdict(lang) for lang in LANGUAGES},
        "how_read": [_read(table) for table in staged.tables],
        "counts": {
            **{severity.value: report.count(severity) for severity in Severity},
            "rows": sum(len(table.rows) for table in staged.tables),
            "things": len({quad.subject for quad in staged.quads}),
            "statements": len(staged.quads),
            "affected": staged.affected,
            "queued": len(staged.queued),
        },
        "findings": findings(report),
        "left_out": {file: list(parts) for file, parts in staged.left_out.items()},
        "revision": staged.revision,
    }


def findings(report: Report) -> list[dict[str, Any]]:
    """Findings, as `FindingModel` describes them."""
    return [finding.as_json() for finding in report.findings[:MAX_FINDINGS]]


def contribution(found: Contribution) -> dict[str, Any]:
    """A contribution for a list, as `ContributionModel` describes it."""
    return {
        "id": found.id,
        "partner": found.publisher,
        "title": found.title,
        "state": found.state.value,
        "state_words": by_language(texts(f"ledger.state.{found.state}")),
        "version": found.version,
        "licence": found.licence,
        "source": found.source,
        "sha256": found.sha256,
        "file_name": found.file_name,
        "submitted_by": found.submitted_by,
        "received_at": found.received_at.isoformat(),
        "expires_on": found.expires_on.isoformat() if found.expires_on else None,
        "url": address(found.id),
    }


def case(found: Case) -> dict[str, Any]:
    """A contribution with all that belongs to it, as `CaseModel` describes it."""
    return {
        **contribution(found.contribution),
        "options": dict(found.contribution.options),
        "allowed": sorted(found.allowed),
        "events": events(found.events),
        "notes": notes(found.notes),
        "check": check(found.staged) if found.staged else None,
    }


def events(found: Iterable[Event]) -> list[dict[str, Any]]:
    """What happened, as `EventModel` describes it."""
    return [
        {
            "transition": event.transition,
            "words": by_language(texts(f"ledger.state.{event.transition}")),
            "who": event.who,
            "when": event.when.isoformat(),
            "why": event.why,
        }
        for event in found
    ]


def notes(found: Iterable[Note]) -> list[dict[str, Any]]:
    """What was written, as `NoteModel` describes it."""
    return [{"who": note.who, "when": note.when.isoformat(), "words": note.words} for note in found]


def difference(found: Difference) -> dict[str, Any]:
    """What a contribution changes, as `Diff` describes it."""
    return {
        "summary": {lang: found.summary(lang) for lang in LANGUAGES},
        "counts": dict(found.counts),
        "things": [_thing(thing) for thing in found.things],
        "added": [f"{quad} ." for quad in found.patch.additions],
        "removed": [f"{quad} ." for quad in found.patch.removals],
    }


def partner(found: Partner) -> PartnerModel:
    """A partner."""
    return PartnerModel.model_validate(vars(found))


def token(found: Token) -> TokenModel:
    """A token, without its secret."""
    return TokenModel.model_validate(vars(found))


def address(contribution_id: str) -> str:
    """Where REST answers for a contribution."""
    return f"/api/v1/contributions/{contribution_id}"


def _read(table: Table) -> dict[str, Any]:
    return {
        "file": table.file,
        "sheet": table.sheet,
        "sentence": {lang: table.how_read(lang) for lang in LANGUAGES},
        "remarks": [{lang: remark.text(lang) for lang in LANGUAGES} for remark in table.remarks],
        "rows": len(table.rows),
        "encoding": table.reading.encoding,
        "delimiter": table.reading.delimiter,
    }


def _thing(found: ThingChange) -> dict[str, Any]:
    return {
        "iri": found.iri.value,
        "change": found.change,
        "labels": by_language(found.labels),
        "kind": found.kind,
        "kinds": by_language(found.kinds),
        "properties": [
            {
                "property": each.property.value,
                "names": by_language(each.names),
                "added": [_value(value) for value in each.added],
                "removed": [_value(value) for value in each.removed],
            }
            for each in found.properties
        ],
    }


def _value(found: Value) -> Mapping[str, Any]:
    return {
        "words": by_language(found.words),
        "iri": found.iri.value if found.iri else None,
        "lang": found.language,
    }
