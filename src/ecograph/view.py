"""What answers questions about the graph, at one revision."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions

from ecograph.contribute import provenance
from ecograph.contribute.provenance import Dataset
from ecograph.contribute.rules import Rules
from ecograph.errors import UnknownThing
from ecograph.identifiers import NAME, thing_iri
from ecograph.match import weights
from ecograph.match.explaining.whynot import Answer, Explainer
from ecograph.match.matcher import Matcher
from ecograph.match.model import Group, MatchResult, NeedProfile
from ecograph.match.projection import meaning, reading
from ecograph.match.together import alike
from ecograph.match.together.alike import Compared
from ecograph.messages import Language
from ecograph.namespaces import ECO
from ecograph.shacl.contract import Contract
from ecograph.store.base import Snapshot
from ecograph.text.vectors import Vectors
from ecograph.vocabulary.concepts import Concepts
from ecograph.vocabulary.ontology import Ontology

_WITHOUT_MATCHER: Final = frozenset({"concepts", "datasets", "property_names", "companies_at_work"})
"""Parts that say the same whatever has been read of the texts."""


class View:
    """
    Everything that answers questions, at one revision: what a request holds from its first line to its last.

    The parts are built when first asked for, and live as long as the view.
    """

    def __init__(
        self, snapshot: Snapshot, rules: Rules, concepts: Concepts | None = None, vectors: Vectors | None = None
    ) -> None:
        """
        Args:
            snapshot: The revision.
            rules: The rules in force.
            concepts: The concepts, if they are the same as in an earlier view.
            vectors: What texts mean; None for matching without.
        """
        self.snapshot = snapshot
        self.rules = rules
        self.vectors = vectors
        self.published_at: datetime | None = None
        """When this revision was published; None where nobody has said."""
        self._former: tuple[Matcher, Iterable[Quad]] | None = None
        self._building = threading.RLock()
        if concepts is not None:
            self.__dict__["concepts"] = concepts

    def follow(self, earlier: View, changes: Iterable[Quad]) -> None:
        """
        Say what this revision differs by from an earlier one, so that its matcher need not be built from nothing.

        Args:
            earlier: The view of the earlier revision.
            changes: Every statement that was added or removed in between.
        """
        if "matcher" in earlier.built:
            self._former = earlier.matcher, changes

    @property
    def built(self) -> frozenset[str]:
        """Which of its parts have been asked for."""
        return frozenset(self.__dict__)

    @property
    def revision(self) -> int:
        """The ledger's revision that this view shows."""
        return self.snapshot.revision

    @property
    def ontology(self) -> Ontology:
        """Our own terms."""
        return self.rules.ontology

    @property
    def contract(self) -> Contract:
        """The templates, as the shapes state them."""
        return self.rules.contract

    @cached_property
    def concepts(self) -> Concepts:
        """The concept schemes and vocabularies."""
        return Concepts.from_snapshot(self.snapshot)

    @cached_property
    def matcher(self) -> Matcher:
        """The matching projection of this revision."""
        with self._building:
            former, self._former = self._former, None
            if former is None:
                return Matcher.build(self.snapshot, self.concepts, vectors=self.vectors)
            matcher, changes = former
            return matcher.followed(self.snapshot, self.concepts, changes)

    @cached_property
    def explainer(self) -> Explainer:
        """Says why somebody is in a list or not, at this revision."""
        return Explainer(self.matcher, self.snapshot)

    @cached_property
    def compared(self) -> Compared:
        """The needs of this revision beside each other."""
        with self._building:
            return alike.compare(self.matcher)

    def passages(self) -> tuple[str, ...]:
        """The texts of this revision whose meaning counts."""
        if "matcher" in self.built:
            return meaning.passages(self.matcher.evidence)
        return reading.passages(self.snapshot, self.concepts)

    def reread(self, snapshot: Snapshot) -> View:
        """
        The same with what has been read of the texts since it was built.

        Args:
            snapshot: The same revision once more, for the new view to close.
        """
        new = View(snapshot, self.rules, vectors=self.vectors)
        new.__dict__ |= {part: self.__dict__[part] for part in self.built & _WITHOUT_MATCHER}
        new.__dict__["matcher"] = self.matcher.reread()
        return new

    @cached_property
    def datasets(self) -> Mapping[NamedNode, Dataset]:
        """Who published each graph, from where, under which licence."""
        return provenance.datasets(self.snapshot)

    @cached_property
    def property_names(self) -> Mapping[NamedNode, Mapping[Language, str]]:
        """What properties are called in the templates, in the order of the columns."""
        columns = sorted(
            (column for template in self.contract.templates.values() for column in template.columns),
            key=lambda column: column.order,
        )
        names: dict[NamedNode, Mapping[Language, str]] = {}
        for column in columns:
            names.setdefault(column.path, column.names)
        return names

    @cached_property
    def companies_at_work(self) -> int:
        """How many companies the graph knows by more than their name: a project, a solution or a claim."""
        rows = self.snapshot.query(
            f"SELECT (COUNT(DISTINCT ?company) AS ?count) WHERE {{ ?company a <{ECO.Company.value}> . "
            f"?evidence <{ECO.participant.value}>|<{ECO.provider.value}>|<{ECO.claimant.value}> ?company }}"
        )
        assert isinstance(rows, QuerySolutions)
        count = next(rows)["count"]
        return int(count.value) if isinstance(count, Literal) else 0

    def match(
        self,
        need: str,
        *,
        countries: Sequence[str] | None = None,
        groups: Sequence[Group] | None = None,
        top: int = 10,
        weighting: str = weights.DEFAULT,
    ) -> MatchResult:
        """
        Who fits a need that is named by its id, or else written out.

        Args:
            need: The slug of a need in the graph, or a text of several words in Danish, Swedish or English.
            countries: Only candidates of these (`dk`, `se`, `no`); None for all.
            groups: Only these groups; None for all.
            top: How many per group.
            weighting: The profile that says what counts most.

        Raises:
            UnknownThing: A single word that looks like an id and is none.
            BadParameter: No profile has that name.
        """
        return self.matcher.match(self.profile(need), countries=countries, groups=groups, top=top, weighting=weighting)

    def profile(self, need: str) -> NeedProfile:
        """
        A need that is named by its id, or else written out, as it is understood.

        Raises:
            UnknownThing: A single word that looks like an id and is none.
        """
        profile = self.matcher.profile_text(need)
        if NAME.fullmatch(need):
            iri = thing_iri("need", need)
            if next(iter(self.snapshot.quads(iri)), None) is not None:
                profile = self.matcher.profile(iri)
            elif not profile.concepts:
                raise UnknownThing(kind="need", id=need)
        return profile

    def why(
        self,
        profile: NeedProfile,
        who: str,
        *,
        countries: Sequence[str] | None = None,
        goal: int | None = None,
        weighting: str = weights.DEFAULT,
    ) -> Answer:
        """
        Why somebody is in the list for a need, or not, and what would change it.

        Args:
            profile: The need.
            who: Kind and slug, IRI or exact name.
            countries: Only candidates of these were asked for; None for all.
            goal: The rank asked for; None for the first ten.
            weighting: The profile that says what counts most.

        Raises:
            UnknownThing: Nobody is called so.
            BadParameter: No profile has that name.
        """
        for iri in self.explainer.named(who):
            return self.explainer.why(profile, iri, countries=countries, goal=goal, weighting=weighting)
        raise UnknownThing(kind="actor", id=who[:100])

    def close(self) -> None:
        """Let the generation go."""
        self.snapshot.close()
