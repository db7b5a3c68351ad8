"""The Python client: one class of facts, shown of a data directory and of a service."""

from __future__ import annotations

import doctest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx
import pandas
import pytest
import rdflib

import ecograph
from ecograph import errors
from ecograph.bootstrap import EcoGraph
from ecograph.client import Client, Rows, client

pytestmark = pytest.mark.slow

ECO = "https://w3id.org/ecograph/ns#"
LUND = "organisation/lund-university"
CLOUDBURST = "Varsling ved skybrud i Albertslund"
BAD = "Titel (da);Land;Emne;Rejst af\nSyntetisk varsling;DK;skybrudd;municipality/dk-albertslund\n"


@pytest.fixture(scope="module")
def clients(loaded: EcoGraph, site: str) -> Iterator[dict[str, Client]]:
    """The same graph, here and there."""
    with ecograph.open(loaded.settings.data_dir) as here, ecograph.connect(site) as there:
        yield {"here": here, "there": there}


@pytest.fixture(scope="module")
def networks(clients: dict[str, Client]) -> dict[str, networkx.MultiDiGraph[str]]:
    """The network, here and there."""
    return {where: each.network(lang="sv") for where, each in clients.items()}


@pytest.fixture(params=["here", "there"])
def eg(clients: dict[str, Client], request: pytest.FixtureRequest) -> Client:
    """One of the two."""
    return clients[request.param]


