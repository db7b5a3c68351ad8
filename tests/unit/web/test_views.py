"""What the pages say, from a small graph of two projects, a claim, a sum of money and an example."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from ecograph.bootstrap import EcoGraph, View
from ecograph.config import Settings
from ecograph.identifiers import concept_iri, graph_iri, thing_iri
from ecograph.match.matcher import Matcher
from ecograph.match.model import MatchResult
from ecograph.messages import LANGUAGES, Language
from ecograph.namespaces import ECO, XSD
from ecograph.rdf.patch import Patch
from ecograph.store.oxigraph import EmbeddedStore
from ecograph.web.views import answers, matches
from ecograph.web.views.contributions import contributions
from ecograph.web.views.profiles import Profile, profile
from ecograph.web.views.words import Link, Reader, licence, page_of, shown

PREFIXES = """
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix eco: <https://w3id.org/ecograph/ns#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix geo: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix schema: <http://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@base <https://w3id.org/ecograph/> .
"""
# Synthetic: nobody here exists.
PARTNER = """
<id/municipality/dk-lyngby> a eco:Municipality ; foaf:name "Lyngby Kommune" ;
    skos:prefLabel "Lyngby Kommune"@da, "Lyngby kommun"@sv, "Lyngby Municipality"@en ;
    eco:country <concept/country/dk> ; geo:lat 55.5 ; geo:long 12.25 .
<id/organisation/vandlab> a eco:ResearchOrganisation ; foaf:name "Vandlab" ; eco:country <concept/country/dk> ;
    dcterms:description "Forsker i regn."@da .
<id/organisation/regnbolaget> a eco:Company ; foaf:name "Regnbolaget" ; eco:country <concept/country/se> .
<id/need/rain> a eco:Need ; dcterms:title "Varsling ved skybrud"@da, "Varning vid skyfall"@sv, "Rain warning"@en ;
    eco:country <concept/country/dk> ; eco:topic <concept/topic/cloudburst> ;
    eco:raisedBy <id/municipality/dk-lyngby> ; dcterms:spatial <id/municipality/dk-lyngby> .
<id/project/old> a eco:Project ; dcterms:title "Gammelt regn"@da ; schema:startDate "2010"^^xsd:gYear ;
    schema:endDate "2012"^^xsd:gYear .
<id/project/new> a eco:Project ; dcterms:title "Nyt regn"@da ; schema:startDate "2024-03-01"^^xsd:date ;
    schema:endDate "2026-12-31"^^xsd:date .
<id/participation/old--vandlab--lead> a eco:Participation ; eco:project <id/project/old> ;
    eco:participant <id/organisation/vandlab> ; eco:role <concept/participation-role/lead> .
<id/participation/new--vandlab--partner> a eco:Participation ; eco:project <id/project/new> ;
    eco:participant <id/organisation/vandlab> ; eco:role <concept/participation-role/partner> ;
    eco:roleText "PARTNER" .
<id/topic-claim/new--cloudburst--rule> a eco:TopicClaim ; eco:about <id/project/new> ;
    eco:topic <concept/topic/cloudburst> ; eco:basis <concept/basis/rule> ; eco:matchedTerm "regn" ;
    eco:asOf "2026-11-22"^^xsd:date .
<id/funding-statement/new-grant> a eco:FundingStatement ; eco:about <id/project/new> ; eco:amount 1600000.0 ;
    eco:currency <concept/currency/dkk> ; eco:kind <concept/funding-kind/grant> ; eco:funderText "Fonden" ;
    dcterms:source <https://www.example.org/regn/> .
"""
EXAMPLE = """
<id/organisation/made-up> a eco:Company ; foaf:name "Opdigtet" ; eco:country <concept/country/se> .
"""
CONCEPTS = """
<concept/topic> a skos:ConceptScheme ; skos:prefLabel "Emner"@da ; skos:hasTopConcept <concept/topic/climate> .
<concept/topic/climate> a skos:Concept ; skos:inScheme <concept/topic> ; skos:topConceptOf <concept/topic> ;
    skos:prefLabel "Klima"@da, "Klimat"@sv, "Climate"@en .
