"""Contributions on their way, as those who work with them read it: where they stand, what happened, what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from babel.dates import format_datetime, get_timezone

from ecograph.contribute.options import Options
from ecograph.contribute.rights import OPERATOR, Who
from ecograph.ledger.partners import Partner, Role
from ecograph.ledger.records import RENEWED, Contribution, Event, Note, State
from ecograph.messages import Language
from ecograph.web.views.words import Link, Reader, licence_name, shown, web_address

SOON: Final = timedelta(days=60)
"""How long before a contribution expires its partner is asked whether it shall stay."""

_ZONE: Final = "Europe/Copenhagen"  # Danish and Swedish clocks agree
_PATTERNS: Final[Mapping[Language, str]] = {
    "da": "dd.MM.yyyy 'kl.' HH.mm",
    "sv": "yyyy-MM-dd 'kl.' HH:mm",
    "en": "yyyy-MM-dd 'at' HH:mm",
}


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One contribution in a list."""

    id: str
    title: str
    href: str
    partner: str
    state: State
    state_name: str
    received: str
    expires: str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: what, when, who, and the reason given."""

    what: str
    when: str
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class NoteView:
    """What somebody wrote."""

    when: str
    who: str
    words: str


class Names:
    """What partners and those who act for them are called."""

    def __init__(self, partners: Iterable[Partner], words: Reader) -> None:
        self._names = {partner.slug: partner.name for partner in partners}
        self._words = words

    def partner(self, slug: str) -> str:
        """A partner by name."""
        return self._names.get(slug, slug)

    def who(self, name: str) -> str:
        """
        Somebody as the ledger names them, in words.

        `albertslund/miljø` is the label of a token behind the slug of its partner.
        """
        if name == OPERATOR.name:
            return self._words.say("page.case.operator")
        partner, slash, label = name.partition("/")
        return f"{self.partner(partner)} ({label})" if slash else self.partner(partner)


def moment(when: datetime, lang: Language) -> str:
    """A moment as clocks on both sides of the Øresund show it."""
    return format_datetime(when, _PATTERNS[lang], tzinfo=get_timezone(_ZONE), locale=lang)


def line(words: Reader, contribution: Contribution, names: Names, today: date) -> CaseLine:
    """A contribution in a list."""
    lang, until = words.lang, contribution.expires_on
    return CaseLine(
        id=contribution.id,
        title=contribution.title,
        href=f"/{lang}/contributions/{contribution.id}",
        partner=names.partner(contribution.publisher),
        state=contribution.state,
        state_name=words.say(f"ledger.state.{contribution.state}"),
        received=moment(contribution.received_at, lang),
        expires=words.day(until.isoformat()) if until else "",
        overdue=until is not None and until <= today,
    )


def expiring(contributions: Iterable[Contribution], today: date) -> tuple[Contribution, ...]:
    """Published contributions that are to go soon, soonest first."""
    due = [each for each in contributions if each.state is State.PUBLISHED and each.expires_on]
    soon = [each for each in due if each.expires_on and each.expires_on <= today + SOON]
    return tuple(sorted(soon, key=lambda each: each.expires_on or today))


def timeline(words: Reader, events: Iterable[Event], names: Names) -> tuple[Step, ...]:
    """What happened to a contribution, the last first."""
    steps = []
    for event in events:
        why = event.why
        if why and (event.transition in (RENEWED, State.EXPIRED)):
            why = words.say("page.case.until", day=words.day(why))
        what = words.say(f"ledger.state.{event.transition}")
        steps.append(Step(what[:1].upper() + what[1:], moment(event.when, words.lang), names.who(event.who), why))
    return tuple(reversed(steps))


def notes(words: Reader, written: Iterable[Note], names: Names) -> tuple[NoteView, ...]:
    """What was written about a contribution, oldest first."""
    return tuple(NoteView(moment(note.when, words.lang), names.who(note.who), note.words) for note in written)


def facts(words: Reader, contribution: Contribution, names: Names) -> tuple[tuple[str, Link], ...]:
    """What was said with a contribution, as label and value."""
    options = Options.from_json(contribution.options)
    lang = words.lang
    said: list[tuple[str, Link | None]] = [
        ("partner", Link(names.partner(contribution.publisher))),
        ("sent-by", Link(names.who(contribution.submitted_by))),
        ("received", Link(moment(contribution.received_at, lang))),
        ("source", Link(shown(options.source), web_address(options.source)) if options.source else None),
        ("issued", Link(words.day(options.issued.isoformat())) if options.issued else None),
        ("expires", Link(words.day(contribution.expires_on.isoformat())) if contribution.expires_on else None),
        ("licence", licence_name(contribution.licence)),
        ("mode", Link(words.say("page.case.mode-replace")) if options.mode == "replace" else None),
        ("corrects", _corrected(words, options.corrects) if options.corrects else None),
        ("left-out", _left_out(words, options)),
    ]
    return tuple((words.say(f"page.case.{name}"), link) for name, link in said if link is not None)


def next_step(words: Reader, contribution: Contribution, who: Who) -> str:
    """What happens next with a contribution, told to one who may see it."""
    own = who.partner == contribution.publisher
    reviewing = not own and who.role.may(Role.REVIEWER)
    part = "reviewer" if reviewing else "own"
    return words.say_if_known(f"page.case.next.{contribution.state}-{part}") or words.say(
        f"page.case.next.{contribution.state}"
    )


def _corrected(words: Reader, contribution_id: str) -> Link:
    return Link(words.say("page.case.the-earlier"), f"/{words.lang}/contributions/{contribution_id}")


def _left_out(words: Reader, options: Options) -> Link | None:
    count = sum(map(len, options.leave_out.values()))
    return Link(words.say("page.case.left-out-count", count=words.number(count))) if count else None