class TestClient:
    def test_match_is_a_table_of_candidates(self, eg: Client) -> None:
        """
        Candidates of the country that was asked for, whose points sum to the score, with sentences in Danish.
        """
        found = eg.match(CLOUDBURST, country="se", group=["research", "company"], top=3, lang="da")
        assert isinstance(found, pandas.DataFrame)
        assert set(found["group"]) <= {"research", "company"}
        assert found["countries"].str.contains("se").all()
        assert found.groupby("group").size().max() <= 3
        signals = ["text", "meaning", "concept", "graph", "evidence", "freshness"]
        assert (found[signals].sum(axis=1) - found["score"]).abs().max() < 1e-9
        assert found["reasons"].str.contains("projekt").any()
        assert found.attrs["need"]["concepts"]

    def test_need_of_the_graph(self, eg: Client) -> None:
        """
        A need is named by its id; one that is not there is an unknown thing.
        """
        assert eg.match("n09", top=1).attrs["need"]["iri"].endswith("need/n09")
        with pytest.raises(errors.UnknownThing, match="n99"):
            eg.match("n99")

    @pytest.mark.parametrize("who", [LUND, f"https://w3id.org/ecograph/id/{LUND}", "Lund University"])
    def test_explanation_says_why(self, eg: Client, who: str) -> None:
        """
        One candidate whole, by id, IRI or name: points that sum to the score, and the statements behind each reason.
        """
        why = eg.explain("n09", who, lang="sv")
        assert why.candidate.endswith(LUND)
        assert why.score is not None
        assert abs(sum(why.points.values()) - why.score) < 1e-9
        assert set(why.evidence.column("reason")) == set(range(1, len(why.reasons) + 1))
        assert "plats" in why.sentence
        assert why.sentence in str(why)
        assert "<li>" in why._repr_html_()

    def test_need_of_one_word(self, eg: Client) -> None:
        """
        A word that is no id is a need in words, if a topic is called so.
        """
        assert eg.explain("skybrud", LUND).json["need"]["iri"] is None
        assert len(eg.match("skybrud", top=1)) > 0

    def test_whoever_is_not_there(self, eg: Client) -> None:
        """
        Nobody called so is an unknown thing.
        """
        with pytest.raises(errors.UnknownThing):
            eg.explain("n09", "Påhittade Universitetet")

    def test_consortium_meets_its_rules(self, eg: Client) -> None:
        """
        Proposals for a consortium, or the rules that collide, as REST gives them.
        """
        assert eg.consortium("n09")["proposals"]

    def test_questions_of_the_catalogue(self, eg: Client) -> None:
        """
        The catalogue is a table; each of its questions is asked with its name and its values.
        """
        listed = eg.queries(lang="da").set_index("slug")
        assert len(listed) >= 10
        assert listed.loc["actors-for-need", "parameters"].startswith("need")
        found = eg.query("actors-for-need", need="need/n09")
        assert ", ".join(found.columns) == listed.loc["actors-for-need", "returns"]
        assert len(found) > 0

    def test_question_that_is_asked_wrongly(self, eg: Client) -> None:
        """
        An unknown question, an unknown parameter and a value that is none are told apart.
        """
        with pytest.raises(errors.UnknownThing):
            eg.query("no-such-question")
        with pytest.raises(errors.BadParameter):
            eg.query("actors-for-need", neeed="n09")
        with pytest.raises(errors.BadParameter):
            eg.query("actors-for-need", need="not an id")

    def test_select_is_a_typed_data_frame(self, eg: Client) -> None:
        """
        Counts are integers, coordinates numbers, names text; IRIs are short on request.
        """
        found = eg.sparql(
            f"""PREFIX eco: <{ECO}> PREFIX geo: <http://www.w3.org/2003/01/geo/wgs84_pos#>
            SELECT ?kind (COUNT(?m) AS ?count) (AVG(?lat) AS ?latitude)
            WHERE {{ ?m a ?kind ; geo:lat ?lat . VALUES ?kind {{ eco:Municipality }} }} GROUP BY ?kind""",
            short=True,
        )
        assert [str(dtype) for dtype in found.dtypes] == ["string", "Int64", "Float64"]
        assert found.loc[0, "kind"] == "eco:Municipality"
        assert found.loc[0, "count"] > 400
        assert 54 < found.loc[0, "latitude"] < 70

    def test_ask_is_a_truth_value(self, eg: Client) -> None:
        """
        ASK is answered with True or False.
        """
        assert eg.sparql(f"ASK {{ ?need a <{ECO}Need> }}") is True
        assert eg.sparql("ASK { <urn:a> <urn:b> <urn:c> }") is False

    def test_construct_is_a_graph(self, eg: Client) -> None:
        """
        CONSTRUCT is answered with a graph of rdflib, with its Nordic letters.
        """
        found = eg.sparql("CONSTRUCT WHERE { <https://w3id.org/ecograph/id/municipality/se-malmoe> ?p ?o }")
        assert isinstance(found, rdflib.Graph)
        assert "Malmö stad" in {str(each) for each in found.objects()}

    @pytest.mark.parametrize(
        ("query", "error"),
        [
            ("SELECT * WHERE {", errors.QuerySyntax),
            ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", errors.QueryRefused),
            ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", errors.QueryRefused),
        ],
    )
    def test_query_that_is_not_answered(self, eg: Client, query: str, error: type[errors.EcoGraphError]) -> None:
        """
        A query that is wrong raises the same error on this machine and elsewhere.
        """
        with pytest.raises(error):
            eg.sparql(query)

    def test_syntax_error_names_its_place(self, eg: Client) -> None:
        """
        The line and column of a mistake come along.
        """
        with pytest.raises(errors.QuerySyntax) as caught:
            eg.sparql("SELECT *\nWHERE { ?s ?p }")
        assert caught.value.values["line"] == 2

    @pytest.mark.parametrize("where", ["here", "there"])
    def test_network_is_for_networkx(self, networks: dict[str, networkx.MultiDiGraph[str]], where: str) -> None:
        """
        Things are nodes with names, statements edges with whose words they are.
        """
        found = networks[where]
        malmoe = found.nodes["https://w3id.org/ecograph/id/municipality/se-malmoe"]
        assert (malmoe["label"], malmoe["kind"], malmoe["country"]) == ("Malmö stad", "municipality", "se")
        assert found.number_of_edges() > found.number_of_nodes() > 5000
        assert all(edge["property"] and edge["graph"] for *_, edge in found.edges(data=True))

    def test_files_are_validated(self, eg: Client, tmp_path: Path) -> None:
        """
        Findings of a file are a table with row, column and what was meant; nothing is kept.
        """
        (tmp_path / "need.csv").write_text(BAD, encoding="utf-8")
        found = eg.validate(tmp_path / "need.csv", lang="da")
        first = found.iloc[0]
        assert (first["severity"], first["row"], first["column"]) == ("violation", 2, "Emne")
        assert "Skybrud" in first["suggestion"]
        assert found.attrs["conforms"] is False
        assert str(found["row"].dtype) == "Int64"

    def test_file_that_is_not_there(self, eg: Client, tmp_path: Path) -> None:
        """
        A file that cannot be read is named.
        """
        with pytest.raises(errors.BadParameter, match=r"nothing\.csv"):
            eg.validate(tmp_path / "nothing.csv")

    def test_search_finds_by_name(self, eg: Client) -> None:
        """
        The thing that is called so comes first; more than a page comes as one table.
        """
        assert eg.search("Malmö stad")["id"][0] == "municipality/se-malmoe"
        assert len(eg.search("kommun", limit=250)) == 250
        assert len(eg.search("Malmö stad", limit=1)) == 1

    @pytest.mark.parametrize("name", ["municipality/se-malmoe", "https://w3id.org/ecograph/id/municipality/se-malmoe"])
    def test_thing_with_everything_said_of_it(self, eg: Client, name: str) -> None:
        """
        Statements of a thing and those that point at it, each with whose words it is.
        """
        said = eg.thing(name)
        named = said[said["property"] == "foaf:name"].iloc[0]
        assert (named["value"], named["publisher"]) == ("Malmö stad", "administrative-divisions")
        assert set(said["direction"]) == {"out", "in"}

    @pytest.mark.parametrize("name", ["municipality/dk-nowhere", "eco:Nothing", "<>", "urn:x> ?p ?o } #"])
    def test_thing_that_is_not_there(self, eg: Client, name: str) -> None:
        """
        What nobody says anything of is an unknown thing, whatever it is written with.
        """
        with pytest.raises(errors.UnknownThing):
            eg.thing(name)

    @pytest.mark.parametrize(
        "given", [{"top": 0}, {"top": 51}, {"country": "de"}, {"group": "friends"}, {"weighting": "heavy"}]
    )
    def test_value_outside_its_range(self, eg: Client, given: dict[str, Any]) -> None:
        """
        What a match cannot be narrowed to is refused.
        """
        with pytest.raises(errors.BadParameter):
            eg.match("n09", **given)

    def test_language_that_is_not_spoken(self, eg: Client) -> None:
        """
        Danish, Swedish and English, and no other.
        """
        with pytest.raises(errors.UnknownLanguage):
            eg.match("n09", lang="fi")