<concept/topic/cloudburst> a skos:Concept ; skos:inScheme <concept/topic> ; skos:broader <concept/topic/climate> ;
    skos:prefLabel "Skybrud"@da, "Skyfall"@sv, "Cloudburst"@en ; skos:definition "Meget regn."@da ;
    skos:altLabel "styrtregn"@da, "heavy rain"@en .
<concept/country/dk> a skos:Concept ; skos:inScheme <concept/country> ; skos:prefLabel "Danmark"@da, "Denmark"@en .
<concept/country/se> a skos:Concept ; skos:inScheme <concept/country> ; skos:prefLabel "Sverige"@da, "Sweden"@en .
<concept/participation-role/lead> a skos:Concept ; skos:inScheme <concept/participation-role> ;
    skos:prefLabel "Leder"@da .
<concept/participation-role/partner> a skos:Concept ; skos:inScheme <concept/participation-role> ;
    skos:prefLabel "Partner"@da .
<concept/currency/dkk> a skos:Concept ; skos:inScheme <concept/currency> ; skos:notation "DKK" ;
    skos:prefLabel "Danske kroner"@da .
<concept/funding-kind/grant> a skos:Concept ; skos:inScheme <concept/funding-kind> ; skos:prefLabel "Tilskud"@da .
"""
PROVENANCE = """
<graph/partner> prov:wasDerivedFrom <id/contribution/partner> .
<id/contribution/partner> a eco:Contribution ; dcterms:title "Partnerens data"@da, "Partner data"@en ;
    dcterms:rights "Delt af partneren."@da ; dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    dcterms:issued "2026-11-22"^^xsd:date ; dcterms:source <https://www.example.org/data/> .
<graph/example> prov:wasDerivedFrom <id/contribution/example> .
<id/contribution/example> a eco:Contribution ; dcterms:title "Et eksempel"@da ; eco:exampleData true ;
    dcterms:rights "Opdigtet."@da ; dcterms:license <https://creativecommons.org/publicdomain/zero/1.0/> ;
    dcterms:issued "2026-11-22"^^xsd:date .
"""
GRAPHS = {"partner": PARTNER, "example": EXAMPLE, "concepts": CONCEPTS, "provenance": PROVENANCE}


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    """The synthetic graph at revision 1."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("views"))
    store = EmbeddedStore.open(settings.data_dir / "store")
    quads = [
        Quad(each.subject, each.predicate, each.object, graph_iri(name))
        for name, turtle in GRAPHS.items()
        for each in parse((PREFIXES + turtle).encode(), RdfFormat.TURTLE)
    ]
    store.apply(1, Patch(tuple(quads), ()))
    store.switch()
    with EcoGraph(settings, store, None) as ecograph:
        yield ecograph.view()


@pytest.fixture
def danish(view: View) -> Reader:
    """A reader of Danish."""
    return Reader(view, "da")


@pytest.fixture
def answer(view: View) -> MatchResult:
    """Who fits the need."""
    matcher: Matcher = view.matcher
    return matcher.match(matcher.profile(thing_iri("need", "rain")), top=50)


def seen(words: Reader, kind: str, slug: str) -> Profile:
    """The profile of a thing that exists."""
    found = profile(words, concept_iri(kind, slug) if kind == "topic" else thing_iri(kind, slug))
    assert found is not None
    return found


def related(words: Reader, kind: str, slug: str) -> dict[str, list[tuple[str, str]]]:
    """What refers to a thing, by heading: names and remarks."""
    return {
        each.label: [(entry.link.text, entry.note) for entry in (*each.entries, *each.more)]
        for each in seen(words, kind, slug).relations
    }


