"""Shortlists in words: marks beside the candidates of an answer, what others say, and a partner's own list."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.contribute.writing import guard
from ecograph.ledger.entries import About, Entry, Status
from ecograph.ledger.partners import Role
from ecograph.match import weights
from ecograph.match.standing import Gone, Ground
from ecograph.messages import Language, language_of
from ecograph.namespaces import ADMS, CONCEPT, DCTERMS, ECO, ID, RDF, RDFS
from ecograph.web.shortlisting import Item
from ecograph.web.verdicts import VERDICTS
from ecograph.web.views import cases
from ecograph.web.views.words import Link, Reader, StatementView, in_language

SOON: Final = timedelta(days=60)
"""How long before an entry is deleted its partner is asked whether it shall stay."""

_EXCERPT: Final = 120  # letters of a note in a row of the list
_LONGEST_WAY_BACK: Final = 2000  # letters of an address; encoded again it is twice as long
_SEMICOLON: Final = ("da", "sv")
_COLUMNS: Final = (
    "need", "candidate", "id", "status", "why", "note", "who", "added", "changed", "then", "now", "struck", "expires",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What a partner has said about a candidate to everybody: the verdict, who, when, and perhaps a text."""

    line: str
    text: Link | None
    source: Link


@dataclass(frozen=True, slots=True)
class Keeping:
    """
    What stands beside the candidates of an answer, apart from their score.

    Args:
        private: Whether the page is for this visitor alone.
        may: Whether the visitor may put candidates on the list.
        login: Where to sign in and come back; None for one who is signed in.
        here: The page, to come back to.
        fields: What names the need in a form.
        own: By candidate, the status on the visitor's own list and where it leads.
        said: By candidate, what others say.
        list_href: The own list for this need.
    """

    private: bool
    may: bool
    login: str | None
    here: str
    fields: Sequence[tuple[str, str]]
    own: Mapping[str, Link]
    said: Mapping[str, tuple[Said, ...]]
    list_href: str


@dataclass(frozen=True, slots=True)
class Row:
    """One entry in the list."""

    id: str
    version: int
    name: Link
    href: str
    status: str
    status_name: str
    note: str
    then: str
    now: str
    struck: int
    shared: str
    until: str
    soon: bool


@dataclass(frozen=True, slots=True)
class NeedRows:
    """The entries for one need."""

    key: str
    need: Link
    in_words: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class GroundView:
    """One reason as it was, and in words what has become of it."""

    sentence: str
    points: str
    stands: bool
    fate: str
    statements: tuple[StatementView, ...]
    gone: tuple[StatementView, ...]


def said(words: Reader, need: NamedNode | None) -> dict[str, tuple[Said, ...]]:
    """What partners say about candidates for a need, the newest first, by the candidate's kind and slug."""
    found: dict[str, list[tuple[str, Said]]] = {}
    for quad in words.view.snapshot.quads(None, ECO.need, need, None) if need else ():
        if not isinstance(quad.subject, NamedNode) or not isinstance(quad.graph_name, NamedNode):
            continue
        known = list(words.view.snapshot.quads(quad.subject, None, None, quad.graph_name))
        values = {each.predicate: each.object for each in known}
        candidate, status = values.get(ECO.candidate), values.get(ADMS.status)
        if values.get(RDF.type) not in (ECO.Feedback, ECO.ShortlistEntry):
            continue
        if isinstance(candidate, NamedNode) and isinstance(status, NamedNode) and status in CONCEPT:
            day, view = _said(words, quad.graph_name, status, known)
            found.setdefault(ID.local(candidate), []).append((day, view))
    return {
        name: tuple(view for _, view in sorted(each, key=lambda pair: pair[0], reverse=True))
        for name, each in found.items()
    }


def _said(words: Reader, graph: NamedNode, status: NamedNode, known: Iterable[Quad]) -> tuple[str, Said]:
    """The day of what somebody says, and how it reads."""
    literals = [(each.predicate, each.object) for each in known if isinstance(each.object, Literal)]
    texts = {
        lang: value.value
        for predicate, value in literals
        if predicate == RDFS.comment and value.language and (lang := language_of(value.language))
    }
    text, foreign = in_language(texts, words.lang)
    day = max((value.value for predicate, value in literals if predicate == DCTERMS.created), default="")
    source, dataset = words.source(graph)
    who = dataset.publisher_name if dataset and dataset.publisher_name else source.text
    verdict, shown = words.link(status).text, words.day(day) if day else "–"
    line = words.say("shortlist.card.said", verdict=verdict, who=who, day=shown)
    return day, Said(line, Link(text, None, foreign) if texts else None, source)


def own(words: Reader, entries: Iterable[Entry]) -> dict[str, Link]:
    """By the candidate's kind and slug, its status on the own list, leading to the entry."""
    return {
        ID.local(each.candidate): Link(words.say(f"shortlist.status.{each.status}"), entry_href(words.lang, each.id))
        for each in entries
    }


def may(role: Role) -> bool:
    """Whether a role may change its partner's list."""
    return role.may(Role.CONTRIBUTOR)


def login_href(lang: Language, here: str) -> str:
    """Where to sign in, and from where one comes back to a page whose address is not too long for that."""
    return f"/{lang}/login?{urlencode({'next': here})}" if len(here) <= _LONGEST_WAY_BACK else f"/{lang}/login"


