"""
Shortlists as pages, REST and commands work with them: kept in the ledger, held against the graph, shared on request.

Nothing here is known to `match`: what a partner thinks of a candidate is shown beside its score and never part of it.

Source:
    docs/shortlist.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from pyoxigraph import NamedNode

from ecograph.bootstrap import EcoGraph, View
from ecograph.contribute.options import Options
from ecograph.contribute.rights import Who
from ecograph.errors import BadParameter, Forbidden, UnknownThing, WrongState
from ecograph.identifiers import NAME, concept_iri, thing_iri
from ecograph.ledger.entries import About, Change, Entry, Status
from ecograph.ledger.partners import Role
from ecograph.ledger.records import Contribution, State
from ecograph.ledger.shortlists import Shortlists
from ecograph.ledger.writing import plain
from ecograph.match import standing, weights
from ecograph.match.model import Match, NeedProfile
from ecograph.match.standing import Ground, Kept, Today
from ecograph.messages import Language
from ecograph.namespaces import ID
from ecograph.web import verdicts
from ecograph.web.narrowing import narrowed
from ecograph.web.retention import months_later
from ecograph.web.verdicts import Draft, Verdict

_SHARED: Final = frozenset({State.SUBMITTED, State.APPROVED, State.PUBLISHED})


@dataclass(frozen=True)
class Item:
    """
    An entry beside the graph as it is now.

    Args:
        entry: What the partner keeps.
        kept: The match when it was kept.
        grounds: Its reasons, with what is gone of them.
        now: The match today; None where the need or the candidate is gone.
        shared: The contribution that it was shared with, if any.
        history: What happened to it, oldest first.
        expires_on: The day on which it is deleted if nobody changes it.
        revision: The revision of the graph that it is held against.
    """

    entry: Entry
    kept: Kept
    grounds: tuple[Ground, ...]
    now: Match | None
    shared: Contribution | None
    history: tuple[Change, ...]
    expires_on: date
    revision: int

    @property
    def struck(self) -> int:
        """How many of its reasons no longer stand."""
        return sum(not ground.stands for ground in self.grounds)

    @property
    def is_shared(self) -> bool:
        """Whether others see it, or will once it is approved."""
        return self.shared is not None and self.shared.state in _SHARED


class Shortlist:
    """
    The shortlists of one partner, at one revision of the graph.

    Args:
        ecograph: Where they are kept.
        view: The revision they are held against.
        who: Who asks.
        partner: Slug of whose they are, where the operator asks; a token says it itself.

    Raises:
        Forbidden: It is another partner's.
        BadParameter: The operator has not said whose.
        ReadOnly: There is no ledger to ask.
    """

    def __init__(self, ecograph: EcoGraph, view: View, who: Who, partner: str | None = None) -> None:
        slug = who.partner or partner
        if slug is None:
            known = ", ".join(each.slug for each in ecograph.ledger.partners.all())
            raise BadParameter(name="partner", value="", expected=known or "ecograph partner add")
        if partner not in (None, slug):
            raise Forbidden(needed="own")
        self._ecograph = ecograph
        self._view = view
        self._who = who
        self._today: dict[tuple[object, ...], Today | None] = {}
        self.partner = slug

    @property
    def revision(self) -> int:
        """The revision of the graph."""
        return self._view.revision

    @property
    def _kept(self) -> Shortlists:
        return self._ecograph.ledger.shortlists

    @cached_property
    def _history(self) -> Mapping[str, tuple[Change, ...]]:
        return self._kept.history(self.partner)

    # --- what there is ---

    def entries(self, about: About | None = None, *, removed: bool | None = False) -> tuple[Entry, ...]:
        """The entries, the last changed first; see `Shortlists.entries`."""
        return self._kept.entries(self.partner, about, removed=removed)

    def item(self, entry: Entry) -> Item:
        """An entry beside the graph as it is now."""
        was = standing.kept(entry.kept)
        today = self._measured(entry.about, was.topics, was.weighting)
        return Item(
            entry=entry,
            kept=was,
            grounds=standing.grounds(was, self._view.snapshot, self._ecograph.ledger),
            now=today.match(entry.candidate) if today else None,
            shared=self._ecograph.ledger.contribution(entry.contribution_id) if entry.contribution_id else None,
            history=self._history.get(entry.id, ()),
            expires_on=months_later(entry.changed_at.date(), self._ecograph.settings.shortlist_months),
            revision=self._view.revision,
        )

    def get(self, entry_id: str) -> Item:
        """
        One entry, also one that was removed.

        Raises:
            UnknownThing: The partner has no such entry.
        """
        return self.item(self._kept.get(entry_id, self.partner))

    def about(self, need: str | None, text: str | None) -> About:
        """
        The need that somebody names by id, or writes out.

        Raises:
            UnknownThing: No need has that id.
            BadParameter: Neither, both, or too long.
        """
        if need and not text:
            slug = need.removeprefix(ID.iri).removeprefix("need/")
            iri = thing_iri("need", slug) if NAME.fullmatch(slug) else None
            if iri is None or not self._is_need(iri):
                raise UnknownThing(kind="need", id=plain(need[:100]))
            return About(iri)
        return About(None, text if text and not need else "")

    def candidate(self, named: str) -> NamedNode:
        """
        The candidate that somebody names: by kind and slug, IRI, or exact name.

        Raises:
            UnknownThing: Nobody is called so, or it is no candidate.
        """
        evidence = self._view.matcher.evidence
        for iri in self._view.explainer.named(named):
            if evidence.group[evidence.numbers[iri.value]] >= 0:
                return iri
        raise UnknownThing(kind="actor", id=plain(named[:100]))

    # --- what is done ---

    def add(
        self,
        about: About,
        candidate: NamedNode,
        *,
        status: Status = Status.CONSIDERING,
        why: str = "",
        note: str = "",
        topics: Sequence[str] | None = None,
        weighting: str = weights.DEFAULT,
    ) -> tuple[Item, bool]:
        """
        Put a candidate on the list, with the reasons it has today; one that is there already stays as it is.

        Args:
            about: The need.
            candidate: Whom.
            status, why, note: What the partner says.
            topics: Slugs of the topics that the need was narrowed to by hand; None for as understood.
            weighting: The name of the profile that says what counts most.

        Returns:
            The entry, and whether it was put there now.

        Raises:
            Forbidden: It takes the role of contributor.
            BadParameter: Words that are too long, or missing; or no profile has that name.
        """
        self._require()
        weights.profile(weighting)
        chosen = tuple(dict.fromkeys(slug for slug in topics if slug)) if topics is not None else None
        today = self._measured(about, chosen, weighting)
        match = today.match(candidate) if today else None
        kept = standing.keep(match, self._view.matcher, chosen, weighting)
        entry, new = self._kept.add(
            self.partner, about, candidate, self._who.name, status=status, why=why, note=note, kept=kept
        )
        return self._again(entry), new

    def change(self, entry_id: str, version: int | None = None, **said: Any) -> Item:
        """
        Change `status`, `why` or `note`; see `Shortlists.change`.

        Raises:
            Forbidden, UnknownThing, EntryChanged, BadParameter: It cannot be changed.
        """
        self._require()
        return self._again(self._kept.change(entry_id, self.partner, self._who.name, version=version, **said))

    def remove(self, entry_id: str, version: int | None = None) -> Item:
        """Take it off the list; raises as `change`."""
        self._require()
        return self._again(self._kept.remove(entry_id, self.partner, self._who.name, version=version))

    def restore(self, entry_id: str, version: int | None = None) -> Item:
        """Bring it back; raises as `change`."""
        self._require()
        return self._again(self._kept.restore(entry_id, self.partner, self._who.name, version=version))

    def delete(self, entry_id: str | None = None) -> int:
        """
        Delete an entry for good, or all; returns how many. What was shared stays until it is withdrawn.

        Raises:
            Forbidden: It takes the role of contributor.
        """
        self._require()
        return self._kept.delete(self.partner, entry_id)

    # --- sharing ---

    def draft(self, entry: Entry, verdict: Verdict | None, words: str, lang: Language) -> Draft:
        """What would be sent to others; see `verdicts.draft`."""
        return verdicts.draft(entry, self._ecograph.space_of(self.partner), verdict, words, lang)

    def share(self, entry_id: str, draft: Draft, version: int | None = None) -> Item:
        """
        Send a draft to the reviewers, as any contribution of the partner's.

        Raises:
            Forbidden: It takes the role of contributor.
            WrongState: It is shared already; it has to be withdrawn first.
            Rejected: It does not fit what is published by now; nothing was sent.
            UnknownThing, EntryChanged: There is no such entry, or it was changed since that version.
        """
        self._require()
        item = self.get(entry_id)
        if item.shared is not None and item.is_shared:
            raise WrongState(id=item.shared.id, state=item.shared.state, wanted=State.SUBMITTED)
        files, options = (draft.file,), Options()
        self._ecograph.check_files(files, options, self.partner).require_publishable()
        desk = self._ecograph.desk
        entry = self._kept.change(entry_id, self.partner, self._who.name, version=version)
        case = desk.receive(files, options, self._who, partner=self.partner)
        entry = self._kept.share(entry_id, self.partner, self._who.name, case.contribution.id, version=entry.version)
        desk.submit(case.contribution.id, self._who, version=case.contribution.version)
        return self._again(entry)

    def unshare(self, entry_id: str, why: str) -> Item:
        """
        Take back what was shared; one that waits for review is not published at all.

        Raises:
            BadParameter: No reason.
            UnknownThing: It is not shared.
            Forbidden, WrongState, WithdrawalConflict: As for `Desk.withdraw`.
        """
        self._require()
        item = self.get(entry_id)
        if item.shared is None:
            raise UnknownThing(kind="contribution", id=entry_id)
        self._ecograph.desk.withdraw(item.shared.id, self._who, why)
        return self._again(item.entry)

    # --- inside ---

    def _require(self) -> None:
        if not self._who.role.may(Role.CONTRIBUTOR):
            raise Forbidden(needed="contributor")

    def _again(self, entry: Entry) -> Item:
        self.__dict__.pop("_history", None)
        return self.item(entry)

    def _is_need(self, iri: NamedNode) -> bool:
        evidence = self._view.matcher.evidence
        number = evidence.numbers.get(iri.value)
        return number is not None and evidence.kinds[number] == "Need"

    def _measured(self, about: About, topics: tuple[str, ...] | None, weighting: str) -> Today | None:
        """The need with its candidates' signals; None for one that is gone from the graph."""
        weighed = weighting if weighting in weights.PROFILES else weights.DEFAULT
        key = (about.key, topics, weighed)
        if key not in self._today:
            profile = self._profile(about, topics)
            self._today[key] = Today(self._view.matcher, profile, weighed) if profile else None
        return self._today[key]

    def _profile(self, about: About, topics: tuple[str, ...] | None) -> NeedProfile | None:
        matcher = self._view.matcher
        if about.iri is not None and not self._is_need(about.iri):
            return None
        profile = matcher.profile(about.iri) if about.iri else matcher.profile_text(about.text)
        if topics is None:
            return profile
        known = matcher.evidence.hierarchy.number
        there = [each for each in topics if known(concept_iri("topic", each.partition(":")[0]).value) is not None]
        return narrowed(self._view, profile, there)