class TestWords:
    @pytest.mark.parametrize(
        ("lang", "number", "day", "month"),
        [
            ("da", "1.234,5", "31.12.2026", "maj 2026"),
            ("sv", "1\xa0234,5", "2026-12-31", "maj 2026"),
            ("en", "1,234.5", "2026-12-31", "May 2026"),
        ],
    )
    def test_numbers_and_dates_are_written_as_their_readers_do(
        self, view: View, lang: Language, number: str, day: str, month: str
    ) -> None:
        """
        Numbers and dates follow the language of the page; a month and a year keep their precision.
        """
        words = Reader(view, lang)
        assert words.number(1234.5) == number
        assert words.day("2026-12-31") == day
        assert words.day("2026-05") == month
        assert words.day("2026") == "2026"

    def test_foreign_name_says_its_language(self, view: View) -> None:
        """
        A title that exists in Danish only is marked as Danish on a Swedish page.
        """
        assert Reader(view, "sv").link(thing_iri("project", "new")).lang == "da"

    def test_what_has_no_name_is_called_by_what_it_joins(self, danish: Reader) -> None:
        """
        A participation is called by its project and its participant, never by its slug.
        """
        name = danish.link(thing_iri("participation", "new--vandlab--partner")).text
        assert name == "Deltagelse: Nyt regn – Vandlab"

    def test_share_is_a_percentage_and_a_truth_value_a_word(self, danish: Reader) -> None:
        """
        A co-funding share of 0.6 reads 60 %, and a boolean reads yes or no.
        """
        assert danish.value(Literal("0.6", datatype=XSD.decimal), ECO.share).text == "60\xa0%"
        assert danish.value(Literal("true", datatype=XSD.boolean)).text == "ja"

    @pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
    def test_only_web_addresses_become_links(self, address: str) -> None:
        """
        An IRI that a browser would run or open locally is text, not a link.
        """
        assert page_of(NamedNode(address), "da") is None

    def test_long_address_is_cut_in_what_is_shown(self) -> None:
        """
        A long web address is shown to sixty letters.
        """
        assert len(shown("https://example.org/" + "a" * 500)) == 61

    def test_licence_is_called_by_its_short_name(self, view: View) -> None:
        """
        Creative Commons licences go by the names people know.
        """
        names = {each.slug: licence(each) for each in view.datasets.values()}
        assert names["partner"] == Link("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")
        assert names["example"] == Link("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/")


class TestProfile:
    def test_unknown_thing_has_none(self, danish: Reader) -> None:
        """
        There is no profile of what the graph does not know.
        """
        assert profile(danish, thing_iri("organisation", "nobody")) is None

    def test_projects_of_an_organisation_come_latest_first_with_its_role(self, danish: Reader) -> None:
        """
        An organisation's projects stand by year with its role, said once though the source repeats it.
        """
        assert related(danish, "organisation", "vandlab")["Projekter"] == [
            ("Nyt regn", "Partner, 2024–2026"),
            ("Gammelt regn", "Leder, 2010–2012"),
        ]

    def test_need_that_is_raised_by_and_concerns_a_municipality_is_listed_once(self, danish: Reader) -> None:
        """
        A municipality's page lists each of its needs once.
        """
        assert related(danish, "municipality", "dk-lyngby")["Behov"] == [("Varsling ved skybrud", "Danmark")]

    def test_topic_of_a_project_says_how_it_was_set(self, danish: Reader) -> None:
        """
        A topic that a rule has set says so, with the words it was set by and the day.
        """
        assert related(danish, "project", "new")["Emner"] == [
            ("Skybrud", "sat af en regel ud fra titel eller program (regn), 22.11.2026")
        ]

    def test_sum_of_money_has_its_currency_its_giver_and_its_source(self, danish: Reader) -> None:
        """
        A funding statement shows the amount in the reader's writing, who gives it, and who says so.
        """
        funding = next(each for each in seen(danish, "project", "new").relations if each.label == "Finansiering")
        assert [(entry.link.text, entry.note) for entry in funding.entries] == [
            ("1.600.000 DKK", "Tilskud, fra Fonden")
        ]
        assert [source.text for source in funding.entries[0].sources] == ["example.org/regn", "Partnerens data"]

    def test_topic_page_has_its_definition_its_place_and_what_is_about_it(self, danish: Reader) -> None:
        """
        A topic's page defines it, says what it is part of, and counts the needs and projects with a link to the search.
        """
        topic = seen(danish, "topic", "cloudburst")
        assert topic.lead == Link("Meget regn.", None, "da")
        assert [each.text for each in topic.broader] == ["Klima"]
        assert [(each.label, each.total, each.href) for each in topic.about] == [
            ("Behov", "1", "/da/search?topic=cloudburst&kind=need"),
            ("Projekter", "1", "/da/search?topic=cloudburst&kind=project"),
        ]
        assert [(fact.label, [each.text for each in fact.entries]) for fact in topic.facts] == [
            ("Andre navne", ["styrtregn"])
        ]

    def test_name_is_a_fact_only_where_it_differs_from_the_heading(self, view: View) -> None:
        """
        The official name stands among the facts of a page whose heading is another one.
        """
        facts = {lang: seen(Reader(view, lang), "municipality", "dk-lyngby").facts for lang in LANGUAGES}
        assert "Navn" not in [fact.label for fact in facts["da"]]
        assert "Namn" in [fact.label for fact in facts["sv"]]

    def test_latitude_and_longitude_are_one_fact(self, danish: Reader) -> None:
        """
        Coordinates are shown as one place.
        """
        last = seen(danish, "municipality", "dk-lyngby").facts[-1]
        assert [each.text for each in last.entries] == ["55,5° N, 12,25° Ø"]

    def test_example_is_marked(self, danish: Reader) -> None:
        """
        What an example contribution describes is marked on its profile and wherever it is named.
        """
        assert seen(danish, "organisation", "made-up").example
        assert danish.link(thing_iri("organisation", "made-up")).example
        assert not danish.link(thing_iri("organisation", "vandlab")).example


