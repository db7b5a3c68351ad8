"""
A plan in words: who the partners are, what each covers by which statements, what each adds, which rules collide.

Like the reasons of a match, no sentence says more than the graph or the solver does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from ecograph.identifiers import concept_iri
from ecograph.match.consortium.gathering import Gathered, Rate
from ecograph.match.consortium.planning import Added, Plan
from ecograph.match.consortium.problem import PARTS, qualifies
from ecograph.match.consortium.rules import LEVELS, Currency, Level, Role, Rule
from ecograph.match.consortium.solving import Found, Status
from ecograph.match.explaining.grounds import Grounds, Piece
from ecograph.match.explaining.sentences import Sentences, enumerated, in_sentence
from ecograph.match.model import Note, Statement, Texts
from ecograph.messages import LANGUAGES, Language, text

_PER_SHOWN: Final = 10
"""Points of the solver per point that is shown: a thing that is covered wholly is worth 100."""


@dataclass(frozen=True, slots=True)
class Covering:
    """
    How a partner covers one thing.

    Attributes:
        concept, labels: The thing.
        strength: 0..1, how strong the evidence is.
        level: The level of a capability claim.
        speaks: Whether nobody else in the consortium has stronger evidence.
        sentences, path: The evidence in words, and as statements.
    """

    concept: NamedNode
    labels: Texts
    strength: float
    level: Level | None
    speaks: bool
    sentences: Texts
    path: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Partner:
    """One partner of a proposal; the cost is as the coordinator stated it, the rate as the programme does."""

    iri: NamedNode
    labels: Texts
    role: Role
    countries: tuple[str, ...]
    fit: float
    covers: tuple[Covering, ...]
    cost: int | None
    currency: Currency | None
    rate: float | None


@dataclass(frozen=True, slots=True)
class Total:
    """What the partners of one currency cost together; what the programme may pay of it, and what is left to them."""

    currency: Currency
    cost: int
    grant: float | None
    own: float | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A consortium: its partners, its points, and whether it is proven that there is none better."""

    partners: tuple[Partner, ...]
    points: int
    proven: bool
    totals: tuple[Total, ...]


@dataclass(frozen=True, slots=True)
class Addition:
    """
    What a partner of the best proposal adds.

    Attributes:
        partner: The partner.
        points: Points that are lost without it; None where the rules cannot be kept without it, or time was up.
        instead: Who would come in.
        needed_for: Rules that cannot hold together without it.
        sentences: The same in words.
    """

    partner: NamedNode
    points: int | None
    instead: tuple[NamedNode, ...]
    needed_for: tuple[RuleSaid, ...]
    sentences: Texts


@dataclass(frozen=True, slots=True)
class RuleSaid:
    """A rule in words."""

    rule: Rule
    sentences: Texts


@dataclass(frozen=True, slots=True)
class Answer:
    """
    Everything that is answered to rules.

    Attributes:
        status: `proven` or `found` with a proposal; `impossible` with a conflict; `unknown` where time was up.
        proposals: The best one first, then others that differ.
        additions: What each partner of the best adds.
        conflict: Rules that cannot hold together.
        notes: What to know about the answer.
        looked_at, known: Candidates that the proof is about, and that there are.
        rates: What the programme pays.
        revision: The revision of the graph that was asked.
    """

    status: Status
    proposals: tuple[Proposal, ...]
    additions: tuple[Addition, ...]
    conflict: tuple[RuleSaid, ...]
    notes: tuple[Note, ...]
    looked_at: int
    known: int
    rates: tuple[Rate, ...]
    revision: int


def explain(gathered: Gathered, plan: Plan, beyond: Sequence[NamedNode] = ()) -> Answer:
    """
    A plan in words.

    Args:
        gathered: What the plan was made from.
        plan: The plan.
        beyond: What the need asks for and nobody covers.
    """
    return _Explainer(gathered).answer(plan, beyond)


