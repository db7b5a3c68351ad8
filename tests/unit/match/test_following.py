"""The matcher of a revision, brought about by its changes, answers as one that is built from the revision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad

from ecograph.match.explaining.whynot import Explainer
from ecograph.match.matcher import Matcher
from ecograph.match.model import MatchResult
from ecograph.match.projection import following, reading
from ecograph.namespaces import GRAPH, ID, RDF, SKOS
from ecograph.store.oxigraph import MemorySnapshot
from ecograph.text.vectors import Vectors
from ecograph.vocabulary.concepts import Concepts

from .conftest import TODAY, quads_of

TYPED = ("Varsling ved skybrud i Lund", "Bättre avfallssortering", "Rain gauge", "regn og affald i havnen")

# Synthetic: what partners may say, in the graph of a second publisher.
PIECES = {
    "project": """p:new a eco:Project ; dct:title "Skybrud i havnen"@da, "Skyfall i hamnen"@sv ;
        schema:endDate "2025"^^xsd:gYear ; eco:topic t:cloudburst .
        id:participation\\/new a eco:Participation ; eco:project p:new ; eco:participant o:old-school, o:new ;
        eco:role role:lead .""",
    "organisation": """o:new a eco:Company ; foaf:name "Synthetic Harbour ApS" ; eco:country country:dk ;
        eco:locatedIn m:dk-gladsaxe ; dct:description "Måler regn og affald i havnen."@da .""",
    "second name": 'o:sensor-company foaf:name "Synthetic Gauge AB" .',
    "longer text": 'p:old dct:title "Regn och skyfall"@sv ; dct:description "Om regn og affald."@da .',
    "another country": "o:sensor-company eco:country country:dk . s:bin eco:provider o:sensor-company .",
    "another place": "o:sorting-company eco:locatedIn m:se-malmoe .",
    "another kind": "o:network a eco:Company .",
    "new municipality": """m:dk-ny a eco:Municipality ; foaf:name "Ny Kommune" ; eco:country country:dk ;
        eco:inProgrammeArea id:programme\\/oks . o:old-school eco:locatedIn m:dk-ny .""",
    "outside joins": "m:se-stockholm eco:inProgrammeArea id:programme\\/oks .",
    "topic claim": """id:topic-claim\\/new eco:about p:simulation ; eco:topic t:drought, t:iot ;
        eco:basis basis:person .""",
    "surer claim": "id:topic-claim\\/old eco:confidence 0.4, 0.9 ; eco:topic t:drought .",
    "capability": """id:capability-claim\\/new a eco:CapabilityClaim ; eco:claimant o:rain-university, o:new ;
        eco:topic t:sorting ; eco:evidence p:old, p:new ; eco:basis basis:person ; eco:asOf "2026-05-01"^^xsd:date .""",
    "deployment": """id:deployment\\/new a eco:Deployment ; eco:solution s:bin ; eco:stage stage:in-use ;
        eco:operator m:se-vara, o:new ; dct:spatial m:se-vara ; schema:startDate "2026"^^xsd:gYear .""",
    "need": """n:new a eco:Need ; eco:topic t:waste ; eco:raisedBy m:se-lund, o:network ; dct:spatial m:se-lund ;
        dct:title "Affald i havnen"@da, "Avfall i hamnen"@sv . s:bin eco:addressesNeed n:new .""",
    "result": """id:result\\/new a eco:ResearchResult ; dct:title "Rain and waste"@en ;
        dct:creator o:new, o:old-school ; dct:issued "2021"^^xsd:gYear ; eco:topic t:sorting .""",
    "standard": """id:standard\\/new a eco:Standard ; dct:title "Regnmåling"@da .
        n:waste eco:requiresStandard id:standard\\/new .""",
    "not to be proposed": "o:sensor-company eco:openToMatching false .",
    "deviation": """id:claim\\/new eco:solution s:gauge ; dct:conformsTo id:standard\\/rain ;
        eco:asOf "2026-01-01"^^xsd:date ;
        eco:conformance <https://w3id.org/ecograph/concept/conformance/deviates> .
        n:cloudburst eco:requiresStandard id:standard\\/rain .""",
    "the same again": """p:warning a eco:Project ; dct:title "Varsling ved skybrud"@da .
        <https://w3id.org/ecograph/id/participation/1> eco:participant o:rain-university .""",
}


@dataclass(frozen=True)
class Answers:
    """What a matcher finds for every need, for typed ones, and for words."""

    needs: Sequence[NamedNode]
    matches: Sequence[MatchResult]
    found: Sequence[set[str]]

    def at(self, revision: int) -> Answers:
        """The answers of a matcher that is built from the same statements at another revision."""
        return replace(self, matches=[replace(each, revision=revision) for each in self.matches])


# Of matchers that were built from just these statements, with no vectors that could change meanwhile.
Built = dict[frozenset[Quad], Answers]