def entry_href(lang: Language, entry_id: str) -> str:
    """The page of an entry."""
    return f"/{lang}/shortlist/{entry_id}"


def need_link(words: Reader, about: About) -> Link:
    """The need of an entry: as it is called, or its words."""
    if about.iri is not None:
        return words.link(about.iri)
    return Link(about.text, f"/{words.lang}/match?{urlencode({'q': about.text})}")


def answer_href(words: Reader, item: Item) -> str | None:
    """Where the need is answered today, narrowed and weighed as it was."""
    link, kept = need_link(words, item.entry.about), item.kept
    asked = [("topic", slug) for slug in kept.topics or ("",)] if kept.topics is not None else []
    asked += [("weighting", kept.weighting)] if kept.weighting != weights.DEFAULT else []
    if link.href is None or not asked:
        return link.href
    return f"{link.href}{'&' if '?' in link.href else '?'}{urlencode(asked)}"


def candidate_link(words: Reader, item: Item) -> Link:
    """The candidate as it is called today; one that is gone as it was called."""
    if item.now is not None or next(iter(words.view.snapshot.quads(item.entry.candidate)), None) is not None:
        return words.link(item.entry.candidate)
    text, lang = in_language(item.kept.labels, words.lang)
    return Link(text, None, lang)


def by_need(words: Reader, items: Sequence[Item], today: date) -> tuple[NeedRows, ...]:
    """Entries under their needs, both in the order given."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.entry.about.key, []).append(item)
    return tuple(
        NeedRows(
            f"need-{key[:12]}",
            need_link(words, found[0].entry.about),
            found[0].entry.about.iri is None,
            tuple(row(words, each, today) for each in found),
        )
        for key, found in groups.items()
    )


def row(words: Reader, item: Item, today: date) -> Row:
    """One entry in the list."""
    entry = item.entry
    note = " – ".join(part for part in (entry.why, entry.note) if part)
    return Row(
        id=entry.id,
        version=entry.version,
        name=candidate_link(words, item),
        href=entry_href(words.lang, entry.id),
        status=entry.status.value,
        status_name=words.say(f"shortlist.status.{entry.status}"),
        note=note if len(note) <= _EXCERPT else f"{note[:_EXCERPT].rstrip()}…",
        then=points(words, item.kept.score),
        now=points(words, item.now.score if item.now else None),
        struck=item.struck,
        shared=words.say(f"ledger.state.{item.shared.state}") if item.shared and item.is_shared else "",
        until=words.day(item.expires_on.isoformat()),
        soon=item.expires_on <= today + SOON,
    )


def points(words: Reader, score: float | None) -> str:
    """A score in points of a hundred, or a dash."""
    return "–" if score is None else words.number(round(score * 100))


def statuses(words: Reader) -> list[tuple[str, str]]:
    """What may be chosen as status, with its name."""
    return [(each.value, words.say(f"shortlist.status.{each}")) for each in Status]


def verdicts(words: Reader) -> list[tuple[str, str]]:
    """What may be told to others, with its name."""
    return [(each, words.say(f"shortlist.verdict.{each}")) for each in VERDICTS]


def grounds(words: Reader, found: Iterable[Ground]) -> tuple[GroundView, ...]:
    """The reasons as they were, and which no longer stand."""
    return tuple(
        GroundView(
            sentence=each.reason.sentences[words.lang],
            points=words.number(round(each.reason.contribution * 100, 1)),
            stands=each.stands,
            fate=_fate(words, each.gone) if each.gone else "",
            statements=tuple(words.statement(statement) for statement in each.reason.path),
            gone=tuple(words.statement(gone.statement) for gone in each.gone),
        )
        for each in found
    )


def history(words: Reader, item: Item, names: cases.Names) -> list[cases.Step]:
    """What happened to an entry, the last first."""
    return [
        cases.Step(
            what=words.say(f"shortlist.happened.{each.what}"),
            when=cases.moment(each.when, words.lang),
            who=names.who(each.who),
            why=words.say(f"shortlist.status.{each.status}"),
        )
        for each in reversed(item.history)
    ]


def table(words: Reader, items: Iterable[Item]) -> bytes:
    """The list for a spreadsheet; no cell is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if words.lang in _SEMICOLON else ",")
    writer.writerow([words.say(f"shortlist.column.{name}") for name in _COLUMNS])
    for item in items:
        entry = item.entry
        cells = (
            need_link(words, entry.about).text,
            candidate_link(words, item).text,
            ID.local(entry.candidate),
            words.say(f"shortlist.status.{entry.status}"),
            entry.why,
            entry.note,
            entry.who,
            entry.added_at.date().isoformat(),
            entry.changed_at.date().isoformat(),
            points(words, item.kept.score),
            points(words, item.now.score if item.now else None),
            str(item.struck),
            item.expires_on.isoformat(),
        )
        writer.writerow([guard(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def _fate(words: Reader, gone: Collection[Gone]) -> str:
    """When a ground went, and whether it was withdrawn or put in other words."""
    known = [each for each in gone if each.revision is not None]
    if len(known) < len(gone):
        return words.say("shortlist.entry.withdrawn")
    last = max(known, key=lambda each: (each.withdrawn, each.revision.number if each.revision else 0))
    day = words.day(last.revision.published_at.date().isoformat()) if last.revision else ""
    return words.say(f"shortlist.entry.{'withdrawn' if last.withdrawn else 'changed'}-on", day=day)