class _Explainer:
    def __init__(self, gathered: Gathered) -> None:
        self.gathered = gathered
        self.problem = gathered.problem
        self.rules = gathered.problem.rules
        self.read = gathered.question.evidence

    def answer(self, plan: Plan, beyond: Sequence[NamedNode]) -> Answer:
        """The whole answer."""
        found = [each for each in (plan.best, *plan.alternatives) if each.any]
        return Answer(
            status=plan.best.status,
            proposals=tuple(self._proposal(each) for each in found),
            additions=tuple(self._addition(plan, each) for each in plan.added),
            conflict=tuple(self._said(rule) for rule in plan.conflict),
            notes=(*self._notes(plan), *self._beyond(beyond)),
            looked_at=len(self.problem.actors),
            known=self.gathered.known,
            rates=self.gathered.rates,
            revision=self.read.revision,
        )

    # --- proposals ---

    def _proposal(self, found: Found) -> Proposal:
        partners = tuple(self._partner(member, found.members) for member in found.members)
        return Proposal(
            partners=tuple(
                sorted(partners, key=lambda each: (-sum(one.speaks for one in each.covers), each.iri.value))
            ),
            points=_shown(found.value),
            proven=found.status == "proven",
            totals=tuple(self._totals(found.members)),
        )

    def _partner(self, member: int, members: Sequence[int]) -> Partner:
        actor, cost = self.problem.actors[member], self.problem.cost(member)
        return Partner(
            iri=actor.iri,
            labels=self._labels(actor.iri),
            role=actor.role,
            countries=actor.countries,
            fit=actor.fit,
            covers=tuple(self._coverings(member, members)),
            cost=cost.amount if cost else None,
            currency=cost.currency if cost else None,
            rate=self.problem.rate(member),
        )

    def _coverings(self, member: int, members: Sequence[int]) -> Iterable[Covering]:
        grounds = Grounds(self.gathered.question, self.gathered.rows[member])
        for place, cover in enumerate(self.rules.covers):
            offer, column = self.problem.actors[member].offers[place], self.gathered.columns[place]
            if column is None or not qualifies(cover, offer):
                continue
            piece = Piece(int(self.gathered.links[member, column]), wanted=[column])
            strongest = max(self.problem.strengths[place].get(each, 0) for each in members)
            sentences = Sentences(grounds)
            path = (*grounds.link_path(piece.link), *grounds.topic_path(piece))
            yield Covering(
                concept=cover.concept,
                labels=self._concept(cover.concept),
                strength=offer.strength,
                level=LEVELS[offer.level] if offer.level >= 0 else None,
                speaks=self.problem.strengths[place].get(member, 0) == strongest,
                sentences={lang: sentences.whole(piece, lang) for lang in LANGUAGES},
                path=tuple(dict.fromkeys(path)),
            )

    def _totals(self, members: Iterable[int]) -> Iterable[Total]:
        sums: dict[Currency, list[int]] = {}
        for member in members:
            cost = self.problem.cost(member)
            if cost is not None:
                total = sums.setdefault(cost.currency, [0, 0])
                total[0] += cost.amount
                total[1] += cost.amount * round(PARTS * (self.problem.rate(member) or 0.0))
        for currency, (whole, granted) in sums.items():
            if self.rules.programme is None:
                yield Total(currency, whole, None, None)
            else:
                yield Total(currency, whole, granted / PARTS, (whole * PARTS - granted) / PARTS)

    # --- what each adds ---

    def _addition(self, plan: Plan, added: Added) -> Addition:
        iri = self.problem.actors[added.member].iri
        instead = tuple(
            self.problem.actors[each].iri for each in added.without.members if each not in plan.best.members
        )
        needed_for = tuple(self._said(rule) for rule in added.needed_for)
        return Addition(
            partner=iri,
            points=None if added.loss is None else _shown(plan.best.value) - _shown(added.without.value),
            instead=instead,
            needed_for=needed_for,
            sentences=_texts(self._adding(plan, added, iri, instead, needed_for)),
        )

    def _adding(
        self, plan: Plan, added: Added, iri: NamedNode, instead: Sequence[NamedNode], needed_for: Sequence[RuleSaid]
    ) -> Callable[[Language], str]:
        def say(lang: Language) -> str:
            partner = self._labels(iri)[lang]
            if needed_for:
                listed = enumerated([_quoted(each, lang) for each in needed_for], lang)
                return text("consortium.adds.needed", lang, partner=partner, rules=listed)
            if added.loss is None:
                return text("consortium.adds.unknown", lang, partner=partner)
            with_it, without = _shown(plan.best.value), _shown(added.without.value)
            kind = "more" if with_it > without else "nothing" if with_it == without else "less"
            said = [text(f"consortium.adds.{kind}", lang, partner=partner, points=with_it, others=without)]
            if instead:
                names = enumerated([self._labels(each)[lang] for each in instead], lang)
                said.append(text("consortium.adds.instead", lang, names=names))
            return " ".join(said)

        return say

    # --- rules ---

    def _said(self, rule: Rule) -> RuleSaid:
        return RuleSaid(rule, _texts(lambda lang: self._rule(rule, lang)))

    def _rule(self, rule: Rule, lang: Language) -> str:
        rules, key = self.rules, f"consortium.rule.{rule.kind}"
        if rule.kind in ("max-partners", "min-partners"):
            return text(key, lang, count=rules.max_partners if rule.kind == "max-partners" else rules.min_partners)
        if rule.kind == "cover":
            cover = next(each for each in rules.covers if each.concept.value == rule.key)
            concept = in_sentence(self._concept(cover.concept)[lang])
            if cover.level is None:
                return text(key, lang, count=cover.count, concept=concept)
            level = in_sentence(self.read.concepts.label(concept_iri("capability-level", cover.level), lang))
            return text(f"{key}-level", lang, count=cover.count, concept=concept, level=level)
        if rule.kind == "country":
            country = self.read.concepts.label(concept_iri("country", rule.key), lang)
            return text(key, lang, count=rules.countries[rule.key], country=country)
        if rule.kind == "role":
            counts = {str(role): count for role, count in rules.roles.items()}
            return text(key, lang, count=counts[rule.key], role=text(f"consortium.role.{rule.key}", lang))
        if rule.kind in ("budget", "grant", "own"):
            limits = {"budget": rules.money.budget, "grant": rules.money.grant, "own": rules.money.own}[rule.kind]
            amounts = {str(currency): amount for currency, amount in limits.items()}
            return text(key, lang, amount=amount_said(amounts[rule.key]), currency=rule.key.upper())
        if rule.kind == "priced":
            return text(key, lang)
        return text(key, lang, name=self._labels(NamedNode(rule.key))[lang])

    # --- notes ---

    def _notes(self, plan: Plan) -> Iterable[Note]:
        if plan.best.status in ("found", "unknown"):
            yield _note("not-proven" if plan.best.any else "no-time")
        if not plan.minimal:
            yield _note("conflict-not-minimal")
        if plan.best.any and len(plan.alternatives) < self.rules.alternatives:
            yield _note("no-more" if plan.exhausted else "no-time-for-others", count=len(plan.alternatives))
        if not self.rules.covers:
            yield _note("nothing-to-cover")
        if self.gathered.known > len(self.problem.actors):
            yield _note("pool", count=len(self.problem.actors), known=self.gathered.known)
        money = self.rules.money
        currencies = {cost.currency for cost in money.costs}
        if money.limited and len(currencies) > 1:
            yield _note("no-exchange")
        open_ended = sorted(currencies - set(money.budget)) if money.budget else []
        for currency in open_ended:
            yield _note("no-limit", currency=currency.upper())
        if self.rules.programme is not None and not self.gathered.rates:
            yield _note("no-rates")

    def _beyond(self, concepts: Sequence[NamedNode]) -> Iterable[Note]:
        if concepts:
            named = {lang: [in_sentence(self._concept(each)[lang]) for each in concepts] for lang in LANGUAGES}
            yield Note(
                "beyond",
                _texts(lambda lang: text("consortium.note.beyond", lang, concepts=enumerated(named[lang], lang))),
            )

    def _labels(self, iri: NamedNode) -> Texts:
        thing = self.read.numbers.get(iri.value)
        return self.read.labels(thing) if thing is not None else dict.fromkeys(LANGUAGES, iri.value.rsplit("/", 1)[-1])

    def _concept(self, iri: NamedNode) -> Texts:
        return {lang: self.read.concepts.label(iri, lang) for lang in LANGUAGES}


def amount_said(amount: int) -> str:
    """
    An amount with its thousands apart.

    Example:
        >>> amount_said(1500000)
        '1\\u202f500\\u202f000'
    """
    return f"{amount:,}".replace(",", "\u202f")


def _quoted(said: RuleSaid, lang: Language) -> str:
    return text("consortium.adds.rule", lang, rule=said.sentences[lang].rstrip("."))


def _shown(value: int) -> int:
    return round(value / _PER_SHOWN)


def _note(code: str, **values: object) -> Note:
    return Note(code, _texts(lambda lang: text(f"consortium.note.{code}", lang, **values)))


def _texts(say: Callable[[Language], str]) -> Texts:
    return {lang: say(lang) for lang in LANGUAGES}