@pytest.fixture(scope="module")
def built() -> Built:
    return {}


@pytest.fixture(scope="module")
def pieces() -> Mapping[str, tuple[Quad, ...]]:
    return {name: tuple(quads_of(turtle, "second")) for name, turtle in PIECES.items()}


def removable(region: Iterable[Quad]) -> list[Quad]:
    """Everything but the concepts."""
    return [quad for quad in region if quad.graph_name != GRAPH["concepts"]]


class Growing:
    """A graph that changes, with the matcher that follows it."""

    def __init__(self, matcher: Matcher, quads: Iterable[Quad], built: Built | None = None) -> None:
        self.matcher = matcher
        self.quads = dict.fromkeys(quads)
        self.built = built

    def change(self, added: Iterable[Quad] = (), removed: Iterable[Quad] = ()) -> Matcher:
        """The matcher after one more change, held against one that is built afresh."""
        out = [quad for quad in removed if quad in self.quads]
        new = [quad for quad in added if quad not in self.quads]
        self.quads = {quad: None for quad in (*self.quads, *new) if quad not in set(out)}
        with MemorySnapshot(self.quads, self.matcher.revision + 1) as snapshot:
            self.matcher = self.matcher.followed(snapshot, self.matcher.evidence.concepts, [*new, *out], today=TODAY)
            key = frozenset(self.quads)
            if self.built is None or key not in self.built:
                known = self.matcher.evidence
                fresh = answers(Matcher.build(snapshot, known.concepts, today=TODAY, vectors=known.meaning.vectors))
                if self.built is not None:
                    self.built[key] = fresh
            else:
                fresh = self.built[key].at(snapshot.revision)
            assert_alike(answers(self.matcher), fresh)
        return self.matcher


def answers(matcher: Matcher) -> Answers:
    needs = matcher.needs()
    asked = [*(matcher.profile(need) for need in needs), *(matcher.profile_text(typed) for typed in TYPED)]
    found = [{hit.key for hit in matcher.search(typed, limit=100)} for typed in TYPED]
    return Answers(needs, [matcher.match(each) for each in asked], found)


def assert_alike(ours: object, theirs: object) -> None:
    """Equal in everything, numbers within 1e-9."""
    if isinstance(ours, float):
        assert ours == theirs or ours == pytest.approx(theirs, abs=1e-9)
    elif isinstance(ours, str):
        assert ours == theirs
    elif is_dataclass(ours) and is_dataclass(theirs):
        for each in fields(ours):
            assert_alike(getattr(ours, each.name), getattr(theirs, each.name))
    elif isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        assert list(ours) == list(theirs)
        assert_alike(list(ours.values()), list(theirs.values()))
    elif isinstance(ours, Sequence) and isinstance(theirs, Sequence):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert_alike(one, other)
    else:
        assert ours == theirs