class TestSameAnswers:
    """What a directory and a service answer is equal."""

    @pytest.mark.parametrize(
        ("method", "given", "more"),
        [
            ("match", (CLOUDBURST,), {"top": 5, "lang": "sv"}),
            ("match", ("n03",), {"country": ["dk", "se"], "weighting": "ready-to-buy"}),
            ("query", ("projects-across-the-border",), {"here": "dk", "there": "se", "lang": "da"}),
            ("queries", (), {}),
            ("search", ("varmepumpe",), {"lang": "da", "limit": 60}),
            ("thing", ("need/n09",), {}),
            ("sparql", (f"SELECT ?n ?t {{ ?n a <{ECO}Need> ; ?p ?t }} ORDER BY ?n ?t",), {"short": True}),
        ],
    )
    def test_tables_are_equal(
        self, clients: dict[str, Client], method: str, given: tuple[Any, ...], more: dict[str, Any]
    ) -> None:
        """
        The same rows in the same order with the same types, and the same said of the whole.
        """
        here, there = (getattr(each, method)(*given, **more) for each in clients.values())
        pandas.testing.assert_frame_equal(here, there)
        assert here.attrs == there.attrs
        assert len(here) > 0

    def test_findings_are_equal(self, clients: dict[str, Client], tmp_path: Path) -> None:
        """
        A file has the same findings, whoever checks it.
        """
        (tmp_path / "need.csv").write_text(BAD, encoding="utf-8")
        here, there = (each.validate([tmp_path], lang="sv") for each in clients.values())
        pandas.testing.assert_frame_equal(here, there)
        assert here.attrs == there.attrs

    def test_explanations_are_equal(self, clients: dict[str, Client]) -> None:
        """
        Somebody is explained with the same reasons, also where they are not in the list.
        """
        here, there = (each.explain(CLOUDBURST, "Aalborg University") for each in clients.values())
        assert here == there
        assert here.json == there.json

    def test_networks_are_equal(self, networks: dict[str, networkx.MultiDiGraph[str]]) -> None:
        """
        The dump of a service gives the network of its directory, node by node and edge by edge.
        """
        here, there = networks.values()
        assert dict(here.nodes(data=True)) == dict(there.nodes(data=True))
        assert sorted(here.edges(keys=True, data="label")) == sorted(there.edges(keys=True, data="label"))


class TestOpen:
    def test_directory_without_a_graph(self, tmp_path: Path) -> None:
        """
        Where nothing is loaded, that is said with how to load; no directory is made.
        """
        with pytest.raises(errors.NotLoaded, match="ecograph load"):
            ecograph.open(tmp_path / "var")
        assert not (tmp_path / "var").exists()

    def test_service_that_is_not_there(self) -> None:
        """
        A service that does not answer is said with its address.
        """
        with ecograph.connect("http://127.0.0.1:9/") as eg, pytest.raises(errors.Unreachable, match="127"):
            eg.queries()

    def test_without_pandas_tables_are_rows(self, loaded: EcoGraph, site: str) -> None:
        """
        Where pandas is not wanted or not there, tables have the same columns and rows as plain Python.
        """
        given = "actors-for-need", {"need": "need/n09"}
        with (
            ecograph.open(loaded.settings.data_dir, pandas=False) as here,
            ecograph.connect(site, pandas=False) as there,
            ecograph.connect(site) as framed,
        ):
            found = here.query(given[0], **given[1])
            assert isinstance(found, Rows)
            assert found == there.query(given[0], **given[1])
            frame = framed.query(given[0], **given[1])
            assert isinstance(frame, pandas.DataFrame)
            assert frame.to_dict("records") == found.to_dicts()

    def test_examples_of_the_documentation_run(self, clients: dict[str, Client]) -> None:
        """
        The examples in the docstrings of the client give what they say.
        """
        ran = 0
        for example in doctest.DocTestFinder().find(client.Client, "Client", globs={"eg": clients["there"]}):
            outcome = doctest.DocTestRunner().run(example, clear_globs=False)
            assert outcome.failed == 0, example.name
            ran += outcome.attempted
        assert ran > 8