class TestMatches:
    def test_both_sides_stand_beside_each_other_though_one_is_empty(self, danish: Reader, answer: MatchResult) -> None:
        """
        A group shows Denmark and Sweden, also where it knows nobody on one side.
        """
        research = next(group for group in matches.groups(danish, answer) if group.name == "research")
        assert [(side.label, side.total) for side in research.sides] == [("Danmark", 1), ("Sverige", 0)]

    def test_overview_counts_what_the_groups_hold(self, danish: Reader, answer: MatchResult) -> None:
        """
        The table counts every candidate per group and country, also those that are not shown.
        """
        table = matches.overview(danish, answer, matches.groups(danish, answer, shown=1))
        assert table.countries == ("Danmark", "Sverige")
        assert {group.name: counts for group, counts in table.rows} == {"research": (1, 0)}
        assert "Løsninger" in table.empty

    def test_evidence_names_its_source_day_and_licence(self, danish: Reader, answer: MatchResult) -> None:
        """
        Each statement behind a reason says who published it, when and on which terms.
        """
        card = matches.groups(danish, answer)[0].sides[0].matches[0]
        for reason in (*card.reasons, *card.more_reasons):
            for statement in reason.statements:
                assert statement.source.href == "/da/sources#partner"
                assert statement.issued == "22.11.2026"
                assert statement.licence is not None

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_card_says_in_words_how_well_it_fits(self, view: View, answer: MatchResult, lang: Language) -> None:
        """
        A score never stands alone: words and points of 100 stand beside it.
        """
        card = matches.groups(Reader(view, lang), answer)[0].sides[0].matches[0]
        assert card.fit
        assert " 100 " in card.points


class TestContributions:
    def test_each_has_its_terms_and_examples_come_last(self, danish: Reader) -> None:
        """
        The page of sources lists every contribution, the examples last and marked.
        """
        found = contributions(danish)
        assert [(each.title.text, each.example) for each in found] == [
            ("Partnerens data", False),
            ("Et eksempel", True),
        ]

    def test_text_in_another_language_says_so(self, view: View) -> None:
        """
        A sentence of attribution that exists in Danish only is marked as Danish.
        """
        assert contributions(Reader(view, "sv"))[0].rights == Link("Delt af partneren.", None, "da")


class TestAnswers:
    def test_unbound_cell_is_empty_and_things_lead_to_their_pages(self) -> None:
        """
        A SPARQL result becomes a table: our things lead to their page, an unbound variable is an empty cell.
        """
        answer = {
            "head": {"vars": ["s", "name"]},
            "results": {"bindings": [{"s": {"type": "uri", "value": "https://w3id.org/ecograph/id/need/n01"}}]},
        }
        columns, rows = answers.table(answer, "sv")
        assert columns == ["s", "name"]
        assert rows[0][0].href == "/sv/id/need/n01"
        assert rows[0][1] == Link("")

    def test_triple_term_is_read_out(self) -> None:
        """
        A triple term in a result is one cell that reads its three parts.
        """
        part = {"type": "literal", "value": "x"}
        triple = {"type": "triple", "value": {"subject": part, "predicate": part, "object": part}}
        _, rows = answers.table({"head": {"vars": ["t"]}, "results": {"bindings": [{"t": triple}]}}, "en")
        assert rows[0][0].text == "x x x"