class TestFollow:
    @pytest.mark.parametrize("name", PIECES)
    def test_each_sort_of_statement_comes_and_goes(
        self,
        matcher: Matcher,
        region: tuple[Quad, ...],
        pieces: Mapping[str, tuple[Quad, ...]],
        built: Built,
        name: str,
    ) -> None:
        """
        What is published counts as if it had always been there; what is withdrawn, as if it had never been.
        """
        growing = Growing(matcher, region, built)
        growing.change(added=pieces[name])
        growing.change(removed=pieces[name])

    def test_each_thing_may_be_taken_away(self, matcher: Matcher, region: tuple[Quad, ...], built: Built) -> None:
        """
        Without everything that is said of one thing, and with it again, the answers are those of a new matcher.
        """
        growing = Growing(matcher, region, built)
        for subject in sorted({str(quad.subject) for quad in removable(region)}):
            about = [quad for quad in removable(region) if str(quad.subject) == subject]
            growing.change(removed=about)
            growing.change(added=about)

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_several_changes_in_a_row(
        self,
        matcher: Matcher,
        region: tuple[Quad, ...],
        pieces: Mapping[str, tuple[Quad, ...]],
        data: st.DataObject,
    ) -> None:
        """
        Whatever comes and goes, revision after revision, the answers are those of a new matcher: the same matches in
        the same order, scores within 1e-9, the same citations and sentences.
        """
        growing = Growing(matcher, region)
        possible = sorted({*removable(region), *(quad for piece in pieces.values() for quad in piece)}, key=str)
        for _ in range(data.draw(st.integers(1, 4))):
            added = [
                quad
                for name in data.draw(st.lists(st.sampled_from(sorted(pieces)), unique=True, max_size=3))
                for quad in pieces[name]
            ]
            removed = data.draw(st.lists(st.sampled_from(possible), unique=True, max_size=4))
            growing.change(added, [quad for quad in removed if quad not in added])

    def test_what_is_read_of_texts_follows(
        self, reader: Matcher, vectors: Vectors, region: tuple[Quad, ...], pieces: Mapping[str, tuple[Quad, ...]]
    ) -> None:
        """
        What new texts mean is known as soon as they are read, and what is gone stands out among no others.
        """
        growing = Growing(reader, region)
        for place, name in enumerate(sorted(pieces)):
            if place % 3 == 0:  # the others wait for the next time
                with MemorySnapshot([*growing.quads, *pieces[name]]) as snapshot:
                    vectors.fill(reading.passages(snapshot, reader.evidence.concepts))
            growing.change(added=pieces[name])
        assert growing.matcher.evidence.meaning.available
        for start in range(0, len(region), 40):
            some = removable(region[start : start + 40])
            growing.change(removed=[quad for quad in some if quad.predicate != RDF.type])

    def test_an_earlier_matcher_stays_as_it_is(
        self, matcher: Matcher, region: tuple[Quad, ...], pieces: Mapping[str, tuple[Quad, ...]]
    ) -> None:
        """
        Who still reads the old revision gets its answers, while and after another follows.
        """
        need = matcher.needs()[0]
        before = matcher.match(matcher.profile(need)), matcher.search("havnen")
        after = Growing(matcher, region).change(added=[quad for piece in pieces.values() for quad in piece])
        assert (matcher.match(matcher.profile(need)), matcher.search("havnen")) == before
        assert ID["organisation/new"].value in {hit.key for hit in after.search("harbour")}
        assert ID["organisation/new"].value not in matcher.evidence.numbers

    def test_why_not_is_answered_at_the_later_revision(
        self, matcher: Matcher, region: tuple[Quad, ...], pieces: Mapping[str, tuple[Quad, ...]]
    ) -> None:
        """
        The smallest change is looked for on what followed as on what was built.
        """
        growing = Growing(matcher, region)
        ours = growing.change(added=[*pieces["organisation"], *pieces["project"]])
        with MemorySnapshot(growing.quads, ours.revision) as snapshot:
            fresh = Matcher.build(snapshot, ours.evidence.concepts, today=TODAY)
            profile = fresh.profile(ID["need/waste"])
            answers = [Explainer(each, snapshot).why(profile, ID["organisation/new"]) for each in (ours, fresh)]
        assert_alike(*answers)

    def test_concepts_are_read_in_full(self, matcher: Matcher, region: tuple[Quad, ...]) -> None:
        """
        Where a topic changes everything is read again: it may be met in any text.
        """
        label = Quad(ID["x"], SKOS.broader, ID["y"], GRAPH["concepts"])
        with MemorySnapshot([*region, label], 8) as snapshot:
            assert following.follow(matcher.evidence, snapshot, 8, [label], TODAY) is None
            other = Concepts.from_snapshot(snapshot)
            assert matcher.followed(snapshot, other, [label], today=TODAY).evidence.concepts is other

    def test_another_year_is_read_in_full(self, matcher: Matcher, region: tuple[Quad, ...]) -> None:
        """
        In a new year dates that lay ahead have come, so everything is read again.
        """
        with MemorySnapshot(region, 8) as snapshot:
            later = matcher.followed(snapshot, matcher.evidence.concepts, [], today=date(2031, 1, 1))
            assert later.evidence.statements is not matcher.evidence.statements
            assert later.evidence.dated != matcher.evidence.dated

    def test_most_of_the_graph_is_read_in_full(
        self, matcher: Matcher, region: tuple[Quad, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Where much has changed, one pass over the graph is quicker than many questions.
        """
        monkeypatch.setattr(following, "FEW", 0)
        changes = removable(region)
        with MemorySnapshot(region, 8) as snapshot:
            assert following.follow(matcher.evidence, snapshot, 8, changes, TODAY) is None

    def test_equals_stand_in_the_order_of_their_names(self, matcher: Matcher, region: tuple[Quad, ...]) -> None:
        """
        Things of the same worth come in the order of their IRIs, whichever was published first.
        """
        growing = Growing(matcher, region)
        for slug in ("z", "a", "m"):
            about = quads_of(f'o:equal-{slug} a eco:Company ; foaf:name "Synthetic Equal" ; eco:topic t:drought .')
            growing.change(added=about)
        found = growing.matcher.match(growing.matcher.profile_text("tørke", "da")).in_group("company")
        slugs = [match.candidate.value.rsplit("-", 1)[-1] for match in found if "equal" in match.candidate.value]
        assert slugs == ["a", "m", "z"]


def test_region_without_an_area_gets_one(region: tuple[Quad, ...]) -> None:
    """
    The first statement of what is in the programme area says of every other place that it is not.
    """
    areas = [quad for quad in region if quad.predicate.value.endswith("inProgrammeArea")]
    others = [quad for quad in region if quad not in areas]
    with MemorySnapshot(others, 7) as snapshot:
        concepts = Concepts.from_snapshot(snapshot)
        growing = Growing(Matcher.build(snapshot, concepts, today=TODAY), others)
    growing.change(added=areas)
    growing.change(removed=areas)
